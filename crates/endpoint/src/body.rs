//! Reads a request's body whole, within bounds of size and time.

use crate::limits::{BODY_PAUSE_MAX, BODY_TIMEOUT, DISCARDED_BYTES_MAX};
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// More bytes than the bound, stated or sent.
    TooLarge,
    /// The client paused too long or took too long.
    TooSlow,
    /// The connection broke or the framing is wrong.
    Broken,
}

/// The whole body, at most `bytes_max` long.
///
/// What is not much too large is read to its end and thrown away, because most clients look for
/// an answer only when they have sent everything; `expects_continue` says that this one asked.
pub(crate) async fn read(
    mut body: Incoming,
    bytes_max: usize,
    expects_continue: bool,
) -> Result<Bytes, BodyError> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let stated = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let patience = bytes_max.saturating_add(DISCARDED_BYTES_MAX);
    if stated > patience || (stated > bytes_max && expects_continue) {
        return Err(BodyError::TooLarge);
    }
    let mut kept = Kept::default();
    let mut total = 0usize;
    let end = Instant::now() + BODY_TIMEOUT;
    loop {
        let deadline = end.min(Instant::now() + BODY_PAUSE_MAX);
        let frame = match timeout_at(deadline, body.frame()).await {
            Err(_) => return Err(BodyError::TooSlow),
            Ok(None) => break,
            Ok(Some(frame)) => frame.map_err(|_| BodyError::Broken)?,
        };
        if let Ok(data) = frame.into_data() {
            total = total.saturating_add(data.len());
            if total > patience {
                return Err(BodyError::TooLarge);
            }
            if total <= bytes_max {
                kept.push(data, stated);
            } else {
                kept = Kept::default();
            }
        }
    }
    if total > bytes_max {
        return Err(BodyError::TooLarge);
    }
    Ok(kept.whole())
}

/// A body of one frame, the common case, is handed over without a copy.
#[derive(Default)]
struct Kept {
    first: Bytes,
    joined: BytesMut,
}

impl Kept {
    fn push(&mut self, data: Bytes, stated: usize) {
        if self.first.is_empty() && self.joined.is_empty() {
            self.first = data;
            return;
        }
        if self.joined.is_empty() {
            self.joined
                .reserve(stated.max(self.first.len() + data.len()));
            self.joined.extend_from_slice(&self.first);
            self.first = Bytes::new();
        }
        self.joined.extend_from_slice(&data);
    }

    fn whole(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.freeze()
        }
    }
}
