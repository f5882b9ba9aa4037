//! OpenAPI 2.0 and 3.0 documents with `x-amazon-apigateway-*` extensions to `restapi` and back.
//!
//! Pure. What AWS only warns about is a warning here, a value; what AWS refuses is an
//! [`ImportError`] in AWS's words, and the API stays as it was.
//!
//! Start at [`import()`] and [`export()`]; [`petstore()`] is the example document.

mod document;
mod error;
mod export;
mod import;
mod jwt_configuration;
pub mod limits;
mod petstore;
mod syntax;
mod yaml;

pub use error::ImportError;
pub use export::{ExportOptions, Extensions, Format, Kind, export};
pub use import::{BasePath, ImportOptions, Mode, import};
pub use petstore::petstore;
