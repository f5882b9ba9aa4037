//! Methods of resources: what they expect, what they call, what they answer.

pub(crate) mod integration;
pub(crate) mod integration_response;
pub(crate) mod integration_uri;
pub(crate) mod mapping_expression;
pub(crate) mod method;
pub(crate) mod method_response;
pub(crate) mod service;
pub(crate) mod test_invoke;
