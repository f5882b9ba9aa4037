//! The connection to one worker, in one of its two forms.

use super::pair::PairLink;
use super::request::Request;
use super::tcp::TcpLink;
use bytes::Bytes;
use std::io;

/// The worker's end was closed, or sent what is not HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed;

/// Crossway's end of the connection to one worker.
#[derive(Debug)]
pub(crate) enum Link {
    /// A socket pair, for our own bootstraps.
    Pair(Box<PairLink>),
    /// A port, for runtimes that find us by `AWS_LAMBDA_RUNTIME_API`.
    Tcp(TcpLink),
}

impl Link {
    /// Answers the request that was received last.
    pub(crate) fn answer(&mut self, answer: &Bytes) {
        match self {
            Link::Pair(pair) => pair.queue(answer),
            Link::Tcp(tcp) => tcp.answer(answer.clone()),
        }
    }

    /// Answers the request that was received last, which asks for an event, with one.
    pub(crate) fn send(&mut self, head: &str, payload: &Bytes) {
        match self {
            Link::Pair(pair) => pair.send(head, payload),
            Link::Tcp(tcp) => tcp.send(head, payload),
        }
    }

    /// Whether it is one of our own bootstraps' connections.
    pub(crate) fn is_pair(&self) -> bool {
        matches!(self, Link::Pair(_))
    }

    /// Whether all that was sent has left.
    pub(crate) fn is_clear(&self) -> bool {
        match self {
            Link::Pair(pair) => pair.is_clear(),
            Link::Tcp(_) => false,
        }
    }

    /// A request that has already arrived.
    pub(crate) fn take(&mut self) -> Result<Option<Request>, Closed> {
        match self {
            Link::Pair(pair) => pair.take(),
            Link::Tcp(tcp) => Ok(tcp.take()),
        }
    }

    /// The next request. Safe to cancel: nothing that was read or written is forgotten.
    pub(crate) async fn receive(&mut self) -> Result<Request, Closed> {
        match self {
            Link::Pair(pair) => pair.receive().await,
            Link::Tcp(tcp) => tcp.receive().await,
        }
    }

    /// Waits until a spare worker says that it is up.
    pub(crate) async fn wait_for_word(&mut self) -> io::Result<()> {
        match self {
            Link::Pair(pair) => pair.wait_for_word().await,
            Link::Tcp(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Tells a spare worker its function.
    pub(crate) async fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Link::Pair(pair) => pair.say(bytes).await,
            Link::Tcp(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Reads what a worker that has ended left behind.
    pub(crate) fn drain(&mut self) {
        if let Link::Pair(pair) = self {
            pair.drain();
        }
    }
}
