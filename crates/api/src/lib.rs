//! Generated AWS operations and shapes: one module a service, written by `cargo xtask codegen`.
//!
//! Each module has `SERVICE`, the shapes under the model's names, and one type an operation in
//! `op`. Members are snake case; required members of inputs are plain, all others are options.
//! A static of the same name beside each structure is its schema. Nothing here is stored.

pub mod apigateway;
pub mod iam;
pub mod lambda;
pub mod logs;
pub mod organizations;
pub mod sts;

pub use smithy::{Operation, Operations, ServiceError, Timestamp};
