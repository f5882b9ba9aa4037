//! AWS's words for refusals, and the statements behind decisions.

#![allow(clippy::unwrap_used)]

use policy::{
    Attached, Context, Decision, Document, Policies, PolicyKind, Principal, PrincipalKind, Request,
    Requester, ResourceRule, evaluate,
};
use std::sync::Arc;

const ALICE: &str = "arn:aws:iam::111111111111:user/alice";
const OWN: &str = "arn:aws:lambda:us-east-1:111111111111:function:f";
const OTHERS: &str = "arn:aws:lambda:us-east-1:222222222222:function:f";
const ALL: &str =
    r#"{"Statement":{"Sid":"all","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
const NONE: &str =
    r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"x:y","Resource":"*"}}"#;
const DENY: &str =
    r#"{"Statement":{"Sid":"no","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;

fn attached(text: &str) -> Attached {
    Attached {
        id: "p".into(),
        document: Arc::new(Document::parse(text).unwrap()),
    }
}

/// Decides for alice and gives the refusal's text, empty when she may.
fn refusal(action: &str, resource: &str, policies: &Policies<'_>) -> (Decision, String) {
    let alice = Principal {
        account: "111111111111".parse().unwrap(),
        kind: PrincipalKind::User,
        arn: ALICE.parse().unwrap(),
        principal_arn: ALICE.parse().unwrap(),
        user_id: "AIDAEXAMPLEEXAMPLE".to_owned(),
        access_key_id: "AKIAEXAMPLEEXAMPLE".to_owned(),
        session: None,
    };
    let context = Context::new();
    let owner = resource.split(':').nth(4).unwrap().parse().unwrap();
    let request = Request {
        requester: Requester::Principal(&alice),
        action,
        resource,
        owner: &owner,
        context: &context,
    };
    let decision = evaluate(&request, policies);
    let text = match decision.is_allowed() {
        true => String::new(),
        false => decision.denial_text(&request),
    };
    (decision, text)
}

fn check(action: &str, resource: &str, policies: &Policies<'_>, reason: &str) {
    let (_, text) = refusal(action, resource, policies);
    let expect = format!(
        "User: {ALICE} is not authorized to perform: {action} on resource: {resource}{reason}"
    );
    assert_eq!(text, expect);
}

#[test]
fn every_kind_of_policy_is_named() {
    let (all, none, deny) = ([attached(ALL)], [attached(NONE)], [attached(DENY)]);
    let deny_level = [vec![attached(DENY)]];
    let none_level = [vec![attached(NONE)]];
    let open = Policies {
        identity: &all,
        ..Policies::default()
    };
    let action = "lambda:GetFunction";
    let no = |name: &str| format!(" because no {name} allows the {action} action");
    check(
        action,
        OWN,
        &Policies::default(),
        &no("identity-based policy"),
    );
    let boundary = Policies {
        boundary: Some(&none),
        ..open
    };
    check(action, OWN, &boundary, &no("permissions boundary"));
    let session = Policies {
        session: Some(&none),
        ..open
    };
    check(action, OWN, &session, &no("session policy"));
    let control = Policies {
        service_control: &none_level,
        ..open
    };
    check(action, OWN, &control, &no("service control policy"));
    let endpoint = Policies {
        endpoint: Some(&none),
        ..open
    };
    check(action, OWN, &endpoint, &no("VPC endpoint policy"));
    let with = |name: &str| format!(" with an explicit deny in {name}");
    let identity = Policies {
        identity: &deny,
        ..open
    };
    check(action, OWN, &identity, &with("an identity-based policy"));
    let resource = Policies {
        resource: Some(&deny[0]),
        ..open
    };
    check(action, OWN, &resource, &with("a resource-based policy"));
    let boundary = Policies {
        boundary: Some(&deny),
        ..open
    };
    check(action, OWN, &boundary, &with("a permissions boundary"));
    let control = Policies {
        resource_control: &deny_level,
        ..open
    };
    check(action, OWN, &control, &with("a resource control policy"));
}

#[test]
fn across_accounts_only_lambda_tells_the_resources_reason() {
    let all = [attached(ALL)];
    let open = Policies {
        identity: &all,
        ..Policies::default()
    };
    let reason = " because no resource-based policy allows the lambda:InvokeFunction action";
    check("lambda:InvokeFunction", OTHERS, &open, reason);
    let api = "arn:aws:execute-api:us-east-1:222222222222:abc/prod/GET/";
    check("execute-api:Invoke", api, &open, "");
}

#[test]
fn assume_role_gives_no_reason() {
    let policies = Policies {
        resource_rule: ResourceRule::MustAllow,
        ..Policies::default()
    };
    check(
        "sts:AssumeRole",
        "arn:aws:iam::111111111111:role/r",
        &policies,
        "",
    );
}

#[test]
fn deciding_statements_are_told() {
    let (all, deny) = ([attached(NONE), attached(ALL)], attached(DENY));
    let open = Policies {
        identity: &all,
        ..Policies::default()
    };
    let (allowed, _) = refusal("lambda:GetFunction", OWN, &open);
    assert_eq!(allowed.statements.len(), 1);
    assert_eq!(allowed.statements[0].sid.as_deref(), Some("all"));
    assert_eq!(allowed.statements[0].kind, PolicyKind::Identity);
    let closed = Policies {
        resource: Some(&deny),
        ..open
    };
    let (denied, _) = refusal("lambda:GetFunction", OWN, &closed);
    assert_eq!(denied.statements[0].sid.as_deref(), Some("no"));
    assert_eq!(denied.statements[0].kind, PolicyKind::Resource);
}

#[test]
fn an_organizations_policy_is_named_by_its_arn() {
    let arn = "arn:aws:organizations::222222222222:policy/o-a/service_control_policy/p-b";
    let named = |text: &str| Attached {
        id: arn.into(),
        ..attached(text)
    };
    let everything = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let identity = [attached(everything)];
    let allowing = [vec![named(everything)]];
    let denying = [vec![
        named(everything),
        named(r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#),
    ]];
    let open = Policies {
        identity: &identity,
        service_control: &allowing,
        ..Policies::default()
    };
    let (decision, _) = refusal("lambda:GetFunction", OWN, &open);
    assert!(decision.is_allowed());
    let closed = Policies {
        service_control: &denying,
        ..open
    };
    let reason = format!(" with an explicit deny in a service control policy: {arn}");
    check("lambda:GetFunction", OWN, &closed, &reason);
}
