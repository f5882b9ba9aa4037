//! The connection to a worker whose runtime speaks HTTP to `AWS_LAMBDA_RUNTIME_API`.
//!
//! A port on the loopback interface can be reached by every process of the host, so each
//! connection is asked whose it is: the kernel knows which process holds the other end, and only
//! those of this worker are served. Stock clients open as many connections as they like; each is a
//! task, and their requests come together in one queue.

use super::link::Closed;
use super::request::{Parser, Part, Request};
use crate::sandbox::Owner;
use bytes::Bytes;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Requests that wait to be taken; a runtime works on one at a time.
const QUEUE_MAX: usize = 8;

/// Connections of one worker at once; `curl` in a script opens one for each call.
const CONNECTIONS_MAX: usize = 64;

/// What `curl` waits for before it sends a large body.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

type Exchange = (Request, Option<oneshot::Sender<Answer>>);

/// Head and body, which are written one after the other.
type Answer = (Bytes, Bytes);

/// How a worker's processes come to us.
#[derive(Debug)]
enum Entrance {
    /// By a port of the host, where others could come too.
    Guarded(TcpListener, Owner),
    /// By a port of their own network.
    Inside(TcpListener),
}

/// A port for one worker; closed, with all its connections, when dropped.
#[derive(Debug)]
pub(crate) struct TcpLink {
    address: SocketAddr,
    /// Taken, until it is known whose connections are served.
    listener: Option<TcpListener>,
    requests: mpsc::Receiver<Exchange>,
    /// Of the request that was received last.
    reply: Option<oneshot::Sender<Answer>>,
    entrance: Option<oneshot::Sender<Entrance>>,
    listening: JoinHandle<()>,
}

impl TcpLink {
    /// Takes a free port. Connections are served once [`TcpLink::admit`] has said whose.
    pub(crate) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut link = Self::inside(address);
        link.listener = Some(listener);
        Ok(link)
    }

    /// Waits for a port of the worker's own network, where it has `address`.
    pub(crate) fn inside(address: SocketAddr) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        let (entrance, known) = oneshot::channel();
        let listening = tokio::spawn(async move {
            match known.await {
                Ok(Entrance::Guarded(listener, owner)) => {
                    listen(listener, Some(owner), &queue).await;
                }
                Ok(Entrance::Inside(listener)) => listen(listener, None, &queue).await,
                Err(_) => {}
            }
        });
        Self {
            address,
            listener: None,
            requests,
            reply: None,
            entrance: Some(entrance),
            listening,
        }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Says which processes may connect to the port of the host.
    pub(crate) fn admit(&mut self, owner: Owner) {
        if let (Some(waiting), Some(listener)) = (self.entrance.take(), self.listener.take()) {
            let _ = waiting.send(Entrance::Guarded(listener, owner));
        }
    }

    /// Serves the port of the worker's own network: whoever comes is the worker.
    pub(crate) fn open(&mut self, listener: std::net::TcpListener) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        if let Some(waiting) = self.entrance.take() {
            let _ = waiting.send(Entrance::Inside(listener));
        }
        Ok(())
    }

    /// Answers the request that was received last.
    pub(crate) fn answer(&mut self, answer: Bytes) {
        if let Some(reply) = self.reply.take() {
            let _ = reply.send((answer, Bytes::new()));
        }
    }

    /// Answers the request for an event that was received last.
    pub(crate) fn send(&mut self, head: &str, payload: &Bytes) {
        if let Some(reply) = self.reply.take() {
            let _ = reply.send((Bytes::copy_from_slice(head.as_bytes()), payload.clone()));
        }
    }

    /// A request that has already arrived.
    pub(crate) fn take(&mut self) -> Option<Request> {
        let (request, reply) = self.requests.try_recv().ok()?;
        self.reply = reply;
        Some(request)
    }

    /// The next request. A worker without connections is not closed: it may open another.
    pub(crate) async fn receive(&mut self) -> Result<Request, Closed> {
        let (request, reply) = self.requests.recv().await.ok_or(Closed)?;
        self.reply = reply;
        Ok(request)
    }
}

impl Drop for TcpLink {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, owner: Option<Owner>, queue: &mpsc::Sender<Exchange>) {
    // Dropped with this task, and all connections with it.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS_MAX {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, peer)) => {
                connections.spawn(serve(stream, peer, owner.clone(), queue.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "no more connections to a worker's Runtime API");
                return;
            }
        }
    }
}

async fn serve(
    mut stream: TcpStream,
    peer: SocketAddr,
    owner: Option<Owner>,
    queue: mpsc::Sender<Exchange>,
) {
    if let Some(owner) = owner {
        let port = stream.local_addr().map_or(0, |address| address.port());
        let asking = tokio::task::spawn_blocking(move || owner.holds_connection(peer.port(), port));
        if !asking.await.unwrap_or(false) {
            tracing::warn!(%peer, "a process that is not the worker asked for its Runtime API");
            return;
        }
    }
    let _ = stream.set_nodelay(true);
    let mut parser = Parser::default();
    loop {
        let request = match parser.next() {
            Ok(Some(request)) => request,
            Ok(None) => {
                if parser.take_continue() && stream.write_all(CONTINUE).await.is_err() {
                    return;
                }
                parser.make_room();
                match stream.read_buf(&mut parser.buffer).await {
                    Ok(1..) => continue,
                    _ => return,
                }
            }
            Err(malformed) => {
                tracing::debug!(reason = malformed.0, "worker sent what is not HTTP");
                return;
            }
        };
        if matches!(request.part, Part::Begin(_) | Part::More) {
            if queue.send((request, None)).await.is_err() {
                return;
            }
            continue;
        }
        let (reply, answer) = oneshot::channel();
        if queue.send((request, Some(reply))).await.is_err() {
            return;
        }
        let Ok((head, body)) = answer.await else {
            return;
        };
        if stream.write_all(&head).await.is_err() || stream.write_all(&body).await.is_err() {
            return;
        }
    }
}
