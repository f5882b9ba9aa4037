//! What of the log extensions are told of, as it happens: records of the Lambda guide, "Lambda
//! Telemetry API Event schema reference". Nothing of it is made where nobody could want it.

use super::journal::{Journal, Source};
use super::lines::Report;
use super::platform::{add_error_type, ms};
use crate::extension::{Category, Telemetry, Told};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// `success`, `error`, `timeout`, and the type of an error.
pub(crate) type Status<'a> = (&'a str, Option<&'a str>);

const SUCCESS: Status<'static> = ("success", None);

impl Journal {
    /// From here on extensions of a worker are told, from its start on.
    pub(crate) fn tap(&mut self, telemetry: Option<Arc<Telemetry>>) {
        self.telemetry = telemetry;
        if let Some(record) = self.init_start.clone() {
            self.put("platform.initStart", || record);
        }
    }

    /// What was printed. UNVERIFIED: whether AWS sends what the function's log level drops; a
    /// function with `ApplicationLogLevel` WARN and an extension would settle it.
    pub(super) fn put_output(&self, source: Source, event: &[u8]) {
        let Some(telemetry) = &self.telemetry else {
            return;
        };
        let (category, kind) = match source {
            Source::Function => (Category::Function, "function"),
            Source::Extension => (Category::Extension, "extension"),
        };
        let object = match self.is_json() {
            true => serde_json::from_slice::<Value>(event).ok(),
            false => None,
        };
        let text = || json!(format!("{}\n", String::from_utf8_lossy(event)));
        let record = object.filter(Value::is_object).unwrap_or_else(text);
        telemetry.put(category, kind, &record);
    }

    /// The runtime has done its part of the init.
    pub(crate) fn put_init_runtime_done(&self, status: Option<Status<'_>>) {
        self.put("platform.initRuntimeDone", || self.init(status));
    }

    /// The init is over.
    pub(crate) fn put_init_report(&self, duration: Duration, status: Option<Status<'_>>) {
        self.put("platform.initReport", || {
            let mut record = self.init(status);
            add(
                &mut record,
                "metrics",
                json!({ "durationMs": ms(duration) }),
            );
            record
        });
    }

    fn init(&self, status: Option<Status<'_>>) -> Value {
        let (status, error_type) = status.unwrap_or(SUCCESS);
        let mut record = json!({
            "initializationType": self.initialization().name(),
            "phase": "init",
            "status": status,
        });
        add_error_type(&mut record, error_type);
        record
    }

    /// An invocation begins.
    pub(crate) fn put_start(&self, request_id: &str, trace_id: &str) {
        self.put("platform.start", || {
            let mut record = json!({
                "requestId": request_id,
                "version": self.spec().version,
            });
            if !trace_id.is_empty() {
                let tracing = json!({ "type": "X-Amzn-Trace-Id", "value": trace_id });
                add(&mut record, "tracing", tracing);
            }
            record
        });
    }

    /// The runtime has done its part of an invocation.
    pub(crate) fn put_runtime_done(
        &self,
        request_id: &str,
        (duration, produced_bytes): (Duration, usize),
        status: Option<Status<'_>>,
    ) {
        self.put("platform.runtimeDone", || {
            let (status, error_type) = status.unwrap_or(SUCCESS);
            let mut record = json!({
                "requestId": request_id,
                "status": status,
                "metrics": { "durationMs": ms(duration), "producedBytes": produced_bytes },
            });
            add_error_type(&mut record, error_type);
            record
        });
    }

    /// An invocation is over.
    pub(super) fn put_report(&self, report: &Report<'_>, status: Status<'_>) {
        self.put("platform.report", || report_record(report, status));
    }

    /// What became of an extension.
    pub(super) fn put_extension(&self, told: &Told) {
        self.put("platform.extension", || extension_record(told));
    }

    /// An extension has subscribed.
    pub(super) fn put_subscription(&self, name: &str, types: &[Category]) {
        self.put("platform.telemetrySubscription", || {
            subscription_record(name, types)
        });
    }

    fn put(&self, kind: &str, record: impl FnOnce() -> Value) {
        if let Some(telemetry) = &self.telemetry {
            telemetry.put(Category::Platform, kind, &record());
        }
    }
}

/// The record of `platform.report`.
pub(super) fn report_record(report: &Report<'_>, (status, error_type): Status<'_>) -> Value {
    let mut metrics = json!({
        "durationMs": ms(report.duration),
        "billedDurationMs": report.billed_ms(),
        "memorySizeMB": report.memory_mb,
        "maxMemoryUsedMB": report.memory_used_mb,
    });
    if let Some(init) = report.init {
        add(&mut metrics, "initDurationMs", json!(ms(init)));
    }
    let mut record = json!({
        "requestId": report.request_id,
        "metrics": metrics,
        "status": status,
    });
    add_error_type(&mut record, error_type);
    record
}

/// The record of `platform.extension`.
pub(super) fn extension_record(told: &Told) -> Value {
    let mut record = json!({
        "name": told.name,
        "state": told.state,
        "events": told.events,
    });
    add_error_type(&mut record, told.error_type.as_deref());
    record
}

/// The record of `platform.telemetrySubscription`.
pub(super) fn subscription_record(name: &str, types: &[Category]) -> Value {
    let types: Vec<&str> = types.iter().map(|one| one.name()).collect();
    json!({ "name": name, "state": "Subscribed", "types": types })
}

fn add(record: &mut Value, name: &str, value: Value) {
    if let Some(members) = record.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
