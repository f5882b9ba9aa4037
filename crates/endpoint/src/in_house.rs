//! Calls of AWS APIs that a service of this program makes in a principal's name, as API Gateway
//! does for its integrations. Nothing is signed; from there on they go the way of every other.

use crate::aws::{Aws, parts};
use crate::fault;
use crate::limits::{BODY_BYTES_MAX, LAMBDA_BODY_BYTES_MAX};
use crate::service::{self, Operations};
use bytes::Bytes;
use http::{HeaderValue, Uri, header, request};
use ports::{ApiCall, Call, Caller, RequestFacts};
use smithy::{Protocol, Reply, ServiceError, ServiceMeta};

/// Answers one call; every failure is an answer too.
pub(crate) async fn answer(aws: &Aws, asked: ApiCall) -> http::Response<Bytes> {
    let request_id = asked.request_id.clone();
    let mut known = aws.services.iter();
    let found = known.find(|one| one.service().name == asked.service);
    let meta = found.map_or(&service::NAMELESS_REST, |one| one.service());
    let reply = match found {
        Some(operations) => serve(aws, operations, asked).await,
        None => {
            let name = format!("The service '{}'", asked.service);
            Err(fault::not_implemented(&name))
        }
    };
    let reply = reply.unwrap_or_else(|error| smithy::encode_error_json(meta, &error, &request_id));
    response(reply)
}

async fn serve(aws: &Aws, operations: &Operations, asked: ApiCall) -> Result<Reply, ServiceError> {
    let service = operations.service();
    let request_id = asked.request_id.clone();
    let (call, refused, action) = (call(&asked), asked.refused, asked.action);
    let (mut head, mut body) = asked.request.into_parts();
    if service.protocol == Protocol::QueryXml && !service::is_form(&head.headers) {
        body = Bytes::new();
    }
    let bytes_max = match service.name {
        "lambda" => LAMBDA_BODY_BYTES_MAX,
        _ => BODY_BYTES_MAX,
    };
    if body.len() > bytes_max {
        return Err(fault::body(
            crate::body::BodyError::TooLarge,
            bytes_max,
            None,
        ));
    }
    if let Some(action) = action {
        name_operation(service, &mut head, &action)?;
    }
    let path = head.uri.path().to_owned();
    let request = parts(&head, &path, body);
    let (operation, output) = aws.run(operations, &request, refused, call).await?;
    let reply = smithy::encode_json(service, operation, output, &request_id);
    match reply.stream {
        None => Ok(reply),
        Some(_) => Err(fault::not_implemented(
            "A streamed answer to an integration",
        )),
    }
}

/// Writes the operation into the request as the service's protocol wants it.
fn name_operation(
    service: &ServiceMeta,
    head: &mut request::Parts,
    action: &str,
) -> Result<(), ServiceError> {
    let unknown = || {
        let text = format!("no operation of {} is called `{action}`", service.name);
        ServiceError::new("UnknownOperationException", text)
    };
    // A name that the service knows holds no character that means something in a query or header.
    let operation = service.operation(action).ok_or_else(unknown)?;
    match service.protocol {
        Protocol::QueryXml => {
            // The first of several counts, so what follows cannot name another operation.
            let own = format!("/?Action={}&Version={}", operation.name, service.version);
            let uri = match head.uri.query() {
                Some(query) => format!("{own}&{query}"),
                None => own,
            };
            head.uri = uri.parse::<Uri>().map_err(|_| unknown())?;
        }
        Protocol::Json11 => {
            let target = format!("{}.{}", service.target_prefix, operation.name);
            let target = HeaderValue::from_str(&target).map_err(|_| unknown())?;
            head.headers.insert("x-amz-target", target);
            let content_type = HeaderValue::from_static("application/x-amz-json-1.1");
            head.headers.insert(header::CONTENT_TYPE, content_type);
        }
        // Their operations are addressed by verb and path.
        Protocol::RestJson => return Err(unknown()),
    }
    Ok(())
}

fn call(asked: &ApiCall) -> Call {
    let user_agent = asked.request.headers().get(header::USER_AGENT);
    Call {
        caller: Caller::Principal(asked.principal.clone()),
        account: asked.principal.account.clone(),
        region: asked.region.clone(),
        request_id: asked.request_id.clone(),
        now_ms: asked.now_ms,
        facts: RequestFacts {
            // No address: the client of the API is not the one who calls.
            source_ip: None,
            user_agent: user_agent
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            referer: None,
            is_tls: true,
            now_ms: asked.now_ms,
            region: asked.region.to_string(),
            request_id: asked.request_id.clone(),
        },
        base_url: asked.base_url.clone(),
    }
}

fn response(reply: Reply) -> http::Response<Bytes> {
    let mut response = http::Response::new(reply.body);
    *response.status_mut() =
        http::StatusCode::from_u16(reply.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        let pair = (
            name.parse::<http::HeaderName>(),
            HeaderValue::from_str(&value),
        );
        if let (Ok(name), Ok(value)) = pair {
            response.headers_mut().append(name, value);
        }
    }
    response
}
