//! What an operation touches, for IAM: the verb as action, the path as ARN.
//!
//! `arn:aws:apigateway:{region}::{path}` names no account, so the owner is always the caller's own
//! account; that an API is the caller's is checked where it is read. Source: "How API Gateway
//! works with IAM" and "Actions, resources, and condition keys for Amazon API Gateway Management".

use crate::{
    ApiGateway,
    apis::rest_api,
    condition_keys::{self, Side},
    documents::import,
    existing,
    methods::integration,
    plans::api_key_import,
};
use api::apigateway as wire;
use arn::Arn;
use ports::{Call, Touch, Touches};
use restapi::RestApi;
use smithy::{Operation, ServiceError};
use std::collections::{BTreeMap, BTreeSet};
use stdx::BoxFuture;

/// What stands in an operation's input beside its own path; may add condition keys to its own
/// touch, the last argument.
pub type More<I> = fn(&ApiGateway, &Call, &I, &mut Touch) -> Vec<Touch>;

/// The touches of operation `O`: its verb at `path`, and `more`.
pub fn at<O: Operation>(
    _operation: O,
    path: fn(&O::Input) -> String,
    more: More<O::Input>,
) -> impl for<'a> Fn(
    &'a ApiGateway,
    &'a Call,
    &'a O::Input,
) -> BoxFuture<'a, Result<Touches, ServiceError>>
+ Send
+ Sync
+ 'static {
    move |service, call, input| {
        Box::pin(async move {
            let path = path(input);
            let mut own = touch(call, &format!("apigateway:{}", O::META.method), &path);
            let beside = more(service, call, input, &mut own);
            let mut all = vec![own];
            all.extend(beside);
            for one in &mut all {
                existing::add(service, call, one).await;
            }
            Ok(Touches::All(all))
        })
    }
}

/// Nothing beside the operation's own path.
pub fn nothing<I>(_service: &ApiGateway, _call: &Call, _input: &I, _own: &mut Touch) -> Vec<Touch> {
    Vec::new()
}

/// CreateRestApi: reading the original, setting a policy, tagging.
pub fn create_api(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::CreateRestApiRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let asked = RestApi {
        name: input.name.clone(),
        security_policy: input.security_policy.clone(),
        disable_execute_api_endpoint: input.disable_execute_api_endpoint.unwrap_or_default(),
        // What cannot be read is refused by the operation.
        endpoint: rest_api::endpoint(input.endpoint_configuration.clone()).unwrap_or_default(),
        ..RestApi::default()
    };
    Side::Request.api(&mut own.context, &asked);
    let mut all = tagging(call, own, "/restapis/*", input.tags.as_ref());
    let original = input.clone_from.as_ref();
    all.extend(original.map(|id| touch(call, "apigateway:GET", &format!("/restapis/{id}"))));
    if input.policy.is_some() {
        all.push(touch(call, "apigateway:UpdateRestApiPolicy", "/restapis"));
    }
    all
}

/// UpdateRestApi: setting a policy.
pub fn update_api(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::UpdateRestApiRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let patches = input.patch_operations.as_deref().unwrap_or_default();
    condition_keys::patched_api(&mut own.context, patches);
    let mut paths = patches.iter().filter_map(|patch| patch.path.as_deref());
    let path = format!("/restapis/{}", input.rest_api_id);
    paths
        .any(|path| path == "/policy")
        .then(|| touch(call, "apigateway:UpdateRestApiPolicy", &path))
        .into_iter()
        .collect()
}

/// ImportRestApi: the roles and the policy in the document.
pub fn import_api(
    service: &ApiGateway,
    call: &Call,
    input: &wire::ImportRestApiRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    document(service, call, &input.body, "/restapis", own)
}

/// PutRestApi: the roles and the policy in the document.
pub fn put_api(
    service: &ApiGateway,
    call: &Call,
    input: &wire::PutRestApiRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let path = format!("/restapis/{}", input.rest_api_id);
    document(service, call, &input.body, &path, own)
}

/// PutMethod: who it lets in.
pub fn put_method(
    _service: &ApiGateway,
    _call: &Call,
    input: &wire::PutMethodRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let needs_key = input.api_key_required.unwrap_or_default();
    let kind = input.authorization_type.as_str();
    Side::Request.methods(&mut own.context, [(kind, needs_key)]);
    Vec::new()
}

/// CreateDeployment: the stage that it goes to.
pub fn create_deployment(
    _service: &ApiGateway,
    _call: &Call,
    input: &wire::CreateDeploymentRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    if let Some(name) = &input.stage_name {
        condition_keys::stage_name(&mut own.context, name);
    }
    Vec::new()
}

/// UpdateStage: where it logs to.
pub fn update_stage(
    _service: &ApiGateway,
    _call: &Call,
    input: &wire::UpdateStageRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let patches = input.patch_operations.as_deref().unwrap_or_default();
    condition_keys::patched_stage(&mut own.context, patches);
    Vec::new()
}

/// PutIntegration: handing over the role.
pub fn put_integration(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::PutIntegrationRequest,
    _own: &mut Touch,
) -> Vec<Touch> {
    pass_role(call, input.credentials.as_deref())
}

/// UpdateIntegration: handing over the role.
pub fn update_integration(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::UpdateIntegrationRequest,
    _own: &mut Touch,
) -> Vec<Touch> {
    patched_role(call, input.patch_operations.as_deref(), "/credentials")
}

/// CreateAuthorizer: handing over the role.
pub fn create_authorizer(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::CreateAuthorizerRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let (kind, uri) = (input.type_.as_str(), input.authorizer_uri.as_deref());
    Side::Request.authorizers(&mut own.context, [(kind, uri)]);
    pass_role(call, input.authorizer_credentials.as_deref())
}

/// UpdateAuthorizer: handing over the role.
pub fn update_authorizer(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::UpdateAuthorizerRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let patches = input.patch_operations.as_deref().unwrap_or_default();
    condition_keys::patched_authorizer(&mut own.context, patches);
    patched_role(
        call,
        input.patch_operations.as_deref(),
        "/authorizerCredentials",
    )
}

/// UpdateAccount: handing over the role that writes logs.
pub fn update_account(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::UpdateAccountRequest,
    _own: &mut Touch,
) -> Vec<Touch> {
    patched_role(
        call,
        input.patch_operations.as_deref(),
        "/cloudwatchRoleArn",
    )
}

/// CreateStage: the tags it gives.
///
/// UNVERIFIED: whether AWS asks for the stage's own name here, as it does not know the id of a new
/// API; a policy for `/tags/*` allows either.
pub fn create_stage(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::CreateStageRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    let path = format!(
        "/restapis/{}/stages/{}",
        input.rest_api_id, input.stage_name
    );
    tagging(call, own, &path, input.tags.as_ref())
}

/// CreateApiKey: the tags it gives.
pub fn create_api_key(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::CreateApiKeyRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    tagging(call, own, "/apikeys/*", input.tags.as_ref())
}

/// CreateVpcLink: the tags it gives.
pub fn create_vpc_link(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::CreateVpcLinkRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    tagging(call, own, "/vpclinks/*", input.tags.as_ref())
}

/// GenerateClientCertificate: the tags it gives.
pub fn generate_client_certificate(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::GenerateClientCertificateRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    tagging(call, own, "/clientcertificates/*", input.tags.as_ref())
}

/// ImportApiKeys: the usage plans that its file puts keys into, as CreateUsagePlanKey touches them.
pub fn import_api_keys(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::ImportApiKeysRequest,
    _own: &mut Touch,
) -> Vec<Touch> {
    let plans = api_key_import::plans(&input.body);
    let keys = plans.iter().map(|plan| format!("/usageplans/{plan}/keys"));
    keys.map(|path| touch(call, "apigateway:POST", &path))
        .collect()
}

/// CreateUsagePlan: the tags it gives.
pub fn create_usage_plan(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::CreateUsagePlanRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    tagging(call, own, "/usageplans/*", input.tags.as_ref())
}

/// TagResource: the tags it gives, to a resource that the caller may change.
///
/// Tested against AWS by <https://github.com/iann0036/iam-dataset/pull/39>.
pub fn tag(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::TagResourceRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    request_tags(own, Some(&input.tags));
    let (_, path) = input.resource_arn.split_once("::").unwrap_or_default();
    let mut change = touch(call, "apigateway:PATCH", path);
    change.context = own.context.clone();
    vec![change]
}

/// UntagResource: the keys it takes away.
pub fn untag(
    _service: &ApiGateway,
    _call: &Call,
    input: &wire::UntagResourceRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    own.context.set_many("aws:TagKeys", input.tag_keys.clone());
    Vec::new()
}

/// `/tags/{percent-encoded ARN}`.
pub fn tags_path(arn: &str) -> String {
    let mut path = String::from("/tags/");
    for byte in arn.bytes() {
        // AWS leaves the `*` that stands for an id not yet given.
        if byte.is_ascii_alphanumeric() || b"-._~*".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

fn touch(call: &Call, action: &str, path: &str) -> Touch {
    let resource = format!("arn:aws:apigateway:{}::{path}", call.region);
    Touch::new(action, resource, call.account.clone())
}

/// `aws:RequestTag/{key}` and `aws:TagKeys`.
fn request_tags(own: &mut Touch, tags: Option<&BTreeMap<String, String>>) {
    let Some(tags) = tags.filter(|tags| !tags.is_empty()) else {
        return;
    };
    for (key, value) in tags {
        let key = format!("aws:RequestTag/{key}");
        own.context.set(&key, value.clone());
    }
    own.context
        .set_many("aws:TagKeys", tags.keys().cloned().collect());
}

/// Giving tags to what is about to be made at `path`, as TagResource does.
///
/// Observed on AWS: CreateRestApi with tags is refused without `apigateway:PUT` on
/// `/tags/{encoded ARN of /restapis/*}` (<https://github.com/mattclay/aws-terminator/pull/284>).
fn tagging(
    call: &Call,
    own: &mut Touch,
    path: &str,
    tags: Option<&BTreeMap<String, String>>,
) -> Vec<Touch> {
    let Some(tags) = tags.filter(|tags| !tags.is_empty()) else {
        return Vec::new();
    };
    request_tags(own, Some(tags));
    let arn = format!("arn:aws:apigateway:{}::{path}", call.region);
    let mut put = touch(call, "apigateway:PUT", &tags_path(&arn));
    request_tags(&mut put, Some(tags));
    vec![put]
}

/// Handing a role of the caller's account to API Gateway. Roles of other accounts are refused by
/// the operation itself, in its own words.
fn pass_role(call: &Call, role: Option<&str>) -> Vec<Touch> {
    let Some(text) = role.filter(|text| !integration::is_callers_own(text)) else {
        return Vec::new();
    };
    let Ok(role) = text.parse::<Arn>() else {
        return Vec::new();
    };
    if role.account_id().as_ref() != Some(&call.account) {
        return Vec::new();
    }
    let mut touch = Touch::new("iam:PassRole", role.as_str(), call.account.clone());
    touch
        .context
        .set("iam:PassedToService", "apigateway.amazonaws.com");
    vec![touch]
}

fn patched_role(call: &Call, patches: Option<&[wire::PatchOperation]>, path: &str) -> Vec<Touch> {
    let patches = patches.unwrap_or_default().iter();
    patches
        .filter(|patch| patch.path.as_deref() == Some(path))
        .flat_map(|patch| pass_role(call, patch.value.as_deref()))
        .collect()
}

/// What a document sets that needs a permission of its own.
fn document(
    service: &ApiGateway,
    call: &Call,
    body: &[u8],
    path: &str,
    own: &mut Touch,
) -> Vec<Touch> {
    let preview = import::preview(service, call, body);
    Side::Request.api(&mut own.context, &preview);
    Side::Request.collections(&mut own.context, &preview);
    let mut all: Vec<Touch> = roles(&preview)
        .into_iter()
        .flat_map(|role| pass_role(call, Some(role)))
        .collect();
    if preview.policy.is_some() {
        all.push(touch(call, "apigateway:UpdateRestApiPolicy", path));
    }
    all
}

/// Every role that an API names, once.
fn roles(api: &RestApi) -> BTreeSet<&str> {
    let methods = api.resources.values().flat_map(|one| one.methods.values());
    let integrations = methods.filter_map(|method| method.integration.as_ref());
    integrations
        .filter_map(|integration| integration.credentials.as_deref())
        .chain(
            api.authorizers
                .values()
                .filter_map(|one| one.credentials.as_deref()),
        )
        .collect()
}
