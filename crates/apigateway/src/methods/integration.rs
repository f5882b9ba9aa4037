//! Integrations: what a method calls.

use crate::{
    ApiGateway, Error, limits,
    methods::{integration_uri, mapping_expression, method},
    not_enforced, patch,
    patch::{CONTENT_TYPES, Op, PARAMETERS, Patch},
    view,
};
use api::apigateway as wire;
use arn::Arn;
use ports::Call;
use restapi::{Integration, IntegrationType, Method, RestApi, TlsConfig};
use smithy::ServiceError;
use std::sync::Arc;

/// PutIntegration: sets a method's integration whole; an older one vanishes with its responses.
pub async fn put(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::PutIntegrationRequest,
) -> Result<wire::Integration, ServiceError> {
    let resource_id = input.resource_id.clone();
    let made = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            let most = service.timeout_ms_max(&record.api);
            set(&mut record.api, input, most)
        })
        .await?;
    Ok(view::integration(&made, &resource_id))
}

/// GetIntegration.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetIntegrationRequest,
) -> Result<wire::Integration, ServiceError> {
    let record = service.api_below(&call, &input.rest_api_id).await?;
    let method = method::find(&record.api, &input.resource_id, &input.http_method)?;
    Ok(view::integration(of(method)?, &input.resource_id))
}

/// UpdateIntegration.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateIntegrationRequest,
) -> Result<wire::Integration, ServiceError> {
    let resource_id = input.resource_id.clone();
    let changed = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            let most = service.timeout_ms_max(&record.api);
            change(&mut record.api, input, most)
        })
        .await?;
    Ok(view::integration(&changed, &resource_id))
}

/// DeleteIntegration.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteIntegrationRequest,
) -> Result<wire::DeleteIntegrationOutput, ServiceError> {
    service
        .edit_below(&call, &input.rest_api_id, |record| {
            let method = method::find_mut(&mut record.api, &input.resource_id, &input.http_method)?;
            let gone = method.integration.take();
            gone.map(|_| ()).ok_or_else(Error::unknown_integration)
        })
        .await?;
    Ok(wire::DeleteIntegrationOutput::default())
}

/// A method's integration.
///
/// # Errors
/// `Invalid Integration identifier specified`.
pub fn of(method: &Method) -> Result<&Integration, Error> {
    method
        .integration
        .as_ref()
        .ok_or_else(Error::unknown_integration)
}

/// Passes credentials that the API's account may hand over: a role of its own, or the caller's
/// own (`arn:aws:iam::*:user/*`).
///
/// # Errors
/// `Cross-account pass role is not allowed.`; 400 for other text.
pub fn check_credentials(credentials: Option<&str>, account: &str) -> Result<(), Error> {
    let Some(text) = credentials.filter(|text| !text.is_empty()) else {
        return Ok(());
    };
    if is_callers_own(text) || text.contains("${stageVariables.") {
        return Ok(());
    }
    let role: Arn = text
        .parse()
        .map_err(|_| Error::bad("Invalid ARN specified in the request"))?;
    match role.account_id() {
        Some(owner) if owner.as_str() == account => Ok(()),
        _ => Err(Error::cross_account_role()),
    }
}

/// Whether credentials mean those of whoever calls the API.
pub fn is_callers_own(credentials: &str) -> bool {
    credentials.ends_with(":iam::*:user/*")
}

fn set(
    api: &mut RestApi,
    input: wire::PutIntegrationRequest,
    timeout_ms_max: i32,
) -> Result<Integration, Error> {
    let (resource_id, verb) = (input.resource_id.clone(), input.http_method.clone());
    let method = method::find(api, &resource_id, &verb)?;
    let integration = read(input)?;
    check_timeout(&integration, timeout_ms_max)?;
    let integration = checked(&api.account, method, integration)?;
    method::find_mut(api, &resource_id, &verb)?.integration = Some(integration.clone());
    Ok(integration)
}

fn read(input: wire::PutIntegrationRequest) -> Result<Integration, Error> {
    // The model's enum was checked when the request was decoded.
    let kind = IntegrationType::parse(&input.type_)
        .ok_or_else(|| Error::bad("Enumeration value for IntegrationType must be non-empty"))?;
    let parameters = input.request_parameters.unwrap_or_default();
    Ok(Integration {
        kind,
        http_method: input
            .integration_http_method
            .filter(|verb| !verb.is_empty()),
        uri: input.uri,
        credentials: input.credentials.filter(|role| !role.is_empty()),
        connection_type: input.connection_type,
        connection_id: input.connection_id,
        integration_target: input.integration_target,
        request_parameters: parameters,
        request_templates: input
            .request_templates
            .unwrap_or_default()
            .into_iter()
            .collect(),
        passthrough_behavior: input
            .passthrough_behavior
            .unwrap_or_else(|| "WHEN_NO_MATCH".into()),
        content_handling: input.content_handling,
        timeout_ms: input
            .timeout_in_millis
            .unwrap_or(limits::INTEGRATION_TIMEOUT_MS_DEFAULT_MAX),
        cache_namespace: input.cache_namespace,
        cache_key_parameters: input.cache_key_parameters.unwrap_or_default(),
        tls: input.tls_config.map(|tls| TlsConfig {
            is_verification_skipped: tls.insecure_skip_verification.unwrap_or_default(),
        }),
        response_transfer_mode: input.response_transfer_mode,
        responses: std::collections::BTreeMap::new(),
    })
}

/// Passes an integration that is whole and fits its method.
fn checked(account: &str, method: &Method, integration: Integration) -> Result<Integration, Error> {
    let kind = integration.kind;
    match &integration.http_method {
        None if kind != IntegrationType::Mock => {
            return Err(Error::bad(
                "Enumeration value for HttpMethod must be non-empty",
            ));
        }
        Some(verb) => method::check_verb(verb)?,
        None => {}
    }
    integration_uri::check(
        kind,
        integration.uri.as_deref(),
        integration.credentials.is_some(),
    )?;
    check_credentials(integration.credentials.as_deref(), account)?;
    not_enforced::check_integration(&integration)?;
    let is_known = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]
        .contains(&integration.passthrough_behavior.as_str());
    if !is_known {
        // UNVERIFIED: AWS's text.
        return Err(Error::bad(
            "Invalid passthrough behavior specified. Valid options are WHEN_NO_MATCH, \
             WHEN_NO_TEMPLATES, NEVER",
        ));
    }
    mapping_expression::check_request(method, &integration.request_parameters)?;
    for (content_type, template) in &integration.request_templates {
        mapping_expression::check_content_type(content_type)?;
        check_template(template)?;
    }
    Ok(integration)
}

/// Passes a timeout within the bounds of how the answer is sent, which only proxies may stream.
fn check_timeout(integration: &Integration, buffered_ms_max: i32) -> Result<(), Error> {
    let is_streamed = integration.response_transfer_mode.as_deref() == Some("STREAM");
    let is_proxy = matches!(
        integration.kind,
        IntegrationType::HttpProxy | IntegrationType::AwsProxy
    );
    if is_streamed && !is_proxy {
        // UNVERIFIED: AWS's text; the rule is documented ("Response transfer mode").
        return Err(Error::bad(
            "Response transfer mode STREAM is only supported for HTTP_PROXY and AWS_PROXY \
             integrations",
        ));
    }
    let most = match is_streamed {
        true => limits::STREAM_TIMEOUT_MS_MAX,
        false => buffered_ms_max,
    };
    match (limits::INTEGRATION_TIMEOUT_MS_MIN..=most).contains(&integration.timeout_ms) {
        true => Ok(()),
        // UNVERIFIED: the text for streamed answers, taken to follow that for buffered ones.
        false => Err(Error::bad(format!(
            "Timeout should be between 50 ms and {most} ms"
        ))),
    }
}

/// Passes a template that is not too large.
///
/// # Errors
/// UNVERIFIED: AWS's text; the bound is documented.
pub fn check_template(template: &str) -> Result<(), Error> {
    if template.len() <= limits::TEMPLATE_BYTES_MAX {
        return Ok(());
    }
    Err(Error::bad(
        "Mapping template exceeds the maximum size of 300 KB",
    ))
}

fn change(
    api: &mut RestApi,
    input: wire::UpdateIntegrationRequest,
    timeout_ms_max: i32,
) -> Result<Integration, Error> {
    let method = method::find(api, &input.resource_id, &input.http_method)?;
    let mut integration = of(method)?.clone();
    for patch in patch::parse(input.patch_operations)? {
        apply(&mut integration, &patch)?;
    }
    check_timeout(&integration, timeout_ms_max)?;
    let integration = checked(&api.account, method, integration)?;
    let method = method::find_mut(api, &input.resource_id, &input.http_method)?;
    method.integration = Some(integration.clone());
    Ok(integration)
}

fn apply(integration: &mut Integration, patch: &Patch) -> Result<(), Error> {
    let path = patch.at();
    match path.as_slice() {
        ["requestParameters", name] => PARAMETERS.apply(
            &mut integration.request_parameters,
            patch,
            name,
            patch.text(),
        ),
        ["requestTemplates", content_type] => CONTENT_TYPES.apply_ordered(
            &mut integration.request_templates,
            patch,
            content_type,
            patch.text(),
        ),
        ["cacheKeyParameters"] | ["cacheKeyParameters", _] => {
            cache_keys(integration, patch, path.get(1).copied())
        }
        [member] => replace(integration, patch, member),
        ["tlsConfig", "insecureSkipVerification"] => {
            patch.only_replace()?;
            integration.tls = Some(TlsConfig {
                is_verification_skipped: patch.truth(),
            });
            Ok(())
        }
        _ => Err(patch.unknown_path()),
    }
}

/// Sets one plain member.
fn replace(integration: &mut Integration, patch: &Patch, member: &str) -> Result<(), Error> {
    let is_mock = integration.kind == IntegrationType::Mock;
    let slot = match member {
        "httpMethod" if !is_mock => &mut integration.http_method,
        "uri" if !is_mock => &mut integration.uri,
        "credentials" => &mut integration.credentials,
        "cacheNamespace" => &mut integration.cache_namespace,
        "connectionId" => &mut integration.connection_id,
        "connectionType" => &mut integration.connection_type,
        "contentHandling" => &mut integration.content_handling,
        "integrationTarget" => &mut integration.integration_target,
        "responseTransferMode" => &mut integration.response_transfer_mode,
        "passthroughBehavior" => {
            patch.only_replace()?;
            integration.passthrough_behavior = patch.text();
            return Ok(());
        }
        "timeoutInMillis" => {
            patch.only_replace()?;
            // What is no number is out of range.
            integration.timeout_ms = patch.text().parse().unwrap_or(0);
            return Ok(());
        }
        _ => return Err(patch.unknown_path()),
    };
    // The tools of AWS also send `remove` for the role; it means the same as an empty value.
    if patch.op == Op::Remove && member == "credentials" {
        *slot = None;
        return Ok(());
    }
    patch.only_replace()?;
    *slot = patch.some_text();
    Ok(())
}

/// `add /cacheKeyParameters/{name}`, or the name as the value.
fn cache_keys(
    integration: &mut Integration,
    patch: &Patch,
    name: Option<&str>,
) -> Result<(), Error> {
    let keys = &mut integration.cache_key_parameters;
    let name = name.map_or_else(|| patch.text(), str::to_owned);
    match patch.op {
        Op::Add if keys.contains(&name) => {}
        Op::Add => keys.push(name),
        Op::Remove => keys.retain(|key| *key != name),
        Op::Replace => {
            keys.retain(|key| *key != name);
            keys.push(patch.some_text().unwrap_or(name));
        }
        _ => return Err(patch.unknown_path()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn request(kind: &str, uri: &str) -> wire::PutIntegrationRequest {
        wire::PutIntegrationRequest {
            type_: kind.into(),
            uri: Some(uri.into()),
            integration_http_method: Some("POST".into()),
            ..wire::PutIntegrationRequest::default()
        }
    }

    fn said(input: wire::PutIntegrationRequest) -> Option<String> {
        said_up_to(input, limits::INTEGRATION_TIMEOUT_MS_DEFAULT_MAX)
    }

    fn said_up_to(input: wire::PutIntegrationRequest, timeout_ms_max: i32) -> Option<String> {
        let checked = read(input).and_then(|one| {
            check_timeout(&one, timeout_ms_max)?;
            checked("111111111111", &Method::default(), one)
        });
        checked.err().map(|error| error.to_string())
    }

    #[test]
    fn a_verb_is_needed_but_for_mock() {
        let mut input = request("HTTP", "http://example.com");
        assert_eq!(said(input.clone()), None);
        input.integration_http_method = None;
        let want = "Enumeration value for HttpMethod must be non-empty";
        assert_eq!(said(input).as_deref(), Some(want));
        let mock = wire::PutIntegrationRequest {
            type_: "MOCK".into(),
            ..Default::default()
        };
        assert_eq!(said(mock), None);
    }

    #[test]
    fn the_timeout_is_50_to_29000_or_to_what_was_granted() {
        for (timeout, fits) in [(49, false), (50, true), (29_000, true), (29_001, false)] {
            let mut input = request("HTTP", "http://example.com");
            input.timeout_in_millis = Some(timeout);
            assert_eq!(said(input).is_none(), fits, "{timeout}");
        }
        for (timeout, fits) in [(49, false), (300_000, true), (300_001, false)] {
            let mut input = request("HTTP", "http://example.com");
            input.timeout_in_millis = Some(timeout);
            assert_eq!(said_up_to(input, 300_000).is_none(), fits, "{timeout}");
        }
        for (timeout, fits) in [(50, true), (900_000, true), (900_001, false)] {
            let mut input = request("HTTP_PROXY", "http://example.com");
            input.timeout_in_millis = Some(timeout);
            input.response_transfer_mode = Some("STREAM".into());
            assert_eq!(said(input).is_none(), fits, "{timeout}");
        }
        let mut input = request("HTTP", "http://example.com");
        input.response_transfer_mode = Some("STREAM".into());
        assert!(said(input).is_some());
    }

    #[test]
    fn vpc_links_are_named_and_used_by_http_alone() {
        let linked = |kind: &str, id: Option<&str>| {
            let mut input = request(kind, "http://example.com");
            input.connection_type = Some("VPC_LINK".into());
            input.connection_id = id.map(str::to_owned);
            input
        };
        assert_eq!(said(linked("HTTP_PROXY", Some("abc123"))), None);
        assert_eq!(said(linked("HTTP", Some("${stageVariables.link}"))), None);
        for id in [None, Some("")] {
            let refused = said(linked("HTTP_PROXY", id));
            assert!(refused.is_some_and(|text| text.contains("Connection ID")));
        }
        let refused = said(linked("MOCK", Some("abc123")));
        assert!(refused.is_some_and(|text| text.contains("only supported for HTTP")));
        let mut target = linked("HTTP_PROXY", Some("abc123"));
        target.integration_target = Some("arn:aws:elasticloadbalancing:x".into());
        assert!(said(target).is_some_and(|text| text.contains("integration targets")));
    }

    #[test]
    fn a_role_of_another_account_is_not_passed() {
        let check = |role: &str| check_credentials(Some(role), "111111111111");
        assert!(check("arn:aws:iam::111111111111:role/x").is_ok());
        assert!(check("arn:aws:iam::*:user/*").is_ok());
        let refused = check("arn:aws:iam::222222222222:role/x").unwrap_err();
        assert!(matches!(refused, Error::AccessDenied(_)));
        assert_eq!(
            refused.to_string(),
            "Cross-account pass role is not allowed."
        );
        assert!(check("nonsense").is_err());
    }

    #[test]
    fn patches_reach_their_members_and_no_others() {
        let mut one = read(request("HTTP", "http://example.com")).unwrap();
        let mut patched = |op: &str, path: &str, value: &str| {
            let patch =
                Patch::new(Some(op.into()), Some(path.into()), Some(value.into()), None).unwrap();
            apply(&mut one, &patch).map_err(|error| error.to_string())
        };
        patched("replace", "/uri", "http://example.org").unwrap();
        patched("replace", "/timeoutInMillis", "100").unwrap();
        patched("add", "/requestTemplates/application~1json", "{}").unwrap();
        patched("add", "/cacheKeyParameters/method.request.path.a", "").unwrap();
        assert_eq!(
            patched("replace", "/type", "MOCK"),
            Err("Invalid patch path /type".into())
        );
        assert_eq!(
            patched("add", "/uri", "x"),
            Err("Invalid patch operation specified. Must be one of: [replace]".into())
        );
        assert_eq!(one.uri.as_deref(), Some("http://example.org"));
        assert_eq!(one.timeout_ms, 100);
        assert_eq!(one.cache_key_parameters, ["method.request.path.a"]);
    }
}
