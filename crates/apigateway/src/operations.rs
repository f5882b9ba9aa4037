//! The table of contents: each operation, the path it touches, what more it touches, who does it.
//!
//! The action is `apigateway:{VERB}` with the verb of the model. What is not listed answers that
//! it is not implemented: domain names, SDK generation, GetModelTemplate.

use crate::{
    ApiGateway, account,
    apis::{gateway_response, model, resource, rest_api, validator},
    authorizers::authorizer,
    certificates::client_certificate,
    documents::{documentation, export, import, sdk_type},
    links::vpc_link,
    methods::{integration, integration_response, method, method_response, test_invoke},
    plans::{api_key, api_key_import, usage, usage_plan, usage_plan_key},
    stages::{deployment, stage},
    tags, touches,
};
use api::apigateway::op;
use ports::{Call, Touches};
use std::sync::Arc;

/// The operations of API Gateway's control plane.
pub type Operations = smithy::Operations<Call, Touches>;

/// One line an operation: name, path and the input members in it, what more it touches, handler.
macro_rules! serve {
    ($register:expr; $($op:ident $path:literal ($($member:ident),*) $more:path => $handler:path;)*) => {
        $register$(.on(
            op::$op,
            // The input goes unread where the path has no members.
            touches::at(op::$op, |_input| format!($path $(, _input.$member)*), $more),
            $handler,
        ))*
    };
}

/// Registers every operation that is served.
pub fn operations(service: Arc<ApiGateway>) -> Operations {
    let register = Operations::new(api::apigateway::SERVICE, service);
    let register = serve! { register;
        CreateRestApi "/restapis" () touches::create_api => rest_api::create;
        ImportRestApi "/restapis" () touches::import_api => import::create;
        GetRestApis "/restapis" () touches::nothing => rest_api::list;
        GetRestApi "/restapis/{}" (rest_api_id) touches::nothing => rest_api::get;
        PutRestApi "/restapis/{}" (rest_api_id) touches::put_api => import::put;
        UpdateRestApi "/restapis/{}" (rest_api_id) touches::update_api => rest_api::update;
        DeleteRestApi "/restapis/{}" (rest_api_id) touches::nothing => rest_api::delete;

        CreateResource "/restapis/{}/resources/{}" (rest_api_id, parent_id) touches::nothing => resource::create;
        GetResources "/restapis/{}/resources" (rest_api_id) touches::nothing => resource::list;
        GetResource "/restapis/{}/resources/{}" (rest_api_id, resource_id) touches::nothing => resource::get;
        UpdateResource "/restapis/{}/resources/{}" (rest_api_id, resource_id) touches::nothing => resource::update;
        DeleteResource "/restapis/{}/resources/{}" (rest_api_id, resource_id) touches::nothing => resource::delete;
    };
    let register = methods(register);
    settings(register)
}

type Register = smithy::Register<ApiGateway, Call, Touches>;

/// Methods, integrations and their responses.
fn methods(register: Register) -> Register {
    serve! { register;
        PutMethod "/restapis/{}/resources/{}/methods/{}" (rest_api_id, resource_id, http_method) touches::put_method => method::put;
        GetMethod "/restapis/{}/resources/{}/methods/{}" (rest_api_id, resource_id, http_method) touches::nothing => method::get;
        UpdateMethod "/restapis/{}/resources/{}/methods/{}" (rest_api_id, resource_id, http_method) touches::nothing => method::update;
        DeleteMethod "/restapis/{}/resources/{}/methods/{}" (rest_api_id, resource_id, http_method) touches::nothing => method::delete;
        TestInvokeMethod "/restapis/{}/resources/{}/methods/{}" (rest_api_id, resource_id, http_method) touches::nothing => test_invoke::run;

        PutMethodResponse "/restapis/{}/resources/{}/methods/{}/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => method_response::put;
        GetMethodResponse "/restapis/{}/resources/{}/methods/{}/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => method_response::get;
        UpdateMethodResponse "/restapis/{}/resources/{}/methods/{}/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => method_response::update;
        DeleteMethodResponse "/restapis/{}/resources/{}/methods/{}/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => method_response::delete;

        PutIntegration "/restapis/{}/resources/{}/methods/{}/integration" (rest_api_id, resource_id, http_method) touches::put_integration => integration::put;
        GetIntegration "/restapis/{}/resources/{}/methods/{}/integration" (rest_api_id, resource_id, http_method) touches::nothing => integration::get;
        UpdateIntegration "/restapis/{}/resources/{}/methods/{}/integration" (rest_api_id, resource_id, http_method) touches::update_integration => integration::update;
        DeleteIntegration "/restapis/{}/resources/{}/methods/{}/integration" (rest_api_id, resource_id, http_method) touches::nothing => integration::delete;

        PutIntegrationResponse "/restapis/{}/resources/{}/methods/{}/integration/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => integration_response::put;
        GetIntegrationResponse "/restapis/{}/resources/{}/methods/{}/integration/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => integration_response::get;
        UpdateIntegrationResponse "/restapis/{}/resources/{}/methods/{}/integration/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => integration_response::update;
        DeleteIntegrationResponse "/restapis/{}/resources/{}/methods/{}/integration/responses/{}" (rest_api_id, resource_id, http_method, status_code) touches::nothing => integration_response::delete;
    }
}

/// What methods use: models, validators, authorizers; and gateway responses.
fn settings(register: Register) -> Operations {
    let register = serve! { register;
        CreateModel "/restapis/{}/models" (rest_api_id) touches::nothing => model::create;
        GetModels "/restapis/{}/models" (rest_api_id) touches::nothing => model::list;
        GetModel "/restapis/{}/models/{}" (rest_api_id, model_name) touches::nothing => model::get;
        UpdateModel "/restapis/{}/models/{}" (rest_api_id, model_name) touches::nothing => model::update;
        DeleteModel "/restapis/{}/models/{}" (rest_api_id, model_name) touches::nothing => model::delete;

        CreateRequestValidator "/restapis/{}/requestvalidators" (rest_api_id) touches::nothing => validator::create;
        GetRequestValidators "/restapis/{}/requestvalidators" (rest_api_id) touches::nothing => validator::list;
        GetRequestValidator "/restapis/{}/requestvalidators/{}" (rest_api_id, request_validator_id) touches::nothing => validator::get;
        UpdateRequestValidator "/restapis/{}/requestvalidators/{}" (rest_api_id, request_validator_id) touches::nothing => validator::update;
        DeleteRequestValidator "/restapis/{}/requestvalidators/{}" (rest_api_id, request_validator_id) touches::nothing => validator::delete;

        CreateAuthorizer "/restapis/{}/authorizers" (rest_api_id) touches::create_authorizer => authorizer::create;
        GetAuthorizers "/restapis/{}/authorizers" (rest_api_id) touches::nothing => authorizer::list;
        GetAuthorizer "/restapis/{}/authorizers/{}" (rest_api_id, authorizer_id) touches::nothing => authorizer::get;
        UpdateAuthorizer "/restapis/{}/authorizers/{}" (rest_api_id, authorizer_id) touches::update_authorizer => authorizer::update;
        TestInvokeAuthorizer "/restapis/{}/authorizers/{}" (rest_api_id, authorizer_id) touches::nothing => test_invoke::authorizer;
        DeleteAuthorizer "/restapis/{}/authorizers/{}" (rest_api_id, authorizer_id) touches::nothing => authorizer::delete;

        PutGatewayResponse "/restapis/{}/gatewayresponses/{}" (rest_api_id, response_type) touches::nothing => gateway_response::put;
        GetGatewayResponses "/restapis/{}/gatewayresponses" (rest_api_id) touches::nothing => gateway_response::list;
        GetGatewayResponse "/restapis/{}/gatewayresponses/{}" (rest_api_id, response_type) touches::nothing => gateway_response::get;
        UpdateGatewayResponse "/restapis/{}/gatewayresponses/{}" (rest_api_id, response_type) touches::nothing => gateway_response::update;
        DeleteGatewayResponse "/restapis/{}/gatewayresponses/{}" (rest_api_id, response_type) touches::nothing => gateway_response::delete;
    };
    published(register)
}

/// Deployments, stages, documentation, accounts and tags.
fn published(register: Register) -> Operations {
    let register = serve! { register;
        CreateDeployment "/restapis/{}/deployments" (rest_api_id) touches::create_deployment => deployment::create;
        GetDeployments "/restapis/{}/deployments" (rest_api_id) touches::nothing => deployment::list;
        GetDeployment "/restapis/{}/deployments/{}" (rest_api_id, deployment_id) touches::nothing => deployment::get;
        UpdateDeployment "/restapis/{}/deployments/{}" (rest_api_id, deployment_id) touches::nothing => deployment::update;
        DeleteDeployment "/restapis/{}/deployments/{}" (rest_api_id, deployment_id) touches::nothing => deployment::delete;

        CreateStage "/restapis/{}/stages" (rest_api_id) touches::create_stage => stage::create;
        GetStages "/restapis/{}/stages" (rest_api_id) touches::nothing => stage::list;
        GetStage "/restapis/{}/stages/{}" (rest_api_id, stage_name) touches::nothing => stage::get;
        UpdateStage "/restapis/{}/stages/{}" (rest_api_id, stage_name) touches::update_stage => stage::update;
        DeleteStage "/restapis/{}/stages/{}" (rest_api_id, stage_name) touches::nothing => stage::delete;
        FlushStageCache "/restapis/{}/stages/{}/cache/data" (rest_api_id, stage_name) touches::nothing => stage::flush_cache;
        FlushStageAuthorizersCache "/restapis/{}/stages/{}/cache/authorizers" (rest_api_id, stage_name) touches::nothing => stage::flush_authorizers_cache;
        GetExport "/restapis/{}/stages/{}/exports/{}" (rest_api_id, stage_name, export_type) touches::nothing => export::get;

        CreateDocumentationPart "/restapis/{}/documentation/parts" (rest_api_id) touches::nothing => documentation::create_part;
        GetDocumentationParts "/restapis/{}/documentation/parts" (rest_api_id) touches::nothing => documentation::list_parts;
        ImportDocumentationParts "/restapis/{}/documentation/parts" (rest_api_id) touches::nothing => documentation::import_parts;
        GetDocumentationPart "/restapis/{}/documentation/parts/{}" (rest_api_id, documentation_part_id) touches::nothing => documentation::get_part;
        UpdateDocumentationPart "/restapis/{}/documentation/parts/{}" (rest_api_id, documentation_part_id) touches::nothing => documentation::update_part;
        DeleteDocumentationPart "/restapis/{}/documentation/parts/{}" (rest_api_id, documentation_part_id) touches::nothing => documentation::delete_part;
        CreateDocumentationVersion "/restapis/{}/documentation/versions" (rest_api_id) touches::nothing => documentation::create_version;
        GetDocumentationVersions "/restapis/{}/documentation/versions" (rest_api_id) touches::nothing => documentation::list_versions;
        GetDocumentationVersion "/restapis/{}/documentation/versions/{}" (rest_api_id, documentation_version) touches::nothing => documentation::get_version;
        UpdateDocumentationVersion "/restapis/{}/documentation/versions/{}" (rest_api_id, documentation_version) touches::nothing => documentation::update_version;
        DeleteDocumentationVersion "/restapis/{}/documentation/versions/{}" (rest_api_id, documentation_version) touches::nothing => documentation::delete_version;

        GetSdkTypes "/sdktypes" () touches::nothing => sdk_type::list;
        GetSdkType "/sdktypes/{}" (id) touches::nothing => sdk_type::get;
        GetAccount "/account" () touches::nothing => account::get;
        UpdateAccount "/account" () touches::update_account => account::update;
    };
    plans(tagged(register))
}

/// Tags of everything that has some.
fn tagged(register: Register) -> Register {
    register
        .on(
            op::TagResource,
            touches::at(
                op::TagResource,
                |input| touches::tags_path(&input.resource_arn),
                touches::tag,
            ),
            tags::put,
        )
        .on(
            op::UntagResource,
            touches::at(
                op::UntagResource,
                |input| touches::tags_path(&input.resource_arn),
                touches::untag,
            ),
            tags::remove,
        )
        .on(
            op::GetTags,
            touches::at(
                op::GetTags,
                |input| touches::tags_path(&input.resource_arn),
                touches::nothing,
            ),
            tags::list,
        )
}

/// API keys, usage plans, VPC links and client certificates.
fn plans(register: Register) -> Operations {
    let register = serve! { register;
        CreateApiKey "/apikeys" () touches::create_api_key => api_key::create;
        ImportApiKeys "/apikeys" () touches::import_api_keys => api_key_import::run;
        GetApiKeys "/apikeys" () touches::nothing => api_key::list;
        GetApiKey "/apikeys/{}" (api_key) touches::nothing => api_key::get;
        UpdateApiKey "/apikeys/{}" (api_key) touches::nothing => api_key::update;
        DeleteApiKey "/apikeys/{}" (api_key) touches::nothing => api_key::delete;

        CreateUsagePlan "/usageplans" () touches::create_usage_plan => usage_plan::create;
        GetUsagePlans "/usageplans" () touches::nothing => usage_plan::list;
        GetUsagePlan "/usageplans/{}" (usage_plan_id) touches::nothing => usage_plan::get;
        UpdateUsagePlan "/usageplans/{}" (usage_plan_id) touches::nothing => usage_plan::update;
        DeleteUsagePlan "/usageplans/{}" (usage_plan_id) touches::nothing => usage_plan::delete;

        CreateUsagePlanKey "/usageplans/{}/keys" (usage_plan_id) touches::nothing => usage_plan_key::create;
        GetUsagePlanKeys "/usageplans/{}/keys" (usage_plan_id) touches::nothing => usage_plan_key::list;
        GetUsagePlanKey "/usageplans/{}/keys/{}" (usage_plan_id, key_id) touches::nothing => usage_plan_key::get;
        DeleteUsagePlanKey "/usageplans/{}/keys/{}" (usage_plan_id, key_id) touches::nothing => usage_plan_key::delete;
        GetUsage "/usageplans/{}/usage" (usage_plan_id) touches::nothing => usage::get;
        CreateVpcLink "/vpclinks" () touches::create_vpc_link => vpc_link::create;
        GetVpcLinks "/vpclinks" () touches::nothing => vpc_link::list;
        GetVpcLink "/vpclinks/{}" (vpc_link_id) touches::nothing => vpc_link::get;
        UpdateVpcLink "/vpclinks/{}" (vpc_link_id) touches::nothing => vpc_link::update;
        DeleteVpcLink "/vpclinks/{}" (vpc_link_id) touches::nothing => vpc_link::delete;

        GenerateClientCertificate "/clientcertificates" () touches::generate_client_certificate => client_certificate::generate;
        GetClientCertificates "/clientcertificates" () touches::nothing => client_certificate::list;
        GetClientCertificate "/clientcertificates/{}" (client_certificate_id) touches::nothing => client_certificate::get;
        UpdateClientCertificate "/clientcertificates/{}" (client_certificate_id) touches::nothing => client_certificate::update;
        DeleteClientCertificate "/clientcertificates/{}" (client_certificate_id) touches::nothing => client_certificate::delete;
        UpdateUsage "/usageplans/{}/keys/{}/usage" (usage_plan_id, key_id) touches::nothing => usage::update;
    };
    register.finish()
}
