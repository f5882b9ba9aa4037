//! A REST API: itself, its tree of resources and what its methods share.

pub(crate) mod gateway_response;
pub(crate) mod model;
pub(crate) mod path_part;
pub(crate) mod policy_text;
pub(crate) mod resource;
pub(crate) mod rest_api;
mod rest_api_patch;
mod schema_syntax;
pub(crate) mod validator;
