//! `ports::Authorize`: gathers the policies of the caller and asks `policy`.
//!
//! Cost: for a service there is nothing to gather and nothing is read; what remains is the
//! evaluation of one resource policy. Condition keys are made when a statement asks for them.

use crate::Iam;
use crate::decisions::control::Control;
use crate::decisions::gather::GatherError;
use crate::decisions::keys::{RequestKeys, Who};
use policy::{
    Decision, Matched, Policies, PolicyKind, Principal, PrincipalKind, Request, Requester,
    ResourceRule, evaluate,
};
use ports::{Authorize, Caller, Denial, RequestFacts, Touch};
use std::sync::{Arc, LazyLock};
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
        let asked = Asked {
            touch,
            facts,
            control: &control,
            iam: self,
        };
        match caller {
            Caller::Principal(principal) => self.authorize_principal(principal, asked).await,
            Caller::Anonymous => {
                asked.decide(Requester::Anonymous, Who::Anonymous, Policies::default())
            }
            Caller::Service(source) => {
                let who = Who::Service(source.service, Some(source));
                asked.decide(Requester::Service(source.service), who, Policies::default())
            }
        }
    }

    async fn authorize_principal(
        &self,
        principal: &Arc<Principal>,
        asked: Asked<'_>,
    ) -> Result<(), Refused> {
        let identity = match self.identity(principal).await {
            Ok(identity) => identity,
            Err(error) => return Err(nothing_gathered(error, principal, asked.touch).into()),
        };
        if is_closed_to_session(principal, &asked.touch.action) {
            return Err(refusal(principal, asked.touch).into());
        }
        let session = principal.session.as_ref();
        let policies = Policies {
            identity: &identity.policies,
            boundary: identity.boundary.as_deref(),
            session: session.and_then(|session| session.policies.as_deref()),
            ..Policies::default()
        };
        let who = Who::Principal(principal, &identity.tags);
        let answer = asked.decide(Requester::Principal(principal), who, policies);
        self.note_use(principal, asked.touch, asked.facts).await;
        answer
    }
}

/// What is asked, and what organizations say to it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    touch: &'a Touch,
    facts: &'a RequestFacts,
    control: &'a Control,
    iam: &'a Iam,
}

/// What explanations of refused requests call the policy of what was touched.
static RESOURCE: LazyLock<Arc<str>> = LazyLock::new(|| "resource".into());

impl Asked<'_> {
    fn decide(
        &self,
        requester: Requester<'_>,
        who: Who<'_>,
        gathered: Policies<'_>,
    ) -> Result<(), Refused> {
        let touch = self.touch;
        let keys = RequestKeys {
            touch,
            facts: self.facts,
            control: self.control,
            who,
        };
        let request = Request {
            requester,
            action: &touch.action,
            resource: &touch.resource,
            owner: &touch.owner,
            context: &keys,
        };
        let policy = touch.resource_policy.as_ref();
        let resource = policy.map(|document| policy::Attached {
            id: Arc::clone(&RESOURCE),
            document: Arc::clone(document),
        });
        let decision = question(&request, resource.as_ref(), self.control.beside(gathered));
        if decision.is_allowed() {
            return Ok(());
        }
        let encoded = self.iam.encoded_message(&decision, &request, &keys);
        Err(Refused {
            denial: Denial {
                message: decision.denial_text(&request),
                is_explicit: decision.cause.is_some_and(|cause| cause.is_explicit),
                encoded,
            },
            kind: decision.cause.map(|cause| cause.kind),
            statements: decision.statements,
        })
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

/// A role's trust policy must allow, whatever identity policies say.
fn rule(action: &str) -> ResourceRule {
    let trust = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    match trust.iter().any(|prefix| action.starts_with(prefix)) {
        true => ResourceRule::MustAllow,
        false => ResourceRule::MayAllow,
    }
}

pub(crate) fn refusal(principal: &Principal, touch: &Touch) -> Denial {
    Denial {
        message: format!(
            "User: {} is not authorized to perform: {} on resource: {}",
            principal.arn, touch.action, touch.resource
        ),
        ..Denial::default()
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
            ..Denial::default()
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
