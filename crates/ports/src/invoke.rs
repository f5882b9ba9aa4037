//! Calling a function. Everybody who calls one comes through [`Invoke`].

use crate::{Caller, RequestFacts};
use bytes::Bytes;
use stdx::BoxFuture;

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvocationType {
    /// Wait for the answer.
    RequestResponse,
    /// Answer 202 at once and run later.
    Event,
    /// Check permission and existence only; answers 204.
    DryRun,
}

/// One call of a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The function's ARN, qualified or not: `arn:aws:lambda:R:A:function:NAME[:QUALIFIER]`.
    pub function_arn: String,
    /// Who calls. The function's policy is evaluated for every caller.
    pub caller: Caller,
    /// Facts for condition keys.
    pub facts: RequestFacts,
    /// The event, JSON text.
    pub payload: Bytes,
    /// How it is called.
    pub invocation_type: InvocationType,
    /// Whether the last 4 KiB of the log come back.
    pub wants_log_tail: bool,
    /// `X-Amz-Client-Context`, base64 as received.
    pub client_context: Option<String>,
    /// The caller's trace header, `Root=1-…`.
    pub trace_id: Option<String>,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Invoked {
    /// 200, 202 or 204.
    pub status: u16,
    /// The function's answer, or its error object.
    pub payload: Bytes,
    /// `Unhandled` when the function failed.
    pub function_error: Option<&'static str>,
    /// The log's tail, not yet base64, when it was asked for.
    pub log_tail: Option<Bytes>,
    /// The version that ran, such as `$LATEST`.
    pub executed_version: String,
    /// The invocation's request id.
    pub request_id: String,
    /// The trace header that the function saw, `Root=…;Parent=…;Sampled=0`.
    pub trace_id: String,
}

/// Why a call did not reach the function, in AWS's words.
#[derive(Debug, Clone)]
pub struct InvokeError {
    /// AWS's exception, such as `AccessDeniedException` or `TooManyRequestsException`.
    pub code: &'static str,
    /// AWS's status.
    pub status: u16,
    /// AWS's text.
    pub message: String,
    /// `Reason` of a TooManyRequestsException.
    pub reason: Option<&'static str>,
}

/// Lambda's front door. Implemented by `lambda`.
pub trait Invoke: Send + Sync {
    /// Resolves the function, evaluates its policy for the caller, runs it.
    ///
    /// The invocation is a task of its own: dropping the future loses the answer, not the worker.
    fn invoke(&self, invocation: Invocation) -> BoxFuture<'_, Result<Invoked, InvokeError>>;
}
