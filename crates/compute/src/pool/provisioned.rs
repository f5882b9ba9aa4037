//! Provisioned concurrency: workers that are up before anybody calls.
//!
//! Each function version that has some has a keeper, a task that starts those that are missing,
//! whatever became of them, and ends those that are too many. Such a worker is like every other,
//! but is taken first and never ended for being idle, for others' sake or for want of memory.

use super::Pool;
use super::group::Key;
use crate::limits::{
    PROVISIONED_LOOK_EVERY, PROVISIONED_RETRY_AFTER, PROVISIONED_STARTS_FAILED_MAX, START_TURN_MAX,
    UNPROVISIONED_PARTS,
};
use crate::provisioned::{Place, Places};
use crate::turns::Starter;
use crate::worker::{self, StartError};
use ports::{ComputeError, FunctionSpec, Provision, Provisioned, SessionCredentials};
use std::sync::{Arc, Weak};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// AWS's `StatusReason` of a version whose init fails.
// UNVERIFIED: AWS's words for the other reasons; a role that may not be assumed would settle one.
const INIT_FAILURE: &str = "FUNCTION_ERROR_INIT_FAILURE";

/// What the pool holds of one keeper; dropped, the keeper ends.
pub(super) struct Keeper {
    places: Arc<Places>,
    credentials: watch::Sender<Arc<SessionCredentials>>,
}

impl Pool {
    /// Keeps so many workers up, or as many of them as this host has room for.
    pub(crate) fn provision(self: &Arc<Self>, provision: Provision) {
        let key = Key(Arc::clone(&provision.function));
        let mut groups = self.lock();
        let others = groups.iter().filter(|(other, _)| **other != key);
        let others = others.filter_map(|(_, group)| group.keeper.as_ref());
        let others: u32 = others.map(|keeper| keeper.places.wanted()).sum();
        let most = self.provisioned_max();
        let wanted = provision.executions.min(most.saturating_sub(others));
        let group = groups.entry(key.clone()).or_default();
        let keeper = group
            .keeper
            .get_or_insert_with(|| self.keeper(&key, &provision));
        keeper
            .credentials
            .send_replace(Arc::clone(&provision.credentials));
        if wanted < provision.executions {
            keeper.places.set_failure(Some(format!(
                "this host keeps {most} workers up at most, and has room for {wanted} of these"
            )));
        } else if keeper.places.wanted() != wanted {
            keeper.places.set_failure(None);
        }
        keeper.places.want(wanted);
    }

    /// Keeps none of them up any more.
    pub(crate) fn unprovision(&self, function: &FunctionSpec) {
        let key = Key(Arc::new(function.clone()));
        let mut groups = self.lock();
        let Some(group) = groups.get_mut(&key) else {
            return;
        };
        if let Some(keeper) = group.keeper.take() {
            keeper.places.want(0);
            group.drop_surplus(|worker| self.dispose(worker));
        }
    }

    /// How many are up, and why not all.
    pub(crate) fn provisioned(&self, function: &FunctionSpec) -> Provisioned {
        let key = Key(Arc::new(function.clone()));
        let groups = self.lock();
        let keeper = groups.get(&key).and_then(|group| group.keeper.as_ref());
        keeper.map_or_else(Provisioned::default, |keeper| Provisioned {
            ready: keeper.places.ready(),
            failure: keeper.places.failure(),
        })
    }

    /// How many workers of all functions may be kept up.
    fn provisioned_max(&self) -> u32 {
        let left = self.workers_max.div_ceil(UNPROVISIONED_PARTS);
        u32::try_from(self.workers_max.saturating_sub(left)).unwrap_or(u32::MAX)
    }

    fn keeper(self: &Arc<Self>, key: &Key, provision: &Provision) -> Keeper {
        let places = Arc::new(Places::default());
        let (credentials, renewed) = watch::channel(Arc::clone(&provision.credentials));
        let keeping = Keeping {
            pool: Arc::downgrade(self),
            key: key.clone(),
            places: Arc::clone(&places),
            credentials: renewed,
            starts: JoinSet::new(),
            failed: 0,
            retry_at: None,
        };
        self.runtime.spawn(keeping.run());
        Keeper {
            places,
            credentials,
        }
    }

    /// Ends idle workers that died, cannot serve another event, or are too many.
    fn look_after(&self, key: &Key) {
        let now_ms = self.host.clock.now_ms();
        let mut groups = self.lock();
        let Some(group) = groups.get_mut(key) else {
            return;
        };
        group.drop_surplus(|worker| self.dispose(worker));
        for mut worker in std::mem::take(&mut group.idle) {
            if worker.is_provisioned() && !worker.is_usable(now_ms) {
                self.dispose(worker);
            } else {
                group.idle.push(worker);
            }
        }
    }

    /// Starts one worker for its place.
    async fn start_provisioned(
        self: Arc<Self>,
        key: Key,
        credentials: Arc<SessionCredentials>,
        mut place: Place,
    ) -> Result<(), String> {
        let permit = self.reserve_while(&key, || true).await;
        let permit = permit.ok_or("this host is shutting down")?;
        let starter = Starter {
            account: key.0.account.as_str(),
            function: &key.0.arn,
        };
        let turn = self.host.starts.take(starter).await;
        let starting = worker::start_provisioned(&self.host, &key.0, &credentials, permit);
        let mut starting = Box::pin(starting);
        // As for other starts: a long init must not hold up the others.
        let started = match tokio::time::timeout(START_TURN_MAX, &mut starting).await {
            Ok(started) => started,
            Err(_) => {
                drop(turn);
                starting.await
            }
        };
        let mut worker = started.map_err(reason)?;
        // Under the lock, so that who sees that it is up can have it.
        let mut groups = self.lock();
        place.settle();
        worker.take_place(place);
        let group = groups.entry(key.clone()).or_default();
        if let Some(worker) = group.hand_over(worker) {
            self.keep(group, worker);
        }
        Ok(())
    }
}

fn reason(error: StartError) -> String {
    match error {
        StartError::Init(_) => INIT_FAILURE.to_owned(),
        StartError::Compute(
            ComputeError::RuntimeUnavailable(text)
            | ComputeError::Code(text)
            | ComputeError::Host(text),
        ) => text,
        StartError::Compute(ComputeError::Exhausted) => "this host has no room".to_owned(),
    }
}

/// A keeper at work.
struct Keeping {
    pool: Weak<Pool>,
    key: Key,
    places: Arc<Places>,
    credentials: watch::Receiver<Arc<SessionCredentials>>,
    /// Ended with it.
    starts: JoinSet<Result<(), String>>,
    /// Starts that failed, one after the other.
    failed: u32,
    /// Nothing is started before.
    retry_at: Option<Instant>,
}

impl Keeping {
    /// Until the pool lets go of its [`Keeper`].
    async fn run(mut self) {
        let Some(pool) = self.pool.upgrade() else {
            return;
        };
        let mut closing = pool.is_closing.subscribe();
        drop(pool);
        loop {
            {
                let Some(pool) = self.pool.upgrade() else {
                    return;
                };
                pool.look_after(&self.key);
                self.start_missing(&pool);
            }
            tokio::select! {
                biased;
                _ = closing.wait_for(|is_closing| *is_closing) => return,
                renewed = self.credentials.changed() => if renewed.is_err() { return },
                Some(done) = self.starts.join_next() => self.learn(done.unwrap_or_else(|error| Err(error.to_string()))),
                () = self.places.changed() => {}
                () = tokio::time::sleep(PROVISIONED_LOOK_EVERY) => {}
            }
        }
    }

    fn start_missing(&mut self, pool: &Arc<Pool>) {
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            return;
        }
        // One by one until one has come up: what cannot start is not tried many times at once.
        // And none beside the one that is debugged.
        let is_debugged = pool.debugged.of(&self.key.0).is_some();
        while !is_debugged && (self.failed == 0 || self.starts.is_empty()) {
            let Some(place) = Place::take(&self.places) else {
                return;
            };
            let credentials = Arc::clone(&self.credentials.borrow());
            let pool = Arc::clone(pool);
            self.starts
                .spawn(pool.start_provisioned(self.key.clone(), credentials, place));
        }
    }

    fn learn(&mut self, started: Result<(), String>) {
        let Err(reason) = started else {
            if self.failed > 0 {
                self.places.set_failure(None);
            }
            (self.failed, self.retry_at) = (0, None);
            return;
        };
        self.failed = self.failed.saturating_add(1);
        tracing::warn!(function = self.key.0.arn, version = self.key.0.version, %reason, "a provisioned worker does not start");
        if self.failed >= PROVISIONED_STARTS_FAILED_MAX {
            self.places.set_failure(Some(reason));
            self.retry_at = Some(Instant::now() + PROVISIONED_RETRY_AFTER);
        }
    }
}
