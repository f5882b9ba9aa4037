//! The port at which a worker's processes find us by `AWS_LAMBDA_RUNTIME_API`.
//!
//! A port on the loopback interface can be reached by every process of the host, so each
//! connection is asked whose it is: the kernel knows which process holds the other end, and only
//! those of this worker are served. Stock clients open as many connections as they like; each is a
//! task. Calls of extensions are answered right there, those of the runtime come together in one
//! queue.

use super::answer::NOT_FOUND;
use super::request::{Parser, Part, Request, Target};
use crate::extension::{Hub, Reply};
use crate::sandbox::Owner;
use bytes::Bytes;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Connections of one worker at once; `curl` in a script opens one for each call.
const CONNECTIONS_MAX: usize = 64;

/// What `curl` waits for before it sends a large body.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// A request of the runtime, and where its answer goes.
pub(super) type Exchange = (Request, Option<oneshot::Sender<Answer>>);

/// Head and body, which are written one after the other.
pub(super) type Answer = (Bytes, Bytes);

/// Who answers.
#[derive(Clone)]
pub(crate) struct Served {
    /// Extensions.
    hub: Arc<Hub>,
    /// The runtime, where it has no other way.
    queue: Option<mpsc::Sender<Exchange>>,
}

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
pub(crate) struct Door {
    address: SocketAddr,
    /// Taken, until it is known whose connections are served.
    listener: Option<TcpListener>,
    entrance: Option<oneshot::Sender<Entrance>>,
    listening: JoinHandle<()>,
}

impl Door {
    /// For extensions alone.
    pub(crate) async fn of_extensions(
        hub: &Arc<Hub>,
        inside: Option<SocketAddr>,
    ) -> io::Result<Self> {
        Self::made(hub, None, inside).await
    }

    /// At `inside` of the worker's own network, or else at a free port of the host. Connections are
    /// served once [`Door::admit`] or [`Door::open`] has been called.
    pub(super) async fn made(
        hub: &Arc<Hub>,
        queue: Option<mpsc::Sender<Exchange>>,
        inside: Option<SocketAddr>,
    ) -> io::Result<Self> {
        let hub = Arc::clone(hub);
        let served = Served { hub, queue };
        if let Some(address) = inside {
            return Ok(Self::at(address, None, served));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self::at(listener.local_addr()?, Some(listener), served))
    }

    fn at(address: SocketAddr, listener: Option<TcpListener>, served: Served) -> Self {
        let (entrance, known) = oneshot::channel();
        let listening = tokio::spawn(async move {
            match known.await {
                Ok(Entrance::Guarded(listener, owner)) => {
                    listen(listener, Some(owner), &served).await;
                }
                Ok(Entrance::Inside(listener)) => listen(listener, None, &served).await,
                Err(_) => {}
            }
        });
        Self {
            address,
            listener,
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
        if let (Some(listener), Some(waiting)) = (self.listener.take(), self.entrance.take()) {
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
}

impl Drop for Door {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, owner: Option<Owner>, served: &Served) {
    // Dropped with this task, and all connections with it.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS_MAX {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, peer)) => {
                connections.spawn(serve(stream, peer, owner.clone(), served.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "no more connections to a worker's Runtime API");
                return;
            }
        }
    }
}

async fn serve(mut stream: TcpStream, peer: SocketAddr, owner: Option<Owner>, served: Served) {
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
        let (head, body) = match served.answer(request).await {
            Answered::With(head, body) => (head, body),
            Answered::Later => continue,
            Answered::Never => return,
        };
        if stream.write_all(&head).await.is_err() || stream.write_all(&body).await.is_err() {
            return;
        }
    }
}

enum Answered {
    With(Bytes, Bytes),
    /// It was a part of a request.
    Later,
    /// Nobody is there any more.
    Never,
}

impl Served {
    async fn answer(&self, request: Request) -> Answered {
        if let Target::Extension(call) = &request.target {
            return match self.hub.take(call, request.body.as_ref()) {
                Reply::Now(answer) => Answered::With(answer, Bytes::new()),
                Reply::Later(event) => match event.await {
                    Ok(answer) => Answered::With(answer, Bytes::new()),
                    Err(_) => Answered::Never,
                },
            };
        }
        let Some(queue) = &self.queue else {
            return match request.part {
                Part::Begin(_) | Part::More => Answered::Later,
                Part::Whole | Part::End => Answered::With(NOT_FOUND, Bytes::new()),
            };
        };
        if matches!(request.part, Part::Begin(_) | Part::More) {
            return match queue.send((request, None)).await {
                Ok(()) => Answered::Later,
                Err(_) => Answered::Never,
            };
        }
        let (reply, answer) = oneshot::channel();
        if queue.send((request, Some(reply))).await.is_err() {
            return Answered::Never;
        }
        match answer.await {
            Ok((head, body)) => Answered::With(head, body),
            Err(_) => Answered::Never,
        }
    }
}
