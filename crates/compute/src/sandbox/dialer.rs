//! Connects to a port inside of one worker's sandbox, and to nothing else.

use super::watch;
use super::{Owner, report};
use std::io;
use std::net::{Ipv4Addr, TcpStream as StdStream};
use std::sync::Weak;
use tokio::net::{TcpSocket, TcpStream, UnixStream};
use tokio::sync::Mutex;

/// The way into a sandbox. Does not keep it alive.
#[derive(Debug)]
pub(crate) enum Dialer {
    /// To a network of its own, where its init makes the sockets.
    Inside(Mutex<Weak<UnixStream>>),
    /// To the host's, where only ports are dialled on which its own processes listen.
    Host(Owner),
}

impl Dialer {
    /// Connects to a port of the loopback interface.
    ///
    /// # Errors
    /// Nobody of this worker listens there, or the worker has gone.
    pub(crate) async fn dial(&self, port: u16) -> io::Result<TcpStream> {
        let address = (Ipv4Addr::LOCALHOST, port).into();
        match self {
            Self::Inside(control) => {
                let socket = {
                    let control = control.lock().await;
                    socket(&control).await?
                };
                socket.connect(address).await
            }
            Self::Host(owner) => {
                let owner = owner.clone();
                let asking = tokio::task::spawn_blocking(move || owner.listens_on(port));
                if !asking.await.unwrap_or(false) {
                    let text = "no process of the worker listens there";
                    return Err(io::Error::other(text));
                }
                TcpStream::connect(address).await
            }
        }
    }
}

/// A socket that belongs to the worker's network.
async fn socket(control: &Weak<UnixStream>) -> io::Result<TcpSocket> {
    let gone = || io::Error::other("the worker has gone");
    let control = control.upgrade().ok_or_else(gone)?;
    report::send(&control, &[watch::DIAL]).await?;
    let (line, sockets) = report::receive(&control).await?;
    let socket = sockets.into_iter().next();
    let socket = socket.ok_or_else(|| io::Error::other(line.trim_end().to_owned()))?;
    let socket = StdStream::from(socket);
    socket.set_nonblocking(true)?;
    Ok(TcpSocket::from_std_stream(socket))
}
