//! Reads requests out of bytes. Not a byte of them is trusted: every length is bounded.

use super::call::Call;
use super::streamed::{Read, Streamed};
use crate::limits::{PIECE_BYTES_MAX, REQUEST_HEAD_BYTES_MAX, RESPONSE_BYTES_MAX};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Buf, Bytes, BytesMut};
use std::time::Duration;

/// Which call of the Runtime API a worker makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `GET /runtime/invocation/next`.
    Next,
    /// `POST /runtime/invocation/{id}/response`.
    Response(String),
    /// `POST /runtime/invocation/{id}/error`.
    Error(String),
    /// `POST /runtime/init/error`.
    InitError,
    /// A call of an extension.
    Extension(Box<Call>),
    /// Anything else.
    Unknown,
}

/// Room for a head.
const READ_BYTES_MIN: usize = 4_096;

/// How much of a request this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The head of a response that comes in pieces, and the content type that it names.
    Begin(Option<String>),
    /// The next bytes of it; no answer is due.
    More,
    /// Its end, with what its trailers say.
    End,
}

/// One request, or a part of one that is handed on while it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) part: Part,
    pub(crate) target: Target,
    /// None when it was larger than a response may be; it was read and thrown away.
    pub(crate) body: Option<Bytes>,
    /// `Lambda-Runtime-Function-Error-Type`, as header or trailer.
    pub(crate) error_type: Option<String>,
    /// `Lambda-Runtime-Function-Error-Body`, the trailer that ends a stream that failed.
    pub(crate) error_body: Option<Bytes>,
    /// `Crossway-Took`: for how long our own runtimes had the event. What they say of it they say
    /// of themselves, so it is good for nothing but their own queue.
    pub(crate) took: Option<Duration>,
}

/// Why the bytes are not a request; the connection is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// Turns bytes, as they come, into requests.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    pub(crate) buffer: BytesMut,
    progress: Option<Progress>,
    streamed: Option<Streamed>,
    is_continue_due: bool,
}

/// A request whose head has been read.
#[derive(Debug)]
struct Progress {
    request: Request,
    body: BodyState,
}

#[derive(Debug)]
enum BodyState {
    /// So many bytes to come.
    Whole(usize),
    /// So many bytes to throw away.
    Discard(u64),
    /// A chunk's size line is next.
    ChunkSize(BytesMut),
    /// So many bytes of a chunk, and its line end, to come.
    Chunk(BytesMut, usize),
    /// Header lines after the last chunk.
    Trailers(BytesMut),
}

impl Parser {
    /// The next request, or part of one, or none until more bytes are in the buffer.
    pub(crate) fn next(&mut self) -> Result<Option<Request>, Malformed> {
        if let Some(streamed) = &mut self.streamed {
            return Ok(match streamed.next(&mut self.buffer)? {
                Read::More(request) => Some(request),
                Read::End(request) => {
                    self.streamed = None;
                    Some(request)
                }
                Read::Wait => None,
            });
        }
        let mut progress = match self.progress.take() {
            Some(progress) => progress,
            None => match self.head()? {
                Some(progress) => progress,
                None => return Ok(None),
            },
        };
        if progress.request.part != Part::Whole {
            let streamed = Streamed::new(progress.request);
            let begin = streamed.begin();
            self.streamed = Some(streamed);
            return Ok(Some(begin));
        }
        loop {
            match self.advance(&mut progress)? {
                Advance::Done => return Ok(Some(progress.request)),
                Advance::More => {}
                Advance::Wait => {
                    self.progress = Some(progress);
                    return Ok(None);
                }
            }
        }
    }

    /// Makes room for what is read next: more while a response streams.
    pub(crate) fn make_room(&mut self) {
        let free = self.buffer.capacity() - self.buffer.len();
        if free < READ_BYTES_MIN {
            self.buffer.reserve(match self.streamed {
                Some(_) => PIECE_BYTES_MAX,
                None => READ_BYTES_MIN,
            });
        }
    }

    /// Whether the peer waits for a `100 Continue` before it sends the body; said once.
    pub(crate) fn take_continue(&mut self) -> bool {
        std::mem::take(&mut self.is_continue_due)
    }

    fn head(&mut self) -> Result<Option<Progress>, Malformed> {
        let Some(end) = find(&self.buffer, b"\r\n\r\n") else {
            return match self.buffer.len() > REQUEST_HEAD_BYTES_MAX {
                true => Err(Malformed("head too long")),
                false => Ok(None),
            };
        };
        let head = self.buffer.split_to(end);
        self.buffer.advance(4);
        let head = std::str::from_utf8(&head).map_err(|_| Malformed("head is not text"))?;
        let (progress, waits) = read_head(head)?;
        self.is_continue_due = waits;
        Ok(Some(progress))
    }

    fn advance(&mut self, progress: &mut Progress) -> Result<Advance, Malformed> {
        match &mut progress.body {
            BodyState::Whole(length) => {
                if self.buffer.len() < *length {
                    self.buffer.reserve(*length - self.buffer.len());
                    return Ok(Advance::Wait);
                }
                progress.request.body = Some(self.buffer.split_to(*length).freeze());
                Ok(Advance::Done)
            }
            BodyState::Discard(left) => {
                let here = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(self.buffer.len());
                self.buffer.advance(here);
                *left -= here as u64;
                Ok(if *left == 0 {
                    Advance::Done
                } else {
                    Advance::Wait
                })
            }
            BodyState::ChunkSize(body) => {
                let Some(line) = take_line(&mut self.buffer)? else {
                    return Ok(Advance::Wait);
                };
                let size = line.split(';').next().unwrap_or_default().trim();
                let size = usize::from_str_radix(size, 16).map_err(|_| Malformed("chunk size"))?;
                let body = std::mem::take(body);
                progress.body = match size {
                    0 => BodyState::Trailers(body),
                    _ => BodyState::Chunk(body, size),
                };
                Ok(Advance::More)
            }
            BodyState::Chunk(body, left) => {
                let here = (*left).min(self.buffer.len());
                let piece = self.buffer.split_to(here);
                // One byte over the limit is kept, to know that it was over.
                let room = (RESPONSE_BYTES_MAX + 1).saturating_sub(body.len());
                body.extend_from_slice(piece.get(..room.min(here)).unwrap_or(&piece));
                *left -= here;
                if *left > 0 || self.buffer.len() < 2 {
                    return Ok(Advance::Wait);
                }
                if !self.buffer.starts_with(b"\r\n") {
                    return Err(Malformed("chunk end"));
                }
                self.buffer.advance(2);
                progress.body = BodyState::ChunkSize(std::mem::take(body));
                Ok(Advance::More)
            }
            BodyState::Trailers(body) => {
                let Some(line) = take_line(&mut self.buffer)? else {
                    return Ok(Advance::Wait);
                };
                if line.is_empty() {
                    let is_whole = body.len() <= RESPONSE_BYTES_MAX;
                    progress.request.body = is_whole.then(|| std::mem::take(body).freeze());
                    return Ok(Advance::Done);
                }
                progress.request.header(&line);
                Ok(Advance::More)
            }
        }
    }
}

enum Advance {
    Done,
    More,
    Wait,
}

impl Request {
    pub(super) fn header(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else {
            return;
        };
        let value = value.trim();
        if let Target::Extension(call) = &mut self.target {
            call.header(name, value);
        } else if name.eq_ignore_ascii_case("Lambda-Runtime-Function-Error-Type") {
            self.error_type = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case("Lambda-Runtime-Function-Error-Body") {
            self.error_body = STANDARD.decode(value).ok().map(Bytes::from);
        } else if name.eq_ignore_ascii_case("Crossway-Took") {
            self.took = value.parse().ok().map(Duration::from_micros);
        }
    }
}

/// The request, and whether it waits for a `100 Continue`.
fn read_head(head: &str) -> Result<(Progress, bool), Malformed> {
    let mut lines = head
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(path), Some("HTTP/1.1" | "HTTP/1.0")) =
        (words.next(), words.next(), words.next())
    else {
        return Err(Malformed("request line"));
    };
    let target = target(method, path);
    let mut request = Request {
        part: Part::Whole,
        target,
        body: None,
        error_type: None,
        error_body: None,
        took: None,
    };
    let mut body = BodyState::Whole(0);
    let (mut is_streaming, mut content_type, mut waits) = (false, None, false);
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(Malformed("header line"))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            let length: u64 = value
                .trim()
                .parse()
                .map_err(|_| Malformed("content length"))?;
            body = match usize::try_from(length) {
                Ok(length) if length <= RESPONSE_BYTES_MAX => BodyState::Whole(length),
                _ => BodyState::Discard(length),
            };
        } else if name.eq_ignore_ascii_case("Transfer-Encoding") {
            if !value.trim().eq_ignore_ascii_case("chunked") {
                return Err(Malformed("transfer encoding"));
            }
            body = BodyState::ChunkSize(BytesMut::new());
        } else if name.eq_ignore_ascii_case("Lambda-Runtime-Function-Response-Mode") {
            is_streaming = value.trim().eq_ignore_ascii_case("streaming");
        } else if name.eq_ignore_ascii_case("Content-Type") {
            content_type = Some(value.trim());
        } else if name.eq_ignore_ascii_case("Expect") {
            waits = value.trim().eq_ignore_ascii_case("100-continue");
        } else {
            request.header(line);
        }
    }
    let is_response = matches!(request.target, Target::Response(_));
    if is_streaming && is_response && matches!(body, BodyState::ChunkSize(_)) {
        request.part = Part::Begin(content_type.map(str::to_owned));
    }
    Ok((Progress { request, body }, waits))
}

fn target(method: &str, path: &str) -> Target {
    let Some(path) = path.strip_prefix("/2018-06-01/runtime/") else {
        let call = Call::of(method, path).map(Box::new);
        return call.map_or(Target::Unknown, Target::Extension);
    };
    match (method, path) {
        ("GET", "invocation/next") => Target::Next,
        ("POST", "init/error") => Target::InitError,
        ("POST", _) => {
            let rest = path.strip_prefix("invocation/").unwrap_or_default();
            match rest.split_once('/') {
                Some((id, "response")) => Target::Response(id.to_owned()),
                Some((id, "error")) => Target::Error(id.to_owned()),
                _ => Target::Unknown,
            }
        }
        _ => Target::Unknown,
    }
}

pub(super) fn take_line(buffer: &mut BytesMut) -> Result<Option<String>, Malformed> {
    let Some(end) = find(buffer, b"\r\n") else {
        return match buffer.len() > REQUEST_HEAD_BYTES_MAX {
            true => Err(Malformed("line too long")),
            false => Ok(None),
        };
    };
    let line = buffer.split_to(end);
    buffer.advance(2);
    String::from_utf8(line.to_vec())
        .map(Some)
        .map_err(|_| Malformed("line is not text"))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    // A body is never searched.
    let bytes = bytes
        .get(..bytes.len().min(REQUEST_HEAD_BYTES_MAX + 4))
        .unwrap_or(bytes);
    memchr::memmem::find(bytes, what)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn all(input: &[u8], step: usize) -> Vec<Request> {
        let mut parser = Parser::default();
        let mut requests = Vec::new();
        for piece in input.chunks(step) {
            parser.buffer.extend_from_slice(piece);
            while let Some(request) = parser.next().unwrap() {
                requests.push(request);
            }
        }
        requests
    }

    fn malformed(input: &[u8]) -> Malformed {
        let mut parser = Parser::default();
        parser.buffer.extend_from_slice(input);
        parser.next().unwrap_err()
    }

    #[test]
    fn response_and_next_in_one_write_are_two_requests() {
        let input = b"POST /2018-06-01/runtime/invocation/abc/response HTTP/1.1\r\nHost: x\r\n\
                      content-length: 2\r\n\r\n{}GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n";
        for step in [1, 7, input.len()] {
            let requests = all(input, step);
            assert_eq!(requests.len(), 2);
            assert_eq!(requests[0].target, Target::Response("abc".into()));
            assert_eq!(requests[0].body.as_deref(), Some(b"{}".as_slice()));
            assert_eq!(requests[1].target, Target::Next);
        }
    }

    #[test]
    fn what_a_runtime_says_of_its_time_is_taken_where_it_is_a_number() {
        for (value, took) in [
            ("18", Some(18)),
            ("0", Some(0)),
            ("-1", None),
            ("1e3", None),
            ("99999999999999999999", None),
        ] {
            let input = format!(
                "POST /2018-06-01/runtime/invocation/a/response HTTP/1.1\r\n\
                 Crossway-Took: {value}\r\nContent-Length: 0\r\n\r\n"
            );
            let requests = all(input.as_bytes(), input.len());
            assert_eq!(requests[0].took, took.map(Duration::from_micros), "{value}");
        }
    }

    #[test]
    fn chunks_and_error_trailers_are_joined() {
        let input = b"POST /2018-06-01/runtime/invocation/abc/response HTTP/1.1\r\n\
                      Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\
                      Lambda-Runtime-Function-Error-Type: E\r\n\
                      Lambda-Runtime-Function-Error-Body: e30=\r\n\r\n";
        for step in [1, 5, input.len()] {
            let requests = all(input, step);
            assert_eq!(requests[0].body.as_deref(), Some(b"abcde".as_slice()));
            assert_eq!(requests[0].error_type.as_deref(), Some("E"));
            assert_eq!(requests[0].error_body.as_deref(), Some(b"{}".as_slice()));
        }
    }

    #[test]
    fn body_at_the_limit_is_kept_and_one_over_is_thrown_away() {
        for (length, is_kept) in [(RESPONSE_BYTES_MAX, true), (RESPONSE_BYTES_MAX + 1, false)] {
            let head = format!(
                "POST /2018-06-01/runtime/invocation/a/response HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"
            );
            let mut input = head.into_bytes();
            input.resize(input.len() + length, b'x');
            input.extend_from_slice(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n");
            let requests = all(&input, 65_536);
            assert_eq!(requests[0].body.is_some(), is_kept);
            assert_eq!(requests[1].target, Target::Next);

            let mut chunked = b"POST /2018-06-01/runtime/invocation/a/response HTTP/1.1\r\n\
                                Transfer-Encoding: chunked\r\n\r\n"
                .to_vec();
            chunked.extend_from_slice(format!("{length:x}\r\n").as_bytes());
            chunked.resize(chunked.len() + length, b'x');
            chunked.extend_from_slice(b"\r\n0\r\n\r\n");
            assert_eq!(all(&chunked, 65_536)[0].body.is_some(), is_kept);
        }
    }

    #[test]
    fn what_is_not_http_is_refused() {
        assert_eq!(malformed(b"hello\r\n\r\n"), Malformed("request line"));
        assert_eq!(
            malformed(b"GET / HTTP/1.1\r\nno colon\r\n\r\n"),
            Malformed("header line")
        );
        assert_eq!(
            malformed(b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
            Malformed("content length")
        );
        assert_eq!(
            malformed(b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"),
            Malformed("transfer encoding")
        );
        assert_eq!(
            malformed(&vec![b'a'; REQUEST_HEAD_BYTES_MAX + 1]),
            Malformed("head too long")
        );
        assert_eq!(
            malformed(b"GET /\xff HTTP/1.1\r\n\r\n"),
            Malformed("head is not text")
        );
    }

    #[test]
    fn peer_that_waits_to_be_told_to_go_on_is_told_once() {
        let mut parser = Parser::default();
        parser.buffer.extend_from_slice(
            b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nExpect: 100-continue\r\n\
              Content-Length: 2\r\n\r\n",
        );
        assert_eq!(parser.next(), Ok(None));
        assert_eq!(
            [parser.take_continue(), parser.take_continue()],
            [true, false]
        );
        parser.buffer.extend_from_slice(b"{}");
        assert_eq!(parser.next().unwrap().unwrap().target, Target::InitError);
        assert!(!parser.take_continue());
    }

    #[test]
    fn other_paths_are_unknown() {
        for line in [
            "GET /",
            "GET /2018-06-01/runtime/init/error",
            "POST /2018-06-01/runtime/x/y",
        ] {
            let input = format!("{line} HTTP/1.1\r\n\r\n");
            assert_eq!(all(input.as_bytes(), 9)[0].target, Target::Unknown);
        }
    }
}
