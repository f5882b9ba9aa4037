//! Requests that confuse other servers about where a message ends.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod support;

use serde_json::Value;
use std::time::Duration;
use support::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn cases(name: &str) -> Vec<Value> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED does not say where the framing cases lie");
        return Vec::new();
    };
    // A relative folder is meant from the root of the checkout, not from this crate.
    let shared = format!(
        "{}",
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(shared)
            .display()
    );
    let base = std::path::Path::new("../..").join(shared);
    let text = std::fs::read(base.join("corpora/http").join(name)).unwrap();
    let suite: Value = serde_json::from_slice(&text).unwrap();
    suite["cases"].as_array().unwrap().clone()
}

fn payload(case: &Value) -> Vec<u8> {
    let hex = case["payload_hex"].as_str().unwrap();
    let bytes = (0..hex.len()).step_by(2);
    bytes
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

/// Statuses of the answers, and the paths that the service behind was asked for.
async fn exchange(server: &Server, bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    server.done.paths.lock().unwrap().clear();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answers = Vec::new();
    let read = stream.read_to_end(&mut answers);
    // A reset after a refusal is an end too; a hang is not.
    let _ = tokio::time::timeout(Duration::from_secs(5), read)
        .await
        .expect("an end in time");
    let answers = String::from_utf8_lossy(&answers).into_owned();
    let statuses = answers.split("HTTP/1.1 ").skip(1);
    let statuses = statuses.map(|answer| answer[..3].to_owned()).collect();
    let paths = server.done.paths.lock().unwrap().clone();
    (statuses, paths)
}

#[tokio::test]
async fn no_request_is_smuggled() {
    let server = Server::start_public().await;
    let mut wrong = Vec::new();
    for case in cases("rfc9112-own.json") {
        let (statuses, paths) = exchange(&server, &payload(&case)).await;
        let only_reject = case["expect"] == serde_json::json!(["reject"]);
        // Where the first message may be accepted, a second one that follows it is no trick.
        if (only_reject && !paths.is_empty()) || paths.len() > 2 {
            wrong.push(format!("{case}\n   -> {statuses:?} {paths:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_broke_other_servers_does_not_break_this_one() {
    let server = Server::start_public().await;
    for case in cases("http-garden-trophies.json") {
        let (statuses, paths) = exchange(&server, &payload(&case)).await;
        assert!(
            statuses.len() <= 2 && paths.len() <= 2,
            "{case}: {statuses:?} {paths:?}"
        );
    }
    let (statuses, _) = exchange(&server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(statuses, ["200"]);
}

#[tokio::test]
async fn random_bytes_do_not_break_the_server() {
    let server = Server::start_public().await;
    let seeds: [&[u8]; 3] = [
        b"GET /prod/x?a=b HTTP/1.1\r\nHost: abc.execute-api.us-east-1.localhost\r\nAccept: */*\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: Logs_20140328.X\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2Fb HTTP/1.1\r\nHost: lambda.us-east-1.amazonaws.com\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ];
    let chance = stdx::SeededIds::new(7);
    for round in 0..600 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        let mut places = [0u8; 9];
        stdx::Ids::fill(&chance, &mut places);
        for triple in places.chunks(3).take(1 + round % 3) {
            let at = (usize::from(triple[0]) * 256 + usize::from(triple[1])) % bytes.len();
            bytes[at] = triple[2];
        }
        exchange(&server, &bytes).await;
    }
    let (statuses, _) = exchange(&server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(statuses, ["200"]);
}
