//! Reads a response that is handed on while it comes: chunks, then trailers.

use super::request::{Malformed, Part, Request, Target, take_line};
use bytes::{Buf, Bytes, BytesMut};

/// A response that has begun.
#[derive(Debug)]
pub(crate) struct Streamed {
    /// Its target, and what its trailers say.
    request: Request,
    place: Place,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// A chunk's size line is next.
    Size,
    /// So many bytes of a chunk to come.
    Chunk(usize),
    /// The line end behind a chunk is next.
    ChunkEnd,
    /// Header lines after the last chunk.
    Trailers,
}

/// What was read.
pub(crate) enum Read {
    /// Bytes of the response.
    More(Request),
    /// Its end.
    End(Request),
    /// More bytes are needed.
    Wait,
}

impl Streamed {
    /// The response whose head is `request`.
    pub(crate) fn new(request: Request) -> Self {
        Self {
            request,
            place: Place::Size,
        }
    }

    /// The head, as a request of its own.
    pub(crate) fn begin(&self) -> Request {
        Request {
            body: Some(Bytes::new()),
            ..self.request.clone()
        }
    }

    /// Reads on.
    pub(crate) fn next(&mut self, buffer: &mut BytesMut) -> Result<Read, Malformed> {
        loop {
            self.place = match self.place {
                Place::Size => {
                    let Some(line) = take_line(buffer)? else {
                        return Ok(Read::Wait);
                    };
                    let size = line.split(';').next().unwrap_or_default().trim();
                    match usize::from_str_radix(size, 16).map_err(|_| Malformed("chunk size"))? {
                        0 => Place::Trailers,
                        size => Place::Chunk(size),
                    }
                }
                Place::Chunk(0) => Place::ChunkEnd,
                Place::Chunk(_) if buffer.is_empty() => return Ok(Read::Wait),
                Place::Chunk(left) => {
                    let here = left.min(buffer.len());
                    self.place = Place::Chunk(left - here);
                    return Ok(Read::More(self.piece(buffer.split_to(here).freeze())));
                }
                Place::ChunkEnd if buffer.len() < 2 => return Ok(Read::Wait),
                Place::ChunkEnd if !buffer.starts_with(b"\r\n") => {
                    return Err(Malformed("chunk end"));
                }
                Place::ChunkEnd => {
                    buffer.advance(2);
                    Place::Size
                }
                Place::Trailers => match take_line(buffer)? {
                    None => return Ok(Read::Wait),
                    Some(line) if line.is_empty() => return Ok(Read::End(self.end())),
                    Some(line) => {
                        self.request.header(&line);
                        Place::Trailers
                    }
                },
            }
        }
    }

    fn piece(&self, bytes: Bytes) -> Request {
        Request {
            part: Part::More,
            target: Target::Unknown,
            body: Some(bytes),
            error_type: None,
            error_body: None,
            took: None,
        }
    }

    fn end(&self) -> Request {
        Request {
            part: Part::End,
            body: Some(Bytes::new()),
            ..self.request.clone()
        }
    }
}
