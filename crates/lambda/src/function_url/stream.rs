//! `InvokeMode: RESPONSE_STREAM`: the answer goes to the client while the function writes it.
//!
//! Source: "Writing response streaming-enabled Lambda functions"; the format of the head is that of
//! AWS's own `HttpResponseStream`.

use super::answer::{self, Refusal};
use crate::Lambda;
use crate::invoke::Door;
use crate::limits::STREAM_HEAD_BYTES_MAX;
use crate::stream::{self, HTTP_INTEGRATION_RESPONSE};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Response, header};
use ports::{FunctionStream, Invocation, StreamEvent};
use std::task::{Context, Poll, ready};
use stdx::{Body, Cut, Pieces};

/// What stands between head and body.
const DELIMITER: [u8; 8] = [0; 8];

/// Calls the function; gives its answer and the trace header that it saw.
pub async fn answer(
    lambda: &Lambda,
    door: Door,
    invocation: Invocation,
    request_id: String,
) -> Result<(Response<Body>, String), Refusal> {
    let stream = stream::invoke(lambda, door, invocation, request_id).await?;
    let mut events = stream.events;
    let is_http = stream.content_type.as_deref() == Some(HTTP_INTEGRATION_RESPONSE);
    let (head, first) = match is_http {
        true => read_head(events.as_mut()).await?,
        false => {
            // The first bytes, so that a function that fails before them answers 502.
            let first = next(events.as_mut()).await?;
            (plain(stream.content_type.as_deref()), first)
        }
    };
    let body = Body::Pieces(Box::new(Rest {
        first: Some(first).filter(|first| !first.is_empty()),
        events,
        is_over: false,
    }));
    Ok((head.map(|()| body), stream.trace_id))
}

/// The head of an answer that is all body.
// UNVERIFIED: the content type of a function that does not stream; its JSON text is shown as it is.
fn plain(content_type: Option<&str>) -> Response<()> {
    let octets = HeaderValue::from_static("application/octet-stream");
    let named = content_type.and_then(|text| HeaderValue::from_str(text).ok());
    let mut response = Response::new(());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, named.unwrap_or(octets));
    response
}

async fn read_head(events: &mut dyn FunctionStream) -> Result<(Response<()>, Bytes), Refusal> {
    let mut seen = BytesMut::new();
    loop {
        let searched = seen.len().saturating_sub(DELIMITER.len() - 1);
        let bytes = next(events).await?;
        if bytes.is_empty() {
            return Err(Refusal::Failed);
        }
        seen.extend_from_slice(&bytes);
        let mut windows = seen
            .get(searched..)
            .unwrap_or_default()
            .windows(DELIMITER.len());
        if let Some(at) = windows.position(|window| window == DELIMITER) {
            let head = seen.split_to(searched + at);
            let rest = seen.split_off(DELIMITER.len()).freeze();
            return Ok((answer::head(&head).ok_or(Refusal::Failed)?, rest));
        }
        if seen.len() > STREAM_HEAD_BYTES_MAX {
            return Err(Refusal::Failed);
        }
    }
}

/// The next bytes; none when the function ended.
async fn next(events: &mut dyn FunctionStream) -> Result<Bytes, Refusal> {
    loop {
        match std::future::poll_fn(|cx| events.poll_event(cx)).await {
            Some(StreamEvent::Bytes(bytes)) if bytes.is_empty() => {}
            Some(StreamEvent::Bytes(bytes)) => return Ok(bytes),
            Some(StreamEvent::Completed(end)) if end.error.is_some() => {
                return Err(Refusal::Failed);
            }
            Some(StreamEvent::Completed(_)) | None => return Ok(Bytes::new()),
        }
    }
}

/// The body as it comes.
struct Rest {
    events: Box<dyn FunctionStream>,
    first: Option<Bytes>,
    is_over: bool,
}

impl Pieces for Rest {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        while !self.is_over {
            match ready!(self.events.poll_event(cx)) {
                Some(StreamEvent::Bytes(bytes)) if bytes.is_empty() => {}
                Some(StreamEvent::Bytes(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                Some(StreamEvent::Completed(end)) => {
                    self.is_over = true;
                    return Poll::Ready(end.error.is_some().then_some(Err(Cut)));
                }
                None => self.is_over = true,
            }
        }
        Poll::Ready(None)
    }
}
