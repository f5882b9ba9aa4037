//! Listens in on a connection to learn each head exactly as it was sent.
//!
//! The HTTP library gives header names in lower case and not the length of the head. Events of
//! REST APIs show names as the client spelled them, and AWS's limit counts bytes as sent; so the
//! bytes of heads are kept here until the request arrives. Nothing is decided by them alone: what
//! does not match the parsed request is dropped, and names are then unknown.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use ports::HeaderNames;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use stdx::Turn;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::head_clock::HeadClock;
use crate::limits::READ_BUFFER_BYTES_MAX;

/// What was learnt of one request's head.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// Request line and header lines with their line ends, the empty line not.
    pub(crate) bytes: usize,
    /// The names as sent.
    pub(crate) names: HeaderNames,
    /// Both Content-Length and Transfer-Encoding were there, or one of them with an underscore,
    /// which some backends take for a dash: two readers would see two bodies.
    pub(crate) is_ambiguous: bool,
}

/// The bytes since the last message boundary.
#[derive(Debug)]
pub(crate) struct Recorder {
    mode: Mode,
    bytes: Vec<u8>,
    /// No head was taken yet.
    is_fresh: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// A head is being read, or was read and not asked for yet.
    Recording,
    /// So many bytes of a body are still to come.
    Skipping(usize),
    /// The boundary is not known; the next head follows the next answer.
    Lost,
}

/// A [`Recorder`] shared by a connection's stream and its requests.
pub(crate) type SharedRecorder = Arc<Mutex<Recorder>>;

/// A recorder for a connection that has read nothing yet.
pub(crate) fn recorder() -> SharedRecorder {
    Arc::new(Mutex::new(Recorder {
        mode: Mode::Recording,
        bytes: Vec::new(),
        is_fresh: true,
    }))
}

/// The head of the request that was parsed last, if it is known.
pub(crate) fn head_of(
    recorder: &SharedRecorder,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<Head> {
    let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
    recorder.is_fresh = false;
    let head = recorder.take(method, uri, headers);
    if head.is_none() {
        recorder.lose();
    }
    head
}

impl Recorder {
    fn read(&mut self, mut new: &[u8]) {
        if let Mode::Skipping(left) = self.mode {
            if new.len() < left {
                self.mode = Mode::Skipping(left - new.len());
                return;
            }
            self.mode = Mode::Recording;
            new = new.get(left..).unwrap_or_default();
        }
        if self.mode == Mode::Recording {
            if self.bytes.len() + new.len() > 2 * READ_BUFFER_BYTES_MAX {
                self.lose();
            } else {
                self.bytes.extend_from_slice(new);
            }
        }
    }

    /// Whether a read that waits now waits in the middle of a head, or for a connection's first.
    fn is_in_head(&self) -> bool {
        self.is_fresh || (self.mode == Mode::Recording && !self.bytes.is_empty())
    }

    /// An answer goes out, so a client that waits for answers sends a head next.
    fn written(&mut self) {
        self.is_fresh = false;
        if self.mode == Mode::Lost {
            self.mode = Mode::Recording;
            self.bytes.clear();
        }
    }

    fn lose(&mut self) {
        self.mode = Mode::Lost;
        self.bytes.clear();
    }

    fn take(&mut self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Head> {
        if self.mode != Mode::Recording {
            return None;
        }
        let blank = self
            .bytes
            .iter()
            .take_while(|b| matches!(b, b'\r' | b'\n'))
            .count();
        let message = self.bytes.get(blank..)?;
        let end = memchr::memmem::find(message, b"\r\n\r\n")? + 2;
        let (head, rest) = (message.get(..end)?, message.get(end + 2..)?);
        let first = head.iter().position(|byte| *byte == b'\n')? + 1;
        let (line, fields) = (head.get(..first)?, head.get(first..)?);
        let names = HeaderNames::new(Bytes::copy_from_slice(fields));
        if !is_line_of(line, method, uri) || !are_names_of(&names, headers) {
            return None;
        }
        let is_chunked = names.spelling("transfer-encoding").is_some();
        let taken = Head {
            bytes: head.len(),
            is_ambiguous: (is_chunked && names.spelling("content-length").is_some())
                || names.spelling("content_length").is_some()
                || names.spelling("transfer_encoding").is_some(),
            names,
        };
        if is_chunked {
            self.lose();
            return Some(taken);
        }
        let body = body_bytes(headers);
        match body.checked_sub(rest.len()) {
            None | Some(0) => {
                // The room is kept for the next head.
                let next = self.bytes.len() - rest.len() + body;
                self.bytes.drain(..next);
            }
            Some(missing) => {
                self.mode = Mode::Skipping(missing);
                self.bytes.clear();
            }
        }
        Some(taken)
    }
}

fn is_line_of(line: &[u8], method: &Method, uri: &Uri) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    words.next() == Some(method.as_str().as_bytes())
        && words
            .next()
            .is_some_and(|word| word.ends_with(target.as_bytes()))
}

/// The HTTP library leaves out a Content-Length that Transfer-Encoding or another one overrules.
fn are_names_of(names: &HeaderNames, headers: &HeaderMap) -> bool {
    // As nearly always: each once, in their order.
    let mut keys = headers.keys();
    let is_next = |name: &str| {
        let key = keys.next();
        key.is_some_and(|key| key.as_str().eq_ignore_ascii_case(name))
    };
    if names.iter().all(is_next) && names.iter().count() == headers.len() {
        return true;
    }
    let may_be_gone = |name: &str| name.eq_ignore_ascii_case("content-length");
    let gone = names.iter().count().checked_sub(headers.len());
    gone.is_some_and(|gone| gone <= names.iter().filter(|name| may_be_gone(name)).count())
        && names
            .iter()
            .all(|name| headers.contains_key(name) || may_be_gone(name))
}

fn body_bytes(headers: &HeaderMap) -> usize {
    headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}

/// A stream whose reads are recorded.
#[derive(Debug)]
pub(crate) struct Tapped<T> {
    stream: T,
    recorder: SharedRecorder,
    clock: HeadClock,
    turn: Turn,
}

impl<T> Tapped<T> {
    pub(crate) fn new(stream: T, recorder: SharedRecorder) -> Self {
        Self {
            stream,
            recorder,
            clock: HeadClock::default(),
            turn: Turn::default(),
        }
    }

    fn with(&self, act: impl FnOnce(&mut Recorder)) {
        act(&mut self.recorder.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Tapped<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if polled.is_pending() {
            let recorder = self.recorder.lock();
            let is_begun = recorder
                .unwrap_or_else(PoisonError::into_inner)
                .is_in_head();
            ready!(self.clock.poll_late(cx, is_begun));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let new = buf.filled().get(before..).unwrap_or_default();
        if !new.is_empty() {
            self.with(|recorder| recorder.read(new));
            self.turn.read();
        }
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Tapped<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.turn.poll_write(cx));
        self.with(Recorder::written);
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.turn.poll_write(cx));
        self.with(Recorder::written);
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, http::HeaderValue::from_static(value));
        }
        map
    }

    fn take(recorder: &mut Recorder, path: &'static str, headers: &HeaderMap) -> Option<Head> {
        recorder.take(&Method::GET, &Uri::from_static(path), headers)
    }

    fn fresh() -> Recorder {
        Recorder {
            mode: Mode::Recording,
            bytes: Vec::new(),
            is_fresh: false,
        }
    }

    #[test]
    fn pipelined_heads_are_told_apart() {
        let mut recorder = fresh();
        recorder.read(b"GET /a HTTP/1.1\r\nHOST: x\r\nContent-length: 3\r\n\r\nabcGET /b HT");
        recorder.read(b"TP/1.1\r\nHost: x\r\n\r\n");
        let first = headers(&[("host", "x"), ("content-length", "3")]);
        let head = take(&mut recorder, "/a", &first).unwrap();
        assert_eq!(head.names.spelling("host"), Some("HOST"));
        assert_eq!(
            head.bytes,
            "GET /a HTTP/1.1\r\nHOST: x\r\nContent-length: 3\r\n".len()
        );
        let head = take(&mut recorder, "/b", &headers(&[("host", "x")])).unwrap();
        assert_eq!(head.names.spelling("host"), Some("Host"));
    }

    #[test]
    fn bodies_that_come_later_are_skipped() {
        let mut recorder = fresh();
        recorder.read(b"GET /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
        assert!(take(&mut recorder, "/a", &headers(&[("content-length", "5")])).is_some());
        recorder.read(b"c");
        recorder.read(b"deGET /b HTTP/1.1\r\nX-y: 1\r\n\r\n");
        let head = take(&mut recorder, "/b", &headers(&[("x-y", "1")])).unwrap();
        assert_eq!(head.names.spelling("x-y"), Some("X-y"));
    }

    #[test]
    fn a_head_that_is_not_the_requests_is_dropped() {
        let mut recorder = fresh();
        recorder.read(b"GET /a HTTP/1.1\r\nX: 1\r\n\r\n");
        assert!(take(&mut recorder, "/other", &headers(&[("x", "1")])).is_none());
        assert!(take(&mut recorder, "/a", &headers(&[("y", "1")])).is_none());
        assert!(take(&mut recorder, "/a", &headers(&[("x", "1"), ("y", "1")])).is_none());
    }

    #[test]
    fn chunked_bodies_end_at_the_answer() {
        let mut recorder = fresh();
        let chunked = headers(&[("transfer-encoding", "chunked")]);
        recorder.read(b"GET /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
        assert!(!take(&mut recorder, "/a", &chunked).unwrap().is_ambiguous);
        recorder.read(b"more of the body");
        recorder.written();
        recorder.read(b"GET /b HTTP/1.1\r\nX-Y: 1\r\n\r\n");
        assert!(take(&mut recorder, "/b", &headers(&[("x-y", "1")])).is_some());
    }

    #[test]
    fn two_framings_are_ambiguous() {
        let mut recorder = fresh();
        recorder
            .read(b"GET /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
        let parsed = headers(&[("transfer-encoding", "chunked")]);
        assert!(take(&mut recorder, "/a", &parsed).unwrap().is_ambiguous);
    }
}
