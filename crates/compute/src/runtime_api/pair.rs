//! The connection to one worker: one end of a socket pair that only the worker holds.
//!
//! A pair has no address, so no other process can reach it, and its end-of-file tells each side
//! that the other is gone. Answers wait in `outgoing` until an event goes out, because our own
//! bootstraps do not wait for them: a system call and a wake-up saved for each invocation.

use super::link::Closed;
use super::request::{Malformed, Parser, Request};
use bytes::{Buf, Bytes, BytesMut};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

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
    /// The socket as something that is only read: whoever wants to write as well is woken by the
    /// kernel each time that the worker has read, which is once more for each event.
    socket: pipe::Receiver,
    /// The socket as something that is only written, while there is no room in it.
    crowded: Option<pipe::Sender>,
    parser: Parser,
    outgoing: BytesMut,
    payload: Bytes,
    /// An event is on its way; otherwise what is queued may wait.
    is_sending: bool,
}

impl PairLink {
    /// A connected pair: ours, and the descriptor that the worker inherits. A read there ends
    /// after `patience`, if there is one, when nothing has come.
    pub(crate) fn pair(patience: Option<Duration>) -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = UnixStream::pair()?;
        theirs.set_read_timeout(patience)?;
        ours.set_nonblocking(true)?;
        let link = Self {
            socket: pipe::Receiver::from_owned_fd_unchecked(ours.into())?,
            crowded: None,
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
        let mut word = [0u8];
        self.socket.read_exact(&mut word).await?;
        match &word {
            b"." => Ok(()),
            // Our bootstraps tell of an error as they would of a function's.
            _ => Err(io::Error::other("its bootstrap failed")),
        }
    }

    /// Before anything of the Runtime API: sends bytes behind their length.
    pub(crate) async fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.outgoing.extend_from_slice(&length.to_be_bytes());
        self.outgoing.extend_from_slice(bytes);
        self.is_sending = true;
        let gone = |Closed| io::Error::from(io::ErrorKind::BrokenPipe);
        self.write().map_err(gone)?;
        while self.is_sending {
            self.has_room().await?;
            self.write().map_err(gone)?;
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
            self.parser.make_room();
            let length = if self.is_sending {
                tokio::select! {
                    room = self.has_room() => { room?; self.write()?; continue; }
                    ready = self.socket.readable() => ready?,
                }
                match self.socket.try_read_buf(&mut self.parser.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                    read => read?,
                }
            } else {
                // Knows from room that was left that there is no more, which saves a read that
                // finds nothing for each event.
                self.socket.read_buf(&mut self.parser.buffer).await?
            };
            if length == 0 {
                return Err(Closed);
            }
        }
    }

    /// Waits until the worker has read some of what it was sent.
    async fn has_room(&self) -> io::Result<()> {
        match &self.crowded {
            Some(crowded) => crowded.writable().await,
            None => Ok(()),
        }
    }

    /// Reads what a worker that has ended left behind.
    ///
    /// Asks the kernel, not tokio, which may not yet know that the socket is readable.
    pub(crate) fn drain(&mut self) {
        let mut bytes = [0u8; 16_384];
        while let Ok(length @ 1..) = nix::unistd::read(&self.socket, &mut bytes) {
            self.parser
                .buffer
                .extend_from_slice(bytes.get(..length).unwrap_or_default());
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
                self.crowded = None;
                return Ok(());
            }
            match self.write_now(bytes) {
                Ok(length) if is_head => self.outgoing.advance(length),
                Ok(length) => self.payload.advance(length),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return match self.crowded {
                        Some(_) => Ok(()),
                        None => self.watch_room(),
                    };
                }
                Err(_) => return Err(Closed),
            }
        }
    }

    fn write_now(&self, bytes: &[u8]) -> io::Result<usize> {
        match &self.crowded {
            Some(crowded) => crowded.try_write(bytes),
            None => Ok(nix::unistd::write(&self.socket, bytes)?),
        }
    }

    /// From now on tokio tells when there is room.
    fn watch_room(&mut self) -> Result<(), Closed> {
        let socket = self.socket.as_fd().try_clone_to_owned()?;
        self.crowded = Some(pipe::Sender::from_owned_fd_unchecked(socket)?);
        Ok(())
    }
}
