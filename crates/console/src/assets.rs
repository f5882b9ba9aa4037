//! The console's files, embedded in the program. Nothing is read from disk, so no path leads out.

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use std::io::Read;

/// One file of the built site.
struct Asset {
    /// Below `/console/`.
    name: &'static str,
    is_gzip: bool,
    bytes: &'static [u8],
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Shown when the program was built without the site.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><title>Crossway console</title>\
    <h1>The console is not in this build</h1>\
    <p>Build it together with the server: <code>cargo xtask build</code>. It needs Node.js 20 and npm.</p>\
    <p>Everything else works without it: use the AWS CLI or an SDK.</p></html>";

/// The file at `path`; every path that is not a file is a page of the application.
pub(crate) fn serve(path: &str, headers: &HeaderMap) -> Response<Bytes> {
    let name = path.strip_prefix("/console").unwrap_or(path);
    let name = name.strip_prefix('/').unwrap_or(name);
    if let Some(asset) = find(name) {
        return file(asset, headers);
    }
    // A missing script must not come as a page: it would be cached, or run, as one.
    if name.starts_with("assets/") {
        return crate::status(StatusCode::NOT_FOUND);
    }
    match find("index.html") {
        Some(index) => file(index, headers),
        None => page(NOT_BUILT),
    }
}

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

fn file(asset: &'static Asset, headers: &HeaderMap) -> Response<Bytes> {
    let is_gzip = asset.is_gzip && accepts_gzip(headers);
    let bytes = if asset.is_gzip && !is_gzip {
        inflated(asset.bytes)
    } else {
        Bytes::from_static(asset.bytes)
    };
    let mut response = Response::new(bytes);
    let out = response.headers_mut();
    // Vite names files by their content's hash.
    let caching = if asset.name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    let kind = HeaderValue::from_static(content_type(asset.name));
    out.insert(header::CONTENT_TYPE, kind);
    if asset.is_gzip {
        let accept = HeaderValue::from_static("accept-encoding");
        out.insert(header::VARY, accept);
    }
    if is_gzip {
        let gzip = HeaderValue::from_static("gzip");
        out.insert(header::CONTENT_ENCODING, gzip);
    }
    response
}

fn page(html: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(html.as_bytes()));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|it| it.to_str().ok());
    accepted.is_some_and(|text| {
        text.split(',').map(str::trim).any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            name.trim().eq_ignore_ascii_case("gzip")
                && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    })
}

/// Our own files, of known size; programs that take no gzip are rare.
fn inflated(bytes: &[u8]) -> Bytes {
    let mut out = Vec::new();
    match GzDecoder::new(bytes).read_to_end(&mut out) {
        Ok(_) => Bytes::from(out),
        Err(error) => {
            tracing::error!(%error, "an embedded file is broken");
            Bytes::new()
        }
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "gif" => "image/gif",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_path_is_a_page_and_no_path_is_a_file_of_the_host() {
        for path in [
            "/console",
            "/console/",
            "/console/s/0/apis",
            "/console/../../etc/passwd",
            "/console/%2e%2e/%2e%2e/etc/passwd",
            "/console//etc/passwd",
        ] {
            let response = serve(path, &HeaderMap::new());
            assert_eq!(response.status(), 200, "{path}");
            let text = String::from_utf8(response.body().to_vec()).unwrap();
            assert!(text.starts_with("<!doctype html>"), "{path}");
        }
        let missing = serve("/console/assets/../../x.js", &HeaderMap::new());
        assert_eq!(missing.status(), 404);
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let check = |text: &str, expect: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, text.parse().unwrap());
            assert_eq!(accepts_gzip(&headers), expect, "{text}");
        };
        check("gzip, deflate", true);
        check("br;q=1, GZIP;q=0.5", true);
        check("br", false);
        check("gzip;q=0", false);
        check("xgzip", false);
    }
}
