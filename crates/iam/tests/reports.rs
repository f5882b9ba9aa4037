//! What an account tells of itself: authorization details and the credential report.

#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine;
use support::{API, World, allow, refusal, trust};

const DETAILS: &str = "iam:GetAccountAuthorizationDetails";

async fn furnished() -> World {
    let world = World::new().await;
    let admin = world.api();
    let all = allow("s3:*", "*");
    world.user("alice", Some(&all)).await;
    world
        .role("app", &trust(serde_json::json!("*")))
        .await
        .unwrap();
    let made = [
        ("iam:CreateGroup", vec![("GroupName", "team")]),
        (
            "iam:AddUserToGroup",
            vec![("GroupName", "team"), ("UserName", "alice")],
        ),
        (
            "iam:CreatePolicy",
            vec![("PolicyName", "own"), ("PolicyDocument", all.as_str())],
        ),
    ];
    for (action, parameters) in made {
        world.call(&admin, action, &parameters).await.unwrap();
    }
    let arn = format!("arn:aws:iam::{API}:policy/own");
    let attach = [("RoleName", "app"), ("PolicyArn", arn.as_str())];
    let answer = world.call(&admin, "iam:AttachRolePolicy", &attach).await;
    answer.unwrap();
    world
}

#[tokio::test]
async fn authorization_details_tell_everything_once() {
    let world = furnished().await;
    let admin = world.api();
    let found = world.call(&admin, DETAILS, &[]).await.unwrap();
    assert_eq!(found.texts("UserId").len(), 2);
    assert_eq!(found.text("GroupId").len(), 21);
    assert_eq!(found.texts("RoleName"), ["app"]);
    assert!(found.text("PolicyDocument").starts_with("%7B%22Version"));
    assert_eq!(found.text("AttachmentCount"), "1");
    // AWS's own policies come as far as they are used.
    let managed = "arn:aws:iam::aws:policy/AdministratorAccess";
    assert!(found.texts("Arn").contains(&managed.to_owned()));
    assert!(!found.0.contains("AWSLambdaExecute"));
    // Pages join to the same.
    let (mut arns, mut marker) = (Vec::new(), String::new());
    loop {
        let mut parameters = vec![("MaxItems", "2")];
        if !marker.is_empty() {
            parameters.push(("Marker", marker.as_str()));
        }
        let page = world.call(&admin, DETAILS, &parameters).await.unwrap();
        arns.extend(page.texts("Arn"));
        if page.text("IsTruncated") == "false" {
            break;
        }
        marker = page.text("Marker");
    }
    assert_eq!(arns, found.texts("Arn"));
}

#[tokio::test]
async fn authorization_details_are_filtered() {
    let world = furnished().await;
    let admin = world.api();
    for (kind, expect) in [
        ("User", 2),
        ("Group", 1),
        ("Role", 1),
        ("LocalManagedPolicy", 1),
        ("AWSManagedPolicy", 1),
    ] {
        let filter = [("Filter.member.1", kind)];
        let found = world.call(&admin, DETAILS, &filter).await.unwrap();
        assert_eq!(found.texts("Arn").len(), expect, "{kind}");
    }
}

#[tokio::test]
async fn a_credential_report_is_made_kept_and_expires() {
    let world = furnished().await;
    let admin = world.api();
    let (generate, get) = ("iam:GenerateCredentialReport", "iam:GetCredentialReport");
    let none = refusal(world.call(&admin, get, &[]).await);
    assert!(none.starts_with("410 ReportNotPresent"), "{none}");
    let first = world.call(&admin, generate, &[]).await.unwrap();
    assert_eq!(first.text("State"), "STARTED");
    let second = world.call(&admin, generate, &[]).await.unwrap();
    assert_eq!(second.text("State"), "COMPLETE");
    let profile = [("UserName", "alice"), ("Password", "Correct-Horse-1")];
    let made = world.call(&admin, "iam:CreateLoginProfile", &profile).await;
    made.unwrap();
    world
        .clock
        .advance_ms(iam::limits::CREDENTIAL_REPORT_MS_MAX - 1);
    let found = world.call(&admin, get, &[]).await.unwrap();
    assert_eq!(found.text("ReportFormat"), "text/csv");
    assert!(row(&found.text("Content"), "alice").contains(",false,N/A,N/A,N/A,false,true,"));
    world.clock.advance_ms(1);
    let late = refusal(world.call(&admin, get, &[]).await);
    assert!(late.starts_with("410 ReportExpired"), "{late}");
    let again = world.call(&admin, generate, &[]).await.unwrap();
    assert_eq!(again.text("State"), "STARTED");
    let found = world.call(&admin, get, &[]).await.unwrap().text("Content");
    assert!(row(&found, "alice").contains(",true,no_information,2026-"));
    assert!(row(&found, "admin").contains(",us-east-1,iam,"));
    assert!(row(&found, "<root_account>").contains(":root,"));
}

/// The row of a user; every row has as many cells as the head.
fn row(content: &str, user: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(content);
    let text = String::from_utf8(bytes.unwrap()).unwrap();
    let cells = |line: &str| line.split(',').count();
    let head = text.lines().next().unwrap();
    assert_eq!(cells(head), 22);
    assert!(text.lines().all(|line| cells(line) == 22), "{text}");
    let start = format!("{user},");
    let found = text.lines().find(|line| line.starts_with(&start));
    found.unwrap().to_owned()
}
