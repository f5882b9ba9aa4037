package com.amazonaws.services.lambda.runtime;

/** Who calls, for calls through Cognito. */
public interface CognitoIdentity {
    String getIdentityId();

    String getIdentityPoolId();
}
