//! What the platform itself tells of a worker: lines of text, or JSON records with levels.
//!
//! Records and levels are those of the Lambda guide, "Configuring advanced logging controls" and
//! "Lambda Telemetry API Event schema reference". UNVERIFIED: whether AWS writes the text of a
//! crash or a timeout beside its JSON records; here they tell of it by status and error type alone.

use super::journal::Journal;
use super::lines::{self, Report};
use super::telemetry::{extension_record, report_record, subscription_record};
use crate::environment::Initialization;
use crate::extension::{Category, Told};
use serde_json::{Value, json};
use std::time::Duration;

/// How much a record matters; `SystemLogLevel` names the least that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Debug,
    Info,
    Warn,
}

impl Level {
    /// `INFO` unless said otherwise.
    fn least(named: Option<&str>) -> Self {
        match named {
            Some("DEBUG") => Level::Debug,
            Some("WARN") => Level::Warn,
            _ => Level::Info,
        }
    }

    /// What is no success is a warning.
    fn of(status: &str, success: Level) -> Self {
        match status {
            "success" => success,
            _ => Level::Warn,
        }
    }
}

impl Journal {
    /// A worker is about to be started.
    pub(crate) fn tell_init_start(&mut self, version: &str, version_arn: &str, note: &str) {
        let spec = self.spec();
        let may_be_told = !spec.layers.is_empty();
        if !self.is_json() && !may_be_told {
            return self.line(lines::init_start(version, version_arn, note));
        }
        let mut record = json!({
            "initializationType": self.initialization().name(),
            "phase": "init",
            "runtimeVersion": version,
            "runtimeVersionArn": version_arn,
            "functionName": spec.name,
            "functionVersion": spec.version,
        });
        self.init_start = may_be_told.then(|| record.clone());
        if !self.is_json() {
            return self.line(lines::init_start(version, version_arn, note));
        }
        if let Some(members) = record.as_object_mut() {
            members.insert("crossway".to_owned(), json!(note));
        }
        self.record(Level::Info, "platform.initStart", record);
    }

    /// Its init has failed.
    pub(crate) fn tell_init_failed(
        &mut self,
        duration: Duration,
        phase: &str,
        (status, error_type): (&str, Option<&str>),
    ) {
        if !self.is_json() {
            return self.line(lines::init_report(duration, phase, status, error_type));
        }
        self.init_records(duration, phase, status, error_type);
    }

    /// Its init has succeeded; in text only where it was ahead of any event (Lambda guide,
    /// "Understanding the Lambda execution environment lifecycle": provisioned functions "always
    /// emit INIT_REPORT"). UNVERIFIED: whether AWS's line names phase and status then.
    pub(crate) fn tell_init_done(&mut self, duration: Duration) {
        if self.is_json() {
            self.init_records(duration, "init", "success", None);
        } else if self.initialization() == Initialization::Provisioned {
            self.line(lines::init_report(duration, "init", "success", None));
        }
    }

    fn init_records(
        &mut self,
        duration: Duration,
        phase: &str,
        status: &str,
        error_type: Option<&str>,
    ) {
        let level = Level::of(status, Level::Debug);
        let mut done = json!({
            "initializationType": self.initialization().name(),
            "phase": phase,
            "status": status,
        });
        add_error_type(&mut done, error_type);
        self.record(level, "platform.initRuntimeDone", done.clone());
        if let Some(members) = done.as_object_mut() {
            members.insert("metrics".to_owned(), json!({ "durationMs": ms(duration) }));
        }
        self.record(level, "platform.initReport", done);
    }

    /// What became of an extension in the init.
    pub(crate) fn tell_extension(&mut self, told: &Told) {
        self.put_extension(told);
        if !self.is_json() {
            return self.line(lines::extension(told));
        }
        // UNVERIFIED: AWS's level of it; a function with `SystemLogLevel` INFO and an extension
        // would settle it.
        let record = extension_record(told);
        self.record(Level::Info, "platform.extension", record);
    }

    /// An extension has subscribed to telemetry.
    pub(crate) fn tell_subscription(&mut self, name: &str, types: &[Category]) {
        self.put_subscription(name, types);
        if !self.is_json() {
            return self.line(lines::subscription(name, types));
        }
        let record = subscription_record(name, types);
        self.record(Level::Info, "platform.telemetrySubscription", record);
    }

    /// An invocation begins.
    pub(crate) fn tell_start(&mut self, request_id: &str) {
        let spec = self.spec();
        if !self.is_json() {
            let line = lines::start(request_id, &spec);
            return self.line(line);
        }
        let record = json!({ "requestId": request_id, "version": spec.version });
        self.record(Level::Info, "platform.start", record);
    }

    /// An invocation has ended. `is_error` when its answer is an error, whoever made it.
    pub(crate) fn tell_end(&mut self, report: &Report<'_>, is_error: bool) {
        let (status, error_type) = match (report.status, is_error) {
            (Some(status), _) => status,
            (None, true) => ("error", None),
            (None, false) => ("success", None),
        };
        self.put_report(report, (status, error_type));
        if !self.is_json() {
            self.line(lines::end(report.request_id));
            return self.line(report.render());
        }
        let mut done = json!({
            "requestId": report.request_id,
            "status": status,
            "metrics": { "durationMs": ms(report.duration) },
        });
        add_error_type(&mut done, error_type);
        let level = Level::of(status, Level::Debug);
        self.record(level, "platform.runtimeDone", done);
        let level = Level::of(status, Level::Info);
        let all = report_record(report, (status, error_type));
        self.record(level, "platform.report", all);
    }

    /// What broke an invocation; a line that JSON records have no place for.
    pub(crate) fn tell_failure(&mut self, line: Option<String>) {
        if let Some(line) = line.filter(|_| !self.is_json()) {
            self.line(line);
        }
    }

    fn record(&mut self, level: Level, kind: &str, record: Value) {
        if level < Level::least(self.spec().logging.system_level.as_deref()) {
            return;
        }
        let time = self.now_text();
        let whole = json!({ "time": time, "type": kind, "record": record });
        self.line(whole.to_string());
    }
}

pub(super) fn add_error_type(record: &mut Value, error_type: Option<&str>) {
    if let (Some(kind), Some(members)) = (error_type, record.as_object_mut()) {
        members.insert("errorType".to_owned(), json!(kind));
    }
}

/// Milliseconds with three places.
pub(super) fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}
