//! Keeps a panic of one request from ending the connection.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that gives none when the future inside panics.
pub(crate) struct Guarded<F>(Pin<Box<F>>);

/// Guards `future`; the panic's message is printed by the panic hook.
pub(crate) fn guarded<F: Future>(future: F) -> Guarded<F> {
    Guarded(Box::pin(future))
}

impl<F: Future> Future for Guarded<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // A future that panicked is not polled again, so nothing sees its broken state.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Some),
            Err(_) => Poll::Ready(None),
        }
    }
}
