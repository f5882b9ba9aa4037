//! What the standard library lacks: a [`Clock`], a source of [`Ids`], a [`Body`] that may be sent
//! while it is made.
//!
//! Time and randomness come in through these traits so that a test can run an hour in a second
//! and replay a failure from a seed. This crate knows nothing of AWS.

mod body;
mod clock;
mod ids;
mod turn;

pub use body::{Body, Cut, Pieces};
pub use clock::{Clock, ManualClock, SystemClock, TimestampMs};
pub use ids::{Ids, RandomIds, SeededIds, SharedIds};
pub use turn::Turn;

use std::{future::Future, pin::Pin};

/// A boxed future that may move between threads, as the traits of `ports` return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
