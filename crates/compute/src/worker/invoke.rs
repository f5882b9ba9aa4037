//! One event, from START to REPORT.

use super::response::Response;
use super::{Happening, InitFailure, Reply, Worker, extended};
use crate::debugging::Patience;
use crate::failure::Failure;
use crate::limits::DEBUG_TOLD_LIMIT;
use crate::log::{Journal, lines};
use crate::runtime_api::Step;
use crate::runtime_api::answer::EventHead;
use bytes::Bytes;
use ports::{FunctionError, Outcome, ResponseSink, Work};
use std::process::ExitStatus;
use std::time::Duration;
use tokio::time::Instant;

/// What came of an invocation.
pub(crate) struct Run {
    pub(crate) outcome: Outcome,
    /// Whether the worker waits for another event.
    pub(crate) is_reusable: bool,
    /// For how long the worker had the event. Without the time that an event or an answer lies in
    /// a socket because the server is busy: another worker would not make that any shorter.
    pub(crate) busy_for: Duration,
}

/// How the handler's part ended.
struct Ending {
    answer: Result<Bytes, Failure>,
    is_ready: bool,
    exit: Option<ExitStatus>,
}

impl Worker {
    /// Hands over the event and waits for the answer, the end of the process or of time. With a
    /// sink the answer goes there while it comes.
    ///
    /// `next` is handed over too, for the worker to begin with as soon as it has answered; it is to
    /// be invoked next, or never was begun when this worker is not reusable.
    ///
    /// Where there are extensions, `reply` has the outcome before they are done.
    pub(crate) async fn invoke(
        &mut self,
        work: &Work,
        sink: Option<Box<dyn ResponseSink>>,
        next: Option<&Work>,
        reply: &mut Reply,
    ) -> Run {
        self.process.set_idle(false);
        self.journal.begin_tail(work.wants_log_tail);
        if let Some(init) = self.init {
            self.journal.tell_init_done(init);
        }
        self.journal.put_start(&work.request_id, &work.trace_id);
        self.journal.tell_start(&work.request_id);
        self.capture.release(&mut self.journal);
        let limit = Duration::from_secs(u64::from(self.spec.timeout_s));
        let limit = limit.saturating_sub(std::mem::take(&mut self.spent));
        let started = Instant::now();
        let mut response = Response::to(sink);
        let mut ending = self
            .run_handler((work, next), &mut response, started + limit, limit)
            .await;
        self.put_runtime_done(work, started.elapsed(), &ending.answer);
        let is_extended = self.extensions.is_some();
        let mut late = None;
        if is_extended && ending.is_ready {
            if !work.wants_log_tail {
                reply.give(Ok(outcome(&ending.answer, work, Bytes::new())));
            }
            late = self.finish_extensions(started + limit).await;
            ending.is_ready = late.is_none();
        }
        let duration = match self.seat {
            None => started.elapsed().min(limit),
            Some(_) => started.elapsed(),
        };
        let busy_for = self.took.take().unwrap_or(duration).min(duration);
        let mut megabytes = self.memory.megabytes(self.process.pid(), busy_for);
        if ending.exit.is_some() && self.process.ran_out_of_memory() {
            // Between two readings it has grown to all that it may have.
            megabytes = u64::from(self.spec.memory_mb);
        }
        self.capture.drain(&mut self.journal);
        if let (Err(Failure::Reported { .. }), Some(status)) = (&ending.answer, ending.exit) {
            // It reported an error and then ended all the same.
            let line = Failure::Exited(status).log_line(&work.request_id, "");
            self.journal.tell_failure(line);
        }
        let closing = Closing {
            duration,
            init: self.init.take(),
            megabytes,
        };
        let outcome = close(&mut self.journal, work, (ending.answer, late), closing);
        if is_extended {
            // Whoever waits does not wait for the end of extensions, too.
            reply.give(Ok(outcome.clone()));
        }
        Run {
            outcome,
            is_reusable: ending.is_ready,
            busy_for,
        }
    }

    async fn run_handler(
        &mut self,
        (work, next): (&Work, Option<&Work>),
        response: &mut Response,
        deadline: Instant,
        limit: Duration,
    ) -> Ending {
        self.session.began(&work.request_id);
        if self.early.take().is_none_or(|id| id != work.request_id) {
            self.send(work, limit, false);
        }
        self.tell_invocation(work, limit);
        if let Some(next) = next
            && self.link.is_clear()
        {
            // Its time runs from when it is begun; it is told a little less than it has.
            self.send(next, Duration::from_secs(self.spec.timeout_s.into()), true);
            self.early = Some(next.request_id.clone());
            self.capture.hold(&next.request_id);
        }

        let mut timer = std::pin::pin!(tokio::time::sleep_until(deadline));
        let mut patience = Patience::of(self.seat.as_ref());
        let mut answer = None;
        let (otherwise, is_ready, exit) = loop {
            match self.next(timer.as_mut()).await {
                Happening::Step(Step::Ready) => break (Failure::TooLarge, true, None),
                Happening::Step(Step::Again) => self.send(work, limit, false),
                Happening::Step(Step::Answered(body)) => {
                    answer = Some(Ok(self.deliver_whole(response, body, timer.as_mut()).await));
                }
                Happening::Step(Step::Begun(content_type)) => response.begin(content_type),
                Happening::Step(Step::Piece(bytes)) => {
                    if !self.deliver(response, bytes, timer.as_mut()).await {
                        break (Failure::TimedOut(self.spec.timeout_s), false, None);
                    }
                }
                Happening::Step(Step::Ended(error)) => answer = Some(response.end(error)),
                Happening::Step(Step::Failed(payload)) => answer = Some(Err(reported(payload))),
                Happening::Step(Step::TooLarge) => answer = Some(Err(Failure::TooLarge)),
                Happening::Step(Step::Refused | Step::InitFailed { .. }) => {}
                Happening::Extension => {
                    if let Some(failure) = self.extensions_failure() {
                        break (failure, false, None);
                    }
                }
                Happening::Exited(status) => {
                    break (Failure::Exited(status), false, Some(status));
                }
                Happening::Deadline => match patience.more(limit) {
                    Some(until) => timer.as_mut().reset(until),
                    None => break (Failure::TimedOut(self.spec.timeout_s), false, None),
                },
            }
        };
        if !is_ready {
            self.reason = extended::reason(&otherwise);
        }
        // INVARIANT: a worker is ready again only after it answered, so `otherwise` then is unused.
        Ending {
            answer: answer.unwrap_or(Err(otherwise)),
            is_ready,
            exit,
        }
    }
}

fn reported(payload: Bytes) -> Failure {
    Failure::Reported {
        payload,
        error_type: None,
    }
}

impl Worker {
    fn send(&mut self, work: &Work, limit: Duration, is_early: bool) {
        let limit = match self.seat {
            None => limit,
            Some(_) => DEBUG_TOLD_LIMIT,
        };
        let limit_ms = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX);
        let payload = match work.payload.is_empty() {
            true => Bytes::from_static(b"{}"),
            false => work.payload.clone(),
        };
        let head = EventHead {
            request_id: &work.request_id,
            deadline_ms: self.journal.now_ms().saturating_add(limit_ms),
            invoked_arn: &work.invoked_arn,
            trace_id: &work.trace_id,
            client_context: work.client_context.as_deref(),
            payload_bytes: payload.len(),
            is_early,
        };
        self.link.send(&head.render(), &payload);
    }
}

impl InitFailure {
    /// What the function, or the platform, says of it.
    pub(crate) fn text(&self) -> String {
        let payload = self.failure.payload("");
        let told: Option<serde_json::Value> = serde_json::from_slice(&payload).ok();
        let text = |name| told.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let parts = [text("errorType"), text("errorMessage")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }

    /// The invocation that had to wait for this init, told as failed.
    pub(crate) fn tell(mut self, work: &Work) -> Outcome {
        self.journal.begin_tail(work.wants_log_tail);
        self.journal.tell_start(&work.request_id);
        // The process is gone, so this is its last reading.
        let megabytes = self.memory.last();
        let closing = Closing {
            duration: self.duration,
            init: None,
            megabytes,
        };
        close_with_status(&mut self.journal, work, self.failure, closing)
    }
}

/// The numbers of a REPORT line.
struct Closing {
    duration: Duration,
    init: Option<Duration>,
    megabytes: u64,
}

/// `late` is what went wrong when the handler had answered.
fn close(
    journal: &mut Journal,
    work: &Work,
    (answer, late): (Result<Bytes, Failure>, Option<Failure>),
    closing: Closing,
) -> Outcome {
    match answer {
        Ok(_) | Err(Failure::Reported { .. }) => {
            if let Some(late) = &late {
                let line = late.log_line(&work.request_id, &journal.now_text());
                journal.tell_failure(line);
            }
            // An error that the handler threw is not an error of the platform: no status.
            let status = late.as_ref().map(Failure::status);
            let is_error = answer.is_err() || late.is_some();
            end_lines(journal, work, &closing, status, is_error);
            outcome(&answer, work, finish(journal))
        }
        Err(failure) => close_with_status(journal, work, failure, closing),
    }
}

fn outcome(answer: &Result<Bytes, Failure>, work: &Work, log_tail: Bytes) -> Outcome {
    let (payload, error) = match answer {
        Ok(payload) => (payload.clone(), None),
        Err(failure) => (
            failure.payload(&work.request_id),
            Some(FunctionError::Unhandled),
        ),
    };
    Outcome {
        payload,
        error,
        log_tail,
    }
}

fn close_with_status(
    journal: &mut Journal,
    work: &Work,
    failure: Failure,
    closing: Closing,
) -> Outcome {
    let line = failure.log_line(&work.request_id, &journal.now_text());
    journal.tell_failure(line);
    end_lines(journal, work, &closing, Some(failure.status()), true);
    outcome(&Err(failure), work, finish(journal))
}

fn end_lines(
    journal: &mut Journal,
    work: &Work,
    closing: &Closing,
    status: Option<(&str, Option<&str>)>,
    is_error: bool,
) {
    let report = lines::Report {
        request_id: &work.request_id,
        duration: closing.duration,
        memory_mb: work.function.memory_mb,
        memory_used_mb: closing.megabytes,
        init: closing.init,
        status,
    };
    journal.tell_end(&report, is_error);
}

fn finish(journal: &mut Journal) -> Bytes {
    let tail = journal.take_tail();
    journal.flush();
    tail
}
