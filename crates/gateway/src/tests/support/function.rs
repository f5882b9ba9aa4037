//! A function that answers what a test says, whole or in pieces of one byte.

use super::Doubles;
use crate::{integration::streamed::gather, limits};
use bytes::Bytes;
use ports::{
    FunctionStream, Invocation, Invoke, InvokeError, Invoked, InvokedStream, StreamEnd, StreamEvent,
};
use std::collections::VecDeque;
use std::task::{Context, Poll};
use stdx::{Body, BoxFuture};

impl Invoke for Doubles {
    fn invoke(&self, invocation: Invocation) -> BoxFuture<'_, Result<Invoked, InvokeError>> {
        let answer = (self.answers.lock().unwrap())(&invocation);
        let is_endless = invocation.function_arn.ends_with("endless");
        self.invocations.lock().unwrap().push(invocation);
        Box::pin(async move {
            if is_endless {
                std::future::pending::<()>().await;
            }
            answer
        })
    }
    fn invoke_stream(
        &self,
        invocation: Invocation,
    ) -> BoxFuture<'_, Result<InvokedStream, InvokeError>> {
        Box::pin(async move {
            let invoked = self.invoke(invocation).await?;
            Ok(streamed(invoked))
        })
    }
}

struct Events(VecDeque<StreamEvent>);

impl FunctionStream for Events {
    fn poll_event(&mut self, _cx: &mut Context<'_>) -> Poll<Option<StreamEvent>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// The answer in pieces; a function that failed writes nothing.
fn streamed(invoked: Invoked) -> InvokedStream {
    let is_failed = invoked.function_error.is_some();
    let written = match is_failed {
        true => &[][..],
        false => invoked.payload.as_ref(),
    };
    let mut events: VecDeque<StreamEvent> = written
        .iter()
        .map(|byte| StreamEvent::Bytes(vec![*byte].into()))
        .collect();
    events.push_back(StreamEvent::Completed(StreamEnd {
        error: is_failed.then(|| invoked.payload.clone()),
        log_tail: None,
    }));
    InvokedStream {
        content_type: None,
        executed_version: invoked.executed_version,
        request_id: invoked.request_id,
        trace_id: invoked.trace_id,
        events: Box::new(Events(events)),
    }
}

/// The answer with all of its body.
pub(super) async fn whole(response: http::Response<Body>) -> http::Response<Bytes> {
    let (parts, body) = response.into_parts();
    let body = match body {
        Body::Whole(bytes) => bytes,
        Body::Pieces(mut pieces) => {
            let gathered = gather(pieces.as_mut(), limits::PAYLOAD_BYTES_MAX).await;
            gathered.unwrap_or_else(|_| Bytes::from_static(b"broken off"))
        }
    };
    http::Response::from_parts(parts, body)
}
