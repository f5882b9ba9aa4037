//! The grammar line by line: each operator with its modifiers, variables, resources, actions and
//! principals, for each what matches and what nearly does.
//!
//! Source: "Grammar of the IAM JSON policy language", "IAM JSON policy elements: Condition
//! operators" and "IAM policy elements: Variables and tags", IAM user guide.

#![allow(clippy::unwrap_used)]

mod conditions;
mod elements;
mod saving;

use policy::{
    Attached, Context, Document, Outcome, Policies, Principal, PrincipalKind, Request, Requester,
    evaluate,
};
use serde_json::Value;

const ACCOUNT: &str = "111111111111";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:111111111111:function:f";

fn attached(document: &Value) -> Attached {
    Attached {
        id: "p".into(),
        document: Document::parse(&document.to_string()).unwrap().into(),
    }
}

fn principal(kind: PrincipalKind, arn: &str, principal_arn: &str) -> Principal {
    Principal {
        account: arn.split(':').nth(4).unwrap().parse().unwrap(),
        kind,
        arn: arn.parse().unwrap(),
        principal_arn: principal_arn.parse().unwrap(),
        user_id: "AIDAEXAMPLEEXAMPLE".to_owned(),
        access_key_id: "AKIAEXAMPLEEXAMPLE".to_owned(),
        session: None,
    }
}

fn alice() -> Principal {
    let arn = "arn:aws:iam::111111111111:user/alice";
    principal(PrincipalKind::User, arn, arn)
}

/// What an identity policy decides for a user of its account.
fn decided(document: &Value, action: &str, resource: &str, context: &Context) -> Outcome {
    let identity = [attached(document)];
    let request = Request {
        requester: Requester::Principal(&alice()),
        action,
        resource,
        owner: &ACCOUNT.parse().unwrap(),
        context,
    };
    let policies = Policies {
        identity: &identity,
        ..Policies::default()
    };
    evaluate(&request, &policies).outcome
}

fn context(keys: &Value) -> Context {
    let mut context = Context::new();
    for (key, value) in keys.as_object().unwrap() {
        match value {
            Value::Array(list) => {
                let list = list.iter().map(|one| one.as_str().unwrap().to_owned());
                context.set_many(key, list.collect())
            }
            one => context.set(key, one.as_str().unwrap()),
        };
    }
    context
}
