//! Who asks, and whom a statement names.

use crate::{Effect, Principal, PrincipalEntry, PrincipalKind};

/// Who makes a request.
#[derive(Debug, Clone, Copy)]
pub enum Requester<'a> {
    /// Nobody signed.
    Anonymous,
    /// A root user, user, role session or federated user.
    Principal(&'a Principal),
    /// A service on its own, by its principal: `apigateway.amazonaws.com`.
    Service(&'a str),
    /// An identity that a provider vouches for, in AssumeRoleWithWebIdentity and its like.
    Federated(&'a str),
}

/// How directly a resource policy names whom it grants to; later ones grant more.
///
/// Source: "Policy evaluation logic", "Determining whether a request is allowed or denied within
/// an account", IAM user guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// The account: hands the decision over to its identity policies.
    Account,
    /// The role: identity policies are not needed, boundary and session policy still limit.
    Role,
    /// The user, session or federated user itself, or everybody: nothing but a Deny limits.
    Whole,
}

/// A `Principal` or `NotPrincipal` element against who asks.
pub(crate) struct Naming<'a> {
    pub(crate) entries: &'a [PrincipalEntry],
    pub(crate) is_negated: bool,
    pub(crate) effect: Effect,
    /// Whether the requester has a permissions boundary.
    pub(crate) is_bounded: bool,
}

impl Naming<'_> {
    /// How the element reaches the requester; none when it does not.
    pub(crate) fn reach(&self, requester: Requester<'_>) -> Option<Reach> {
        let named = self
            .entries
            .iter()
            .filter_map(|entry| entry_reach(entry, requester))
            .max();
        if !self.is_negated {
            return named;
        }
        let is_exempt = match self.effect {
            Effect::Allow => named.is_some(),
            // A Deny with NotPrincipal always hits whoever has a boundary, and a session unless
            // the session itself is listed ("AWS JSON policy elements: NotPrincipal").
            Effect::Deny => named == Some(Reach::Whole) && !self.is_bounded,
        };
        (!is_exempt).then_some(Reach::Whole)
    }
}

fn entry_reach(entry: &PrincipalEntry, requester: Requester<'_>) -> Option<Reach> {
    match (entry, requester) {
        (PrincipalEntry::Anyone, _) => Some(Reach::Whole),
        (PrincipalEntry::Service(name), Requester::Service(service)) => {
            (name == service).then_some(Reach::Whole)
        }
        (PrincipalEntry::Federated(name), Requester::Federated(provider)) => {
            (name == provider).then_some(Reach::Whole)
        }
        (PrincipalEntry::Account(account), Requester::Principal(principal)) => {
            (*account == principal.account).then_some(Reach::Account)
        }
        (PrincipalEntry::Arn(arn), Requester::Principal(principal)) => arn_reach(arn, principal),
        (PrincipalEntry::UniqueId(id), Requester::Principal(principal)) => {
            let (unique, session) = match principal.user_id.split_once(':') {
                Some((unique, _)) => (unique, true),
                None => (principal.user_id.as_str(), false),
            };
            let reach = if session { Reach::Role } else { Reach::Whole };
            (unique == id).then_some(reach)
        }
        _ => None,
    }
}

fn arn_reach(arn: &str, principal: &Principal) -> Option<Reach> {
    if arn == principal.arn.as_str() {
        return Some(Reach::Whole);
    }
    // Role names compare without case, and one account has no two that differ in case only.
    let is_role = principal.kind == PrincipalKind::AssumedRole
        && arn.eq_ignore_ascii_case(principal.principal_arn.as_str());
    is_role.then_some(Reach::Role)
}
