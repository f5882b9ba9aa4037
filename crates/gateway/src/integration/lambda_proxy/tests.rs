//! Row by row: which answers of a function are AWS's format, and what becomes of them.
use super::*;

type Shown = (u16, Vec<(String, String)>, String);

fn parsed(payload: &str) -> Option<Shown> {
    parse(payload.as_bytes(), false).map(|answer| {
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        (answer.status, answer.headers, body)
    })
}

fn accepted(payload: &str, status: u16, headers: &[(&str, &str)], body: &str) {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let expect = Some((status, headers, body.to_owned()));
    assert_eq!(parsed(payload), expect, "{payload}");
}

fn refused(payload: &str) {
    assert_eq!(parsed(payload), None, "{payload}");
}

#[test]
fn everything_may_be_missing() {
    accepted("{}", 200, &[], "");
    accepted("{\"headers\":{\"a\":\"b\"}}", 200, &[("a", "b")], "");
    accepted(
        "{\"headers\":null,\"multiValueHeaders\":null,\"body\":null}",
        200,
        &[],
        "",
    );
    accepted(
        "{\"statusCode\":null,\"isBase64Encoded\":null}",
        200,
        &[],
        "",
    );
}

#[test]
fn status_codes_may_be_texts() {
    accepted("{\"statusCode\":\"201\"}", 201, &[], "");
    accepted("{\"statusCode\":200}", 200, &[], "");
    accepted("{\"statusCode\":599}", 599, &[], "");
    for status in [
        "\"test\"", "600", "199", "-1", "200.5", "true", "[]", "\"\"",
    ] {
        refused(&format!("{{\"statusCode\":{status}}}"));
    }
}

#[test]
fn header_values_may_be_booleans_and_numbers() {
    let payload = "{\"headers\":{\"a\":true,\"b\":false,\"c\":1.5,\"d\":10}}";
    let expect = [("a", "true"), ("b", "false"), ("c", "1.5"), ("d", "10")];
    accepted(payload, 200, &expect, "");
    refused("{\"headers\":{\"a\":{}}}");
    refused("{\"headers\":{\"a\":[]}}");
    refused("{\"headers\":[]}");
    refused("{\"headers\":\"a\"}");
}

#[test]
fn multi_values_are_lines_of_their_own() {
    let payload = "{\"multiValueHeaders\":{\"Set-Cookie\":[\"a=1\",\"b=2\"]}}";
    accepted(
        payload,
        200,
        &[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")],
        "",
    );
    refused("{\"multiValueHeaders\":{\"k\":\"v\"}}");
    refused("{\"multiValueHeaders\":{\"k\":[{}]}}");
}

#[test]
fn single_values_follow_multi_values_under_their_casing() {
    let payload = "{\"headers\":{\"Test-multi\":\"value-solo\"},\
                   \"multiValueHeaders\":{\"tesT-Multi\":[\"value-multi\"]}}";
    let expect = [("tesT-Multi", "value-multi"), ("tesT-Multi", "value-solo")];
    accepted(payload, 200, &expect, "");
}

#[test]
fn bodies_are_texts() {
    accepted("{\"body\":\"a\\u00e9\\n\"}", 200, &[], "aé\n");
    refused("{\"body\":{}}");
    refused("{\"body\":1}");
    refused("{\"body\":true}");
}

#[test]
fn other_keys_and_other_values_are_refused() {
    refused("{\"statusCode\":200,\"wrongValue\":1}");
    refused("{\"errorMessage\":\"boom\"}");
    refused("{\"cookies\":[]}");
    for payload in ["null", "\"text\"", "1", "[]", "", "{", "true"] {
        refused(payload);
    }
}

#[test]
fn base64_is_decoded_only_when_asked_for() {
    let payload = "{\"isBase64Encoded\":true,\"body\":\"dGVzdC1kYXRh\"}";
    accepted(payload, 200, &[], "dGVzdC1kYXRh");
    let decoded = parse(payload.as_bytes(), true).map(|answer| answer.body);
    assert_eq!(decoded, Some(Bytes::from_static(b"test-data")));
    let off = "{\"isBase64Encoded\":false,\"body\":\"dGVzdC1kYXRh\"}";
    let kept = parse(off.as_bytes(), true).map(|answer| answer.body);
    assert_eq!(kept, Some(Bytes::from_static(b"dGVzdC1kYXRh")));
    let broken = "{\"isBase64Encoded\":true,\"body\":\"!\"}";
    assert!(parse(broken.as_bytes(), true).is_none());
    refused("{\"isBase64Encoded\":\"true\"}");
}

#[test]
fn the_first_accepted_type_decides_about_base64() {
    let types = ["image/*".to_owned(), "application/pdf".to_owned()];
    assert!(accepts_binary(Some("image/png"), &types));
    assert!(accepts_binary(Some("application/pdf, text/html"), &types));
    assert!(!accepts_binary(Some("text/html, image/png"), &types));
    assert!(!accepts_binary(Some("*/*"), &types));
    assert!(!accepts_binary(None, &types));
    assert!(!accepts_binary(Some("image/png"), &[]));
    assert!(accepts_binary(Some("text/html"), &["*/*".to_owned()]));
    assert!(accepts_binary(None, &["*/*".to_owned()]));
}

#[test]
fn answers_at_the_bound() {
    let payload = |bytes: usize| {
        let frame = "{\"body\":\"\"}".len();
        format!("{{\"body\":\"{}\"}}", "a".repeat(bytes - frame))
    };
    let bound = limits::LAMBDA_PAYLOAD_BYTES_MAX;
    assert!(parsed(&payload(bound)).is_some());
    assert!(parsed(&payload(bound + 1)).is_none());
}
