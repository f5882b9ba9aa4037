//! Who the method's caller is, as events and templates show it.

use mapping::IdentityVariables;
use policy::{Principal, PrincipalKind};
use ports::Caller;
use std::sync::Arc;

/// What authorization found out about the caller.
#[derive(Debug, Clone, Default)]
pub(crate) enum Identity {
    /// Nobody signed, or nobody had to.
    #[default]
    Open,
    /// A signature was verified.
    Signed(Arc<Principal>),
}

impl Identity {
    /// The identity that TestInvokeMethod shows: the one who tests.
    pub(crate) fn of_tester(caller: &Caller) -> Self {
        match caller {
            Caller::Principal(principal) => Self::Signed(Arc::clone(principal)),
            Caller::Anonymous | Caller::Service(_) => Self::Open,
        }
    }

    /// The principal, when there is one.
    pub(crate) fn principal(&self) -> Option<&Arc<Principal>> {
        match self {
            Self::Open => None,
            Self::Signed(principal) => Some(principal),
        }
    }

    /// Fills the variables that name the caller.
    pub(crate) fn fill(&self, identity: &mut IdentityVariables) {
        let Some(principal) = self.principal() else {
            return;
        };
        let user_id = caller_id(principal).to_owned();
        identity.access_key = Some(principal.access_key_id.clone());
        identity.account_id = Some(principal.account.to_string());
        identity.caller = Some(user_id.clone());
        identity.user = Some(user_id);
        identity.user_arn = Some(principal.arn.to_string());
    }
}

/// `AIDA…`, `AROA…:session`, or the account id for root.
pub(crate) fn caller_id(principal: &Principal) -> &str {
    match principal.kind {
        PrincipalKind::Root => principal.account.as_str(),
        _ => &principal.user_id,
    }
}
