//! What extensions add to a worker's life: more to wait for, and an end that is told ahead.

use super::plan::Plan;
use super::{Happening, Worker};
use crate::extension::{Extensions, Happened, Reason, Told};
use crate::failure::Failure;
use crate::limits::{
    DEBUG_TOLD_LIMIT, EXTENSIONS_MAX, SHUTDOWN_EXTERNAL, SHUTDOWN_INTERNAL, SHUTDOWN_RUNTIME,
};
use crate::log::Journal;
use bytes::Bytes;
use ports::Work;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// What came of the handler.
type Answer = Result<Bytes, Failure>;

/// Waits for what extensions do; for ever where there are none.
pub(super) async fn happens(extensions: &mut Option<Extensions>) -> Happened {
    match extensions {
        Some(extensions) => extensions.happens().await,
        None => std::future::pending().await,
    }
}

impl Worker {
    /// The runtime has asked for its first event: no extension registers any more. Waits until all
    /// that did have asked for theirs.
    pub(super) async fn finish_init(&mut self, timer: Pin<&mut Sleep>) -> Result<(), Failure> {
        let Some(extensions) = &self.extensions else {
            return Ok(());
        };
        if extensions.hub.close() == 0 {
            self.extensions = None;
            return Ok(());
        }
        self.journal.put_init_runtime_done(None);
        self.await_extensions(timer).await
    }

    /// Waits until all extensions have asked for their next event.
    pub(super) async fn await_extensions(
        &mut self,
        mut timer: Pin<&mut Sleep>,
    ) -> Result<(), Failure> {
        loop {
            let Some(extensions) = &self.extensions else {
                return Ok(());
            };
            if let Some(failure) = extensions.failure() {
                return Err(failure);
            }
            if extensions.hub.is_ready() {
                return Ok(());
            }
            match self.next(timer.as_mut()).await {
                Happening::Extension | Happening::Step(_) => {}
                Happening::Exited(status) => return Err(Failure::Exited(status)),
                Happening::Deadline => return Err(Failure::TimedOut(self.spec.timeout_s)),
            }
        }
    }

    /// Gives an invocation to the extensions that want it.
    pub(super) fn tell_invocation(&self, work: &Work, limit: Duration) {
        if let Some(extensions) = &self.extensions {
            let limit_ms = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX);
            let deadline_ms = self.journal.now_ms().saturating_add(limit_ms);
            extensions.hub.invoke(work, deadline_ms);
        }
    }

    /// The runtime is done: waits for the extensions, as long as the function may take in all.
    pub(super) async fn finish_extensions(&mut self, deadline: Instant) -> Option<Failure> {
        let until = match self.seat {
            None => deadline,
            // While it is debugged, time stands still.
            Some(_) => Instant::now() + DEBUG_TOLD_LIMIT,
        };
        let timer = std::pin::pin!(tokio::time::sleep_until(until));
        let failure = self.await_extensions(timer).await.err()?;
        self.reason = reason(&failure);
        Some(failure)
    }

    /// In the init: lets the runtime begin once all programs have registered, unless something has
    /// gone wrong with one of them.
    pub(super) fn see_to_extensions(&mut self) -> Result<(), Failure> {
        if let Some(extensions) = &mut self.extensions {
            extensions.begin_if_registered();
        }
        self.extensions_failure().map_or(Ok(()), Err)
    }

    /// What has become of an extension, that makes this invocation fail.
    pub(super) fn extensions_failure(&self) -> Option<Failure> {
        self.extensions.as_ref().and_then(Extensions::failure)
    }

    /// The init is over: the log tells of each extension, whatever came of it.
    pub(super) fn tell_init_over(&mut self, duration: Duration, failure: Option<&Failure>) {
        let Some(extensions) = &mut self.extensions else {
            return;
        };
        extensions.drain(&mut self.journal);
        for (name, types) in extensions.hub.take_subscribed() {
            self.journal.tell_subscription(&name, &types);
        }
        let status = failure.map(Failure::status);
        if status.is_some() {
            self.journal.put_init_runtime_done(status);
        }
        for told in extensions.hub.told() {
            self.journal.tell_extension(&told);
        }
        self.journal.put_init_report(duration, status);
        if let Some(telemetry) = extensions.hub.telemetry() {
            telemetry.close();
        }
    }

    /// The runtime has done its part of an invocation: extensions may wait to be told so.
    pub(super) fn put_runtime_done(&mut self, work: &Work, duration: Duration, answer: &Answer) {
        if self.extensions.is_some() {
            // What it has printed comes first.
            self.capture.drain(&mut self.journal);
            let bytes = answer.as_ref().map_or(0, Bytes::len);
            let status = answer.as_ref().err().map(Failure::status);
            let measured = (duration, bytes);
            self.journal
                .put_runtime_done(&work.request_id, measured, status);
        }
    }

    /// The end of a worker with extensions: the runtime is asked to go, then those that want to know
    /// are told, and all get AWS's time. What is left then is killed by whoever ends the process.
    pub(super) async fn wind_down(&mut self, reason: Reason) {
        let Some(extensions) = &self.extensions else {
            return;
        };
        let hub = std::sync::Arc::clone(&extensions.hub);
        let (has_programs, has_internal) = (extensions.has_programs(), hub.has_internal());
        // The runtime may not have begun yet.
        let is_begun = hub.is_registered();
        let hurry = || hub.telemetry().map(|telemetry| telemetry.hurry());
        self.process.set_idle(false);
        hurry();
        let begun = Instant::now();
        let runtime_share = match has_internal {
            true => SHUTDOWN_INTERNAL,
            false => SHUTDOWN_RUNTIME,
        };
        if is_begun && self.exit.is_none() {
            self.process.terminate();
            self.wait_down(begun + runtime_share, |worker| worker.exit.is_some())
                .await;
        }
        if !has_programs {
            return;
        }
        hurry();
        let whole = i64::try_from(SHUTDOWN_EXTERNAL.as_millis()).unwrap_or_default();
        let spent = i64::try_from(begun.elapsed().as_millis()).unwrap_or_default();
        let deadline_ms = self.journal.now_ms().saturating_add(whole - spent);
        hub.shut_down(reason, deadline_ms);
        let is_over = |worker: &Self| {
            let extensions = worker.extensions.as_ref();
            !extensions.is_some_and(Extensions::are_leaving)
        };
        self.wait_down(begun + SHUTDOWN_EXTERNAL, is_over).await;
        if let Some(extensions) = &mut self.extensions {
            extensions.drain(&mut self.journal);
        }
    }

    async fn wait_down(&mut self, until: Instant, is_over: impl Fn(&Self) -> bool) {
        let mut timer = std::pin::pin!(tokio::time::sleep_until(until));
        while !is_over(self) {
            let happened = match self.exit {
                None => self.next(timer.as_mut()).await,
                // The runtime has gone, and everything that is waited for with it.
                Some(_) => self.next_of_extensions(timer.as_mut()).await,
            };
            match happened {
                Happening::Deadline => return,
                Happening::Extension | Happening::Step(_) | Happening::Exited(_) => {}
            }
        }
    }

    async fn next_of_extensions(&mut self, timer: Pin<&mut Sleep>) -> Happening {
        tokio::select! {
            biased;
            () = timer => Happening::Deadline,
            happened = happens(&mut self.extensions) => {
                self.note_extensions(&happened);
                Happening::Extension
            }
            // With the guardian all are gone.
            _ = self.process.exited() => Happening::Deadline,
        }
    }

    /// Takes what extensions have printed, and the function's end.
    pub(super) fn note_extensions(&mut self, happened: &Happened) {
        match happened {
            Happened::Something => {}
            Happened::Printed => {
                if let Some(extensions) = &mut self.extensions {
                    extensions.take_printed(&mut self.journal);
                }
            }
            Happened::FunctionEnded(status) => {
                self.link.drain();
                self.exit = Some(*status);
            }
        }
    }
}

/// With more programs than a function may have nothing is started.
pub(super) fn check(plan: &Plan<'_>, journal: &mut Journal) -> Result<(), Failure> {
    let programs = plan.programs();
    if programs.len() <= EXTENSIONS_MAX {
        return Ok(());
    }
    for (number, program) in programs.into_iter().enumerate() {
        let is_over = number >= EXTENSIONS_MAX;
        journal.tell_extension(&Told {
            name: program.name,
            state: if is_over { "LaunchError" } else { "Started" },
            events: Vec::new(),
            error_type: is_over.then(|| "TooManyExtensions".to_owned()),
        });
    }
    Err(Failure::Extension {
        kind: "Extension.LaunchError",
        text: "ErrTooManyExtensions".to_owned(),
    })
}

/// How an invocation's end is told to extensions, when its worker ends with it.
pub(super) fn reason(failure: &Failure) -> Reason {
    match failure {
        Failure::TimedOut(_) => Reason::Timeout,
        _ => Reason::Failure,
    }
}
