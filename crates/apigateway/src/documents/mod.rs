//! APIs as documents: OpenAPI in and out, documentation, kinds of SDK.

pub(crate) mod documentation;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod sdk_type;
