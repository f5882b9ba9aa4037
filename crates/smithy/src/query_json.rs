//! Answers of query services in JSON, for clients that send `Accept: application/json`: API Gateway
//! does, and so does Kubernetes' authenticator, which reads `GetCallerIdentityResponse` this way.

use crate::{OperationMeta, Reply, ServiceError, ServiceMeta, Value, framework, json_write};
use bytes::Bytes;

/// `{"{Operation}Response":{"{Operation}Result":{…},"ResponseMetadata":{"RequestId":"…"}}}`.
// UNVERIFIED: whether absent members are left out, as here, or null; AssumeRole without
// SourceIdentity, asked for JSON, would settle it.
pub(crate) fn encode(operation: &OperationMeta, output: &Value, request_id: &str) -> Reply {
    let mut body = b"{".to_vec();
    json_write::string(&mut body, &format!("{}Response", operation.name));
    body.extend_from_slice(b":{");
    if !operation.result_wrapper.is_empty() {
        json_write::string(&mut body, operation.result_wrapper);
        body.push(b':');
        body.extend(json_write::write(operation.output, output));
        body.push(b',');
    }
    body.extend_from_slice(b"\"ResponseMetadata\":{\"RequestId\":");
    json_write::string(&mut body, request_id);
    body.extend_from_slice(b"}}}");
    reply(operation.status, request_id, body)
}

/// `{"Error":{"Code":"…","Message":"…","Type":"Sender"},"RequestId":"…"}`.
pub(crate) fn encode_error(service: &ServiceMeta, error: &ServiceError, request_id: &str) -> Reply {
    let shown = framework::show(service, error);
    let kind = if shown.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    let mut body = Vec::new();
    let texts = [
        ("{\"Error\":{\"Code\":", shown.code.as_str()),
        (",\"Message\":", error.message()),
        (",\"Type\":", kind),
        ("},\"RequestId\":", request_id),
    ];
    for (before, text) in texts {
        body.extend_from_slice(before.as_bytes());
        json_write::string(&mut body, text);
    }
    body.push(b'}');
    reply(shown.status, request_id, body)
}

fn reply(status: u16, request_id: &str, body: Vec<u8>) -> Reply {
    Reply {
        status,
        headers: vec![
            ("x-amzn-RequestId".to_owned(), request_id.to_owned()),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ],
        body: Bytes::from(body),
        stream: None,
    }
}
