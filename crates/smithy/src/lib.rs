//! AWS wire protocols over schemas: bytes to typed input, typed output or error to bytes.
//!
//! A service is data here ([`ServiceMeta`], generated in `api`); this crate knows none by name and
//! is never generated. A request becomes a [`Value`] tree guided by its [`Schema`], one validator
//! words every broken constraint as AWS does, and [`Read`] turns the tree into the typed input.
//!
//! Start at [`find`], [`decode`], [`encode`] and [`encode_error`]: the four steps of `endpoint`.
//! Services start at [`Operations`].
//!
//! Cost: one pass over the body into the tree, one pass to validate, one to move the strings into
//! the typed structure. Payload blobs are never copied.

mod message;
mod operations;
mod schema;
mod service;
mod shape;
mod value;

mod json_1_1;
mod query_json;
mod query_xml;
mod rest_json;

mod error;
pub mod event_stream;
mod form;
mod framework;
mod json_read;
mod json_write;
pub mod limits;
mod macros;
mod pattern;
mod route;
mod text;
mod validate;
mod xml;

pub use error::ServiceError;
pub use event_stream::EventStream;
pub use message::{
    Reply, RequestParts, decode, encode, encode_error, encode_error_json, encode_json, find,
};
pub use operations::{Operations, Prepared, Register};
pub use pattern::check_pattern;
pub use schema::{Kind, Location, Member, Schema, member};
pub use service::{ErrorMeta, Operation, OperationMeta, Protocol, ServiceMeta};
pub use shape::{Read, Write, debug_structure};
pub use value::{Fields, Timestamp, Value};
