//! The four steps of an endpoint: find the operation, decode, encode, encode an error.

use crate::{
    EventStream, OperationMeta, Protocol, ServiceError, ServiceMeta, Value, json_1_1, query_json,
    query_xml, rest_json, validate,
};
use bytes::Bytes;
use http::HeaderMap;

/// A request, taken apart as the codecs need it.
#[derive(Debug, Clone)]
pub struct RequestParts<'a> {
    /// The verb.
    pub method: &'a str,
    /// The path as sent, still percent-encoded.
    pub path: &'a str,
    /// What stands after `?`, as sent; empty when nothing does.
    pub query: &'a str,
    /// Headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// An answer, to be sent as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, content type and request id among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// What is sent instead of `body`, while it happens.
    pub stream: Option<EventStream>,
}

/// The operation of `service` that a request asks for.
///
/// # Errors
/// AWS's error for an operation that the service does not have.
pub fn find(
    service: &ServiceMeta,
    request: &RequestParts<'_>,
) -> Result<&'static OperationMeta, ServiceError> {
    match service.protocol {
        Protocol::RestJson => rest_json::find(service, request),
        Protocol::QueryXml => query_xml::find(service, request),
        Protocol::Json11 => json_1_1::find(service, request),
    }
}

/// The operation's input, decoded and checked against every constraint of the model.
///
/// # Errors
/// `SerializationException` for what is no input at all, `ValidationException` (`ValidationError`
/// of query services) for broken constraints, in AWS's words.
pub fn decode(
    service: &ServiceMeta,
    operation: &OperationMeta,
    request: &RequestParts<'_>,
) -> Result<Value, ServiceError> {
    let input = match service.protocol {
        Protocol::RestJson => rest_json::decode(operation, request)?,
        Protocol::QueryXml => query_xml::decode(operation, request)?,
        Protocol::Json11 => json_1_1::decode(operation, request)?,
    };
    validate::check(service, operation, &input)?;
    Ok(input)
}

/// The answer of an operation that succeeded. `output` is what a handler gave.
pub fn encode(
    service: &ServiceMeta,
    operation: &OperationMeta,
    output: Value,
    request_id: &str,
) -> Reply {
    match service.protocol {
        Protocol::RestJson => rest_json::encode(operation, output, request_id),
        Protocol::QueryXml => query_xml::encode(service, operation, &output, request_id),
        Protocol::Json11 => json_1_1::encode(operation, &output, request_id),
    }
}

/// The answer of an operation that failed.
pub fn encode_error(service: &ServiceMeta, error: &ServiceError, request_id: &str) -> Reply {
    let mut reply = match service.protocol {
        Protocol::RestJson => rest_json::encode_error(service, error, request_id),
        Protocol::QueryXml => query_xml::encode_error(service, error, request_id),
        Protocol::Json11 => json_1_1::encode_error(service, error, request_id),
    };
    reply.headers.extend_from_slice(error.headers());
    reply
}

/// [`encode`] in JSON, also where the service's own form is XML.
pub fn encode_json(
    service: &ServiceMeta,
    operation: &OperationMeta,
    output: Value,
    request_id: &str,
) -> Reply {
    match service.protocol {
        Protocol::QueryXml => query_json::encode(operation, &output, request_id),
        Protocol::RestJson | Protocol::Json11 => encode(service, operation, output, request_id),
    }
}

/// [`encode_error`] in JSON, also where the service's own form is XML.
pub fn encode_error_json(service: &ServiceMeta, error: &ServiceError, request_id: &str) -> Reply {
    match service.protocol {
        Protocol::QueryXml => query_json::encode_error(service, error, request_id),
        Protocol::RestJson | Protocol::Json11 => encode_error(service, error, request_id),
    }
}
