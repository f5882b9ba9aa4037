#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::calls::*;
use super::support::*;
use api::lambda::op;
use serde_json::{Value as Json, json};

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
    let mut actions: Vec<String> = world.iam.asked.lock().unwrap()[asked..]
        .iter()
        .map(|t| t.action.clone())
        .collect();
    // Each is asked once for every principal.
    actions.dedup();
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
async fn conditions_see_whom_a_policy_is_about() {
    let world = World::new();
    world.function("fn").await;
    let asked = || {
        let mut asked = world.iam.asked.lock().unwrap();
        let seen = asked.drain(..).map(|touch| {
            let about = touch.context.get("lambda:Principal");
            let about = about.map_or("-".to_owned(), |value| format!("{value:?}"));
            format!("{} {about}", touch.action.trim_start_matches("lambda:"))
        });
        seen.collect::<Vec<_>>()
    };
    asked();
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "a", "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN,
         "Principal": {"AWS": ["111111111111"], "Service": "apigateway.amazonaws.com"}},
        {"Sid": "b", "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN,
         "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}}
    ]});
    let put = json!({"ResourceArn": ARN, "Policy": document.to_string()});
    world.call(op::PutResourcePolicy, put).await.ok();
    assert_eq!(
        asked(),
        [
            r#"PutResourcePolicy One("*")"#,
            r#"PutResourcePolicy One("111111111111")"#,
            r#"PutResourcePolicy One("apigateway.amazonaws.com")"#,
            r#"AddPermission One("*")"#,
            r#"AddPermission One("111111111111")"#,
            r#"AddPermission One("apigateway.amazonaws.com")"#,
            "RemovePermission -",
        ]
    );
    let remove = json!({"FunctionName": "fn", "StatementId": "b"});
    world.call(op::RemovePermission, remove).await.ok();
    assert_eq!(asked(), [r#"RemovePermission One("*")"#]);
    let delete = json!({"ResourceArn": ARN});
    world.call(op::DeleteResourcePolicy, delete).await.ok();
    assert_eq!(
        asked(),
        [
            r#"DeleteResourcePolicy One("111111111111")"#,
            r#"DeleteResourcePolicy One("apigateway.amazonaws.com")"#,
            r#"RemovePermission One("111111111111")"#,
            r#"RemovePermission One("apigateway.amazonaws.com")"#,
        ]
    );
}
