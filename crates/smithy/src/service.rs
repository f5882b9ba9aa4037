//! Services and their operations as static data.

use crate::{Member, Read, Schema, Write};

/// How a service puts its messages into HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Verb and path name the operation; JSON bodies.
    RestJson,
    /// `Action` of a form names the operation; XML answers.
    QueryXml,
    /// `X-Amz-Target` names the operation; JSON bodies.
    Json11,
}

/// A service of the models.
#[derive(Debug)]
pub struct ServiceMeta {
    /// botocore's name: `lambda`, `apigateway`, `iam`, `sts`, `logs`.
    pub name: &'static str,
    /// The model's date, `2015-03-31`.
    pub version: &'static str,
    /// Its protocol.
    pub protocol: Protocol,
    /// Whether error messages name members of the body as `{operation}Input.member` and let nulls
    /// stand in collections, API Gateway's way; a patch of the model says so.
    pub names_body_input: bool,
    /// The XML namespace of query services; otherwise empty.
    pub xml_namespace: &'static str,
    /// What stands before the `.` of `X-Amz-Target`; empty for other protocols.
    pub target_prefix: &'static str,
    /// Every operation of the model, by name.
    pub operations: &'static [&'static OperationMeta],
    /// Every exception of the model, by name.
    pub errors: &'static [ErrorMeta],
}

impl ServiceMeta {
    /// The operation called `name`.
    pub fn operation(&self, name: &str) -> Option<&'static OperationMeta> {
        self.operations
            .binary_search_by(|operation| operation.name.cmp(name))
            .ok()
            .and_then(|at| self.operations.get(at).copied())
    }

    /// The exception whose shape or wire code is `name`.
    pub fn error(&self, name: &str) -> Option<&'static ErrorMeta> {
        self.errors
            .iter()
            .find(|error| error.name == name || error.code == name)
    }
}

/// An operation of the models.
#[derive(Debug)]
pub struct OperationMeta {
    /// Its name, such as `AddPermission`.
    pub name: &'static str,
    /// The verb, upper case.
    pub method: &'static str,
    /// The path's template with labels in braces, query literals included.
    pub uri: &'static str,
    /// The status of success.
    pub status: u16,
    /// Whether clients call it without signing.
    pub is_unsigned: bool,
    /// The XML element around a query operation's result; empty when there is no result.
    pub result_wrapper: &'static str,
    /// The input's shape.
    pub input: &'static Schema,
    /// The output's shape.
    pub output: &'static Schema,
}

/// An exception of the models.
#[derive(Debug)]
pub struct ErrorMeta {
    /// The shape's name, such as `NoSuchEntityException`.
    pub name: &'static str,
    /// The code on the wire, such as `NoSuchEntity`; often the same.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Whether the fault is the service's own.
    pub is_server_fault: bool,
    /// Its members.
    pub members: &'static [Member],
}

/// A typed operation; implemented by the unit structures in `api::<service>::op`.
pub trait Operation: 'static {
    /// What it takes.
    type Input: Read + Send + Sync + 'static;
    /// What it gives.
    type Output: Write + Send + 'static;
    /// Its facts.
    const META: &'static OperationMeta;
}
