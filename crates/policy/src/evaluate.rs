//! The decision.
//!
//! Source: "Policy evaluation logic" and "Cross-account policy evaluation logic", IAM user guide.
//!
//! Cost: each statement's action patterns are compared first, so most statements of a policy cost
//! a few byte comparisons; one lower-cased copy of the action is the only allocation of a
//! request that no statement with variables looks at.

use crate::decision::{Cause, Decision, Matched, Outcome, PolicyKind};
use crate::requester::{Naming, Reach, Requester};
use crate::resource::{Resource, ResourcePattern, ShortArn};
use crate::{Document, Effect, Keys, Statement, reserved};
use arn::AccountId;
use std::sync::Arc;

/// A question: may this one do this to that?
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub requester: Requester<'a>,
    /// The action, such as `lambda:InvokeFunction`.
    pub action: &'a str,
    /// The resource's ARN, or `*` for an action that has none.
    pub resource: &'a str,
    /// The account that owns the resource.
    pub owner: &'a AccountId,
    /// The condition keys of the request.
    pub context: &'a dyn Keys,
}

/// A document and what it is called in explanations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The policy's ARN or name.
    pub id: Arc<str>,
    /// The document.
    pub document: Arc<Document>,
}

/// The policies that apply to a request, gathered by whoever stores them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// Of the user and its groups, or of the role. The root user has no policies of its own:
    /// whoever gathers hands over one that allows everything.
    pub identity: &'a [Attached],
    /// The permissions boundary, when there is one.
    pub boundary: Option<&'a [Attached]>,
    /// The session's policies, when any were passed; an empty list allows nothing.
    pub session: Option<&'a [Attached]>,
    /// The resource's own policy, or a role's trust policy.
    pub resource: Option<&'a Attached>,
    /// What the resource's policy has to say.
    pub resource_rule: ResourceRule,
    /// Service control policies of each level from the root to the requester's account; every
    /// level must allow. Empty when none apply.
    pub service_control: &'a [Vec<Attached>],
    /// Resource control policies of each level of the owner; they only deny, because AWS attaches
    /// `RCPFullAWSAccess` everywhere.
    pub resource_control: &'a [Vec<Attached>],
    /// The policy of the VPC endpoint that the request came through.
    pub endpoint: Option<&'a [Attached]>,
}

/// What the resource's policy has to say inside the owner's account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ResourceRule {
    /// It may grant; identity policies may do so alone.
    #[default]
    MayAllow,
    /// It must allow, as trust policies and key policies must.
    MustAllow,
}

/// Decides.
///
/// ```
/// use policy::{Attached, Context, Document, Policies, Request, Requester, evaluate};
/// let document = Document::parse(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
///     "Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction",
///     "Resource":"*","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:*:*:abc/*"}}}}"#)
///     .unwrap();
/// let context = Context::new()
///     .with("aws:SourceArn", "arn:aws:execute-api:us-east-1:111111111111:abc/prod/GET/");
/// let decision = evaluate(
///     &Request {
///         requester: Requester::Service("apigateway.amazonaws.com"),
///         action: "lambda:InvokeFunction",
///         resource: "arn:aws:lambda:us-east-1:222222222222:function:hello",
///         owner: &"222222222222".parse().unwrap(),
///         context: &context,
///     },
///     &Policies {
///         resource: Some(&Attached { id: "default".into(), document: document.into() }),
///         ..Policies::default()
///     },
/// );
/// assert!(decision.is_allowed());
/// ```
pub fn evaluate(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    // Works even where a policy denies it ("GetCallerIdentity", AWS STS API reference).
    if request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") {
        return Decision::allowed(Vec::new());
    }
    let matcher = Matcher::new(request, policies);
    let found = matcher.all(policies);
    if let Some(deny) = found.first_deny() {
        return deny;
    }
    match found.missing(request, policies) {
        None => Decision::allowed(found.allows()),
        Some(kind) => Decision {
            outcome: Outcome::ImplicitlyDenied,
            cause: Some(Cause {
                kind,
                is_explicit: false,
                is_cross_account: is_cross_account(request),
            }),
            statements: Vec::new(),
        },
    }
}

fn is_cross_account(request: &Request<'_>) -> bool {
    match request.requester {
        Requester::Principal(principal) => principal.account != *request.owner,
        Requester::Anonymous | Requester::Service(_) | Requester::Federated(_) => false,
    }
}

/// What the policies of one kind say.
#[derive(Default)]
struct Said {
    allow: Option<Matched>,
    deny: Option<Matched>,
    /// How directly the allowing statements of a resource policy name the requester.
    reach: Option<Reach>,
}

/// What every kind says, in AWS's order of evaluation.
struct Found {
    resource_control: Vec<Said>,
    service_control: Vec<Said>,
    endpoint: Option<Said>,
    resource: Said,
    identity: Said,
    boundary: Option<Said>,
    session: Option<Said>,
    is_cross_account: bool,
}

impl Found {
    fn every(&self) -> impl Iterator<Item = &Said> {
        self.resource_control
            .iter()
            .chain(&self.service_control)
            .chain(&self.endpoint)
            .chain([&self.resource, &self.identity])
            .chain(&self.boundary)
            .chain(&self.session)
    }

    fn first_deny(&self) -> Option<Decision> {
        let mut denies = self.every().filter_map(|said| said.deny.clone()).peekable();
        let first = denies.peek()?.kind;
        Some(Decision {
            outcome: Outcome::ExplicitlyDenied,
            cause: Some(Cause {
                kind: first,
                is_explicit: true,
                is_cross_account: self.is_cross_account,
            }),
            statements: denies.collect(),
        })
    }

    fn allows(&self) -> Vec<Matched> {
        self.every().filter_map(|said| said.allow.clone()).collect()
    }

    /// The first kind of policy that had to allow and did not.
    fn missing(&self, request: &Request<'_>, policies: &Policies<'_>) -> Option<PolicyKind> {
        let allows = |said: &Said| said.allow.is_some();
        if reserved::is_aws_only(request.action, request.resource) {
            return Some(PolicyKind::Identity);
        }
        if !self.service_control.iter().all(allows) {
            return Some(PolicyKind::ServiceControl);
        }
        if self.endpoint.as_ref().is_some_and(|said| !allows(said)) {
            return Some(PolicyKind::Endpoint);
        }
        if !matches!(request.requester, Requester::Principal(_)) {
            // Only the resource's policy speaks for who is no principal of an account.
            return (!allows(&self.resource)).then_some(PolicyKind::Resource);
        }
        let reach = self.resource.reach;
        let must_allow = self.is_cross_account || policies.resource_rule == ResourceRule::MustAllow;
        if must_allow && reach.is_none() {
            return Some(PolicyKind::Resource);
        }
        let is_whole = !self.is_cross_account && reach == Some(Reach::Whole);
        if is_whole {
            return None;
        }
        let is_direct = !self.is_cross_account && reach >= Some(Reach::Role);
        if !is_direct && !allows(&self.identity) {
            return Some(PolicyKind::Identity);
        }
        if self.boundary.as_ref().is_some_and(|said| !allows(said)) {
            return Some(PolicyKind::Boundary);
        }
        if self.session.as_ref().is_some_and(|said| !allows(said)) {
            return Some(PolicyKind::Session);
        }
        None
    }
}

/// A request, prepared to be compared with many statements.
struct Matcher<'a> {
    requester: Requester<'a>,
    action: String,
    resource: Resource<'a>,
    context: &'a dyn Keys,
    is_bounded: bool,
    is_cross_account: bool,
}

impl<'a> Matcher<'a> {
    fn new(request: &Request<'a>, policies: &Policies<'_>) -> Self {
        Self {
            requester: request.requester,
            action: request.action.to_ascii_lowercase(),
            resource: Resource::new(request.resource),
            context: request.context,
            is_bounded: policies.boundary.is_some(),
            is_cross_account: is_cross_account(request),
        }
    }

    fn all(&self, policies: &Policies<'_>) -> Found {
        let each = |levels: &[Vec<Attached>], kind| {
            levels
                .iter()
                .map(|level| self.ask(level, kind))
                .collect::<Vec<_>>()
        };
        let is_principal = matches!(self.requester, Requester::Principal(_));
        let own = |policies: &[Attached], kind| match is_principal {
            true => self.ask(policies, kind),
            false => Said::default(),
        };
        Found {
            resource_control: each(policies.resource_control, PolicyKind::ResourceControl),
            service_control: match is_principal {
                true => each(policies.service_control, PolicyKind::ServiceControl),
                false => Vec::new(),
            },
            endpoint: policies
                .endpoint
                .map(|list| self.ask(list, PolicyKind::Endpoint)),
            resource: self.ask(
                policies.resource.map_or(&[], std::slice::from_ref),
                PolicyKind::Resource,
            ),
            identity: own(policies.identity, PolicyKind::Identity),
            boundary: policies
                .boundary
                .map(|list| own(list, PolicyKind::Boundary)),
            session: policies.session.map(|list| own(list, PolicyKind::Session)),
            is_cross_account: self.is_cross_account,
        }
    }

    fn ask(&self, policies: &[Attached], kind: PolicyKind) -> Said {
        let mut said = Said::default();
        for policy in policies {
            for (index, statement) in policy.document.statements.iter().enumerate() {
                // Of Allow statements only the first is told, unless a later one reaches further.
                let is_needed = statement.effect == Effect::Deny
                    || said.allow.is_none()
                    || kind == PolicyKind::Resource;
                if !is_needed {
                    continue;
                }
                let Some(reach) = self.applies(statement, kind) else {
                    continue;
                };
                let slot = match statement.effect {
                    Effect::Allow => {
                        said.reach = said.reach.max(Some(reach));
                        &mut said.allow
                    }
                    Effect::Deny => &mut said.deny,
                };
                slot.get_or_insert_with(|| Matched::new(kind, policy, index, statement));
            }
        }
        said
    }

    fn applies(&self, statement: &Statement, kind: PolicyKind) -> Option<Reach> {
        let actions = statement.actions.as_ref()?;
        let is_listed = actions.values.iter().any(|one| one.matches(&self.action));
        if is_listed == actions.is_negated {
            return None;
        }
        let reach = self.reach(statement, kind)?;
        let fits = self.resource_fits(statement, kind)
            && statement
                .conditions
                .iter()
                .all(|condition| condition.holds(self.context));
        fits.then_some(reach)
    }

    fn reach(&self, statement: &Statement, kind: PolicyKind) -> Option<Reach> {
        match (&statement.principals, kind) {
            (Some(element), PolicyKind::Resource | PolicyKind::ResourceControl) => Naming {
                entries: &element.values,
                is_negated: element.is_negated,
                effect: statement.effect,
                is_bounded: self.is_bounded,
            }
            .reach(self.requester),
            (None, PolicyKind::Resource | PolicyKind::ResourceControl) => None,
            // The other kinds are attached to whom they concern.
            _ => Some(Reach::Account),
        }
    }

    fn resource_fits(&self, statement: &Statement, kind: PolicyKind) -> bool {
        let Some(element) = &statement.resources else {
            // Trust policies have no Resource. An identity policy without one cannot be saved;
            // should one turn up, its Deny counts and its Allow does not.
            return kind == PolicyKind::Resource || statement.effect == Effect::Deny;
        };
        let short = match kind {
            PolicyKind::Identity | PolicyKind::Boundary | PolicyKind::Session => {
                ShortArn::Completed
            }
            PolicyKind::Resource | PolicyKind::Endpoint => ShortArn::Whole,
            PolicyKind::ServiceControl | PolicyKind::ResourceControl => ShortArn::WholeOrNever,
        };
        let patterns = &element.values;
        match element.is_negated {
            false => patterns.iter().any(|one| {
                (statement.effect == Effect::Deny || !one.has_wild_type())
                    && one.matches(&self.resource, short, self.context) == Some(true)
            }),
            // A value that nobody can resolve leaves open what is excluded: no match.
            true => patterns.iter().all(|one: &ResourcePattern| {
                one.excludes(&self.resource, short, self.context) == Some(false)
            }),
        }
    }
}
