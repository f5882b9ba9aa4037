//! A worker's output as log events, and the platform's own lines.
//!
//! [`frames`] cuts bytes into events, [`capture`] reads them from the worker's pipe, [`journal`]
//! hands them on in batches and remembers the tail, [`lines`] has AWS's texts, [`platform`]
//! says what the platform tells in which of AWS's two formats, [`level`] drops what nobody wants, [`telemetry`]
//! what extensions are told of it.

mod capture;
mod frames;
mod journal;
mod level;
pub(crate) mod lines;
mod platform;
mod telemetry;

pub(crate) use capture::Capture;
pub(crate) use journal::{Journal, time_text};
