//! `crossway serve`: TLS, real credentials only.

use crate::Problem;
use crate::command::Serve;
use crate::config::{Config, Tls};
use crate::rest_apis::{self, RestApis};
use crate::server::{self, FunctionNetwork, Profile, Settings};
use endpoint::HostRule;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

/// Serves until SIGTERM or SIGINT.
pub fn run(options: &Serve) -> Result<(), Problem> {
    let file = &options.config;
    let text = std::fs::read_to_string(file)
        .map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    let config: Config = toml::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    if !config.public_url.starts_with("https://") {
        return Err("public_url must start with https://".into());
    }
    if config.accounts.is_empty() {
        return Err("name at least one account under [[accounts]]".into());
    }
    let isolation_min = match (options.isolation_min, &config.isolation_min) {
        (Some(level), _) => level,
        (None, Some(name)) => name.parse()?,
        (None, None) => compute::Isolation::Hardened,
    };
    let function_network =
        function_network(config.function_network.as_deref(), &config.function_reach)?;
    let apis = RestApis {
        vpc_upstreams: config.vpc_links,
        vpc_endpoints: rest_apis::vpc_endpoints(&config.vpc_endpoints)?,
        integration_timeout_ms_max: rest_apis::checked_timeout(config.integration_timeout_ms_max)?,
    };
    let accounts = config
        .accounts
        .into_iter()
        .map(|one| (one.id, one.alias))
        .collect();
    server::run(Settings {
        profile: Profile::Server,
        listen: config.listen,
        data_dir: config.data_dir,
        is_ephemeral: false,
        public_url: Some(config.public_url.trim_end_matches('/').to_owned()),
        hosts: HostRule::Any,
        tls: Some(tls(&config.tls)?),
        account_throttle: options.account_throttle.0,
        accounts,
        isolation_min,
        spare_workers: config.spare_workers,
        function_network,
        apis,
        issuers: config.issuers,
    })
}

/// What the configuration says of functions' network.
fn function_network(kind: Option<&str>, reach: &[String]) -> Result<FunctionNetwork, Problem> {
    let is_required = match kind {
        None => !reach.is_empty(),
        Some("own") => true,
        Some("host") if reach.is_empty() => return Ok(FunctionNetwork::Host),
        Some("host") => {
            return Err("function_reach restricts nothing with function_network = \"host\"".into());
        }
        Some(other) => {
            return Err(format!("function_network is `own` or `host`, not `{other}`").into());
        }
    };
    let reach = reach.iter().map(|text| text.parse());
    Ok(FunctionNetwork::Own {
        reach: reach.collect::<Result<_, _>>()?,
        is_required,
    })
}

/// TLS 1.2 and 1.3 with this certificate.
fn tls(files: &Tls) -> Result<Arc<rustls::ServerConfig>, Problem> {
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| format!("certificate {}: {e}", files.certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|e| format!("key {}: {e}", files.key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
