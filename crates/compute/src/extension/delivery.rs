//! Carries telemetry to one subscriber, batch by batch.
//!
//! An HTTP/1.1 client of one kind of request, or a writer of lines: the peer is a program in the
//! worker's sandbox, of which nothing is believed but its status. A program that is stopped, because
//! its worker is idle, is waited for.

use super::subscription::Destination;
use super::telemetry::Subscriber;
use crate::limits::{TELEMETRY_ANSWER_BYTES_MAX, TELEMETRY_RETRY_AFTER, TELEMETRY_TRIES_MAX};
use crate::sandbox::Dialer;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Until the worker ends.
pub(super) async fn deliver(subscriber: Arc<Subscriber>, dialer: Arc<Dialer>) {
    let mut lines = None;
    loop {
        await_batch(&subscriber).await;
        while let Some(batch) = subscriber.take() {
            send(&subscriber, &dialer, &mut lines, &batch).await;
            if !subscriber.is_due() {
                break;
            }
        }
    }
}

/// Waits until a batch is full, or its time is over: that runs from its first event.
async fn await_batch(subscriber: &Subscriber) {
    let mut due_at = None;
    while !subscriber.is_due() {
        if due_at.is_none() && subscriber.has_some() {
            due_at = Some(Instant::now() + subscriber.subscription.timeout);
        }
        let moved = subscriber.moved.notified();
        match due_at {
            None => moved.await,
            Some(at) => {
                if tokio::time::timeout_at(at, moved).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn send(
    subscriber: &Subscriber,
    dialer: &Dialer,
    lines: &mut Option<TcpStream>,
    batch: &[String],
) {
    let destination = &subscriber.subscription.destination;
    let message = message(destination, batch);
    for _ in 0..TELEMETRY_TRIES_MAX {
        let sent = match destination {
            Destination::Http { port, .. } => post(dialer, *port, &message).await,
            Destination::Tcp { port } => write(dialer, *port, lines, &message).await,
        };
        match sent {
            Ok(200..300) => return,
            Ok(status) => tracing::debug!(status, "a subscriber refuses telemetry"),
            Err(error) => tracing::debug!(%error, "a subscriber does not take telemetry"),
        }
        tokio::time::sleep(TELEMETRY_RETRY_AFTER).await;
    }
    subscriber.lose(batch);
}

fn message(destination: &Destination, batch: &[String]) -> Vec<u8> {
    let Destination::Http { port, path } = destination else {
        return (batch.join("\n") + "\n").into_bytes();
    };
    let body = format!("[{}]", batch.join(","));
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: sandbox.localdomain:{port}\r\n\
         Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head, body].concat().into_bytes()
}

/// Lines over the connection that is there, or a new one. Nobody acknowledges them: what the kernel
/// has taken counts as told, as on AWS.
async fn write(
    dialer: &Dialer,
    port: u16,
    lines: &mut Option<TcpStream>,
    message: &[u8],
) -> io::Result<u16> {
    // Nothing is expected from there but its end.
    let is_open = |stream: &TcpStream| !matches!(stream.try_read(&mut [0; 64]), Ok(0));
    let mut stream = match lines.take().filter(is_open) {
        Some(stream) => stream,
        None => dialer.dial(port).await?,
    };
    stream.write_all(message).await?;
    *lines = Some(stream);
    Ok(200)
}

/// One request; gives the status of its answer.
async fn post(dialer: &Dialer, port: u16, request: &[u8]) -> io::Result<u16> {
    let mut stream = dialer.dial(port).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    while !is_whole(&answer) && answer.len() < TELEMETRY_ANSWER_BYTES_MAX {
        if stream.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    let line = answer.split(|byte| *byte == b'\r').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    let mut words = line.split(' ');
    let is_http = words.next().is_some_and(|word| word.starts_with("HTTP/1."));
    let status = words.next().and_then(|word| word.parse().ok());
    status
        .filter(|_| is_http)
        .ok_or_else(|| io::Error::other("the answer is not HTTP"))
}

/// Whether an answer is there with all that it says it has; else its end is waited for.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lengths = head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_it = name.eq_ignore_ascii_case("content-length");
        is_it.then(|| value.trim().parse::<usize>().ok()).flatten()
    });
    lengths.next().is_some_and(|length| body.len() >= length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_whole_with_its_body() {
        let head = b"HTTP/1.1 200 OK\r\nContent-length: 2\r\n\r\n".as_slice();
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\n"));
        assert!(!is_whole(&[head, b"O"].concat()));
        assert!(is_whole(&[head, b"OK"].concat()));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\n\r\nOK"));
    }
}
