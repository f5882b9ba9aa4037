//! Reads a worker's standard output and error.

use super::frames::Frames;
use super::journal::{Journal, Source};
use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use tokio::net::unix::pipe::Receiver;

/// Taken at first: most invocations print nothing or little.
const FIRST_READ_BYTES: usize = 2_048;

/// Taken at a time from then on; a pipe holds no more unless somebody asks for more.
const READ_BYTES: usize = 65_536;

/// Our end of the pipe that a worker writes to.
pub(crate) struct Capture {
    pipe: Receiver,
    frames: Frames,
    is_ended: bool,
    source: Source,
    /// The request whose output, behind a boundary, may come before the end of the one before.
    held: Option<String>,
}

impl Capture {
    /// A pipe: ours, and the end that the worker inherits.
    pub(crate) fn pipe() -> io::Result<(Self, PipeWriter)> {
        let (reader, writer) = io::pipe()?;
        Ok((Self::of(reader.into(), Source::Function)?, writer))
    }

    /// What extensions write to the other end of this pipe.
    pub(crate) fn of_extensions(pipe: OwnedFd) -> io::Result<Self> {
        Self::of(pipe, Source::Extension)
    }

    fn of(pipe: OwnedFd, source: Source) -> io::Result<Self> {
        Ok(Self {
            pipe: Receiver::from_owned_fd(pipe)?,
            frames: Frames::default(),
            is_ended: false,
            source,
            held: None,
        })
    }

    /// Waits until there is output. Never ends once the pipe has.
    pub(crate) async fn is_ready(&self) {
        if self.is_ended || self.pipe.readable().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits for output and takes it. Safe to cancel. Never ends once the pipe has.
    pub(crate) async fn read(&mut self, journal: &mut Journal) {
        if self.is_ended {
            return std::future::pending().await;
        }
        match self.pipe.readable().await {
            Ok(()) => self.take_ready(journal),
            Err(_) => self.is_ended = true,
        }
    }

    /// Takes the output that [`Capture::is_ready`] has told of.
    pub(crate) fn take_ready(&mut self, journal: &mut Journal) {
        self.take(journal, |pipe, bytes| pipe.try_read(bytes));
    }

    /// Takes what is in the pipe now, and what was left without an end.
    ///
    /// A worker writes its output before its answer, so once the answer is here this takes all of
    /// the invocation's output. Asks the kernel, not tokio, which may not yet know of it.
    pub(crate) fn drain(&mut self, journal: &mut Journal) {
        self.take(journal, |pipe, bytes| Ok(nix::unistd::read(pipe, bytes)?));
        let source = self.source;
        self.frames
            .finish(self.held.as_deref(), |event| journal.output(source, event));
    }

    /// From here on, what stands behind the boundary of this request waits.
    pub(crate) fn hold(&mut self, request_id: &str) {
        self.held = Some(request_id.to_owned());
    }

    /// Gives what was held back.
    pub(crate) fn release(&mut self, journal: &mut Journal) {
        let source = self.source;
        if self.held.take().is_some() {
            self.frames
                .push(&[], None, |event| journal.output(source, event));
        }
    }

    /// At most a few pipes full, so that a process which never stops writing stops nobody else.
    fn take(
        &mut self,
        journal: &mut Journal,
        read: impl Fn(&Receiver, &mut [u8]) -> io::Result<usize>,
    ) {
        // A large buffer is cleared before it is used, which would cost more than all the rest.
        if self.take_some(journal, &mut [0u8; FIRST_READ_BYTES], &read) {
            let mut bytes = vec![0u8; READ_BYTES];
            for _ in 0..READS_MAX {
                if !self.take_some(journal, &mut bytes, &read) {
                    return;
                }
            }
        }
    }

    /// One read; whether there may be more.
    fn take_some(
        &mut self,
        journal: &mut Journal,
        bytes: &mut [u8],
        read: impl Fn(&Receiver, &mut [u8]) -> io::Result<usize>,
    ) -> bool {
        let source = self.source;
        match read(&self.pipe, bytes) {
            Ok(0) => self.is_ended = true,
            Ok(length) => {
                let read = bytes.get(..length).unwrap_or_default();
                self.frames.push(read, self.held.as_deref(), |event| {
                    journal.output(source, event)
                });
                // A pipe gives all that it has: what did not fill the room was the last of it.
                return length == bytes.len();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.is_ended = true,
        }
        false
    }
}

/// Reads in a row.
const READS_MAX: usize = 16;
