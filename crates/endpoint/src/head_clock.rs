//! How long a head may take once it has begun; between requests a connection may wait longer.
//!
//! Cost: nothing while heads come whole. The clock is set when a read has to wait in the middle of
//! one.

use crate::limits::{CONNECTIONS_MAX, HEAD_TIMEOUT, IDLE_TIMEOUT};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// The clock of one connection.
#[derive(Debug, Default)]
pub(crate) struct HeadClock {
    running: Option<Pin<Box<Sleep>>>,
}

impl HeadClock {
    /// Ready when the head that is being waited for has taken too long. Asked by each read that
    /// has to wait; `is_begun` says whether it waits in the middle of a head.
    pub(crate) fn poll_late(&mut self, cx: &mut Context<'_>, is_begun: bool) -> Poll<()> {
        if !is_begun {
            self.running = None;
            return Poll::Pending;
        }
        let running = self
            .running
            .get_or_insert_with(|| Box::pin(sleep(HEAD_TIMEOUT)));
        running.as_mut().poll(cx)
    }
}

/// How long a new connection may be idle between its requests, when there is room for so many
/// more: as long as AWS's while connections are few, else no longer than a head may take, so that
/// idle clients do not keep others out.
pub(crate) fn idle_timeout(room: usize) -> Duration {
    match room >= CONNECTIONS_MAX / 2 {
        true => IDLE_TIMEOUT,
        false => HEAD_TIMEOUT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::time::{Instant, advance};

    #[tokio::test(start_paused = true)]
    async fn bytes_that_drip_do_not_set_the_clock_back() {
        let mut clock = HeadClock::default();
        let began = Instant::now();
        poll_fn(|cx| clock.poll_late(cx, true)).await;
        assert_eq!(began.elapsed().as_secs(), HEAD_TIMEOUT.as_secs());
        let mut clock = HeadClock::default();
        for second in 0..40 {
            let mut is_late = false;
            poll_fn(|cx| {
                is_late = clock.poll_late(cx, true).is_ready();
                Poll::Ready(())
            })
            .await;
            assert_eq!(is_late, second >= 30, "{second}");
            advance(Duration::from_secs(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn between_heads_there_is_no_clock() {
        let mut clock = HeadClock::default();
        for is_begun in [true, false, true] {
            let mut is_late = true;
            poll_fn(|cx| {
                is_late = clock.poll_late(cx, is_begun).is_ready();
                Poll::Ready(())
            })
            .await;
            assert!(!is_late);
            advance(HEAD_TIMEOUT - Duration::from_secs(1)).await;
        }
    }

    #[test]
    fn a_crowd_is_less_patient() {
        assert_eq!(idle_timeout(CONNECTIONS_MAX), IDLE_TIMEOUT);
        assert_eq!(idle_timeout(CONNECTIONS_MAX / 2), IDLE_TIMEOUT);
        assert_eq!(idle_timeout(CONNECTIONS_MAX / 2 - 1), HEAD_TIMEOUT);
        assert_eq!(idle_timeout(0), HEAD_TIMEOUT);
    }
}
