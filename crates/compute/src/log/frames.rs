//! Cuts what a worker writes into log events.
//!
//! Two kinds share one pipe. A frame is AWS's own for runtimes: `a5 5a 00 xx`, length (4 bytes),
//! microseconds (8 bytes, where `xx` has the bit 2: Ruby's client leaves them out), text; one frame is
//! one event, whatever newlines it holds. Everything else is cut at newlines. A frame of ours,
//! `a5 5a 00 04`, is a boundary: our runtimes write it, with the request's id as text, before the first
//! output for an event that they were given early. A byte `a5` cannot begin a UTF-8 character, so text
//! is never mistaken for a frame; a worker that forges one only garbles its own log.

use crate::limits::LOG_EVENT_BYTES_MAX;

const MAGIC: [u8; 3] = [0xa5, 0x5a, 0x00];
const BOUNDARY: u8 = 0x04;
/// In the kind of a frame that says when it was written.
const HAS_TIME: u8 = 0x02;
const HEAD_BYTES: usize = 16;
const HEAD_BYTES_WITHOUT_TIME: usize = 8;

/// What was written and not yet cut.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    pending: Vec<u8>,
}

/// What stands at the front of the pending bytes.
enum Front {
    /// An event of so many bytes after so many that are not text, and a byte to drop behind it.
    Event {
        skip: usize,
        length: usize,
        end: usize,
    },
    /// What follows was written for the event with this id; so many bytes.
    Boundary(Vec<u8>, usize),
    /// Not enough bytes to tell.
    Incomplete,
}

impl Frames {
    /// Takes `bytes` and gives each event that is complete, up to the boundary of request `held`.
    pub(crate) fn push(&mut self, bytes: &[u8], held: Option<&str>, mut event: impl FnMut(&[u8])) {
        self.pending.extend_from_slice(bytes);
        let mut at = 0;
        while let Some(rest) = self.pending.get(at..).filter(|rest| !rest.is_empty()) {
            match front(rest) {
                Front::Incomplete => break,
                Front::Boundary(id, _) if is_of(held, &id) => break,
                Front::Boundary(_, end) => at += end,
                Front::Event { skip, length, end } => {
                    event(rest.get(skip..skip + length).unwrap_or_default());
                    at += end;
                }
            }
        }
        self.pending.drain(..at);
    }

    /// Gives what is left as one event: nothing more will complete it. What stands behind the
    /// boundary of request `held` stays.
    pub(crate) fn finish(&mut self, held: Option<&str>, event: impl FnOnce(&[u8])) {
        let is_held = match frame(&self.pending) {
            Some(Front::Boundary(id, _)) => is_of(held, &id),
            _ => false,
        };
        if !self.pending.is_empty() && !is_held {
            event(&self.pending);
            self.pending.clear();
        }
    }
}

fn is_of(held: Option<&str>, id: &[u8]) -> bool {
    held.is_some_and(|held| held.as_bytes() == id)
}

fn front(rest: &[u8]) -> Front {
    if let Some(found) = frame(rest) {
        return found;
    }
    // A forged or broken frame is text; looking from the second byte on keeps us moving.
    let window = rest
        .get(..rest.len().min(LOG_EVENT_BYTES_MAX))
        .unwrap_or(rest);
    for (index, byte) in window.iter().enumerate() {
        if *byte == b'\n' {
            return Front::Event {
                skip: 0,
                length: index,
                end: index + 1,
            };
        }
        // A whole magic only: `å` ends in `a5` too, and may be the last byte read so far.
        let is_frame = index > 0
            && *byte == MAGIC[0]
            && rest
                .get(index..)
                .is_some_and(|here| here.starts_with(&MAGIC) && frame(here).is_some());
        if is_frame {
            return Front::Event {
                skip: 0,
                length: index,
                end: index,
            };
        }
    }
    match window.len() < LOG_EVENT_BYTES_MAX {
        true => Front::Incomplete,
        false => Front::Event {
            skip: 0,
            length: window.len(),
            end: window.len(),
        },
    }
}

/// The frame at the front; none when there is text.
fn frame(rest: &[u8]) -> Option<Front> {
    let known = rest.len().min(MAGIC.len());
    if rest.get(..known) != MAGIC.get(..known) {
        return None;
    }
    let Some(length) = rest.get(4..8).and_then(|bytes| bytes.try_into().ok()) else {
        return Some(Front::Incomplete);
    };
    let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
    if length > 4 * LOG_EVENT_BYTES_MAX {
        return None;
    }
    let kind = *rest.get(MAGIC.len())?;
    let skip = match kind == BOUNDARY || kind & HAS_TIME != 0 {
        true => HEAD_BYTES,
        false => HEAD_BYTES_WITHOUT_TIME,
    };
    let end = skip + length;
    match rest.get(skip..end) {
        None => Some(Front::Incomplete),
        Some(id) if kind == BOUNDARY => Some(Front::Boundary(id.to_vec(), end)),
        Some(_) => Some(Front::Event { skip, length, end }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(text: &str) -> Vec<u8> {
        let mut bytes = vec![0xa5, 0x5a, 0x00, 0x03];
        bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(0).to_be_bytes());
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    fn check(input: &[u8], expect: &[&str]) {
        for step in [1, 3, input.len().max(1)] {
            let mut frames = Frames::default();
            let mut events = Vec::new();
            for piece in input.chunks(step) {
                frames.push(piece, None, |event| {
                    events.push(String::from_utf8_lossy(event).into_owned());
                });
            }
            frames.finish(None, |event| {
                events.push(String::from_utf8_lossy(event).into_owned())
            });
            assert_eq!(events, expect, "in steps of {step}");
        }
    }

    #[test]
    fn lines_are_events_and_the_last_needs_no_newline() {
        check(b"a\nb\n\nc", &["a", "b", "", "c"]);
    }

    #[test]
    fn frame_keeps_its_newlines() {
        check(&framed("a\nb\n"), &["a\nb\n"]);
    }

    #[test]
    fn frame_of_rubys_client_has_no_time() {
        let mut input = b"line\n\xa5\x5a\x00\x01\x00\x00\x00\x04a\nb\n".to_vec();
        input.extend_from_slice(&framed("c"));
        check(&input, &["line", "a\nb\n", "c"]);
    }

    #[test]
    fn frame_ends_a_line_that_has_no_newline() {
        let mut input = b"half".to_vec();
        input.extend_from_slice(&framed("x"));
        input.extend_from_slice(b"rest\n");
        check(&input, &["half", "x", "rest"]);
    }

    #[test]
    fn byte_that_looks_like_a_frame_is_text() {
        check(b"\xa5\x5a\x01 no\n", &["\u{fffd}Z\u{1} no"]);
        check(
            b"\xa5\x5a\x00\x03\xff\xff\xff\xff text\n",
            &["\u{fffd}Z\0\u{3}\u{fffd}\u{fffd}\u{fffd}\u{fffd} text"],
        );
    }

    #[test]
    fn character_that_ends_like_a_frame_begins_is_text() {
        check("på ¥\n".as_bytes(), &["på ¥"]);
    }

    #[test]
    fn incomplete_frame_is_given_at_the_end() {
        check(b"\xa5\x5a", &["\u{fffd}Z"]);
    }

    #[test]
    fn what_stands_behind_the_boundary_of_the_next_event_waits() {
        let boundary = |id: &str| {
            let mut bytes = framed(id);
            bytes[3] = BOUNDARY;
            bytes
        };
        let mut frames = Frames::default();
        let mut events: Vec<String> = Vec::new();
        let mut take = |event: &[u8]| events.push(String::from_utf8_lossy(event).into_owned());
        frames.push(&boundary("1"), Some("2"), &mut take);
        frames.push(b"first\nhalf", Some("2"), &mut take);
        frames.push(&boundary("2"), Some("2"), &mut take);
        frames.push(b"second\n", Some("2"), &mut take);
        frames.finish(Some("2"), &mut take);
        take(b"end of 1");
        frames.push(&[], Some("3"), &mut take);
        frames.finish(Some("3"), &mut take);
        assert_eq!(events, ["first", "half", "end of 1", "second"]);
        check(&boundary("1"), &[]);
    }

    #[test]
    fn endless_line_is_cut_at_the_limit() {
        let mut frames = Frames::default();
        let mut lengths = Vec::new();
        let piece = vec![b'x'; 100_000];
        for _ in 0..6 {
            frames.push(&piece, None, |event| lengths.push(event.len()));
        }
        frames.finish(None, |event| lengths.push(event.len()));
        assert_eq!(
            lengths,
            [
                LOG_EVENT_BYTES_MAX,
                LOG_EVENT_BYTES_MAX,
                600_000 - 2 * LOG_EVENT_BYTES_MAX
            ]
        );
    }
}
