//! Every operation that is served, called by a user without a policy and by one with exactly that
//! permission. Generated from the operations tables, so that a new operation is covered at birth.

#![allow(clippy::unwrap_used)]

mod support;

use smithy::{Kind, Member, ServiceMeta};
use support::{API, World, allow};

/// AWS asks for no permission, or for a token.
const OPEN: [&str; 3] = [
    "GetCallerIdentity",
    "GetSessionToken",
    "AssumeRoleWithWebIdentity",
];

/// Operations that need more than the action of their name, and which.
const MORE: [(&str, &[&str]); 1] = [("AddRoleToInstanceProfile", &["iam:PassRole"])];

fn served(world: &World, service: &str) -> (&'static ServiceMeta, Vec<&'static str>) {
    let operations = world.operations(service);
    let meta = operations.service();
    let names = meta
        .operations
        .iter()
        .filter(|operation| operations.serves(operation))
        .map(|operation| operation.name)
        .filter(|name| !OPEN.contains(name))
        .collect();
    (meta, names)
}

/// The required parameters, with values that the model takes.
fn parameters(meta: &ServiceMeta, operation: &str) -> Vec<(String, String)> {
    let input = meta.operation(operation).unwrap().input;
    input
        .members()
        .iter()
        .filter(|member| member.is_required)
        .flat_map(|member| values(member, member.name))
        .collect()
}

fn values(member: &Member, name: &str) -> Vec<(String, String)> {
    match &member.target.kind {
        Kind::List(item) => match &item.kind {
            Kind::Structure(members) => members
                .iter()
                .filter(|inner| inner.is_required)
                .flat_map(|inner| values(inner, &format!("{name}.member.1.{}", inner.name)))
                .collect(),
            _ if name == "ThumbprintList" => vec![(format!("{name}.member.1"), "0".repeat(40))],
            _ => vec![(format!("{name}.member.1"), "key".to_owned())],
        },
        _ => vec![(name.to_owned(), text(member.name))],
    }
}

fn text(member: &str) -> String {
    match member {
        "PolicyArn" | "PermissionsBoundary" => format!("arn:aws:iam::{API}:policy/p"),
        "OpenIDConnectProviderArn" => format!("arn:aws:iam::{API}:oidc-provider/name"),
        "PolicySourceArn" => format!("arn:aws:iam::{API}:user/name"),
        "RoleArn" => format!("arn:aws:iam::{API}:role/name"),
        "AccessKeyId" => "AKIAIOSFODNN7EXAMPLE".to_owned(),
        "Status" => "Inactive".to_owned(),
        "VersionId" => "v1".to_owned(),
        "PolicyDocument" | "AssumeRolePolicyDocument" => allow("*", "*"),
        _ => "name".to_owned(),
    }
}

#[tokio::test]
async fn without_a_policy_every_operation_is_refused() {
    let world = World::new().await;
    let nobody = world.user("nobody", None).await;
    let mut count = 0;
    for service in ["iam", "sts"] {
        let (meta, names) = served(&world, service);
        for name in names {
            let flat = parameters(meta, name);
            let borrowed: Vec<_> = flat.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            let action = format!("{service}:{name}");
            let error = world.call(&nobody, &action, &borrowed).await.unwrap_err();
            assert_eq!(
                (error.status, error.code.as_str()),
                (403, "AccessDenied"),
                "{action} {error:?}"
            );
            assert!(
                error.message.contains(&format!("perform: {action} ")),
                "{error:?}"
            );
            count += 1;
        }
    }
    assert!(count > 80, "only {count} operations are served");
}

#[tokio::test]
async fn with_exactly_its_permission_every_operation_passes_the_door() {
    let world = World::new().await;
    for service in ["iam", "sts"] {
        let (meta, names) = served(&world, service);
        for name in names {
            let action = format!("{service}:{name}");
            // A role's trust policy has its say, too; `sessions.rs` shows it.
            if name == "AssumeRole" {
                continue;
            }
            let more = MORE.iter().find(|(operation, _)| *operation == name);
            let mut actions = vec![action.as_str()];
            actions.extend(more.map(|(_, more)| *more).into_iter().flatten());
            let policy = serde_json::json!({
                "Version": "2012-10-17",
                "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }]
            });
            let clerk = world
                .user(&format!("clerk-{name}"), Some(&policy.to_string()))
                .await;
            let flat = parameters(meta, name);
            let borrowed: Vec<_> = flat.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            if let Err(error) = world.call(&clerk, &action, &borrowed).await {
                assert_ne!(error.code, "AccessDenied", "{action} {error:?}");
                assert!(error.status < 500, "{action} {error:?}");
            }
            // Another operation stays closed.
            let other = if name == "ListRoles" {
                "iam:ListUsers"
            } else {
                "iam:ListRoles"
            };
            let error = world.call(&clerk, other, &[]).await.unwrap_err();
            assert_eq!(error.code, "AccessDenied", "{action}");
        }
    }
}
