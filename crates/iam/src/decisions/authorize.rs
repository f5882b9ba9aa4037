//! `ports::Authorize`: gathers the policies of the caller and asks `policy`.
//!
//! Cost: for a service there is nothing to gather and nothing is read; what remains is the
//! request's context (a dozen short strings) and the evaluation of one resource policy.

use crate::Iam;
use crate::decisions::control::Control;
use crate::decisions::gather::GatherError;
use policy::{
    Context, Decision, Matched, Policies, PolicyKind, Principal, PrincipalKind, Request, Requester,
    ResourceRule, evaluate,
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
        Box::pin(async move {
            let answer = self.asked(caller, touch, facts).await;
            answer.map_err(|refused| {
                self.denials.note(caller, touch, facts, &refused);
                refused.denial
            })
        })
    }
}

/// A denial and what it is made of.
pub(crate) struct Refused {
    pub denial: Denial,
    /// The kind of policy that refused; none when no policy was asked.
    pub kind: Option<PolicyKind>,
    pub statements: Vec<Matched>,
}

impl From<Denial> for Refused {
    fn from(denial: Denial) -> Self {
        Self {
            denial,
            kind: None,
            statements: Vec::new(),
        }
    }
}

impl Iam {
    async fn asked(
        &self,
        caller: &Caller,
        touch: &Touch,
        facts: &RequestFacts,
    ) -> Result<(), Refused> {
        let control = match self.control(caller, touch).await {
            Ok(control) => control,
            Err(ports::Unknown) => return Err(nothing_known(caller, touch).into()),
        };
        let mut context = context_of(touch, facts);
        control.keys(&mut context);
        match caller {
            Caller::Principal(principal) => {
                let asked = Asked {
                    touch,
                    facts,
                    control: &control,
                };
                self.authorize_principal(principal, asked, context).await
            }
            Caller::Anonymous => {
                context.set("aws:PrincipalType", "Anonymous");
                let policies = control.beside(Policies::default());
                decide(Requester::Anonymous, touch, &context, policies)
            }
            Caller::Service(service) => {
                service_keys(&mut context, service.service);
                context
                    .set("aws:SourceArn", service.source_arn.as_str())
                    .set("aws:SourceAccount", service.source_account.as_str());
                let requester = Requester::Service(service.service);
                let policies = control.beside(Policies::default());
                decide(requester, touch, &context, policies)
            }
        }
    }

    async fn authorize_principal(
        &self,
        principal: &Arc<Principal>,
        asked: Asked<'_>,
        mut context: Context,
    ) -> Result<(), Refused> {
        let Asked {
            touch,
            facts,
            control,
        } = asked;
        let identity = match self.identity(principal).await {
            Ok(identity) => identity,
            Err(error) => return Err(nothing_gathered(error, principal, touch).into()),
        };
        if is_closed_to_session(principal, &touch.action) {
            return Err(refusal(principal, touch).into());
        }
        principal_keys(&mut context, principal, &identity.tags);
        let answer = decide(
            Requester::Principal(principal),
            touch,
            &context,
            control.beside(Policies {
                identity: &identity.policies,
                boundary: identity.boundary.as_deref(),
                session: principal
                    .session
                    .as_ref()
                    .and_then(|session| session.policies.as_deref()),
                ..Policies::default()
            }),
        );
        self.note_use(principal, touch, facts).await;
        answer
    }
}

/// What a principal asks, and what organizations say to it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    touch: &'a Touch,
    facts: &'a RequestFacts,
    control: &'a Control,
}

fn decide(
    requester: Requester<'_>,
    touch: &Touch,
    context: &Context,
    gathered: Policies<'_>,
) -> Result<(), Refused> {
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
    let decision = question(&request, resource.as_ref(), gathered);
    match decision.is_allowed() {
        true => Ok(()),
        false => Err(Refused {
            denial: denial(&decision, &request),
            kind: decision.cause.map(|cause| cause.kind),
            statements: decision.statements,
        }),
    }
}

/// Asks the evaluator, with the resource's policy beside what was gathered.
pub(crate) fn question(
    request: &Request<'_>,
    resource: Option<&policy::Attached>,
    gathered: Policies<'_>,
) -> Decision {
    let resource_rule = rule(request.action);
    let policies = Policies {
        resource,
        resource_rule,
        ..gathered
    };
    evaluate(request, &policies)
}

/// The keys that say that a service asks on its own.
pub(crate) fn service_keys(context: &mut Context, service: &str) {
    context
        .set("aws:PrincipalIsAWSService", "true")
        .set("aws:PrincipalServiceName", service)
        .set_many("aws:PrincipalServiceNamesList", vec![service.to_owned()]);
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

pub(crate) fn refusal(principal: &Principal, touch: &Touch) -> Denial {
    Denial {
        message: format!(
            "User: {} is not authorized to perform: {} on resource: {}",
            principal.arn, touch.action, touch.resource
        ),
        is_explicit: false,
    }
}

/// Organizations could not be asked, and might have denied.
fn nothing_known(caller: &Caller, touch: &Touch) -> Denial {
    tracing::error!(action = %touch.action, "organizations could not be asked; denied");
    match caller {
        Caller::Principal(principal) => refusal(principal, touch),
        Caller::Anonymous | Caller::Service(_) => Denial {
            message: format!(
                "User: anonymous is not authorized to perform: {} on resource: {}",
                touch.action, touch.resource
            ),
            is_explicit: false,
        },
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
pub(crate) fn is_closed_to_session(principal: &Principal, action: &str) -> bool {
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
pub(crate) fn context_of(touch: &Touch, facts: &RequestFacts) -> Context {
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
