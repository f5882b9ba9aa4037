//! Calling a function. Everybody who calls one comes through [`Invoke`].

use crate::{Caller, RequestFacts};
use bytes::Bytes;
use std::task::{Context, Poll};
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

/// An event on its way to a function.
#[derive(Debug, Clone)]
pub enum Payload {
    /// JSON text that this process has written: nobody needs to read it again to know that it is.
    Written(Bytes),
    /// What somebody sent, who may be wrong about its being JSON.
    Sent(Bytes),
}

impl Payload {
    /// The event.
    pub fn bytes(&self) -> &Bytes {
        match self {
            Self::Written(bytes) | Self::Sent(bytes) => bytes,
        }
    }
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
    pub payload: Payload,
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

/// A call whose answer comes while the function writes it.
pub struct InvokedStream {
    /// What the function says that it writes;
    /// `application/vnd.awslambda.http-integration-response` when an HTTP head comes first.
    pub content_type: Option<String>,
    /// The version that runs, such as `$LATEST`.
    pub executed_version: String,
    /// The invocation's request id.
    pub request_id: String,
    /// The trace header that the function sees, `Root=…;Parent=…;Sampled=0`.
    pub trace_id: String,
    /// The answer.
    pub events: Box<dyn FunctionStream>,
}

/// A function's answer while it is written. Dropping it loses the rest, not the worker.
pub trait FunctionStream: Send + Sync {
    /// What comes next; none after [`StreamEvent::Completed`], which is always the last event.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<StreamEvent>>;
}

/// A piece of a function's answer, or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    /// The next bytes.
    Bytes(Bytes),
    /// The end.
    Completed(StreamEnd),
}

/// How a function's answer ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamEnd {
    /// The error object of a function that failed; what it had written was sent.
    pub error: Option<Bytes>,
    /// The log's tail, not yet base64, when it was asked for.
    pub log_tail: Option<Bytes>,
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

    /// The same for an answer that is wanted while it is written: is done when the answer begins,
    /// or the function ends without one. The invocation's type is not looked at.
    fn invoke_stream(
        &self,
        invocation: Invocation,
    ) -> BoxFuture<'_, Result<InvokedStream, InvokeError>>;
}
