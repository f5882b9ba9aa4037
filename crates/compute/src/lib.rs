//! Lambda data plane: runs functions in worker processes and speaks AWS's Runtime API with them.
//!
//! Start at [`Compute`]. An invocation travels `pool` (a warm worker, or a new one) → `worker`
//! (hand over the event, await the answer, the end or the deadline) → `runtime_api` (the wire);
//! beside it `log` gathers what the function prints. `sandbox` starts and ends processes, `code`
//! unpacks bundles, `runtime` finds interpreters, `environment` says what a function sees, `spare`
//! keeps interpreters up for functions that have no worker yet, `extension` has the programs that run
//! beside functions.
//!
//! # Isolation
//! At start the strongest level that the kernel gives is found ([`Isolation`], [`Compute::isolation`]);
//! every worker gets exactly that one or is not started. At `container` a function has namespaces
//! of its own, AWS's file layout (read-only `/var/task`, `/opt`, `/var/runtime`, a private `/tmp`
//! of the configured size), a list of denied system calls and Landlock. At no level are memory and
//! CPU limited by force (Node's heap is), nor is an idle worker frozen; the network is the host's.
//!
//! # What an invocation of a warm worker costs
//! One write (the answer to the previous call and the event together), one wake-up, one
//! read (the response and the request for the next event together), one empty read of the output
//! pipe, one lock of the pool to take the worker and one to give it back. The payload is copied
//! once on the way in (not at all above 64 KiB) and not at all on the way out. Peak memory and the
//! time for which the processor was wanted are read from `/proc` at most every 100 ms. While others
//! wait, a worker of short, computing events is given its next one before it has answered: then
//! there is no wake-up, and the pool is locked once.
//!
//! # What this crate must never do
//! Check permissions (that was done), or trust a byte that a worker sends.

mod code;
mod compiled;
mod debugging;
mod environment;
mod extension;
mod failure;
mod host;
mod host_memory;
mod limits;
mod log;
mod network;
mod pool;
mod provisioned;
mod room;
mod runtime;
mod runtime_api;
mod sandbox;
mod sdk;
mod spare;
mod turns;
mod worker;

pub use network::{BadDestination, Destination, Network, NetworkReport, Reach, TooManyPorts};
pub use runtime::host_search_path;

pub use sandbox::{Hold, LimitsReport};
pub use sandbox::{Isolation, IsolationReport, Refusal, UnknownIsolation};
pub use sandbox::{close_inherited_descriptors, denied_system_calls, launch_if_asked};

pub use sdk::{InstalledSdk, Sdk, SdkError, install_sdk, installed_sdks, remove_sdk};

use host::Host;
use pool::Pool;
use ports::{
    CodeSource, ComputeError, Debug, DebugError, Debugging, FunctionSpec, LogSink, Outcome,
    ResponseSink, Work,
};
use ports::{Provision, Provisioned};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use stdx::{BoxFuture, Clock, SharedIds};

/// How strict the host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A missing runtime version is replaced by the nearest installed one, and the log says so.
    Developer,
    /// A missing runtime version is refused.
    Server,
}

/// What [`Compute`] is made of.
pub struct ComputeNeeds {
    /// Folder for code, workers and runtimes; `compute` is made in it. One `Compute` at a time.
    pub data_dir: PathBuf,
    /// Takes the log lines of functions.
    pub logs: Arc<dyn LogSink>,
    /// Says what time it is; timeouts run on the runtime's own clock.
    pub clock: Arc<dyn Clock>,
    /// Names workers and log streams.
    pub ids: SharedIds,
    /// How strict the host is.
    pub profile: Profile,
    /// Folders to look for `node` and `python3.N` in, usually [`host_search_path`].
    pub search_path: Vec<PathBuf>,
    /// Workers at most; none means as many as the host's memory allows.
    pub workers_max: Option<usize>,
    /// Interpreters that are kept up for each kind of function before one is called; 0 for none,
    /// and never below level [`Isolation::Container`].
    pub spares: usize,
    /// A program whose `main` begins with [`launch_if_asked`], usually [`OWN_PROGRAM`].
    pub launcher: PathBuf,
    /// The weakest level that is good enough; below it nothing starts.
    pub isolation_min: Isolation,
    /// The strongest level to try; less than [`Isolation::Container`] only to test the others.
    pub isolation_max: Isolation,
    /// What functions reach over the network.
    pub network: Network,
    /// Whether nothing starts when a network of its own is asked for and cannot be had; else
    /// functions get the host's, and [`Compute::network`] says so.
    pub is_network_required: bool,
}

/// The program that is running, even when its file has been replaced meanwhile.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// Why [`Compute`] cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The folder cannot be prepared.
    #[error("cannot prepare `{}`", .0.display())]
    Directory(PathBuf, #[source] io::Error),
    /// Another process runs workers out of the same folder.
    #[error("`{}` is used by another Crossway", .0.display())]
    InUse(PathBuf),
    /// The kernel does not give the isolation that is asked for.
    #[error(
        "this host cannot isolate functions at level `{min}` or better ({}); \
         docs/operators/isolation.md says what each level needs",
        refusals(refused)
    )]
    Isolation {
        /// The level that was asked for.
        min: Isolation,
        /// What was tried.
        refused: Vec<Refusal>,
    },
    /// The kernel does not give functions a network of their own.
    #[error("this host cannot give functions a network of their own: {0}")]
    Network(String),
    /// The thread that starts workers cannot be started.
    #[error("cannot start the spawner thread")]
    Spawner(#[source] io::Error),
}

fn refusals(refused: &[Refusal]) -> String {
    let texts = refused
        .iter()
        .map(|one| format!("{}: {}", one.level, one.reason));
    texts.collect::<Vec<_>>().join("; ")
}

/// Runs functions; the implementation of [`ports::Compute`].
///
/// Dropping it kills every worker; [`Compute::shutdown`] also waits until they are gone.
pub struct Compute {
    pool: Arc<Pool>,
    host: Arc<Host>,
}

impl Compute {
    /// Prepares the folder and ends processes that an earlier run left behind.
    ///
    /// Must be called inside the async runtime whose tasks will run functions.
    ///
    /// # Errors
    /// The folder cannot be used, or is in use.
    pub fn new(needs: ComputeNeeds) -> Result<Arc<Self>, SetupError> {
        let workers_max = needs.workers_max;
        let host = Host::open(needs)?;
        let pool = Pool::new(Arc::clone(&host), workers_max);
        for refusal in &host.isolation.refused {
            tracing::warn!(level = %refusal.level, reason = refusal.reason, "isolation level refused");
        }
        for reason in &host.limits.refused {
            tracing::warn!(reason, "a limit of functions is soft");
        }
        if let Some(reason) = &host.network.refused {
            tracing::warn!(reason, "functions have the host's network");
        }
        tracing::info!(
            isolation = %host.isolation.level,
            cgroups = host.limits.cgroups,
            memory = %host.limits.memory,
            cpu = %host.limits.cpu,
            processes = %host.limits.processes,
            landlock = host.isolation.landlock,
            network = host.network.network,
            workers_max = pool.workers_max(),
            spares = host.spares.size(),
            "compute is ready"
        );
        Ok(Arc::new(Self { pool, host }))
    }

    /// Says where bundles come from. Apart from [`Compute::new`], because the one who has them
    /// is made with a `Compute` in hand.
    pub fn set_code_source(&self, source: Arc<dyn CodeSource>) {
        self.host.set_code_source(source);
    }

    /// The level that every worker gets, and what the kernel refused.
    pub fn isolation(&self) -> &IsolationReport {
        &self.host.isolation
    }

    /// Who holds workers to their memory, CPU and processes.
    pub fn limits(&self) -> &LimitsReport {
        &self.host.limits
    }

    /// What functions reach over the network, and why that is more than was wished for.
    pub fn network(&self) -> &NetworkReport {
        &self.host.network
    }

    /// The AWS SDKs that functions find; none when that cannot be told.
    pub fn sdks(&self) -> Vec<InstalledSdk> {
        sdk::found_in(&self.host.runtime_dir).unwrap_or_else(|error| {
            tracing::warn!(?error, "the installed SDKs cannot be told");
            Vec::new()
        })
    }

    /// Has interpreters started that functions like this one need, and waits until they are up.
    ///
    /// # Errors
    /// This host has no interpreter for the function.
    pub async fn prepare(&self, function: &FunctionSpec) -> Result<(), ComputeError> {
        worker::prepare(&self.host, function).await
    }

    /// How many interpreters are kept up for each kind of function.
    pub fn spares(&self) -> usize {
        self.host.spares.size()
    }

    /// Ends every worker, busy ones too, and waits until all are gone. Nothing runs afterwards.
    pub async fn shutdown(&self) {
        self.pool.shutdown().await;
        self.host.spares.shutdown().await;
        self.host.clear_worker_dirs();
        // Now rather than when the last task that knows the host has gone, which may be never.
        self.host.spawner.leave();
    }
}

impl ports::Compute for Compute {
    fn run(&self, work: Work) -> BoxFuture<'_, Result<Outcome, ComputeError>> {
        Box::pin(pool::run(&self.pool, work, None))
    }

    fn stream(
        &self,
        work: Work,
        sink: Box<dyn ResponseSink>,
    ) -> BoxFuture<'_, Result<Outcome, ComputeError>> {
        Box::pin(pool::run(&self.pool, work, Some(sink)))
    }

    fn provision(&self, provision: Provision) {
        self.pool.provision(provision);
    }

    fn unprovision(&self, function: &FunctionSpec) {
        self.pool.unprovision(function);
    }

    fn provisioned(&self, function: &FunctionSpec) -> Provisioned {
        self.pool.provisioned(function)
    }

    fn debug(&self, debug: Debug) -> BoxFuture<'_, Result<Debugging, DebugError>> {
        Box::pin(self.pool.debug(debug))
    }

    fn keep_debugging(&self, function_arn: &str, session: &str) -> bool {
        self.pool.keep_debugging(function_arn, session)
    }

    fn end_debugging(&self, function_arn: &str, session: &str) -> bool {
        self.pool.end_debugging(function_arn, session)
    }

    fn retire(&self, function_arn: &str, keep: Option<&str>) {
        self.pool.retire(function_arn, keep);
    }

    fn expect(&self, function: Arc<FunctionSpec>) {
        let host = Arc::clone(&self.host);
        self.pool.spawn(async move {
            if let Err(error) = worker::prepare(&host, &function).await {
                tracing::debug!(function = function.arn, ?error, "no spare workers");
            }
            if let Err(error) = worker::unpack(&host, &function).await {
                tracing::debug!(
                    function = function.arn,
                    ?error,
                    "code is not unpacked ahead"
                );
            }
        });
    }

    fn check_runtime(&self, runtime: &str) -> Result<String, ComputeError> {
        // Waits, the first time, for a few processes that say their version.
        let interpreter = self.host.catalog().choose(runtime, self.host.profile)?;
        Ok(interpreter
            .note
            .clone()
            .unwrap_or_else(|| format!("{} ({})", interpreter.label(), interpreter.path.display())))
    }
}
