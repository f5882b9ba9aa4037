//! A document becomes resources, methods, models and authorizers.

mod integration;
mod method;
mod model;
pub(crate) use model::model_url;
mod path;
mod security;
mod settings;

use crate::document::Document;
use crate::limits::ERRORS_MAX;
use crate::{ImportError, syntax};
use restapi::RestApi;
use std::fmt::Display;

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
    /// Milliseconds that an integration may take, at most, where the API is not edge-optimized:
    /// [`crate::limits::TIMEOUT_MS_MAX`] unless more was granted.
    pub timeout_ms_max: i64,
}

/// Writes what `document` (JSON or YAML) says into `api`; gives the warnings.
///
/// `new_id` gives unused identifiers for resources, models, validators and authorizers. The API's
/// id, endpoint type and root resource are the caller's to set before.
///
/// # Errors
/// The document is malformed or says what API Gateway refuses; `api` is unchanged then.
pub fn import(
    document: &[u8],
    options: &ImportOptions,
    api: &mut RestApi,
    new_id: &mut dyn FnMut() -> String,
) -> Result<Vec<String>, ImportError> {
    let unreadable = || ImportError::Refused("Invalid OpenAPI input.".to_owned());
    let text = substituted(document, options);
    let root = syntax::parse(&text).ok_or_else(unreadable)?;
    let document = Document::new(root).ok_or_else(unreadable)?;
    let mut import = Import {
        document: &document,
        options,
        api: api.clone(),
        new_id,
        warnings: Vec::new(),
        errors: Vec::new(),
    };
    import.run();
    import.refuse_errors()?;
    let Import {
        api: done,
        warnings,
        ..
    } = import;
    *api = done;
    Ok(warnings)
}

/// `${AWS::AccountId}`, `${AWS::Partition}` and `${AWS::Region}` replaced, as the developer guide
/// ("OpenAPI variables for import") has it.
fn substituted(document: &[u8], options: &ImportOptions) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(document) else {
        return document.to_vec();
    };
    if !text.contains("${AWS::") || text.len() > crate::limits::DOCUMENT_BYTES_MAX {
        return document.to_vec();
    }
    text.replace("${AWS::AccountId}", &options.account)
        .replace("${AWS::Partition}", partition(&options.region))
        .replace("${AWS::Region}", &options.region)
        .into_bytes()
}

fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// An import under way.
struct Import<'a> {
    document: &'a Document,
    options: &'a ImportOptions,
    api: RestApi,
    new_id: &'a mut dyn FnMut() -> String,
    warnings: Vec<String>,
    errors: Vec<String>,
}

impl Import<'_> {
    fn run(&mut self) {
        if self.options.mode == Mode::Overwrite {
            self.clear();
        }
        self.settings();
        self.models();
        self.authorizers();
        self.paths();
    }

    /// Removes what only the document shall bring. Resources go last, when it is known which
    /// paths come again and keep their ids.
    fn clear(&mut self) {
        self.api.models.clear();
        self.api.gateway_responses.clear();
        self.api.documentation_parts.clear();
        self.api.binary_media_types.clear();
        self.api.minimum_compression_size = None;
        self.api.description = None;
        self.api.version = None;
        self.api.policy = None;
        for resource in self.api.resources.values_mut() {
            resource.methods.clear();
        }
    }

    fn id(&mut self) -> String {
        (self.new_id)()
    }

    fn warn(&mut self, text: impl Display) {
        self.warnings.push(text.to_string());
    }

    fn fail(&mut self, text: impl Display) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(text.to_string());
        }
    }

    fn refuse_errors(&self) -> Result<(), ImportError> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let lines: String = self
            .errors
            .iter()
            .map(|line| format!("\n\t{line}"))
            .collect();
        Err(ImportError::Refused(format!(
            "Errors found during import:{lines}"
        )))
    }
}
