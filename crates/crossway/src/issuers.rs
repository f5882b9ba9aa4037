//! What the operator says about issuers of tokens.

use crate::config::Issuers;
use gateway::{Egress, IssuersNeeds};
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use stdx::SystemClock;

/// One user pool and its issuer: `ARN=ISSUER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPool {
    /// `arn:aws:cognito-idp:{region}:{account}:userpool/{id}`.
    pub arn: String,
    /// The issuer's URL, as in the `iss` of its tokens.
    pub issuer: String,
}

impl FromStr for UserPool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (arn, issuer) = text.split_once('=').ok_or("write ARN=ISSUER")?;
        Ok(Self {
            arn: arn.to_owned(),
            issuer: issuer.to_owned(),
        })
    }
}

impl Issuers {
    /// The issuers; a server that listens on `address` is none of them.
    pub fn open(self, address: SocketAddr) -> Arc<gateway::Issuers> {
        Arc::new(gateway::Issuers::new(IssuersNeeds {
            egress: Egress {
                allows_loopback: self.allow_loopback,
                allows_private: self.allow_private,
                refused: vec![address],
            },
            allows_http: self.allow_http,
            user_pools: self.user_pools,
            clock: Arc::new(SystemClock),
        }))
    }

    /// What holds on a developer's machine: everything near may be asked.
    pub fn of_developer(user_pools: &[UserPool]) -> Self {
        let pools = user_pools.iter().cloned();
        Self {
            allow_loopback: true,
            allow_private: true,
            allow_http: true,
            user_pools: pools.map(|pool| (pool.arn, pool.issuer)).collect(),
        }
    }
}
