//! Bodies of answers: whole, or sent while they are made.

use bytes::Bytes;
use std::{
    fmt,
    task::{Context, Poll},
};

/// The body of an answer.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// As it comes.
    Pieces(Box<dyn Pieces>),
}

/// The bytes of a body that is still being made. Whoever makes them waits while nobody takes them,
/// so that a body of any length needs the memory of a few pieces.
pub trait Pieces: Send + Sync {
    /// The next bytes; none after the last.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>>;
}

/// The body broke off; whoever sends it on must not let it look whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body broke off")
    }
}

impl std::error::Error for Cut {}

impl Body {
    /// The bytes of a body that is whole.
    pub fn whole(&self) -> Option<&Bytes> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            Self::Pieces(_) => None,
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(bytes)
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Pieces(_) => f.write_str("a stream"),
        }
    }
}
