//! The places of workers that are kept up whether anybody calls or not.
//!
//! A place lasts as long as the worker that has it, from before its start until it has ended; so
//! nobody has to count where workers come and go.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// How many are wanted of one function version, how many there are.
#[derive(Debug, Default)]
pub(crate) struct Places {
    wanted: AtomicU32,
    /// Taken: by workers that are starting, too.
    taken: AtomicU32,
    /// Taken by workers that have passed their init.
    ready: AtomicU32,
    failure: Mutex<Option<String>>,
    changed: Notify,
}

impl Places {
    /// From now on so many are wanted.
    pub(crate) fn want(&self, wanted: u32) {
        self.wanted.store(wanted, Ordering::SeqCst);
        self.changed.notify_one();
    }

    /// How many are wanted.
    pub(crate) fn wanted(&self) -> u32 {
        self.wanted.load(Ordering::SeqCst)
    }

    /// How many workers have passed their init.
    pub(crate) fn ready(&self) -> u32 {
        self.ready.load(Ordering::SeqCst)
    }

    /// How many are taken beyond those that are wanted.
    pub(crate) fn surplus(&self) -> u32 {
        let taken = self.taken.load(Ordering::SeqCst);
        taken.saturating_sub(self.wanted())
    }

    /// Why there are fewer than were asked for.
    pub(crate) fn failure(&self) -> Option<String> {
        self.lock().clone()
    }

    /// Says, or takes back, why there are fewer.
    pub(crate) fn set_failure(&self, failure: Option<String>) {
        *self.lock() = failure;
    }

    /// Waits until a place is free that was taken, or another number is wanted.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One place, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    is_ready: bool,
}

impl Place {
    /// A place, if one is wanted that nobody has.
    pub(crate) fn take(places: &Arc<Places>) -> Option<Self> {
        let wanted = places.wanted();
        let take = |taken: u32| (taken < wanted).then_some(taken + 1);
        let taking = places
            .taken
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        taking.is_ok().then(|| Self {
            places: Arc::clone(places),
            is_ready: false,
        })
    }

    /// Its worker has passed its init.
    pub(crate) fn settle(&mut self) {
        if !std::mem::replace(&mut self.is_ready, true) {
            self.places.ready.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How many are taken beyond those that are wanted.
    pub(crate) fn surplus(&self) -> u32 {
        self.places.surplus()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_ready {
            self.places.ready.fetch_sub(1, Ordering::SeqCst);
        }
        self.places.taken.fetch_sub(1, Ordering::SeqCst);
        self.places.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_more_places_are_taken_than_are_wanted() {
        let places = Arc::new(Places::default());
        assert!(Place::take(&places).is_none());
        places.want(2);
        let mut first = Place::take(&places).unwrap();
        let second = Place::take(&places).unwrap();
        assert!(Place::take(&places).is_none(), "one over");
        assert_eq!((places.ready(), places.surplus()), (0, 0));
        first.settle();
        first.settle();
        assert_eq!(places.ready(), 1);
        places.want(1);
        assert_eq!(second.surplus(), 1);
        drop(second);
        assert_eq!(first.surplus(), 0);
        drop(first);
        assert_eq!(places.ready(), 0);
        assert!(Place::take(&places).is_some());
    }
}
