//! `ports::Authorize`: gathers the policies of the caller and asks `policy`.
//!
//! Cost: for a service there is nothing to gather and nothing is read; what remains is the
//! request's context (a dozen short strings) and the evaluation of one resource policy.

use crate::Iam;
use crate::gather::{GatherError, Identity};
use policy::{
    Context, Decision, Policies, Principal, PrincipalKind, Request, Requester, ResourceRule,
    evaluate,
};
use ports::{Authorize, Caller, Denial, RequestFacts, Touch};
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::BoxFuture;

impl Authorize for Iam {
    fn authorize<'a>(
        &'a self,
        caller: &'a Caller,
        touch: &'a Touch,
        facts: &'a RequestFacts,
    ) -> BoxFuture<'a, Result<(), Denial>> {
        match caller {
            Caller::Principal(principal) => {
                Box::pin(self.authorize_principal(principal, touch, facts))
            }
            Caller::Anonymous => {
                let mut context = context_of(touch, facts);
                context.set("aws:PrincipalType", "Anonymous");
                let answer = decide(Requester::Anonymous, touch, &context, Policies::default());
                Box::pin(std::future::ready(answer))
            }
            Caller::Service(service) => {
                let mut context = context_of(touch, facts);
                context
                    .set("aws:PrincipalIsAWSService", "true")
                    .set("aws:PrincipalServiceName", service.service)
                    .set("aws:SourceArn", service.source_arn.as_str())
                    .set("aws:SourceAccount", service.source_account.as_str())
                    .set_many(
                        "aws:PrincipalServiceNamesList",
                        vec![service.service.to_owned()],
                    );
                let requester = Requester::Service(service.service);
                let answer = decide(requester, touch, &context, Policies::default());
                Box::pin(std::future::ready(answer))
            }
        }
    }
}

impl Iam {
    async fn authorize_principal(
        &self,
        principal: &Arc<Principal>,
        touch: &Touch,
        facts: &RequestFacts,
    ) -> Result<(), Denial> {
        let identity = match self.identity(principal).await {
            Ok(identity) => identity,
            Err(error) => return Err(nothing_gathered(error, principal, touch)),
        };
        if is_closed_to_session(principal, &touch.action) {
            return Err(refusal(principal, touch));
        }
        let context = principal_context(principal, &identity, touch, facts);
        let answer = decide(
            Requester::Principal(principal),
            touch,
            &context,
            Policies {
                identity: &identity.policies,
                boundary: identity.boundary.as_deref(),
                session: principal
                    .session
                    .as_ref()
                    .and_then(|session| session.policies.as_deref()),
                ..Policies::default()
            },
        );
        self.note_use(principal, touch, facts).await;
        answer
    }
}

fn decide(
    requester: Requester<'_>,
    touch: &Touch,
    context: &Context,
    gathered: Policies<'_>,
) -> Result<(), Denial> {
    let request = Request {
        requester,
        action: &touch.action,
        resource: &touch.resource,
        owner: &touch.owner,
        context,
    };
    let resource = touch
        .resource_policy
        .as_ref()
        .map(|document| policy::Attached {
            id: "resource".into(),
            document: Arc::clone(document),
        });
    let decision = evaluate(
        &request,
        &Policies {
            resource: resource.as_ref(),
            resource_rule: rule(&touch.action),
            ..gathered
        },
    );
    match decision.is_allowed() {
        true => Ok(()),
        false => Err(denial(&decision, &request)),
    }
}

/// A role's trust policy must allow, whatever identity policies say.
fn rule(action: &str) -> ResourceRule {
    let trust = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    match trust.iter().any(|prefix| action.starts_with(prefix)) {
        true => ResourceRule::MustAllow,
        false => ResourceRule::MayAllow,
    }
}

fn denial(decision: &Decision, request: &Request<'_>) -> Denial {
    Denial {
        message: decision.denial_text(request),
        is_explicit: decision.cause.is_some_and(|cause| cause.is_explicit),
    }
}

fn refusal(principal: &Principal, touch: &Touch) -> Denial {
    Denial {
        message: format!(
            "User: {} is not authorized to perform: {} on resource: {}",
            principal.arn, touch.action, touch.resource
        ),
        is_explicit: false,
    }
}

fn nothing_gathered(error: GatherError, principal: &Principal, touch: &Touch) -> Denial {
    match error {
        GatherError::Gone => {}
        GatherError::Broken => {
            tracing::error!(arn = %principal.arn, "a stored policy cannot be read; denied");
        }
        GatherError::Store(error) => {
            tracing::error!(error = %error, "the store failed while authorizing; denied");
        }
    }
    refusal(principal, touch)
}

/// What credentials of GetSessionToken and GetFederationToken cannot do.
///
/// Source: "Compare AWS STS credentials", IAM user guide: no IAM call without a second factor, and
/// of STS only AssumeRole and GetCallerIdentity; federated users no IAM at all, of STS only
/// GetCallerIdentity.
fn is_closed_to_session(principal: &Principal, action: &str) -> bool {
    let Some(session) = &principal.session else {
        return false;
    };
    let is_iam = action.starts_with("iam:");
    let is_sts = action.starts_with("sts:");
    match principal.kind {
        PrincipalKind::AssumedRole => false,
        PrincipalKind::User if session.is_sign_in => false,
        PrincipalKind::FederatedUser => is_iam || is_sts,
        PrincipalKind::Root | PrincipalKind::User => {
            (is_iam && !session.is_mfa) || (is_sts && !action.starts_with("sts:AssumeRole"))
        }
    }
}

/// The touch's own keys, and those that every request has.
///
/// Source: "AWS global condition context keys", IAM user guide.
fn context_of(touch: &Touch, facts: &RequestFacts) -> Context {
    let mut context = touch.context.clone();
    let yes_no = |flag: bool| if flag { "true" } else { "false" };
    context
        .set("aws:CurrentTime", date_time(facts.now_ms))
        .set("aws:EpochTime", facts.now_ms.div_euclid(1000).to_string())
        .set("aws:SecureTransport", yes_no(facts.is_tls))
        .set("aws:ResourceAccount", touch.owner.as_str())
        .set("aws:ViaAWSService", "false");
    if !facts.region.is_empty() {
        context.set("aws:RequestedRegion", facts.region.as_str());
    }
    if let Some(ip) = facts.source_ip {
        context.set("aws:SourceIp", ip.to_canonical().to_string());
    }
    if let Some(agent) = &facts.user_agent {
        context.set("aws:UserAgent", agent.as_str());
    }
    if let Some(referer) = &facts.referer {
        context.set("aws:Referer", referer.as_str());
    }
    context
}

fn principal_context(
    principal: &Principal,
    identity: &Identity,
    touch: &Touch,
    facts: &RequestFacts,
) -> Context {
    let mut context = context_of(touch, facts);
    principal_keys(&mut context, principal, &identity.tags);
    context
}

/// The keys that say who asks.
pub(crate) fn principal_keys(
    context: &mut Context,
    principal: &Principal,
    tags: &BTreeMap<String, String>,
) {
    let kind = match principal.kind {
        PrincipalKind::Root => "Account",
        PrincipalKind::User => "User",
        PrincipalKind::AssumedRole => "AssumedRole",
        PrincipalKind::FederatedUser => "FederatedUser",
    };
    context
        .set("aws:PrincipalArn", principal.principal_arn.as_str())
        .set("aws:PrincipalAccount", principal.account.as_str())
        .set("aws:PrincipalType", kind)
        .set("aws:PrincipalIsAWSService", "false")
        .set("aws:userid", principal.user_id.as_str());
    if principal.kind == PrincipalKind::User {
        let resource = principal.arn.resource();
        let name = resource.rsplit_once('/').map_or(resource, |(_, name)| name);
        context.set("aws:username", name);
    }
    for (tag, value) in tags {
        context.set(&format!("aws:PrincipalTag/{tag}"), value.as_str());
    }
    if let Some(session) = &principal.session {
        // Session tags hide those of the role ("Pass session tags in AWS STS").
        for (tag, value) in &session.tags {
            context.set(&format!("aws:PrincipalTag/{tag}"), value.as_str());
        }
        context
            .set("aws:TokenIssueTime", date_time(session.issued_ms))
            .set(
                "aws:MultiFactorAuthPresent",
                if session.is_mfa { "true" } else { "false" },
            );
        if let Some(source) = &session.source_identity {
            context.set("aws:SourceIdentity", source.as_str());
        }
    }
}

/// `2026-11-22T11:56:06Z`.
pub(crate) fn date_time(at_ms: i64) -> String {
    jiff::Timestamp::from_second(at_ms.div_euclid(1000))
        .map(|time| time.to_string())
        .unwrap_or_default()
}
