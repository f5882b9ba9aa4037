//! The front door: listens, finds a request's destination, authenticates, authorizes, calls,
//! answers.
//!
//! One port serves AWS's APIs, deployed REST APIs, function URLs and mounted services. The way of an AWS call is
//! one line: `sigv4::parse` → `service::find` → `authenticate` → `smithy::decode` →
//! `authorize` → the service's handler → `smithy::encode`; any error on the way →
//! `smithy::encode_error`. This crate knows no service's rules: services come as operation tables
//! and as [`ports::ServeApi`], [`ports::ServeFunctionUrl`] and [`ports::HttpService`].
//!
//! Cost of a request for a deployed API before the gateway sees it: one copy of the head's header
//! lines, three short strings of the address, no copy of a body that came in one piece.

mod authenticate;
mod authorize;
mod aws;
mod body;
mod destination;
mod fault;
mod guard;
mod head;
mod head_clock;
mod host;
mod in_house;
mod limits;
mod listener;
mod preface;
mod reply;
mod sent_body;
mod service;
mod session;
mod tap;

pub use host::{Exposure, HostRule};

use crate::aws::{Arrival, Aws};
use crate::destination::{ApiAddress, Destination, UrlAddress};
use crate::limits::{
    BODY_BYTES_MAX, EXECUTE_API_BODY_BYTES_MAX, FUNCTION_URL_BODY_BYTES_MAX, HEAD_BYTES_MAX,
};
use crate::listener::{Answer, Connection};
use bytes::Bytes;
use http::request;
use hyper::body::Incoming;
use ports::{
    ApiCall, Authorize, AwsApis, Call, ConnectionInfo, Credentials, ExecuteApi, FunctionUrl,
    HttpService, ServeApi, ServeFunctionUrl, Sessions, Touches,
};
use smithy::ServiceError;
use std::future::Future;
use std::sync::Arc;
use stdx::{Body, BoxFuture, Clock, SharedIds};
use tokio::net::TcpListener;

/// What the front door needs.
pub struct EndpointNeeds {
    /// Each AWS service's operations.
    pub operations: Vec<smithy::Operations<Call, Touches>>,
    /// Whose key signed.
    pub credentials: Arc<dyn Credentials>,
    /// Whether the caller may.
    pub authorize: Arc<dyn Authorize>,
    /// Deployed REST APIs.
    pub apis: Arc<dyn ServeApi>,
    /// Function URLs.
    pub function_urls: Arc<dyn ServeFunctionUrl>,
    /// Other services, by path.
    pub mounts: Vec<Mount>,
    /// Who is signed in to the console; without it no page can call an AWS API by its session.
    pub sessions: Option<Arc<dyn Sessions>>,
    /// Where a browser that asks for `/` is sent, such as `/console/`.
    pub browser_home: Option<&'static str>,
    /// Which host names are answered.
    pub hosts: HostRule,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance for request ids.
    pub ids: SharedIds,
}

/// A service under a path.
pub struct Mount {
    /// `/_crossway/` for everything below it; `/console` for itself and everything below it.
    pub prefix: &'static str,
    /// Who may call it.
    pub exposure: Exposure,
    /// Who answers.
    pub service: Arc<dyn HttpService>,
}

/// The front door; see the crate's documentation.
pub struct Endpoint {
    aws: Aws,
    apis: Arc<dyn ServeApi>,
    function_urls: Arc<dyn ServeFunctionUrl>,
    mounts: Vec<Mount>,
    prefixes: Vec<&'static str>,
    sessions: Option<Arc<dyn Sessions>>,
    browser_home: Option<&'static str>,
    hosts: HostRule,
    clock: Arc<dyn Clock>,
    ids: SharedIds,
}

impl Endpoint {
    /// A front door that serves nothing yet.
    pub fn new(needs: EndpointNeeds) -> Self {
        Self {
            aws: Aws {
                services: needs.operations,
                credentials: needs.credentials,
                authorize: needs.authorize,
            },
            apis: needs.apis,
            function_urls: needs.function_urls,
            prefixes: needs.mounts.iter().map(|mount| mount.prefix).collect(),
            mounts: needs.mounts,
            sessions: needs.sessions,
            browser_home: needs.browser_home,
            hosts: needs.hosts,
            clock: needs.clock,
            ids: needs.ids,
        }
    }

    /// Serves `listener` until `stop` resolves, then lets requests in flight finish, for at most
    /// half a minute. With `tls`, whose ALPN should offer `h2` and `http/1.1`, nothing is served
    /// without TLS.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
        stop: impl Future<Output = ()>,
    ) {
        listener::serve(listener, tls, self, stop).await;
    }

    async fn route(
        &self,
        mut head: request::Parts,
        body: Incoming,
        connection: Connection,
        request_id: String,
    ) -> http::Response<Body> {
        let sent = head::sent(&head, &connection);
        if sent.is_ambiguous {
            let error =
                fault::malformed("Content-Length and Transfer-Encoding exclude each other.");
            return reply::last_refusal(&error, &request_id);
        }
        if sent.bytes > HEAD_BYTES_MAX {
            return reply::last_refusal(&fault::head_too_large(), &request_id);
        }
        let host = match head::host(&mut head) {
            Ok(host) => host,
            Err(error) => return reply::last_refusal(&error, &request_id),
        };
        if !self.hosts.allows(&host) {
            let error = fault::forbidden("This server does not answer under this host name.");
            return reply::last_refusal(&error, &request_id);
        }
        let connection = ConnectionInfo {
            peer: connection.peer,
            is_tls: connection.is_tls,
            received_ms: self.clock.now_ms(),
        };
        let arrival = Arrival {
            host,
            connection,
            request_id,
        };
        match destination::find(&arrival.host, head.uri.path(), &self.prefixes) {
            Destination::ExecuteApi(address) => {
                self.execute_api(head, body, address, sent, arrival).await
            }
            Destination::FunctionUrl(address) => {
                Box::pin(self.function_url(head, body, address, arrival)).await
            }
            // Boxed, because every request is moved with room for the largest of these.
            Destination::Session(address) => {
                Box::pin(self.session(head, body, address, arrival)).await
            }
            Destination::Mount(index) => Box::pin(self.mounted(index, head, body, arrival)).await,
            Destination::AwsApi => Box::pin(self.aws_api(head, body, arrival)).await,
        }
    }

    async fn execute_api(
        &self,
        head: request::Parts,
        body: Incoming,
        address: ApiAddress,
        sent: tap::Head,
        arrival: Arrival,
    ) -> http::Response<Body> {
        let expects_continue = reply::expects_continue(&head.headers);
        let read = body::read(body, EXECUTE_API_BODY_BYTES_MAX, expects_continue).await;
        let (body, is_body_too_large) = match read {
            Ok(body) => (body, false),
            Err(body::BodyError::TooLarge) => (Bytes::new(), true),
            Err(error) => {
                let error = fault::body(error, EXECUTE_API_BODY_BYTES_MAX, None);
                return reply::last_refusal(&error, &arrival.request_id);
            }
        };
        let is_page_of_ours = address.is_by_path && reply::is_page(&head.headers);
        let target = ExecuteApi {
            api_id: address.api_id,
            region: address.region,
            stage: address.stage,
            raw_path: address.raw_path,
            request_path: address.request_path,
            host: arrival.host,
            header_names: sent.names,
            is_body_too_large,
            head_bytes: sent.bytes,
            connection: arrival.connection,
        };
        let request = http::Request::from_parts(head, body);
        let mut response = self.apis.serve(request, target).await;
        if is_page_of_ours {
            reply::sandbox(&mut response);
        }
        reply::identified(response, &arrival.request_id)
    }

    async fn function_url(
        &self,
        head: request::Parts,
        body: Incoming,
        address: UrlAddress,
        arrival: Arrival,
    ) -> http::Response<Body> {
        let expects_continue = reply::expects_continue(&head.headers);
        let read = body::read(body, FUNCTION_URL_BODY_BYTES_MAX, expects_continue).await;
        let (body, is_body_too_large) = match read {
            Ok(body) => (body, false),
            Err(body::BodyError::TooLarge) => (Bytes::new(), true),
            Err(error) => {
                let error = fault::body(error, FUNCTION_URL_BODY_BYTES_MAX, None);
                return reply::last_refusal(&error, &arrival.request_id);
            }
        };
        let target = FunctionUrl {
            url_id: address.url_id,
            region: address.region,
            domain_name: address.domain_name,
            is_body_too_large,
            request_id: arrival.request_id.clone(),
            connection: arrival.connection,
        };
        let request = http::Request::from_parts(head, body);
        let response = self.function_urls.serve(request, target).await;
        reply::identified(response, &arrival.request_id)
    }

    async fn session(
        &self,
        head: request::Parts,
        body: Incoming,
        address: session::SessionAddress,
        arrival: Arrival,
    ) -> http::Response<Body> {
        let Some(sessions) = &self.sessions else {
            return reply::last_refusal(
                &fault::not_implemented("The console"),
                &arrival.request_id,
            );
        };
        if !session::is_from_console(&arrival.host, &head.headers) {
            let error = fault::forbidden("Only the console's pages may call AWS APIs here.");
            return reply::last_refusal(&error, &arrival.request_id);
        }
        let request_id = arrival.request_id.clone();
        let reply = session::serve(
            &self.aws,
            sessions.as_ref(),
            &head,
            body,
            &address,
            &arrival,
        );
        reply::response(reply.await, &request_id)
    }

    async fn mounted(
        &self,
        index: usize,
        head: request::Parts,
        body: Incoming,
        arrival: Arrival,
    ) -> http::Response<Body> {
        let Some(mount) = self.mounts.get(index) else {
            return reply::refusal(&ServiceError::internal(), &arrival.request_id);
        };
        if !mount.exposure.allows(&arrival.host, &head.headers) {
            let error = fault::forbidden("This path does not answer web pages of others.");
            return reply::last_refusal(&error, &arrival.request_id);
        }
        let expects_continue = reply::expects_continue(&head.headers);
        match body::read(body, BODY_BYTES_MAX, expects_continue).await {
            Ok(body) => {
                let request = http::Request::from_parts(head, body);
                let response = mount.service.handle(request, arrival.connection).await;
                reply::identified(response.map(Body::from), &arrival.request_id)
            }
            Err(error) => {
                let error = fault::body(error, BODY_BYTES_MAX, None);
                reply::last_refusal(&error, &arrival.request_id)
            }
        }
    }

    async fn aws_api(
        &self,
        head: request::Parts,
        body: Incoming,
        arrival: Arrival,
    ) -> http::Response<Body> {
        if let Some(home) = self.browser_home
            && head::is_browser_at_root(&head)
        {
            return reply::redirect(home, &arrival.request_id);
        }
        if !host::is_same_origin(&arrival.host, &head.headers) {
            let error = fault::forbidden("Web pages of other origins may not call AWS APIs here.");
            return reply::last_refusal(&error, &arrival.request_id);
        }
        self.aws.serve(head, body, arrival).await
    }
}

impl AwsApis for Endpoint {
    fn call(&self, call: ApiCall) -> BoxFuture<'_, http::Response<Bytes>> {
        Box::pin(in_house::answer(&self.aws, call))
    }
}

impl Answer for Endpoint {
    async fn answer(
        &self,
        request: http::Request<Incoming>,
        connection: Connection,
    ) -> http::Response<Body> {
        let request_id = self.ids.uuid();
        let (head, body) = request.into_parts();
        let routed = self.route(head, body, connection, request_id.clone());
        let answered = guard::guarded(routed).await;
        answered.unwrap_or_else(|| {
            tracing::error!(request_id, "a request's handler panicked");
            reply::last_refusal(&ServiceError::internal(), &request_id)
        })
    }
}
