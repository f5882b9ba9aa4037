//! The connection to one worker: one end of a socket pair that only the worker holds.
//!
//! A pair has no address, so no other process can reach it, and its end-of-file tells each side
//! that the other is gone. Answers wait in `outgoing` until an event goes out, because our own
//! bootstraps do not wait for them: a system call and a wake-up saved for each invocation.

use super::link::Closed;
use super::request::{Malformed, Parser, Request};
use bytes::{Buf, Bytes, BytesMut};
use std::io;
use std::os::fd::OwnedFd;
use tokio::net::UnixStream;

/// Payloads up to this are copied behind their head, so that one write sends both.
const JOINED_BYTES_MAX: usize = 64 * 1024;

impl From<io::Error> for Closed {
    fn from(_: io::Error) -> Self {
        Closed
    }
}

impl From<Malformed> for Closed {
    fn from(malformed: Malformed) -> Self {
        tracing::debug!(reason = malformed.0, "worker sent what is not HTTP");
        Closed
    }
}

/// Crossway's end of the connection to one worker.
#[derive(Debug)]
pub(crate) struct PairLink {
    stream: UnixStream,
    parser: Parser,
    outgoing: BytesMut,
    payload: Bytes,
    /// An event is on its way; otherwise what is queued may wait.
    is_sending: bool,
}

impl PairLink {
    /// A connected pair: ours, and the descriptor that the worker inherits.
    pub(crate) fn pair() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let link = Self {
            stream: UnixStream::from_std(ours)?,
            parser: Parser::default(),
            outgoing: BytesMut::new(),
            payload: Bytes::new(),
            is_sending: false,
        };
        Ok((link, theirs.into()))
    }

    /// Queues an answer; it leaves with the next event.
    pub(crate) fn queue(&mut self, answer: &[u8]) {
        self.outgoing.extend_from_slice(answer);
    }

    /// Sends an event. What does not fit leaves while [`PairLink::receive`] waits.
    pub(crate) fn send(&mut self, head: &str, payload: &Bytes) {
        let joined = payload.len() * usize::from(payload.len() <= JOINED_BYTES_MAX);
        self.outgoing.reserve(head.len() + joined);
        self.outgoing.extend_from_slice(head.as_bytes());
        if payload.len() <= JOINED_BYTES_MAX {
            self.outgoing.extend_from_slice(payload);
        } else {
            self.payload = payload.clone();
        }
        self.is_sending = true;
        // An error shows as end-of-file when we read.
        let _ = self.write();
    }

    /// Before anything of the Runtime API: waits for one byte, by which a spare worker says that
    /// it is up.
    pub(crate) async fn wait_for_word(&mut self) -> io::Result<()> {
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut [0u8]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Before anything of the Runtime API: sends bytes behind their length.
    pub(crate) async fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.outgoing.extend_from_slice(&length.to_be_bytes());
        self.outgoing.extend_from_slice(bytes);
        while !self.outgoing.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(&self.outgoing) {
                Ok(length) => self.outgoing.advance(length),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether all that was sent has left.
    pub(crate) fn is_clear(&self) -> bool {
        !self.is_sending
    }

    /// A request that has already arrived.
    pub(crate) fn take(&mut self) -> Result<Option<Request>, Closed> {
        Ok(self.parser.next()?)
    }

    /// The next request. Safe to cancel: nothing that was read or written is forgotten.
    pub(crate) async fn receive(&mut self) -> Result<Request, Closed> {
        loop {
            if let Some(request) = self.parser.next()? {
                return Ok(request);
            }
            if self.is_sending {
                tokio::select! {
                    ready = self.stream.writable() => { ready?; self.write()?; }
                    ready = self.stream.readable() => ready?,
                }
            } else {
                self.stream.readable().await?;
            }
            self.read()?;
        }
    }

    /// Reads what a worker that has ended left behind.
    ///
    /// Asks the kernel, not tokio, which may not yet know that the socket is readable.
    pub(crate) fn drain(&mut self) {
        let mut bytes = [0u8; 16_384];
        while let Ok(length @ 1..) = nix::unistd::read(&self.stream, &mut bytes) {
            self.parser
                .buffer
                .extend_from_slice(bytes.get(..length).unwrap_or_default());
        }
    }

    fn read(&mut self) -> Result<(), Closed> {
        self.parser.make_room();
        match self.stream.try_read_buf(&mut self.parser.buffer) {
            Ok(0) => Err(Closed),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(Closed),
        }
    }

    fn write(&mut self) -> Result<(), Closed> {
        loop {
            let is_head = !self.outgoing.is_empty();
            let bytes: &[u8] = if is_head {
                &self.outgoing
            } else {
                &self.payload
            };
            if bytes.is_empty() {
                self.is_sending = false;
                return Ok(());
            }
            match self.stream.try_write(bytes) {
                Ok(length) if is_head => self.outgoing.advance(length),
                Ok(length) => self.payload.advance(length),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(_) => return Err(Closed),
            }
        }
    }
}
