//! `AWS_PROXY` with `responseTransferMode: STREAM`: the function writes a JSON object, eight NUL
//! bytes and the body ("Set up a Lambda proxy integration with payload response streaming in API
//! Gateway"); the body goes to the client while it is written.

use super::{
    Backends, CallFacts, Returned,
    lambda::{self, Request},
    lambda_proxy,
    streamed::{self, Source, Streamed},
};
use crate::{
    execution_log::ExecutionLog,
    fault::{Backend, Fault},
    limits,
};
use bytes::{Bytes, BytesMut};
use ports::{FunctionStream, InvocationType, Payload, StreamEvent};
use serde_json::{Map, Value};
use tokio::time::Instant;

/// What stands between head and body.
const DELIMITER: [u8; 8] = [0; 8];

/// Calls the function and reads the head of its answer.
///
/// # Errors
/// Refusals, throttling and timeouts; 502 when the function failed before its head was whole, 500
/// when it wrote something else.
pub(super) async fn call(
    backends: &Backends,
    request: &Request<'_>,
    log: &mut ExecutionLog,
) -> Result<Returned, Fault> {
    let caller = lambda::checked_caller(backends, request, log).await?;
    let started_ms = backends.clock.now_ms();
    let deadline = Instant::now() + request.integration.timeout;
    let invocation = lambda::invocation(
        request.exchange,
        request.endpoint,
        Payload::Written(request.payload.clone()),
        caller,
        InvocationType::RequestResponse,
        started_ms,
    );
    let opened = tokio::time::timeout_at(deadline, async {
        let mut stream = backends.invoke.invoke_stream(invocation).await?;
        let head = read_head(stream.events.as_mut()).await;
        Ok((stream, head))
    });
    let latency_ms = || backends.clock.now_ms() - started_ms;
    let (stream, head) = match opened.await {
        Err(_) => return Err(lambda::late(log)),
        Ok(Err(error)) => {
            lambda::log_refusal(&error, request.exchange, log);
            return Err(lambda::fault(&error));
        }
        Ok(Ok(opened)) => opened,
    };
    log.info(|| {
        format!(
            "Received response. Status: 200, Integration latency: {} ms",
            latency_ms()
        )
    });
    let (returned, rest) = head.read(&stream.request_id, log)?;
    let idle_max = streamed::idle_max(&request.exchange.stage.api.endpoint.types);
    let source = Source::Function(stream.events);
    Ok(Returned {
        facts: CallFacts {
            latency_ms: Some(latency_ms()),
            status: Some(200),
            integration_status: Some(returned.status),
            request_id: Some(stream.request_id),
            ..CallFacts::default()
        },
        trace: Some(stream.trace_id),
        pieces: Some(Box::new(Streamed::new(
            source,
            Some(rest),
            deadline,
            idle_max,
        ))),
        ..returned
    })
}

/// What a function wrote first.
enum Head {
    /// A head, and what came of the body with it.
    Read(Box<Returned>, Bytes),
    /// The function failed: its error object.
    Failed(Bytes),
    /// Something else.
    Malformed,
}

impl Head {
    fn read(self, request_id: &str, log: &mut ExecutionLog) -> Result<(Returned, Bytes), Fault> {
        match self {
            Self::Read(returned, rest) => Ok((*returned, rest)),
            Self::Failed(error) => {
                log.error(|| {
                    let message = lambda::error_message(&error);
                    format!(
                        "Lambda execution failed with status 200 due to customer function error: \
                         {message}. Lambda request id: {request_id}"
                    )
                });
                Err(Fault::BadIntegrationResponse)
            }
            Self::Malformed => {
                log.error(|| {
                    "Execution failed due to configuration error: Malformed Lambda proxy response"
                        .to_owned()
                });
                Err(Fault::IntegrationFailure(Backend::Lambda))
            }
        }
    }
}

async fn read_head(events: &mut dyn FunctionStream) -> Head {
    let mut seen = BytesMut::new();
    loop {
        let searched = seen.len().saturating_sub(DELIMITER.len() - 1);
        match std::future::poll_fn(|cx| events.poll_event(cx)).await {
            Some(StreamEvent::Bytes(bytes)) => seen.extend_from_slice(&bytes),
            Some(StreamEvent::Completed(end)) => {
                return end.error.map_or(Head::Malformed, Head::Failed);
            }
            None => return Head::Malformed,
        }
        if let Some(at) = delimiter(&seen, searched) {
            let head = seen.split_to(at);
            let rest = seen.split_off(DELIMITER.len()).freeze();
            return match parse(&head) {
                Some(returned) => Head::Read(Box::new(returned), rest),
                None => Head::Malformed,
            };
        }
        if seen.len() >= limits::STREAM_HEAD_BYTES_MAX {
            return Head::Malformed;
        }
    }
}

/// Where, from `searched` on, the delimiter begins, when it lies within the bytes where it may.
fn delimiter(bytes: &[u8], searched: usize) -> Option<usize> {
    let within = bytes.get(..limits::STREAM_HEAD_BYTES_MAX).unwrap_or(bytes);
    let mut windows = within.get(searched..)?.windows(DELIMITER.len());
    windows
        .position(|window| window == DELIMITER)
        .map(|at| searched + at)
}

/// What is left of a streamed answer that came by the buffered road: status and headers, no body
/// ("Response transfer mode in API Gateway", the table of modes).
pub(super) fn head_of(payload: &[u8]) -> Option<Returned> {
    let head = payload.get(..delimiter(payload, 0)?)?;
    parse(head)
}

/// Reads `{statusCode?, headers?, multiValueHeaders?, cookies?}`.
fn parse(head: &[u8]) -> Option<Returned> {
    const MEMBERS: [&str; 4] = ["statusCode", "headers", "multiValueHeaders", "cookies"];
    let Ok(Value::Object(object)) = serde_json::from_slice(head) else {
        return None;
    };
    if !object.keys().all(|key| MEMBERS.contains(&key.as_str())) {
        return None;
    }
    let mut headers = headers(&object)?;
    match object.get("cookies") {
        None | Some(Value::Null) => {}
        Some(Value::Array(cookies)) => {
            for cookie in cookies {
                headers.push(("Set-Cookie".to_owned(), cookie.as_str()?.to_owned()));
            }
        }
        Some(_) => return None,
    }
    Some(Returned {
        status: lambda_proxy::status(object.get("statusCode"))?,
        headers,
        ..Returned::default()
    })
}

/// Both maps; where a name is in both, that of `multiValueHeaders` wins.
fn headers(object: &Map<String, Value>) -> Option<Vec<(String, String)>> {
    let multi = object.get("multiValueHeaders");
    let mut single = object.get("headers").cloned();
    if let (Some(Value::Object(single)), Some(Value::Object(multi))) = (&mut single, multi) {
        single.retain(|name, _| !multi.keys().any(|known| known.eq_ignore_ascii_case(name)));
    }
    lambda_proxy::headers(single.as_ref(), multi)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(head: &str, expect: Option<(u16, &[(&str, &str)])>) {
        let parsed = parse(head.as_bytes()).map(|read| (read.status, read.headers));
        let expect = expect.map(|(status, lines)| {
            let lines = lines.iter();
            let lines = lines.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            (status, lines.collect())
        });
        assert_eq!(parsed, expect, "{head}");
    }

    #[test]
    fn every_member_may_be_missing() {
        check("{}", Some((200, &[])));
        check("{\"statusCode\":201,\"headers\":null}", Some((201, &[])));
    }

    #[test]
    fn multi_values_win_and_cookies_are_lines() {
        check(
            r#"{"headers":{"a":"1","B":"2"},"multiValueHeaders":{"A":["3","4"]},"cookies":["c=1","d=2"]}"#,
            Some((
                200,
                &[
                    ("A", "3"),
                    ("A", "4"),
                    ("B", "2"),
                    ("Set-Cookie", "c=1"),
                    ("Set-Cookie", "d=2"),
                ],
            )),
        );
    }

    #[test]
    fn what_is_no_head_is_refused() {
        for head in [
            "",
            "[]",
            "{\"body\":\"x\"}",
            "{\"cookies\":\"a\"}",
            "{\"statusCode\":99}",
        ] {
            check(head, None);
        }
    }

    #[test]
    fn delimiter_counts_within_its_bound_only() {
        let max = limits::STREAM_HEAD_BYTES_MAX;
        for (before, expect) in [(max - 8, Some(max - 8)), (max - 7, None)] {
            let mut bytes = vec![b'x'; before];
            bytes.extend_from_slice(&DELIMITER);
            assert_eq!(delimiter(&bytes, 0), expect, "{before}");
            assert_eq!(delimiter(&bytes, before), expect, "{before}");
        }
    }
}
