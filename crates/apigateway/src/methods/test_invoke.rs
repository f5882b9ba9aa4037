//! TestInvokeMethod and TestInvokeAuthorizer: the data plane runs what is being edited.

use crate::{
    ApiGateway, Error, authorizers::authorizer as authorizers, certificates::client_certificate,
    methods::method,
};
use api::apigateway as wire;
use ports::{Call, TestAuthorizerRequest, TestInvoke, TestRequest};
use smithy::ServiceError;
use std::{collections::BTreeMap, sync::Arc};

/// TestInvokeMethod.
pub async fn run(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::TestInvokeMethodRequest,
) -> Result<wire::TestInvokeMethodResponse, ServiceError> {
    let record = service.api_below(&call, &input.rest_api_id).await?;
    method::find(&record.api, &input.resource_id, &input.http_method)?;
    let certificate = input.client_certificate_id.filter(|id| !id.is_empty());
    if let Some(id) = &certificate {
        client_certificate::known(&service, &call, id).await?;
    }
    let answer = runner(&service)?
        .test_invoke(TestRequest {
            api: Arc::new(record.api),
            resource_id: input.resource_id,
            http_method: input.http_method,
            path_with_query: input.path_with_query_string.unwrap_or_default(),
            headers: headers(input.headers, input.multi_value_headers),
            body: input.body.unwrap_or_default(),
            client_certificate_id: certificate,
            stage_variables: input.stage_variables.unwrap_or_default(),
            caller: call.caller,
            facts: call.facts,
        })
        .await;
    let mut last = BTreeMap::new();
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in answer.headers {
        last.insert(name.clone(), value.clone());
        all.entry(name).or_default().push(value);
    }
    Ok(wire::TestInvokeMethodResponse {
        status: Some(i32::from(answer.status)),
        body: Some(answer.body),
        headers: Some(last),
        multi_value_headers: Some(all),
        log: Some(answer.log),
        latency: Some(answer.latency_ms),
    })
}

/// TestInvokeAuthorizer.
// UNVERIFIED: what AWS puts into `authorization`; nothing is put there.
pub async fn authorizer(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::TestInvokeAuthorizerRequest,
) -> Result<wire::TestInvokeAuthorizerResponse, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    authorizers::find(&record.api, &input.authorizer_id)?;
    if input
        .additional_context
        .is_some_and(|more| !more.is_empty())
    {
        return Err(Error::NotEnforced("additional context of tests").into());
    }
    let answer = runner(&service)?
        .test_authorizer(TestAuthorizerRequest {
            api: Arc::new(record.api),
            authorizer_id: input.authorizer_id,
            path_with_query: input.path_with_query_string.unwrap_or_default(),
            headers: headers(input.headers, input.multi_value_headers),
            body: input.body.unwrap_or_default(),
            stage_variables: input.stage_variables.unwrap_or_default(),
            facts: call.facts,
        })
        .await;
    Ok(wire::TestInvokeAuthorizerResponse {
        client_status: Some(i32::from(answer.client_status)),
        log: Some(answer.log),
        latency: Some(answer.latency_ms),
        principal_id: answer.principal_id,
        policy: answer.policy,
        claims: answer.claims,
        ..wire::TestInvokeAuthorizerResponse::default()
    })
}

fn runner(service: &ApiGateway) -> Result<&Arc<dyn TestInvoke>, ServiceError> {
    service.test_invoke.get().ok_or_else(|| {
        tracing::error!("a test came before the data plane was connected");
        ServiceError::internal()
    })
}

/// Single values, then several; a name in both keeps the several, as "TestInvokeMethod" says of
/// `multiValueHeaders`.
fn headers(
    single: Option<BTreeMap<String, String>>,
    multi: Option<BTreeMap<String, Vec<String>>>,
) -> Vec<(String, String)> {
    let multi = multi.unwrap_or_default();
    let single = single.unwrap_or_default().into_iter();
    let mut headers: Vec<_> = single
        .filter(|(name, _)| !multi.contains_key(name))
        .collect();
    for (name, values) in multi {
        headers.extend(values.into_iter().map(|value| (name.clone(), value)));
    }
    headers
}
