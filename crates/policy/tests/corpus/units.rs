//! The suites that look at one element of a statement alone.

use crate::cases;
use crate::differences::{Differences, Rule};
use crate::suite;
use policy::{
    Attached, Context, Document, DocumentKind, Outcome, Policies, PolicyError, Request, Requester,
    evaluate,
};
use serde_json::{Value, json};
use std::sync::Arc;

const ACTION: &str = "s3:GetObject";
const OTHER_ACTION: &str = "s3:PutObject";
const ACCOUNT: &str = "123456789012";
const USER: &str = "arn:aws:iam::123456789012:user/unit";

/// Whether a statement applies, asked by what it decides.
fn applies(
    statement: &Value,
    kind: &str,
    action: &str,
    resource: &str,
    context: &Context,
) -> Result<bool, PolicyError> {
    let text = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let own = [attached(&text)?];
    let all_text =
        r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
    let all = [attached(all_text)?];
    let levels = [own.to_vec()];
    let open_levels = [vec![all[0].clone(), own[0].clone()]];
    let is_deny = statement["Effect"] == "Deny";
    let mut policies = Policies {
        identity: &all,
        ..Policies::default()
    };
    match kind {
        "identity" => policies.identity = &own,
        "session" => policies.session = Some(&own),
        "pb" => policies.boundary = Some(&own),
        "vpce" => policies.endpoint = Some(&own),
        "scp" if is_deny => policies.service_control = &open_levels,
        "scp" => policies.service_control = &levels,
        "rcp" => policies.resource_control = &levels,
        _ => {
            policies.resource = Some(&own[0]);
            policies.identity = &[];
        }
    }
    let principal = cases::principal(USER, &Context::new());
    let outcome = evaluate(
        &Request {
            requester: Requester::Principal(&principal),
            action,
            resource,
            owner: &ACCOUNT.parse().unwrap(),
            context,
        },
        &policies,
    )
    .outcome;
    Ok(match is_deny {
        true => outcome == Outcome::ExplicitlyDenied,
        false => outcome == Outcome::Allowed,
    })
}

fn attached(text: &str) -> Result<Attached, PolicyError> {
    Ok(Attached {
        id: "unit".into(),
        document: Arc::new(Document::parse(text)?),
    })
}

fn run(name: &'static str, one: impl Fn(&Value) -> bool) {
    let Some(cases) = suite(name) else { return };
    let mut differences = Differences::of(name);
    for case in &cases {
        let expected = case["expected"].as_bool().unwrap();
        let found = one(case);
        let id = format!("{} {}", case["id"].as_str().unwrap(), detail(case));
        let rule = || Rule::of_resource(&case["resource"]["resource"]);
        differences.note_with(&id, &expected.to_string(), &found.to_string(), rule);
    }
    differences.judge(cases.len());
}

/// Titles repeat in these suites; what tells the cases apart is their input.
fn detail(case: &Value) -> String {
    [
        "element",
        "values",
        "resource",
        "effect",
        "policyType",
        "policyValues",
        "requestValue",
    ]
    .iter()
    .filter(|name| !case[**name].is_null())
    .map(|name| format!("{name}={}", case[*name]))
    .collect::<Vec<_>>()
    .join(" ")
}

#[test]
fn actions() {
    run("iam-simulate-unit-action", |case| {
        let element = case["element"].as_str().unwrap();
        let mut statement = json!({ "Effect": "Allow", "Resource": "*" });
        statement[element] = case["values"].clone();
        let action = case["action"].as_str().unwrap();
        applies(&statement, "identity", action, "*", &Context::new()).unwrap_or(false)
    });
}

#[test]
fn resources() {
    run("iam-simulate-unit-resource", |case| {
        let mut statement = json!({ "Effect": case["effect"], "Principal": "*", "Action": "*" });
        statement[case["element"].as_str().unwrap()] = case["values"].clone();
        let resource = case["resource"]["resource"].as_str().unwrap();
        let context = cases::context(&case["context"]);
        let kind = case["policyType"].as_str().unwrap();
        applies(&statement, kind, ACTION, resource, &context).unwrap_or(false)
    });
}

#[test]
fn conditions() {
    run("iam-simulate-unit-condition", |case| {
        let mut block = json!({});
        for condition in case["conditions"].as_array().unwrap() {
            let operator = condition["operator"].as_str().unwrap();
            let key = condition["key"].as_str().unwrap();
            block[operator][key] = condition["values"].clone();
        }
        let statement = json!({
            "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": block
        });
        let context = cases::context(&case["context"]);
        applies(&statement, "identity", OTHER_ACTION, "*", &context).unwrap_or(false)
    });
}

#[test]
fn operators() {
    run("iam-simulate-unit-operator", |case| {
        let operator = case["operator"].as_str().unwrap();
        let statement = json!({
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": { operator: { "unit:key": case["policyValues"] } }
        });
        let mut context = cases::context(&case["context"]);
        match &case["requestValue"] {
            Value::String(one) => context.set("unit:key", one),
            other => context.set("unit:key", other.to_string()),
        };
        applies(&statement, "identity", ACTION, "*", &context).unwrap_or(false)
    });
}

/// `AccountLevelMatch` and its like are seen by what the match is worth: whether the resource's
/// policy alone suffices.
#[test]
fn principals() {
    let name = "iam-simulate-unit-principal";
    let Some(cases) = suite(name) else { return };
    let mut differences = Differences::of(name);
    for case in &cases {
        let mut element = json!({});
        for value in case["values"].as_array().unwrap() {
            let (kind, text) = (&value["type"], &value["value"]);
            let kind = if kind == "*" {
                "AWS"
            } else {
                kind.as_str().unwrap()
            };
            match element[kind].as_array_mut() {
                Some(list) => list.push(text.clone()),
                None => element[kind] = json!([text]),
            }
        }
        let mut statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        statement[case["element"].as_str().unwrap()] = element;
        let text = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let policy = attached(&text).unwrap();
        let expected = match case["expected"].as_str().unwrap() {
            "NoMatch" | "AccountLevelMatch" => "false",
            _ => "true",
        };
        let found = grants_alone(&case["principal"], &policy).to_string();
        let id = format!("{} {}", case["id"].as_str().unwrap(), detail(case));
        differences.note(&id, expected, &found);
    }
    differences.judge(cases.len());
}

fn grants_alone(principal: &Value, policy: &Attached) -> bool {
    let context = Context::new();
    let text = principal.as_str();
    let who = match text {
        Some(text) if !text.starts_with("arn:") && !text.contains(".amazonaws.com") => {
            // Identity providers and canonical users.
            return federated(text, policy);
        }
        _ => cases::who(principal, &context),
    };
    let owner = match &who {
        cases::Who::Principal(principal) => principal.account.clone(),
        _ => ACCOUNT.parse().unwrap(),
    };
    let requester = match &who {
        cases::Who::Anonymous => Requester::Anonymous,
        cases::Who::Principal(principal) => Requester::Principal(principal),
        cases::Who::Service(name) => Requester::Service(name),
    };
    decide(requester, &owner, policy)
}

fn federated(provider: &str, policy: &Attached) -> bool {
    decide(
        Requester::Federated(provider),
        &ACCOUNT.parse().unwrap(),
        policy,
    )
}

fn decide(requester: Requester<'_>, owner: &arn::AccountId, policy: &Attached) -> bool {
    evaluate(
        &Request {
            requester,
            action: ACTION,
            resource: "*",
            owner,
            context: &Context::new(),
        },
        &Policies {
            resource: Some(policy),
            ..Policies::default()
        },
    )
    .is_allowed()
}

#[test]
fn validation() {
    let name = "iam-policy-validation";
    let Some(cases) = suite(name) else { return };
    let mut differences = Differences::of(name);
    for case in &cases {
        let kind = match case["policyType"].as_str().unwrap() {
            "identityPolicy" => Some(DocumentKind::Identity),
            "resourcePolicy" => Some(DocumentKind::Resource),
            "trustPolicy" => Some(DocumentKind::Trust),
            "scp" => Some(DocumentKind::ServiceControl),
            "rcp" => Some(DocumentKind::ResourceControl),
            "sessionPolicy" => Some(DocumentKind::Session),
            "endpointPolicy" => Some(DocumentKind::Endpoint),
            _ => None,
        };
        let found = Document::parse(&case["policy"].to_string())
            .and_then(|document| kind.map_or(Ok(()), |kind| document.validate(kind)));
        let name = |is_valid| if is_valid { "valid" } else { "invalid" };
        let expected = name(case["valid"].as_bool().unwrap());
        differences.note(case["id"].as_str().unwrap(), expected, name(found.is_ok()));
    }
    differences.judge(cases.len());
}
