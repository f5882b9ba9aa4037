//! Carries connections from one worker's network to where they are meant to go.

use super::{Reach, names};
use crate::limits::{DIAL_TIMEOUT, RELAYED_CONNECTIONS_MAX};
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener, UdpSocket as StdSocket};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What the launcher listens on for Crossway, inside a worker's network.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    /// One for each port of the reach.
    pub(crate) ports: Vec<StdListener>,
    /// Where names are asked for, by TCP and UDP.
    pub(crate) names: Option<(StdListener, StdSocket)>,
}

/// Tasks that end when this is dropped, with all connections.
#[derive(Debug)]
pub(crate) struct Relay {
    _tasks: JoinSet<()>,
}

impl Relay {
    /// Serves `doors`. The resolver is the host's; without one no name is answered.
    pub(crate) fn start(
        doors: Doors,
        reach: &Arc<Reach>,
        resolver: Option<SocketAddr>,
    ) -> io::Result<Self> {
        let mut tasks = JoinSet::new();
        let room = Arc::new(Semaphore::new(RELAYED_CONNECTIONS_MAX));
        for listener in doors.ports {
            let listener = adopt(listener)?;
            let (reach, room) = (Arc::clone(reach), Arc::clone(&room));
            tasks.spawn(async move {
                let carrying = |stream, meant| carry_allowed(stream, meant, Arc::clone(&reach));
                accept(&listener, &room, carrying).await;
            });
        }
        if let (Some((listener, socket)), Some(resolver)) = (doors.names, resolver) {
            let listener = adopt(listener)?;
            socket.set_nonblocking(true)?;
            let socket = tokio::net::UdpSocket::from_std(socket)?;
            tasks.spawn(async move {
                accept(&listener, &room, |stream, _| carry(stream, resolver)).await;
            });
            tasks.spawn(names::answer(socket, resolver));
        }
        Ok(Self { _tasks: tasks })
    }
}

fn adopt(listener: StdListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Hands every connection to a task of its own, with the address that was meant.
async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    carry: impl Fn(TcpStream, SocketAddr) -> F,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(permit) = Arc::clone(room).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            // Every address leads here, so the local one is the one that was dialled.
            Ok((stream, _)) => match stream.local_addr() {
                Ok(meant) => {
                    let carrying = carry(stream, meant);
                    connections.spawn(async move {
                        carrying.await;
                        drop(permit);
                    });
                }
                Err(error) => tracing::debug!(%error, "a connection was gone at once"),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection of a function was not taken");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

async fn carry_allowed(stream: TcpStream, meant: SocketAddr, reach: Arc<Reach>) {
    let ip = meant.ip().to_canonical();
    for destination in reach.to(meant.port()) {
        if destination.has(ip).await {
            return carry(stream, SocketAddr::new(ip, meant.port())).await;
        }
    }
    tracing::warn!(%ip, port = meant.port(), "a function may not reach this address");
    reset(&stream);
}

async fn carry(mut stream: TcpStream, to: SocketAddr) {
    match tokio::time::timeout(DIAL_TIMEOUT, TcpStream::connect(to)).await {
        Ok(Ok(mut other)) => {
            // Whole packets on either side were whole on the other: no need to wait for more.
            let _ = (stream.set_nodelay(true), other.set_nodelay(true));
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut other).await;
        }
        Ok(Err(_)) | Err(_) => reset(&stream),
    }
}

/// Ends a connection as a refusal, not as an answer without content.
fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}
