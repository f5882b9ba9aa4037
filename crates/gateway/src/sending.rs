//! An answer on its way to the client: what is told of a request waits for its end.

use crate::{
    answer::Answer, compiled::CompiledStage, journal::Journal, journal::Passed, request::Inbound,
    route::Route,
};
use bytes::Bytes;
use ports::LogSink;
use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};
use stdx::{Body, Clock, Cut, Pieces, TimestampMs};

/// Everything that the logs of a request are written from.
pub(crate) struct Account {
    /// Where to.
    pub(crate) logs: Arc<dyn LogSink>,
    /// When.
    pub(crate) clock: Arc<dyn Clock>,
    /// The stage.
    pub(crate) stage: Arc<CompiledStage>,
    /// The request.
    pub(crate) inbound: Inbound,
    /// The method.
    pub(crate) route: Option<Route>,
    /// What was found out on the way.
    pub(crate) journal: Journal,
    /// Status and headers that were sent.
    pub(crate) answer: Answer,
}

/// A body that is sent while it is made; its request's logs are written when it ends, however it
/// does.
pub(crate) struct Sending {
    pieces: Box<dyn Pieces>,
    account: Option<Box<Account>>,
    bytes: usize,
    first_ms: Option<TimestampMs>,
}

impl Sending {
    /// A body that has not begun.
    pub(crate) fn body(pieces: Box<dyn Pieces>, account: Account) -> Body {
        Body::Pieces(Box::new(Self {
            pieces,
            account: Some(Box::new(account)),
            bytes: 0,
            first_ms: None,
        }))
    }

    fn tell(&mut self) {
        let Some(account) = self.account.take() else {
            return;
        };
        let Account {
            logs,
            clock,
            stage,
            inbound,
            route,
            mut journal,
            answer,
        } = *account;
        journal.call.streamed_bytes = Some(self.bytes);
        journal.call.first_content_ms = self.first_ms.map(|at| at - inbound.received_ms);
        let passed = Passed {
            stage: &stage,
            inbound: &inbound,
            route: route.as_ref(),
        };
        journal.tell(logs.as_ref(), clock.as_ref(), passed, &answer, None);
    }
}

impl Pieces for Sending {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        let piece = ready!(self.pieces.poll_piece(cx));
        match (&piece, &self.account) {
            (Some(Ok(bytes)), Some(account)) => {
                self.bytes = self.bytes.saturating_add(bytes.len());
                if self.first_ms.is_none() {
                    self.first_ms = Some(account.clock.now_ms());
                }
            }
            (Some(Ok(_)), None) => {}
            (Some(Err(_)) | None, _) => self.tell(),
        }
        Poll::Ready(piece)
    }
}

impl Drop for Sending {
    /// The client went away.
    fn drop(&mut self) {
        self.tell();
    }
}
