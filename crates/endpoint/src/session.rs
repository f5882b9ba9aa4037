//! AWS API calls of the console's pages: `/console/s/{session}/api/{service}/{region}/{path}`.
//!
//! What follows the region is the path, query, headers and body of the AWS API itself. The session
//! takes the place of the signature; from there on the call goes the way of every other.

use crate::aws::{Arrival, Authenticated, Aws, parts};
use crate::fault;
use crate::host;
use crate::service::{self, Service};
use arn::Region;
use bytes::Bytes;
use http::{HeaderMap, request};
use hyper::body::Incoming;
use ports::{Caller, Sessions};
use smithy::{Reply, ServiceError};

/// Where a call of a page goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionAddress {
    number: String,
    service: String,
    region: String,
    /// The AWS API's own path, still percent-encoded; starts with `/`.
    path: String,
}

impl SessionAddress {
    /// The address in `path`; none for every other path.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/console/s/")?;
        let (number, rest) = rest.split_once('/')?;
        let rest = rest.strip_prefix("api/")?;
        let (service, rest) = rest.split_once('/')?;
        let (region, path) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Self {
            number: number.to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            path: format!("/{path}"),
        })
    }
}

/// Whether one of our own pages sent the request. No form, link or image can send the header, and
/// no script of another origin gets leave to.
pub(crate) fn is_from_console(host: &str, headers: &HeaderMap) -> bool {
    let is_marked = headers
        .get("x-crossway-console")
        .is_some_and(|value| value == "1");
    is_marked && host::is_same_origin(host, headers)
}

/// Answers one call; every failure is an answer too.
pub(crate) async fn serve(
    aws: &Aws,
    sessions: &dyn Sessions,
    head: &request::Parts,
    body: Incoming,
    address: &SessionAddress,
    arrival: &Arrival,
) -> Reply {
    let request = parts(head, &address.path, Bytes::new());
    let service = service::by_name(&aws.services, &address.service, &request);
    let served = async {
        let Service::Known(operations) = service else {
            let name = format!("The service '{}'", address.service);
            return Err(fault::not_implemented(&name));
        };
        let authenticated =
            authenticate(aws, sessions, (head, body), (address, service), arrival).await?;
        aws.call(operations, head, authenticated, arrival).await
    };
    served
        .await
        .unwrap_or_else(|error| smithy::encode_error(service.meta(), &error, &arrival.request_id))
}

async fn authenticate(
    aws: &Aws,
    sessions: &dyn Sessions,
    (head, body): (&request::Parts, Incoming),
    (address, service): (&SessionAddress, Service<'_>),
    arrival: &Arrival,
) -> Result<Authenticated, ServiceError> {
    let region: Region = address
        .region
        .parse()
        .map_err(|_| fault::malformed("The path does not name a region."))?;
    let now_ms = arrival.connection.received_ms;
    let principal = sessions
        .principal(&address.number, &head.headers, now_ms)
        .await
        .map_err(|error| fault::credential(service.meta().protocol, error))?;
    Ok(Authenticated {
        caller: Caller::Principal(principal),
        region,
        path: address.path.clone(),
        body: aws.read_body(head, body, service).await?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_follows_the_region_is_the_apis_own_path() {
        let check = |path: &str, expect: Option<[&str; 4]>| {
            let found = SessionAddress::parse(path);
            let found = found.map(|it| [it.number, it.service, it.region, it.path]);
            assert_eq!(found, expect.map(|it| it.map(str::to_owned)), "{path}");
        };
        check(
            "/console/s/0/api/lambda/us-east-1/2015-03-31/functions/a%2Fb",
            Some(["0", "lambda", "us-east-1", "/2015-03-31/functions/a%2Fb"]),
        );
        check(
            "/console/s/12/api/iam/eu-west-1/",
            Some(["12", "iam", "eu-west-1", "/"]),
        );
        check(
            "/console/s/1/api/sts/us-east-1",
            Some(["1", "sts", "us-east-1", "/"]),
        );
        check("/console/s/0/apis", None);
        check("/console/s/0/api/lambda", None);
        check("/console/s/0/lambda/functions", None);
    }
}
