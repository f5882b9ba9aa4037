//! Declared answers of a method.

use crate::{
    ApiGateway, Error,
    methods::method,
    patch,
    patch::{CONTENT_TYPES, PARAMETERS, Patch},
    view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{MethodResponse, RestApi};
use smithy::ServiceError;
use std::sync::Arc;

/// PutMethodResponse.
pub async fn put(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::PutMethodResponseRequest,
) -> Result<wire::MethodResponse, ServiceError> {
    let made = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            add(&mut record.api, input)
        })
        .await?;
    Ok(view::method_response(&made))
}

/// GetMethodResponse.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetMethodResponseRequest,
) -> Result<wire::MethodResponse, ServiceError> {
    let record = service.api_below(&call, &input.rest_api_id).await?;
    let method = method::find(&record.api, &input.resource_id, &input.http_method)?;
    let response = method.responses.get(&input.status_code);
    Ok(view::method_response(
        response.ok_or_else(Error::unknown_response)?,
    ))
}

/// UpdateMethodResponse.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateMethodResponseRequest,
) -> Result<wire::MethodResponse, ServiceError> {
    let changed = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            change(&mut record.api, input)
        })
        .await?;
    Ok(view::method_response(&changed))
}

/// DeleteMethodResponse.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteMethodResponseRequest,
) -> Result<wire::DeleteMethodResponseOutput, ServiceError> {
    service
        .edit_below(&call, &input.rest_api_id, |record| {
            let method = method::find_mut(&mut record.api, &input.resource_id, &input.http_method)?;
            let gone = method.responses.remove(&input.status_code);
            gone.map(|_| ()).ok_or_else(Error::unknown_response)
        })
        .await?;
    Ok(wire::DeleteMethodResponseOutput::default())
}

fn add(api: &mut RestApi, input: wire::PutMethodResponseRequest) -> Result<MethodResponse, Error> {
    method::find(api, &input.resource_id, &input.http_method)?;
    let response = MethodResponse {
        status_code: input.status_code.clone(),
        response_parameters: input.response_parameters.unwrap_or_default(),
        response_models: input.response_models.unwrap_or_default(),
    };
    check(api, &response)?;
    let method = method::find_mut(api, &input.resource_id, &input.http_method)?;
    if method.responses.contains_key(&input.status_code) {
        return Err(Error::conflict("Response already exists for this resource"));
    }
    method.responses.insert(input.status_code, response.clone());
    Ok(response)
}

fn change(
    api: &mut RestApi,
    input: wire::UpdateMethodResponseRequest,
) -> Result<MethodResponse, Error> {
    let method = method::find(api, &input.resource_id, &input.http_method)?;
    let found = method.responses.get(&input.status_code);
    let mut response = found.ok_or_else(Error::unknown_response)?.clone();
    for patch in patch::parse(input.patch_operations)? {
        apply(&mut response, &patch)?;
    }
    check(api, &response)?;
    let method = method::find_mut(api, &input.resource_id, &input.http_method)?;
    method.responses.insert(input.status_code, response.clone());
    Ok(response)
}

fn apply(response: &mut MethodResponse, patch: &Patch) -> Result<(), Error> {
    match patch.at().as_slice() {
        ["responseParameters", name] => PARAMETERS.apply(
            &mut response.response_parameters,
            patch,
            name,
            patch.truth(),
        ),
        ["responseModels", content_type] => CONTENT_TYPES.apply(
            &mut response.response_models,
            patch,
            content_type,
            patch.text(),
        ),
        _ => Err(patch.unknown_path()),
    }
}

fn check(api: &RestApi, response: &MethodResponse) -> Result<(), Error> {
    for name in response.response_models.values() {
        if !api.models.contains_key(name) {
            return Err(Error::bad(format!(
                "Invalid model identifier specified: {name}"
            )));
        }
    }
    for parameter in response.response_parameters.keys() {
        let name = parameter.strip_prefix("method.response.header.");
        if name.is_none_or(str::is_empty) {
            return Err(Error::bad(format!(
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
                 [Invalid mapping expression specified: {parameter}]"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn patches_are_refused_as_recorded() {
        let mut response = MethodResponse::default();
        for (op, path, want) in [
            (
                "replace",
                "/responseParameters/method.response.header.x",
                "Invalid parameter name specified",
            ),
            (
                "remove",
                "/responseModels/application~1json",
                "Content-Type specified was not found",
            ),
            ("add", "/wrong/x", "Invalid patch path /wrong/x"),
            (
                "add",
                "/responseModels/application/json",
                "Invalid patch path /responseModels/application/json",
            ),
        ] {
            let patch = Patch::new(
                Some(op.into()),
                Some(path.into()),
                Some("true".into()),
                None,
            )
            .unwrap();
            assert_eq!(apply(&mut response, &patch).unwrap_err().to_string(), want);
        }
    }

    #[test]
    fn only_headers_can_be_declared() {
        let check = |name: &str| {
            let mut response = MethodResponse::default();
            response.response_parameters.insert(name.into(), true);
            super::check(&RestApi::default(), &response).is_ok()
        };
        assert!(check("method.response.header.X"));
        assert!(!check("method.response.header."));
        assert!(!check("method.response.body"));
    }
}
