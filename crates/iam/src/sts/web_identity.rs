//! AssumeRoleWithWebIdentity: a role for whom an OpenID Connect provider vouches.
//!
//! Nobody signs the call; the token is the proof. It must be signed by a provider of the role's
//! own account, for one of the provider's clients, and the role's trust policy must let the
//! provider in ("Available keys for AWS OIDC federation", IAM user guide).
// UNVERIFIED: the order in which AWS looks at these; a token with two faults would tell. The
// provider comes first here, so that nobody else is ever asked for keys.

use super::request;
use super::web_identity_claims::{Asked, asked};
use crate::decisions::control::Control;
use crate::decisions::keys::{RequestKeys, Who};
use crate::limits::{OIDC_AHEAD_S, ROLE_SESSION_S};
use crate::record::{OIDC_PROVIDERS, OidcProviderRecord, RoleRecord, SessionOf, key};
use crate::roles::oidc_provider;
use crate::{Iam, error, roles::trust};
use api::ServiceError;
use api::sts as shape;
use arn::Arn;
use jwt::{Algorithm, Claims, TimeError, Token};
use policy::{Context, Policies, Request, Requester, ResourceRule, evaluate};
use ports::{Call, IssuerError, KeySource, Touch, Touches, WantedKey};
use std::sync::Arc;
use stdx::BoxFuture;

/// Algorithms of tokens ("AssumeRoleWithWebIdentity": RSA and elliptic curves).
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
];

/// The token and the trust policy decide, in [`assume`].
pub(crate) fn touches<'a>() -> BoxFuture<'a, Result<Touches, ServiceError>> {
    Box::pin(std::future::ready(Ok(Touches::FrontDoor)))
}

pub(crate) async fn assume(
    iam: Arc<Iam>,
    call: Call,
    input: shape::AssumeRoleWithWebIdentityRequest,
) -> Result<shape::AssumeRoleWithWebIdentityResponse, ServiceError> {
    request::no_minimum_size(input.minimum_session_token_size)?;
    if input.provider_id.is_some() {
        return Err(error::validation(
            "ProviderId is for OAuth 2.0 access tokens, which are not supported by this \
             implementation",
        ));
    }
    let arn: Arn = input
        .role_arn
        .parse()
        .ok()
        .filter(|arn| crate::arns::role(arn).is_some())
        .ok_or_else(|| error::validation(format!("{} is invalid", input.role_arn)))?;
    let owner = arn.account_id().ok_or_else(refused)?;
    let (provider, claims) =
        verified(&iam, &call, owner.as_str(), &input.web_identity_token).await?;
    let asked = asked(&claims)?;
    let role = iam.role_by_arn(&arn).await?.ok_or_else(refused)?;
    let duration_s = input.duration_seconds.unwrap_or(ROLE_SESSION_S);
    let question = Question {
        provider: &provider,
        claims: &claims,
        asked: &asked,
        session_name: &input.role_session_name,
        duration_s,
    };
    question.permit(&call, &role, &arn)?;
    if duration_s > role.max_session_s {
        return Err(error::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let role_call = Call {
        account: owner,
        ..call
    };
    let passed = request::passed(&iam, &role_call, input.policy, input.policy_arns).await?;
    let who = SessionOf::Role {
        name: role.name.clone(),
        id: role.id.clone(),
        session: input.role_session_name.clone(),
    };
    let mut session = request::session(&iam, &role_call, who, duration_s);
    session.policy = passed.policy;
    session.policy_arns = passed.policy_arns;
    session.tags = asked.tags;
    session.transitive_tag_keys = asked.transitive_tag_keys;
    session.source_identity = asked.source_identity.clone();
    let (made, credentials) = request::seal(&iam, session).await?;
    Ok(shape::AssumeRoleWithWebIdentityResponse {
        credentials: Some(credentials),
        subject_from_web_identity_token: claims.text("sub").map(str::to_owned),
        assumed_role_user: Some(shape::AssumedRoleUser {
            assumed_role_id: Some(made.principal.user_id.clone()),
            arn: Some(made.principal.arn.to_string()),
        }),
        packed_policy_size: passed.packed_size,
        provider: claims.issuer().map(str::to_owned),
        audience: clients(&claims).first().map(|one| (*one).to_owned()),
        source_identity: asked.source_identity,
        ..shape::AssumeRoleWithWebIdentityResponse::default()
    })
}

/// The token's provider in the role's account, and what the token says once it is verified.
async fn verified(
    iam: &Iam,
    call: &Call,
    account: &str,
    text: &str,
) -> Result<(OidcProviderRecord, Claims), ServiceError> {
    let malformed = || {
        invalid(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        )
    };
    let token = Token::parse(text).map_err(|reason| {
        tracing::debug!(%reason, "a web identity token cannot be read");
        malformed()
    })?;
    let issuer = token.unverified().issuer();
    let issuer = issuer.ok_or_else(|| missing("iss"))?.to_owned();
    let place = key(account, oidc_provider::name(&issuer));
    let found = iam.store.get(&OIDC_PROVIDERS, &place).await;
    let provider = found
        .map_err(error::store)?
        .filter(|provider| provider.url == issuer)
        .ok_or_else(|| {
            invalid(format!(
                "No OpenIDConnect provider found in your account for {issuer}"
            ))
        })?;
    let wanted = WantedKey {
        id: token.key_id(),
        algorithm: token.algorithm(),
    };
    let keys = iam.issuers.keys(KeySource::Issuer(&issuer), wanted).await;
    let keys = keys.map_err(|reason| communication(&reason))?;
    let claims = token.verify(&keys, &ALGORITHMS).map_err(|reason| {
        tracing::debug!(%reason, "a web identity token is refused");
        match reason {
            jwt::TokenError::UnknownKey => no_key(),
            _ => invalid("Couldn't verify the signature of the provided token"),
        }
    })?;
    check_time(&claims, call.now_ms.div_euclid(1_000))?;
    for name in ["sub", "aud"] {
        if claims.value(name).is_none() {
            return Err(missing(name));
        }
    }
    let is_client = |one: &&str| provider.client_ids.iter().any(|known| known == one);
    match clients(&claims).iter().any(is_client) {
        true => Ok((provider, claims)),
        false => Err(invalid("Incorrect token audience")),
    }
}

fn check_time(claims: &Claims, now_s: i64) -> Result<(), ServiceError> {
    match claims.check_time(now_s, OIDC_AHEAD_S) {
        Ok(()) => Ok(()),
        Err(TimeError::Expired(expires_s)) => Err(ServiceError::new(
            "ExpiredTokenException",
            format!(
                "Token expired: current date/time {now_s} must be before the expiration \
                 date/time {expires_s}"
            ),
        )
        .status(400)),
        Err(TimeError::NotYet) => Err(invalid("Token is not valid yet")),
        Err(TimeError::Malformed) => Err(missing("exp")),
    }
}

/// Whom the token is for: `azp` where there is one, else `aud`.
fn clients(claims: &Claims) -> Vec<&str> {
    match claims.text("azp") {
        Some(party) => vec![party],
        None => claims.audiences(),
    }
}

/// May this token have this role?
struct Question<'a> {
    provider: &'a OidcProviderRecord,
    claims: &'a Claims,
    asked: &'a Asked,
    session_name: &'a str,
    duration_s: i32,
}

impl Question<'_> {
    fn permit(&self, call: &Call, role: &RoleRecord, arn: &Arn) -> Result<(), ServiceError> {
        let owner = arn.account_id().ok_or_else(refused)?;
        let trusted = trust::attached(role).ok_or_else(refused)?;
        let mut touch = Touch::new("sts:AssumeRoleWithWebIdentity", arn.as_str(), owner);
        self.add_keys(&mut touch.context, role);
        let keys = RequestKeys {
            touch: &touch,
            facts: &call.facts,
            control: &Control::default(),
            who: Who::Federated,
        };
        let provider = oidc_provider::arn(&self.provider.account, &self.provider.name);
        let tagging = self.asked.is_tagging().then_some("sts:TagSession");
        let naming = self
            .asked
            .source_identity
            .as_ref()
            .map(|_| "sts:SetSourceIdentity");
        let actions = [Some(touch.action.as_str()), tagging, naming];
        let policies = Policies {
            resource: Some(&trusted),
            resource_rule: ResourceRule::MustAllow,
            ..Policies::default()
        };
        let is_allowed = actions.into_iter().flatten().all(|action| {
            let request = Request {
                requester: Requester::Federated(&provider),
                action,
                resource: arn.as_str(),
                owner: &touch.owner,
                context: &keys,
            };
            evaluate(&request, &policies).is_allowed()
        });
        is_allowed.then_some(()).ok_or_else(refused)
    }

    fn add_keys(&self, context: &mut Context, role: &RoleRecord) {
        let name = &self.provider.name;
        let texts = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let audiences = texts(self.claims.audiences());
        if self.claims.text("azp").is_some() {
            set_audiences(context, &format!("{name}:oaud"), audiences);
        }
        let clients = texts(clients(self.claims));
        set_audiences(context, &format!("{name}:aud"), clients);
        for claim in ["sub", "email"] {
            if let Some(text) = self.claims.text(claim) {
                context.set(&format!("{name}:{claim}"), text);
            }
        }
        match self.claims.value("amr") {
            Some(serde_json::Value::String(text)) => {
                context.set_many(&format!("{name}:amr"), vec![text.clone()]);
            }
            Some(serde_json::Value::Array(list)) => {
                let list = list.iter().filter_map(serde_json::Value::as_str).collect();
                context.set_many(&format!("{name}:amr"), texts(list));
            }
            _ => {}
        }
        context
            .set("sts:RoleSessionName", self.session_name)
            .set("sts:DurationSeconds", self.duration_s.to_string())
            .set(
                "aws:FederatedProvider",
                oidc_provider::arn(&self.provider.account, name),
            );
        self.asked.add_keys(context);
        for (tag, value) in &role.tags {
            context
                .set(&format!("aws:ResourceTag/{tag}"), value.as_str())
                .set(&format!("iam:ResourceTag/{tag}"), value.as_str());
        }
    }
}

/// Operators for single values apply where a token is for one audience, as nearly all are.
fn set_audiences(context: &mut Context, key: &str, mut audiences: Vec<String>) {
    match (audiences.pop(), audiences.is_empty()) {
        (Some(only), true) => {
            context.set(key, only);
        }
        (Some(last), false) => {
            audiences.push(last);
            context.set_many(key, audiences);
        }
        (None, _) => {}
    }
}

/// One text for a role that is not there and one that does not trust.
fn refused() -> ServiceError {
    error::denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

pub(super) fn invalid(text: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidIdentityToken", text).status(400)
}

fn missing(claim: &str) -> ServiceError {
    invalid(format!("Missing a required claim: {claim}"))
}

fn no_key() -> ServiceError {
    invalid(
        "Couldn't retrieve verification key from your identity provider, please reference \
         AssumeRoleWithWebIdentity documentation for requirements",
    )
}

/// One that answers nonsense has no keys; one that does not answer may later.
fn communication(reason: &IssuerError) -> ServiceError {
    tracing::warn!(%reason, "the keys of an OpenID Connect provider cannot be had");
    match reason {
        IssuerError::Unusable(..) | IssuerError::Refused(_) => no_key(),
        IssuerError::Unreachable(..) => ServiceError::new(
            "IDPCommunicationError",
            "The identity provider could not be reached to verify the token. Retry the request.",
        )
        .status(400),
    }
}
