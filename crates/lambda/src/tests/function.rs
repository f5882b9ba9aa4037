#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use api::lambda::op;
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";

#[tokio::test]
async fn a_new_function_is_pending_then_active() {
    let world = World::new();
    let created = world.call(op::CreateFunction, create("fn")).await;
    assert_eq!(created.status, 201);
    let body = created.body;
    for (member, expect) in [
        ("FunctionName", json!("fn")),
        ("FunctionArn", json!(ARN)),
        ("Version", json!("$LATEST")),
        ("State", json!("Pending")),
        ("StateReason", json!("The function is being created.")),
        ("StateReasonCode", json!("Creating")),
        ("LastUpdateStatus", Json::Null),
        ("Description", json!("")),
        ("Timeout", json!(3)),
        ("MemorySize", json!(128)),
        ("LastModified", json!("2026-11-22T11:56:06.123+0000")),
        ("PackageType", json!("Zip")),
        ("Architectures", json!(["x86_64"])),
        ("EphemeralStorage", json!({"Size": 512})),
        ("TracingConfig", json!({"Mode": "PassThrough"})),
        (
            "SnapStart",
            json!({"ApplyOn": "None", "OptimizationStatus": "Off"}),
        ),
        (
            "LoggingConfig",
            json!({"LogFormat": "Text", "LogGroup": "/aws/lambda/fn"}),
        ),
        ("Environment", Json::Null),
    ] {
        assert_eq!(body[member], expect, "{member}");
    }
    let active = world.active("fn").await;
    assert_eq!(active["State"], "Active");
    assert_eq!(active["StateReason"], Json::Null);
    assert_ne!(active["RevisionId"], body["RevisionId"]);
}

#[tokio::test]
async fn a_function_left_pending_heals() {
    let world = World::new();
    let created = world.call(op::CreateFunction, create("fn")).await;
    assert_eq!(created.body["State"], "Pending");
    // Another process over the same store, as after `kill -9`.
    let later = World::over(world.store.clone());
    assert_eq!(later.active("fn").await["State"], "Active");
}

#[tokio::test]
async fn names_are_taken_once() {
    let world = World::new();
    world.function("fn").await;
    assert_eq!(
        world.call(op::CreateFunction, create("fn")).await.refusal(),
        "409 ResourceConflictException: Function already exist: fn"
    );
    let long = "a".repeat(65);
    assert_eq!(
        world
            .call(op::CreateFunction, create(&long))
            .await
            .refusal(),
        format!(
            "400 InvalidParameterValueException: 1 validation error detected: Value '{long}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64"
        )
    );
    assert_eq!(
        world
            .call(op::CreateFunction, create(&long[1..]))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn what_a_function_may_not_be() {
    let world = World::new();
    let refused = async |more: Json| {
        let answer = world
            .call(op::CreateFunction, create_with("fn", more))
            .await;
        answer.refusal()
    };
    for (more, expect) in [
        (
            json!({"Role": "arn:aws:iam::222222222222:role/other"}),
            "400 InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.",
        ),
        (
            json!({"Role": "arn:aws:iam::111111111111:role/lambda"}),
            "403 AccessDeniedException: Cross-account pass role is not allowed.",
        ),
        (
            json!({"Runtime": "java8"}),
            "400 InvalidParameterValueException: The runtime parameter of java8 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.",
        ),
        (
            json!({"Timeout": 901}),
            "400 ValidationException: 1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
        ),
        (
            json!({"Code": {"ZipFile": "bm90IGEgemlw"}}),
            "400 InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (
            json!({"Environment": {"Variables": {"AWS_REGION": "x"}}}),
            "400 InvalidParameterValueException: Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION",
        ),
        (
            json!({"Layers": ["arn:aws:lambda:us-east-1:222222222222:layer:l:1"]}),
            "400 InvalidParameterValueException: Layer version arn:aws:lambda:us-east-1:222222222222:layer:l:1 does not exist.",
        ),
        (
            json!({"PackageType": "Image", "Code": {"ImageUri": "x"}}),
            "400 InvalidParameterValueException: Crossway does not support ImageUri: functions are zip files",
        ),
        (
            json!({"Handler": null}),
            "400 InvalidParameterValueException: Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ),
        (
            json!({"Code": {}}),
            "400 InvalidParameterValueException: Please provide a source for function code.",
        ),
    ] {
        assert_eq!(refused(more).await, expect);
    }
    let s3 = refused(json!({"Code": {"S3Bucket": "b-c", "S3Key": "k"}})).await;
    assert!(s3.contains("S3 Error Code: NoSuchBucket"), "{s3}");
    let tags: serde_json::Map<_, _> = (0..51).map(|n| (n.to_string(), json!("x"))).collect();
    assert!(
        refused(json!({"Tags": tags}))
            .await
            .ends_with("Number of tags exceeds resource tag limit.")
    );
    // Nothing was written.
    assert_eq!(
        world
            .call(op::GetFunction, json!({"FunctionName": "fn"}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_unknown_runtime_is_refused_in_lambdas_words() {
    let world = World::new();
    let answer = world
        .call(
            op::CreateFunction,
            create_with("fn", json!({"Runtime": "PYTHON3.9"})),
        )
        .await;
    let text = answer.refusal();
    assert!(
        text.starts_with("400 InvalidParameterValueException: Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ["),
        "{text}"
    );
}

#[tokio::test]
async fn empty_settings_are_no_settings() {
    let world = World::new();
    let more = json!({
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
        "Layers": [],
        "DeadLetterConfig": {"TargetArn": ""},
        "KMSKeyArn": "",
        "FileSystemConfigs": [],
        "SnapStart": {"ApplyOn": "None"},
        "Environment": {"Variables": {}},
        "TracingConfig": {"Mode": "Active"},
    });
    let body = world
        .call(op::CreateFunction, create_with("fn", more))
        .await
        .ok();
    assert_eq!(body["Environment"], json!({"Variables": {}}));
    assert_eq!(body["TracingConfig"], json!({"Mode": "Active"}));
    assert_eq!(body["Layers"], Json::Null);
}

#[tokio::test]
async fn get_function_gives_an_address_that_works() {
    let world = World::new();
    world
        .call(
            op::CreateFunction,
            create_with("fn", json!({"Tags": {"a": "b"}})),
        )
        .await
        .ok();
    let found = world
        .call(op::GetFunction, json!({"FunctionName": "fn"}))
        .await
        .ok();
    assert_eq!(found["Tags"], json!({"a": "b"}));
    assert_eq!(found["Code"]["RepositoryType"], "S3");
    assert_eq!(found["Concurrency"], Json::Null);
    let location = found["Code"]["Location"].as_str().unwrap();
    let path = location
        .strip_prefix("http://127.0.0.1:4566/_crossway/code/")
        .unwrap();
    let (hash, token) = path.split_once("?token=").unwrap();
    let code = world.lambda.code_download(hash, token).await;
    assert_eq!(code, Some(zip("exports.handler = async (event) => event")));

    let (expires, seal) = token.split_once('-').unwrap();
    let longer = format!("{}-{seal}", expires.parse::<i64>().unwrap() + 1);
    assert_eq!(world.lambda.code_download(hash, &longer).await, None);
    assert_eq!(
        world
            .lambda
            .code_download(&hash.replace('a', "b"), token)
            .await,
        None
    );
    assert_eq!(world.lambda.code_download(hash, "").await, None);
    world.clock.advance_ms(600_001);
    assert_eq!(world.lambda.code_download(hash, token).await, None);
}

#[tokio::test]
async fn functions_elsewhere() {
    let world = World::new();
    let get = async |account: &str, name: &str| {
        let input = json!({"FunctionName": name});
        world
            .call_as(account, op::GetFunction, input)
            .await
            .refusal()
    };
    assert_eq!(
        get(OWNER, "arn:aws:lambda:eu-west-1:222222222222:function:fn").await,
        "404 ResourceNotFoundException: Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    );
    assert_eq!(
        get(OWNER, "fn").await,
        "404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:222222222222:function:fn"
    );
    assert_eq!(
        get(OWNER, "fn:$LATEST").await,
        "404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:222222222222:function:fn:$LATEST"
    );
    // Another account learns nothing, whether the function exists or not.
    let missing = get(OTHER, ARN).await;
    world.function("fn").await;
    assert_eq!(get(OTHER, ARN).await, missing);
    assert!(
        missing.starts_with("403 AccessDeniedException: "),
        "{missing}"
    );
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::new();
    for name in ["c", "a", "b"] {
        world.function(name).await;
    }
    world
        .call(op::PublishVersion, json!({"FunctionName": "a"}))
        .await
        .ok();
    let names = |body: &Json, member: &str| -> Vec<String> {
        let items = body["Functions"].as_array().unwrap();
        items
            .iter()
            .map(|item| item[member].as_str().unwrap().to_owned())
            .collect()
    };
    let first = world
        .call(op::ListFunctions, json!({"MaxItems": 2}))
        .await
        .ok();
    assert_eq!(names(&first, "FunctionName"), ["a", "b"]);
    let item = &first["Functions"][0];
    assert_eq!(
        (&item["State"], &item["LastUpdateStatus"]),
        (&Json::Null, &Json::Null)
    );
    assert_eq!(item["RuntimeVersionConfig"], Json::Null);
    let marker = &first["NextMarker"];
    let second = world
        .call(op::ListFunctions, json!({"Marker": marker}))
        .await
        .ok();
    assert_eq!(names(&second, "FunctionName"), ["c"]);
    assert_eq!(second["NextMarker"], Json::Null);

    // With versions, one item a page.
    let mut all = Vec::new();
    let mut marker = Json::Null;
    loop {
        let mut input = json!({"FunctionVersion": "ALL", "MaxItems": 1});
        if !marker.is_null() {
            input["Marker"] = marker;
        }
        let page = world.call(op::ListFunctions, input).await.ok();
        all.extend(names(&page, "FunctionArn"));
        marker = page["NextMarker"].clone();
        if marker.is_null() {
            break;
        }
    }
    let expect = ["a:$LATEST", "a:1", "b:$LATEST", "c:$LATEST"];
    let expect =
        expect.map(|name| format!("arn:aws:lambda:us-east-1:222222222222:function:{name}"));
    assert_eq!(all, expect);
    assert!(
        world
            .call_as(OTHER, op::ListFunctions, json!({}))
            .await
            .ok()["Functions"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn code_and_configuration_change() {
    let world = World::new();
    let created = world.function("fn").await;
    let stale = json!({"FunctionName": "fn", "ZipFile": zip_base64("2"), "RevisionId": created["RevisionId"]});
    assert_eq!(
        world.call(op::UpdateFunctionCode, stale).await.refusal(),
        "412 PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    );
    let dry = json!({"FunctionName": "fn", "ZipFile": zip_base64("2"), "DryRun": true});
    let dry = world.call(op::UpdateFunctionCode, dry).await.ok();
    assert_ne!(dry["CodeSha256"], created["CodeSha256"]);
    assert_eq!(
        world.active("fn").await["CodeSha256"],
        created["CodeSha256"]
    );

    let updated = json!({"FunctionName": ARN, "ZipFile": zip_base64("2")});
    let updated = world.call(op::UpdateFunctionCode, updated).await.ok();
    assert_eq!(updated["LastUpdateStatus"], "InProgress");
    assert_eq!(updated["LastUpdateStatusReasonCode"], "Creating");
    assert_eq!(updated["State"], "Active");
    assert_eq!(world.active("fn").await["CodeSha256"], dry["CodeSha256"]);

    let more = json!({"FunctionName": "fn", "Timeout": 900, "MemorySize": 10240, "Description": "d", "Environment": {"Variables": {"A1": "b"}}});
    world.call(op::UpdateFunctionConfiguration, more).await.ok();
    let after = world.active("fn").await;
    assert_eq!(
        (&after["Timeout"], &after["MemorySize"]),
        (&json!(900), &json!(10240))
    );
    assert_eq!(after["Environment"], json!({"Variables": {"A1": "b"}}));
    assert_eq!(after["Handler"], "index.handler");
    // Workers of the old code are ended.
    let retired = world.compute.retired.lock().unwrap().clone();
    assert_eq!(retired.len(), 3);
}

#[tokio::test]
async fn one_update_at_a_time() {
    let world = World::new();
    world.call(op::CreateFunction, create("fn")).await.ok();
    // No other task runs before this one waits, so the function is still pending in the store.
    let name = crate::name::FunctionName::from_arn(ARN).unwrap();
    let mut function = world
        .store
        .get(&crate::record::FUNCTIONS, &name.key())
        .await
        .unwrap()
        .unwrap();
    function.latest.state = crate::record::StateRecord::Creating;
    let check = |function: &crate::record::FunctionRecord| {
        crate::lifecycle::check_editable(&name, &function.latest, None)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        check(&function),
        "The operation cannot be performed at this time. The function is currently in the following state: Pending"
    );
    function.latest.state = crate::record::StateRecord::Updating;
    assert_eq!(
        check(&function),
        format!(
            "The operation cannot be performed at this time. An update is in progress for resource: {ARN}"
        )
    );
}

#[tokio::test]
async fn deleting_takes_everything_along() {
    let world = World::new();
    world.function("fn").await;
    let permission = json!({"FunctionName": "fn", "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"});
    world.call(op::AddPermission, permission).await.ok();
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    world
        .call(
            op::CreateAlias,
            json!({"FunctionName": "fn", "Name": "a", "FunctionVersion": "1"}),
        )
        .await
        .ok();
    world
        .call(
            op::PutFunctionConcurrency,
            json!({"FunctionName": "fn", "ReservedConcurrentExecutions": 5}),
        )
        .await
        .ok();
    let name = json!({"FunctionName": "fn"});
    let settings = world.call(op::GetAccountSettings, json!({})).await.ok();
    assert_eq!(settings["AccountUsage"]["FunctionCount"], 1);
    assert_eq!(
        settings["AccountLimit"]["UnreservedConcurrentExecutions"],
        995
    );
    assert_eq!(
        world.call(op::DeleteFunction, name.clone()).await.status,
        204
    );
    assert_eq!(
        world.call(op::DeleteFunction, name.clone()).await.refusal(),
        format!("404 ResourceNotFoundException: Function not found: {ARN}")
    );
    world.function("fn").await;
    for answer in [
        world.call(op::GetPolicy, name.clone()).await,
        world
            .call(op::GetAlias, json!({"FunctionName": "fn", "Name": "a"}))
            .await,
        world
            .call(op::GetFunction, json!({"FunctionName": "fn:1"}))
            .await,
    ] {
        assert_eq!(answer.status, 404);
    }
    assert_eq!(
        world.call(op::GetFunctionConcurrency, name).await.ok(),
        json!({})
    );
}

#[tokio::test]
async fn an_emptied_store_is_empty() {
    let world = World::new();
    world.function("fn").await;
    world.store.clear().await.unwrap();
    world.lambda.reset();
    let name = json!({"FunctionName": "fn"});
    assert_eq!(world.call(op::GetFunction, name).await.status, 404);
    world.function("fn").await;
}
