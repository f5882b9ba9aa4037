//! One worker: a process, its wire, its output.
//!
//! [`start`](start::start) makes one and waits for its init, [`Worker::invoke`] hands it one event.
//! Whoever holds the worker drives it; nothing runs for an idle one.

pub(crate) mod command;
pub(crate) mod doors;
mod extended;
mod invoke;
mod java;
mod memory;
mod plan;
mod reply;
mod response;
mod start;

pub(crate) use plan::{code_root, interpreter, unpack};
pub(crate) use reply::Reply;
pub(crate) use start::{InitFailure, StartError, prepare, start, start_provisioned};

use crate::code::CodeFolder;
use crate::debugging::Seat;
use crate::extension::{Extensions, Reason};
use crate::limits::{EXIT_GRACE, SESSION_MARGIN_MS};
use crate::log::{Capture, Journal};
use crate::network::Relay;
use crate::provisioned::Place;
use crate::room::Slot;
use crate::runtime_api::{Closed, Door, Link, Request, Session, Step};
use crate::sandbox::Process;
use memory::MemoryGauge;
use ports::FunctionSpec;
use std::pin::Pin;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use stdx::TimestampMs;
use tokio::time::{Instant, Sleep};

/// A worker process that has passed its init, or is passing it.
pub(crate) struct Worker {
    spec: Arc<FunctionSpec>,
    process: Process,
    link: Link,
    session: Session,
    capture: Capture,
    journal: Journal,
    memory: MemoryGauge,
    exit: Option<ExitStatus>,
    /// The role session's end.
    expires_ms: TimestampMs,
    /// Told in the first invocation's `REPORT`.
    init: Option<Duration>,
    /// What a second init has used up of the first invocation's time.
    spent: Duration,
    idle_since: Instant,
    /// For how long it had the last event, by its own account.
    took: Option<Duration>,
    /// The event that it was given while it worked on another.
    early: Option<String>,
    /// Its place among those that are kept up whether anybody calls or not.
    place: Option<Place>,
    /// Its seat in a debugging session.
    seat: Option<Arc<Seat>>,
    /// None where its init has ended without any.
    extensions: Option<Extensions>,
    /// Told to them when it ends.
    reason: Reason,
    /// Through which extensions come, where its runtime has another way.
    _door: Option<Door>,
    /// Carries its connections, where it has a network of its own.
    _relay: Option<Relay>,
    _code: Arc<CodeFolder>,
    _layers: Option<Arc<CodeFolder>>,
    /// The right to be one of the host's workers.
    permit: Slot,
}

/// What a worker does next.
#[derive(Debug)]
enum Happening {
    Step(Step),
    /// An extension has called, printed or ended.
    Extension,
    Exited(ExitStatus),
    Deadline,
}

impl Worker {
    /// The function version that it runs.
    pub(crate) fn spec(&self) -> &Arc<FunctionSpec> {
        &self.spec
    }

    /// Since when nobody has used it.
    pub(crate) fn idle_since(&self) -> Instant {
        self.idle_since
    }

    /// Whether it lives and its role session outlives another invocation.
    pub(crate) fn is_usable(&mut self, now_ms: TimestampMs) -> bool {
        self.outlives_another(now_ms)
            && !self.process.has_exited()
            && self.extensions.as_mut().is_none_or(Extensions::are_alive)
    }

    fn outlives_another(&self, now_ms: TimestampMs) -> bool {
        let needed_ms = i64::from(self.spec.timeout_s) * 1_000 + SESSION_MARGIN_MS;
        self.expires_ms - now_ms > needed_ms
    }

    /// Whether it may be given an event while it works on another: our own runtimes read the next
    /// one when they are done with the first.
    pub(crate) fn takes_early(&self, now_ms: TimestampMs) -> bool {
        self.link.is_pair()
            && self.seat.is_none()
            && self.extensions.is_none()
            && self.outlives_another(now_ms)
    }

    /// Its seat in a debugging session.
    pub(crate) fn seat(&self) -> Option<&Arc<Seat>> {
        self.seat.as_ref()
    }

    /// Whether it may be ended because nobody uses it, or others need its room.
    pub(crate) fn is_spendable(&self) -> bool {
        self.place.is_none() && self.seat.is_none()
    }

    /// For which part of its busy time it wanted the processor, where that is known.
    pub(crate) fn computing_share(&self) -> Option<f64> {
        self.memory.computing_share()
    }

    /// Gives it its place among those that are kept up.
    pub(crate) fn take_place(&mut self, place: Place) {
        self.place = Some(place);
    }

    /// Its right to be one of the host's workers.
    pub(crate) fn slot(&self) -> &Slot {
        &self.permit
    }

    /// Frees its places, among those that are kept up and among its function's: it is about to end.
    pub(crate) fn leave(&mut self) {
        self.place = None;
        self.permit.leave();
    }

    /// Whether it is kept up though nobody calls.
    pub(crate) fn is_provisioned(&self) -> bool {
        self.place.is_some()
    }

    /// Whether it was to be kept up, and is so no more.
    pub(crate) fn is_surplus(&self) -> bool {
        self.surplus().is_some_and(|surplus| surplus > 0)
    }

    /// How many workers more are kept up than are wanted, this one among them; none when it is not
    /// kept up.
    pub(crate) fn surplus(&self) -> Option<usize> {
        let surplus = self.place.as_ref().map(Place::surplus)?;
        usize::try_from(surplus).ok()
    }

    /// Marks it as unused from now on.
    pub(crate) fn rest(&mut self) {
        self.idle_since = Instant::now();
        // A debugger wants to be answered between two events, too.
        self.process.set_idle(self.seat.is_none());
    }

    /// Kills it and what it started, and waits until that is done.
    pub(crate) async fn end(mut self: Box<Self>) {
        if self.extensions.is_some() {
            self.wind_down(self.reason).await;
        }
        self.journal.flush();
        self.process.end().await;
    }

    /// Waits for what happens next, taking output all the while.
    async fn next(&mut self, mut timer: Pin<&mut Sleep>) -> Happening {
        loop {
            match self.link.take() {
                Ok(Some(request)) => return Happening::Step(self.take(request)),
                Ok(None) => {}
                Err(Closed) => self.note_closed().await,
            }
            if let Some(status) = self.exit {
                return Happening::Exited(status);
            }
            let flush_at = self.journal.flush_at();
            tokio::select! {
                biased;
                // First, so that neither output nor requests without end hold it up.
                () = timer.as_mut() => return Happening::Deadline,
                received = self.link.receive() => match received {
                    Ok(request) => return Happening::Step(self.take(request)),
                    Err(Closed) => self.note_closed().await,
                },
                () = self.capture.read(&mut self.journal) => {}
                happened = extended::happens(&mut self.extensions) => {
                    self.note_extensions(&happened);
                    return Happening::Extension;
                }
                status = self.process.exited() => {
                    self.link.drain();
                    self.exit = Some(status);
                }
                () = sleep_until(flush_at), if flush_at.is_some() => self.journal.flush(),
            }
        }
    }

    fn take(&mut self, request: Request) -> Step {
        self.took = request.took.or(self.took);
        let (step, answer) = self.session.take(request);
        if let Some(answer) = answer {
            self.link.answer(&answer);
        }
        step
    }

    /// A worker without wire is of no use: it gets a moment to end by itself, for the sake of its
    /// exit status.
    async fn note_closed(&mut self) {
        if self.exit.is_none() {
            let ending = tokio::time::timeout(EXIT_GRACE, self.process.exited());
            self.exit = Some(ending.await.unwrap_or_default());
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    if let Some(at) = at {
        tokio::time::sleep_until(at).await;
    }
}
