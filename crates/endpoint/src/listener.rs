//! Accepts connections, speaks HTTP/1.1 and HTTP/2 on one port, stops gracefully.

use crate::head_clock;
use crate::limits::{
    ACCEPT_RETRY, CONNECTIONS_MAX, HANDSHAKE_TIMEOUT, HEAD_BYTES_PARSED_MAX, HEAD_TIMEOUT,
    READ_BUFFER_BYTES_MAX, SHUTDOWN_TIMEOUT, STREAMS_PER_CONNECTION_MAX,
};
use crate::preface;
use crate::sent_body::SentBody;
use crate::tap::{SharedRecorder, Tapped, recorder};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use stdx::Body;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// One connection, as its requests see it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) peer: SocketAddr,
    pub(crate) is_tls: bool,
    /// Heads as sent; none for HTTP/2, which has names in lower case only.
    pub(crate) recorder: Option<SharedRecorder>,
}

/// Answers the requests of every connection.
pub(crate) trait Answer: Send + Sync + 'static {
    fn answer(
        &self,
        request: http::Request<Incoming>,
        connection: Connection,
    ) -> impl Future<Output = http::Response<Body>> + Send;
}

/// Serves until `stop` resolves, then lets requests in flight finish.
pub(crate) async fn serve<A: Answer>(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    answer: Arc<A>,
    stop: impl Future<Output = ()>,
) {
    let acceptor = tls.map(TlsAcceptor::from);
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (stopping, _) = watch::channel(());
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_RETRY).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
            tracing::warn!(
                limit = CONNECTIONS_MAX,
                "too many connections, one is closed"
            );
            continue;
        };
        let (acceptor, answer) = (acceptor.clone(), Arc::clone(&answer));
        let stopped = stopping.subscribe();
        let peer = Peer {
            address: peer,
            idle_timeout: head_clock::idle_timeout(room.available_permits()),
        };
        tokio::spawn(async move {
            if let Err(error) = connection(stream, peer, acceptor, answer, stopped).await {
                let peer = peer.address;
                tracing::debug!(%error, %peer, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    stopping.send_replace(());
    if timeout(SHUTDOWN_TIMEOUT, stopping.closed()).await.is_err() {
        tracing::warn!("requests in flight were cut off after the shutdown's time limit");
    }
}

/// Who connected, and how long the connection may be idle.
#[derive(Debug, Clone, Copy)]
struct Peer {
    address: SocketAddr,
    idle_timeout: Duration,
}

type ConnectionError = Box<dyn std::error::Error + Send + Sync>;

async fn connection<A: Answer>(
    stream: TcpStream,
    peer: Peer,
    acceptor: Option<TlsAcceptor>,
    answer: Arc<A>,
    mut stopped: watch::Receiver<()>,
) -> Result<(), ConnectionError> {
    // An answer of two small writes must not wait for the client's acknowledgement.
    stream.set_nodelay(true)?;
    let Some(acceptor) = acceptor else {
        // HTTP/2 without TLS announces itself with its first bytes, `PRI * HTTP/2.0`.
        let mut first = [0u8; 3];
        let bytes = tokio::select! {
            _ = stopped.changed() => return Ok(()),
            peeked = timeout(HEAD_TIMEOUT, stream.peek(&mut first)) => peeked??,
        };
        return match bytes {
            0 => Ok(()),
            _ if &first == b"PRI" => http2(stream, peer, false, answer, stopped).await,
            _ => http1(stream, peer, false, answer, stopped).await,
        };
    };
    let stream = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await??;
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => http2(stream, peer, true, answer, stopped).await,
        _ => http1(stream, peer, true, answer, stopped).await,
    }
}

async fn http1<A: Answer>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    is_tls: bool,
    answer: Arc<A>,
    mut stopped: watch::Receiver<()>,
) -> Result<(), ConnectionError> {
    let recorder = recorder();
    let io = TokioIo::new(Tapped::new(stream, Arc::clone(&recorder)));
    let connection = Connection {
        peer: peer.address,
        is_tls,
        recorder: Some(recorder),
    };
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(peer.idle_timeout)
        .max_header_size(HEAD_BYTES_PARSED_MAX)
        .max_buf_size(READ_BUFFER_BYTES_MAX)
        .serve_connection(io, service(answer, connection));
    tokio::pin!(served);
    tokio::select! {
        done = served.as_mut() => return Ok(done?),
        _ = stopped.changed() => served.as_mut().graceful_shutdown(),
    }
    Ok(served.await?)
}

async fn http2<A: Answer>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    is_tls: bool,
    answer: Arc<A>,
    mut stopped: watch::Receiver<()>,
) -> Result<(), ConnectionError> {
    let connection = Connection {
        peer: peer.address,
        is_tls,
        recorder: None,
    };
    let stream = tokio::select! {
        _ = stopped.changed() => return Ok(()),
        stream = preface::awaited(stream) => stream?,
    };
    let served = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_BYTES_PARSED_MAX)?)
        .max_concurrent_streams(STREAMS_PER_CONNECTION_MAX)
        .keep_alive_interval(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service(answer, connection));
    tokio::pin!(served);
    tokio::select! {
        done = served.as_mut() => return Ok(done?),
        _ = stopped.changed() => served.as_mut().graceful_shutdown(),
    }
    Ok(served.await?)
}

fn service<A: Answer>(
    answer: Arc<A>,
    connection: Connection,
) -> impl HttpService<Incoming, ResBody = SentBody, Error = Infallible, Future: Send> {
    service_fn(move |request| {
        let (answer, connection) = (Arc::clone(&answer), connection.clone());
        // Boxed, because the HTTP library moves it three times.
        Box::pin(async move {
            let response = answer.answer(request, connection).await;
            Ok::<_, Infallible>(response.map(SentBody::from))
        })
    })
}
