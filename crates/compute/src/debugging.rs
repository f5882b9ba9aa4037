//! A debugger's session: which function version, on which port, until when.
//!
//! While it lasts one worker has the session's seat, runs the events of the function version one
//! after the other, and has all the time in the world. Whoever may attach to it can do whatever the
//! function can, so it is for a developer's machine only, and listens on loopback only.

use crate::limits::{DEBUG_LEASE, DEBUG_LOOK_EVERY};
use crate::runtime::Language;
use ports::FunctionSpec;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Tells our bootstraps to listen for a debugger: a port, and `,wait` behind it when the function's
/// code is to be loaded only when one is attached.
const VARIABLE: &str = "_CROSSWAY_DEBUG";

/// What a debugger of one language needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Protocol {
    /// `node` or `python`.
    pub(crate) name: &'static str,
    /// Where debuggers look first.
    pub(crate) usual_port: u16,
}

impl Protocol {
    /// The language's; none where there is no debugger.
    pub(crate) fn of(language: Language) -> Option<Self> {
        let (name, usual_port) = match language {
            // Node.js guide, "Debugging Node.js"; debugpy's documentation, "Command line reference".
            Language::Node => ("node", 9229),
            Language::Python => ("python", 5678),
            _ => return None,
        };
        Some(Self { name, usual_port })
    }
}

/// One function version that is being debugged, whatever its revision.
#[derive(Debug)]
pub(crate) struct DebugSession {
    pub(crate) id: String,
    pub(crate) function_arn: String,
    pub(crate) version: String,
    pub(crate) port: u16,
    pub(crate) waits: bool,
    is_over: AtomicBool,
    kept: Notify,
    seat: Arc<Semaphore>,
}

impl DebugSession {
    pub(crate) fn new(id: String, function: &FunctionSpec, port: u16, waits: bool) -> Self {
        Self {
            id,
            function_arn: function.arn.clone(),
            version: function.version.clone(),
            port,
            waits,
            is_over: AtomicBool::new(false),
            kept: Notify::new(),
            seat: Arc::new(Semaphore::new(1)),
        }
    }

    /// Whether it is about this function version.
    pub(crate) fn is_of(&self, function: &FunctionSpec) -> bool {
        self.function_arn == function.arn && self.version == function.version
    }

    /// The seat, unless a worker has it.
    pub(crate) fn take_seat(self: &Arc<Self>) -> Option<Arc<Seat>> {
        let permit = Arc::clone(&self.seat).try_acquire_owned().ok()?;
        Some(Arc::new(Seat {
            session: Arc::clone(self),
            _permit: permit,
        }))
    }

    /// Whether no worker has the seat.
    pub(crate) fn has_seat(&self) -> bool {
        self.seat.available_permits() > 0
    }

    /// It is wanted still.
    pub(crate) fn keep(&self) {
        self.kept.notify_one();
    }

    /// Waits until nobody has kept it for as long as it lasts.
    pub(crate) async fn lapse(&self) {
        while tokio::time::timeout(DEBUG_LEASE, self.kept.notified())
            .await
            .is_ok()
        {}
    }

    /// Ends it; false when it is over already.
    pub(crate) fn end(&self) -> bool {
        // So that `lapse` ends, too.
        !self.is_over.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }
}

/// The right to be the worker that is debugged, until it is gone.
#[derive(Debug)]
pub(crate) struct Seat {
    session: Arc<DebugSession>,
    _permit: OwnedSemaphorePermit,
}

impl Seat {
    pub(crate) fn session(&self) -> &Arc<DebugSession> {
        &self.session
    }

    /// What the worker's bootstrap is told, while there is a session.
    pub(crate) fn variable(&self) -> Option<(String, String)> {
        let port = self.session.port;
        let text = match self.session.waits {
            true => format!("{port},wait"),
            false => port.to_string(),
        };
        (!self.session.is_over()).then(|| (VARIABLE.to_owned(), text))
    }
}

/// When a worker's time is up: never while it is debugged.
#[derive(Debug)]
pub(crate) struct Patience {
    seat: Option<Arc<Seat>>,
    was_paused: bool,
}

impl Patience {
    /// Of the worker that has this seat, or none.
    pub(crate) fn of(seat: Option<&Arc<Seat>>) -> Self {
        Self {
            seat: seat.cloned(),
            was_paused: false,
        }
    }

    /// Asked when time is up: until when to go on, where it is not. After a session has ended
    /// there is once more as much time as `limit`.
    pub(crate) fn more(&mut self, limit: Duration) -> Option<Instant> {
        let seat = self.seat.as_ref()?;
        if !seat.session.is_over() {
            self.was_paused = true;
            return Some(Instant::now() + DEBUG_LOOK_EVERY);
        }
        std::mem::take(&mut self.was_paused).then(|| Instant::now() + limit)
    }
}
