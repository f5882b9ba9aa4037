//! Writes that wait for the tasks that are ready.

use std::task::{Context, Poll};

/// Puts off a connection's first write after a read until the tasks that are ready now have run.
///
/// A thread that answers each request at once wakes its peer for each answer, and the peer, done
/// with one, sleeps until the next: on a machine whose processors have to be woken that is most of
/// a short request's cost. Written together, the answers to what was read together wake it once.
/// Where nothing else is ready, the write follows at once.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing was written since the last read.
    #[default]
    Due,
    /// The others have had their turn, or are having it.
    Given,
}

impl Turn {
    /// Says that something was read.
    pub fn read(&mut self) {
        *self = Self::Due;
    }

    /// Ready when the write may go.
    pub fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Given => Poll::Ready(()),
            Self::Due => {
                *self = Self::Given;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn the_first_write_after_a_read_waits_for_one_turn_and_asks_for_the_next() {
        let woken = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut cx = Context::from_waker(&waker);
        let mut turn = Turn::default();
        for round in 1..=2 {
            assert_eq!(turn.poll_write(&mut cx), Poll::Pending);
            assert_eq!(woken.0.load(Ordering::Relaxed), round);
            // The rest of the answer follows without another turn.
            assert_eq!(turn.poll_write(&mut cx), Poll::Ready(()));
            assert_eq!(turn.poll_write(&mut cx), Poll::Ready(()));
            assert_eq!(woken.0.load(Ordering::Relaxed), round);
            turn.read();
        }
    }
}
