//! Running code: what `lambda` asks of `compute`.

use crate::SessionCredentials;
use arn::{AccountId, Region};
use bytes::Bytes;
use std::{collections::BTreeMap, sync::Arc};
use stdx::BoxFuture;

/// Lower-case hex SHA-256 of a code bundle (the zip file as uploaded).
pub type CodeHash = String;

/// Everything that decides how a worker of one function version is started.
///
/// Two specs with the same `revision` are the same; workers are shared only between those.
#[derive(Debug, Clone)]
pub struct FunctionSpec {
    /// Unqualified function ARN.
    pub arn: String,
    /// The function's name.
    pub name: String,
    /// `$LATEST` or a version number.
    pub version: String,
    /// Changes whenever anything in this struct changes.
    pub revision: String,
    /// The owner.
    pub account: AccountId,
    /// The function's region.
    pub region: Region,
    /// Runtime id, such as `nodejs20.x`.
    pub runtime: String,
    /// Handler, such as `index.handler`.
    pub handler: String,
    /// Code bundle.
    pub code: CodeHash,
    /// Bundles of the layers; a later one's files replace those of an earlier one.
    pub layers: Vec<CodeHash>,
    /// Seconds before an invocation is ended, 1 to 900.
    pub timeout_s: u32,
    /// Megabytes, 128 to 10,240.
    pub memory_mb: u32,
    /// Megabytes of `/tmp`, 512 to 10,240.
    pub ephemeral_mb: u32,
    /// The function's own variables.
    pub environment: BTreeMap<String, String>,
    /// Log group of the function, such as `/aws/lambda/hello`.
    pub log_group: String,
    /// How it is written.
    pub logging: FunctionLogging,
    /// `http://127.0.0.1:4566`, where code in the function reaches AWS's APIs.
    pub endpoint_url: Option<String>,
}

/// How a function's log is written (Lambda guide, "Configuring JSON and plain text log formats").
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FunctionLogging {
    /// `LogFormat` `JSON`: one object a record, and levels.
    pub is_json: bool,
    /// `ApplicationLogLevel`: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`.
    pub application_level: Option<String>,
    /// `SystemLogLevel`: `DEBUG`, `INFO` or `WARN`.
    pub system_level: Option<String>,
}

/// One event for one function version.
#[derive(Debug, Clone)]
pub struct Work {
    /// The invocation's id, a UUID.
    pub request_id: String,
    /// What to run.
    pub function: Arc<FunctionSpec>,
    /// The ARN that was invoked, qualifier included; the handler sees it.
    pub invoked_arn: String,
    /// The event.
    pub payload: Bytes,
    /// `_X_AMZN_TRACE_ID`.
    pub trace_id: String,
    /// Decoded client context, JSON text.
    pub client_context: Option<String>,
    /// Whether the log's tail is wanted.
    pub wants_log_tail: bool,
    /// The execution role's session, put in a new worker's environment.
    pub credentials: Arc<SessionCredentials>,
}

/// How a function failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionError {
    /// Answered as `X-Amz-Function-Error: Unhandled`.
    Unhandled,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The handler's answer, or the error object.
    pub payload: Bytes,
    /// Set when the payload is an error object.
    pub error: Option<FunctionError>,
    /// The last 4 KiB of this invocation's log, when wanted.
    pub log_tail: Bytes,
}

/// Why work could not be run at all. Function errors are [`Outcome`]s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComputeError {
    /// This host has no interpreter for the runtime; says which and what to install.
    RuntimeUnavailable(String),
    /// The code bundle is gone or cannot be unpacked.
    Code(String),
    /// No worker could be had within the bound.
    Exhausted,
    /// The host failed us.
    Host(String),
}

/// Workers to be kept up for one function version.
#[derive(Debug, Clone)]
pub struct Provision {
    /// What they run.
    pub function: Arc<FunctionSpec>,
    /// How many.
    pub executions: u32,
    /// The execution role's session, put in the environment of those that are started from now on.
    pub credentials: Arc<SessionCredentials>,
}

/// What came of a [`Provision`] so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provisioned {
    /// Workers that are up, those that are at work included.
    pub ready: u32,
    /// Why there are not as many as were wanted; none while they are being started.
    pub failure: Option<String>,
}

/// A function version that a debugger is to be attached to.
#[derive(Debug, Clone)]
pub struct Debug {
    /// What is to be debugged.
    pub function: Arc<FunctionSpec>,
    /// The execution role's session, put in the environment of a worker that is started ahead.
    pub credentials: Arc<SessionCredentials>,
    /// The port of 127.0.0.1 on which the runtime listens for a debugger; 0 for a free one, none
    /// for the one that debuggers of the language look for.
    pub port: Option<u16>,
    /// Whether the function's code is loaded only when a debugger is attached.
    pub waits: bool,
    /// Whether no worker is started ahead, so that the next invocation is a cold start.
    pub is_cold: bool,
}

/// A function version that is being debugged: its timeouts rest, and one worker runs its events,
/// one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debugging {
    /// Names it for [`Compute::keep_debugging`] and [`Compute::end_debugging`].
    pub session: String,
    /// The port of 127.0.0.1.
    pub port: u16,
    /// `node` or `python`.
    pub language: &'static str,
    /// Where the function sees its code, such as `/var/task`.
    pub code_root: String,
    /// It ends by itself when it is not kept for so long.
    pub lease_s: u32,
}

/// Why nothing can be debugged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DebugError {
    /// This server does not let anybody debug.
    Forbidden(String),
    /// Not this function, not so.
    Refused(String),
    /// Somebody else has the function version, or the port.
    Taken(String),
}

/// Takes a function's answer while the function writes it.
pub trait ResponseSink: Send {
    /// Says that the answer begins, and of which type its function says that it is. At most once,
    /// before the first bytes; never for an answer that ends before it begins.
    fn begin(&mut self, content_type: Option<String>);

    /// Takes the next bytes, once there is room for them. False when nobody wants any more; the
    /// function runs on all the same.
    fn put(&mut self, bytes: Bytes) -> BoxFuture<'_, bool>;
}

/// Runs functions. Implemented by `compute`; permissions were checked before.
pub trait Compute: Send + Sync {
    /// Runs one event to its end, its timeout or its worker's death.
    fn run(&self, work: Work) -> BoxFuture<'_, Result<Outcome, ComputeError>>;

    /// The same, the answer going to `sink` as it comes; the payload of the outcome is empty,
    /// unless the function failed. A function that does not stream gives its answer in one piece.
    fn stream(
        &self,
        work: Work,
        sink: Box<dyn ResponseSink>,
    ) -> BoxFuture<'_, Result<Outcome, ComputeError>>;

    /// Says that the function will probably be invoked soon: what its first worker needs may be
    /// made ready. Promises nothing.
    fn expect(&self, function: Arc<FunctionSpec>) {
        drop(function);
    }

    /// Keeps workers of the function version up, whether anybody calls it or not, until
    /// [`Compute::unprovision`]; a later call changes their number or renews their credentials.
    fn provision(&self, provision: Provision) {
        drop(provision);
    }

    /// Lets the workers of [`Compute::provision`] go, busy ones when they are done.
    fn unprovision(&self, function: &FunctionSpec) {
        let _ = function;
    }

    /// How far [`Compute::provision`] has come.
    fn provisioned(&self, function: &FunctionSpec) -> Provisioned {
        let _ = function;
        Provisioned::default()
    }

    /// Begins to debug a function version, whatever its revision; answers when a debugger can be
    /// attached, or the next invocation starts the worker.
    fn debug(&self, debug: Debug) -> BoxFuture<'_, Result<Debugging, DebugError>> {
        drop(debug);
        let text = "nothing can be debugged here".to_owned();
        Box::pin(std::future::ready(Err(DebugError::Forbidden(text))))
    }

    /// Says that a session of [`Compute::debug`] is wanted still; false when it is over, or is not
    /// that function's.
    fn keep_debugging(&self, function_arn: &str, session: &str) -> bool {
        let _ = (function_arn, session);
        false
    }

    /// Ends it: its worker goes when it has no event, and timeouts count from now on; false when
    /// it is over, or is not that function's.
    fn end_debugging(&self, function_arn: &str, session: &str) -> bool {
        let _ = (function_arn, session);
        false
    }

    /// Ends idle workers of every revision of the function but `keep`.
    fn retire(&self, function_arn: &str, keep: Option<&str>);

    /// Why `runtime` cannot run on this host, or the interpreter that would run it.
    fn check_runtime(&self, runtime: &str) -> Result<String, ComputeError>;
}

/// Gives code bundles by hash. Implemented by `lambda`.
pub trait CodeSource: Send + Sync {
    /// The zip file whose SHA-256 is `hash`; none when no function holds it any more.
    fn bundle<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Option<Bytes>>;
}
