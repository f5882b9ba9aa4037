//! The workers and waiters of one function version of one revision.

use super::drive::Job;
use super::provisioned::Keeper;
use crate::limits::{
    BRIEF_MEAN_MAX, BRIEF_WAIT_MAX, COMPUTING_SHARE_MIN, COMPUTING_WAIT_WORTH, EARLY_BYTES_MAX,
    EARLY_MEAN_MAX, WAIT_WORTH, WAITING_MAX,
};
use crate::room::Tenant;
use crate::worker::Worker;
use ports::FunctionSpec;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What makes two specs share workers: function, version and revision.
#[derive(Debug, Clone)]
pub(crate) struct Key(pub(crate) Arc<FunctionSpec>);

impl Key {
    /// Whose worker it would be.
    pub(crate) fn tenant(&self) -> Tenant {
        Tenant {
            account: self.0.account.as_str().to_owned(),
            function: self.0.arn.clone(),
        }
    }

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

/// A worker for an invocation that waited for one.
pub(crate) type Lease = (Box<Worker>, Job);

/// An invocation that waits.
pub(crate) struct Waiter {
    id: u64,
    pub(crate) job: Job,
    /// Dropped when another invocation's task runs this one too.
    lease: oneshot::Sender<Lease>,
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
    waiting: VecDeque<Waiter>,
    last_id: u64,
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
    /// Events that came to their end, counted, so that who waits sees whether its queue moves.
    served: u64,
    /// Whether its workers want the processor nearly all the time that they are busy: then more of
    /// them than processors only get in each other's way.
    is_computing: bool,
    /// A newer revision has taken over: workers that come back are ended.
    pub(crate) is_retired: bool,
    /// Keeps some of its workers up whether anybody calls or not.
    pub(super) keeper: Option<Keeper>,
}

impl Group {
    /// Gives a worker to the first who still waits, or back.
    pub(crate) fn hand_over(&mut self, mut worker: Box<Worker>) -> Option<Box<Worker>> {
        while let Some(waiter) = self.waiting.pop_front() {
            match waiter.lease.send((worker, waiter.job)) {
                Ok(()) => {
                    self.busy += 1;
                    return None;
                }
                Err((returned, _)) => worker = returned,
            }
        }
        Some(worker)
    }

    /// The idle worker to use next: one that is kept up, where there are such, else the one that
    /// was used last.
    pub(crate) fn pop_idle(&mut self) -> Option<Box<Worker>> {
        let kept_up = self.keeper.as_ref().and_then(|_| {
            let mut idle = self.idle.iter();
            idle.rposition(|worker| worker.is_provisioned())
        });
        match kept_up {
            Some(at) => Some(self.idle.remove(at)),
            None => self.idle.pop(),
        }
    }

    /// Gives idle workers away that were to be kept up and are too many now.
    pub(super) fn drop_surplus(&mut self, mut dispose: impl FnMut(Box<Worker>)) {
        let most = self.idle.iter().find_map(|worker| worker.surplus());
        for _ in 0..most.unwrap_or(0) {
            let mut idle = self.idle.iter();
            let Some(at) = idle.position(|worker| worker.is_provisioned()) else {
                return;
            };
            dispose(self.idle.remove(at));
        }
    }

    /// How many idle workers may be ended when others need their room.
    pub(crate) fn spendable(&self) -> usize {
        let spendable = self.idle.iter().filter(|worker| worker.is_spendable());
        spendable.count()
    }

    /// The place of the worker that has been idle longest, of those that may be ended for others,
    /// and since when it is idle. The oldest is at the bottom of the stack.
    pub(crate) fn oldest_idle(&self) -> Option<(usize, Instant)> {
        let at = self.idle.iter().position(|worker| worker.is_spendable())?;
        Some((at, self.idle.get(at)?.idle_since()))
    }

    /// The first who still waits.
    pub(crate) fn pop(&mut self) -> Option<Waiter> {
        self.forget_gone();
        self.waiting.pop_front()
    }

    /// Who waits under `id`, unless somebody has taken it up.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Waiter> {
        let at = self.waiting.iter().position(|waiter| waiter.id == id)?;
        self.waiting.remove(at)
    }

    /// Whether somebody waits under `id`.
    pub(crate) fn holds(&self, id: u64) -> bool {
        self.waiting.iter().any(|waiter| waiter.id == id)
    }

    /// Puts back who was to be served next.
    pub(crate) fn put_back(&mut self, waiter: Waiter) {
        self.waiting.push_front(waiter);
    }

    /// A place in the queue; the job back when it is full.
    #[expect(clippy::result_large_err, reason = "it goes on to its answer at once")]
    pub(crate) fn enqueue(&mut self, job: Job) -> Result<(u64, oneshot::Receiver<Lease>), Job> {
        self.forget_gone();
        if self.waiting.len() >= WAITING_MAX {
            return Err(job);
        }
        let (lease, leased) = oneshot::channel();
        self.last_id += 1;
        let id = self.last_id;
        self.waiting.push_back(Waiter { id, job, lease });
        Ok((id, leased))
    }

    fn forget_gone(&mut self) {
        self.waiting.retain(|waiter| !waiter.lease.is_closed());
    }

    /// The invocation whose event may go to a busy worker before it has answered: only when there
    /// will be no other worker for it, and only short ones.
    pub(crate) fn take_early(&mut self, cores: usize) -> Option<Waiter> {
        let is_next = self.has_enough_busy(cores) || self.idle.is_empty();
        let is_soon = self.is_crowd_useless() && is_next && self.expects_soon(cores);
        let is_soon = is_soon && self.is_mean_below(EARLY_MEAN_MAX);
        let event = self.waiting.front()?.job.work.payload.len();
        (is_soon && event <= EARLY_BYTES_MAX).then(|| self.pop())?
    }

    /// Whether one worker more would serve nobody sooner.
    pub(crate) fn has_enough_busy(&self, cores: usize) -> bool {
        (self.is_computing && self.expects_within(self.wait_worth(), cores, 1))
            || (self.is_brief() && self.expects_within(BRIEF_WAIT_MAX, cores, 1))
    }

    /// Whether workers beyond the number of processors only get in each other's way.
    fn is_crowd_useless(&self) -> bool {
        self.is_computing || self.is_brief()
    }

    fn is_brief(&self) -> bool {
        self.is_mean_below(BRIEF_MEAN_MAX)
    }

    fn is_mean_below(&self, bound: Duration) -> bool {
        self.mean.is_some_and(|mean| mean < bound)
    }

    /// How many events came to their end.
    pub(crate) fn served(&self) -> u64 {
        self.served
    }

    /// Whether those who wait need one more worker to be started.
    pub(crate) fn wants_start(&self, urgency: Urgency, cores: usize) -> bool {
        // Who is slow because the host is busy gets no help from many more that start.
        let at_once = match self.is_crowd_useless() {
            true => cores.max(1),
            false => usize::MAX,
        };
        self.starting < self.waiting.len().min(at_once)
            && (urgency == Urgency::Overdue || !self.expects_soon(cores))
    }

    /// Whether a worker that was to be started is needed still.
    pub(crate) fn is_waited_for(&mut self, urgency: Urgency, cores: usize) -> bool {
        self.forget_gone();
        !self.waiting.is_empty() && (urgency == Urgency::Overdue || !self.expects_soon(cores))
    }

    /// Takes note of how long an event took, and for which part of its time the worker wanted the
    /// processor, where that is known.
    pub(crate) fn learn(&mut self, busy_for: Duration, share: Option<f64>) {
        self.served = self.served.wrapping_add(1);
        if let Some(share) = share {
            self.is_computing = share >= COMPUTING_SHARE_MIN;
        }
        // One eighth of the new value, as TCP smooths its round-trip times.
        self.mean = Some(
            self.mean
                .map_or(busy_for, |mean| mean - mean / 8 + busy_for / 8),
        );
    }

    /// Whether busy workers will have served the whole queue before a start would be done or of use.
    fn expects_soon(&self, cores: usize) -> bool {
        self.expects_within(self.wait_worth(), cores, 0)
    }

    /// How long an invocation waits for a busy worker before it looks after another one.
    pub(crate) fn wait_worth(&self) -> Duration {
        match self.is_computing && self.is_mean_below(EARLY_MEAN_MAX) {
            true => COMPUTING_WAIT_WORTH,
            false => WAIT_WORTH,
        }
    }

    /// Whether busy workers, one for each processor at least, will have served the whole queue and
    /// `more` sooner than in `worth`.
    fn expects_within(&self, worth: Duration, cores: usize, more: usize) -> bool {
        let (Some(mean), Ok(busy)) = (self.mean, u32::try_from(self.busy)) else {
            return false;
        };
        let waiting = u32::try_from(self.waiting.len() + more).unwrap_or(u32::MAX);
        self.busy >= cores.max(1) && mean.saturating_mul(waiting) / busy < worth
    }

    /// Whether it can be forgotten.
    pub(crate) fn is_empty(&self) -> bool {
        let is_unused = self.idle.is_empty() && self.waiting.is_empty() && self.starting == 0;
        is_unused && self.busy == 0 && self.keeper.is_none()
    }
}

#[cfg(test)]
mod tests;
