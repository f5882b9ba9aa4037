//! Calling a function whose answer is wanted while it is written.

use crate::Lambda;
use crate::error::LambdaError;
use crate::invoke::{self, Door};
use crate::limits::PIECES_WAITING_MAX;
use bytes::Bytes;
use ports::{FunctionStream, Invocation, InvokedStream, ResponseSink, StreamEnd, StreamEvent};
use std::task::{Context, Poll, ready};
use stdx::BoxFuture;
use tokio::sync::mpsc;

/// The `Content-Type` by which a function says that an HTTP head comes before the body.
pub const HTTP_INTEGRATION_RESPONSE: &str = "application/vnd.awslambda.http-integration-response";

/// [`invoke::invoke_by`], done when the answer begins.
///
/// # Errors
/// In AWS's words, when the call did not reach the function.
pub async fn invoke(
    lambda: &Lambda,
    door: Door,
    invocation: Invocation,
    request_id: String,
) -> Result<InvokedStream, LambdaError> {
    let wants_log_tail = invocation.wants_log_tail;
    let admitted = invoke::admit(lambda, door, invocation, request_id).await?;
    let (request_id, trace_id) = (
        admitted.job.request_id.clone(),
        admitted.job.trace_id.clone(),
    );
    let executed_version = admitted.version.version.clone();
    let (permit, work) =
        invoke::prepare(lambda, &admitted.function, &admitted.version, admitted.job).await?;
    let compute = std::sync::Arc::clone(lambda.compute()?);
    let (tell, mut told) = mpsc::channel(PIECES_WAITING_MAX);
    let sink = Box::new(Sink(tell.clone()));
    // A task of its own: a client that goes away loses the rest, not the worker.
    tokio::spawn(async move {
        let outcome = compute.stream(work, sink).await;
        drop(permit);
        let last = match outcome {
            Ok(outcome) => Told::Completed(StreamEnd {
                error: outcome.error.map(|_| outcome.payload),
                log_tail: wants_log_tail.then_some(outcome.log_tail),
            }),
            Err(error) => Told::Failed(invoke::from_compute(error)),
        };
        let _ = tell.send(last).await;
    });
    let (content_type, first) = match told.recv().await {
        Some(Told::Begun(content_type)) => (content_type, None),
        Some(Told::Failed(error)) => return Err(error),
        Some(Told::Bytes(bytes)) => (None, Some(StreamEvent::Bytes(bytes))),
        Some(Told::Completed(end)) => (None, Some(StreamEvent::Completed(end))),
        None => return Err(LambdaError::Host("an invocation was lost".to_owned())),
    };
    Ok(InvokedStream {
        content_type,
        executed_version,
        request_id,
        trace_id,
        events: Box::new(Events {
            told,
            first,
            is_complete: false,
        }),
    })
}

/// What the invocation's task tells whoever waits for the answer.
#[derive(Debug)]
enum Told {
    Begun(Option<String>),
    Bytes(Bytes),
    Completed(StreamEnd),
    Failed(LambdaError),
}

struct Sink(mpsc::Sender<Told>);

impl ResponseSink for Sink {
    fn begin(&mut self, content_type: Option<String>) {
        // INVARIANT: nothing was told before, so there is room.
        let _ = self.0.try_send(Told::Begun(content_type));
    }

    fn put(&mut self, bytes: Bytes) -> BoxFuture<'_, bool> {
        Box::pin(async move { self.0.send(Told::Bytes(bytes)).await.is_ok() })
    }
}

struct Events {
    told: mpsc::Receiver<Told>,
    first: Option<StreamEvent>,
    is_complete: bool,
}

impl FunctionStream for Events {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<StreamEvent>> {
        if self.is_complete {
            return Poll::Ready(None);
        }
        let event = match self.first.take() {
            Some(event) => event,
            None => match ready!(self.told.poll_recv(cx)) {
                Some(Told::Bytes(bytes)) => StreamEvent::Bytes(bytes),
                Some(Told::Completed(end)) => StreamEvent::Completed(end),
                Some(Told::Begun(_)) => StreamEvent::Bytes(Bytes::new()),
                Some(Told::Failed(error)) => StreamEvent::Completed(broken(&error.to_string())),
                None => StreamEvent::Completed(broken("the invocation was lost")),
            },
        };
        self.is_complete = matches!(event, StreamEvent::Completed(_));
        Poll::Ready(Some(event))
    }
}

fn broken(message: &str) -> StreamEnd {
    let error = serde_json::json!({ "errorType": "Runtime.Unknown", "errorMessage": message });
    StreamEnd {
        error: Some(error.to_string().into()),
        log_tail: None,
    }
}
