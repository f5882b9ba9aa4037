//! The rest-json protocol: verb and path name the operation, members travel everywhere.

use crate::{
    Kind, Location, Member, OperationMeta, Reply, RequestParts, ServiceError, ServiceMeta, Value,
    form, framework, json_read, json_write, route, text,
};
use bytes::Bytes;
use http::HeaderMap;

/// The operation of a request's verb and path.
pub(crate) fn find(
    service: &ServiceMeta,
    request: &RequestParts<'_>,
) -> Result<&'static OperationMeta, ServiceError> {
    route::find(service, request).ok_or_else(|| {
        let text = format!("no operation answers {} {}", request.method, request.path);
        ServiceError::new("UnknownOperationException", text)
    })
}

/// The input, every member from its own place.
pub(crate) fn decode(
    operation: &OperationMeta,
    request: &RequestParts<'_>,
) -> Result<Value, ServiceError> {
    let members = operation.input.members();
    let query = form::parse(request.query)
        .ok_or_else(|| refused("the query string is not valid UTF-8 or has too many parameters"))?;
    let has_body = members
        .iter()
        .any(|member| member.location == Location::Body);
    let body = if has_body {
        json_read::read(operation.input, &request.body)?
    } else {
        None
    };
    let mut fields = match body {
        Some(Value::Structure(fields)) => fields,
        _ => vec![None; members.len()],
    };
    for (member, field) in members.iter().zip(&mut fields) {
        match member.location {
            Location::Body | Location::Status => {}
            Location::Uri => *field = label(operation, member, request.path)?,
            Location::Query => *field = from_query(operation, member, &query)?,
            Location::Header => *field = header(member, request.headers)?,
            Location::Payload => *field = payload(member, &request.body)?,
        }
    }
    Ok(Value::Structure(fields))
}

fn refused(text: &str) -> ServiceError {
    ServiceError::new("SerializationException", text)
}

fn simple(member: &Member, given: &str) -> Result<Value, ServiceError> {
    text::parse(member.target, given)
        .map_err(|kind| refused(&format!("STRING_VALUE can not be converted to a {kind}")))
}

fn label(
    operation: &OperationMeta,
    member: &Member,
    path: &str,
) -> Result<Option<Value>, ServiceError> {
    let given = route::label(operation.uri, path, member.wire)
        .ok_or_else(|| refused("the path is not valid UTF-8"))?;
    simple(member, &given).map(Some)
}

/// One parameter; for a list every one of its name, for a map every one that has no other member.
fn from_query(
    operation: &OperationMeta,
    member: &Member,
    query: &[(String, String)],
) -> Result<Option<Value>, ServiceError> {
    let mut named = query.iter().filter(|(name, _)| name == member.wire);
    match member.target.kind {
        Kind::List(element) => {
            let read = |(_, value): &(String, String)| {
                text::parse(element, value).map_err(|kind| {
                    refused(&format!("STRING_VALUE can not be converted to a {kind}"))
                })
            };
            let items: Vec<Value> = named.map(read).collect::<Result<_, _>>()?;
            Ok((!items.is_empty()).then_some(Value::List(items)))
        }
        Kind::Map(..) => {
            let is_free = |name: &str| {
                let members = operation.input.members();
                let is_taken =
                    |other: &Member| other.location == Location::Query && other.wire == name;
                !members.iter().any(is_taken) && !route::is_query_literal(operation.uri, name)
            };
            let free = query.iter().filter(|(name, _)| is_free(name));
            let entries: Vec<(String, Value)> = free
                .map(|(name, value)| (name.clone(), Value::String(value.clone())))
                .collect();
            Ok((!entries.is_empty()).then_some(Value::Map(entries)))
        }
        _ => named
            .next()
            .map(|(_, value)| simple(member, value))
            .transpose(),
    }
}

fn header(member: &Member, headers: &HeaderMap) -> Result<Option<Value>, ServiceError> {
    let Some(value) = headers.get(member.wire) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| refused(&format!("header {} is not ASCII text", member.wire)))?;
    simple(member, text.trim()).map(Some)
}

fn payload(member: &Member, body: &Bytes) -> Result<Option<Value>, ServiceError> {
    match member.target.kind {
        Kind::Blob => Ok((!body.is_empty()).then(|| Value::Blob(body.clone()))),
        _ => json_read::read(member.target, body),
    }
}

/// The answer: body members as one JSON object, or the payload as it is.
pub(crate) fn encode(operation: &OperationMeta, output: Value, request_id: &str) -> Reply {
    let members = operation.output.members();
    let mut reply = Reply {
        status: operation.status,
        headers: vec![("x-amzn-RequestId".to_owned(), request_id.to_owned())],
        body: Bytes::new(),
        stream: None,
    };
    let mut content_type = "application/json".to_owned();
    let has_body = members
        .iter()
        .any(|member| member.location == Location::Body);
    if has_body {
        reply.body = Bytes::from(json_write::write(operation.output, &output));
    }
    let mut fields = output.into_fields();
    for member in members {
        let Some(value) = fields.take() else { continue };
        match (member.location, value) {
            (Location::Status, Value::Integer(status)) => {
                reply.status = u16::try_from(status).unwrap_or(operation.status);
            }
            (Location::Header, value) => match text::write(&value) {
                Some(text) if member.wire.eq_ignore_ascii_case("content-type") => {
                    content_type = text;
                }
                Some(text) => reply.headers.push((member.wire.to_owned(), text)),
                None => {}
            },
            (Location::Payload, Value::Blob(bytes)) => reply.body = bytes,
            (Location::Payload, Value::Stream(stream)) => {
                content_type = "application/vnd.amazon.eventstream".to_owned();
                reply.stream = Some(stream);
            }
            (Location::Payload, value) => {
                reply.body = Bytes::from(json_write::write(member.target, &value));
            }
            _ => {}
        }
    }
    reply
        .headers
        .push(("Content-Type".to_owned(), content_type));
    reply
}

/// The answer of a failure: code in a header, text and members in the body.
pub(crate) fn encode_error(service: &ServiceMeta, error: &ServiceError, request_id: &str) -> Reply {
    let shown = framework::show(service, error);
    let mut headers = vec![
        ("x-amzn-RequestId".to_owned(), request_id.to_owned()),
        ("x-amzn-ErrorType".to_owned(), shown.code.clone()),
        ("Content-Type".to_owned(), "application/json".to_owned()),
    ];
    let members = service
        .error(error.code())
        .map_or(&[][..], |meta| meta.members);
    let mut body: Vec<(&str, &str)> = Vec::new();
    if let Some(kind) = shown.kind {
        body.push(("Type", kind));
    }
    body.push((shown.message_key, error.message()));
    for (name, value) in error.fields() {
        let Value::String(value) = value else {
            continue;
        };
        let member = members.iter().find(|member| member.name == name);
        match member {
            Some(member) if member.location == Location::Header => {
                headers.push((member.wire.to_owned(), value.clone()));
            }
            Some(member) if member.wire == "Type" => {
                body.retain(|(key, _)| *key != "Type");
                body.insert(0, ("Type", value));
            }
            Some(member) => body.push((member.wire, value)),
            None => body.push((name, value)),
        }
    }
    Reply {
        status: shown.status,
        headers,
        body: Bytes::from(object(&body)),
        stream: None,
    }
}

/// A JSON object of texts.
pub(crate) fn object(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut out = vec![b'{'];
    for (at, (key, value)) in entries.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        json_write::string(&mut out, key);
        out.push(b':');
        json_write::string(&mut out, value);
    }
    out.push(b'}');
    out
}
