//! From a function's answer to an HTTP answer, and refusals.
//!
//! Source: "Invoking Lambda function URLs", response payload format.

use crate::error::LambdaError;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

/// Why a request gets no answer of the function's.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such URL.
    NotFound,
    /// Not signed, or not allowed.
    Forbidden,
    /// Wrongly signed: exception and text.
    Signature(&'static str, String),
    /// Too many executions at a time; AWS's `Reason`.
    Throttled(&'static str),
    /// The event would be over 6 MB.
    TooLarge,
    /// The function failed, answered what is no HTTP answer, or could not be run.
    Failed,
}

/// Observed on AWS, byte for byte.
const FORBIDDEN: &str = r#"{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}"#;

impl Refusal {
    /// The HTTP answer.
    pub fn into_http(self) -> Response<Bytes> {
        const JSON: &str = "application/json";
        let (status, error, body) = match self {
            // UNVERIFIED: seen in other projects' tests against AWS only.
            Self::NotFound => (404, None, r#"{"Message":null}"#.to_owned()),
            Self::Forbidden => (403, Some("AccessDeniedException"), FORBIDDEN.to_owned()),
            // UNVERIFIED: the casing of `message`, which is that of API Gateway.
            Self::Signature(code, text) => {
                (403, Some(code), json!({ "message": text }).to_string())
            }
            // UNVERIFIED: the body; the status is documented.
            Self::Throttled(reason) => (
                429,
                Some("TooManyRequestsException"),
                json!({ "Reason": reason, "Type": "User", "message": "Rate Exceeded." })
                    .to_string(),
            ),
            // UNVERIFIED: the body; the status is documented.
            Self::TooLarge => (
                413,
                Some("RequestEntityTooLargeException"),
                json!({ "Message": "Request Entity Too Large" }).to_string(),
            ),
            Self::Failed => (502, None, "Internal Server Error".to_owned()),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        if let Some(error) = error {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(error));
        }
        response
    }
}

impl From<LambdaError> for Refusal {
    fn from(error: LambdaError) -> Self {
        match error {
            LambdaError::Denied(_) => Self::Forbidden,
            LambdaError::Throttled(reason) => Self::Throttled(reason),
            LambdaError::TooLarge(_) => Self::TooLarge,
            LambdaError::FunctionNotFound(_) => Self::NotFound,
            other => {
                tracing::warn!(
                    error = &other as &dyn std::error::Error,
                    "a function URL failed"
                );
                Self::Failed
            }
        }
    }
}

/// The HTTP answer that a function's payload stands for; none when it stands for none.
///
/// An object with `statusCode` says everything itself. Anything else is the body of a 200: a text
/// as it is, other values as JSON text.
pub fn parse(payload: &[u8]) -> Option<Response<Bytes>> {
    let value: Value = serde_json::from_slice(payload).ok()?;
    let body = match value {
        Value::Object(members) if members.contains_key("statusCode") => return full(members),
        Value::String(text) => Bytes::from(text),
        _ => Bytes::copy_from_slice(payload),
    };
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, json_type());
    Some(response)
}

/// The head of a streamed answer: the same object, all of its members optional.
pub fn head(text: &[u8]) -> Option<Response<()>> {
    let Value::Object(mut members) = serde_json::from_slice(text).ok()? else {
        return None;
    };
    members.remove("body");
    members.entry("statusCode").or_insert(Value::from(200));
    full(members).map(|response| response.map(|_| ()))
}

fn json_type() -> HeaderValue {
    HeaderValue::from_static("application/json")
}

fn full(mut members: Map<String, Value>) -> Option<Response<Bytes>> {
    let status = match members.get("statusCode")? {
        Value::Number(number) => u16::try_from(number.as_u64()?).ok()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    let is_final = (200..=599).contains(&status);
    let status = StatusCode::from_u16(status).ok().filter(|_| is_final)?;
    let is_encoded = members.get("isBase64Encoded") == Some(&Value::Bool(true));
    let body = match members.remove("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(Value::String(text)) if is_encoded => STANDARD.decode(text).ok()?.into(),
        Some(Value::String(text)) => Bytes::from(text),
        // UNVERIFIED: whether AWS takes a body that is no text; the page wants JSON stringified.
        Some(_) => return None,
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set_headers(response.headers_mut(), members.get("headers"))?;
    set_cookies(response.headers_mut(), members.get("cookies"))?;
    if !response.headers().contains_key(header::CONTENT_TYPE) {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, json_type());
    }
    Some(response)
}

fn set_headers(headers: &mut HeaderMap, given: Option<&Value>) -> Option<()> {
    let given = match given {
        None | Some(Value::Null) => return Some(()),
        Some(given) => given.as_object()?,
    };
    for (name, value) in given {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => return None,
        };
        let Some(name) = outgoing_name(name)? else {
            continue;
        };
        headers.append(name, HeaderValue::from_str(&text).ok()?);
    }
    Some(())
}

/// The name under which a function's header goes out: what belongs to this server's own connection
/// is renamed or dropped. None in all when it is no header name.
// UNVERIFIED: which names AWS renames for function URLs; these are API Gateway's.
fn outgoing_name(name: &str) -> Option<Option<HeaderName>> {
    const RENAMED: [&str; 4] = ["connection", "content-length", "date", "x-amzn-requestid"];
    if name.eq_ignore_ascii_case("transfer-encoding") {
        return Some(None);
    }
    let is_renamed = RENAMED.iter().any(|one| one.eq_ignore_ascii_case(name));
    let name = match is_renamed {
        true => format!("x-amzn-remapped-{name}").parse(),
        false => name.parse(),
    };
    name.ok().map(Some)
}

fn set_cookies(headers: &mut HeaderMap, given: Option<&Value>) -> Option<()> {
    let given = match given {
        None | Some(Value::Null) => return Some(()),
        Some(given) => given.as_array()?,
    };
    for cookie in given {
        let value = HeaderValue::from_str(cookie.as_str()?).ok()?;
        headers.append(header::SET_COOKIE, value);
    }
    Some(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    /// `status content-type body`.
    fn check(payload: &str, expect: &str) {
        let text = match parse(payload.as_bytes()) {
            None => "no answer".to_owned(),
            Some(response) => format!(
                "{} {} {}",
                response.status().as_u16(),
                response.headers()["content-type"].to_str().unwrap(),
                String::from_utf8_lossy(response.body())
            ),
        };
        assert_eq!(text, expect, "{payload}");
    }

    #[test]
    fn what_has_no_status_is_a_body() {
        check(r#""Hello""#, "200 application/json Hello");
        check(r#"{"a": 1}"#, r#"200 application/json {"a": 1}"#);
        check("[1]", "200 application/json [1]");
        check("null", "200 application/json null");
        check(r#"{"body":"x"}"#, r#"200 application/json {"body":"x"}"#);
    }

    #[test]
    fn what_has_a_status_says_everything() {
        check(r#"{"statusCode":201,"body":"x"}"#, "201 application/json x");
        check(r#"{"statusCode":"404"}"#, "404 application/json ");
        check(
            r#"{"statusCode":200,"headers":{"Content-Type":"text/html"},"body":"PGI+","isBase64Encoded":true}"#,
            "200 text/html <b>",
        );
        check(r#"{"statusCode":599}"#, "599 application/json ");
    }

    #[test]
    fn what_is_no_http_answer_is_none() {
        for payload in [
            "nope",
            r#"{"statusCode":199}"#,
            r#"{"statusCode":600}"#,
            r#"{"statusCode":null}"#,
            r#"{"statusCode":200.5}"#,
            r#"{"statusCode":200,"body":{"a":1}}"#,
            r#"{"statusCode":200,"body":"%","isBase64Encoded":true}"#,
            r#"{"statusCode":200,"headers":[]}"#,
            r#"{"statusCode":200,"headers":{"a":["b"]}}"#,
            r#"{"statusCode":200,"headers":{"a b":"c"}}"#,
            r#"{"statusCode":200,"headers":{"a":"b\r\nc: d"}}"#,
            r#"{"statusCode":200,"cookies":"a=b"}"#,
            r#"{"statusCode":200,"cookies":["a=b\r\nc: d"]}"#,
        ] {
            check(payload, "no answer");
        }
    }

    #[test]
    fn cookies_and_headers_of_the_connection() {
        let payload = r#"{"statusCode":200,"cookies":["a=1","b=2; Secure"],"headers":{"Content-Length":"99","Connection":"close","Transfer-Encoding":"chunked","X-N":1}}"#;
        let response = parse(payload.as_bytes()).unwrap();
        let headers = response.headers();
        let cookies: Vec<_> = headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2; Secure"]);
        assert_eq!(headers["x-amzn-remapped-content-length"], "99");
        assert_eq!(headers["x-n"], "1");
        for gone in ["content-length", "connection", "transfer-encoding"] {
            assert!(!headers.contains_key(gone), "{gone}");
        }
    }

    #[test]
    fn refusals_in_awss_words() {
        let forbidden = Refusal::Forbidden.into_http();
        assert_eq!(forbidden.status(), 403);
        assert_eq!(forbidden.body().len(), 144);
        assert_eq!(
            forbidden.headers()["x-amzn-errortype"],
            "AccessDeniedException"
        );
        let failed = Refusal::Failed.into_http();
        assert_eq!(
            (failed.status().as_u16(), failed.body().as_ref()),
            (502, &b"Internal Server Error"[..])
        );
    }
}
