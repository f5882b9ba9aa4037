//! Keeps a panic of one request from ending the connection.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Awaits `future`; none when it panics. The panic's message is printed by the panic hook.
pub(crate) async fn guarded<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    // A future that panicked is not polled again, so nothing sees its broken state.
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Some),
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}
