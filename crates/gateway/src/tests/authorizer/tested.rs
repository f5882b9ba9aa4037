//! TestInvokeAuthorizer.

use super::*;
use ports::{RequestFacts, TestAuthorizerRequest, TestAuthorizerResponse, TestInvoke};
use std::sync::Arc;

async fn test(world: &World, api: RestApi, headers: &[(&str, &str)]) -> TestAuthorizerResponse {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let request = TestAuthorizerRequest {
        api: Arc::new(api),
        authorizer_id: "auth01".into(),
        path_with_query: String::new(),
        headers: headers.collect(),
        body: String::new(),
        stage_variables: Default::default(),
        facts: RequestFacts::default(),
    };
    world.gateway.test_authorizer(request).await
}

#[tokio::test]
async fn a_test_shows_principal_and_policy() {
    let world = world(token(), allowed());
    for asked_so_far in 1..=2 {
        let answer = test(&world, guarded(token()), &[("Authorization", "abc")]).await;
        assert_eq!(answer.client_status, 0, "{}", answer.log);
        assert_eq!(answer.principal_id.as_deref(), Some("user|a1b2c3"));
        let policy: Value = serde_json::from_str(answer.policy.as_deref().unwrap()).unwrap();
        assert_eq!(policy, allowed()["policyDocument"]);
        assert!(
            answer
                .log
                .contains(" : Starting authorizer: auth01 for request: ")
        );
        assert_eq!(asked(&world).len(), asked_so_far, "past the cache");
    }
    let arn = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/ESTestInvoke-stage/GET/";
    assert_eq!(asked(&world)[0]["methodArn"], arn);
}

#[tokio::test]
async fn a_test_shows_what_a_client_would_have_got() {
    let silent = world(token(), allowed());
    let answer = test(&silent, guarded(token()), &[]).await;
    assert_eq!((answer.client_status, answer.principal_id), (401, None));
    assert!(asked(&silent).is_empty());
    let broken = world(token(), json!({"isAuthorized": true}));
    let answer = test(&broken, guarded(token()), &[("authorization", "abc")]).await;
    assert_eq!((answer.client_status, answer.policy), (500, None));
    assert!(answer.log.contains("AuthorizerConfigurationException"));
    let other = test(
        &silent,
        RestApi {
            account: "x".into(),
            ..guarded(token())
        },
        &[],
    )
    .await;
    assert_eq!(other.client_status, 500);
}
