//! An invocation in the hands of who waits for it.

use ports::{ComputeError, Outcome};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use stdx::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Runs an invocation in its caller's task: a task of its own would be one more wake-up on the way
/// there and one more on the way back, each of them perhaps on another processor.
///
/// INVARIANT: what was begun is finished. Dropped early, because the caller went away or has its
/// answer while the worker goes on with the next event, the rest becomes a task of its own.
pub(super) struct Attended {
    serving: Option<BoxFuture<'static, ()>>,
    answer: oneshot::Receiver<Result<Outcome, ComputeError>>,
    runtime: Handle,
}

impl Attended {
    /// `serving` gives the answer, and may have more to do then.
    pub(super) fn new(
        serving: BoxFuture<'static, ()>,
        answer: oneshot::Receiver<Result<Outcome, ComputeError>>,
        runtime: Handle,
    ) -> Self {
        Self {
            serving: Some(serving),
            answer,
            runtime,
        }
    }
}

impl Future for Attended {
    /// None when the invocation ended without an answer.
    type Output = Option<Result<Outcome, ComputeError>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(serving) = &mut self.serving
            && serving.as_mut().poll(cx).is_ready()
        {
            self.serving = None;
        }
        Pin::new(&mut self.answer).poll(cx).map(Result::ok)
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            self.runtime.spawn(serving);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use tokio::sync::mpsc;

    type Reply = oneshot::Sender<Result<Outcome, ComputeError>>;

    /// Says `begun`, answers when told to, and says `done` when told so again.
    async fn serve(reply: Reply, mut told: mpsc::Receiver<()>, says: mpsc::Sender<&'static str>) {
        let _ = says.send("begun").await;
        told.recv().await;
        let _ = reply.send(Ok(Outcome {
            payload: Bytes::from_static(b"1"),
            error: None,
            log_tail: Bytes::new(),
        }));
        told.recv().await;
        let _ = says.send("done").await;
    }

    fn attended() -> (Attended, mpsc::Sender<()>, mpsc::Receiver<&'static str>) {
        let (reply, answer) = oneshot::channel();
        let (tell, told) = mpsc::channel(2);
        let (says, heard) = mpsc::channel(2);
        let serving = Box::pin(serve(reply, told, says));
        let attended = Attended::new(serving, answer, Handle::current());
        (attended, tell, heard)
    }

    #[tokio::test]
    async fn answer_comes_before_the_end_and_the_rest_goes_on() {
        let (attended, tell, mut heard) = attended();
        tell.send(()).await.expect("is served");
        let answer = attended.await.expect("an answer").expect("no error");
        assert_eq!(answer.payload, "1");
        assert_eq!(heard.recv().await, Some("begun"));
        tell.send(()).await.expect("goes on");
        assert_eq!(heard.recv().await, Some("done"));
    }

    #[tokio::test]
    async fn caller_that_goes_away_stops_nothing() {
        let (mut attended, tell, mut heard) = attended();
        std::future::poll_fn(|cx| {
            assert!(Pin::new(&mut attended).poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        assert_eq!(heard.recv().await, Some("begun"));
        drop(attended);
        for _ in 0..2 {
            tell.send(()).await.expect("goes on");
        }
        assert_eq!(heard.recv().await, Some("done"));
    }

    #[tokio::test]
    async fn what_ends_without_an_answer_says_so() {
        let (reply, answer) = oneshot::channel();
        let serving = Box::pin(async move { drop(reply) });
        assert!(
            Attended::new(serving, answer, Handle::current())
                .await
                .is_none()
        );
    }
}
