//! What a request says about its own signature.

use crate::algorithm::Algorithm;
use crate::date::SignedDate;
use crate::error::Error;
use crate::limits::{EXPIRES_S_MAX, SKEW_MINUTES};
use crate::regions::Regions;
use std::fmt;

/// The credential scope: `20150830/us-east-1/lambda/aws4_request`; SigV4a leaves the region out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `YYYYMMDD`.
    pub date: String,
    /// Where the signature is good.
    pub regions: Regions,
    /// The service's signing name, as written.
    pub service: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            date,
            regions,
            service,
        } = self;
        match regions {
            Regions::One(region) => write!(f, "{date}/{region}/{service}/aws4_request"),
            Regions::Set(_) => write!(f, "{date}/{service}/aws4_request"),
        }
    }
}

/// Where the signature was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// In the `Authorization` header.
    Header,
    /// In the query, as presigned URLs have it; `expires_s` is `X-Amz-Expires` when given.
    Query {
        /// Seconds of validity, 1 to 604,800.
        expires_s: Option<i64>,
    },
}

/// A signature as the request states it, not yet judged. Made by [`crate::parse`].
#[derive(Clone)]
pub struct Claim {
    pub(crate) access_key_id: String,
    pub(crate) scope: Scope,
    pub(crate) date: SignedDate,
    pub(crate) date_text: String,
    /// Names in the order of the claim, lower case.
    pub(crate) signed_headers: Vec<String>,
    pub(crate) session_token: Option<String>,
    pub(crate) signature: String,
    pub(crate) placement: Placement,
}

impl Claim {
    /// Whose key made the signature, if it is good.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The session token that belongs to the key.
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// For which day, region and service the key was derived.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// When the request was signed, by the client's clock.
    pub fn date(&self) -> SignedDate {
        self.date
    }

    /// The signed headers' names in lower case.
    pub fn signed_headers(&self) -> &[String] {
        &self.signed_headers
    }

    /// How the signature was made.
    pub fn algorithm(&self) -> Algorithm {
        match self.scope.regions {
            Regions::One(_) => Algorithm::Hmac,
            Regions::Set(_) => Algorithm::Ecdsa,
        }
    }

    /// Header or query.
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// Whether the header `name` (lower case) is covered by the signature.
    pub fn signs(&self, name: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed == name)
    }

    /// Refuses a key derived for another service or, where `region` is given, another region.
    ///
    /// UNVERIFIED: AWS's sentence for a region set that does not cover the region; a recorded
    /// refusal would settle it.
    ///
    /// # Errors
    /// [`Error::Invalid`] with AWS's sentence.
    pub fn check_scope(&self, service: &str, region: Option<&str>) -> Result<(), Error> {
        let mut text = String::new();
        let regions = &self.scope.regions;
        if region.is_some_and(|region| !regions.cover(region)) {
            text.push_str(&format!(
                "Credential should be scoped to a valid region, not '{regions}'. "
            ));
        }
        if service != self.scope.service {
            text.push_str(&format!(
                "Credential should be scoped to correct service: '{service}'. "
            ));
        }
        if text.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(text))
        }
    }

    /// Refuses a request signed too long ago or too far ahead.
    ///
    /// AWS judges the time before it looks up the key, so callers ask this first;
    /// [`crate::verify`] asks again.
    ///
    /// # Errors
    /// [`Error::Untimely`] with AWS's sentence.
    pub fn check_time(&self, now_ms: i64) -> Result<(), Error> {
        let now = SignedDate::from_ms(now_ms);
        let skew_s = SKEW_MINUTES * 60;
        let latest = now.plus_s(skew_s);
        if self.date > latest {
            return Err(Error::Untimely(format!(
                "Signature not yet current: {} is still later than {latest} ({now} + {SKEW_MINUTES} min.)",
                self.date
            )));
        }
        match self.placement {
            Placement::Query {
                expires_s: Some(expires_s),
            } => {
                debug_assert!(expires_s <= EXPIRES_S_MAX);
                let end = self.date.plus_s(expires_s);
                // UNVERIFIED: AWS's wording for an expired presigned request outside S3.
                if now > end {
                    return Err(Error::Untimely(format!(
                        "Signature expired: {end} is now earlier than {now}"
                    )));
                }
            }
            _ => {
                let earliest = now.plus_s(-skew_s);
                if self.date < earliest {
                    return Err(Error::Untimely(format!(
                        "Signature expired: {} is now earlier than {earliest} ({now} - {SKEW_MINUTES} min.)",
                        self.date
                    )));
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope)
            .field("date", &self.date_text)
            .field("signed_headers", &self.signed_headers)
            .field("placement", &self.placement)
            .finish_non_exhaustive()
    }
}
