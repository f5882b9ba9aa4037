//! What clients see when the gateway itself answers.

use crate::{
    ApiGateway, Error,
    methods::mapping_expression,
    page, patch,
    patch::{CONTENT_TYPES, Op, PARAMETERS, Patch},
};
use api::apigateway as wire;
use ports::Call;
use restapi::{GatewayResponse, RestApi};
use smithy::ServiceError;
use std::sync::Arc;

/// Every type with the status it has when nobody customised it. The two defaults have none.
///
/// Source: "Gateway response types for API Gateway", and the recorded GetGatewayResponses.
const TYPES: [(&str, Option<&str>); 21] = [
    ("ACCESS_DENIED", Some("403")),
    ("API_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_FAILURE", Some("500")),
    ("BAD_REQUEST_BODY", Some("400")),
    ("BAD_REQUEST_PARAMETERS", Some("400")),
    ("DEFAULT_4XX", None),
    ("DEFAULT_5XX", None),
    ("EXPIRED_TOKEN", Some("403")),
    ("INTEGRATION_FAILURE", Some("504")),
    ("INTEGRATION_TIMEOUT", Some("504")),
    ("INVALID_API_KEY", Some("403")),
    ("INVALID_SIGNATURE", Some("403")),
    ("MISSING_AUTHENTICATION_TOKEN", Some("403")),
    ("QUOTA_EXCEEDED", Some("429")),
    ("REQUEST_TOO_LARGE", Some("413")),
    ("RESOURCE_NOT_FOUND", Some("404")),
    ("THROTTLED", Some("429")),
    ("UNAUTHORIZED", Some("401")),
    ("UNSUPPORTED_MEDIA_TYPE", Some("415")),
    ("WAF_FILTERED", Some("403")),
];

/// What an untouched gateway response answers.
const TEMPLATE: (&str, &str) = (
    "application/json",
    "{\"message\":$context.error.messageString}",
);

/// PutGatewayResponse: sets the customisation of a type whole.
pub async fn put(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::PutGatewayResponseRequest,
) -> Result<wire::GatewayResponse, ServiceError> {
    let made = service
        .edit(&call, &input.rest_api_id, |record| {
            let response = GatewayResponse {
                response_type: input.response_type.clone(),
                status_code: input.status_code,
                response_parameters: input.response_parameters.unwrap_or_default(),
                response_templates: templates(input.response_templates),
            };
            let response = checked(response)?;
            let all = &mut record.api.gateway_responses;
            all.insert(input.response_type, response.clone());
            Ok(show(&response, false))
        })
        .await?;
    Ok(made)
}

/// GetGatewayResponse.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetGatewayResponseRequest,
) -> Result<wire::GatewayResponse, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    Ok(effective(&record.api, &input.response_type))
}

/// GetGatewayResponses: every type, customised or not.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetGatewayResponsesRequest,
) -> Result<wire::GatewayResponses, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let all = TYPES
        .iter()
        .map(|(kind, _)| ((*kind).to_owned(), effective(&record.api, kind)))
        .collect();
    let page = page::cut(all, input.limit, input.position.as_deref());
    Ok(wire::GatewayResponses {
        items: Some(page.items),
        position: page.position,
    })
}

/// UpdateGatewayResponse; an untouched type becomes customised.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateGatewayResponseRequest,
) -> Result<wire::GatewayResponse, ServiceError> {
    let kind = input.response_type;
    let changed = service
        .edit(&call, &input.rest_api_id, |record| {
            let mut response = base(&record.api, &kind);
            for patch in patch::parse(input.patch_operations)? {
                apply(&mut response, &patch)?;
            }
            let response = checked(response)?;
            let all = &mut record.api.gateway_responses;
            all.insert(kind.clone(), response.clone());
            Ok(show(&response, false))
        })
        .await?;
    Ok(changed)
}

/// DeleteGatewayResponse: back to the default.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteGatewayResponseRequest,
) -> Result<wire::DeleteGatewayResponseOutput, ServiceError> {
    service
        .edit(&call, &input.rest_api_id, |record| {
            let gone = record.api.gateway_responses.remove(&input.response_type);
            gone.map(|_| ())
                .ok_or_else(|| Error::not_found("Gateway response type not defined on api"))
        })
        .await?;
    Ok(wire::DeleteGatewayResponseOutput::default())
}

/// What a type answers now, and whether anybody customised it.
///
/// A 5XX type that nobody customised shows what DEFAULT_5XX was customised to, and 4XX types
/// likewise, as recorded.
fn effective(api: &RestApi, kind: &str) -> wire::GatewayResponse {
    match api.gateway_responses.get(kind) {
        Some(own) => show(own, false),
        None => show(&base(api, kind), true),
    }
}

/// What a change of a type starts from.
fn base(api: &RestApi, kind: &str) -> GatewayResponse {
    if let Some(own) = api.gateway_responses.get(kind) {
        return own.clone();
    }
    let status = TYPES
        .iter()
        .find(|(name, _)| *name == kind)
        .and_then(|(_, status)| *status);
    let family = match status {
        Some(status) if status.starts_with('5') => "DEFAULT_5XX",
        Some(_) => "DEFAULT_4XX",
        None => "",
    };
    let inherited = api.gateway_responses.get(family);
    GatewayResponse {
        response_type: kind.to_owned(),
        status_code: inherited
            .and_then(|family| family.status_code.clone())
            .or_else(|| status.map(Into::into)),
        response_parameters: inherited
            .map(|family| family.response_parameters.clone())
            .unwrap_or_default(),
        response_templates: inherited.map_or_else(
            || templates(None),
            |family| family.response_templates.clone(),
        ),
    }
}

/// The default template stands in when none is given, as recorded.
fn templates(given: Option<std::collections::BTreeMap<String, String>>) -> Vec<(String, String)> {
    let given: Vec<_> = given.unwrap_or_default().into_iter().collect();
    if given.is_empty() {
        vec![(TEMPLATE.0.into(), TEMPLATE.1.into())]
    } else {
        given
    }
}

fn show(response: &GatewayResponse, is_default: bool) -> wire::GatewayResponse {
    let usual = TYPES
        .iter()
        .find(|(name, _)| *name == response.response_type)
        .and_then(|(_, status)| status.map(Into::into));
    wire::GatewayResponse {
        response_type: Some(response.response_type.clone()),
        status_code: response.status_code.clone().or(usual),
        response_parameters: Some(response.response_parameters.clone()),
        response_templates: Some(response.response_templates.iter().cloned().collect()),
        default_response: Some(is_default),
    }
}

fn checked(response: GatewayResponse) -> Result<GatewayResponse, Error> {
    for target in response.response_parameters.keys() {
        let name = target.strip_prefix("gatewayresponse.header.");
        if name.is_none_or(str::is_empty) {
            return Err(Error::bad(format!(
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
                 [Invalid mapping expression specified: {target}]"
            )));
        }
    }
    for (content_type, _) in &response.response_templates {
        mapping_expression::check_content_type(content_type)?;
    }
    Ok(response)
}

fn apply(response: &mut GatewayResponse, patch: &Patch) -> Result<(), Error> {
    let value = || {
        let is_removal = patch.op == Op::Remove;
        patch.some_text().or_else(|| is_removal.then(String::new))
    };
    let empty = |map: &str| Error::bad(format!("Invalid null or empty value in {map}"));
    match patch.at().as_slice() {
        ["statusCode"] if patch.op == Op::Replace => {
            response.status_code = patch.some_text();
            Ok(())
        }
        ["responseParameters", name] => {
            let value = value().ok_or_else(|| empty("responseParameters"))?;
            PARAMETERS.apply(&mut response.response_parameters, patch, name, value)
        }
        ["responseTemplates", content_type] => {
            let value = value().ok_or_else(|| empty("responseTemplates"))?;
            CONTENT_TYPES.apply_ordered(
                &mut response.response_templates,
                patch,
                content_type,
                value,
            )
        }
        _ => Err(patch.unknown_path()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn customised(kind: &str, status: &str) -> GatewayResponse {
        GatewayResponse {
            response_type: kind.into(),
            status_code: Some(status.into()),
            response_templates: vec![("application/json".into(), "x".into())],
            ..GatewayResponse::default()
        }
    }

    #[test]
    fn a_family_default_shows_through_untouched_types() {
        let mut api = RestApi::default();
        api.gateway_responses
            .insert("DEFAULT_5XX".into(), customised("DEFAULT_5XX", "599"));
        let shown = effective(&api, "INTEGRATION_FAILURE");
        assert_eq!(shown.status_code.as_deref(), Some("599"));
        assert_eq!(shown.default_response, Some(true));
        let other = effective(&api, "ACCESS_DENIED");
        assert_eq!(other.status_code.as_deref(), Some("403"));
        assert_eq!(effective(&api, "DEFAULT_4XX").status_code, None);
    }

    #[test]
    fn patches_are_refused_as_recorded() {
        let mut response = customised("DEFAULT_4XX", "444");
        let mut said = |op: &str, path: &str, value: Option<&str>| {
            let patch = Patch::new(
                Some(op.into()),
                Some(path.into()),
                value.map(Into::into),
                None,
            )
            .unwrap();
            apply(&mut response, &patch).unwrap_err().to_string()
        };
        assert_eq!(
            said("add", "/statusCode", Some("1")),
            "Invalid patch path /statusCode"
        );
        assert_eq!(
            said("remove", "/statusCode", None),
            "Invalid patch path /statusCode"
        );
        assert_eq!(
            said("replace", "/wrongPath", Some("1")),
            "Invalid patch path /wrongPath"
        );
        assert_eq!(
            said(
                "replace",
                "/responseParameters/gatewayresponse.header.no",
                Some("'1'")
            ),
            "Invalid parameter name specified"
        );
        assert_eq!(
            said("replace", "/responseTemplates/application~1json", None),
            "Invalid null or empty value in responseTemplates"
        );
        assert_eq!(
            said(
                "replace",
                "/responseParameters/gatewayresponse.header.x",
                None
            ),
            "Invalid null or empty value in responseParameters"
        );
    }
}
