//! A server's life: open, wire, listen, serve, stop.

use crate::config::Issuers;
use crate::data_dir::DataDir;
use crate::rest_apis::RestApis;
use crate::wiring::{Needs, Services};
use crate::{Problem, credential_files};
use endpoint::HostRule;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use store::{Durability, Store};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Which of the two profiles; it decides about kindness, never about enforcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// On a developer's machine.
    Developer,
    /// For real traffic.
    Server,
}

/// What a server is told.
pub struct Settings {
    /// Which profile.
    pub profile: Profile,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where state and credential files are kept.
    pub data_dir: PathBuf,
    /// Whether state ends with the process.
    pub is_ephemeral: bool,
    /// How clients reach the server; none means by the address it listens on.
    pub public_url: Option<String>,
    /// Host names that are answered.
    pub hosts: HostRule,
    /// TLS, or plain HTTP on loopback.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Ids and aliases of accounts to create.
    pub accounts: Vec<(String, String)>,
    /// What all APIs of an account have together in a region.
    pub account_throttle: Option<ports::Throttle>,
    /// The weakest isolation of functions that is good enough; below it the server does not start.
    pub isolation_min: compute::Isolation,
    /// Interpreters that are kept up for each kind of function.
    pub spare_workers: usize,
    /// What functions reach over the network.
    pub function_network: FunctionNetwork,
    /// What the operator says about REST APIs.
    pub apis: RestApis,
    /// Whose tokens may be verified.
    pub issuers: Issuers,
}

/// What functions reach over the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FunctionNetwork {
    /// What the host reaches.
    Host,
    /// The AWS endpoint, and these.
    Own {
        reach: Vec<compute::Destination>,
        /// Whether the server must not start where the kernel refuses networks of their own.
        is_required: bool,
    },
}

/// Serves until SIGTERM or SIGINT, then finishes requests in flight.
pub fn run(settings: Settings) -> Result<(), Problem> {
    start_log();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads())
        .enable_all()
        .build()?
        .block_on(serve(settings))
}

/// Threads that serve requests: one for two processors, because the functions need the others, and
/// because two threads that hand a request to each other spend more than they share. What takes
/// long, such as disk and passwords, runs on threads of its own.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| (processors.get() / 2).max(1))
}

async fn serve(settings: Settings) -> Result<(), Problem> {
    let data_dir = DataDir::open(&settings.data_dir)?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|e| {
        format!(
            "cannot listen on {}: {e}; try another --port",
            settings.listen
        )
    })?;
    let address = listener.local_addr()?;
    let url = settings
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let (state, logs) = stores(&data_dir, settings.is_ephemeral)?;
    let known = known_accounts(&settings, &data_dir)?;
    let services = Services::start(Needs {
        profile: settings.profile,
        state,
        logs,
        data_dir: data_dir.path().to_owned(),
        url: url.clone(),
        address,
        hosts: settings.hosts,
        known,
        account_throttle: settings.account_throttle,
        isolation_min: settings.isolation_min,
        spare_workers: settings.spare_workers,
        function_network: settings.function_network,
        apis: settings.apis,
        issuers: settings.issuers,
    })
    .await?;
    let accounts = services.accounts();
    credential_files::write(data_dir.path(), &accounts, &url)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: finishing requests in flight");
    };
    println!("crossway ready: {url}");
    services
        .endpoint()
        .serve(listener, settings.tls, stop)
        .await;
    services.stop().await;
    Ok(())
}

/// The state, durable before it is acknowledged, and the logs, which may lose their last lines.
fn stores(data_dir: &DataDir, is_ephemeral: bool) -> Result<(Store, Store), Problem> {
    if is_ephemeral {
        return Ok((Store::in_memory()?, Store::in_memory()?));
    }
    let state = Store::open(&data_dir.path().join("state.db"), Durability::Full)?;
    let logs = Store::open(&data_dir.path().join("logs.db"), Durability::Relaxed)?;
    Ok((state, logs))
}

/// The accounts to set up, each with the key that its credential file already tells, if any, so
/// that a shell which read the file once goes on working.
fn known_accounts(settings: &Settings, data_dir: &DataDir) -> Result<Vec<Wanted>, Problem> {
    settings
        .accounts
        .iter()
        .map(|(id, alias)| {
            Ok(Wanted {
                id: id.parse()?,
                alias: alias.clone(),
                key: credential_files::read(data_dir.path(), alias),
            })
        })
        .collect()
}

/// An account that the server sets up.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Twelve digits.
    pub id: arn::AccountId,
    /// Alias and profile name.
    pub alias: String,
    /// Access key id and secret from an earlier start.
    pub key: Option<(String, String)>,
}

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CROSSWAY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal)
        .init();
}
