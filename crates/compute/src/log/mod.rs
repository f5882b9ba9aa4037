//! A worker's output as log events, and the platform's own lines.
//!
//! [`frames`] cuts bytes into events, [`capture`] reads them from the worker's pipe, [`journal`]
//! hands them on in batches and remembers the tail, [`lines`] has AWS's texts.

mod capture;
mod frames;
mod journal;
pub(crate) mod lines;

pub(crate) use capture::Capture;
pub(crate) use journal::Journal;
