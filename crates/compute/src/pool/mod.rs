//! Which worker takes which event.
//!
//! Each function version of one revision has a group: idle workers, the one used last on top, and
//! invocations that wait. A waiting invocation takes whichever comes first, a worker that another
//! invocation gives back or a new one; so a burst of short invocations starts few workers.

mod group;

use crate::host::Host;
use crate::limits::{
    IDLE_MAX, REAP_EVERY, START_TURN_MAX, WAITING_MAX, WORKER_MEMORY_BYTES, WORKERS_MAX,
    WORKERS_MIN,
};
use crate::worker::{self, StartError, Worker};
use group::{Group, Key, Lease};
use ports::{ComputeError, Outcome, SessionCredentials, Work};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::Instant;

/// All workers of this host.
pub(crate) struct Pool {
    host: Arc<Host>,
    groups: Mutex<HashMap<Key, Group>>,
    /// One permit for each worker there may be; a worker holds its own until it is gone.
    capacity: Arc<Semaphore>,
    workers_max: usize,
    /// Starting costs a core for tens of milliseconds: as many at once as there are cores.
    starts: Semaphore,
    /// Starts that wait for another function's worker to go.
    starved: AtomicUsize,
    is_closing: watch::Sender<bool>,
}

/// Runs one event as a task of its own, so that a caller who goes away costs no worker.
pub(crate) async fn run(pool: &Arc<Pool>, work: Work) -> Result<Outcome, ComputeError> {
    let (reply, answer) = oneshot::channel();
    let pool = Arc::clone(pool);
    tokio::spawn(async move {
        let _ = reply.send(pool.serve(&work).await);
    });
    answer
        .await
        .unwrap_or_else(|_| Err(ComputeError::Host("the invocation was lost".to_owned())))
}

impl Pool {
    /// An empty pool.
    pub(crate) fn new(host: Arc<Host>, workers_max: Option<usize>) -> Arc<Self> {
        let workers_max = workers_max.unwrap_or_else(workers_that_fit).max(1);
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let pool = Arc::new(Self {
            host,
            groups: Mutex::default(),
            capacity: Arc::new(Semaphore::new(workers_max)),
            workers_max,
            starts: Semaphore::new(cores.max(2)),
            starved: AtomicUsize::new(0),
            is_closing: watch::Sender::new(false),
        });
        let reaped = Arc::downgrade(&pool);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(REAP_EVERY).await;
                let Some(pool) = reaped.upgrade() else { return };
                pool.reap(Instant::now());
            }
        });
        pool
    }

    /// Workers at most.
    pub(crate) fn workers_max(&self) -> usize {
        self.workers_max
    }

    async fn serve(self: &Arc<Self>, work: &Work) -> Result<Outcome, ComputeError> {
        let mut closing = self.is_closing.subscribe();
        let lease = tokio::select! {
            biased;
            _ = closing.wait_for(|is_closing| *is_closing) => return Err(shutting_down()),
            lease = self.acquire(work) => lease,
        };
        let mut worker = match lease {
            Lease::Worker(worker) => worker,
            Lease::InitFailed(failure) => return Ok(failure.tell(work)),
            Lease::Refused(error) => return Err(error),
        };
        let run = tokio::select! {
            biased;
            _ = closing.wait_for(|is_closing| *is_closing) => None,
            run = worker.invoke(work) => Some(run),
        };
        match run {
            Some(run) => {
                // First the worker, then the answer: who calls again at once finds it warm.
                if run.is_reusable {
                    self.give(worker)
                } else {
                    self.lose(worker).await
                }
                Ok(run.outcome)
            }
            None => {
                self.lose(worker).await;
                Err(shutting_down())
            }
        }
    }

    async fn acquire(self: &Arc<Self>, work: &Work) -> Lease {
        let key = Key(Arc::clone(&work.function));
        let (waiter, lease) = oneshot::channel();
        let is_start_needed = {
            let mut groups = self.lock();
            let group = groups.entry(key.clone()).or_default();
            group.is_retired = false;
            while let Some(mut worker) = group.idle.pop() {
                if worker.is_usable(self.host.clock.now_ms()) {
                    group.busy += 1;
                    return Lease::Worker(worker);
                }
                dispose(worker);
            }
            group.waiting.retain(|waiter| !waiter.is_closed());
            if group.waiting.len() >= WAITING_MAX {
                return Lease::Refused(ComputeError::Exhausted);
            }
            group.waiting.push_back(waiter);
            // INVARIANT: at least as many starts as waiters, so that nobody waits for ever.
            let is_start_needed = group.starting < group.waiting.len();
            group.starting += usize::from(is_start_needed);
            is_start_needed
        };
        if is_start_needed {
            let (pool, credentials) = (Arc::clone(self), Arc::clone(&work.credentials));
            tokio::spawn(async move { pool.start(key, &credentials).await });
        }
        lease
            .await
            .unwrap_or_else(|_| Lease::Refused(shutting_down()))
    }

    /// Starts one worker for whoever waits first by then.
    async fn start(self: Arc<Self>, key: Key, credentials: &SessionCredentials) {
        let mut closing = self.is_closing.subscribe();
        let lease = tokio::select! {
            biased;
            _ = closing.wait_for(|is_closing| *is_closing) => Some(Lease::Refused(shutting_down())),
            lease = self.start_if_wanted(&key, credentials) => lease,
        };
        let mut groups = self.lock();
        let group = groups.entry(key).or_default();
        group.starting = group.starting.saturating_sub(1);
        // A start that nobody waits for any more takes its failure with it.
        if let Some(Lease::Worker(worker)) = lease.and_then(|lease| group.hand_over(lease)) {
            self.keep(group, worker);
        }
    }

    /// None when all who waited have been served meanwhile.
    async fn start_if_wanted(&self, key: &Key, credentials: &SessionCredentials) -> Option<Lease> {
        let patience = Duration::from_secs(u64::from(key.0.timeout_s));
        let turn = async { (self.reserve().await, self.starts.acquire().await) };
        let Ok((permit, turn)) = tokio::time::timeout(patience, turn).await else {
            return Some(Lease::Refused(ComputeError::Exhausted));
        };
        let is_wanted = self.lock().get_mut(key).is_some_and(Group::is_waited_for);
        let permit = permit.filter(|_| is_wanted)?;
        let mut starting = Box::pin(worker::start(&self.host, &key.0, credentials, permit));
        // An init that takes long sleeps or waits, and must not hold up the others.
        let started = match tokio::time::timeout(START_TURN_MAX, &mut starting).await {
            Ok(started) => started,
            Err(_) => {
                drop(turn);
                starting.await
            }
        };
        Some(match started {
            Ok(worker) => Lease::Worker(worker),
            Err(StartError::Init(failure)) => Lease::InitFailed(failure),
            Err(StartError::Compute(error)) => {
                tracing::warn!(function = key.0.arn, ?error, "no worker");
                Lease::Refused(error)
            }
        })
    }

    /// The right to one more worker; takes it from an idle one when all are given out.
    async fn reserve(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.capacity).try_acquire_owned() {
            return Some(permit);
        }
        let _starved = Starved::count(&self.starved);
        self.evict();
        Arc::clone(&self.capacity).acquire_owned().await.ok()
    }

    /// Takes a worker back.
    fn give(&self, worker: Box<Worker>) {
        let mut groups = self.lock();
        let group = groups.entry(Key(Arc::clone(worker.spec()))).or_default();
        group.busy = group.busy.saturating_sub(1);
        if let Some(Lease::Worker(worker)) = group.hand_over(Lease::Worker(worker)) {
            self.keep(group, worker);
        }
    }

    fn keep(&self, group: &mut Group, mut worker: Box<Worker>) {
        let is_unwelcome = group.is_retired
            || *self.is_closing.borrow()
            || self.starved.load(Ordering::SeqCst) > 0;
        if is_unwelcome {
            dispose(worker);
        } else {
            worker.rest();
            group.idle.push(worker);
        }
    }

    /// Ends a worker that an invocation has used up.
    async fn lose(&self, worker: Box<Worker>) {
        if let Some(group) = self.lock().get_mut(&Key(Arc::clone(worker.spec()))) {
            group.busy = group.busy.saturating_sub(1);
        }
        worker.end().await;
    }

    /// Ends the worker that has been idle longest.
    fn evict(&self) {
        let mut groups = self.lock();
        // A group's oldest is at the bottom of its stack.
        let oldest = groups
            .values_mut()
            .filter(|group| !group.idle.is_empty())
            .min_by_key(|group| group.idle.first().map(|worker| worker.idle_since()));
        if let Some(group) = oldest {
            dispose(group.idle.remove(0));
        }
    }

    /// Ends workers that have died, or have been idle for long; forgets empty groups.
    fn reap(&self, now: Instant) {
        let now_ms = self.host.clock.now_ms();
        self.lock().retain(|_, group| {
            for mut worker in std::mem::take(&mut group.idle) {
                let is_old = now.saturating_duration_since(worker.idle_since()) >= IDLE_MAX;
                if is_old || !worker.is_usable(now_ms) {
                    dispose(worker);
                } else {
                    group.idle.push(worker);
                }
            }
            !group.is_empty()
        });
    }

    /// Ends idle workers of every revision of the function but `keep`, busy ones when they are
    /// done.
    pub(crate) fn retire(&self, function_arn: &str, keep: Option<&str>) {
        for (key, group) in self.lock().iter_mut() {
            if key.0.arn == function_arn && Some(key.0.revision.as_str()) != keep {
                group.is_retired = true;
                group.idle.drain(..).for_each(dispose);
            }
        }
    }

    /// Ends everything and waits for it.
    pub(crate) async fn shutdown(&self) {
        self.is_closing.send_replace(true);
        for (_, group) in self.lock().drain() {
            group.idle.into_iter().for_each(dispose);
        }
        // Every worker holds a permit until it is gone.
        let all = u32::try_from(self.workers_max).unwrap_or(u32::MAX);
        let _ = self.capacity.acquire_many(all).await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a worker in the background.
fn dispose(worker: Box<Worker>) {
    tokio::spawn(worker.end());
}

/// One more start that waits for room, as long as this lives.
struct Starved<'a>(&'a AtomicUsize);

impl<'a> Starved<'a> {
    fn count(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Starved<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn shutting_down() -> ComputeError {
    ComputeError::Host("Crossway is shutting down".to_owned())
}

fn workers_that_fit() -> usize {
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: u64 = meminfo
        .lines()
        .find_map(|line| {
            line.strip_prefix("MemTotal:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let fit = usize::try_from(kilobytes * 1_024 / WORKER_MEMORY_BYTES).unwrap_or(WORKERS_MAX);
    fit.clamp(WORKERS_MIN, WORKERS_MAX)
}
