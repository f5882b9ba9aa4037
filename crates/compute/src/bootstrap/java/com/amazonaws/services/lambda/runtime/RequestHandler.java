package com.amazonaws.services.lambda.runtime;

/** A function of one value. */
public interface RequestHandler<I, O> {
    O handleRequest(I input, Context context);
}
