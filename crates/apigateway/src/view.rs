//! Records as AWS shows them.

use crate::{authorizers::jwt_configuration, record::ApiRecord};
use api::apigateway as wire;
use restapi::{
    ApiKeySource, Authorizer, CanarySettings, Deployment, DocumentationPart, DocumentationVersion,
    Integration, IntegrationResponse, IntegrationType, Method, MethodResponse, MethodSetting,
    Model, RequestValidator, Resource, RestApi, Stage,
};
use smithy::Timestamp;
use std::collections::BTreeMap;

/// An API. Creating and importing show no empty `tags`, everything else does, as recorded.
pub fn rest_api(api: &RestApi, shows_empty_tags: bool) -> wire::RestApi {
    let source = match api.api_key_source {
        ApiKeySource::Header => "HEADER",
        ApiKeySource::Authorizer => "AUTHORIZER",
    };
    wire::RestApi {
        id: Some(api.id.clone()),
        name: Some(api.name.clone()),
        description: api.description.clone(),
        created_date: Some(seconds(api.created_ms)),
        version: api.version.clone(),
        binary_media_types: some_list(&api.binary_media_types),
        minimum_compression_size: api.minimum_compression_size,
        api_key_source: Some(source.into()),
        endpoint_configuration: Some(wire::EndpointConfiguration {
            types: Some(api.endpoint.types.clone()),
            ip_address_type: api.endpoint.ip_address_type.clone(),
            vpc_endpoint_ids: some_list(&api.endpoint.vpc_endpoint_ids),
        }),
        // AWS escapes the quotes once more than JSON needs; clients undo it.
        policy: api
            .policy
            .as_ref()
            .map(|policy| policy.replace('"', "\\\"")),
        tags: (shows_empty_tags || !api.tags.is_empty()).then(|| api.tags.clone()),
        disable_execute_api_endpoint: Some(api.disable_execute_api_endpoint),
        root_resource_id: Some(api.root_resource_id.clone()),
        security_policy: api.security_policy.clone(),
        endpoint_access_mode: api.endpoint_access_mode.clone(),
        ..wire::RestApi::default()
    }
}

/// A resource; its methods as names only, or whole.
pub fn resource(resource: &Resource, is_embedded: bool) -> wire::Resource {
    let shown = |(verb, found): (&String, &Method)| {
        let value = if is_embedded {
            method(found, &resource.id)
        } else {
            wire::Method::default()
        };
        (verb.clone(), value)
    };
    let methods: BTreeMap<_, _> = resource.methods.iter().map(shown).collect();
    wire::Resource {
        id: Some(resource.id.clone()),
        parent_id: resource.parent_id.clone(),
        path_part: resource.path_part.clone(),
        path: Some(resource.path.clone()),
        resource_methods: some_map(methods),
    }
}

/// A method of the resource with this id.
pub fn method(method: &Method, resource_id: &str) -> wire::Method {
    let responses = method.responses.iter();
    wire::Method {
        http_method: Some(method.http_method.clone()),
        authorization_type: Some(method.authorization_type.clone()),
        authorizer_id: method.authorizer_id.clone(),
        api_key_required: Some(method.api_key_required),
        request_validator_id: method.request_validator_id.clone(),
        operation_name: method.operation_name.clone(),
        request_parameters: some_map(method.request_parameters.clone()),
        request_models: some_map(method.request_models.clone()),
        method_responses: some_map(
            responses
                .map(|(status, response)| (status.clone(), method_response(response)))
                .collect(),
        ),
        method_integration: method
            .integration
            .as_ref()
            .map(|found| integration(found, resource_id)),
        authorization_scopes: some_list(&method.authorization_scopes),
    }
}

/// A declared answer.
pub fn method_response(response: &MethodResponse) -> wire::MethodResponse {
    wire::MethodResponse {
        status_code: Some(response.status_code.clone()),
        response_parameters: some_map(response.response_parameters.clone()),
        response_models: some_map(response.response_models.clone()),
    }
}

/// An integration of a method of the resource with this id.
pub fn integration(integration: &Integration, resource_id: &str) -> wire::Integration {
    let is_http = matches!(
        integration.kind,
        IntegrationType::Http | IntegrationType::HttpProxy
    );
    let connection = integration.connection_type.clone();
    let namespace = integration
        .cache_namespace
        .as_deref()
        .unwrap_or(resource_id);
    let responses = integration.responses.iter();
    wire::Integration {
        type_: Some(integration.kind.as_str().into()),
        http_method: integration.http_method.clone(),
        uri: integration.uri.clone(),
        // Recorded: only HTTP kinds show a connection type that nobody set.
        connection_type: connection.or_else(|| is_http.then(|| "INTERNET".to_owned())),
        connection_id: integration.connection_id.clone(),
        credentials: integration.credentials.clone(),
        request_parameters: some_map(integration.request_parameters.clone()),
        request_templates: templates(&integration.request_templates),
        passthrough_behavior: Some(integration.passthrough_behavior.clone()),
        content_handling: integration.content_handling.clone(),
        timeout_in_millis: Some(integration.timeout_ms),
        cache_namespace: Some(namespace.to_owned()),
        cache_key_parameters: Some(integration.cache_key_parameters.clone()),
        integration_responses: some_map(
            responses
                .map(|(status, response)| (status.clone(), integration_response(response)))
                .collect(),
        ),
        tls_config: integration.tls.map(|tls| wire::TlsConfig {
            insecure_skip_verification: Some(tls.is_verification_skipped),
        }),
        response_transfer_mode: integration.response_transfer_mode.clone(),
        integration_target: integration.integration_target.clone(),
    }
}

/// How a backend's answer becomes the client's.
pub fn integration_response(response: &IntegrationResponse) -> wire::IntegrationResponse {
    wire::IntegrationResponse {
        status_code: Some(response.status_code.clone()),
        selection_pattern: response.selection_pattern.clone(),
        response_parameters: some_map(response.response_parameters.clone()),
        response_templates: templates(&response.response_templates),
        content_handling: response.content_handling.clone(),
    }
}

/// A deployment, without its summary.
pub fn deployment(deployment: &Deployment) -> wire::Deployment {
    wire::Deployment {
        id: Some(deployment.id.clone()),
        description: deployment.description.clone(),
        created_date: Some(seconds(deployment.created_ms)),
        api_summary: None,
    }
}

/// What a deployment serves: by path, by verb.
pub fn summary(api: &RestApi) -> BTreeMap<String, BTreeMap<String, wire::MethodSnapshot>> {
    let with_methods = api.resources.values().filter(|one| !one.methods.is_empty());
    let snapshot = |(verb, method): (&String, &Method)| {
        let value = wire::MethodSnapshot {
            authorization_type: Some(method.authorization_type.clone()),
            api_key_required: Some(method.api_key_required),
        };
        (verb.clone(), value)
    };
    with_methods
        .map(|one| (one.path.clone(), one.methods.iter().map(snapshot).collect()))
        .collect()
}

/// A stage.
pub fn stage(stage: &Stage) -> wire::Stage {
    let settings = stage.method_settings.iter();
    wire::Stage {
        deployment_id: Some(stage.deployment_id.clone()),
        client_certificate_id: stage.client_certificate_id.clone(),
        stage_name: Some(stage.name.clone()),
        description: stage.description.clone(),
        cache_cluster_enabled: Some(stage.cache_cluster_enabled),
        cache_cluster_size: stage.cache_cluster_size.clone(),
        // No cluster is ever made, so none is ever available.
        cache_cluster_status: Some("NOT_AVAILABLE".into()),
        method_settings: Some(
            settings
                .map(|(key, setting)| (key.clone(), method_setting(setting)))
                .collect(),
        ),
        variables: some_map(stage.variables.clone()),
        documentation_version: stage.documentation_version.clone(),
        access_log_settings: stage
            .access_log
            .as_ref()
            .map(|log| wire::AccessLogSettings {
                format: log.format.clone(),
                destination_arn: log.destination_arn.clone(),
            }),
        canary_settings: stage.canary.as_ref().map(canary),
        tracing_enabled: Some(stage.tracing_enabled),
        web_acl_arn: stage.web_acl_arn.clone(),
        tags: some_map(stage.tags.clone()),
        created_date: Some(seconds(stage.created_ms)),
        last_updated_date: Some(seconds(stage.updated_ms)),
    }
}

fn canary(canary: &CanarySettings) -> wire::CanarySettings {
    wire::CanarySettings {
        percent_traffic: Some(canary.percent_traffic),
        deployment_id: canary.deployment_id.clone(),
        stage_variable_overrides: some_map(canary.stage_variable_overrides.clone()),
        use_stage_cache: Some(canary.use_stage_cache),
    }
}

fn method_setting(setting: &MethodSetting) -> wire::MethodSetting {
    wire::MethodSetting {
        metrics_enabled: Some(setting.metrics_enabled),
        logging_level: setting.logging_level.clone(),
        data_trace_enabled: Some(setting.data_trace_enabled),
        throttling_burst_limit: Some(setting.throttling_burst_limit),
        throttling_rate_limit: Some(setting.throttling_rate_limit),
        caching_enabled: Some(setting.caching_enabled),
        cache_ttl_in_seconds: Some(setting.cache_ttl_s),
        cache_data_encrypted: Some(setting.cache_data_encrypted),
        require_authorization_for_cache_control: Some(
            setting.require_authorization_for_cache_control,
        ),
        unauthorized_cache_control_header_strategy: Some(
            setting.unauthorized_cache_control_header_strategy.clone(),
        ),
    }
}

/// A model.
pub fn model(model: &Model) -> wire::Model {
    wire::Model {
        id: Some(model.id.clone()),
        name: Some(model.name.clone()),
        description: model.description.clone(),
        schema: Some(model.schema.clone()),
        content_type: Some(model.content_type.clone()),
    }
}

/// A request validator.
pub fn validator(validator: &RequestValidator) -> wire::RequestValidator {
    wire::RequestValidator {
        id: Some(validator.id.clone()),
        name: Some(validator.name.clone()),
        validate_request_body: Some(validator.validates_body),
        validate_request_parameters: Some(validator.validates_parameters),
    }
}

/// An authorizer.
pub fn authorizer(authorizer: &Authorizer) -> wire::Authorizer {
    wire::Authorizer {
        id: Some(authorizer.id.clone()),
        name: Some(authorizer.name.clone()),
        type_: Some(authorizer.kind.clone()),
        provider_arns: some_list(&authorizer.provider_arns),
        auth_type: authorizer.auth_type.clone(),
        authorizer_uri: authorizer.uri.clone(),
        authorizer_credentials: authorizer.credentials.clone(),
        identity_source: authorizer.identity_source.clone(),
        identity_validation_expression: authorizer.identity_validation_expression.clone(),
        authorizer_result_ttl_in_seconds: authorizer.result_ttl_s,
        jwt_configuration: authorizer
            .jwt_configuration
            .as_deref()
            .and_then(jwt_configuration::shown),
    }
}

/// A documentation part.
pub fn documentation_part(part: &DocumentationPart) -> wire::DocumentationPart {
    wire::DocumentationPart {
        id: Some(part.id.clone()),
        location: Some(wire::DocumentationPartLocation {
            type_: Some(part.kind.clone()),
            path: part.path.clone(),
            method: part.method.clone(),
            status_code: part.status_code.clone(),
            name: part.name.clone(),
        }),
        properties: Some(part.properties.clone()),
    }
}

/// A documentation version.
pub fn documentation_version(version: &DocumentationVersion) -> wire::DocumentationVersion {
    wire::DocumentationVersion {
        version: Some(version.version.clone()),
        created_date: Some(seconds(version.created_ms)),
        description: version.description.clone(),
    }
}

/// Stages whose deployment is `deployment_id`, or all.
pub fn stages(record: &ApiRecord, deployment_id: Option<&str>) -> wire::Stages {
    let wanted = record
        .stages
        .values()
        .filter(|one| deployment_id.is_none_or(|id| one.deployment_id == id));
    wire::Stages {
        item: Some(wanted.map(stage).collect()),
    }
}

/// API Gateway answers whole seconds.
fn seconds(ms: i64) -> Timestamp {
    Timestamp(ms.div_euclid(1_000) * 1_000)
}

fn some_map<V>(map: BTreeMap<String, V>) -> Option<BTreeMap<String, V>> {
    Some(map).filter(|map| !map.is_empty())
}

fn some_list(list: &[String]) -> Option<Vec<String>> {
    Some(list.to_vec()).filter(|list| !list.is_empty())
}

fn templates(list: &[(String, String)]) -> Option<BTreeMap<String, String>> {
    some_map(list.iter().cloned().collect())
}
