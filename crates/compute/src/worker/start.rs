//! Starts a worker and waits for its init.

use super::command::program;
use super::memory::MemoryGauge;
use super::plan::{
    Plan, RUNTIME_API_VARIABLE, connect, interpreter, plan, sandbox, tell_init_start,
};
use super::{Happening, Worker, doors, extended};
use crate::debugging::{Patience, Seat};
use crate::environment::Initialization;
use crate::extension::{Extensions, Hub, Reason, Telemetry};
use crate::failure::Failure;
use crate::host::Host;
use crate::limits::{INIT_TIMEOUT, PROVISIONED_INIT_MIN};
use crate::log::{Capture, Journal};
use crate::room::Slot;
use crate::runtime_api::{Door, Session, Step};
use crate::sandbox::{Launch, Process};
use crate::spare::{Class, Parts, Spare};
use ports::{ComputeError, FunctionSpec, SessionCredentials};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
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

/// What a try takes and, failing, gives back.
struct Stake {
    journal: Journal,
    permit: Slot,
}

/// Starts a worker. Init has 10 s; if it fails it is tried once more, as AWS does inside the first
/// invocation, with that invocation's time. With a `seat` a debugger may attach to it.
pub(crate) async fn start(
    host: &Arc<Host>,
    spec: &Arc<FunctionSpec>,
    credentials: &SessionCredentials,
    permit: Slot,
    seat: Option<Arc<Seat>>,
) -> Result<Box<Worker>, StartError> {
    let mut plan = plan(host, spec, credentials, Initialization::OnDemand)
        .await
        .map_err(StartError::Compute)?;
    plan.seat = seat;
    let mut journal = Journal::new(
        Arc::clone(&host.logs),
        Arc::clone(&host.clock),
        &host.ids,
        spec,
        Initialization::OnDemand,
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

/// Starts a worker ahead of any event. Its init may take as long as the function may, 130 s at
/// least (Lambda guide, "Understanding the Lambda execution environment lifecycle"), is tried once,
/// and is told in the log at once, as AWS tells it whether it failed or not.
pub(crate) async fn start_provisioned(
    host: &Arc<Host>,
    spec: &Arc<FunctionSpec>,
    credentials: &SessionCredentials,
    permit: Slot,
) -> Result<Box<Worker>, StartError> {
    let initialization = Initialization::Provisioned;
    let plan = plan(host, spec, credentials, initialization)
        .await
        .map_err(StartError::Compute)?;
    let (logs, clock) = (Arc::clone(&host.logs), Arc::clone(&host.clock));
    let mut journal = Journal::new(logs, clock, &host.ids, spec, initialization);
    let spare = equipped_spare(host, &plan).await;
    tell_init_start(&mut journal, &plan, spec, spare.is_some());
    let stake = Stake { journal, permit };
    let limit = Duration::from_secs(u64::from(spec.timeout_s)).max(PROVISIONED_INIT_MIN);
    match boot(&plan, stake, limit, spare).await? {
        Ok(mut worker) => {
            // Not told again in the first invocation's REPORT, nor billed there.
            // UNVERIFIED: a REPORT line of a provisioned function on AWS would settle it.
            let init = worker.init.take().unwrap_or_default();
            worker.capture.drain(&mut worker.journal);
            worker.journal.tell_init_done(init);
            worker.journal.flush();
            Ok(worker)
        }
        Err(failed) => {
            let (failure, duration) = (failed.failure.clone(), failed.duration);
            let memory = failed.memory.clone();
            let Stake { mut journal, .. } = failed.report("init");
            journal.flush();
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
    host.compiled.make(&interpreter, &host.runtime_dir).await;
    if let Some(class) = Class::of(spec, &interpreter) {
        host.spares.prepare(host, &class).await;
    }
    Ok(())
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
    if plan.seat.is_some() {
        return None;
    }
    let class = Class::of(plan.spec, &plan.interpreter)?;
    let class = class.suits(&plan.code.path).then_some(class)?;
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
    mut stake: Stake,
    limit: Duration,
    spare: Option<Spare>,
) -> Result<Result<Box<Worker>, Failed>, StartError> {
    let started = Instant::now();
    let program = program(plan).ok_or(Failure::NoBootstrap);
    let program = program.and_then(|it| extended::check(plan, &mut stake.journal).map(|()| it));
    let program = match program {
        Ok(program) => program,
        Err(failure) => {
            return Ok(Err(Failed {
                failure,
                duration: Duration::ZERO,
                memory: MemoryGauge::default(),
                stake,
            }));
        }
    };
    let launched = match spare {
        Some(spare) => adopt(plan, spare, stake).await,
        None => launch(plan, &program, stake).await,
    };
    let mut worker = launched.map_err(|error| {
        let text = format!("cannot start a worker: {error}");
        StartError::Compute(ComputeError::Host(text))
    })?;
    let passed = worker.pass_init(started + limit, limit).await;
    worker.capture.drain(&mut worker.journal);
    worker.tell_init_over(started.elapsed(), passed.as_ref().err());
    let Err(failure) = passed else {
        worker.init = Some(started.elapsed());
        worker.process.settle();
        return Ok(Ok(worker));
    };
    let duration = started.elapsed();
    worker
        .memory
        .megabytes(worker.process.pid(), Duration::ZERO);
    worker.wind_down(extended::reason(&failure)).await;
    worker.journal.tap(None);
    let Worker {
        process,
        journal,
        memory,
        permit,
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

fn timed_out(limit: Duration) -> Failure {
    Failure::TimedOut(u32::try_from(limit.as_secs()).unwrap_or(u32::MAX))
}

impl Worker {
    /// Waits until the runtime, and all extensions, have asked for their first event.
    async fn pass_init(&mut self, deadline: Instant, limit: Duration) -> Result<(), Failure> {
        let mut timer = std::pin::pin!(tokio::time::sleep_until(deadline));
        let mut patience = Patience::of(self.seat.as_ref());
        loop {
            match self.next(timer.as_mut()).await {
                Happening::Step(Step::Ready) => return self.finish_init(timer).await,
                Happening::Extension => self.see_to_extensions()?,
                Happening::Step(Step::InitFailed {
                    payload,
                    error_type,
                }) => {
                    return Err(Failure::Reported {
                        payload,
                        error_type,
                    });
                }
                Happening::Step(_) => {}
                Happening::Exited(status) => return Err(Failure::Exited(status)),
                Happening::Deadline => match patience.more(Duration::ZERO) {
                    Some(until) => timer.as_mut().reset(until),
                    None => return Err(timed_out(limit)),
                },
            }
        }
    }
}

async fn launch(plan: &Plan<'_>, program: &Path, mut stake: Stake) -> std::io::Result<Box<Worker>> {
    let host = plan.host;
    let private_directory = host.make_worker_dir()?;
    let programs = plan.programs();
    let telemetry = (!programs.is_empty()).then(|| Telemetry::new(Arc::clone(&host.clock)));
    stake.journal.tap(telemetry.clone());
    let spec = Arc::clone(plan.spec);
    let hub = Hub::new(spec, host.ids.clone(), telemetry.clone());
    let names: Vec<String> = programs.iter().map(|one| one.name.clone()).collect();
    hub.expect(&names);
    let (mut link, wire, mut door) = connect(plan, &hub).await?;
    let (capture, output) = Capture::pipe()?;
    let stream = stake.journal.stream();
    let address = doors::of(&mut link, &mut door).map(|door| door.address());
    let api = address.unwrap_or_default();
    let launch = Launch {
        plan: sandbox(plan, program, &private_directory, stream, api, &programs),
        limits: plan.limits(),
        private_directory,
        markers: plan.markers(stream),
        wire,
        output,
    };
    let doorways = launch.plan.network.clone();
    let mut process = Process::start(&host.spawner, launch).await?;
    let (relay, listener) = doors::open(host, doorways, process.take_sockets())?;
    // Before anybody can come in and subscribe.
    if let Some(telemetry) = telemetry {
        telemetry.reach(process.dialer(plan.inside().is_some()));
    }
    if let Some(door) = doors::of(&mut link, &mut door) {
        match listener {
            Some(listener) => door.open(listener)?,
            None => door.admit(process.owner()),
        }
    }
    let extensions = Extensions::of(hub, &programs, process.take_companions())?;
    let parts = Parts {
        process,
        link,
        capture,
        relay,
    };
    Ok(worker(plan, parts, (extensions, door), stake))
}

/// Makes a spare worker the function's.
async fn adopt(plan: &Plan<'_>, mut spare: Spare, stake: Stake) -> std::io::Result<Box<Worker>> {
    let stream = stake.journal.stream();
    let hub = Hub::new(Arc::clone(plan.spec), plan.host.ids.clone(), None);
    let mut door = Door::of_extensions(&hub, plan.inside()).await?;
    spare.show(&mut door, plan.markers(stream))?;
    let mut variables = plan.variables(&plan.temporary(Path::new("")), stream);
    variables.push((RUNTIME_API_VARIABLE.to_owned(), door.address()));
    let parts = spare.begin(variables).await;
    let extensions = Extensions::of(hub, &[], None)?;
    Ok(worker(plan, parts, (extensions, Some(door)), stake))
}

fn worker(
    plan: &Plan<'_>,
    parts: Parts,
    (extensions, door): (Extensions, Option<Door>),
    stake: Stake,
) -> Box<Worker> {
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
        took: None,
        spent: Duration::ZERO,
        idle_since: Instant::now(),
        early: None,
        extensions: Some(extensions),
        reason: Reason::Spindown,
        _door: door,
        _relay: parts.relay,
        _code: Arc::clone(&plan.code),
        _layers: plan.layers.clone(),
        place: None,
        seat: plan.seat.clone(),
        permit: stake.permit,
    })
}
