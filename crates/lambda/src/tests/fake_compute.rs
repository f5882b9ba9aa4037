//! Runs no code.

use bytes::Bytes;
use ports::{Compute, ComputeError, FunctionError, FunctionSpec, Outcome, ResponseSink, Work};
use ports::{Provision, Provisioned};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use stdx::BoxFuture;
use tokio::sync::Semaphore;

/// Answers every event with itself; can be told to fail or to wait.
pub struct FakeCompute {
    pub seen: Mutex<Vec<Work>>,
    pub fails: AtomicU32,
    pub hold: Semaphore,
    pub is_held: std::sync::atomic::AtomicBool,
    pub retired: Mutex<Vec<(String, Option<String>)>>,
    /// Workers that are kept up, by `{name}:{version}`.
    pub provisioned: Mutex<BTreeMap<String, u32>>,
    /// Of these, so many come up at most.
    pub ready_max: AtomicU32,
}

fn place(function: &FunctionSpec) -> String {
    format!("{}:{}", function.name, function.version)
}

impl Compute for FakeCompute {
    fn run(&self, work: Work) -> BoxFuture<'_, Result<Outcome, ComputeError>> {
        Box::pin(async move {
            self.seen.lock().unwrap().push(work.clone());
            if self.is_held.load(Ordering::SeqCst) {
                self.hold.acquire().await.unwrap().forget();
            }
            if work.function.runtime == "ruby3.2" {
                return Err(ComputeError::RuntimeUnavailable("install ruby".into()));
            }
            let fails = self
                .fails
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            Ok(Outcome {
                payload: work.payload,
                error: fails.is_ok().then_some(FunctionError::Unhandled),
                log_tail: Bytes::from_static(b"START"),
            })
        })
    }

    fn stream(
        &self,
        work: Work,
        mut sink: Box<dyn ResponseSink>,
    ) -> BoxFuture<'_, Result<Outcome, ComputeError>> {
        Box::pin(async move {
            let mut outcome = self.run(work).await?;
            if outcome.error.is_none() {
                sink.begin(None);
                sink.put(std::mem::take(&mut outcome.payload)).await;
            }
            Ok(outcome)
        })
    }

    fn provision(&self, provision: Provision) {
        let mut all = self.provisioned.lock().unwrap();
        all.insert(place(&provision.function), provision.executions);
    }

    fn unprovision(&self, function: &FunctionSpec) {
        self.provisioned.lock().unwrap().remove(&place(function));
    }

    fn provisioned(&self, function: &FunctionSpec) -> Provisioned {
        let all = self.provisioned.lock().unwrap();
        let wanted = all.get(&place(function)).copied().unwrap_or(0);
        let most = self.ready_max.load(Ordering::SeqCst);
        Provisioned {
            ready: wanted.min(most),
            failure: (wanted > most).then(|| "FUNCTION_ERROR_INIT_FAILURE".to_owned()),
        }
    }

    fn retire(&self, function_arn: &str, keep: Option<&str>) {
        let entry = (function_arn.to_owned(), keep.map(str::to_owned));
        self.retired.lock().unwrap().push(entry);
    }

    fn check_runtime(&self, runtime: &str) -> Result<String, ComputeError> {
        Ok(runtime.to_owned())
    }
}
