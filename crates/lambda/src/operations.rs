//! The table of contents: every operation, what it touches, who does it.

use crate::{
    Lambda, account, alias, code, code_signing, concurrency, configuration, event_config, function,
    function_url, invoke, invoke_stream, layer, layer_permission, permission, provisioned,
    recursion, resource_policy, runtime_management, tag, touches, version,
};
use api::lambda::op;
use ports::{Call, Touches};
use std::sync::Arc;

/// Lambda's operations, ready for the endpoint.
pub type Operations = smithy::Operations<Call, Touches>;

/// Every operation that Lambda serves; what is missing here answers 501 by name.
#[rustfmt::skip]
pub fn operations(service: Arc<Lambda>) -> Operations {
    Operations::new(api::lambda::SERVICE, service)
        .on(op::CreateFunction, touches::create_function, function::create)
        .on(op::GetFunction, |s, c, i| touches::qualified(s, c, "GetFunction", &i.function_name, i.qualifier.as_deref()), function::get)
        .on(op::GetFunctionConfiguration, |s, c, i| touches::qualified(s, c, "GetFunctionConfiguration", &i.function_name, i.qualifier.as_deref()), function::configuration)
        .on(op::ListFunctions, |_, c, _| touches::account(c, "ListFunctions"), function::list)
        .on(op::DeleteFunction, |s, c, i| touches::qualified(s, c, "DeleteFunction", &i.function_name, i.qualifier.as_deref()), function::delete)
        .on(op::UpdateFunctionCode, |s, c, i| touches::function(s, c, "UpdateFunctionCode", &i.function_name), code::update)
        .on(op::UpdateFunctionConfiguration, touches::update_configuration, configuration::update)
        .on(op::PublishVersion, |s, c, i| touches::function(s, c, "PublishVersion", &i.function_name), version::publish)
        .on(op::ListVersionsByFunction, |s, c, i| touches::function(s, c, "ListVersionsByFunction", &i.function_name), version::list)
        .on(op::CreateAlias, |s, c, i| touches::function(s, c, "CreateAlias", &i.function_name), alias::create)
        .on(op::GetAlias, |s, c, i| touches::function(s, c, "GetAlias", &i.function_name), alias::get)
        .on(op::ListAliases, |s, c, i| touches::function(s, c, "ListAliases", &i.function_name), alias::list)
        .on(op::UpdateAlias, |s, c, i| touches::function(s, c, "UpdateAlias", &i.function_name), alias::update)
        .on(op::DeleteAlias, |s, c, i| touches::function(s, c, "DeleteAlias", &i.function_name), alias::delete)
        .on(op::AddPermission, touches::add_permission, permission::add)
        .on(op::RemovePermission, touches::remove_permission, permission::remove)
        .on(op::GetPolicy, |s, c, i| touches::qualified(s, c, "GetPolicy", &i.function_name, i.qualifier.as_deref()), permission::policy)
        .on(op::PutResourcePolicy, touches::put_resource_policy, resource_policy::put)
        .on(op::GetResourcePolicy, touches::get_resource_policy, resource_policy::get)
        .on(op::DeleteResourcePolicy, touches::delete_resource_policy, resource_policy::delete)
        .on(op::PublishLayerVersion, |_, c, i| touches::layer(c, "PublishLayerVersion", &i.layer_name), layer::publish)
        .on(op::GetLayerVersion, |s, c, i| touches::layer_version(s, c, "GetLayerVersion", &i.layer_name, i.version_number), layer::get)
        .on(op::GetLayerVersionByArn, touches::layer_version_by_arn, layer::get_by_arn)
        .on(op::DeleteLayerVersion, |s, c, i| touches::layer_version(s, c, "DeleteLayerVersion", &i.layer_name, i.version_number), layer::delete)
        .on(op::ListLayerVersions, |_, c, i| touches::layer(c, "ListLayerVersions", &i.layer_name), layer::list_versions)
        .on(op::ListLayers, |_, c, _| touches::account(c, "ListLayers"), layer::list)
        .on(op::AddLayerVersionPermission, |s, c, i| touches::layer_version(s, c, "AddLayerVersionPermission", &i.layer_name, i.version_number), layer_permission::add)
        .on(op::RemoveLayerVersionPermission, |s, c, i| touches::layer_version(s, c, "RemoveLayerVersionPermission", &i.layer_name, i.version_number), layer_permission::remove)
        .on(op::GetLayerVersionPolicy, |s, c, i| touches::layer_version(s, c, "GetLayerVersionPolicy", &i.layer_name, i.version_number), layer_permission::policy)
        .on(op::TagResource, |s, c, i| touches::tagged(s, c, "TagResource", &i.resource, Some(&i.tags), None), tag::add)
        .on(op::UntagResource, |s, c, i| touches::tagged(s, c, "UntagResource", &i.resource, None, Some(&i.tag_keys)), tag::remove)
        .on(op::ListTags, |s, c, i| touches::tagged(s, c, "ListTags", &i.resource, None, None), tag::list)
        .on(op::GetAccountSettings, |_, c, _| touches::account(c, "GetAccountSettings"), account::settings)
        .on(op::PutFunctionConcurrency, |s, c, i| touches::function(s, c, "PutFunctionConcurrency", &i.function_name), concurrency::put)
        .on(op::GetFunctionConcurrency, |s, c, i| touches::function(s, c, "GetFunctionConcurrency", &i.function_name), concurrency::get)
        .on(op::DeleteFunctionConcurrency, |s, c, i| touches::function(s, c, "DeleteFunctionConcurrency", &i.function_name), concurrency::delete)
        .on(op::PutProvisionedConcurrencyConfig, |s, c, i| touches::qualified(s, c, "PutProvisionedConcurrencyConfig", &i.function_name, Some(&i.qualifier)), provisioned::put)
        .on(op::GetProvisionedConcurrencyConfig, |s, c, i| touches::qualified(s, c, "GetProvisionedConcurrencyConfig", &i.function_name, Some(&i.qualifier)), provisioned::get)
        .on(op::DeleteProvisionedConcurrencyConfig, |s, c, i| touches::qualified(s, c, "DeleteProvisionedConcurrencyConfig", &i.function_name, Some(&i.qualifier)), provisioned::delete)
        .on(op::ListProvisionedConcurrencyConfigs, |s, c, i| touches::function(s, c, "ListProvisionedConcurrencyConfigs", &i.function_name), provisioned::list)
        .on(op::GetFunctionCodeSigningConfig, |s, c, i| touches::function(s, c, "GetFunctionCodeSigningConfig", &i.function_name), code_signing::get)
        .on(op::PutFunctionCodeSigningConfig, |s, c, i| touches::function(s, c, "PutFunctionCodeSigningConfig", &i.function_name), code_signing::put)
        .on(op::DeleteFunctionCodeSigningConfig, |s, c, i| touches::function(s, c, "DeleteFunctionCodeSigningConfig", &i.function_name), code_signing::delete)
        .on(op::GetRuntimeManagementConfig, |s, c, i| touches::function(s, c, "GetRuntimeManagementConfig", &i.function_name), runtime_management::get)
        .on(op::PutRuntimeManagementConfig, |s, c, i| touches::function(s, c, "PutRuntimeManagementConfig", &i.function_name), runtime_management::put)
        .on(op::GetFunctionRecursionConfig, |s, c, i| touches::function(s, c, "GetFunctionRecursionConfig", &i.function_name), recursion::get)
        .on(op::PutFunctionRecursionConfig, |s, c, i| touches::function(s, c, "PutFunctionRecursionConfig", &i.function_name), recursion::put)
        .on(op::CreateFunctionUrlConfig, |s, c, i| touches::url(s, c, "CreateFunctionUrlConfig", &i.function_name, i.qualifier.as_deref(), Some(&i.auth_type)), function_url::create)
        .on(op::GetFunctionUrlConfig, |s, c, i| touches::url(s, c, "GetFunctionUrlConfig", &i.function_name, i.qualifier.as_deref(), None), function_url::get)
        .on(op::UpdateFunctionUrlConfig, |s, c, i| touches::url(s, c, "UpdateFunctionUrlConfig", &i.function_name, i.qualifier.as_deref(), i.auth_type.as_deref()), function_url::update)
        .on(op::DeleteFunctionUrlConfig, |s, c, i| touches::url(s, c, "DeleteFunctionUrlConfig", &i.function_name, i.qualifier.as_deref(), None), function_url::delete)
        .on(op::ListFunctionUrlConfigs, |s, c, i| touches::function(s, c, "ListFunctionUrlConfigs", &i.function_name), function_url::list)
        .on(op::PutFunctionEventInvokeConfig, |s, c, i| touches::qualified(s, c, "PutFunctionEventInvokeConfig", &i.function_name, i.qualifier.as_deref()), event_config::put)
        .on(op::UpdateFunctionEventInvokeConfig, |s, c, i| touches::qualified(s, c, "UpdateFunctionEventInvokeConfig", &i.function_name, i.qualifier.as_deref()), event_config::update)
        .on(op::GetFunctionEventInvokeConfig, |s, c, i| touches::qualified(s, c, "GetFunctionEventInvokeConfig", &i.function_name, i.qualifier.as_deref()), event_config::get)
        .on(op::DeleteFunctionEventInvokeConfig, |s, c, i| touches::qualified(s, c, "DeleteFunctionEventInvokeConfig", &i.function_name, i.qualifier.as_deref()), event_config::delete)
        .on(op::ListFunctionEventInvokeConfigs, |s, c, i| touches::function(s, c, "ListFunctionEventInvokeConfigs", &i.function_name), event_config::list)
        .on(op::Invoke, |_, _, _| touches::front_door(), invoke::serve)
        .on_streaming(op::InvokeWithResponseStream, |_, _, _| touches::front_door(), invoke_stream::serve)
        .on(op::InvokeAsync, |_, _, _| touches::front_door(), invoke::serve_async)
        .finish()
}
