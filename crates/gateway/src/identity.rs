//! Who the method's caller is, as events and templates show it.

use crate::{authorizer::Authorized, token_authorizer::Verified};
use mapping::ContextVariables;
use policy::{Principal, PrincipalKind};
use ports::{Caller, Membership};
use std::sync::Arc;

/// What authorization found out about the caller.
#[derive(Debug, Clone, Default)]
pub(crate) enum Identity {
    /// Nobody signed, or nobody had to.
    #[default]
    Open,
    /// A signature was verified; and the organization of the one who signed.
    Signed(Arc<Principal>, Option<Arc<Membership>>),
    /// A Lambda authorizer said who it is.
    Custom(Authorized),
    /// A token says who it is, verified by a Cognito or JWT authorizer.
    Token(Arc<Verified>),
}

impl Identity {
    /// The identity that TestInvokeMethod shows: the one who tests.
    pub(crate) fn of_tester(caller: &Caller) -> Self {
        match caller {
            Caller::Principal(principal) => Self::Signed(Arc::clone(principal), None),
            Caller::Anonymous | Caller::Service(_) => Self::Open,
        }
    }

    /// The principal, when there is one.
    pub(crate) fn principal(&self) -> Option<&Arc<Principal>> {
        match self {
            Self::Open | Self::Custom(_) | Self::Token(_) => None,
            Self::Signed(principal, _) => Some(principal),
        }
    }

    /// The id of the organization that the one who signed is in: `o-exampleorgid`.
    pub(crate) fn organization(&self) -> Option<&str> {
        match self {
            Self::Signed(_, Some(membership)) => Some(&membership.organization),
            Self::Open | Self::Signed(_, None) | Self::Custom(_) | Self::Token(_) => None,
        }
    }

    /// What the Lambda authorizer said, when there is one.
    pub(crate) fn authorized(&self) -> Option<&Authorized> {
        match self {
            Self::Open | Self::Signed(..) | Self::Token(_) => None,
            Self::Custom(authorized) => Some(authorized),
        }
    }

    /// What the token says, when there is one that was verified.
    pub(crate) fn claims(&self) -> Option<&[(String, String)]> {
        match self {
            Self::Open | Self::Signed(..) | Self::Custom(_) => None,
            Self::Token(verified) => Some(&verified.claims),
        }
    }

    /// The API key that the Lambda authorizer found, for APIs whose `apiKeySource` is `AUTHORIZER`.
    pub(crate) fn usage_identifier_key(&self) -> Option<&str> {
        self.authorized()?.grant.usage_identifier_key.as_deref()
    }

    /// Fills the variables that name the caller.
    pub(crate) fn fill(&self, variables: &mut ContextVariables) {
        if let Some(authorized) = self.authorized() {
            let authorizer = &mut variables.authorizer;
            authorizer.principal_id = Some(authorized.grant.principal_id.clone());
            authorizer.properties = authorized.grant.context.clone();
            authorizer.integration_latency = Some(authorized.latency_ms.to_string());
        }
        if let Some(claims) = self.claims() {
            variables.authorizer.claims = claims.to_vec();
        }
        let identity = &mut variables.identity;
        let Some(principal) = self.principal() else {
            return;
        };
        let user_id = caller_id(principal).to_owned();
        identity.access_key = Some(principal.access_key_id.clone());
        identity.account_id = Some(principal.account.to_string());
        identity.caller = Some(user_id.clone());
        identity.user = Some(user_id);
        identity.user_arn = Some(principal.arn.to_string());
        identity.principal_org_id = self.organization().map(str::to_owned);
    }
}

/// `AIDA…`, `AROA…:session`, or the account id for root.
pub(crate) fn caller_id(principal: &Principal) -> &str {
    match principal.kind {
        PrincipalKind::Root => principal.account.as_str(),
        _ => &principal.user_id,
    }
}
