//! The compiled form of an integration.

use crate::{
    compiled::CompiledStage,
    headers,
    integration::petstore,
    limits,
    source_arn::{self, Cause},
};
use arn::{Arn, Region};
use mapping::{ContentHandling, RequestTemplates, ResponseTemplates, Source, Target};
use regex::{Regex, RegexBuilder};
use restapi::{Integration, IntegrationResponse, IntegrationType, Resource};
use std::{collections::BTreeMap, time::Duration};

/// An integration, ready to run; stage variables are filled in.
#[derive(Debug)]
pub(crate) struct CompiledIntegration {
    /// Which of the five kinds.
    pub(crate) kind: IntegrationType,
    /// The verb toward the backend; none means the client's.
    pub(crate) verb: Option<String>,
    /// What is called.
    pub(crate) endpoint: Endpoint,
    /// In whose name.
    pub(crate) credentials: IntegrationCredentials,
    /// Request templates and what happens without one.
    pub(crate) request_templates: RequestTemplates,
    /// Parameter mappings toward the backend.
    pub(crate) request_parameters: Vec<(Target, Source)>,
    /// A mapping that makes every request fail: an illegal header, or one that does not parse.
    pub(crate) broken_mapping: Option<String>,
    /// Text or binary toward the backend.
    pub(crate) content_handling: Option<ContentHandling>,
    /// How long the backend may take.
    pub(crate) timeout: Duration,
    /// Whether the answer goes to the client while the backend makes it.
    pub(crate) is_streamed: bool,
    /// The VPC link through which the backend is reached; none for the internet.
    pub(crate) vpc_link: Option<String>,
    /// Whether the backend's certificate may be of any issuer.
    pub(crate) skips_verification: bool,
    /// Integration responses in the order of their status.
    pub(crate) responses: Vec<CompiledResponse>,
}

/// What an integration calls.
#[derive(Debug)]
pub(crate) enum Endpoint {
    /// Nothing.
    Mock,
    /// A URL, perhaps with `{placeholders}`.
    Http {
        /// The URL.
        uri: String,
        /// Whether it is AWS's demo backend, which Crossway answers by itself.
        is_petstore: bool,
    },
    /// A function.
    Lambda(LambdaEndpoint),
    /// An AWS API other than a function's invocation.
    Service(ServiceEndpoint),
    /// A URI that leads nowhere.
    Invalid,
}

/// A function and what is presented to it.
#[derive(Debug)]
pub(crate) struct LambdaEndpoint {
    /// The function's ARN, qualified or not.
    pub(crate) function: Arn,
    /// `aws:SourceArn`.
    pub(crate) source_arn: Arn,
}

/// An AWS API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ServiceEndpoint {
    /// The service, perhaps with the subdomain before it: `iam`, `bucket.s3`.
    pub(crate) service: String,
    /// The region that is called.
    pub(crate) region: Region,
    /// The operation of `action/…`; none for `path/…`, where verb and path say it.
    pub(crate) action: Option<String>,
    /// The URL, perhaps with `{placeholders}`.
    pub(crate) uri: String,
}

/// In whose name a backend is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum IntegrationCredentials {
    /// As the service itself; the function's policy decides.
    Service,
    /// As a session of this role.
    Role(Arn),
    /// As the client, which must have signed: `arn:aws:iam::*:user/*`.
    Caller,
    /// Neither of these.
    Invalid(String),
}

/// An integration response, ready to run.
#[derive(Debug)]
pub(crate) struct CompiledResponse {
    /// The client's status.
    pub(crate) status: u16,
    /// Whether the method declares a response of this status.
    pub(crate) is_declared: bool,
    /// When it is chosen.
    pub(crate) pattern: Pattern,
    /// `method.response.header.X` mappings, names without prefix.
    pub(crate) headers: Vec<(String, Source)>,
    /// Response templates.
    pub(crate) templates: ResponseTemplates,
    /// Text or binary toward the client.
    pub(crate) content_handling: Option<ContentHandling>,
}

/// When an integration response is chosen.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// When no other one is.
    Default,
    /// When the whole text matches.
    Matches(Regex),
    /// Never: the expression is none that can be run in linear time (look-around, references).
    Broken,
}

impl CompiledIntegration {
    /// Compiles `integration` of `verb` on `resource`.
    pub(crate) fn compile(
        stage: &CompiledStage,
        resource: &Resource,
        verb: &str,
        integration: &Integration,
    ) -> Self {
        let expand = |text: &str| {
            mapping::expand_stage_variables(text, &stage.settings.variables).into_owned()
        };
        let uri = integration.uri.as_deref().map(expand).unwrap_or_default();
        let is_aws = is_aws(integration.kind);
        let (request_parameters, broken_mapping) =
            mappings(&integration.request_parameters, is_aws);
        let is_streamed = is_streamed(integration);
        let (least, most) = limits::TIMEOUT_MS;
        let is_edge = stage.api.endpoint.types.iter().any(|kind| kind == "EDGE");
        let most = match (is_streamed, is_edge) {
            (true, _) => limits::STREAM_TIMEOUT_MS_MAX,
            (false, true) => most,
            (false, false) => limits::RAISED_TIMEOUT_MS_MAX,
        };
        let timeout_ms = u64::try_from(integration.timeout_ms.clamp(least, most)).unwrap_or(0);
        Self {
            kind: integration.kind,
            verb: integration.http_method.clone().filter(|verb| verb != "ANY"),
            endpoint: endpoint(stage, resource, verb, integration, uri),
            is_streamed,
            vpc_link: vpc_link(integration).map(expand),
            skips_verification: integration
                .tls
                .is_some_and(|tls| tls.is_verification_skipped),
            credentials: IntegrationCredentials::of(
                integration.credentials.as_deref().map(expand).as_deref(),
            ),
            request_templates: RequestTemplates::compile(integration),
            request_parameters,
            broken_mapping,
            content_handling: handling(integration.content_handling.as_deref()),
            timeout: Duration::from_millis(timeout_ms),
            responses: integration
                .responses
                .iter()
                .filter_map(|(status, response)| {
                    let method = resource.methods.get(verb)?;
                    let is_declared = method.responses.contains_key(status);
                    CompiledResponse::compile(status, response, is_declared)
                })
                .collect(),
        }
    }
}

/// Only proxies stream ("Response transfer mode in API Gateway").
fn is_streamed(integration: &Integration) -> bool {
    integration.response_transfer_mode.as_deref() == Some("STREAM")
        && matches!(
            integration.kind,
            IntegrationType::HttpProxy | IntegrationType::AwsProxy
        )
}

/// The link's id, perhaps as a stage variable; empty where it is not named, which leads nowhere.
fn vpc_link(integration: &Integration) -> Option<&str> {
    let is_linked = integration.connection_type.as_deref() == Some("VPC_LINK");
    is_linked.then(|| integration.connection_id.as_deref().unwrap_or_default())
}

fn is_aws(kind: IntegrationType) -> bool {
    matches!(kind, IntegrationType::Aws | IntegrationType::AwsProxy)
}

fn handling(text: Option<&str>) -> Option<ContentHandling> {
    text.and_then(ContentHandling::parse)
}

fn endpoint(
    stage: &CompiledStage,
    resource: &Resource,
    verb: &str,
    integration: &Integration,
    uri: String,
) -> Endpoint {
    match integration.kind {
        IntegrationType::Mock => Endpoint::Mock,
        IntegrationType::Http | IntegrationType::HttpProxy => http_endpoint(uri),
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            let cause = Cause {
                account: &stage.account,
                region: &stage.region,
                api_id: &stage.api.id,
                stage: &stage.settings.name,
                verb,
                resource_path: &resource.path,
            };
            aws_endpoint(&uri, &cause, is_streamed(integration))
        }
    }
}

fn http_endpoint(uri: String) -> Endpoint {
    let scheme = uri.split_once("://").map(|(scheme, _)| scheme);
    match scheme {
        Some("http" | "https") => Endpoint::Http {
            is_petstore: petstore::serves(&uri),
            uri,
        },
        _ => Endpoint::Invalid,
    }
}

/// Reads `arn:aws:apigateway:{region}:{service}:{path|action}/…`. No [`Arn`]: the service stands
/// where others have an account.
fn aws_endpoint(uri: &str, cause: &Cause<'_>, is_streamed: bool) -> Endpoint {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "apigateway", _, "lambda", resource] if is_invocation(resource) => {
            lambda_endpoint(resource, cause, is_streamed)
                .map_or(Endpoint::Invalid, Endpoint::Lambda)
        }
        ["arn", _, "apigateway", region, service, resource] => {
            service_endpoint(region, service, resource).map_or(Endpoint::Invalid, Endpoint::Service)
        }
        _ => Endpoint::Invalid,
    }
}

/// Whether a path of Lambda's is that of an invocation, which has a door of its own.
fn is_invocation(resource: &str) -> bool {
    resource.ends_with("/invocations") || resource.ends_with("/response-streaming-invocations")
}

/// Reads `action/{Action}[&name=value…]` or `path/{path}`.
fn service_endpoint(region: &str, service: &str, resource: &str) -> Option<ServiceEndpoint> {
    let host = format!("https://{service}.{region}.amazonaws.com");
    let (kind, rest) = resource.split_once('/')?;
    let (action, uri) = match kind {
        "action" => {
            let (action, query) = rest.split_once('&').unwrap_or((rest, ""));
            let mark = if query.is_empty() { "" } else { "?" };
            (Some(action.to_owned()), format!("{host}/{mark}{query}"))
        }
        "path" => (None, format!("{host}/{}", rest.trim_start_matches('/'))),
        _ => return None,
    };
    Some(ServiceEndpoint {
        service: service.to_owned(),
        region: region.parse().ok()?,
        action,
        uri,
    })
}

/// Reads `path/2015-03-31/functions/{ARN}/invocations`, or for streamed answers
/// `path/2021-11-15/functions/{ARN}/response-streaming-invocations`; neither stands for the other.
fn lambda_endpoint(resource: &str, cause: &Cause<'_>, is_streamed: bool) -> Option<LambdaEndpoint> {
    let function = match is_streamed {
        false => function(resource)?,
        true => function_in(
            resource,
            "path/2021-11-15/functions/",
            "/response-streaming-invocations",
        )?,
    };
    let source_arn = source_arn::presented(cause, &function.region_id()?)?;
    Some(LambdaEndpoint {
        function,
        source_arn,
    })
}

fn function(resource: &str) -> Option<Arn> {
    function_in(resource, "path/2015-03-31/functions/", "/invocations")
}

fn function_in(resource: &str, before: &str, behind: &str) -> Option<Arn> {
    let function: Arn = resource
        .strip_prefix(before)?
        .strip_suffix(behind)?
        .parse()
        .ok()?;
    let is_function =
        function.service() == "lambda" && function.resource().starts_with("function:");
    is_function.then_some(function)
}

/// The function of `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{ARN}/invocations`.
pub(crate) fn lambda_function(uri: &str) -> Option<Arn> {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "apigateway", _, "lambda", resource] => function(resource),
        _ => None,
    }
}

impl IntegrationCredentials {
    /// Reads `credentials` of an integration or an authorizer.
    pub(crate) fn of(text: Option<&str>) -> Self {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Self::Service;
        };
        if text == "arn:aws:iam::*:user/*" {
            return Self::Caller;
        }
        match text.parse::<Arn>() {
            Ok(role) if role.service() == "iam" && role.resource().starts_with("role/") => {
                Self::Role(role)
            }
            _ => Self::Invalid(text.to_owned()),
        }
    }
}

type Mappings = (Vec<(Target, Source)>, Option<String>);

/// Parses parameter mappings; names the first one that makes every request fail.
fn mappings(parameters: &BTreeMap<String, String>, is_aws: bool) -> Mappings {
    let mut parsed = Vec::with_capacity(parameters.len());
    let mut broken = None;
    for (target, source) in parameters {
        match (Target::parse(target), Source::parse(source)) {
            (Ok(Target::RequestHeader(name)), _) if headers::is_illegal_target(&name, is_aws) => {
                broken.get_or_insert_with(|| target.clone());
            }
            (Ok(target), Ok(source)) => parsed.push((target, source)),
            _ => {
                broken.get_or_insert_with(|| target.clone());
            }
        }
    }
    (parsed, broken)
}

impl CompiledResponse {
    fn compile(status: &str, response: &IntegrationResponse, is_declared: bool) -> Option<Self> {
        let headers = response.response_parameters.iter();
        let headers = headers.filter_map(|(target, source)| {
            match (Target::parse(target), Source::parse(source)) {
                (Ok(Target::ResponseHeader(name)), Ok(source)) => Some((name, source)),
                _ => None,
            }
        });
        Some(Self {
            status: status.parse().ok()?,
            is_declared,
            pattern: Pattern::of(response.selection_pattern.as_deref()),
            headers: headers.collect(),
            templates: ResponseTemplates::compile(response),
            content_handling: handling(response.content_handling.as_deref()),
        })
    }
}

impl Pattern {
    fn of(pattern: Option<&str>) -> Self {
        let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else {
            return Self::Default;
        };
        let compiled = RegexBuilder::new(&format!("^(?:{pattern})$"))
            .size_limit(limits::SELECTION_PATTERN_BYTES_MAX)
            .build();
        match compiled {
            Ok(regex) => Self::Matches(regex),
            Err(reason) => {
                tracing::warn!(pattern, %reason, "selection pattern is never matched");
                Self::Broken
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn endpoint_of(uri: &str) -> Endpoint {
        let account = "111111111111".parse().unwrap();
        let cause = Cause {
            account: &account,
            region: &Region::us_east_1(),
            api_id: "abc123defg",
            stage: "test",
            verb: "GET",
            resource_path: "/",
        };
        aws_endpoint(uri, &cause, false)
    }

    #[test]
    fn function_arns_are_read_from_the_uri() {
        let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
                   arn:aws:lambda:us-east-1:222222222222:function:hello:live/invocations";
        let Endpoint::Lambda(lambda) = endpoint_of(uri) else {
            unreachable!("a function");
        };
        let function = "arn:aws:lambda:us-east-1:222222222222:function:hello:live";
        assert_eq!(lambda.function.as_str(), function);
    }

    #[test]
    fn other_services_and_broken_uris() {
        let of = |uri: &str| match endpoint_of(uri) {
            Endpoint::Service(service) => service,
            other => unreachable!("{other:?}"),
        };
        let sns = of("arn:aws:apigateway:us-east-1:sns:action/Publish&Version=1");
        assert_eq!(
            (sns.service.as_str(), sns.action.as_deref()),
            ("sns", Some("Publish"))
        );
        assert_eq!(sns.uri, "https://sns.us-east-1.amazonaws.com/?Version=1");
        let path = "2015-03-31/functions/{name}";
        let lambda = of(&format!("arn:aws:apigateway:us-east-1:lambda:path/{path}"));
        assert_eq!((lambda.service.as_str(), lambda.action), ("lambda", None));
        assert_eq!(
            lambda.uri,
            format!("https://lambda.us-east-1.amazonaws.com/{path}")
        );
        for uri in [
            "",
            "http://example.com",
            "arn:aws:s3:us-east-1:lambda:path/x",
            "arn:aws:apigateway:us-east-1:sns:else/x",
            "arn:aws:apigateway:nowhere/x:sns:action/x",
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/hello/invocations",
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions//invocations",
        ] {
            assert!(matches!(endpoint_of(uri), Endpoint::Invalid), "{uri}");
        }
    }

    #[test]
    fn credentials_are_a_role_the_caller_or_nothing() {
        let of = IntegrationCredentials::of;
        assert_eq!(of(None), IntegrationCredentials::Service);
        assert_eq!(of(Some("")), IntegrationCredentials::Service);
        let caller = of(Some("arn:aws:iam::*:user/*"));
        assert_eq!(caller, IntegrationCredentials::Caller);
        let role = of(Some("arn:aws:iam::111111111111:role/x"));
        assert!(matches!(role, IntegrationCredentials::Role(_)));
        let user = of(Some("arn:aws:iam::111111111111:user/x"));
        assert!(matches!(user, IntegrationCredentials::Invalid(_)));
    }

    #[test]
    fn patterns_match_whole_texts() {
        let Pattern::Matches(regex) = Pattern::of(Some("4\\d{2}|5..")) else {
            unreachable!("a pattern");
        };
        assert!(regex.is_match("404") && regex.is_match("500"));
        assert!(!regex.is_match("4040") && !regex.is_match("1404"));
        assert!(matches!(Pattern::of(None), Pattern::Default));
        assert!(matches!(Pattern::of(Some("")), Pattern::Default));
        assert!(matches!(Pattern::of(Some("(?=a)")), Pattern::Broken));
    }
}
