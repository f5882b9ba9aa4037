//! AWS's event streams: messages with headers and checksums, sent one by one.
//!
//! A message is, all numbers big-endian: its length (4 bytes), its headers' length (4), a CRC 32 of
//! these eight bytes (4), headers, payload, and a CRC 32 of all that came before (4). A header is
//! the length of its name (1), the name, its type (1; 7 is text), and for text a length (2) and
//! the text ("Amazon Event Stream Specification", Smithy).

use bytes::{BufMut, Bytes, BytesMut};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use stdx::Pieces;

/// The messages of an answer, each piece one or more of them; taken once.
#[derive(Clone)]
pub struct EventStream(Arc<Mutex<Option<Box<dyn Pieces>>>>);

impl EventStream {
    /// A stream of `messages`.
    pub fn new(messages: Box<dyn Pieces>) -> Self {
        Self(Arc::new(Mutex::new(Some(messages))))
    }

    /// The messages; none the second time.
    pub fn take(&self) -> Option<Box<dyn Pieces>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.take()
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream")
    }
}

impl Eq for EventStream {}

impl PartialEq for EventStream {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// One event as a message; `event` is its member's name in the model.
///
/// None when it is longer than a length of 32 bits can say.
pub fn message(event: &str, content_type: &str, payload: &[u8]) -> Option<Bytes> {
    let headers = [
        (":message-type", "event"),
        (":event-type", event),
        (":content-type", content_type),
    ];
    let mut head = BytesMut::new();
    for (name, value) in headers {
        head.put_u8(u8::try_from(name.len()).ok()?);
        head.put_slice(name.as_bytes());
        head.put_u8(7);
        head.put_u16(u16::try_from(value.len()).ok()?);
        head.put_slice(value.as_bytes());
    }
    let total = 16 + head.len() + payload.len();
    let mut out = BytesMut::with_capacity(total);
    out.put_u32(u32::try_from(total).ok()?);
    out.put_u32(u32::try_from(head.len()).ok()?);
    let checksum = crc32fast::hash(&out);
    out.put_u32(checksum);
    out.put_slice(&head);
    out.put_slice(payload);
    let checksum = crc32fast::hash(&out);
    out.put_u32(checksum);
    Some(out.freeze())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lengths_and_checksums_are_where_they_belong() {
        let bytes = message("PayloadChunk", "application/octet-stream", b"hello").unwrap();
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!(number(0) as usize, bytes.len());
        assert_eq!(number(4) as usize, bytes.len() - 16 - 5);
        assert_eq!(number(8), crc32fast::hash(&bytes[..8]));
        let end = bytes.len() - 4;
        assert_eq!(number(end), crc32fast::hash(&bytes[..end]));
        assert_eq!(&bytes[end - 5..end], b"hello");
        assert_eq!(&bytes[12..26], b"\x0d:message-type");
        assert_eq!(&bytes[26..34], b"\x07\x00\x05event");
    }

    #[test]
    fn messages_are_taken_once() {
        struct Nothing;
        impl Pieces for Nothing {
            fn poll_piece(
                &mut self,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Result<Bytes, stdx::Cut>>> {
                std::task::Poll::Ready(None)
            }
        }
        let stream = EventStream::new(Box::new(Nothing));
        let same = stream.clone();
        assert!(stream.take().is_some());
        assert!(same.take().is_none());
        assert_eq!(stream, same);
    }
}
