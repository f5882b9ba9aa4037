//! How a backend's answer becomes the client's.

use crate::{
    ApiGateway, Error,
    methods::{integration, mapping_expression, method},
    patch,
    patch::{CONTENT_TYPES, PARAMETERS, Patch},
    view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{IntegrationResponse, Method, RestApi};
use smithy::ServiceError;
use std::sync::Arc;

/// PutIntegrationResponse: sets the response of a status whole.
pub async fn put(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::PutIntegrationResponseRequest,
) -> Result<wire::IntegrationResponse, ServiceError> {
    let made = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            set(&mut record.api, input)
        })
        .await?;
    Ok(view::integration_response(&made))
}

/// GetIntegrationResponse.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetIntegrationResponseRequest,
) -> Result<wire::IntegrationResponse, ServiceError> {
    let record = service.api_below(&call, &input.rest_api_id).await?;
    let method = method::find(&record.api, &input.resource_id, &input.http_method)?;
    let response = integration::of(method)?.responses.get(&input.status_code);
    Ok(view::integration_response(
        response.ok_or_else(Error::unknown_response)?,
    ))
}

/// UpdateIntegrationResponse.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateIntegrationResponseRequest,
) -> Result<wire::IntegrationResponse, ServiceError> {
    let changed = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            change(&mut record.api, input)
        })
        .await?;
    Ok(view::integration_response(&changed))
}

/// DeleteIntegrationResponse.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteIntegrationResponseRequest,
) -> Result<wire::DeleteIntegrationResponseOutput, ServiceError> {
    service
        .edit_below(&call, &input.rest_api_id, |record| {
            let method = method::find_mut(&mut record.api, &input.resource_id, &input.http_method)?;
            let integration = method.integration.as_mut();
            let integration = integration.ok_or_else(Error::unknown_integration)?;
            let gone = integration.responses.remove(&input.status_code);
            gone.map(|_| ()).ok_or_else(Error::unknown_response)
        })
        .await?;
    Ok(wire::DeleteIntegrationResponseOutput::default())
}

fn set(
    api: &mut RestApi,
    input: wire::PutIntegrationResponseRequest,
) -> Result<IntegrationResponse, Error> {
    let response = IntegrationResponse {
        status_code: input.status_code,
        selection_pattern: input.selection_pattern,
        response_parameters: input.response_parameters.unwrap_or_default(),
        response_templates: input
            .response_templates
            .unwrap_or_default()
            .into_iter()
            .collect(),
        content_handling: input.content_handling,
    };
    let method = method::find_mut(api, &input.resource_id, &input.http_method)?;
    store(method, response)
}

fn change(
    api: &mut RestApi,
    input: wire::UpdateIntegrationResponseRequest,
) -> Result<IntegrationResponse, Error> {
    let method = method::find_mut(api, &input.resource_id, &input.http_method)?;
    let found = integration::of(method)?.responses.get(&input.status_code);
    let mut response = found.ok_or_else(Error::unknown_response)?.clone();
    for patch in patch::parse(input.patch_operations)? {
        apply(&mut response, &patch)?;
    }
    store(method, response)
}

/// Checks a response and puts it in its place.
fn store(method: &mut Method, response: IntegrationResponse) -> Result<IntegrationResponse, Error> {
    integration::of(method)?;
    mapping_expression::check_response(method, &response)?;
    for (content_type, template) in &response.response_templates {
        mapping_expression::check_content_type(content_type)?;
        integration::check_template(template)?;
    }
    let integration = method.integration.as_mut();
    let responses = &mut integration
        .ok_or_else(Error::unknown_integration)?
        .responses;
    responses.insert(response.status_code.clone(), response.clone());
    Ok(response)
}

fn apply(response: &mut IntegrationResponse, patch: &Patch) -> Result<(), Error> {
    match patch.at().as_slice() {
        ["responseParameters", name] => {
            PARAMETERS.apply(&mut response.response_parameters, patch, name, patch.text())
        }
        ["responseTemplates", content_type] => CONTENT_TYPES.apply_ordered(
            &mut response.response_templates,
            patch,
            content_type,
            patch.text(),
        ),
        ["selectionPattern"] => {
            patch.only_replace()?;
            response.selection_pattern = patch.some_text();
            Ok(())
        }
        ["contentHandling"] => {
            patch.only_replace()?;
            response.content_handling = patch.some_text();
            Ok(())
        }
        _ => Err(patch.unknown_path()),
    }
}
