//! Which web pages may call a function URL, told to their browsers.
//!
//! Source: "Cross-origin resource sharing (CORS)" in "Creating and managing Lambda function URLs",
//! and the data type "Cors". A preflight is answered without the function and without permission,
//! since a browser cannot sign it; it tells nothing but the configuration. The function's own CORS
//! headers are left as they are, so that both together give two lines, as on AWS.

use crate::record::CorsRecord;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

/// The answer to a preflight; none when the request is none.
pub fn preflight(
    cors: &CorsRecord,
    method: &Method,
    headers: &HeaderMap,
) -> Option<Response<bytes::Bytes>> {
    let asks = headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let origin = headers.get(header::ORIGIN).filter(|_| asks)?;
    if method != Method::OPTIONS {
        return None;
    }
    let mut response = Response::new(bytes::Bytes::new());
    let told = response.headers_mut();
    if allow_origin(cors, origin, told) {
        list(
            told,
            header::ACCESS_CONTROL_ALLOW_METHODS,
            &cors.allow_methods,
        );
        list(
            told,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            &cors.allow_headers,
        );
        if let Some(seconds) = cors.max_age_s {
            told.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(seconds));
        }
    }
    Some(response)
}

/// Adds to an answer what the browser of the page that asked must know.
pub fn tell(cors: &CorsRecord, request: &HeaderMap, response: &mut HeaderMap) {
    if let Some(origin) = request.get(header::ORIGIN)
        && allow_origin(cors, origin, response)
    {
        list(
            response,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            &cors.expose_headers,
        );
    }
}

/// A text of the configuration that no header can carry, if there is one.
pub fn unsendable(cors: &CorsRecord) -> Option<&str> {
    let lists = [
        &cors.allow_headers,
        &cors.allow_methods,
        &cors.allow_origins,
        &cors.expose_headers,
    ];
    let mut texts = lists.into_iter().flatten().flatten();
    let is_sendable = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    texts.find(|text| !is_sendable(text)).map(String::as_str)
}

/// Whether the origin is allowed; then says so.
fn allow_origin(cors: &CorsRecord, origin: &HeaderValue, told: &mut HeaderMap) -> bool {
    let allowed = cors.allow_origins.as_deref().unwrap_or_default();
    let allows_credentials = cors.allow_credentials == Some(true);
    let value = if allowed
        .iter()
        .any(|one| one.as_bytes() == origin.as_bytes())
    {
        told.append(header::VARY, HeaderValue::from_static("Origin"));
        origin.clone()
    } else if allowed.iter().any(|one| one == "*") {
        // UNVERIFIED: whether AWS echoes the origin where credentials are allowed. A browser takes
        // no `*` with credentials, so pages of unnamed origins stay without them here.
        HeaderValue::from_static("*")
    } else {
        return false;
    };
    told.append(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    if allows_credentials {
        let yes = HeaderValue::from_static("true");
        told.append(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
    }
    true
}

fn list(told: &mut HeaderMap, name: HeaderName, texts: &Option<Vec<String>>) {
    let texts = texts.as_deref().unwrap_or_default();
    if !texts.is_empty()
        && let Ok(value) = HeaderValue::from_str(&texts.join(","))
    {
        told.append(name, value);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    fn cors(origins: &[&str]) -> CorsRecord {
        let all = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
        CorsRecord {
            allow_credentials: Some(true),
            allow_headers: all(&["x-a", "x-b"]),
            allow_methods: all(&["GET", "PUT"]),
            allow_origins: all(origins),
            expose_headers: all(&["x-c"]),
            max_age_s: Some(60),
        }
    }

    fn asked(origin: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("origin", origin.parse().unwrap());
        headers.insert("access-control-request-method", "PUT".parse().unwrap());
        headers
    }

    fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn a_preflight_of_an_allowed_origin() {
        let cors = cors(&["https://a.example"]);
        let told = preflight(&cors, &Method::OPTIONS, &asked("https://a.example")).unwrap();
        for (name, value) in [
            ("access-control-allow-origin", "https://a.example"),
            ("access-control-allow-methods", "GET,PUT"),
            ("access-control-allow-headers", "x-a,x-b"),
            ("access-control-allow-credentials", "true"),
            ("access-control-max-age", "60"),
            ("vary", "Origin"),
        ] {
            assert_eq!(text(told.headers(), name), Some(value), "{name}");
        }
        assert_eq!(text(told.headers(), "access-control-expose-headers"), None);
    }

    #[test]
    fn other_origins_are_told_nothing() {
        let cors = cors(&["https://a.example"]);
        let told = preflight(&cors, &Method::OPTIONS, &asked("https://b.example")).unwrap();
        assert!(told.headers().is_empty());
        let mut answer = HeaderMap::new();
        tell(&cors, &asked("https://a.example.evil"), &mut answer);
        assert!(answer.is_empty());
        tell(&cors, &asked("https://a.example"), &mut answer);
        assert_eq!(text(&answer, "access-control-expose-headers"), Some("x-c"));
    }

    #[test]
    fn every_origin() {
        let mut answer = HeaderMap::new();
        tell(&cors(&["*"]), &asked("https://b.example"), &mut answer);
        assert_eq!(text(&answer, "access-control-allow-origin"), Some("*"));
    }

    #[test]
    fn only_options_with_both_headers_is_a_preflight() {
        let cors = cors(&["*"]);
        assert!(preflight(&cors, &Method::GET, &asked("https://a.example")).is_none());
        let mut headers = asked("https://a.example");
        headers.remove("access-control-request-method");
        assert!(preflight(&cors, &Method::OPTIONS, &headers).is_none());
    }

    #[test]
    fn line_breaks_are_found() {
        assert_eq!(unsendable(&cors(&["https://a"])), None);
        assert_eq!(unsendable(&cors(&["a\r\nx: y"])), Some("a\r\nx: y"));
    }
}
