//! The platform's own log lines, in AWS's words.

use crate::extension::{Category, Told};
use ports::FunctionSpec;
use std::time::Duration;

/// `INIT_START Runtime Version: …`, with a field of ours after AWS's.
pub(crate) fn init_start(version: &str, version_arn: &str, note: &str) -> String {
    format!(
        "INIT_START Runtime Version: {version}\tRuntime Version ARN: {version_arn}\tCrossway: {note}"
    )
}

/// `INIT_REPORT …`, printed only for an init that failed.
pub(crate) fn init_report(
    duration: Duration,
    phase: &str,
    status: &str,
    error_type: Option<&str>,
) -> String {
    let duration = ms(duration);
    let error_type = error_type
        .map(|kind| format!("\tError Type: {kind}"))
        .unwrap_or_default();
    format!(
        "INIT_REPORT Init Duration: {duration} ms\tPhase: {phase}\tStatus: {status}{error_type}"
    )
}

/// `EXTENSION Name: …`, printed for each extension when the init is over.
pub(crate) fn extension(told: &Told) -> String {
    let events = told.events.join(", ");
    let error_type = told.error_type.as_ref();
    let error_type = error_type
        .map(|kind| format!("\tError Type: {kind}"))
        .unwrap_or_default();
    let (name, state) = (&told.name, told.state);
    format!("EXTENSION\tName: {name}\tState: {state}\tEvents: [{events}]{error_type}")
}

/// `TELEMETRY Name: …`, printed for each subscription.
pub(crate) fn subscription(name: &str, types: &[Category]) -> String {
    let types: Vec<&str> = types.iter().map(|one| one.title()).collect();
    let types = types.join(", ");
    format!("TELEMETRY\tName: {name}\tState: Subscribed\tTypes: [{types}]")
}

/// `START RequestId: … Version: …`.
pub(crate) fn start(request_id: &str, spec: &FunctionSpec) -> String {
    format!("START RequestId: {request_id} Version: {}", spec.version)
}

/// `END RequestId: …`.
pub(crate) fn end(request_id: &str) -> String {
    format!("END RequestId: {request_id}")
}

/// What a `REPORT` line tells.
#[derive(Debug, Clone)]
pub(crate) struct Report<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) duration: Duration,
    pub(crate) memory_mb: u32,
    pub(crate) memory_used_mb: u64,
    pub(crate) init: Option<Duration>,
    /// `timeout`, or `error` and the error's type.
    pub(crate) status: Option<(&'a str, Option<&'a str>)>,
}

impl Report<'_> {
    /// Whole milliseconds, init included, as since August 2025.
    pub(crate) fn billed_ms(&self) -> u64 {
        let whole = self.duration + self.init.unwrap_or_default();
        u64::try_from(whole.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }

    /// The line.
    pub(crate) fn render(&self) -> String {
        let billed = self.billed_ms();
        let mut line = format!(
            "REPORT RequestId: {}\tDuration: {} ms\tBilled Duration: {billed} ms\t\
             Memory Size: {} MB\tMax Memory Used: {} MB\t",
            self.request_id,
            ms(self.duration),
            self.memory_mb,
            self.memory_used_mb
        );
        if let Some(init) = self.init {
            line.push_str(&format!("Init Duration: {} ms\t", ms(init)));
        }
        if let Some((status, error_type)) = self.status {
            line.push_str(&format!("Status: {status}"));
            if let Some(kind) = error_type {
                line.push_str(&format!("\tError Type: {kind}"));
            }
        }
        line
    }
}

/// Milliseconds with two places.
fn ms(duration: Duration) -> String {
    let hundredths = (duration.as_nanos() + 5_000) / 10_000;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    format!("{whole}.{part:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_reads_as_aws_prints_it() {
        let report = Report {
            request_id: "id",
            duration: Duration::from_micros(3_010),
            memory_mb: 128,
            memory_used_mb: 36,
            init: Some(Duration::from_micros(110_100)),
            status: None,
        };
        assert_eq!(
            report.render(),
            "REPORT RequestId: id\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\t\
             Max Memory Used: 36 MB\tInit Duration: 110.10 ms\t"
        );
        let timeout = Report {
            duration: Duration::from_secs(3),
            init: None,
            status: Some(("timeout", None)),
            ..report
        };
        assert!(timeout.render().contains("Billed Duration: 3000 ms\t"));
        assert!(
            timeout
                .render()
                .ends_with("Max Memory Used: 36 MB\tStatus: timeout")
        );
    }
}
