//! Asynchronous invocations: accepted, kept, run later, tried again.
//!
//! INVARIANT: an event that was answered with 202 is in the store until it is done, so that it
//! outlives the process. It may then run twice, as AWS's may.

use crate::Lambda;
use crate::error::LambdaError;
use crate::invoke::{self, Job};
use crate::limits;
use crate::name::FunctionName;
use crate::record::{EVENTS, EventRecord};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
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
        let step = attempt(lambda, id, &record).await;
        drop(turn);
        let now_ms = lambda.clock.now_ms();
        match step {
            Step::Done => return remove(lambda, id).await,
            Step::Failed => {
                let wait = usize::try_from(record.failures)
                    .ok()
                    .and_then(|failures| limits::EVENT_RETRY_WAITS_MS.get(failures));
                record.failures += 1;
                let (Some(wait_ms), true) = (wait, record.failures <= limits::EVENT_RETRIES_MAX)
                else {
                    tracing::info!(%id, function = record.function_arn, "event given up");
                    return remove(lambda, id).await;
                };
                record.not_before_ms = now_ms + wait_ms;
            }
            Step::Later(error) => {
                if now_ms - record.accepted_ms > limits::EVENT_AGE_MS_MAX {
                    tracing::info!(%id, %error, function = record.function_arn, "event too old");
                    return remove(lambda, id).await;
                }
                record.not_before_ms = now_ms + backoff_ms;
                backoff_ms = (backoff_ms * 2).min(limits::EVENT_BACKOFF_MS_MAX);
            }
        }
        put(lambda, id, &record).await?;
    }
}

/// What one attempt led to.
enum Step {
    /// It ran, or there is nothing to run.
    Done,
    /// The function failed.
    Failed,
    /// It could not run; the function has no part in it.
    Later(LambdaError),
}

async fn attempt(lambda: &Lambda, id: &str, record: &EventRecord) -> Step {
    let Some(name) = FunctionName::from_arn(&record.function_arn) else {
        return Step::Done;
    };
    let function = match lambda.function(&name).await {
        Ok(Some(function)) => function,
        Ok(None) => return Step::Done,
        Err(error) => return Step::Later(error),
    };
    let Some(version) = function.version(&name, || invoke::dice(lambda)) else {
        return Step::Done;
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
    };
    match invoke::run(lambda, &function, &version, job).await {
        Ok(outcome) if outcome.error.is_none() => Step::Done,
        Ok(_) => Step::Failed,
        Err(error) => Step::Later(error),
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
