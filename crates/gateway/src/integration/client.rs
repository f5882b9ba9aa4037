//! HTTP toward backends: pooled connections, TLS, bounds; every connection passes [`Egress`].

use super::{Egress, Returned, http_request::HttpRequest, tls};
use crate::limits;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connected, Connection},
    },
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use ports::ClientCertificate;
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    collections::HashMap,
    error::Error,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    task::{Context, Poll, ready},
    time::Duration,
};
use stdx::Turn;
use tokio::{net::TcpStream, time::Instant};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Why a backend gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// Not within the integration's timeout.
    #[error("no answer in time")]
    Timeout,
    /// The URI names no address that may and can be connected to.
    #[error("address cannot be reached: {0}")]
    Address(String),
    /// The connection broke, or TLS failed.
    #[error("connection failed: {0}")]
    Network(String),
    /// The answer is over [`limits::PAYLOAD_BYTES_MAX`].
    #[error("answer is too large")]
    TooLarge,
}

/// Pooled clients. Connections whose issuer was not checked are a pool of their own, so that none
/// serves an integration that wants it checked.
pub(crate) struct HttpClient {
    verified: Pooled,
    of_any_issuer: Pooled,
    egress: Egress,
    /// Connections that are not everybody's: through VPC links, another way to the same host name,
    /// and those that show a certificate. Up to [`limits::ROADS_MAX`]; forgotten all at once, since
    /// certificates come and go.
    of_their_own: RwLock<HashMap<Road, Pooled>>,
}

/// What connections to one host may differ in.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Road {
    /// Where they go, instead of to the URI's host.
    upstream: Option<Arc<str>>,
    /// The identity of what they show.
    certificate: Option<Arc<str>>,
    /// Whether the backend's certificate may be of any issuer.
    skips_verification: bool,
}

type Pooled = Client<Connector, Full<Bytes>>;

impl HttpClient {
    /// Clients that connect where `egress` permits.
    pub(crate) fn new(egress: Egress) -> Self {
        Self {
            verified: pooled(Connector::new(egress.clone())),
            of_any_issuer: pooled(Connector::of_any_issuer(egress.clone())),
            egress,
            of_their_own: RwLock::default(),
        }
    }

    /// Sends one request and reads the whole answer within `timeout`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn send(
        &self,
        request: HttpRequest,
        timeout: Duration,
    ) -> Result<Returned, ClientError> {
        let exchange = self.exchange(request);
        match tokio::time::timeout(timeout, exchange).await {
            Ok(result) => result,
            Err(_) => Err(ClientError::Timeout),
        }
    }

    /// Sends one request and waits for the answer's head until `deadline`; the body follows as it
    /// comes.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn open(
        &self,
        request: HttpRequest,
        deadline: Instant,
    ) -> Result<(Returned, Incoming), ClientError> {
        match tokio::time::timeout_at(deadline, self.head(request)).await {
            Ok(opened) => opened,
            Err(_) => Err(ClientError::Timeout),
        }
    }

    async fn head(&self, request: HttpRequest) -> Result<(Returned, Incoming), ClientError> {
        let own;
        let client = match (&request.upstream, &request.certificate) {
            (None, None) if request.skips_verification => &self.of_any_issuer,
            (None, None) => &self.verified,
            _ => {
                own = self.of_its_own(&request);
                &own
            }
        };
        let response = client.request(http_request(request)?).await;
        let (parts, body) = response.map_err(|error| classify(&error))?.into_parts();
        let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        };
        let returned = Returned {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(line).collect(),
            ..Returned::default()
        };
        Ok((returned, body))
    }

    /// The client whose connections go where this request's upstream is and show its certificate.
    fn of_its_own(&self, request: &HttpRequest) -> Pooled {
        let certificate = request.certificate.as_ref();
        let road = Road {
            upstream: request.upstream.clone(),
            certificate: certificate.map(|certificate| certificate.identity.clone()),
            skips_verification: request.skips_verification,
        };
        let known = self.of_their_own.read();
        if let Some(client) = known.unwrap_or_else(PoisonError::into_inner).get(&road) {
            return client.clone();
        }
        let connector = Connector(Arc::new(Shared {
            egress: self.egress.clone(),
            upstream: request.upstream.clone(),
            certificate: request.certificate.clone(),
            skips_verification: request.skips_verification,
            tls: OnceLock::new(),
        }));
        let known = self.of_their_own.write();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if known.len() >= limits::ROADS_MAX {
            known.clear();
        }
        known
            .entry(road)
            .or_insert_with(|| pooled(connector))
            .clone()
    }

    async fn exchange(&self, request: HttpRequest) -> Result<Returned, ClientError> {
        let (returned, body) = self.head(request).await?;
        let limited = Limited::new(body, limits::PAYLOAD_BYTES_MAX)
            .collect()
            .await;
        let body = limited.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => ClientError::TooLarge,
            None => ClientError::Network(error.to_string()),
        })?;
        Ok(Returned {
            body: body.to_bytes(),
            ..returned
        })
    }
}

fn pooled(connector: Connector) -> Pooled {
    Client::builder(TokioExecutor::new())
        .pool_idle_timeout(Duration::from_secs(limits::IDLE_CONNECTION_S))
        .pool_max_idle_per_host(limits::IDLE_CONNECTIONS_PER_HOST_MAX)
        .pool_timer(TokioTimer::new())
        .http1_title_case_headers(true)
        .http1_max_buf_size(limits::HTTP1_BUFFER_BYTES_MAX)
        .build(connector)
}

fn http_request(request: HttpRequest) -> Result<http::Request<Full<Bytes>>, ClientError> {
    let address = |error: &dyn std::fmt::Display| ClientError::Address(error.to_string());
    let uri = http::Uri::from_maybe_shared(Bytes::from(request.uri));
    let uri = uri.map_err(|error| address(&error))?;
    let mut builder = http::Request::builder()
        .method(request.verb.as_str())
        .uri(uri);
    for (name, value) in request.headers {
        let value = http::HeaderValue::from_maybe_shared(Bytes::from(value));
        let value = value.map_err(|error| address(&error))?;
        builder = builder.header(name.as_ref(), value);
    }
    let has_length = !request.body.is_empty() || !matches!(request.verb.as_str(), "GET" | "HEAD");
    if has_length {
        builder = builder.header("Content-Length", request.body.len());
    }
    builder
        .body(Full::new(request.body))
        .map_err(|error| address(&error))
}

/// Whether the connection could not be made, or broke.
fn classify(error: &hyper_util::client::legacy::Error) -> ClientError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(refused) = current.downcast_ref::<Unreachable>() {
            return ClientError::Address(refused.to_string());
        }
        cause = current.source();
    }
    ClientError::Network(chain(error))
}

/// An error with its causes, for the operator's log.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        text.push_str(": ");
        text.push_str(&current.to_string());
        cause = current.source();
    }
    text
}

/// The address does not resolve, is not permitted, or refuses.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unreachable(String);

struct Shared {
    egress: Egress,
    /// Where every connection goes, instead of to the URI's host.
    upstream: Option<Arc<str>>,
    certificate: Option<Arc<ClientCertificate>>,
    skips_verification: bool,
    /// Made for the first TLS backend: reading the host's certificates takes milliseconds that a
    /// start without such backends need not spend.
    tls: OnceLock<Result<Arc<ClientConfig>, tls::BadCertificate>>,
}

/// Resolves, asks [`Egress`] about each address, connects to the first that it permits.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Shared>);

impl Connector {
    /// A connector that trusts the host's certificates and connects where `egress` permits.
    pub(crate) fn new(egress: Egress) -> Self {
        Self::with(egress, false)
    }

    /// The same for certificates of any issuer.
    fn of_any_issuer(egress: Egress) -> Self {
        Self::with(egress, true)
    }

    fn with(egress: Egress, skips_verification: bool) -> Self {
        Self(Arc::new(Shared {
            egress,
            upstream: None,
            certificate: None,
            skips_verification,
            tls: OnceLock::new(),
        }))
    }
}

type BoxError = Box<dyn Error + Send + Sync>;

impl tower_service::Service<http::Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        let shared = Arc::clone(&self.0);
        Box::pin(async move { connect(&shared, &uri).await })
    }
}

async fn connect(shared: &Shared, uri: &http::Uri) -> Result<Stream, BoxError> {
    let is_tls = uri.scheme_str() == Some("https");
    let host = uri
        .host()
        .ok_or_else(|| Unreachable("URI without host".to_owned()))?
        .trim_start_matches('[')
        .trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let tcp = match &shared.upstream {
        None => connect_tcp(host, port, |address| shared.egress.permits(address)).await?,
        Some(upstream) => {
            let (host, port) = place(upstream, port);
            let permits = |address| shared.egress.permits_named(address);
            connect_tcp(host, port, permits).await?
        }
    };
    if !is_tls {
        return Ok(Stream::from(Kind::Plain(TokioIo::new(tcp))));
    }
    let name = ServerName::try_from(host.to_owned())?;
    let config = shared
        .tls
        .get_or_init(|| tls::config(shared.skips_verification, shared.certificate.as_deref()));
    let tls = TlsConnector::from(config.clone()?);
    let stream = tls.connect(name, tcp).await?;
    Ok(Stream::from(Kind::Tls(Box::new(TokioIo::new(stream)))))
}

/// Host and port of an upstream, with the URI's port where it has none.
fn place(upstream: &str, port: u16) -> (&str, u16) {
    let split = upstream.rsplit_once(':').and_then(|(host, own)| {
        let is_host = !host.contains(':') || host.ends_with(']');
        let own = own.parse().ok().filter(|_| is_host)?;
        Some((host, own))
    });
    let (host, port) = split.unwrap_or((upstream, port));
    (host.trim_start_matches('[').trim_end_matches(']'), port)
}

async fn connect_tcp(
    host: &str,
    port: u16,
    permits: impl Fn(SocketAddr) -> bool,
) -> Result<TcpStream, Unreachable> {
    let addresses = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| Unreachable(format!("`{host}` does not resolve: {error}")))?;
    let mut last = Unreachable(format!("`{host}` has no address that may be reached"));
    for address in addresses.filter(|address| permits(*address)) {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Small requests must not wait for the answer to the one before.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = Unreachable(format!("{address}: {error}")),
        }
    }
    Err(last)
}

/// A connection to a backend.
pub(crate) struct Stream {
    kind: Kind,
    turn: Turn,
}

enum Kind {
    Plain(TokioIo<TcpStream>),
    Tls(Box<TokioIo<TlsStream<TcpStream>>>),
}

impl From<Kind> for Stream {
    fn from(kind: Kind) -> Self {
        let turn = Turn::default();
        Self { kind, turn }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl hyper::rt::Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { kind, turn } = self.get_mut();
        let polled = match kind {
            Kind::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Kind::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        };
        if polled.is_ready() {
            turn.read();
        }
        polled
    }
}

impl hyper::rt::Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { kind, turn } = self.get_mut();
        ready!(turn.poll_write(cx));
        match kind {
            Kind::Plain(stream) => Pin::new(stream).poll_write(cx, buffer),
            Kind::Tls(stream) => Pin::new(stream).poll_write(cx, buffer),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().kind {
            Kind::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Kind::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().kind {
            Kind::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Kind::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstreams_have_their_own_port_or_the_uris() {
        for (upstream, expect) in [
            ("10.0.0.5", ("10.0.0.5", 80)),
            ("10.0.0.5:8080", ("10.0.0.5", 8080)),
            ("backend.internal:8080", ("backend.internal", 8080)),
            ("[fd00::1]:8080", ("fd00::1", 8080)),
            ("[fd00::1]", ("fd00::1", 80)),
            ("fd00::1", ("fd00::1", 80)),
        ] {
            assert_eq!(place(upstream, 80), expect, "{upstream}");
        }
    }
}
