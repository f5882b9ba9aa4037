//! Which worker takes which event.
//!
//! Each function version of one revision has a group: idle workers, the one used last on top, and
//! invocations that wait. A waiting invocation takes whichever comes first, a worker that another
//! invocation gives back or a new one. A new one is started at once, unless by experience the wait
//! is shorter than a start; so short invocations in a crowd share few workers, and long ones get
//! one each, as on AWS. Where a function's workers do nothing but compute, more of them than
//! processors stay idle while the queue is short, and those that work get their next event early:
//! `drive` runs the one after the other.

mod attended;
mod debug;
mod drive;
mod group;
mod provisioned;

use crate::host::Host;
use crate::host_memory;
use crate::limits::{
    IDLE_MAX, LOOK_EVERY_MAX, MEMORY_LOOK_EVERY, MEMORY_RELIEF_PARTS, PATIENCE_MAX, REAP_EVERY,
    START_TURN_MAX, WAIT_WORTH, WORKER_MEMORY_BYTES, WORKERS_MAX, WORKERS_MIN,
};
use crate::room::{Room, Slot};
use crate::turns::Starter;
use crate::worker::{self, Reply, StartError, Worker};
use attended::Attended;
use drive::Job;
use group::{Group, Key, Lease, Urgency};
use ports::{ComputeError, Outcome, ResponseSink, SessionCredentials, Work};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

/// All workers of this host.
pub(crate) struct Pool {
    host: Arc<Host>,
    groups: Mutex<HashMap<Key, Group>>,
    /// A place for each worker there may be; a worker holds its own until it is gone.
    room: Room,
    workers_max: usize,
    /// Workers that can compute at the same time.
    cores: usize,
    /// Starts that wait for another function's worker to go.
    starved: AtomicUsize,
    debugged: debug::Sessions,
    is_closing: watch::Sender<bool>,
    /// Where workers are ended, whoever says that they must.
    runtime: Handle,
}

/// Runs one event; a caller who goes away costs no worker. With a sink the answer goes there while
/// it comes.
pub(crate) async fn run(
    pool: &Arc<Pool>,
    work: Work,
    sink: Option<Box<dyn ResponseSink>>,
) -> Result<Outcome, ComputeError> {
    let (reply, answer) = oneshot::channel();
    let reply = Reply::to(reply);
    let serving = Arc::clone(pool);
    let serving = Box::pin(async move { serving.serve(Job { work, sink, reply }).await });
    let attended = Attended::new(serving, answer, pool.runtime.clone());
    attended.await.unwrap_or_else(|| {
        Err(match *pool.is_closing.borrow() {
            true => shutting_down(),
            false => ComputeError::Host("the invocation was lost".to_owned()),
        })
    })
}

impl Pool {
    /// An empty pool.
    pub(crate) fn new(host: Arc<Host>, workers_max: Option<usize>) -> Arc<Self> {
        let workers_max = workers_max.unwrap_or_else(workers_that_fit).max(1);
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let pool = Arc::new(Self {
            host,
            groups: Mutex::default(),
            room: Room::new(workers_max),
            workers_max,
            cores: cores.min(workers_max),
            starved: AtomicUsize::new(0),
            debugged: debug::Sessions::default(),
            is_closing: watch::Sender::new(false),
            runtime: Handle::current(),
        });
        let reaped = Arc::downgrade(&pool);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(REAP_EVERY).await;
                let Some(pool) = reaped.upgrade() else { return };
                pool.reap(Instant::now());
            }
        });
        let relieved = Arc::downgrade(&pool);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(MEMORY_LOOK_EVERY).await;
                let Some(pool) = relieved.upgrade() else {
                    return;
                };
                if host_memory::is_short() {
                    pool.relieve();
                }
            }
        });
        pool
    }

    /// Runs a task in the background.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    /// Workers at most.
    pub(crate) fn workers_max(&self) -> usize {
        self.workers_max
    }

    async fn serve(self: &Arc<Self>, job: Job) {
        let mut closing = self.is_closing.subscribe();
        // Dropped with the pool's closing, the job's answer says so.
        let lease = tokio::select! {
            biased;
            _ = closing.wait_for(|is_closing| *is_closing) => return,
            lease = self.acquire(job) => lease,
        };
        if let Some((worker, job)) = lease {
            self.drive(worker, job, closing).await;
        }
    }

    /// A worker for the job; none when it is answered, or will be, without one.
    async fn acquire(self: &Arc<Self>, job: Job) -> Option<Lease> {
        let key = Key(Arc::clone(&job.work.function));
        let credentials = Arc::clone(&job.work.credentials);
        let (id, mut lease) = {
            let mut groups = self.lock();
            let group = groups.entry(key.clone()).or_default();
            group.is_retired = false;
            if !group.has_enough_busy(self.cores)
                && let Some(worker) = self.take_idle(group)
            {
                return Some((worker, job));
            }
            match group.enqueue(job) {
                Ok(place) => place,
                Err(job) => {
                    job.answer(Err(ComputeError::Exhausted));
                    return None;
                }
            }
        };
        self.wait(&key, &credentials, id, &mut lease).await
    }

    fn take_idle(&self, group: &mut Group) -> Option<Box<Worker>> {
        while let Some(mut worker) = group.pop_idle() {
            if worker.is_usable(self.host.clock.now_ms()) && self.fits(&worker) {
                group.busy += 1;
                return Some(worker);
            }
            self.dispose(worker);
        }
        None
    }

    /// Waits for a worker, and sees to it that one is started if none comes free soon.
    async fn wait(
        self: &Arc<Self>,
        key: &Key,
        credentials: &Arc<SessionCredentials>,
        id: u64,
        lease: &mut oneshot::Receiver<Lease>,
    ) -> Option<Lease> {
        let give_up = Instant::now() + Duration::from_secs(u64::from(key.0.timeout_s));
        let begun = Instant::now();
        let mut patience = self.lock().get(key).map_or(WAIT_WORTH, Group::wait_worth);
        let mut urgency = Urgency::Usual;
        let mut served = None;
        loop {
            {
                let mut groups = self.lock();
                let group = groups.entry(key.clone()).or_default();
                if let Some(before) = served.replace(group.served()) {
                    // On a host with much else to do a queue may be slow and yet move.
                    let is_moving = before != group.served() && begun.elapsed() < PATIENCE_MAX;
                    urgency = match is_moving && group.has_enough_busy(self.cores) {
                        true => Urgency::Usual,
                        false => Urgency::Overdue,
                    };
                }
                if urgency == Urgency::Overdue
                    && group.holds(id)
                    && let Some(worker) = self.take_idle(group)
                {
                    return group.remove(id).map(|waiter| (worker, waiter.job));
                }
                if group.wants_start(urgency, self.cores) && self.may_start(key) {
                    group.starting += 1;
                    let (pool, key) = (Arc::clone(self), key.clone());
                    let credentials = Arc::clone(credentials);
                    self.runtime
                        .spawn(async move { pool.start(key, &credentials, urgency).await });
                }
                // A worker that is in its init may take longer than the function's timeout.
                let is_hopeless = group.booting == 0 && Instant::now() >= give_up;
                let is_hopeless = is_hopeless && self.debugged.of(&key.0).is_none();
                // Who is not in the queue any more is about to be served.
                if is_hopeless && let Some(waiter) = group.remove(id) {
                    waiter.job.answer(Err(ComputeError::Exhausted));
                    return None;
                }
            }
            if let Ok(lease) = tokio::time::timeout(patience, &mut *lease).await {
                return lease.ok();
            }
            patience = (patience * 2).min(LOOK_EVERY_MAX);
        }
    }

    /// Starts one worker for whoever waits first by then.
    async fn start(self: Arc<Self>, key: Key, credentials: &SessionCredentials, urgency: Urgency) {
        let mut closing = self.is_closing.subscribe();
        let started = tokio::select! {
            biased;
            _ = closing.wait_for(|is_closing| *is_closing) => None,
            started = self.start_if_wanted(&key, credentials, urgency) => started,
        };
        let mut groups = self.lock();
        let group = groups.entry(key).or_default();
        group.starting = group.starting.saturating_sub(1);
        let failed = match started {
            None => return,
            Some(Ok(worker)) => {
                return self.take_in(group, worker);
            }
            Some(Err(failed)) => failed,
        };
        // A start that nobody waits for any more takes its failure with it.
        let Some(waiter) = group.pop() else { return };
        drop(groups);
        let told = match failed {
            StartError::Init(failure) => Ok(failure.tell(&waiter.job.work)),
            StartError::Compute(error) => Err(error),
        };
        waiter.job.answer(told);
    }

    /// None when no new worker is needed any more.
    async fn start_if_wanted(
        &self,
        key: &Key,
        credentials: &SessionCredentials,
        urgency: Urgency,
    ) -> Option<Result<Box<Worker>, StartError>> {
        let permit = self.reserve(key, urgency).await?;
        let starter = Starter {
            account: key.0.account.as_str(),
            function: &key.0.arn,
        };
        let turn = self.host.starts.take(starter).await?;
        if !self.is_wanted(key, urgency) {
            return None;
        }
        let seat = self.seat(key)?;
        let _booting = Booting::count(self, key);
        let starting = worker::start(&self.host, &key.0, credentials, permit, seat);
        let mut starting = Box::pin(starting);
        // An init that takes long sleeps or waits, and must not hold up the others.
        let started = match tokio::time::timeout(START_TURN_MAX, &mut starting).await {
            Ok(started) => started,
            Err(_) => {
                drop(turn);
                starting.await
            }
        };
        if let Err(StartError::Compute(error)) = &started {
            tracing::warn!(function = key.0.arn, ?error, "no worker");
        }
        Some(started)
    }

    /// The right to one more worker; takes it from an idle one when all are given out.
    async fn reserve(&self, key: &Key, urgency: Urgency) -> Option<Slot> {
        self.reserve_while(key, || self.is_wanted(key, urgency))
            .await
    }

    /// The same, as long as it is wanted.
    async fn reserve_while(&self, key: &Key, is_wanted: impl Fn() -> bool) -> Option<Slot> {
        let mut place = match self.room.take(key.tenant()) {
            Ok(slot) => return Some(slot),
            Err(place) => place,
        };
        let _starved = Starved::count(self, key);
        loop {
            if self.room.is_short() {
                self.evict();
            }
            match tokio::time::timeout(WAIT_WORTH, &mut place).await {
                Ok(slot) => return slot.ok(),
                Err(_) if is_wanted() => {}
                Err(_) => return None,
            }
        }
    }

    fn is_wanted(&self, key: &Key, urgency: Urgency) -> bool {
        let mut groups = self.lock();
        groups
            .get_mut(key)
            .is_some_and(|group| group.is_waited_for(urgency, self.cores))
    }

    /// Takes a worker back.
    fn give(&self, worker: Box<Worker>, busy_for: Duration) {
        let mut groups = self.lock();
        let group = groups.entry(Key(Arc::clone(worker.spec()))).or_default();
        group.busy = group.busy.saturating_sub(1);
        group.learn(busy_for, worker.computing_share());
        // Only now: a worker that was started for an event has served one at least.
        if worker.is_spendable() && self.room.is_due(worker.slot()) {
            return self.dispose(worker);
        }
        match group.has_enough_busy(self.cores) {
            true => self.keep(group, worker),
            false => self.take_in(group, worker),
        }
    }

    /// Gives a worker to who waits for one, or keeps it.
    fn take_in(&self, group: &mut Group, worker: Box<Worker>) {
        if !self.fits(&worker) {
            return self.dispose(worker);
        }
        if let Some(worker) = group.hand_over(worker) {
            self.keep(group, worker);
        }
    }

    fn keep(&self, group: &mut Group, mut worker: Box<Worker>) {
        let is_unwanted = match worker.is_provisioned() {
            true => worker.is_surplus(),
            false => worker.is_spendable() && self.others_starve(group) && self.room.is_short(),
        };
        let is_unwanted = is_unwanted || !self.fits(&worker);
        if group.is_retired || is_unwanted || *self.is_closing.borrow() {
            self.dispose(worker);
        } else {
            worker.rest();
            group.idle.push(worker);
        }
    }

    /// Whether starts of other functions wait for room.
    fn others_starve(&self, group: &Group) -> bool {
        self.starved.load(Ordering::SeqCst) > group.starved
    }

    /// Ends a worker that an invocation has used up.
    async fn lose(&self, mut worker: Box<Worker>) {
        worker.leave();
        if let Some(group) = self.lock().get_mut(&Key(Arc::clone(worker.spec()))) {
            group.busy = group.busy.saturating_sub(1);
        }
        worker.end().await;
    }

    /// Ends a worker in the background. Its place is free at once: while it ends, it must not be
    /// counted among those that are too many, or another would go in its stead.
    fn dispose(&self, mut worker: Box<Worker>) {
        worker.leave();
        self.runtime.spawn(worker.end());
    }

    /// Memory is short: spare workers go, and a part of the idle ones, until it is not.
    fn relieve(&self) {
        self.host.spares.let_all_go();
        let idle: usize = self.lock().values().map(Group::spendable).sum();
        let gone = idle.div_ceil(MEMORY_RELIEF_PARTS);
        if gone > 0 {
            tracing::info!(gone, idle, "memory is short: ending idle workers");
        }
        (0..gone).for_each(|_| self.evict());
    }

    /// Ends the worker that has been idle longest.
    fn evict(&self) {
        let mut groups = self.lock();
        let oldest = groups
            .values_mut()
            .filter_map(|group| Some((group.oldest_idle()?, group)))
            .min_by_key(|((_, idle_since), _)| *idle_since);
        if let Some(((at, _), group)) = oldest {
            self.dispose(group.idle.remove(at));
        }
    }

    /// Ends workers that have died, or have been idle for long; forgets empty groups.
    fn reap(&self, now: Instant) {
        let now_ms = self.host.clock.now_ms();
        self.lock().retain(|_, group| {
            for mut worker in std::mem::take(&mut group.idle) {
                let is_old = now.saturating_duration_since(worker.idle_since()) >= IDLE_MAX;
                if (is_old && worker.is_spendable()) || !worker.is_usable(now_ms) {
                    self.dispose(worker);
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
                group.idle.drain(..).for_each(|worker| self.dispose(worker));
            }
        }
    }

    /// Ends everything and waits for it.
    pub(crate) async fn shutdown(&self) {
        self.is_closing.send_replace(true);
        for (_, group) in self.lock().drain() {
            group
                .idle
                .into_iter()
                .for_each(|worker| self.dispose(worker));
        }
        // Every worker holds its place until it is gone.
        self.room.emptied().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One more start that waits for room, as long as this lives.
struct Starved<'a>(&'a Pool, &'a Key);

impl<'a> Starved<'a> {
    fn count(pool: &'a Pool, key: &'a Key) -> Self {
        pool.starved.fetch_add(1, Ordering::SeqCst);
        pool.lock().entry(key.clone()).or_default().starved += 1;
        Self(pool, key)
    }
}

impl Drop for Starved<'_> {
    fn drop(&mut self) {
        self.0.starved.fetch_sub(1, Ordering::SeqCst);
        if let Some(group) = self.0.lock().get_mut(self.1) {
            group.starved = group.starved.saturating_sub(1);
        }
    }
}

/// One more worker in its init, as long as this lives.
struct Booting<'a>(&'a Pool, &'a Key);

impl<'a> Booting<'a> {
    fn count(pool: &'a Pool, key: &'a Key) -> Self {
        pool.lock().entry(key.clone()).or_default().booting += 1;
        Self(pool, key)
    }
}

impl Drop for Booting<'_> {
    fn drop(&mut self) {
        if let Some(group) = self.0.lock().get_mut(self.1) {
            group.booting = group.booting.saturating_sub(1);
        }
    }
}

fn shutting_down() -> ComputeError {
    ComputeError::Host("Crossway is shutting down".to_owned())
}

fn workers_that_fit() -> usize {
    let fit = host_memory::total_bytes() / WORKER_MEMORY_BYTES;
    let fit = usize::try_from(fit).unwrap_or(WORKERS_MAX);
    fit.clamp(WORKERS_MIN, WORKERS_MAX)
}
