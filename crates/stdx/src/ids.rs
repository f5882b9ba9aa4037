//! Random bytes, behind a trait so that a test can replay them.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A source of unpredictable bytes, shared by whoever makes ids.
pub type SharedIds = Arc<dyn Ids>;

/// Gives random bytes; everything else is shaped from them.
pub trait Ids: Send + Sync + 'static {
    /// Fills `bytes` with random values.
    fn fill(&self, bytes: &mut [u8]);

    /// `length` characters, each drawn evenly from `alphabet` (2 to 256 ASCII characters).
    fn text(&self, alphabet: &[u8], length: usize) -> String {
        let mut out = String::with_capacity(length);
        // Bytes at or above `limit` would make some characters likelier than others.
        let limit = 256 - 256 % alphabet.len();
        // Asked in pieces: a call of the system for each character is 20 calls for a request.
        let mut bytes = [0u8; 64];
        while out.len() < length {
            let wanted = (length - out.len()).min(bytes.len());
            self.fill(&mut bytes[..wanted]);
            for byte in &bytes[..wanted] {
                let value = usize::from(*byte);
                if value < limit {
                    out.push(char::from(alphabet[value % alphabet.len()]));
                }
            }
        }
        out
    }

    /// A version 4 UUID in lower case with dashes.
    fn uuid(&self) -> String {
        let mut b = [0u8; 16];
        self.fill(&mut b);
        b[6] = (b[6] & 0x0f) | 0x40;
        b[8] = (b[8] & 0x3f) | 0x80;
        let mut out = String::with_capacity(36);
        for (index, byte) in b.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                out.push('-');
            }
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 0x0f)]));
        }
        out
    }
}

/// The operating system's random bytes.
///
/// A thread draws some ahead, because an id is short and asking the system costs more than all the
/// rest of making it. No byte is given out twice, and none is kept once it was given.
#[derive(Debug, Default, Clone, Copy)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn fill(&self, bytes: &mut [u8]) {
        DRAWN.with_borrow_mut(|drawn| drawn.give(bytes));
    }
}

thread_local! {
    static DRAWN: RefCell<Drawn> = const { RefCell::new(Drawn { bytes: [0; AHEAD], left: 0 }) };
}

/// Bytes that are drawn at once.
const AHEAD: usize = 1_024;

/// Bytes that nobody has got yet.
struct Drawn {
    bytes: [u8; AHEAD],
    /// So many of them, in front.
    left: usize,
}

impl Drawn {
    fn give(&mut self, wanted: &mut [u8]) {
        if wanted.len() > AHEAD {
            return draw(wanted);
        }
        if self.left < wanted.len() {
            draw(&mut self.bytes);
            self.left = AHEAD;
        }
        let first = self.left - wanted.len();
        let given = &mut self.bytes[first..self.left];
        wanted.copy_from_slice(given);
        given.fill(0);
        self.left = first;
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place that asks the system for chance"
)]
fn draw(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

/// A reproducible sequence for tests; never a source of secrets.
#[derive(Debug)]
pub struct SeededIds(Mutex<u64>);

impl SeededIds {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Ids for SeededIds {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for byte in bytes {
            // SplitMix64, Steele et al. 2014.
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (z ^ (z >> 31)) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuid_has_version_and_variant() {
        let id = RandomIds.uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"));
    }

    #[test]
    fn no_byte_is_given_twice() {
        let mut drawn = Drawn {
            bytes: [7; AHEAD],
            left: AHEAD,
        };
        let mut half = [0; AHEAD / 2];
        drawn.give(&mut half);
        assert_eq!(half, [7; AHEAD / 2]);
        assert_eq!(drawn.bytes[..AHEAD / 2], [7; AHEAD / 2]);
        assert_eq!(drawn.bytes[AHEAD / 2..], [0; AHEAD / 2]);
        drawn.give(&mut half);
        assert_eq!((half, drawn.left), ([7; AHEAD / 2], 0));
        // What is left is not enough: all are drawn anew.
        drawn.give(&mut half);
        assert_eq!(drawn.left, AHEAD / 2);
        assert_ne!(half, [7; AHEAD / 2]);
        let mut many = [0; AHEAD + 1];
        drawn.give(&mut many);
        assert_eq!(drawn.left, AHEAD / 2);
        assert_ne!(many, [0; AHEAD + 1]);
    }

    #[test]
    fn ids_differ() {
        let ids: std::collections::HashSet<String> = (0..1_000).map(|_| RandomIds.uuid()).collect();
        assert_eq!(ids.len(), 1_000);
    }

    #[test]
    fn text_is_as_long_as_asked_and_of_its_alphabet() {
        for length in [0, 1, 63, 64, 65, 200] {
            let text = SeededIds::new(1).text(b"abc", length);
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| b"abc".contains(&byte)));
        }
    }

    #[test]
    fn same_seed_gives_same_text() {
        let text = |seed| SeededIds::new(seed).text(b"abcdefghijklmnopqrstuvwxyz0123456789", 10);
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
        assert_eq!(text(7).len(), 10);
    }
}
