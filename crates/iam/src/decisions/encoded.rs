//! The details of a denial, for DecodeAuthorizationMessage.
//!
//! Source: "DecodeAuthorizationMessage", AWS STS API reference, and the AWS CLI's example of it.

use crate::Iam;
use crate::decisions::keys::RequestKeys;
use crate::limits::AUTHORIZATION_DETAILS_BYTES_MAX;
use policy::{
    Context, ContextValue, Decision, Effect, Matched, Outcome, PolicyKind, Principal,
    PrincipalKind, Request, Requester,
};
use serde_json::{Value, json};

impl Iam {
    /// A denial's details, sealed; none for requests that no principal made.
    pub(crate) fn encoded_message(
        &self,
        decision: &Decision,
        request: &Request<'_>,
        keys: &RequestKeys<'_>,
    ) -> Option<String> {
        let Requester::Principal(principal) = request.requester else {
            return None;
        };
        let details = details(decision, request, principal, &keys.written()).to_string();
        let seal = self.seal.load();
        seal.seal_message(&principal.account, details, &*self.ids)
    }
}

fn details(
    decision: &Decision,
    request: &Request<'_>,
    principal: &Principal,
    context: &Context,
) -> Value {
    let resource = request.resource;
    let end = resource.floor_char_boundary(AUTHORIZATION_DETAILS_BYTES_MAX / 2);
    let mut who = json!({ "id": principal.user_id, "arn": principal.arn.as_str() });
    if principal.kind == PrincipalKind::User {
        let name = principal.arn.resource().rsplit('/').next();
        who["name"] = name.unwrap_or_default().into();
    }
    let mut details = json!({
        "allowed": false,
        "explicitDeny": decision.outcome == Outcome::ExplicitlyDenied,
        "matchedStatements": { "items": [] },
        "failures": { "items": [] },
        "context": {
            "principal": who,
            "action": request.action,
            "resource": resource.get(..end).unwrap_or_default(),
            "conditions": { "items": [] },
        },
    });
    let mut room = AUTHORIZATION_DETAILS_BYTES_MAX.saturating_sub(details.to_string().len());
    // Policies of the other account's resource stay that account's own business.
    let is_own = |matched: &&Matched| match matched.kind {
        PolicyKind::Resource | PolicyKind::ResourceControl => principal.account == *request.owner,
        _ => true,
    };
    let matched = decision.statements.iter().filter(is_own);
    let matched = matched.map(|one| statement(one, principal));
    details["matchedStatements"] = fitting(matched, &mut room);
    details["context"]["conditions"] = fitting(context.iter().map(condition), &mut room);
    details
}

/// As many as there is room for.
fn fitting(all: impl Iterator<Item = Value>, room: &mut usize) -> Value {
    let mut fitting = Vec::new();
    for one in all {
        let bytes = one.to_string().len() + 1;
        if bytes <= *room {
            *room -= bytes;
            fitting.push(one);
        }
    }
    json!({ "items": fitting })
}

fn statement(matched: &Matched, principal: &Principal) -> Value {
    let unique_id = principal.user_id.split(':').next().unwrap_or_default();
    let statement = matched.statement();
    let actions = statement.into_iter().flat_map(|one| one.actions());
    let resources = statement.into_iter().flat_map(|one| one.resources());
    let conditions = statement.into_iter().flat_map(|one| one.conditions());
    let conditions = conditions.map(|(key, all)| {
        let all = all.iter().map(String::as_str);
        json!({ "key": key, "values": values(all) })
    });
    let effect = statement.map(|one| match one.effect() {
        Effect::Allow => "ALLOW",
        Effect::Deny => "DENY",
    });
    json!({
        "statementId": matched.sid.as_deref().unwrap_or_default(),
        "effect": effect,
        "principals": values([unique_id].into_iter()),
        "principalGroups": { "items": [] },
        "actions": values(actions),
        "resources": values(resources),
        "conditions": { "items": conditions.collect::<Vec<_>>() },
    })
}

fn condition((key, value): (&str, &ContextValue)) -> Value {
    let values = match value {
        ContextValue::One(one) => values([one.as_str()].into_iter()),
        ContextValue::Many(many) => values(many.iter().map(String::as_str)),
    };
    json!({ "key": key, "values": values })
}

fn values<'a>(all: impl Iterator<Item = &'a str>) -> Value {
    let items: Vec<Value> = all.map(|value| json!({ "value": value })).collect();
    json!({ "items": items })
}
