//! The server profile's configuration file.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// `crossway.toml`. Unknown keys are refused: a misspelt restriction must not be ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port, `0.0.0.0:443`.
    pub listen: SocketAddr,
    /// Where state is kept.
    pub data_dir: PathBuf,
    /// The URL under which clients reach the server, `https://aws.example.org`.
    pub public_url: String,
    /// Certificate and key; without them the server refuses to start.
    pub tls: Tls,
    /// The weakest isolation of functions that is good enough: `process`, `hardened` or
    /// `container`. Below it the server refuses to start.
    pub isolation_min: Option<String>,
    /// Interpreters that are kept up for each kind of function, so that a cold start does not wait
    /// for one; 0 for none.
    #[serde(default = "spare_workers")]
    pub spare_workers: usize,
    /// `own`: each function has a network of its own, and the server refuses to start where that
    /// cannot be had. `host`: functions reach what the host reaches. Left out, their own where it
    /// can be had.
    pub function_network: Option<String>,
    /// What functions reach from networks of their own besides the AWS endpoint, such as
    /// `internet:443` or `10.1.2.3:5432`.
    #[serde(default)]
    pub function_reach: Vec<String>,
    /// Where the targets of VPC links are: `host` or `host:port` by the load balancer's ARN. They
    /// may be in private networks; integrations without a link reach none of them.
    #[serde(default)]
    pub vpc_links: BTreeMap<String, String>,
    /// VPC endpoints and the networks from which private APIs are reached through them; without any
    /// no private API goes live.
    #[serde(default)]
    pub vpc_endpoints: Vec<ConfiguredEndpoint>,
    /// Milliseconds that an integration of a Regional or private API may take, at most: 29,000, as
    /// on AWS before one asks for more, to 300,000.
    #[serde(default = "crate::rest_apis::default_timeout")]
    pub integration_timeout_ms_max: i32,
    /// Issuers of tokens: which may be asked, and which stand for Cognito user pools.
    #[serde(default)]
    pub issuers: Issuers,
    /// Accounts to create at first start, each with an administrator.
    pub accounts: Vec<ConfiguredAccount>,
}

/// How many, when nobody says.
pub const SPARE_WORKERS: usize = 2;

fn spare_workers() -> usize {
    SPARE_WORKERS
}

/// Issuers of tokens: JWT authorizers, Cognito user pools, and IAM's OpenID Connect providers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Issuers {
    /// Whether issuers on this host may be asked.
    #[serde(skip)]
    pub allow_loopback: bool,
    /// Whether issuers in private networks may be asked for their keys.
    pub allow_private: bool,
    /// Whether issuers may be asked without TLS. Whoever sits between could sign every token.
    pub allow_http: bool,
    /// Issuers that stand for Cognito user pools, by the pool's ARN.
    pub user_pools: BTreeMap<String, String>,
}

/// A VPC endpoint and the networks that stand for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredEndpoint {
    /// `vpce-…`.
    pub id: String,
    /// `vpc-…`.
    pub vpc: String,
    /// `10.0.0.0/8`, `fd00::/8`.
    pub networks: Vec<String>,
}

/// PEM files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Certificate chain, leaf first.
    pub certificate: PathBuf,
    /// Private key, PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

/// An account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredAccount {
    /// Twelve digits.
    pub id: String,
    /// Alias and profile name.
    pub alias: String,
}
