//! The question "may this caller do this?", asked before every operation.

use crate::Caller;
use arn::AccountId;
use policy::{Context, Document};
use std::{net::IpAddr, sync::Arc};
use stdx::{BoxFuture, TimestampMs};

/// One action on one resource.
#[derive(Debug, Clone)]
pub struct Touch {
    /// The IAM action, such as `lambda:AddPermission` or `apigateway:GET`.
    pub action: String,
    /// The resource's ARN, or `*` for actions without one.
    pub resource: String,
    /// The account that owns the resource.
    pub owner: AccountId,
    /// The policy attached to the resource, where the resource has one.
    pub resource_policy: Option<Arc<Document>>,
    /// Condition keys of the service (`lambda:FunctionArn`, `iam:PassedToService`, …).
    pub context: Context,
}

impl Touch {
    /// `action` on `resource` of `owner`, without resource policy or service keys.
    pub fn new(action: impl Into<String>, resource: impl Into<String>, owner: AccountId) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            owner,
            resource_policy: None,
            context: Context::new(),
        }
    }
}

/// What an operation touches; all of it must be allowed before the operation runs.
#[derive(Debug, Clone)]
pub enum Touches {
    /// Any valid signature will do; AWS asks for no permission (GetCallerIdentity).
    Open,
    /// The operation's own front door decides for every kind of caller (Lambda's Invoke).
    FrontDoor,
    /// Each of these must be allowed.
    All(Vec<Touch>),
}

impl From<Touch> for Touches {
    fn from(touch: Touch) -> Self {
        Self::All(vec![touch])
    }
}

/// Facts of the request that become global condition keys.
#[derive(Debug, Clone, Default)]
pub struct RequestFacts {
    /// `aws:SourceIp`; none when a service calls.
    pub source_ip: Option<IpAddr>,
    /// `aws:UserAgent`.
    pub user_agent: Option<String>,
    /// `aws:Referer`.
    pub referer: Option<String>,
    /// `aws:SecureTransport`.
    pub is_tls: bool,
    /// `aws:CurrentTime` and `aws:EpochTime`.
    pub now_ms: TimestampMs,
    /// `aws:RequestedRegion`.
    pub region: String,
    /// The request's id, by which a denial is explained later; empty when it has none.
    pub request_id: String,
}

/// Why a request is refused.
#[derive(Debug, Clone, Default)]
pub struct Denial {
    /// AWS's sentence: `User: … is not authorized to perform: … on resource: … because …`.
    pub message: String,
    /// Whether a Deny statement matched, as opposed to no Allow.
    pub is_explicit: bool,
    /// The sealed details that DecodeAuthorizationMessage opens; none where nobody signed, or where
    /// no policy was asked.
    pub encoded: Option<String>,
}

/// Decides. Implemented by `iam`, which gathers the caller's policies; `policy` evaluates them
/// together with the touch's resource policy.
pub trait Authorize: Send + Sync {
    /// Allows, or says why not.
    ///
    /// A principal needs its identity policies (and, across accounts, the resource policy too);
    /// a service needs the resource policy alone; nobody anonymous passes without one.
    fn authorize<'a>(
        &'a self,
        caller: &'a Caller,
        touch: &'a Touch,
        facts: &'a RequestFacts,
    ) -> BoxFuture<'a, Result<(), Denial>>;
}
