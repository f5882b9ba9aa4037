//! Jayway's JSONPath with json-smart's leniency towards documents.
//!
//! A path is compiled once ([`JsonPath::parse`]) and read from any document that implements
//! [`Tree`]; [`Json`] is the tree of this crate, [`parse_json`] builds any other through a
//! [`Builder`].
//!
//! Reading is bounded ([`limits`]): nothing loops without a bound, and regular expressions are
//! linear. Nothing in a path is ever executed.
//!
//! ```
//! use jsonpath::{Json, JsonPath};
//! let document = Json::parse(r#"{"pets": [{"name": "Rex"}, {"name": "Tom"}]}"#)?;
//! let names = JsonPath::parse("$.pets[*].name")?.read(&document)?;
//! assert_eq!(names.to_json_text(), r#"["Rex","Tom"]"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Reading order: `path`, `compile`, `evaluate`, `filter`, `function`, then `parse` and `json`.

mod compile;
mod cursor;
mod decimal;
mod error;
mod evaluate;
mod filter;
mod filter_compile;
mod function;
mod json;
pub mod limits;
mod number;
mod operand;
mod parse;
mod path;
mod scan;
mod tree;

pub use error::{JsonError, PathError};
pub use json::{Json, JsonBuilder};
pub use parse::parse_json;
pub use path::JsonPath;
pub use tree::{Builder, Kind, Number, Tree};
