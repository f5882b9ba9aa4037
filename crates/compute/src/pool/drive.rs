//! Runs events on a worker, one after the other.

use super::group::{Key, Waiter};
use super::{Pool, shutting_down};
use crate::worker::{Reply, Worker};
use ports::{ComputeError, Outcome, ResponseSink, Work};
use std::sync::Arc;
use tokio::sync::watch;

/// One invocation: its event, and where its answer goes.
pub(crate) struct Job {
    pub(crate) work: Work,
    /// Takes the answer while it comes.
    pub(crate) sink: Option<Box<dyn ResponseSink>>,
    pub(crate) reply: Reply,
}

impl Job {
    /// Says what came of it.
    pub(crate) fn answer(mut self, result: Result<Outcome, ComputeError>) {
        self.reply.give(result);
    }
}

impl Pool {
    /// Runs `job` on the worker and then, as long as the next event is already in the worker's
    /// hands, that one: so a worker that is never done has no pause between two events, and nobody
    /// is woken to give it the next one.
    ///
    /// All ends when `closing` says so.
    pub(super) async fn drive(
        self: &Arc<Self>,
        mut worker: Box<Worker>,
        mut job: Job,
        mut closing: watch::Receiver<bool>,
    ) {
        loop {
            let early = self.take_early(&worker);
            let next = early.as_ref().map(|waiter| &waiter.job.work);
            let run = tokio::select! {
                biased;
                _ = closing.wait_for(|is_closing| *is_closing) => None,
                run = worker.invoke(&job.work, job.sink.take(), next, &mut job.reply) => Some(run),
            };
            let Some(run) = run else {
                self.lose(worker).await;
                job.answer(Err(shutting_down()));
                if let Some(waiter) = early {
                    waiter.job.answer(Err(shutting_down()));
                }
                return;
            };
            // First the worker, then the answer: who calls again at once finds it warm.
            match (run.is_reusable, early) {
                (true, None) => {
                    self.give(worker, run.busy_for);
                    return job.answer(Ok(run.outcome));
                }
                (true, Some(waiter)) => {
                    self.learn(&worker, run.busy_for);
                    job.answer(Ok(run.outcome));
                    job = waiter.job;
                }
                (false, early) => {
                    // Its event died with the worker, which had not begun with it.
                    if let Some(waiter) = early {
                        self.put_back(&worker, waiter);
                    }
                    self.lose(worker).await;
                    return job.answer(Ok(run.outcome));
                }
            }
        }
    }

    fn take_early(&self, worker: &Worker) -> Option<Waiter> {
        if !worker.takes_early(self.host.clock.now_ms()) {
            return None;
        }
        let mut groups = self.lock();
        let group = groups.get_mut(&Key(Arc::clone(worker.spec())))?;
        let is_kept = !group.is_retired && !self.others_starve(group) && self.fits(worker);
        is_kept.then(|| group.take_early(self.cores))?
    }

    fn put_back(&self, worker: &Worker, waiter: Waiter) {
        let mut groups = self.lock();
        let group = groups.entry(Key(Arc::clone(worker.spec()))).or_default();
        group.put_back(waiter);
    }

    fn learn(&self, worker: &Worker, busy_for: std::time::Duration) {
        if let Some(group) = self.lock().get_mut(&Key(Arc::clone(worker.spec()))) {
            group.learn(busy_for, worker.computing_share());
        }
    }
}
