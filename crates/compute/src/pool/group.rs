//! The workers and waiters of one function version of one revision.

use crate::worker::{InitFailure, Worker};
use ports::{ComputeError, FunctionSpec};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use tokio::sync::oneshot;

/// What makes two specs share workers: function, version and revision.
#[derive(Debug, Clone)]
pub(crate) struct Key(pub(crate) Arc<FunctionSpec>);

impl Key {
    fn parts(&self) -> (&str, &str, &str) {
        (&self.0.arn, &self.0.version, &self.0.revision)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.parts() == other.parts()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// What an invocation gets that asked for a worker.
pub(crate) enum Lease {
    Worker(Box<Worker>),
    InitFailed(Box<InitFailure>),
    Refused(ComputeError),
}

/// The workers and waiters of one [`Key`].
#[derive(Default)]
pub(crate) struct Group {
    /// The one used last on top, so that the others can grow old.
    #[expect(clippy::vec_box, reason = "a worker is large and moves often")]
    pub(crate) idle: Vec<Box<Worker>>,
    pub(crate) waiting: VecDeque<oneshot::Sender<Lease>>,
    pub(crate) starting: usize,
    pub(crate) busy: usize,
    /// A newer revision has taken over: workers that come back are ended.
    pub(crate) is_retired: bool,
}

impl Group {
    /// Gives `lease` to the first who still waits, or back.
    pub(crate) fn hand_over(&mut self, mut lease: Lease) -> Option<Lease> {
        let is_worker = matches!(lease, Lease::Worker(_));
        while let Some(waiter) = self.waiting.pop_front() {
            match waiter.send(lease) {
                Ok(()) => {
                    self.busy += usize::from(is_worker);
                    return None;
                }
                Err(returned) => lease = returned,
            }
        }
        Some(lease)
    }

    /// Whether anybody still waits.
    pub(crate) fn is_waited_for(&mut self) -> bool {
        self.waiting.retain(|waiter| !waiter.is_closed());
        !self.waiting.is_empty()
    }

    /// Whether it can be forgotten.
    pub(crate) fn is_empty(&self) -> bool {
        self.idle.is_empty() && self.waiting.is_empty() && self.starting == 0 && self.busy == 0
    }
}
