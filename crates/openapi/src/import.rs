//! A document becomes resources, methods, models and authorizers.

use crate::ImportError;
use restapi::RestApi;

/// What becomes of the document's base path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BasePath {
    /// It is dropped.
    #[default]
    Ignore,
    /// It stands before every path.
    Prepend,
    /// Its first segment is dropped, the rest stands before every path.
    Split,
}

/// What becomes of what the API already has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It stays unless the document says otherwise.
    Merge,
    /// It goes.
    Overwrite,
}

/// How a document is imported.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The base path's fate.
    pub base_path: BasePath,
    /// Merge or overwrite.
    pub mode: Mode,
    /// The owner of the API, twelve digits.
    pub account: String,
    /// The API's region.
    pub region: String,
}

/// Writes what `document` (JSON or YAML) says into `api`; gives the warnings.
///
/// `new_id` gives unused identifiers for resources, models, validators and authorizers.
///
/// # Errors
/// The document is malformed or says what API Gateway refuses; `api` is unchanged then.
pub fn import(
    _document: &[u8],
    _options: &ImportOptions,
    _api: &mut RestApi,
    _new_id: &mut dyn FnMut() -> String,
) -> Result<Vec<String>, ImportError> {
    Err(ImportError::Refused("import is not implemented".into()))
}
