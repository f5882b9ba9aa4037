//! Who waits for what comes of an invocation.

use ports::{ComputeError, Outcome};
use tokio::sync::oneshot;

type Answer = Result<Outcome, ComputeError>;

/// Takes an invocation's outcome, once.
pub(crate) struct Reply(Option<oneshot::Sender<Answer>>);

impl Reply {
    /// To who holds the other end.
    pub(crate) fn to(sender: oneshot::Sender<Answer>) -> Self {
        Self(Some(sender))
    }

    /// Says what came of it; what is said after that is not heard. Nobody may be waiting for it
    /// any more.
    pub(crate) fn give(&mut self, answer: Answer) {
        if let Some(sender) = self.0.take() {
            let _ = sender.send(answer);
        }
    }
}
