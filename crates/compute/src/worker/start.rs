//! Starts a worker and waits for its init.

use super::command::{program, wrapped};
use super::memory::MemoryGauge;
use super::{Happening, Worker, doors};
use crate::code::CodeFolder;
use crate::environment::{self, Places};
use crate::failure::Failure;
use crate::host::Host;
use crate::limits::INIT_TIMEOUT;
use crate::log::{Capture, Journal};
use crate::runtime::{Interpreter, Language};
use crate::runtime_api::{Link, PairLink, Session, Step, TcpLink};
use crate::sandbox::{
    Isolation, Launch, Limits, Plan as Sandbox, Process, Purpose, RUNTIME_API, View,
};
use crate::spare::{Class, Parts, Spare};
use ports::{ComputeError, FunctionSpec, SessionCredentials};
use sha2::{Digest, Sha256};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// Why there is no worker.
pub(crate) enum StartError {
    /// Nothing could be started.
    Compute(ComputeError),
    /// The function's init failed, twice.
    Init(Box<InitFailure>),
}

/// An init that failed inside the first invocation; that invocation tells of it.
pub(crate) struct InitFailure {
    pub(super) failure: Failure,
    pub(super) journal: Journal,
    pub(super) duration: Duration,
    pub(super) memory: MemoryGauge,
}

/// What stays the same over both tries.
pub(super) struct Plan<'a> {
    host: &'a Host,
    pub(super) spec: &'a Arc<FunctionSpec>,
    credentials: &'a SessionCredentials,
    pub(super) interpreter: Interpreter,
    pub(super) code: Arc<CodeFolder>,
    pub(super) layers: Option<Arc<CodeFolder>>,
}

/// What a try takes and, failing, gives back.
struct Stake {
    journal: Journal,
    permit: OwnedSemaphorePermit,
}

/// Starts a worker. Init has 10 s; if it fails it is tried once more, as AWS does inside the first
/// invocation, with that invocation's time.
pub(crate) async fn start(
    host: &Arc<Host>,
    spec: &Arc<FunctionSpec>,
    credentials: &SessionCredentials,
    permit: OwnedSemaphorePermit,
) -> Result<Box<Worker>, StartError> {
    let plan = plan(host, spec, credentials)
        .await
        .map_err(StartError::Compute)?;
    let mut journal = Journal::new(
        Arc::clone(&host.logs),
        Arc::clone(&host.clock),
        &host.ids,
        spec,
    );
    let spare = equipped_spare(host, &plan).await;
    tell_init_start(&mut journal, &plan, spec, spare.is_some());
    let stake = Stake { journal, permit };
    let failed = match boot(&plan, stake, INIT_TIMEOUT, spare).await? {
        Ok(worker) => return Ok(worker),
        Err(failed) => failed,
    };
    let mut stake = failed.report("init");
    stake.journal.flush();
    let limit = Duration::from_secs(u64::from(spec.timeout_s));
    match boot(&plan, stake, limit, None).await? {
        Ok(mut worker) => {
            worker.spent = worker.init.take().unwrap_or_default();
            Ok(worker)
        }
        Err(failed) => {
            let (failure, duration, memory) = (
                failed.failure.clone(),
                failed.duration,
                failed.memory.clone(),
            );
            let Stake { journal, permit: _ } = failed.report("invoke");
            Err(StartError::Init(Box::new(InitFailure {
                failure,
                journal,
                duration,
                memory,
            })))
        }
    }
}

/// Has spare workers started that functions like this one can become; waits until they are up.
pub(crate) async fn prepare(host: &Arc<Host>, spec: &FunctionSpec) -> Result<(), ComputeError> {
    let interpreter = interpreter(host, spec).await?;
    if let Some(class) = Class::of(spec, &interpreter) {
        host.spares.prepare(host, &class).await;
    }
    Ok(())
}

async fn interpreter(host: &Arc<Host>, spec: &FunctionSpec) -> Result<Interpreter, ComputeError> {
    let (asking, runtime) = (Arc::clone(host), spec.runtime.clone());
    // The first question may have to wait for the interpreters to be found.
    let choosing = move || asking.catalog().choose(&runtime, asking.profile);
    tokio::task::spawn_blocking(choosing)
        .await
        .map_err(|error| ComputeError::Host(error.to_string()))?
}

async fn plan<'a>(
    host: &'a Arc<Host>,
    spec: &'a Arc<FunctionSpec>,
    credentials: &'a SessionCredentials,
) -> Result<Plan<'a>, ComputeError> {
    let source = host.code_source();
    let source = source.ok_or_else(|| ComputeError::Code("no code source is set".to_owned()))?;
    let code = host.code.folder(&spec.code, source.as_ref()).await?;
    let layers = match spec.layers.as_slice() {
        [] => None,
        hashes => Some(host.code.layers(hashes, source.as_ref()).await?),
    };
    let interpreter = interpreter(host, spec).await?;
    Ok(Plan {
        host,
        spec,
        credentials,
        interpreter,
        code,
        layers,
    })
}

/// A try that failed.
struct Failed {
    failure: Failure,
    duration: Duration,
    memory: MemoryGauge,
    stake: Stake,
}

impl Failed {
    fn report(mut self, phase: &str) -> Stake {
        let status = self.failure.status();
        self.stake
            .journal
            .tell_init_failed(self.duration, phase, status);
        self.stake
    }
}

/// A worker whose interpreter is up already, with the function's files and limits; none when the
/// function needs a start of its own, or there is none.
async fn equipped_spare(host: &Arc<Host>, plan: &Plan<'_>) -> Option<Spare> {
    let class = Class::of(plan.spec, &plan.interpreter)?;
    let mut spare = host.spares.take(host, &class)?;
    match spare.equip(host, plan.limits(), &plan.code.path).await {
        Ok(()) => Some(spare),
        Err(error) => {
            tracing::warn!(%class, %error, "a spare worker cannot be used");
            spare.end().await;
            None
        }
    }
}

/// One try: a process that asks for its first event within `limit`.
async fn boot(
    plan: &Plan<'_>,
    stake: Stake,
    limit: Duration,
    spare: Option<Spare>,
) -> Result<Result<Box<Worker>, Failed>, StartError> {
    let started = Instant::now();
    let Some(program) = program(plan) else {
        let (failure, duration) = (Failure::NoBootstrap, Duration::ZERO);
        return Ok(Err(Failed {
            failure,
            duration,
            memory: MemoryGauge::default(),
            stake,
        }));
    };
    let mut worker = match spare {
        Some(spare) => adopt(plan, spare, stake).await,
        None => launch(plan, &program, stake).await.map_err(|error| {
            let text = format!("cannot start a worker: {error}");
            StartError::Compute(ComputeError::Host(text))
        })?,
    };
    let mut timer = std::pin::pin!(tokio::time::sleep_until(started + limit));
    let failure = loop {
        match worker.next(timer.as_mut()).await {
            Happening::Step(Step::Ready) => {
                worker.init = Some(started.elapsed());
                worker.process.settle();
                return Ok(Ok(worker));
            }
            Happening::Step(Step::InitFailed {
                payload,
                error_type,
            }) => {
                break Failure::Reported {
                    payload,
                    error_type,
                };
            }
            Happening::Step(_) => {}
            Happening::Exited(status) => break Failure::Exited(status),
            Happening::Deadline => {
                break Failure::TimedOut(u32::try_from(limit.as_secs()).unwrap_or(u32::MAX));
            }
        }
    };
    let duration = started.elapsed();
    worker
        .memory
        .megabytes(worker.process.pid(), Duration::ZERO);
    worker.capture.drain(&mut worker.journal);
    let Worker {
        process,
        journal,
        memory,
        _permit: permit,
        ..
    } = *worker;
    process.end().await;
    Ok(Err(Failed {
        failure,
        duration,
        memory,
        stake: Stake { journal, permit },
    }))
}

impl Plan<'_> {
    pub(super) fn level(&self) -> Isolation {
        self.host.isolation.level
    }

    /// The bundle's folder, as the function sees it.
    pub(super) fn task_root(&self) -> &Path {
        match self.level() {
            Isolation::Container => Path::new("/var/task"),
            Isolation::Hardened | Isolation::Process => &self.code.path,
        }
    }

    /// The folder of our bootstraps, as the function sees it.
    pub(super) fn runtime_dir(&self) -> &Path {
        match self.level() {
            Isolation::Container => Path::new("/var/runtime"),
            Isolation::Hardened | Isolation::Process => &self.host.runtime_dir,
        }
    }

    /// The folder that the function may write to, as it sees it; outside of `container` in
    /// `private_directory`.
    fn temporary(&self, private_directory: &Path) -> PathBuf {
        match self.level() {
            Isolation::Container => PathBuf::from("/tmp"),
            Isolation::Hardened | Isolation::Process => private_directory.join("tmp"),
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            memory_mb: self.spec.memory_mb,
            // At level `container` the folder is a tmpfs, whose files count as memory.
            temporary_mb: match self.level() {
                Isolation::Container => self.spec.ephemeral_mb,
                Isolation::Hardened | Isolation::Process => 0,
            },
            is_starting: true,
        }
    }

    /// The function's variables, but for the address of its Runtime API.
    fn variables(&self, temporary: &Path, stream: &str) -> Vec<(String, String)> {
        let places = Places {
            task_root: self.task_root(),
            runtime_dir: self.runtime_dir(),
            temporary,
        };
        environment::variables(
            self.spec,
            self.credentials,
            &self.interpreter,
            places,
            stream,
        )
    }

    /// The layers' folder, as the function sees it.
    pub(super) fn opt(&self) -> &Path {
        match (self.level(), &self.layers) {
            (Isolation::Container, _) | (_, None) => Path::new("/opt"),
            (_, Some(layers)) => &layers.path,
        }
    }

    /// What the function sees of the host, its own code included.
    fn view(&self) -> View {
        let mut view = self.host.view.clone();
        view.show(&self.code.path, self.task_root());
        view.show(&self.host.runtime_dir, self.runtime_dir());
        if let Some(layers) = &self.layers {
            view.show(&layers.path, self.opt());
        }
        if self.interpreter.language != Language::Provided {
            view.show_interpreter(&self.interpreter.path);
        }
        view
    }
}

async fn launch(plan: &Plan<'_>, program: &Path, stake: Stake) -> std::io::Result<Box<Worker>> {
    let host = plan.host;
    let private_directory = host.make_worker_dir()?;
    let (mut link, wire) = connect(plan).await?;
    let (capture, output) = Capture::pipe()?;
    let stream = stake.journal.stream();
    let api = match &link {
        Link::Tcp(tcp) => Some(tcp.address()),
        Link::Pair(_) => None,
    };
    let launch = Launch {
        plan: sandbox(plan, program, &private_directory, stream, api),
        limits: plan.limits(),
        private_directory,
        marker: format!("AWS_LAMBDA_LOG_STREAM_NAME={stream}"),
        wire,
        output,
    };
    let doorways = launch.plan.network.clone();
    let mut process = Process::start(&host.spawner, launch).await?;
    let relay = doors::open(host, doorways, process.take_sockets(), &mut link)?;
    if let Link::Tcp(tcp) = &mut link {
        tcp.admit(process.owner());
    }
    let parts = Parts {
        process,
        link,
        capture,
        relay,
    };
    Ok(worker(plan, parts, stake))
}

/// Makes a spare worker the function's.
async fn adopt(plan: &Plan<'_>, spare: Spare, stake: Stake) -> Box<Worker> {
    let variables = plan.variables(&plan.temporary(Path::new("")), stake.journal.stream());
    let parts = spare.begin(variables).await;
    worker(plan, parts, stake)
}

fn worker(plan: &Plan<'_>, parts: Parts, stake: Stake) -> Box<Worker> {
    Box::new(Worker {
        spec: Arc::clone(plan.spec),
        process: parts.process,
        link: parts.link,
        session: Session::default(),
        capture: parts.capture,
        journal: stake.journal,
        memory: MemoryGauge::default(),
        exit: None,
        expires_ms: plan.credentials.expires_ms,
        init: None,
        spent: Duration::ZERO,
        idle_since: Instant::now(),
        early: None,
        _relay: parts.relay,
        _code: Arc::clone(&plan.code),
        _layers: plan.layers.clone(),
        _permit: stake.permit,
    })
}

/// What the launcher is told.
fn sandbox(
    plan: &Plan<'_>,
    program: &Path,
    private_directory: &Path,
    stream: &str,
    api: Option<String>,
) -> Sandbox {
    let temporary = plan.temporary(private_directory);
    let mut variables = plan.variables(&temporary, stream);
    environment::move_opt(&mut variables, plan.opt());
    variables.extend(api.map(|address| ("AWS_LAMBDA_RUNTIME_API".to_owned(), address)));
    let variables = variables.into_iter();
    let (program, arguments) = wrapped(plan, program);
    let View { shown, links } = plan.view();
    Sandbox {
        level: plan.level(),
        purpose: Purpose::Run,
        scratch: private_directory.to_owned(),
        temporary,
        temporary_bytes: u64::from(plan.spec.ephemeral_mb) * 1_048_576,
        shown,
        links,
        network: doors::wanted(plan.host, plan.interpreter.language),
        program,
        arguments,
        variables: variables
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        working_directory: plan.task_root().to_owned(),
    }
}

/// The wire: our end, and what the worker gets as descriptor 3.
async fn connect(plan: &Plan<'_>) -> std::io::Result<(Link, OwnedFd)> {
    match plan.interpreter.language {
        Language::Node | Language::Python => {
            let (pair, wire) = PairLink::pair()?;
            Ok((Link::Pair(Box::new(pair)), wire))
        }
        Language::Provided => {
            let nothing = std::fs::File::open("/dev/null")?;
            let link = match plan.host.reach {
                Some(_) => TcpLink::inside(RUNTIME_API.into()),
                None => TcpLink::bind().await?,
            };
            Ok((Link::Tcp(link), nothing.into()))
        }
    }
}

fn tell_init_start(journal: &mut Journal, plan: &Plan<'_>, spec: &FunctionSpec, is_spare: bool) {
    let interpreter = &plan.interpreter;
    let label = interpreter.label();
    let identity = format!("{label} {}", interpreter.path.display());
    let hash: String = Sha256::digest(identity)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let arn = format!("arn:aws:lambda:{}::runtime:{hash}", spec.region.as_str());
    let mut note = format!("isolation {}", plan.level());
    if is_spare {
        note.push_str("; interpreter started ahead");
    }
    if let Some(other) = &interpreter.note {
        note = format!("{note}; {other}");
    }
    let extensions = plan
        .layers
        .as_ref()
        .map(|layers| layers.path.join("extensions"));
    if extensions.is_some_and(|folder| folder.is_dir()) {
        note.push_str("; extensions of layers are not started");
    }
    journal.tell_init_start(&label, &arn, &note);
}
