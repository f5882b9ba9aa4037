//! Answers as HTTP responses, each with its request id.

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use smithy::{Reply, ServiceError};
use stdx::Body;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// A codec's reply as a response.
pub(crate) fn response(reply: Reply, request_id: &str) -> Response<Body> {
    let events = reply.stream.and_then(|stream| stream.take());
    let body = events.map_or_else(|| Body::from(reply.body), Body::Pieces);
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        let pair = (name.parse::<HeaderName>(), HeaderValue::from_str(&value));
        if let (Ok(name), Ok(value)) = pair {
            response.headers_mut().append(name, value);
        } else {
            tracing::warn!(name, "a header of an answer could not be sent");
        }
    }
    identified(response, request_id)
}

/// A refusal of the front door itself, before any service is known.
pub(crate) fn refusal(error: &ServiceError, request_id: &str) -> Response<Body> {
    let reply = smithy::encode_error(&crate::service::NAMELESS_REST, error, request_id);
    response(reply, request_id)
}

/// A refusal after which nothing more can be read from the connection.
pub(crate) fn last_refusal(error: &ServiceError, request_id: &str) -> Response<Body> {
    let mut response = refusal(error, request_id);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Sends a browser elsewhere.
pub(crate) fn redirect(location: &'static str, request_id: &str) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = StatusCode::FOUND;
    let location = HeaderValue::from_static(location);
    response.headers_mut().insert(header::LOCATION, location);
    identified(response, request_id)
}

/// The response with `x-amzn-RequestId`, unless it has one of its own.
pub(crate) fn identified(mut response: Response<Body>, request_id: &str) -> Response<Body> {
    if !response.headers().contains_key(REQUEST_ID)
        && let Ok(value) = HeaderValue::from_str(request_id)
    {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Whether the client waits for a word before it sends its body.
pub(crate) fn expects_continue(headers: &HeaderMap) -> bool {
    headers.contains_key(header::EXPECT)
}

/// Whether a browser will show the answer as a page, where scripts in it would run.
pub(crate) fn is_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-dest") {
        Some(destination) => destination != "empty",
        // Browsers leave the header out on plain http under a host name.
        None => text("accept").is_some_and(|accept| accept.contains("text/html")),
    }
}

/// Takes this server's origin from a page that an API made: a deployed API addressed by path could
/// otherwise act as whoever is signed in to the console under the same origin.
pub(crate) fn sandbox(response: &mut Response<Body>) {
    let policy = HeaderValue::from_static(
        "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads",
    );
    // Appended: several policies hold together, and the API's own may not loosen this one.
    response
        .headers_mut()
        .append(header::CONTENT_SECURITY_POLICY, policy);
}
