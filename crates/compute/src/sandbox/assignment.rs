//! What a spare worker's init is told when the worker gets its function.

use super::Shown;
use super::plan::{Reader, Writer, receive};
use std::io::{self, Read};

/// The files of a function, for a worker that was started without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// The function's own files; their targets are empty folders until then.
    pub(crate) shown: Vec<Shown>,
    pub(crate) temporary_bytes: u64,
}

impl Assignment {
    /// The bytes that [`Assignment::receive`] reads.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.text(&self.temporary_bytes.to_string());
        out.shown(&self.shown);
        out.whole()
    }

    /// Reads one assignment.
    pub(crate) fn receive(from: impl Read) -> io::Result<Self> {
        let bytes = receive(from)?;
        Self::decode(&bytes).ok_or_else(|| io::Error::other("the assignment cannot be read"))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        let assignment = Self {
            temporary_bytes: from.text()?.parse().ok()?,
            shown: from.shown()?,
        };
        from.0.is_empty().then_some(assignment)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn assignment_reads_back_and_cut_short_is_refused() {
        let assignment = Assignment {
            shown: vec![Shown {
                source: "/code".into(),
                target: "/var/task".into(),
            }],
            temporary_bytes: 7,
        };
        let bytes = assignment.encode();
        assert_eq!(Assignment::receive(bytes.as_slice()).unwrap(), assignment);
        for end in 0..bytes.len() {
            assert!(Assignment::receive(&bytes[..end]).is_err(), "{end}");
        }
    }
}
