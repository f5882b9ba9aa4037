//! Explain: would this one be allowed, by which statements; and why was that request refused.
//!
//! An API of the product's own, read-only. It tells an account about its own principals and its
//! own policies, and needs `iam:SimulatePrincipalPolicy`.

mod api;
mod denials;

pub(crate) use denials::Denials;

use crate::decisions::authorize::{is_closed_to_session, question, refusal};
use crate::decisions::control::Control;
use crate::decisions::keys::{Given, RequestKeys, Who};
use crate::simulate::{Subject, entity};
use crate::{Iam, Operations, error, touches};
use ::api::ServiceError;
use api::{ExplainDenialRequest, ExplainRequest, Explanation, op};
use arn::{AccountId, Arn};
use policy::{
    Attached, Context, Decision, Outcome, Policies, PolicyKind, Principal, Request, Requester,
};
use ports::{Call, Caller, RequestFacts, Touch, Touches};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, Weak};
use stdx::BoxFuture;

const ACTION: &str = "iam:SimulatePrincipalPolicy";

/// Explain's operations.
pub fn operations(iam: Arc<Iam>) -> Operations {
    Operations::new(&api::SERVICE, iam)
        .on(op::Explain, |_, call, input| touch(call, input), explain)
        .on(
            op::ExplainDenial,
            |_, call, _| touches::any(call, ACTION),
            denial,
        )
        .finish()
}

/// A service asks for nobody: only the resource's owner may hear of it.
fn touch<'a>(
    call: &'a Call,
    input: &'a ExplainRequest,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    let answer = match &input.principal {
        None => own(call).map(|principal| {
            let arn = principal.principal_arn.as_str();
            Touch::new(ACTION, arn, principal.account.clone())
        }),
        Some(name) if is_service(name) => Ok(Touch::new(ACTION, "*", call.account.clone())),
        Some(arn) => entity(arn).map(|(_, owner, _)| Touch::new(ACTION, arn.as_str(), owner)),
    };
    Box::pin(std::future::ready(answer.map(Touches::from)))
}

async fn denial(
    iam: Arc<Iam>,
    call: Call,
    input: ExplainDenialRequest,
) -> Result<Explanation, ServiceError> {
    let found = iam.denials.find(&call.account, &input.request_id);
    found.ok_or_else(|| {
        ServiceError::new(
            "NotFoundException",
            "no denial of this request is remembered for your account",
        )
        .status(404)
    })
}

async fn explain(
    iam: Arc<Iam>,
    call: Call,
    input: ExplainRequest,
) -> Result<Explanation, ServiceError> {
    let touch = iam.described(&call, &input).await?;
    let given = context(input.context.unwrap_or_default());
    match input.principal.as_deref() {
        Some(name) if is_service(name) => {
            if touch.owner != call.account {
                return Err(error::denied(
                    "a service's call is explained to the resource's owner",
                ));
            }
            let control = iam.control(&Caller::Anonymous, &touch).await;
            let asked = Asked {
                name,
                requester: Requester::Service(name),
                who: Who::Service(name, None),
                call: &call,
                touch: &touch,
                control: &control.map_err(|_| ServiceError::internal())?,
                given: &given,
            };
            Ok(asked.answer(&call.account, Policies::default()))
        }
        Some(arn) => {
            let subject = iam.subject(arn).await?;
            let control = iam.control_of(&subject.principal, &touch).await;
            let control = control.map_err(|_| ServiceError::internal())?;
            Ok(of_subject(&call, &touch, (&subject, &control), &given))
        }
        None => iam.of_caller(&call, &touch, &given).await,
    }
}

fn of_subject(
    call: &Call,
    touch: &Touch,
    (subject, control): (&Subject, &Control),
    given: &Context,
) -> Explanation {
    let principal = &subject.principal;
    let asked = Asked {
        name: principal.principal_arn.as_str(),
        requester: Requester::Principal(principal),
        who: Who::Principal(principal, &subject.tags),
        call,
        touch,
        control,
        given,
    };
    let boundary = subject.boundary.as_ref();
    let policies = Policies {
        identity: &subject.identity.attached,
        boundary: boundary.map(|sources| sources.attached.as_slice()),
        ..Policies::default()
    };
    asked.answer(&principal.account, policies)
}

impl Iam {
    /// The caller itself, its session's policies included.
    async fn of_caller(
        &self,
        call: &Call,
        touch: &Touch,
        given: &Context,
    ) -> Result<Explanation, ServiceError> {
        let principal = own(call)?;
        let identity = self.identity(principal).await;
        let identity = identity.map_err(|_| error::denied("your policies cannot be read"))?;
        if is_closed_to_session(principal, &touch.action) {
            return Ok(Explanation {
                decision: Some("implicitDeny".to_owned()),
                principal: Some(principal.arn.to_string()),
                action: Some(touch.action.clone()),
                resource: Some(touch.resource.clone()),
                message: Some(refusal(principal, touch).message),
                statements: Some(Vec::new()),
                ..Explanation::default()
            });
        }
        let control = self.control_of(principal, touch).await;
        let asked = Asked {
            name: principal.arn.as_str(),
            requester: Requester::Principal(principal),
            who: Who::Principal(principal, &identity.tags),
            call,
            touch,
            control: &control.map_err(|_| ServiceError::internal())?,
            given,
        };
        let session = principal.session.as_ref();
        let policies = Policies {
            identity: &identity.policies,
            boundary: identity.boundary.as_deref(),
            session: session.and_then(|session| session.policies.as_deref()),
            ..Policies::default()
        };
        Ok(asked.answer(&principal.account, policies))
    }

    /// What a real request would touch: the resource's own policy and keys, where a service here
    /// has the resource.
    async fn described(&self, call: &Call, input: &ExplainRequest) -> Result<Touch, ServiceError> {
        let arn: Option<Arn> = input.resource.parse().ok();
        let services = self.resources.lock();
        let services = services.unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(arn) = &arn {
            for service in services.iter().filter_map(Weak::upgrade) {
                let found = service.touch(&input.action, arn).await;
                if let Some(found) = found.map_err(|_| ServiceError::internal())? {
                    return Ok(found);
                }
            }
        }
        let owner = arn.as_ref().and_then(Arn::account_id);
        let owner = owner.unwrap_or_else(|| call.account.clone());
        let mut touch = Touch::new(&input.action, &input.resource, owner);
        if let Some(arn) = arn.filter(|_| input.action.starts_with("sts:AssumeRole")) {
            let role = self.role_by_arn(&arn).await?;
            touch.resource_policy = role.as_ref().and_then(crate::roles::trust::document);
        }
        Ok(touch)
    }
}

/// One question and who asks it.
struct Asked<'a> {
    name: &'a str,
    requester: Requester<'a>,
    who: Who<'a>,
    call: &'a Call,
    touch: &'a Touch,
    control: &'a Control,
    given: &'a Context,
}

impl Asked<'_> {
    /// The decision as the caller may hear it: statements of its own account's policies only.
    fn answer(&self, principals: &AccountId, policies: Policies<'_>) -> Explanation {
        let viewer = &self.call.account;
        let facts = asked_facts(self.call, self.touch);
        let keys = RequestKeys {
            touch: self.touch,
            facts: &facts,
            control: self.control,
            who: self.who,
        };
        let resource = self.touch.resource_policy.as_ref();
        let resource = resource.map(|document| Attached {
            id: self.touch.resource.as_str().into(),
            document: Arc::clone(document),
        });
        let request = Request {
            requester: self.requester,
            action: &self.touch.action,
            resource: &self.touch.resource,
            owner: &self.touch.owner,
            context: &Given {
                given: self.given,
                under: &keys,
            },
        };
        let policies = self.control.beside(policies);
        let decision = question(&request, resource.as_ref(), policies);
        let is_own = |kind: PolicyKind| match kind {
            PolicyKind::Resource | PolicyKind::ResourceControl => *viewer == self.touch.owner,
            _ => viewer == principals,
        };
        let own = decision.statements.iter().filter(|one| is_own(one.kind));
        Explanation {
            decision: Some(word(&decision).to_owned()),
            principal: Some(self.name.to_owned()),
            action: Some(self.touch.action.clone()),
            resource: Some(self.touch.resource.clone()),
            message: (!decision.is_allowed()).then(|| decision.denial_text(&request)),
            statements: Some(own.map(denials::statement).collect()),
            ..Explanation::default()
        }
    }
}

fn word(decision: &Decision) -> &'static str {
    match decision.outcome {
        Outcome::Allowed => "allowed",
        Outcome::ImplicitlyDenied => "implicitDeny",
        Outcome::ExplicitlyDenied => "explicitDeny",
    }
}

/// A request like the one that asks, made in the resource's region.
fn asked_facts(call: &Call, touch: &Touch) -> RequestFacts {
    let region = touch.resource.split(':').nth(3).unwrap_or_default();
    let region = match region.is_empty() {
        true => call.region.to_string(),
        false => region.to_owned(),
    };
    RequestFacts {
        source_ip: call.facts.source_ip,
        is_tls: call.facts.is_tls,
        now_ms: call.now_ms,
        region,
        ..RequestFacts::default()
    }
}

fn context(given: BTreeMap<String, Vec<String>>) -> Context {
    let mut context = Context::new();
    for (key, mut values) in given {
        match (values.len(), values.pop()) {
            (1, Some(one)) => context.set(&key, one),
            (_, last) => {
                values.extend(last);
                context.set_many(&key, values)
            }
        };
    }
    context
}

fn is_service(name: &str) -> bool {
    name.ends_with(".amazonaws.com") && !name.contains([':', '/'])
}

fn own(call: &Call) -> Result<&Arc<Principal>, ServiceError> {
    match &call.caller {
        Caller::Principal(principal) => Ok(principal),
        Caller::Anonymous | Caller::Service(_) => Err(error::denied("nobody asks")),
    }
}
