//! What is said over the control socket of a launcher: a plan there; a line, and sockets, back.

use nix::cmsg_space;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};
use std::io::{self, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use tokio::io::Interest;
use tokio::net::UnixStream;

/// The longest line that is read.
const LINE_BYTES_MAX: usize = 4_096;

/// Descriptors that one message may carry; more than there are ports.
const DESCRIPTORS_MAX: usize = 64;

/// Writes all of it.
pub(super) async fn send(control: &UnixStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        control.writable().await?;
        match control.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads one line and what came with it.
pub(super) async fn receive(control: &UnixStream) -> io::Result<(String, Vec<OwnedFd>)> {
    let mut line = Vec::new();
    let mut sockets = Vec::new();
    while !line.ends_with(b"\n") && line.len() < LINE_BYTES_MAX {
        let piece = control
            .async_io(Interest::READABLE, || {
                piece(control.as_raw_fd(), &mut sockets)
            })
            .await?;
        if piece.is_empty() {
            break;
        }
        line.extend(piece);
    }
    Ok((String::from_utf8_lossy(&line).into_owned(), sockets))
}

fn piece(control: RawFd, sockets: &mut Vec<OwnedFd>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0u8; LINE_BYTES_MAX];
    let mut space = cmsg_space!([RawFd; DESCRIPTORS_MAX]);
    let mut words = [IoSliceMut::new(&mut bytes)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<()>(control, &mut words, Some(&mut space), flags)?;
    for rights in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(numbers) = rights {
            // SAFETY: the kernel has just made these descriptors for us, and told nobody else.
            let owned = numbers
                .into_iter()
                .map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
            sockets.extend(owned);
        }
    }
    let length = message.bytes;
    bytes.truncate(length);
    Ok(bytes)
}
