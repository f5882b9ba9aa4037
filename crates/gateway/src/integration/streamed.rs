//! Answers that go to the client while the backend makes them ("Response transfer mode").

use crate::limits;
use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use ports::{FunctionStream, StreamEvent};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use stdx::{Cut, Pieces};
use tokio::time::{Instant, Sleep};

/// The bytes of a backend's answer, with the bounds of time that hold for it.
pub(crate) struct Streamed {
    source: Source,
    /// Bytes that came together with the head.
    first: Option<Bytes>,
    /// When the integration's timeout is over.
    deadline: Pin<Box<Sleep>>,
    /// When the backend has been silent for too long.
    silence: Pin<Box<Sleep>>,
    idle_max: Duration,
}

/// Where the bytes come from.
pub(crate) enum Source {
    /// A function.
    Function(Box<dyn FunctionStream>),
    /// An HTTP backend.
    Http(Incoming),
}

impl Streamed {
    /// The rest of an answer whose head has come.
    pub(crate) fn new(
        source: Source,
        first: Option<Bytes>,
        deadline: Instant,
        idle_max: Duration,
    ) -> Self {
        Self {
            source,
            first: first.filter(|bytes| !bytes.is_empty()),
            deadline: Box::pin(tokio::time::sleep_until(deadline)),
            silence: Box::pin(tokio::time::sleep(idle_max)),
            idle_max,
        }
    }

    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        match &mut self.source {
            Source::Function(events) => match ready!(events.poll_event(cx)) {
                Some(StreamEvent::Bytes(bytes)) => Poll::Ready(Some(Ok(bytes))),
                Some(StreamEvent::Completed(end)) => {
                    Poll::Ready(end.error.is_some().then_some(Err(Cut)))
                }
                None => Poll::Ready(None),
            },
            Source::Http(body) => match ready!(Pin::new(body).poll_frame(cx)) {
                // Trailers do not pass: API Gateway's clients are promised none.
                Some(Ok(frame)) => {
                    Poll::Ready(Some(Ok(frame.into_data().unwrap_or_else(|_| Bytes::new()))))
                }
                Some(Err(error)) => {
                    tracing::debug!(%error, "a backend's answer broke off");
                    Poll::Ready(Some(Err(Cut)))
                }
                None => Poll::Ready(None),
            },
        }
    }
}

impl Pieces for Streamed {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        loop {
            match self.poll_source(cx) {
                Poll::Ready(Some(Ok(bytes))) if bytes.is_empty() => {}
                Poll::Ready(Some(Ok(bytes))) => {
                    self.silence.as_mut().reset(Instant::now() + self.idle_max);
                    return Poll::Ready(Some(Ok(bytes)));
                }
                Poll::Ready(end) => return Poll::Ready(end),
                Poll::Pending => {
                    let is_over = self.deadline.as_mut().poll(cx).is_ready()
                        || self.silence.as_mut().poll(cx).is_ready();
                    return match is_over {
                        true => Poll::Ready(Some(Err(Cut))),
                        false => Poll::Pending,
                    };
                }
            }
        }
    }
}

/// How long a backend may be silent on the way, by the API's endpoint type.
pub(crate) fn idle_max(endpoint_types: &[String]) -> Duration {
    match endpoint_types.iter().any(|kind| kind == "EDGE") {
        true => limits::STREAM_IDLE_EDGE,
        false => limits::STREAM_IDLE,
    }
}

/// All bytes of a stream, for those who need them at once.
///
/// # Errors
/// When it breaks off, or is over `bytes_max`.
pub(crate) async fn gather(pieces: &mut dyn Pieces, bytes_max: usize) -> Result<Bytes, Cut> {
    let mut gathered = Vec::new();
    while let Some(piece) = std::future::poll_fn(|cx| pieces.poll_piece(cx)).await {
        gathered.extend_from_slice(&piece?);
        if gathered.len() > bytes_max {
            return Err(Cut);
        }
    }
    Ok(Bytes::from(gathered))
}
