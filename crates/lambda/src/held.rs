//! An execution and the place that it holds.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use stdx::BoxFuture;
use tokio::runtime::Handle;

/// Runs an execution in its caller's task, which saves a task, a wake-up and the way to another
/// thread and back. Left by its caller before its end, it goes on as a task of its own.
pub struct Held<P: Send + Unpin + 'static, T: Send + 'static> {
    /// None when it is over.
    running: Option<(P, BoxFuture<'static, T>)>,
}

impl<P: Send + Unpin + 'static, T: Send + 'static> Held<P, T> {
    /// `running` has the place until it is over, whoever waits for it.
    pub fn new(permit: P, running: BoxFuture<'static, T>) -> Self {
        let running = Some((permit, running));
        Self { running }
    }
}

impl<P: Send + Unpin + 'static, T: Send + 'static> Future for Held<P, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some((_, running)) = &mut self.running else {
            // It has given its output already.
            return Poll::Pending;
        };
        let output = ready!(running.as_mut().poll(cx));
        self.running = None;
        Poll::Ready(output)
    }
}

impl<P: Send + Unpin + 'static, T: Send + 'static> Drop for Held<P, T> {
    fn drop(&mut self) {
        // Without a runtime nothing runs any more.
        if let (Some((permit, running)), Ok(runtime)) = (self.running.take(), Handle::try_current())
        {
            runtime.spawn(async move {
                running.await;
                drop(permit);
            });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use std::sync::{Arc, Weak};
    use tokio::sync::oneshot;

    /// An execution that ends when it is told to, and what is left of its place.
    fn held() -> (Held<Arc<()>, u8>, oneshot::Sender<u8>, Weak<()>) {
        let (end, told) = oneshot::channel();
        let permit = Arc::new(());
        let place = Arc::downgrade(&permit);
        let held = Held::new(permit, Box::pin(async move { told.await.unwrap() }));
        (held, end, place)
    }

    #[tokio::test]
    async fn place_is_free_when_the_answer_is_there() {
        let (mut held, end, place) = held();
        assert!(place.upgrade().is_some());
        end.send(7).unwrap();
        assert_eq!((&mut held).await, 7);
        assert!(place.upgrade().is_none());
    }

    #[tokio::test]
    async fn caller_that_goes_away_frees_the_place_only_at_the_end() {
        let (held, end, place) = held();
        drop(held);
        tokio::task::yield_now().await;
        assert!(place.upgrade().is_some());
        end.send(7).unwrap();
        while place.upgrade().is_some() {
            tokio::task::yield_now().await;
        }
    }
}
