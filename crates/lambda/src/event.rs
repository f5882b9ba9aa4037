//! Asynchronous invocations: accepted, kept, run later, tried again.
//!
//! INVARIANT: an event that was answered with 202 is in the store until it is done, so that it
//! outlives the process. It may then run twice, as AWS's may.

use crate::Lambda;
use crate::destination::{self, Condition, Done};
use crate::error::LambdaError;
use crate::invoke::{self, Job};
use crate::limits;
use crate::live::{LiveFunction, LiveVersion};
use crate::name::FunctionName;
use crate::record::{EVENTS, EventConfigRecord, EventRecord};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ports::Outcome;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use store::StoreError;
use tokio::sync::Semaphore;

/// The events of this process.
#[derive(Debug)]
pub struct Queue {
    pending: AtomicUsize,
    running: Semaphore,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            pending: AtomicUsize::new(0),
            running: Semaphore::new(limits::EVENTS_RUNNING_MAX),
        }
    }
}

impl Queue {
    fn enter(&self) -> Result<(), LambdaError> {
        self.pending
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
                (now < limits::EVENTS_PENDING_MAX).then_some(now + 1)
            })
            .map(|_| ())
            .map_err(|_| LambdaError::Throttled("FunctionInvocationRateLimitExceeded"))
    }

    fn leave(&self) {
        self.pending.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Keeps an event and starts it. When this returns, the event is not lost any more.
///
/// # Errors
/// When too many events wait, or the store fails.
pub async fn accept(lambda: &Lambda, job: Job) -> Result<(), LambdaError> {
    let Some(me) = lambda.me.upgrade() else {
        return Err(LambdaError::Host("lambda is being shut down".to_owned()));
    };
    let now_ms = lambda.clock.now_ms();
    let record = EventRecord {
        function_arn: job.invoked_arn,
        payload: String::from_utf8_lossy(&job.payload).into_owned(),
        client_context: job.client_context.map(|text| STANDARD.encode(text)),
        trace_id: job.trace_id,
        accepted_ms: now_ms,
        not_before_ms: now_ms,
        failures: 0,
        runs: 0,
        hops: job.hops,
    };
    lambda.events.enter()?;
    let id = job.request_id;
    // A task of its own: what is stored is also run, though the client may hang up in between.
    let stored = tokio::spawn(async move {
        if let Err(error) = put(&me, &id, &record).await {
            me.events.leave();
            return Err(error);
        }
        start(me, id, record);
        Ok(())
    });
    match stored.await {
        Ok(stored) => Ok(stored?),
        Err(error) => Err(LambdaError::Host(format!("an event was lost: {error}"))),
    }
}

/// Takes up the events that an earlier process accepted.
///
/// # Errors
/// When the store fails.
pub async fn take_up(lambda: &Arc<Lambda>) -> Result<(), StoreError> {
    let mut after: Option<String> = None;
    loop {
        let page = lambda
            .store
            .scan(&EVENTS, "", after.as_deref(), limits::SCAN_ITEMS)
            .await?;
        let is_last = page.len() < limits::SCAN_ITEMS;
        after = page.last().map(|(key, _)| key.clone());
        for (id, record) in page {
            // They were within the bound when they were accepted.
            lambda.events.pending.fetch_add(1, Ordering::AcqRel);
            start(Arc::clone(lambda), id, record);
        }
        if is_last {
            return Ok(());
        }
    }
}

fn start(lambda: Arc<Lambda>, id: String, record: EventRecord) {
    tokio::spawn(async move {
        if let Err(error) = work_off(&lambda, &id, record).await {
            tracing::error!(%id, error = &error as &dyn std::error::Error, "an event is stuck");
        }
        lambda.events.leave();
    });
}

/// Runs an event until it succeeds or is given up.
async fn work_off(lambda: &Lambda, id: &str, mut record: EventRecord) -> Result<(), StoreError> {
    let Some(name) = FunctionName::from_arn(&record.function_arn) else {
        return remove(lambda, id).await;
    };
    let mut backoff_ms = limits::EVENT_BACKOFF_MS_MIN;
    loop {
        let wait_ms = record.not_before_ms - lambda.clock.now_ms();
        if let Ok(wait_ms) = u64::try_from(wait_ms) {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        }
        let turn = lambda.events.running.acquire().await;
        // Whoever emptied the store meanwhile wants no more of it.
        if lambda.store.get(&EVENTS, id).await?.is_none() {
            return Ok(());
        }
        let step = attempt(lambda, &name, id, &record).await;
        drop(turn);
        let end = match &step {
            Step::Gone => return remove(lambda, id).await,
            Step::Ran { outcome, .. } if outcome.error.is_none() => {
                record.runs += 1;
                Some(Condition::Success)
            }
            Step::Ran { function, .. } => {
                record.runs += 1;
                retry(lambda, function.event_config(&name), &mut record)
            }
            Step::Later { function, error } => {
                let config = function.as_ref().and_then(|one| one.event_config(&name));
                let end = postpone(lambda, config, &mut record, backoff_ms);
                backoff_ms = (backoff_ms * 2).min(limits::EVENT_BACKOFF_MS_MAX);
                tracing::debug!(%id, %error, "an event could not run");
                end
            }
        };
        if let Some(condition) = end {
            tracing::debug!(%id, function = record.function_arn, ?condition, "an event is done");
            tell(lambda, &name, id, &record, &step, condition).await;
            return remove(lambda, id).await;
        }
        put(lambda, id, &record).await?;
    }
}

/// After a failure of the function: when it is tried again, or why it is not.
fn retry(
    lambda: &Lambda,
    config: Option<&EventConfigRecord>,
    record: &mut EventRecord,
) -> Option<Condition> {
    let retries_max = config
        .and_then(|config| config.retries)
        .unwrap_or(limits::EVENT_RETRIES_MAX);
    let wait_ms = usize::try_from(record.failures)
        .ok()
        .and_then(|failures| limits::EVENT_RETRY_WAITS_MS.get(failures));
    record.failures += 1;
    match wait_ms {
        Some(wait_ms) if record.failures <= retries_max => {
            postpone(lambda, config, record, *wait_ms)
        }
        _ => Some(Condition::RetriesExhausted),
    }
}

/// Lets the event wait, unless it would be too old then.
fn postpone(
    lambda: &Lambda,
    config: Option<&EventConfigRecord>,
    record: &mut EventRecord,
    wait_ms: i64,
) -> Option<Condition> {
    let age_ms_max = config
        .and_then(|config| config.age_s)
        .map_or(limits::EVENT_AGE_MS_MAX, |age_s| i64::from(age_s) * 1_000);
    let not_before_ms = lambda.clock.now_ms() + wait_ms;
    if not_before_ms - record.accepted_ms > age_ms_max {
        return Some(Condition::EventAgeExceeded);
    }
    record.not_before_ms = not_before_ms;
    None
}

async fn tell(
    lambda: &Lambda,
    name: &FunctionName,
    id: &str,
    record: &EventRecord,
    step: &Step,
    condition: Condition,
) {
    let (function, ran) = match step {
        Step::Ran {
            function,
            version,
            outcome,
        } => (function, Some((version.as_ref(), outcome))),
        Step::Later {
            function: Some(function),
            ..
        } => (function, None),
        _ => return,
    };
    let done = Done {
        id,
        record,
        name,
        function,
        condition,
        ran,
        runs: record.runs,
    };
    destination::tell(lambda, done).await;
}

/// What one attempt led to.
enum Step {
    /// There is nothing to run any more.
    Gone,
    /// It ran.
    Ran {
        function: Arc<LiveFunction>,
        version: Arc<LiveVersion>,
        outcome: Outcome,
    },
    /// It could not run; the function has no part in it.
    Later {
        function: Option<Arc<LiveFunction>>,
        error: LambdaError,
    },
}

async fn attempt(lambda: &Lambda, name: &FunctionName, id: &str, record: &EventRecord) -> Step {
    let function = match lambda.function(name).await {
        Ok(Some(function)) => function,
        Ok(None) => return Step::Gone,
        Err(error) => {
            return Step::Later {
                function: None,
                error,
            };
        }
    };
    let Some(version) = function.version(name, || invoke::dice(lambda)) else {
        return Step::Gone;
    };
    let client_context = record
        .client_context
        .as_deref()
        .and_then(|encoded| crate::payload::client_context(encoded).ok());
    let job = Job {
        request_id: id.to_owned(),
        invoked_arn: record.function_arn.clone(),
        payload: Bytes::from(record.payload.clone()),
        trace_id: record.trace_id.clone(),
        client_context,
        wants_log_tail: false,
        hops: record.hops,
    };
    match invoke::run(lambda, &function, &version, job).await {
        Ok(outcome) => Step::Ran {
            function,
            version,
            outcome,
        },
        Err(error) => Step::Later {
            function: Some(function),
            error,
        },
    }
}

async fn put(lambda: &Lambda, id: &str, record: &EventRecord) -> Result<(), StoreError> {
    let mut tx = lambda.store.begin().await;
    tx.put(&EVENTS, id, record)?;
    tx.commit().await
}

async fn remove(lambda: &Lambda, id: &str) -> Result<(), StoreError> {
    let mut tx = lambda.store.begin().await;
    tx.delete(&EVENTS, id);
    tx.commit().await
}
