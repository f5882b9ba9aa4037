//! The answer of a handler: gathered, or handed on while it comes.

use super::Worker;
use crate::failure::Failure;
use crate::limits::{RESPONSE_BYTES_MAX, STREAMED_BYTES_MAX};
use bytes::{Bytes, BytesMut};
use ports::ResponseSink;
use std::pin::Pin;
use tokio::time::Sleep;

/// Where an answer goes.
pub(crate) struct Response {
    sink: Option<Box<dyn ResponseSink>>,
    /// The answer so far, where nobody takes it while it comes.
    gathered: BytesMut,
    bytes: usize,
    has_begun: bool,
}

impl Response {
    /// To `sink`; without one it is gathered.
    pub(crate) fn to(sink: Option<Box<dyn ResponseSink>>) -> Self {
        Self {
            sink,
            gathered: BytesMut::new(),
            bytes: 0,
            has_begun: false,
        }
    }

    /// The answer begins.
    pub(crate) fn begin(&mut self, content_type: Option<String>) {
        self.has_begun = true;
        if let Some(sink) = &mut self.sink {
            sink.begin(content_type);
        }
    }

    /// The answer of a handler that came to the end of its stream.
    pub(crate) fn end(&mut self, error: Option<Bytes>) -> Result<Bytes, Failure> {
        match error {
            Some(payload) => Err(Failure::Reported {
                payload,
                error_type: None,
            }),
            None if self.is_over() => Err(Failure::TooLarge),
            None => Ok(std::mem::take(&mut self.gathered).freeze()),
        }
    }

    fn is_over(&self) -> bool {
        self.bytes
            > match self.sink {
                Some(_) => STREAMED_BYTES_MAX,
                None => RESPONSE_BYTES_MAX,
            }
    }
}

impl Worker {
    /// Hands bytes on. Output is taken and time passes while there is no room for them; false when
    /// time is up.
    pub(super) async fn deliver(
        &mut self,
        response: &mut Response,
        piece: Bytes,
        mut timer: Pin<&mut Sleep>,
    ) -> bool {
        response.bytes = response.bytes.saturating_add(piece.len());
        if response.is_over() {
            response.gathered.clear();
            return true;
        }
        let is_timed = self.seat.is_none();
        let Some(sink) = &mut response.sink else {
            response.gathered.extend_from_slice(&piece);
            return true;
        };
        let mut put = sink.put(piece);
        loop {
            let flush_at = self.journal.flush_at();
            tokio::select! {
                biased;
                () = timer.as_mut(), if is_timed => return false,
                // Nobody wants the rest: the function runs on, as on AWS.
                _ = &mut put => return true,
                () = self.capture.read(&mut self.journal) => {}
                () = super::sleep_until(flush_at), if flush_at.is_some() => self.journal.flush(),
            }
        }
    }

    /// Hands on the whole answer of a function that does not stream; gives what is left of it.
    pub(super) async fn deliver_whole(
        &mut self,
        response: &mut Response,
        answer: Bytes,
        timer: Pin<&mut Sleep>,
    ) -> Bytes {
        if response.sink.is_none() || response.has_begun {
            return answer;
        }
        response.begin(Some("application/json".to_owned()));
        self.deliver(response, answer, timer).await;
        Bytes::new()
    }
}
