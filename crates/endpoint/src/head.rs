//! What the head of a request says before anybody is asked.

use crate::listener::Connection;
use crate::{fault, tap};
use http::{HeaderMap, HeaderValue, Method, header, request};
use smithy::ServiceError;

/// The head as sent; for HTTP/2, and where it is not known, as HTTP/1.1 would have it.
pub(crate) fn sent(head: &request::Parts, connection: &Connection) -> tap::Head {
    let recorder = connection.recorder.as_ref();
    let known = recorder
        .and_then(|recorder| tap::head_of(recorder, &head.method, &head.uri, &head.headers));
    known.unwrap_or_else(|| {
        let line = head.method.as_str().len() + uri_bytes(&head.uri) + " HTTP/1.1 \r\n".len();
        let fields = head.headers.iter();
        let fields = fields.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
        tap::Head {
            bytes: line + fields.sum::<usize>(),
            ..tap::Head::default()
        }
    })
}

fn uri_bytes(uri: &http::Uri) -> usize {
    uri.path_and_query()
        .map_or(1, |target| target.as_str().len())
}

/// The one host of the request; HTTP/2's `:authority` is put into `Host`, where signers look.
pub(crate) fn host(head: &mut request::Parts) -> Result<String, ServiceError> {
    let authority = head
        .uri
        .authority()
        .map(|authority| authority.as_str().to_owned());
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => {
            return Err(fault::malformed("The Host header must not be repeated."));
        }
        (Some(host), None) => Some(
            host.to_str()
                .map(str::to_owned)
                .map_err(|_| fault::malformed("The Host header is not a host name."))?,
        ),
        _ => None,
    };
    match (host, authority) {
        (Some(host), Some(authority)) if !host.eq_ignore_ascii_case(&authority) => Err(
            fault::malformed("The Host header is not the host of the request line."),
        ),
        (Some(host), _) if is_host(&host) => Ok(host),
        (None, Some(authority)) => {
            let value = HeaderValue::from_str(&authority)
                .map_err(|_| fault::malformed("The authority is not a host name."))?;
            head.headers.insert(header::HOST, value);
            Ok(authority)
        }
        _ => Err(fault::malformed("A Host header is required.")),
    }
}

/// Letters, digits and what ports and IPv6 addresses need; nothing that could end up in a URL as
/// something else than a host.
fn is_host(host: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !host.is_empty() && host.bytes().all(fits)
}

/// A browser that was typed the bare address: no program asks for HTML here.
pub(crate) fn is_browser_at_root(head: &request::Parts) -> bool {
    let accepts_html = |headers: &HeaderMap| {
        let accept = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok());
        accept.is_some_and(|accept| accept.contains("text/html"))
    };
    head.method == Method::GET
        && head.uri.path() == "/"
        && head.uri.query().is_none()
        && !head.headers.contains_key(header::AUTHORIZATION)
        && accepts_html(&head.headers)
}
