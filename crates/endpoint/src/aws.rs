//! One AWS API call, from head to answer.

use crate::authenticate::{self, Expected};
use crate::body;
use crate::limits::{BODY_BYTES_MAX, LAMBDA_BODY_BYTES_MAX, UNSIGNED_BODY_BYTES_MAX};
use crate::reply;
use crate::service::{self, Operations, Service};
use crate::{authorize, fault};
use arn::{AccountId, Region};
use bytes::Bytes;
use http::request;
use hyper::body::Incoming;
use ports::{Authorize, Call, Caller, ConnectionInfo, Credentials, RequestFacts};
use sigv4::{Claim, Parts, SignedPath};
use smithy::{OperationMeta, Reply, RequestParts, ServiceError, Value};
use std::sync::Arc;
use stdx::Body;

/// The AWS APIs.
pub(crate) struct Aws {
    pub(crate) services: Vec<Operations>,
    pub(crate) credentials: Arc<dyn Credentials>,
    pub(crate) authorize: Arc<dyn Authorize>,
}

/// What is known of a request before it is read.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) host: String,
    pub(crate) connection: ConnectionInfo,
    pub(crate) request_id: String,
}

/// A request that was read and whose caller is known.
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) region: Region,
    /// The path that was signed: the one to route by.
    pub(crate) path: String,
    pub(crate) body: Bytes,
}

impl Aws {
    /// Answers one call; every failure is an answer too.
    pub(crate) async fn serve(
        &self,
        head: request::Parts,
        body: Incoming,
        arrival: Arrival,
    ) -> http::Response<Body> {
        let request_id = arrival.request_id.clone();
        let claim = sigv4::parse(&Parts::of(&head.method, &head.uri, &head.headers));
        let reply = match claim {
            Ok(claim) => self.serve_signed(&head, body, claim, &arrival).await,
            Err(error) => self.serve_unsigned(&head, body, error, &arrival).await,
        };
        reply::response(reply, &request_id)
    }

    async fn serve_signed(
        &self,
        head: &request::Parts,
        body: Incoming,
        claim: Claim,
        arrival: &Arrival,
    ) -> Reply {
        let request = parts(head, head.uri.path(), Bytes::new());
        let service = service::find(&self.services, &arrival.host, Some(&claim), &request);
        let served = async {
            let authenticated = self
                .authenticate(head, body, &claim, service, arrival)
                .await?;
            let Service::Known(operations) = service else {
                return Err(fault::not_implemented(&format!(
                    "The service '{}'",
                    claim.scope().service
                )));
            };
            self.call(operations, head, authenticated, arrival).await
        };
        served.await.unwrap_or_else(|error| {
            smithy::encode_error(service.meta(), &error, &arrival.request_id)
        })
    }

    async fn authenticate(
        &self,
        head: &request::Parts,
        body: Incoming,
        claim: &Claim,
        service: Service<'_>,
        arrival: &Arrival,
    ) -> Result<Authenticated, ServiceError> {
        let meta = service.meta();
        let now_ms = arrival.connection.received_ms;
        let expected = Expected {
            protocol: meta.protocol,
            service: matches!(service, Service::Known(_)).then_some(meta.name),
            region: service::region_of_host(&arrival.host),
        };
        let region = scope_region(claim, expected.region)
            .map_err(|error| fault::signature(meta.protocol, &error))?;
        let credential =
            authenticate::credential(claim, expected, self.credentials.as_ref(), now_ms).await?;
        let body = self.read_body(head, body, service).await?;
        let signed = Parts::of(&head.method, &head.uri, &head.headers);
        let path =
            authenticate::signature(claim, &signed, &body, &credential, meta.protocol, now_ms)?;
        Ok(Authenticated {
            caller: Caller::Principal(credential.principal),
            region,
            path: match path {
                SignedPath::AsSent => head.uri.path().to_owned(),
                SignedPath::Normalised(path) => path,
            },
            body,
        })
    }

    pub(crate) async fn read_body(
        &self,
        head: &request::Parts,
        body: Incoming,
        service: Service<'_>,
    ) -> Result<Bytes, ServiceError> {
        let meta = service.meta();
        let bytes_max = if meta.name == "lambda" {
            LAMBDA_BODY_BYTES_MAX
        } else {
            BODY_BYTES_MAX
        };
        body::read(body, bytes_max, reply::expects_continue(&head.headers))
            .await
            .map_err(|error| {
                let request = parts(head, head.uri.path(), Bytes::new());
                let operation = smithy::find(meta, &request).ok();
                fault::body(error, bytes_max, operation.map(|operation| operation.name))
            })
    }

    /// A few operations of STS are called by those who have no key yet.
    async fn serve_unsigned(
        &self,
        head: &request::Parts,
        body: Incoming,
        error: sigv4::Error,
        arrival: &Arrival,
    ) -> Reply {
        let is_missing = error == sigv4::Error::Missing;
        let expects_continue = reply::expects_continue(&head.headers);
        let read = body::read(body, UNSIGNED_BODY_BYTES_MAX, expects_continue).await;
        let body = read.clone().unwrap_or_default();
        let request = parts(head, head.uri.path(), body.clone());
        let service = service::find(&self.services, &arrival.host, None, &request);
        let meta = service.meta();
        let served = async {
            let operation = smithy::find(meta, &request).ok();
            match (service, operation) {
                (Service::Known(operations), Some(operation))
                    if is_missing && operation.is_unsigned =>
                {
                    read.map_err(|error| {
                        fault::body(error, UNSIGNED_BODY_BYTES_MAX, Some(operation.name))
                    })?;
                    let host_region = service::region_of_host(&arrival.host);
                    let anonymous = Authenticated {
                        caller: Caller::Anonymous,
                        region: host_region
                            .and_then(|region| region.parse().ok())
                            .unwrap_or_else(Region::us_east_1),
                        path: head.uri.path().to_owned(),
                        body,
                    };
                    self.call(operations, head, anonymous, arrival).await
                }
                _ => Err(fault::signature(meta.protocol, &error)),
            }
        };
        served
            .await
            .unwrap_or_else(|error| smithy::encode_error(meta, &error, &arrival.request_id))
    }

    /// Decode, authorize, call, encode.
    pub(crate) async fn call(
        &self,
        operations: &Operations,
        head: &request::Parts,
        authenticated: Authenticated,
        arrival: &Arrival,
    ) -> Result<Reply, ServiceError> {
        let request = parts(head, &authenticated.path, authenticated.body);
        let call = call(head, authenticated.caller, authenticated.region, arrival)?;
        let (operation, output) = self.run(operations, &request, &[], call).await?;
        let service = operations.service();
        Ok(smithy::encode(
            service,
            operation,
            output,
            &arrival.request_id,
        ))
    }

    /// Decode, authorize, call; operations named in `refused` are not served.
    pub(crate) async fn run(
        &self,
        operations: &Operations,
        request: &RequestParts<'_>,
        refused: &[&str],
        call: Call,
    ) -> Result<(&'static OperationMeta, Value), ServiceError> {
        let service = operations.service();
        let operation = smithy::find(service, request)?;
        let not_served = || fault::not_implemented(&format!("The {} operation", operation.name));
        if !operations.serves(operation) || refused.contains(&operation.name) {
            return Err(not_served());
        }
        let input = smithy::decode(service, operation, request)?;
        let prepared = operations
            .prepare(operation, input)
            .ok_or_else(not_served)?;
        let touches = prepared.touches(&call).await?;
        authorize::authorize(touches, &call, self.authorize.as_ref(), service.protocol).await?;
        // A task of its own: a client that goes away cannot stop an operation half-way.
        let output = tokio::spawn(prepared.call(call)).await.map_err(|error| {
            tracing::error!(operation = operation.name, %error, "an operation panicked");
            ServiceError::internal()
        })??;
        Ok((operation, output))
    }
}

/// The request as the codecs need it; `path` is the one that was signed.
pub(crate) fn parts<'a>(head: &'a request::Parts, path: &'a str, body: Bytes) -> RequestParts<'a> {
    RequestParts {
        method: head.method.as_str(),
        path,
        query: head.uri.query().unwrap_or(""),
        headers: &head.headers,
        body,
    }
}

/// The region that is called: the host's, else the one that the signature was made for. A
/// SigV4a signature for several regions, sent to an address without one, means `us-east-1` where
/// that is among them.
fn scope_region(claim: &Claim, of_host: Option<&str>) -> Result<Region, sigv4::Error> {
    let regions = &claim.scope().regions;
    let region = match (regions.only(), of_host) {
        (Some(region), _) => region,
        (None, Some(region)) => region,
        (None, None) => "us-east-1",
    };
    claim.check_scope(&claim.scope().service, Some(region))?;
    region.parse().map_err(|_| {
        sigv4::Error::Invalid(format!(
            "Credential should be scoped to a valid region, not '{region}'. "
        ))
    })
}

fn call(
    head: &request::Parts,
    caller: Caller,
    region: Region,
    arrival: &Arrival,
) -> Result<Call, ServiceError> {
    let connection = &arrival.connection;
    let account = match &caller {
        Caller::Principal(principal) => principal.account.clone(),
        // Nobody's account; operations without a signature name what they touch in their input.
        _ => AccountId::from_number(0).ok_or_else(ServiceError::internal)?,
    };
    let text = |name: http::HeaderName| {
        let value = head.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let scheme = if connection.is_tls { "https" } else { "http" };
    Ok(Call {
        account,
        request_id: arrival.request_id.clone(),
        now_ms: connection.received_ms,
        facts: RequestFacts {
            source_ip: Some(connection.peer.ip()),
            user_agent: text(http::header::USER_AGENT),
            referer: text(http::header::REFERER),
            is_tls: connection.is_tls,
            now_ms: connection.received_ms,
            region: region.to_string(),
            request_id: arrival.request_id.clone(),
        },
        base_url: format!("{scheme}://{}", arrival.host),
        caller,
        region,
    })
}
