#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use api::lambda::op;
use bytes::Bytes;
use ports::{Caller, Invocation, InvocationType, Invoke, InvokeError, Invoked, RequestFacts};
use serde_json::{Value as Json, json};
use std::sync::atomic::Ordering;

const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";
const SOURCE: &str = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/*/GET/";
const LIVE_SOURCE: &str = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/GET/";

fn invocation(function_arn: &str, caller: Caller) -> Invocation {
    Invocation {
        function_arn: function_arn.to_owned(),
        caller,
        facts: RequestFacts::default(),
        payload: Bytes::from_static(b"{\"a\":1}"),
        invocation_type: InvocationType::RequestResponse,
        wants_log_tail: false,
        client_context: None,
        trace_id: None,
    }
}

async fn from_gateway(
    world: &World,
    function_arn: &str,
    source: &str,
) -> Result<Invoked, InvokeError> {
    world
        .lambda
        .invoke(invocation(function_arn, gateway(source)))
        .await
}

fn permission(more: Json) -> Json {
    let mut all = json!({
        "FunctionName": "fn",
        "StatementId": "s1",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": SOURCE,
    });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    all
}

#[tokio::test]
async fn the_functions_policy_decides_about_the_gateway() {
    let world = World::new();
    world.function("fn").await;
    let error = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap_err();
    assert_eq!((error.code, error.status), ("AccessDeniedException", 403));

    world
        .call(op::AddPermission, permission(json!({})))
        .await
        .ok();
    let invoked = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    assert_eq!(
        (invoked.status, invoked.payload),
        (200, Bytes::from_static(b"{\"a\":1}"))
    );
    assert_eq!(invoked.executed_version, "$LATEST");
    for other in [
        "arn:aws:execute-api:us-east-1:111111111111:other12345/prod/GET/",
        "arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/POST/",
        "arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/GET/pets",
        "arn:aws:execute-api:us-east-1:333333333333:abc123defg/prod/GET/",
    ] {
        assert!(from_gateway(&world, ARN, other).await.is_err(), "{other}");
    }
    // The permission is on the function, not on its versions.
    assert!(
        from_gateway(&world, &format!("{ARN}:$LATEST"), LIVE_SOURCE)
            .await
            .is_err()
    );

    let remove = json!({"FunctionName": "fn", "StatementId": "s1"});
    assert_eq!(world.call(op::RemovePermission, remove).await.status, 204);
    assert!(from_gateway(&world, ARN, LIVE_SOURCE).await.is_err());
}

#[tokio::test]
async fn a_missing_function_looks_like_a_forbidden_one() {
    let world = World::new();
    let missing = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap_err();
    world.function("fn").await;
    let forbidden = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap_err();
    assert_eq!(
        (missing.status, missing.message),
        (forbidden.status, forbidden.message)
    );
}

#[tokio::test]
async fn permissions_as_aws_prints_them() {
    let world = World::new();
    world.function("fn").await;
    let before = world.active("fn").await["RevisionId"].clone();
    let added = world.call(op::AddPermission, permission(json!({}))).await;
    assert_eq!(added.status, 201);
    let statement = r#"{"Sid":"s1","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:222222222222:function:fn","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:111111111111:abc123defg/*/GET/"}}}"#;
    assert_eq!(added.body["Statement"], statement);
    let policy = world
        .call(op::GetPolicy, json!({"FunctionName": ARN}))
        .await
        .ok();
    assert_eq!(
        policy["Policy"],
        format!(r#"{{"Version":"2012-10-17","Id":"default","Statement":[{statement}]}}"#)
    );
    let after = world.active("fn").await["RevisionId"].clone();
    assert_ne!(after, before);
    assert_eq!(policy["RevisionId"], after);
}

#[tokio::test]
async fn refused_permissions() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    world
        .call(op::AddPermission, permission(json!({})))
        .await
        .ok();
    for (more, expect) in [
        (json!({}), "409 ResourceConflictException: The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement.".to_owned()),
        (json!({"StatementId": "s 2"}), "400 ValidationException: 1 validation error detected: Value 's 2' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)".to_owned()),
        (json!({"Principal": "invalid.nonaws.com"}), "400 InvalidParameterValueException: The provided principal was invalid. Please check the principal and try again.".to_owned()),
        (json!({"Qualifier": "$LATEST"}), "400 InvalidParameterValueException: We currently do not support adding policies for $LATEST.".to_owned()),
        (json!({"FunctionName": "fn:1", "Qualifier": "2"}), "400 InvalidParameterValueException: The derived qualifier from the function name does not match the specified qualifier.".to_owned()),
        (json!({"Qualifier": "42"}), format!("404 ResourceNotFoundException: Function not found: {ARN}:42")),
        (json!({"Qualifier": "nope"}), format!("404 ResourceNotFoundException: Cannot find alias arn: {ARN}:nope")),
        (json!({"Qualifier": "a$b"}), format!("404 ResourceNotFoundException: Function not found: {ARN}:a$b")),
        (json!({"FunctionName": "nope"}), format!("404 ResourceNotFoundException: Function not found: {}", ARN.replace(":fn", ":nope"))),
        (json!({"StatementId": "s2", "RevisionId": "x"}), "412 PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id".to_owned()),
    ] {
        assert_eq!(world.call(op::AddPermission, permission(more)).await.refusal(), expect);
    }
    // The other account's admin may not write here.
    let answer = world
        .call_as(
            OTHER,
            op::AddPermission,
            permission(json!({"FunctionName": ARN, "StatementId": "s2"})),
        )
        .await;
    assert_eq!(answer.status, 403);
    let missing = "404 ResourceNotFoundException: The resource you requested does not exist.";
    for name in ["fn:1", "nope", "fn:42"] {
        let answer = world
            .call(op::GetPolicy, json!({"FunctionName": name}))
            .await;
        assert_eq!(answer.refusal(), missing, "{name}");
    }
    for (input, expect) in [
        (
            json!({"FunctionName": "fn", "StatementId": "s9"}),
            "Statement s9 is not found in resource policy.".to_owned(),
        ),
        (
            json!({"FunctionName": "fn", "StatementId": "s1", "Qualifier": "1"}),
            "No policy is associated with the given resource.".to_owned(),
        ),
        (
            json!({"FunctionName": "nope", "StatementId": "s1"}),
            format!("No policy found for: {}", ARN.replace(":fn", ":nope")),
        ),
        (
            json!({"FunctionName": "fn", "StatementId": "s1", "Qualifier": "nope"}),
            format!("Cannot find alias arn: {ARN}:nope"),
        ),
    ] {
        let answer = world.call(op::RemovePermission, input).await;
        assert_eq!(
            answer.refusal(),
            format!("404 ResourceNotFoundException: {expect}")
        );
    }
}

#[tokio::test]
async fn every_qualifier_has_its_own_policy() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    let alias = world
        .call(
            op::CreateAlias,
            json!({"FunctionName": "fn", "Name": "live", "FunctionVersion": "1"}),
        )
        .await
        .ok();
    let on_alias = permission(json!({"Qualifier": "live", "RevisionId": alias["RevisionId"]}));
    world.call(op::AddPermission, on_alias).await.ok();
    let live = format!("{ARN}:live");
    assert_eq!(
        from_gateway(&world, &live, LIVE_SOURCE)
            .await
            .unwrap()
            .executed_version,
        "1"
    );
    assert!(from_gateway(&world, ARN, LIVE_SOURCE).await.is_err());
    assert!(
        from_gateway(&world, &format!("{ARN}:1"), LIVE_SOURCE)
            .await
            .is_err()
    );
    let seen = world.compute.seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (
            seen[0].invoked_arn.as_str(),
            seen[0].function.version.as_str()
        ),
        (live.as_str(), "1")
    );
}

#[tokio::test]
async fn a_whole_document_may_deny() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(
            op::AddPermission,
            permission(json!({"SourceArn": "arn:aws:execute-api:us-east-1:111111111111:*"})),
        )
        .await
        .ok();
    assert!(from_gateway(&world, ARN, LIVE_SOURCE).await.is_ok());
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "a", "Effect": "Allow", "Principal": {"Service": ["apigateway.amazonaws.com", "s3.amazonaws.com"]}, "Action": "lambda:InvokeFunction", "Resource": ARN},
        {"Sid": "d", "Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": ARN, "Condition": {"StringNotEquals": {"aws:sourceAccount": "111111111111"}}},
    ]}).to_string();
    let put = json!({"ResourceArn": ARN, "Policy": document});
    let answer = world.call(op::PutResourcePolicy, put).await.ok();
    assert_eq!(answer["Policy"], document);
    assert_eq!(
        world
            .call(op::GetPolicy, json!({"FunctionName": "fn"}))
            .await
            .ok(),
        answer
    );
    assert_eq!(
        world
            .call(op::GetResourcePolicy, json!({"ResourceArn": ARN}))
            .await
            .ok(),
        answer
    );
    assert!(from_gateway(&world, ARN, LIVE_SOURCE).await.is_ok());
    let asked = world.iam.asked.lock().unwrap().len();
    let denied = document.replace("111111111111", "333333333333");
    let put = json!({"ResourceArn": ARN, "Policy": denied, "RevisionId": answer["RevisionId"]});
    world.call(op::PutResourcePolicy, put.clone()).await.ok();
    let actions: Vec<String> = world.iam.asked.lock().unwrap()[asked..]
        .iter()
        .map(|t| t.action.clone())
        .collect();
    assert_eq!(
        actions,
        [
            "lambda:PutResourcePolicy",
            "lambda:AddPermission",
            "lambda:RemovePermission"
        ]
    );
    assert!(from_gateway(&world, ARN, LIVE_SOURCE).await.is_err());
    // That revision is gone.
    assert_eq!(world.call(op::PutResourcePolicy, put).await.status, 412);
    // AddPermission appends to the document.
    world
        .call(op::AddPermission, permission(json!({"StatementId": "s2"})))
        .await
        .ok();
    let text = world
        .call(op::GetPolicy, json!({"FunctionName": "fn"}))
        .await
        .ok();
    let text: Json = serde_json::from_str(text["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(text["Statement"].as_array().unwrap().len(), 3);
    assert_eq!(
        world
            .call(op::DeleteResourcePolicy, json!({"ResourceArn": ARN}))
            .await
            .status,
        204
    );
    assert_eq!(
        world
            .call(op::DeleteResourcePolicy, json!({"ResourceArn": ARN}))
            .await
            .status,
        404
    );
    let broken = json!({"ResourceArn": ARN, "Policy": "{\"Statement\":"});
    assert_eq!(world.call(op::PutResourcePolicy, broken).await.status, 400);
}

#[tokio::test]
async fn a_namesake_made_later_is_granted_nothing() {
    const USER: &str = "arn:aws:iam::222222222222:user/admin";
    let world = World::new();
    world.function("fn").await;
    let to = |principal: &str, sid: &str| json!({"FunctionName": "fn", "StatementId": sid, "Action": "lambda:InvokeFunction", "Principal": principal});
    let nobody = "arn:aws:iam::222222222222:user/nobody";
    assert_eq!(
        world
            .call(op::AddPermission, to(nobody, "s0"))
            .await
            .refusal(),
        "400 InvalidParameterValueException: The provided principal was invalid. Please check the principal and try again."
    );
    world.call(op::AddPermission, to(USER, "s1")).await.ok();
    world.call(op::AddPermission, to(OTHER, "s2")).await.ok();
    let principals = async || {
        let name = crate::name::FunctionName::from_arn(ARN).unwrap();
        let function = world.lambda.require(&name).await.unwrap();
        let document = function.policies[""].document.clone();
        let entries = document
            .statements()
            .iter()
            .map(|statement| statement.principals().unwrap().0[0].clone());
        entries.collect::<Vec<_>>()
    };
    let old = policy::PrincipalEntry::UniqueId("AIDAADMINADMINADMIN00".into());
    assert_eq!(principals().await[0], old);

    // The user is deleted and another one gets its name.
    let new_id = "AIDANEWNEWNEWNEWNEW00".to_owned();
    world
        .iam
        .people
        .lock()
        .unwrap()
        .insert(USER.into(), new_id.clone());
    world.call(op::AddPermission, to(USER, "s3")).await.ok();
    let now = principals().await;
    assert_eq!(now[0], old);
    assert_eq!(now[2], policy::PrincipalEntry::UniqueId(new_id));
    let policy = world
        .call(op::GetPolicy, json!({"FunctionName": "fn"}))
        .await
        .ok();
    let policy: Json = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(
        policy["Statement"][0]["Principal"]["AWS"],
        "AIDAADMINADMINADMIN00"
    );
    assert_eq!(policy["Statement"][2]["Principal"]["AWS"], USER);
}

#[tokio::test]
async fn a_warm_invocation_reads_no_store() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(op::AddPermission, permission(json!({})))
        .await
        .ok();
    from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    // What is in memory goes on working although the store is empty.
    world.store.clear().await.unwrap();
    for _ in 0..3 {
        from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    }
    let after_create = 1;
    assert_eq!(world.iam.assumed.load(Ordering::SeqCst), after_create + 1);
    // Sessions are renewed before they end.
    world.clock.advance_ms(5 * 3_600_000);
    from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    assert_eq!(world.iam.assumed.load(Ordering::SeqCst), after_create + 2);
}

#[tokio::test]
async fn what_the_function_is_told() {
    let world = World::new();
    world
        .call(
            op::CreateFunction,
            create_with("fn", json!({"Environment": {"Variables": {"K1": "v"}}})),
        )
        .await
        .ok();
    let mut asked = invocation(ARN, Caller::Principal(principal(OWNER)));
    asked.trace_id = Some("Root=1-67891233-abcdef012345678912345678;Sampled=1".into());
    asked.client_context = Some("e30=".into());
    // Straight after its creation: the front door waits until it is ready.
    let invoked = world.lambda.invoke(asked).await.unwrap();
    let seen = world.compute.seen.lock().unwrap();
    let work = &seen[0];
    assert_eq!(work.request_id, invoked.request_id);
    assert_eq!(work.trace_id, invoked.trace_id);
    assert!(
        work.trace_id
            .starts_with("Root=1-67891233-abcdef012345678912345678;Parent=")
    );
    assert!(work.trace_id.ends_with(";Sampled=1"));
    assert_eq!(work.client_context.as_deref(), Some("{}"));
    assert_eq!(work.credentials.access_key_id, "ASIAfn");
    let spec = &work.function;
    assert_eq!(spec.environment.get("K1").map(String::as_str), Some("v"));
    assert_eq!(spec.log_group, "/aws/lambda/fn");
    assert_eq!(spec.endpoint_url.as_deref(), Some("http://127.0.0.1:4566"));
    assert_eq!(
        (spec.timeout_s, spec.memory_mb, spec.ephemeral_mb),
        (3, 128, 512)
    );
}

#[tokio::test]
async fn aws_invoke() {
    let world = World::new();
    world.function("fn").await;
    let invoke = async |more: Json| {
        let mut input = json!({"FunctionName": "fn", "Payload": "[1]"});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        world.call(op::Invoke, input).await
    };
    let plain = invoke(json!({})).await;
    assert_eq!((plain.status, &plain.body), (200, &json!([1])));
    assert_eq!(plain.header("X-Amz-Executed-Version"), Some("$LATEST"));
    assert_eq!(plain.header("X-Amz-Function-Error"), None);
    assert_eq!(plain.header("X-Amz-Log-Result"), None);
    assert_eq!(
        world.compute.seen.lock().unwrap()[0].request_id,
        call(OWNER).request_id
    );

    world.compute.fails.store(1, Ordering::SeqCst);
    let failed = invoke(json!({"LogType": "Tail"})).await;
    assert_eq!(failed.status, 200);
    assert_eq!(failed.header("X-Amz-Function-Error"), Some("Unhandled"));
    assert_eq!(failed.header("X-Amz-Log-Result"), Some("U1RBUlQ="));

    let dry = invoke(json!({"InvocationType": "DryRun"})).await;
    assert_eq!((dry.status, &dry.body), (204, &Json::Null));
    assert_eq!(world.compute.seen.lock().unwrap().len(), 2);
    assert!(invoke(json!({"Payload": "nope"})).await.refusal().starts_with("400 InvalidRequestContentException: Could not parse request body into json: Could not parse payload into json: Unrecognized token 'nope'"));
    let too_large = invoke(json!({"Payload": format!("\"{}\"", "x".repeat(6_291_455))})).await;
    assert_eq!(
        too_large.refusal(),
        "413 RequestEntityTooLargeException: 6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
    );
    assert!(too_large.body.get("Message").is_some());
    assert_eq!(
        invoke(json!({"FunctionName": "nope"})).await.refusal(),
        format!(
            "404 ResourceNotFoundException: Function not found: {}:$LATEST",
            ARN.replace(":fn", ":nope")
        )
    );
    let foreign = world
        .call_as(OTHER, op::Invoke, json!({"FunctionName": ARN}))
        .await;
    assert_eq!(foreign.status, 403);
    assert_eq!(invoke(json!({"TenantId": "t"})).await.status, 400);
}

#[tokio::test]
async fn a_runtime_that_the_host_lacks() {
    let world = World::new();
    world
        .call(
            op::CreateFunction,
            create_with("fn", json!({"Runtime": "ruby3.2"})),
        )
        .await
        .ok();
    let answer = world.call(op::Invoke, json!({"FunctionName": "fn"})).await;
    assert_eq!(
        answer.refusal(),
        "502 InvalidRuntimeException: install ruby"
    );
}

#[tokio::test]
async fn weights_share_the_invocations() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    world
        .call(
            op::UpdateFunctionConfiguration,
            json!({"FunctionName": "fn", "Timeout": 5}),
        )
        .await
        .ok();
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    let alias = json!({"FunctionName": "fn", "Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.25}}});
    world.call(op::CreateAlias, alias).await.ok();
    let live = format!("{ARN}:live");
    let mut second = 0;
    for _ in 0..400 {
        let invoked = world
            .lambda
            .invoke(invocation(&live, Caller::Principal(principal(OWNER))))
            .await
            .unwrap();
        second += u32::from(invoked.executed_version == "2");
    }
    assert!(
        (60..140).contains(&second),
        "{second} of 400 went to version 2"
    );
}

#[tokio::test]
async fn reserved_concurrency_is_kept() {
    let world = World::new();
    world.function("fn").await;
    let put = async |executions: i32| {
        let input = json!({"FunctionName": "fn", "ReservedConcurrentExecutions": executions});
        world.call(op::PutFunctionConcurrency, input).await
    };
    assert_eq!(
        put(901).await.refusal(),
        "400 InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
    );
    assert_eq!(
        put(900).await.ok(),
        json!({"ReservedConcurrentExecutions": 900})
    );
    put(1).await.ok();
    world.compute.is_held.store(true, Ordering::SeqCst);
    let lambda = std::sync::Arc::clone(&world.lambda);
    let first = tokio::spawn(async move {
        lambda
            .invoke(invocation(ARN, Caller::Principal(principal(OWNER))))
            .await
    });
    while world.compute.seen.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let answer = world.call(op::Invoke, json!({"FunctionName": "fn"})).await;
    assert_eq!(
        answer.refusal(),
        "429 TooManyRequestsException: Rate Exceeded."
    );
    assert_eq!(
        answer.body["Reason"],
        "ReservedFunctionConcurrentInvocationLimitExceeded"
    );
    // The caller hangs up; the worker is busy all the same, so its place is not free.
    first.abort();
    let _ = first.await;
    assert_eq!(
        world
            .call(op::Invoke, json!({"FunctionName": "fn"}))
            .await
            .status,
        429
    );
    world.compute.is_held.store(false, Ordering::SeqCst);
    world.compute.hold.add_permits(1);
    loop {
        let answer = world.call(op::Invoke, json!({"FunctionName": "fn"})).await;
        if answer.status == 200 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let name = json!({"FunctionName": "fn"});
    assert_eq!(put(0).await.status, 200);
    assert_eq!(world.call(op::Invoke, name.clone()).await.status, 429);
    assert_eq!(
        world
            .call(op::DeleteFunctionConcurrency, name.clone())
            .await
            .status,
        204
    );
    assert_eq!(world.call(op::Invoke, name.clone()).await.status, 200);
    assert_eq!(
        world.call(op::GetFunctionConcurrency, name).await.ok(),
        json!({})
    );
    assert!(
        world
            .call(op::GetFunctionConcurrency, json!({"FunctionName": "fn:1"}))
            .await
            .refusal()
            .contains("permitted on Lambda functions only")
    );
}
