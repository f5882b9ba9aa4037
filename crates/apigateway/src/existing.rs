//! What is known of a resource that an operation touches, for the conditions of policies.

use crate::{
    ApiGateway,
    certificates::record_certificates::CLIENT_CERTIFICATES,
    condition_keys,
    links::record_links::VPC_LINKS,
    plans::record_plans::{API_KEYS, USAGE_PLANS, owner_prefix},
    record::APIS,
};
use policy::Context;
use ports::{Call, Touch};
use std::collections::BTreeMap;

/// What is known of the touched resource: `aws:ResourceTag/{key}` of what its path
/// names, or of the stage where it names one; of what the ARN names where the
/// path is one of tags; and `apigateway:Resource/…`.
pub async fn add(service: &ApiGateway, call: &Call, touch: &mut Touch) {
    let Some(verb) = touch.action.strip_prefix("apigateway:").map(str::to_owned) else {
        return;
    };
    // The two characters of such an ARN that `tags_path` had to encode.
    let decoded = touch.resource.replace("%3A", ":").replace("%2F", "/");
    let path = match decoded.split_once("::/tags/") {
        Some((_, arn)) => arn,
        None => decoded.as_str(),
    };
    let path = path.split_once("::").map_or("", |(_, path)| path);
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let [kind, id, below @ ..] = parts.as_slice() else {
        return;
    };
    // A store that cannot be read fails the operation itself a moment later.
    let tags = match *kind {
        "restapis" => existing_api(service, call, id, below, &verb, &mut touch.context).await,
        _ => owned_tags(service, call, kind, id).await,
    };
    for (key, value) in tags.unwrap_or_default() {
        touch.context.set(&format!("aws:ResourceTag/{key}"), value);
    }
}

async fn existing_api(
    service: &ApiGateway,
    call: &Call,
    id: &str,
    below: &[&str],
    verb: &str,
    context: &mut Context,
) -> Option<BTreeMap<String, String>> {
    let found = service.store.get(&APIS, id).await.ok()??;
    let is_own = found.api.account == call.account.as_str();
    let record = is_own.then_some(found)?;
    let stage = |name: &str| record.stages.get(name);
    condition_keys::existing(context, verb, below, &record.api, stage);
    let stage = match below {
        ["stages", name, ..] => stage(name),
        _ => None,
    };
    Some(stage.map_or(&record.api.tags, |stage| &stage.tags).clone())
}

async fn owned_tags(
    service: &ApiGateway,
    call: &Call,
    kind: &str,
    id: &str,
) -> Option<BTreeMap<String, String>> {
    let owned = format!("{}{id}", owner_prefix(call));
    match kind {
        "apikeys" => Some(service.store.get(&API_KEYS, &owned).await.ok()??.tags),
        "usageplans" => Some(service.store.get(&USAGE_PLANS, &owned).await.ok()??.tags),
        "vpclinks" => Some(service.store.get(&VPC_LINKS, &owned).await.ok()??.tags),
        "clientcertificates" => {
            let found = service.store.get(&CLIENT_CERTIFICATES, &owned).await;
            Some(found.ok()??.tags)
        }
        _ => None,
    }
}
