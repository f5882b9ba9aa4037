//! Authorizers that verify a token themselves: Cognito user pools ("Control access to REST APIs
//! using Amazon Cognito user pools as an authorizer") and JWT authorizers ("Control access to REST
//! APIs using JWT authorizers").
//!
//! Whoever comes out of here has shown a token that a trusted issuer signed, for this API, now, and
//! with one of the method's scopes. What the resource policy says is asked in
//! [`crate::authorize`].
//!
//! Nothing is remembered of a token: it is refused in the second in which it expires.

mod claims;
mod compiled;

pub(crate) use compiled::TokenAuthorizer;

use crate::{
    context::Exchange,
    execution_log::{self, ExecutionLog},
    fault::Fault,
    limits,
};
use compiled::{Rules, TrustedIssuer};
use jwt::{Algorithm, Claims, TimeError, Token};
use ports::{Issuers, KeySource, WantedKey};
use std::sync::Arc;

/// What a verified token says, as integrations get to see it.
#[derive(Debug)]
pub(crate) struct Verified {
    /// Claims as texts, in the token's order.
    pub(crate) claims: Vec<(String, String)>,
}

/// Whom to ask, and about what.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The request.
    pub(crate) exchange: &'a Exchange<'a>,
    /// The method's authorizer.
    pub(crate) authorizer: &'a TokenAuthorizer,
    /// The scopes of which the token must have one; empty asks for none.
    pub(crate) scopes: &'a [String],
}

/// Why a token lets nobody in.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// There is none, or it is not good.
    #[error("{0}")]
    Unauthorized(String),
    /// It was good until now.
    #[error("the token has expired")]
    Expired,
    /// It is good, and not for this method.
    #[error("the token has none of the method's scopes")]
    Scope,
    /// The issuer's keys cannot be had.
    #[error("{0}")]
    Issuer(ports::IssuerError),
}

/// What the request's token says, once it is verified.
///
/// # Errors
/// 401 for a token that is missing or not good, 403 where a JWT authorizer misses a scope, 500 when
/// the issuer's keys cannot be had.
pub(crate) async fn ask(
    issuers: &dyn Issuers,
    question: Question<'_>,
    log: &mut ExecutionLog,
) -> Result<Arc<Verified>, Fault> {
    let Question {
        exchange,
        authorizer,
        ..
    } = question;
    let request_id = &exchange.inbound.ids.request_id;
    log.info(|| {
        let id = &authorizer.id;
        format!("Starting authorizer: {id} for request: {request_id}")
    });
    let outcome = match authorizer.token(exchange) {
        None => Err(unauthorized("the request brings no token")),
        Some(text) => {
            log.info(|| format!("Incoming identity: {}", execution_log::masked(&text)));
            verify(
                issuers,
                question,
                &text,
                exchange.inbound.facts.now_ms / 1_000,
            )
            .await
        }
    };
    match outcome {
        Ok(claims) => {
            log.info(|| "Successfully completed authorizer execution".to_owned());
            Ok(Arc::new(Verified {
                claims: claims::shown(&claims, authorizer.is_of_user_pools()),
            }))
        }
        Err(refusal) => {
            log.error(|| format!("Token refused: {refusal}"));
            log.error(|| format!("Unauthorized request: {request_id}"));
            Err(authorizer.fault(&refusal))
        }
    }
}

async fn verify(
    issuers: &dyn Issuers,
    question: Question<'_>,
    text: &str,
    now_s: i64,
) -> Result<Claims, Refusal> {
    let Question {
        authorizer, scopes, ..
    } = question;
    let token = Token::parse(text).map_err(unauthorized)?;
    let issuer = token.unverified().issuer().unwrap_or_default().to_owned();
    let wanted = WantedKey {
        id: token.key_id(),
        algorithm: token.algorithm(),
    };
    let is_access_token = token.kind().is_some_and(claims::is_access_token_type);
    match &authorizer.rules {
        Rules::UserPools(arns) => {
            let is_trusted = arns
                .iter()
                .any(|arn| issuers.of_user_pool(arn).as_ref() == Some(&issuer));
            if !is_trusted {
                return Err(unauthorized("its issuer is none of the user pools"));
            }
            let keys = issuers.keys(KeySource::Issuer(&issuer), wanted).await;
            let keys = keys.map_err(Refusal::Issuer)?;
            let claims = token.verify(&keys, &Algorithm::ALL).map_err(unauthorized)?;
            check_time(&claims, now_s)?;
            check_pool_token(authorizer, &claims, scopes, is_access_token)?;
            Ok(claims)
        }
        Rules::Jwt {
            issuers: trusted,
            algorithms,
        } => {
            let trusted = trusted.iter().find(|one| one.issuer == issuer);
            let trusted = trusted.ok_or_else(|| unauthorized("its issuer is not trusted"))?;
            let keys = issuers
                .keys(KeySource::Set(&trusted.jwks_uri), wanted)
                .await;
            let keys = keys.map_err(Refusal::Issuer)?;
            let claims = token.verify(&keys, algorithms).map_err(unauthorized)?;
            check_time(&claims, now_s)?;
            check_jwt(trusted, &claims)?;
            match scopes.is_empty() || has_scope(&claims, scopes) {
                true => Ok(claims),
                false => Err(Refusal::Scope),
            }
        }
    }
}

fn check_time(claims: &Claims, now_s: i64) -> Result<(), Refusal> {
    match claims.check_time(now_s, limits::ISSUER_AHEAD_S) {
        Ok(()) => Ok(()),
        Err(TimeError::Expired(_)) => Err(Refusal::Expired),
        Err(other) => Err(unauthorized(other)),
    }
}

/// Identity tokens where the method asks for no scopes, access tokens where it does ("Integrate a
/// REST API with an Amazon Cognito user pool").
///
/// Cognito says which by `token_use`. Other issuers that stand for a user pool do not; for them a
/// token is an access token when its head says so (`at+jwt`, RFC 9068), and an identity token needs
/// the audience that OpenID Connect asks for.
fn check_pool_token(
    authorizer: &TokenAuthorizer,
    claims: &Claims,
    scopes: &[String],
    is_access_token: bool,
) -> Result<(), Refusal> {
    let token_use = claims
        .value("token_use")
        .map(|value| value.as_str().unwrap_or(""));
    if scopes.is_empty() {
        let is_identity = match token_use {
            Some(token_use) => token_use == "id",
            None => !is_access_token && !claims.audiences().is_empty(),
        };
        if !is_identity {
            return Err(unauthorized("it is no identity token"));
        }
    } else {
        if token_use.is_some_and(|token_use| token_use != "access") {
            return Err(unauthorized("it is no access token"));
        }
        if !has_scope(claims, scopes) {
            return Err(Refusal::Scope);
        }
    }
    // Access tokens of Cognito name their client elsewhere.
    let client = claims.text("client_id");
    let audiences = match claims.audiences() {
        none if none.is_empty() => client.into_iter().collect(),
        some => some,
    };
    match authorizer.passes(&audiences) {
        true => Ok(()),
        false => Err(unauthorized("its audience does not match the expression")),
    }
}

fn check_jwt(trusted: &TrustedIssuer, claims: &Claims) -> Result<(), Refusal> {
    // UNVERIFIED: HTTP APIs take `client_id` where a token has no `aud`, as Cognito's access
    // tokens have none; the model of REST APIs speaks of `aud` alone.
    let audiences = claims.audiences();
    if !audiences
        .iter()
        .any(|one| trusted.audiences.iter().any(|known| known == one))
    {
        return Err(unauthorized("its audience is none of the accepted ones"));
    }
    for rule in &trusted.claims {
        let is_met = match claims.value(&rule.name) {
            None => !rule.is_required,
            Some(value) => value.as_str().is_some_and(|text| {
                rule.expected.is_empty() || rule.expected.iter().any(|one| one == text)
            }),
        };
        if !is_met {
            return Err(unauthorized(format!(
                "claim `{}` is not as asked for",
                rule.name
            )));
        }
    }
    Ok(())
}

fn has_scope(claims: &Claims, scopes: &[String]) -> bool {
    claims
        .scopes()
        .any(|one| scopes.iter().any(|scope| scope == one))
}

fn unauthorized(why: impl ToString) -> Refusal {
    Refusal::Unauthorized(why.to_string())
}
