//! Answers that are handed on while the function writes them.

#![allow(clippy::unwrap_used)]

mod common;

use bytes::Bytes;
use common::{Lab, work};
use ports::{Compute as _, FunctionSpec, Outcome, ResponseSink};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use stdx::BoxFuture;
use tokio::sync::Semaphore;

/// Keeps what is handed on.
#[derive(Clone)]
struct Kept {
    content_type: Arc<Mutex<Option<Option<String>>>>,
    bytes: Arc<Mutex<Vec<u8>>>,
    /// One permit for each piece that is taken.
    room: Arc<Semaphore>,
}

impl Kept {
    fn new() -> Self {
        Self {
            content_type: Arc::default(),
            bytes: Arc::default(),
            room: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    fn content_type(&self) -> Option<String> {
        self.content_type.lock().unwrap().clone().flatten()
    }

    fn has_begun(&self) -> bool {
        self.content_type.lock().unwrap().is_some()
    }
}

impl ResponseSink for Kept {
    fn begin(&mut self, content_type: Option<String>) {
        let before = self.content_type.lock().unwrap().replace(content_type);
        assert!(before.is_none(), "an answer begins once");
    }

    fn put(&mut self, bytes: Bytes) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            assert!(self.has_begun());
            self.room.acquire().await.unwrap().forget();
            self.bytes.lock().unwrap().extend_from_slice(&bytes);
            true
        })
    }
}

async fn stream(lab: &Lab, function: &FunctionSpec, event: Value) -> (Kept, Outcome) {
    let kept = Kept::new();
    let sink = Box::new(kept.clone());
    let outcome = lab.compute.stream(work(function, event), sink).await;
    (kept, outcome.unwrap())
}

fn streaming(body: &str) -> String {
    format!(
        "exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{ {body} }});"
    )
}

fn error(outcome: &Outcome) -> Value {
    assert!(outcome.error.is_some());
    serde_json::from_slice(&outcome.payload).unwrap()
}

#[tokio::test]
async fn what_is_written_comes_before_the_end() {
    let lab = Lab::new();
    let text = streaming("stream.write('one'); await new Promise((r) => setTimeout(r, 60000));");
    let mut function = lab.node("index.js", &text);
    function.timeout_s = 1;
    let (kept, outcome) = stream(&lab, &function, json!({})).await;
    assert_eq!(kept.text(), "one");
    assert_eq!(
        kept.content_type().as_deref(),
        Some("application/octet-stream")
    );
    assert_eq!(error(&outcome)["errorType"], "Sandbox.Timedout");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn http_heads_come_first_and_workers_are_used_again() {
    let lab = Lab::new();
    let text = streaming(
        "const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
         http.write(event.text); http.end('!');",
    );
    let function = lab.node("index.js", &text);
    for text in ["a", "ü"] {
        let (kept, outcome) = stream(&lab, &function, json!({ "text": text })).await;
        assert!(outcome.error.is_none() && outcome.payload.is_empty());
        assert_eq!(
            kept.text(),
            format!("{{\"statusCode\":201}}\0\0\0\0\0\0\0\0{text}!")
        );
        assert_eq!(
            kept.content_type().as_deref(),
            Some("application/vnd.awslambda.http-integration-response")
        );
    }
    assert_eq!(lab.streams().len(), 1, "one worker did it all");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn errors_on_the_way_end_what_was_begun() {
    let lab = Lab::new();
    let text = streaming("stream.write('half'); throw new TypeError('boom');");
    let function = lab.node("index.js", &text);
    for _ in 0..2 {
        let (kept, outcome) = stream(&lab, &function, json!({})).await;
        assert_eq!(kept.text(), "half");
        assert_eq!(error(&outcome)["errorType"], "TypeError");
        assert_eq!(error(&outcome)["errorMessage"], "boom");
    }
    assert_eq!(lab.streams().len(), 1, "one worker did it all");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn errors_before_the_first_write_begin_nothing() {
    let lab = Lab::new();
    for body in [
        "throw new Error('boom');",
        "stream.destroy(new Error('boom'));",
    ] {
        let function = lab.node("index.js", &streaming(body));
        let (kept, outcome) = stream(&lab, &function, json!({})).await;
        assert!(!kept.has_begun(), "{body}");
        assert_eq!(error(&outcome)["errorMessage"], "boom");
    }
    let function = lab.node("index.js", &streaming("stream.destroy();"));
    let (_, outcome) = stream(&lab, &function, json!({})).await;
    assert_eq!(
        error(&outcome)["errorMessage"],
        "Response stream is not finished."
    );
    // As AWS's client does: somebody may still write to it.
    let function = FunctionSpec {
        timeout_s: 1,
        ..lab.node("index.js", &streaming("stream.write('a');"))
    };
    let (_, outcome) = stream(&lab, &function, json!({})).await;
    assert_eq!(error(&outcome)["errorType"], "Sandbox.Timedout");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn handlers_that_do_not_stream_answer_in_one_piece() {
    let lab = Lab::new();
    let function = lab.node("index.js", "exports.handler = async (event) => event;");
    let (kept, outcome) = stream(&lab, &function, json!({ "n": 1 })).await;
    assert_eq!(kept.text(), "{\"n\":1}");
    assert!(outcome.error.is_none() && outcome.payload.is_empty());
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn a_streamed_answer_may_be_larger_than_a_gathered_one() {
    let lab = Lab::new();
    let text = streaming("stream.end(Buffer.alloc(event.bytes, 'x'));");
    let function = lab.node("index.js", &text);
    for (bytes, is_gathered) in [(6_291_556, true), (6_291_557, false)] {
        let event = json!({ "bytes": bytes });
        let (kept, outcome) = stream(&lab, &function, event.clone()).await;
        assert!(outcome.error.is_none());
        assert_eq!(kept.bytes.lock().unwrap().len(), bytes);
        let outcome = lab.run(work(&function, event)).await.unwrap();
        assert_eq!(outcome.error.is_none(), is_gathered, "{bytes}");
        match is_gathered {
            true => assert_eq!(outcome.payload.len(), bytes),
            false => assert_eq!(
                error(&outcome)["errorType"],
                "Function.ResponseSizeTooLarge"
            ),
        }
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn a_function_waits_for_a_slow_reader() {
    let lab = Lab::new();
    let text = streaming(
        "const { once } = require('node:events'); let sent = 0;
         const told = setInterval(() => console.log('sent', sent), 20);
         const bytes = Buffer.alloc(65536, 'x');
         for (let i = 0; i < 256; i++) { sent++; if (!stream.write(bytes)) await once(stream, 'drain'); }
         clearInterval(told); stream.end();",
    );
    let function = lab.node("index.js", &text);
    let kept = Kept::new();
    kept.room.forget_permits(Semaphore::MAX_PERMITS);
    let sink = Box::new(kept.clone());
    let compute = lab.compute.clone();
    let work = work(&function, json!({}));
    let running = tokio::spawn(async move { compute.stream(work, sink).await.unwrap() });
    // What it sent lies in buffers of the kernel and ours.
    let sent = |line: &str| Some(line.rsplit_once("sent ")?.1.trim().parse::<u32>().unwrap());
    lab.line_count(|line| line.contains("\tsent "), 5).await;
    let most = lab
        .lines()
        .iter()
        .filter_map(|line| sent(line))
        .max()
        .unwrap();
    assert!(
        most < 64,
        "{most} of 256 pieces were written without a reader"
    );
    kept.room.add_permits(Semaphore::MAX_PERMITS);
    assert!(running.await.unwrap().error.is_none());
    assert_eq!(kept.bytes.lock().unwrap().len(), 256 * 65536);
    lab.compute.shutdown().await;
}
