//! How an invocation fails, and what its caller is told, in AWS's words.

use crate::limits::RESPONSE_BYTES_MAX;
use bytes::Bytes;
use nix::sys::signal::Signal;
use serde_json::json;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// Why an invocation, or an init, has no answer of the handler.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// The runtime reported an error object.
    Reported {
        /// The error object.
        payload: Bytes,
        /// Its type, where the runtime named it.
        error_type: Option<String>,
    },
    /// The process ended.
    Exited(ExitStatus),
    /// Time was up, after so many seconds.
    TimedOut(u32),
    /// The answer was larger than allowed.
    TooLarge,
    /// The bundle of a `provided.*` function has no `bootstrap`.
    NoBootstrap,
    /// An extension did not start, or ended.
    Extension {
        /// AWS's word for it.
        kind: &'static str,
        /// What became of it.
        text: String,
    },
}

impl Failure {
    /// The error object.
    pub(crate) fn payload(&self, request_id: &str) -> Bytes {
        let (kind, message) = match self {
            Failure::Reported { payload, .. } => return payload.clone(),
            Failure::Exited(_) => ("Runtime.ExitError", self.message(request_id)),
            Failure::TimedOut(_) => ("Sandbox.Timedout", self.message(request_id)),
            Failure::NoBootstrap => ("Runtime.InvalidEntrypoint", self.message(request_id)),
            Failure::Extension { kind, .. } => (*kind, self.message(request_id)),
            Failure::TooLarge => (
                "Function.ResponseSizeTooLarge",
                format!(
                    "Response payload size exceeded maximum allowed payload size \
                     ({RESPONSE_BYTES_MAX} bytes)."
                ),
            ),
        };
        json!({ "errorType": kind, "errorMessage": message })
            .to_string()
            .into()
    }

    /// The line that the platform adds to the log, where it adds one.
    pub(crate) fn log_line(&self, request_id: &str, now: &str) -> Option<String> {
        match self {
            Failure::Reported { .. } | Failure::TooLarge => None,
            Failure::Exited(_) => Some(format!("{}\nRuntime.ExitError", self.message(request_id))),
            Failure::NoBootstrap => Some(format!(
                "{}\nRuntime.InvalidEntrypoint",
                self.message(request_id)
            )),
            Failure::Extension { kind, .. } => {
                Some(format!("{}\n{kind}", self.message(request_id)))
            }
            Failure::TimedOut(seconds) => Some(format!(
                "{now} {request_id} Task timed out after {seconds}.00 seconds\n"
            )),
        }
    }

    /// `Status` and `Error Type` of a `REPORT` or `INIT_REPORT` line.
    pub(crate) fn status(&self) -> (&'static str, Option<&str>) {
        match self {
            Failure::TimedOut(_) => ("timeout", None),
            Failure::Exited(_) => ("error", Some("Runtime.ExitError")),
            Failure::TooLarge => ("error", Some("Function.ResponseSizeTooLarge")),
            Failure::NoBootstrap => ("error", Some("Runtime.InvalidEntrypoint")),
            Failure::Extension { kind, .. } => ("error", Some(kind)),
            Failure::Reported { error_type, .. } => ("error", error_type.as_deref()),
        }
    }

    fn message(&self, request_id: &str) -> String {
        match self {
            Failure::TimedOut(seconds) => {
                format!("RequestId: {request_id} Error: Task timed out after {seconds}.00 seconds")
            }
            Failure::Exited(status) => {
                format!("RequestId: {request_id} Error: {}", exit_text(*status))
            }
            // AWS's paths, though ours differ at this isolation level.
            Failure::NoBootstrap => format!(
                "RequestId: {request_id} Error: Couldn't find valid bootstrap(s): \
                 [/var/task/bootstrap /opt/bootstrap]"
            ),
            Failure::Extension { text, .. } => format!("RequestId: {request_id} Error: {text}"),
            Failure::Reported { .. } | Failure::TooLarge => String::new(),
        }
    }
}

fn exit_text(status: ExitStatus) -> String {
    match status.code() {
        Some(0) => "Runtime exited without providing a reason".to_owned(),
        _ => format!("Runtime exited with error: {}", end_text(status)),
    }
}

/// How an extension ended.
pub(crate) fn exit_text_of(status: ExitStatus) -> String {
    match status.code() {
        Some(0) => "exit code 0".to_owned(),
        _ => end_text(status),
    }
}

fn end_text(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (None, Some(signal)) => {
            let dump = match status.core_dumped() {
                true => " (core dumped)",
                false => "",
            };
            format!("signal: {}{dump}", signal_text(signal))
        }
        (code, _) => format!("exit status {}", code.unwrap_or_default()),
    }
}

/// The names that Go's standard library prints, for AWS's supervisor is written in Go.
fn signal_text(signal: i32) -> String {
    let text = match Signal::try_from(signal) {
        Ok(Signal::SIGABRT) => "aborted",
        Ok(Signal::SIGALRM) => "alarm clock",
        Ok(Signal::SIGBUS) => "bus error",
        Ok(Signal::SIGFPE) => "floating point exception",
        Ok(Signal::SIGHUP) => "hangup",
        Ok(Signal::SIGILL) => "illegal instruction",
        Ok(Signal::SIGINT) => "interrupt",
        Ok(Signal::SIGKILL) => "killed",
        Ok(Signal::SIGPIPE) => "broken pipe",
        Ok(Signal::SIGQUIT) => "quit",
        Ok(Signal::SIGSEGV) => "segmentation fault",
        Ok(Signal::SIGTERM) => "terminated",
        Ok(Signal::SIGTRAP) => "trace/breakpoint trap",
        Ok(Signal::SIGUSR1) => "user defined signal 1",
        Ok(Signal::SIGUSR2) => "user defined signal 2",
        _ => return format!("signal {signal}"),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw_status: i32, expect: &str) {
        let payload = Failure::Exited(ExitStatus::from_raw(raw_status)).payload("R");
        let text = String::from_utf8_lossy(&payload).into_owned();
        assert_eq!(
            text,
            format!(
                "{{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: R Error: {expect}\"}}"
            )
        );
    }

    #[test]
    fn exits_read_as_aws_prints_them() {
        check(1 << 8, "Runtime exited with error: exit status 1");
        check(0, "Runtime exited without providing a reason");
        check(9, "Runtime exited with error: signal: killed");
        check(
            11 | 0x80,
            "Runtime exited with error: signal: segmentation fault (core dumped)",
        );
        check(64, "Runtime exited with error: signal: signal 64");
    }

    #[test]
    fn timeout_names_its_seconds() {
        assert_eq!(
            Failure::TimedOut(3).payload("R"),
            "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: R Error: Task timed out after 3.00 seconds\"}"
        );
        assert_eq!(
            Failure::TimedOut(3).log_line("R", "T").as_deref(),
            Some("T R Task timed out after 3.00 seconds\n")
        );
    }
}
