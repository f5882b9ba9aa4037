//! The ids of one request, from one draw of random bytes.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use std::fmt::Write;
use stdx::{Ids, TimestampMs};

/// What AWS answers as `requestId` when a client's own `x-amzn-RequestId` is no UUID.
const REPLACED_REQUEST_ID: &str = "UUID_REPLACED_INVALID_REQUEST_ID";

/// Ids by which a request is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestIds {
    /// `x-amzn-RequestId`, a UUID that the client may choose.
    pub(crate) request_id: String,
    /// `x-amz-apigw-id`, fifteen characters and `=`; URL-safe, as it is searched for and linked to.
    pub(crate) extended_request_id: String,
    /// `Root=1-{8 hex}-{24 hex}`.
    pub(crate) trace_root: String,
}

impl RequestIds {
    /// Fresh ids; a request id and a trace that the client sent are kept.
    ///
    /// `request_id` is the client's `x-amzn-RequestId`, `trace` its `X-Amzn-Trace-Id`.
    pub(crate) fn draw(
        ids: &dyn Ids,
        now_ms: TimestampMs,
        request_id: Option<&str>,
        trace: Option<&str>,
    ) -> Self {
        let mut random = [0u8; 39];
        ids.fill(&mut random);
        let (uuid, rest) = random.split_at(16);
        let (extended, trace_bytes) = rest.split_at(11);
        Self {
            request_id: match request_id {
                None => uuid_text(uuid),
                Some(own) if is_uuid(own) => own.to_owned(),
                Some(_) => REPLACED_REQUEST_ID.to_owned(),
            },
            extended_request_id: URL_SAFE.encode(extended),
            trace_root: trace
                .and_then(client_root)
                .unwrap_or_else(|| trace_text(now_ms, trace_bytes)),
        }
    }
}

fn uuid_text(random: &[u8]) -> String {
    let mut out = String::with_capacity(36);
    for (index, byte) in random.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        let byte = match index {
            6 => (byte & 0x0f) | 0x40,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        push_hex(&mut out, byte);
    }
    out
}

fn trace_text(now_ms: TimestampMs, random: &[u8]) -> String {
    let mut out = String::with_capacity(40);
    let _ = write!(out, "Root=1-{:08x}-", now_ms / 1_000);
    random.iter().for_each(|byte| push_hex(&mut out, *byte));
    out
}

fn push_hex(out: &mut String, byte: u8) {
    for nibble in [byte >> 4, byte & 0x0f] {
        out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The `Root=…` of a client's trace header, when it has the right form.
fn client_root(trace: &str) -> Option<String> {
    let root = trace
        .split(';')
        .map(str::trim)
        .find(|part| part.starts_with("Root=1-"))?;
    let (_, id) = root.split_once("Root=1-")?;
    let (time, unique) = id.split_once('-')?;
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    (is_hex(time, 8) && is_hex(unique, 24)).then(|| root.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::SeededIds;

    fn draw(request_id: Option<&str>, trace: Option<&str>) -> RequestIds {
        RequestIds::draw(&SeededIds::new(1), 1_763_812_566_000, request_id, trace)
    }

    #[test]
    fn fresh_ids_have_awss_forms() {
        let ids = draw(None, None);
        assert!(is_uuid(&ids.request_id), "{}", ids.request_id);
        assert_eq!(&ids.request_id[14..15], "4");
        assert_eq!(ids.extended_request_id.len(), 16);
        assert!(ids.extended_request_id.ends_with('='));
        assert!(
            ids.trace_root.starts_with("Root=1-6921a4d6-"),
            "{}",
            ids.trace_root
        );
        assert_eq!(ids.trace_root.len(), 40);
    }

    #[test]
    fn clients_may_choose_a_uuid() {
        let own = "11111111-2222-4333-8444-555555555555";
        assert_eq!(draw(Some(own), None).request_id, own);
        assert_eq!(draw(Some("mine"), None).request_id, REPLACED_REQUEST_ID);
    }

    #[test]
    fn clients_traces_are_kept_when_well_formed() {
        let root = "Root=1-67891233-abcdef012345678912345678";
        let sent = format!("Self=1-0-0;{root};Parent=53995c3f42cd8ad8");
        assert_eq!(draw(None, Some(&sent)).trace_root, root);
        let broken = draw(None, Some("Root=1-xyz-abc")).trace_root;
        assert!(broken.starts_with("Root=1-6921a4d6-"));
    }
}
