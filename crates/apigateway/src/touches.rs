//! What an operation touches, for IAM: the verb as action, the path as ARN.
//!
//! `arn:aws:apigateway:{region}::{path}` names no account, so the owner is always the caller's own
//! account; that an API is the caller's is checked where it is read. Source: "How API Gateway
//! works with IAM" and "Actions, resources, and condition keys for Amazon API Gateway Management".

use crate::{
    ApiGateway, api_key_import, import, integration,
    record::APIS,
    record_plans::{API_KEYS, USAGE_PLANS, owner_prefix},
};
use api::apigateway as wire;
use arn::Arn;
use policy::Context;
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
            let tags = resource_tags(service, call, &path).await;
            let mut own = touch(call, &format!("apigateway:{}", O::META.method), &path);
            let beside = more(service, call, input, &mut own);
            let mut all = vec![own];
            all.extend(beside);
            for one in &mut all {
                one.context.extend(&tags);
            }
            Ok(Touches::All(all))
        })
    }
}

/// Nothing beside the operation's own path.
pub fn nothing<I>(_service: &ApiGateway, _call: &Call, _input: &I, _own: &mut Touch) -> Vec<Touch> {
    Vec::new()
}

/// CreateRestApi: reading the original, setting a policy.
pub fn create_api(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::CreateRestApiRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    request_tags(own, input.tags.as_ref());
    let original = input.clone_from.as_ref();
    let mut all: Vec<Touch> = original
        .map(|id| touch(call, "apigateway:GET", &format!("/restapis/{id}")))
        .into_iter()
        .collect();
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
    _own: &mut Touch,
) -> Vec<Touch> {
    let patches = input.patch_operations.iter().flatten();
    let mut paths = patches.filter_map(|patch| patch.path.as_deref());
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
    _own: &mut Touch,
) -> Vec<Touch> {
    document(service, call, &input.body, "/restapis")
}

/// PutRestApi: the roles and the policy in the document.
pub fn put_api(
    service: &ApiGateway,
    call: &Call,
    input: &wire::PutRestApiRequest,
    _own: &mut Touch,
) -> Vec<Touch> {
    let path = format!("/restapis/{}", input.rest_api_id);
    document(service, call, &input.body, &path)
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
    _own: &mut Touch,
) -> Vec<Touch> {
    pass_role(call, input.authorizer_credentials.as_deref())
}

/// UpdateAuthorizer: handing over the role.
pub fn update_authorizer(
    _service: &ApiGateway,
    call: &Call,
    input: &wire::UpdateAuthorizerRequest,
    _own: &mut Touch,
) -> Vec<Touch> {
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
pub fn create_stage(
    _service: &ApiGateway,
    _call: &Call,
    input: &wire::CreateStageRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    request_tags(own, input.tags.as_ref());
    Vec::new()
}

/// CreateApiKey: the tags it gives.
pub fn create_api_key(
    _service: &ApiGateway,
    _call: &Call,
    input: &wire::CreateApiKeyRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    request_tags(own, input.tags.as_ref());
    Vec::new()
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
    _call: &Call,
    input: &wire::CreateUsagePlanRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    request_tags(own, input.tags.as_ref());
    Vec::new()
}

/// TagResource: the tags it gives.
pub fn tag(
    _service: &ApiGateway,
    _call: &Call,
    input: &wire::TagResourceRequest,
    own: &mut Touch,
) -> Vec<Touch> {
    request_tags(own, Some(&input.tags));
    Vec::new()
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
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
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

/// `aws:ResourceTag/{key}` of the API, API key or usage plan that a path names, or of the stage
/// where it names one; of what the ARN names where the path is one of tags.
async fn resource_tags(service: &ApiGateway, call: &Call, path: &str) -> Context {
    let mut context = Context::new();
    // The two characters of such an ARN that `tags_path` had to encode.
    let decoded = path.replace("%3A", ":").replace("%2F", "/");
    let path = match decoded.strip_prefix("/tags/") {
        Some(arn) => arn.split_once("::").map_or("", |(_, path)| path),
        None => path,
    };
    // A store that cannot be read fails the operation itself a moment later.
    let tags = stored_tags(service, call, path).await.unwrap_or_default();
    for (key, value) in tags {
        context.set(&format!("aws:ResourceTag/{key}"), value);
    }
    context
}

async fn stored_tags(
    service: &ApiGateway,
    call: &Call,
    path: &str,
) -> Option<BTreeMap<String, String>> {
    let mut parts = path.split('/').skip(1);
    let (kind, id) = (parts.next()?, parts.next()?);
    let owned = format!("{}{id}", owner_prefix(call));
    match kind {
        "restapis" => {
            let found = service.store.get(&APIS, id).await.ok()??;
            let is_own = found.api.account == call.account.as_str();
            let record = is_own.then_some(found)?;
            let stage = match (parts.next(), parts.next()) {
                (Some("stages"), Some(name)) => record.stages.get(name),
                _ => None,
            };
            Some(stage.map_or(record.api.tags, |stage| stage.tags.clone()))
        }
        "apikeys" => Some(service.store.get(&API_KEYS, &owned).await.ok()??.tags),
        "usageplans" => Some(service.store.get(&USAGE_PLANS, &owned).await.ok()??.tags),
        _ => None,
    }
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
fn document(service: &ApiGateway, call: &Call, body: &[u8], path: &str) -> Vec<Touch> {
    let preview = import::preview(service, call, body);
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
