//! Which AWS service a request is for: host name, credential scope, target, path, form.

use http::{HeaderMap, header};
use ports::{Call, Touches};
use sigv4::Claim;
use smithy::{Protocol, RequestParts, ServiceMeta};

/// A service's operations.
pub(crate) type Operations = smithy::Operations<Call, Touches>;

/// The service a request is for.
#[derive(Clone, Copy)]
pub(crate) enum Service<'a> {
    /// One of ours.
    Known(&'a Operations),
    /// Another, or none that can be named; answered in the protocol that the client seems to speak.
    Unknown(&'static ServiceMeta),
}

impl Service<'_> {
    /// The facts by which errors are encoded.
    pub(crate) fn meta(self) -> &'static ServiceMeta {
        match self {
            Self::Known(operations) => operations.service(),
            Self::Unknown(meta) => meta,
        }
    }
}

/// Finds the service. A host name of AWS's own wins, then what the signature was made for, then
/// the target, then the path, then the form's API version.
pub(crate) fn find<'a>(
    services: &'a [Operations],
    host: &str,
    claim: Option<&Claim>,
    request: &RequestParts<'_>,
) -> Service<'a> {
    let named = |name: &str| named(services, name, request);
    if let Some(name) = by_host(host) {
        return named(name).map_or(Service::Unknown(guess(request)), Service::Known);
    }
    if let Some(claim) = claim {
        let found = named(&claim.scope().service);
        let unknown = match claim.scope().service.as_str() {
            // S3's clients read errors as XML.
            "s3" => &NAMELESS_QUERY,
            _ => guess(request),
        };
        return found.map_or(Service::Unknown(unknown), Service::Known);
    }
    let found = by_target(services, request.headers)
        .or_else(|| by_path(services, request))
        .or_else(|| by_form(services, request));
    found.map_or(Service::Unknown(guess(request)), Service::Known)
}

/// The service with this name, for requests whose path names it.
pub(crate) fn by_name<'a>(
    services: &'a [Operations],
    name: &str,
    request: &RequestParts<'_>,
) -> Service<'a> {
    let found = named(services, name, request);
    found.map_or(Service::Unknown(&NAMELESS_REST), Service::Known)
}

/// The product's own operations have one name and stand in several tables: of those, the one with
/// the request's path.
fn named<'a>(
    services: &'a [Operations],
    name: &str,
    request: &RequestParts<'_>,
) -> Option<&'a Operations> {
    let mut tables = services.iter().filter(|one| one.service().name == name);
    let first = tables.next()?;
    let other = tables.find(|one| smithy::find(one.service(), request).is_ok());
    Some(other.unwrap_or(first))
}

/// The service and region of `lambda.us-east-1.amazonaws.com`, `iam.amazonaws.com` and their like.
fn by_host(host: &str) -> Option<&str> {
    let name = crate::host::without_port(host).strip_suffix(".amazonaws.com")?;
    name.split('.').next()
}

/// The region in one of AWS's own host names.
pub(crate) fn region_of_host(host: &str) -> Option<&str> {
    let name = crate::host::without_port(host).strip_suffix(".amazonaws.com")?;
    name.split('.').nth(1)
}

fn by_target<'a>(services: &'a [Operations], headers: &HeaderMap) -> Option<&'a Operations> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    let (prefix, _) = target.rsplit_once('.')?;
    services.iter().find(|known| {
        let service = known.service();
        service.protocol == Protocol::Json11 && service.target_prefix == prefix
    })
}

fn by_path<'a>(services: &'a [Operations], request: &RequestParts<'_>) -> Option<&'a Operations> {
    services.iter().find(|known| {
        let service = known.service();
        service.protocol == Protocol::RestJson && smithy::find(service, request).is_ok()
    })
}

/// Query services name their API's version in every request.
fn by_form<'a>(services: &'a [Operations], request: &RequestParts<'_>) -> Option<&'a Operations> {
    let form = if is_form(request.headers) {
        std::str::from_utf8(&request.body).ok()?
    } else {
        request.query
    };
    let version = form
        .split('&')
        .find_map(|pair| pair.strip_prefix("Version="))?;
    services.iter().find(|known| {
        let service = known.service();
        service.protocol == Protocol::QueryXml && service.version == version
    })
}

/// Whether the body is a form: what query services read.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.as_bytes());
    content_type.is_some_and(|value| value.starts_with(b"application/x-www-form-urlencoded"))
}

/// A nameless service of the protocol that the client seems to speak.
fn guess(request: &RequestParts<'_>) -> &'static ServiceMeta {
    if request.headers.contains_key("x-amz-target") {
        &NAMELESS_JSON
    } else if is_form(request.headers) || request.query.contains("Action=") {
        &NAMELESS_QUERY
    } else {
        &NAMELESS_REST
    }
}

const fn nameless(protocol: Protocol) -> ServiceMeta {
    ServiceMeta {
        name: "",
        version: "",
        protocol,
        xml_namespace: "",
        target_prefix: "",
        operations: &[],
        errors: &[],
        names_body_input: false,
    }
}

/// Errors that arise before a service is known are encoded as this one's.
pub(crate) static NAMELESS_REST: ServiceMeta = nameless(Protocol::RestJson);
static NAMELESS_QUERY: ServiceMeta = nameless(Protocol::QueryXml);
static NAMELESS_JSON: ServiceMeta = nameless(Protocol::Json11);
