//! The workers and waiters of one function version of one revision.

use crate::limits::{WAIT_WORTH, WAITING_MAX};
use crate::worker::{InitFailure, Worker};
use ports::{ComputeError, FunctionSpec};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
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

/// How a worker is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Not if one will be free sooner, by experience.
    Usual,
    /// Experience was wrong.
    Overdue,
}

/// The workers and waiters of one [`Key`].
#[derive(Default)]
pub(crate) struct Group {
    /// The one used last on top, so that the others can grow old.
    #[expect(clippy::vec_box, reason = "a worker is large and moves often")]
    pub(crate) idle: Vec<Box<Worker>>,
    pub(crate) waiting: VecDeque<oneshot::Sender<Lease>>,
    /// Starts under way, those that wait for their turn included.
    pub(crate) starting: usize,
    /// Starts that wait for room on the host.
    pub(crate) starved: usize,
    /// Workers in their init.
    pub(crate) booting: usize,
    /// Workers with an event.
    pub(crate) busy: usize,
    /// How long an event keeps a worker busy, as a running mean of those seen.
    mean: Option<Duration>,
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

    /// A place in the queue; none when it is full.
    pub(crate) fn enqueue(&mut self) -> Option<oneshot::Receiver<Lease>> {
        self.waiting.retain(|waiter| !waiter.is_closed());
        if self.waiting.len() >= WAITING_MAX {
            return None;
        }
        let (waiter, lease) = oneshot::channel();
        self.waiting.push_back(waiter);
        Some(lease)
    }

    /// Whether those who wait need one more worker to be started.
    pub(crate) fn wants_start(&self, urgency: Urgency) -> bool {
        self.starting < self.waiting.len() && (urgency == Urgency::Overdue || !self.expects_soon())
    }

    /// Whether a worker that was to be started is needed still.
    pub(crate) fn is_waited_for(&mut self, urgency: Urgency) -> bool {
        self.waiting.retain(|waiter| !waiter.is_closed());
        !self.waiting.is_empty() && (urgency == Urgency::Overdue || !self.expects_soon())
    }

    /// Takes note of how long an event took.
    pub(crate) fn learn(&mut self, busy_for: Duration) {
        // One eighth of the new value, as TCP smooths its round-trip times.
        self.mean = Some(
            self.mean
                .map_or(busy_for, |mean| mean - mean / 8 + busy_for / 8),
        );
    }

    /// Whether busy workers will have served the whole queue before a start would be done.
    fn expects_soon(&self) -> bool {
        let (Some(mean), Ok(busy)) = (self.mean, u32::try_from(self.busy)) else {
            return false;
        };
        let waiting = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        busy > 0 && mean.saturating_mul(waiting) / busy < WAIT_WORTH
    }

    /// Whether it can be forgotten.
    pub(crate) fn is_empty(&self) -> bool {
        self.idle.is_empty() && self.waiting.is_empty() && self.starting == 0 && self.busy == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(
        mean_ms: Option<u64>,
        busy: usize,
        waiting: usize,
    ) -> (Group, Vec<oneshot::Receiver<Lease>>) {
        let mut group = Group {
            mean: mean_ms.map(Duration::from_millis),
            busy,
            ..Group::default()
        };
        let queue = (0..waiting).filter_map(|_| group.enqueue()).collect();
        (group, queue)
    }

    #[test]
    fn start_is_wanted_unless_the_queue_is_over_sooner() {
        for (mean_ms, busy, waiting, expect) in [
            (None, 0, 1, true),
            (None, 2, 1, true),
            (Some(1), 0, 1, true),
            (Some(1), 2, 30, false),
            (Some(10), 2, 30, true),
            (Some(1_000), 5, 1, true),
        ] {
            let (group, _queue) = group(mean_ms, busy, waiting);
            let wanted = group.wants_start(Urgency::Usual);
            assert_eq!(
                wanted, expect,
                "{mean_ms:?} ms, {busy} busy, {waiting} waiting"
            );
            assert!(group.wants_start(Urgency::Overdue));
        }
    }

    #[test]
    fn there_are_no_more_starts_than_waiters() {
        let (mut group, _queue) = group(None, 0, 2);
        group.starting = 2;
        assert!(!group.wants_start(Urgency::Overdue));
    }

    #[test]
    fn who_went_away_wants_nothing() {
        let (mut group, queue) = group(None, 0, 2);
        drop(queue);
        assert!(!group.is_waited_for(Urgency::Overdue));
    }

    #[test]
    fn queue_has_an_end() {
        let (mut group, _queue) = group(None, 0, WAITING_MAX);
        assert!(group.enqueue().is_none());
    }
}
