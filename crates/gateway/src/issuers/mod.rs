//! Issuers of tokens: asks for their keys, by the rules for outgoing requests, and keeps them.
//!
//! Keys are kept for an hour, as API Gateway does ("JWT authorizers for REST APIs"). A token that
//! names a key which is not there makes them be asked for again, so that a rotated key works at
//! once; since anybody can write such a token, that is bounded by a bucket for each issuer, and
//! one request is on its way at a time.

mod ask;
mod kept;
mod url;

use crate::{integration::Egress, limits};
use ask::Client;
use jwt::{Discovery, KeySet};
use kept::Kept;
use ports::{IssuerError, KeySource, WantedKey};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};
use stdx::{BoxFuture, Clock};

/// What [`Issuers`] are made of.
pub struct IssuersNeeds {
    /// Which addresses may be asked.
    pub egress: Egress,
    /// Whether issuers without TLS may be asked: for the developer profile, or by the operator's
    /// word. Whoever sits between could sign every token.
    pub allows_http: bool,
    /// Issuers that stand for Cognito user pools, by the pool's ARN; a pool that is not named
    /// here has Cognito's own.
    pub user_pools: BTreeMap<String, String>,
    /// How old keys are.
    pub clock: Arc<dyn Clock>,
}

/// The keys of every issuer that was asked lately, [`limits::ISSUERS_MAX`] at most.
pub struct Issuers {
    client: Client,
    allows_http: bool,
    user_pools: BTreeMap<String, String>,
    clock: Arc<dyn Clock>,
    all: Mutex<HashMap<String, Arc<Kept>>>,
}

impl Issuers {
    /// Nobody was asked yet.
    pub fn new(needs: IssuersNeeds) -> Self {
        Self {
            client: Client::new(needs.egress),
            allows_http: needs.allows_http,
            user_pools: needs.user_pools,
            clock: needs.clock,
            all: Mutex::default(),
        }
    }

    /// The document at `url`.
    async fn document(&self, url: &str) -> Result<bytes::Bytes, IssuerError> {
        match url::is_askable(url, self.allows_http) {
            true => self.client.get(url).await,
            false => Err(IssuerError::Refused(url.to_owned())),
        }
    }

    async fn discovery(&self, issuer: &str) -> Result<String, IssuerError> {
        let url = Discovery::url(issuer);
        let document = self.document(&url).await?;
        let found = Discovery::parse(&document, issuer).map_err(|reason| unusable(&url, &reason));
        let jwks_uri = found?.jwks_uri;
        match url::is_askable(&jwks_uri, self.allows_http) {
            true => Ok(jwks_uri),
            false => Err(IssuerError::Refused(jwks_uri)),
        }
    }

    async fn fetch(&self, source: KeySource<'_>) -> Result<KeySet, IssuerError> {
        let jwks_uri = match source {
            KeySource::Issuer(issuer) => self.discovery(issuer).await?,
            KeySource::Set(url) => url.to_owned(),
        };
        let document = self.document(&jwks_uri).await?;
        KeySet::parse(&document).map_err(|reason| unusable(&jwks_uri, &reason))
    }

    fn kept(&self, source: KeySource<'_>) -> Arc<Kept> {
        let name = match source {
            KeySource::Issuer(issuer) => format!("issuer {issuer}"),
            KeySource::Set(url) => format!("set {url}"),
        };
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = all.get(&name) {
            return Arc::clone(found);
        }
        if all.len() >= limits::ISSUERS_MAX {
            all.clear();
        }
        let made = Arc::new(Kept::new(self.clock.now_ms()));
        all.insert(name, Arc::clone(&made));
        made
    }
}

impl ports::Issuers for Issuers {
    fn discover<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<String, IssuerError>> {
        Box::pin(self.discovery(issuer))
    }

    fn keys<'a>(
        &'a self,
        source: KeySource<'a>,
        wanted: WantedKey<'a>,
    ) -> BoxFuture<'a, Result<Arc<KeySet>, IssuerError>> {
        Box::pin(async move {
            let kept = self.kept(source);
            let fetch = || self.fetch(source);
            kept.keys(wanted, self.clock.as_ref(), fetch).await
        })
    }

    fn is_issuer_url(&self, url: &str) -> bool {
        url::is_issuer(url, self.allows_http)
    }

    fn of_user_pool(&self, arn: &str) -> Option<String> {
        if let Some(issuer) = self.user_pools.get(arn) {
            return Some(issuer.clone());
        }
        let parsed: arn::Arn = arn.parse().ok()?;
        let pool = parsed.resource().strip_prefix("userpool/")?;
        let is_pool = parsed.service() == "cognito-idp" && url::is_pool_id(pool);
        is_pool.then(|| {
            let region = parsed.region();
            format!("https://cognito-idp.{region}.amazonaws.com/{pool}")
        })
    }
}

fn unusable(url: &str, reason: &jwt::DocumentError) -> IssuerError {
    IssuerError::Unusable(url.to_owned(), reason.to_string())
}

#[cfg(test)]
mod tests;
