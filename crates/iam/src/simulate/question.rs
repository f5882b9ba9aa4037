//! One action on one resource, asked of the evaluator.

use super::sources::{Sources, Subject};
use api::iam as shape;
use arn::{AccountId, Arn};
use policy::{
    Attached, Context, Decision, Document, Matched, Outcome, Policies, PolicyKind, Request,
    Requester, evaluate,
};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Allows everything, so that only what stands beside it decides.
static EVERYTHING: LazyLock<Attached> = LazyLock::new(|| {
    let text = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let document = Document::parse(text).expect("the document is well formed");
    Attached {
        id: "everything".into(),
        document: Arc::new(document),
    }
});

/// Everything but action and resource.
pub(crate) struct Simulation {
    pub subject: Subject,
    /// Of each level above the subject's account; empty when none limits it.
    pub service_control: Vec<Vec<Attached>>,
    /// The resource's policy, if any.
    pub resource: Sources,
    /// Who owns resources whose ARNs do not say.
    pub owner: AccountId,
    pub context: Context,
}

impl Simulation {
    pub(crate) fn ask(&self, action: &str, resource: &str) -> shape::EvaluationResult {
        let named = resource.parse::<Arn>().ok();
        let owner = named
            .and_then(|arn| arn.account_id())
            .unwrap_or_else(|| self.owner.clone());
        let request = Request {
            requester: Requester::Principal(&self.subject.principal),
            action,
            resource,
            owner: &owner,
            context: &self.context,
        };
        let boundary = self.subject.boundary.as_ref();
        let decision = evaluate(
            &request,
            &Policies {
                identity: &self.subject.identity.attached,
                boundary: boundary.map(|sources| sources.attached.as_slice()),
                resource: self.resource.attached.first(),
                service_control: &self.service_control,
                ..Policies::default()
            },
        );
        let own = Request {
            owner: &self.subject.principal.account,
            ..request
        };
        let by_organization = (!self.service_control.is_empty()).then(|| {
            let alone = Policies {
                identity: std::slice::from_ref(&*EVERYTHING),
                service_control: &self.service_control,
                ..Policies::default()
            };
            shape::OrganizationsDecisionDetail {
                allowed_by_organizations: Some(evaluate(&own, &alone).is_allowed()),
            }
        });
        let by_boundary = boundary.map(|sources| {
            let alone = Policies {
                identity: &sources.attached,
                ..Policies::default()
            };
            shape::PermissionsBoundaryDecisionDetail {
                allowed_by_permissions_boundary: Some(evaluate(&own, &alone).is_allowed()),
            }
        });
        shape::EvaluationResult {
            eval_action_name: Some(action.to_owned()),
            eval_resource_name: Some(resource.to_owned()),
            eval_decision: Some(word(decision.outcome).to_owned()),
            matched_statements: Some(self.matched(&decision)),
            missing_context_values: Some(self.missing()),
            permissions_boundary_decision_detail: by_boundary,
            organizations_decision_detail: by_organization,
            // Empty inside an account, and left out where every resource is meant.
            eval_decision_details: (resource != "*").then(BTreeMap::new),
            ..shape::EvaluationResult::default()
        }
    }

    /// UNVERIFIED: `SourcePolicyId` of managed policies, which is the ARN here; the places of
    /// statements in their texts are left out.
    fn matched(&self, decision: &Decision) -> Vec<shape::Statement> {
        let shown = |matched: &Matched| {
            let sources = match matched.kind {
                PolicyKind::Resource => Some(&self.resource),
                PolicyKind::Boundary => self.subject.boundary.as_ref(),
                _ => Some(&self.subject.identity),
            };
            let kind = sources.and_then(|sources| sources.types.get(&matched.policy));
            shape::Statement {
                source_policy_id: Some(matched.policy.to_string()),
                source_policy_type: Some((*kind.unwrap_or(&"none")).to_owned()),
                ..shape::Statement::default()
            }
        };
        decision.statements.iter().map(shown).collect()
    }

    /// Keys that a policy asks for and nobody gave.
    fn missing(&self) -> Vec<String> {
        let boundary = self.subject.boundary.iter();
        let all = [&self.subject.identity, &self.resource].into_iter();
        let mut keys: Vec<String> = all
            .chain(boundary)
            .flat_map(|sources| sources.keys.values())
            .filter(|key| self.context.get(key).is_none())
            .cloned()
            .collect();
        keys.sort();
        keys.dedup();
        keys
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::ImplicitlyDenied => "implicitDeny",
        Outcome::ExplicitlyDenied => "explicitDeny",
    }
}
