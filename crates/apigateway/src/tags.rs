//! Tags of APIs, stages and of all else that an account has beside them, by ARN.

use crate::{
    ApiGateway, Error,
    certificates::{
        client_certificate,
        record_certificates::{CLIENT_CERTIFICATES, ClientCertificateRecord},
    },
    limits,
    links::{
        record_links::{VPC_LINKS, VpcLinkRecord},
        vpc_link,
    },
    plans::{
        api_key,
        record_plans::{API_KEYS, ApiKeyRecord, UsagePlanRecord, owner_prefix},
    },
};
use api::apigateway as wire;
use arn::Arn;
use ports::Call;
use smithy::ServiceError;
use std::{collections::BTreeMap, sync::Arc};

/// What a tagged ARN names.
#[derive(Debug, PartialEq, Eq)]
enum Tagged {
    Api(String),
    Stage(String, String),
    ApiKey(String),
    UsagePlan(String),
    VpcLink(String),
    ClientCertificate(String),
}

/// TagResource.
pub async fn put(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::TagResourceRequest,
) -> Result<wire::TagResourceOutput, ServiceError> {
    change(&service, &call, &input.resource_arn, |tags| {
        tags.extend(input.tags);
    })
    .await?;
    Ok(wire::TagResourceOutput::default())
}

/// UntagResource.
pub async fn remove(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UntagResourceRequest,
) -> Result<wire::UntagResourceOutput, ServiceError> {
    change(&service, &call, &input.resource_arn, |tags| {
        tags.retain(|key, _| !input.tag_keys.contains(key));
    })
    .await?;
    Ok(wire::UntagResourceOutput::default())
}

/// GetTags.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetTagsRequest,
) -> Result<wire::Tags, ServiceError> {
    let tags = match parse(&call, &input.resource_arn)? {
        Tagged::Api(id) => service.api(&call, &id).await?.api.tags,
        Tagged::Stage(id, name) => {
            let mut record = service.api(&call, &id).await?;
            let stage = record.stages.remove(&name);
            stage.ok_or_else(Error::unknown_stage)?.tags
        }
        Tagged::ApiKey(id) => {
            let at = format!("{}{id}", owner_prefix(&call));
            let found = service.store.get(&API_KEYS, &at).await;
            found
                .map_err(Error::from)?
                .ok_or_else(api_key::unknown)?
                .tags
        }
        Tagged::UsagePlan(id) => service.usage_plan(&call, &id).await?.tags,
        Tagged::VpcLink(id) => {
            let at = format!("{}{id}", owner_prefix(&call));
            let found = service.store.get(&VPC_LINKS, &at).await;
            let found = found.map_err(Error::from)?;
            found.ok_or_else(vpc_link::unknown)?.tags
        }
        Tagged::ClientCertificate(id) => {
            let at = format!("{}{id}", owner_prefix(&call));
            let found = service.store.get(&CLIENT_CERTIFICATES, &at).await;
            let found = found.map_err(Error::from)?;
            found.ok_or_else(client_certificate::unknown)?.tags
        }
    };
    Ok(wire::Tags { tags: Some(tags) })
}

/// Passes tags within AWS's bounds.
///
/// # Errors
/// Too many; UNVERIFIED: AWS's text.
pub fn checked(tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Error> {
    if tags.len() > limits::TAGS_MAX {
        return Err(Error::bad("Too many tags: a resource can have up to 50"));
    }
    if tags
        .keys()
        .any(|key| key.to_ascii_lowercase().starts_with("aws:"))
    {
        return Err(Error::bad(
            "Invalid tag key. The aws: prefix is reserved for system tags",
        ));
    }
    Ok(tags)
}

async fn change(
    service: &ApiGateway,
    call: &Call,
    arn: &str,
    change: impl FnOnce(&mut BTreeMap<String, String>) + Send,
) -> Result<(), Error> {
    let (id, stage) = match parse(call, arn)? {
        Tagged::Api(id) => (id, None),
        Tagged::Stage(id, stage) => (id, Some(stage)),
        Tagged::ApiKey(id) => {
            let edit = |key: &mut ApiKeyRecord| edit(&mut key.tags, change);
            return service.change_api_key(call, &id, edit).await.map(drop);
        }
        Tagged::UsagePlan(id) => {
            let edit = |plan: &mut UsagePlanRecord| edit(&mut plan.tags, change);
            return service.change_usage_plan(call, &id, edit).await.map(drop);
        }
        Tagged::VpcLink(id) => {
            let edit = |link: &mut VpcLinkRecord| edit(&mut link.tags, change);
            return service.change_vpc_link(call, &id, edit).await.map(drop);
        }
        Tagged::ClientCertificate(id) => {
            let edit = |record: &mut ClientCertificateRecord| edit(&mut record.tags, change);
            let changed = service.change_client_certificate(call, &id, edit).await;
            return changed.map(drop);
        }
    };
    // A stage's tags are part of its live value; the data plane does not read them, so a live
    // stage that shows old tags until its next change is no harm.
    service
        .edit(call, &id, |record| {
            let tags = match &stage {
                None => &mut record.api.tags,
                Some(name) => {
                    let stage = record.stages.get_mut(name);
                    &mut stage.ok_or_else(Error::unknown_stage)?.tags
                }
            };
            edit(tags, change)
        })
        .await
}

fn edit(
    tags: &mut BTreeMap<String, String>,
    change: impl FnOnce(&mut BTreeMap<String, String>),
) -> Result<(), Error> {
    change(tags);
    *tags = checked(std::mem::take(tags))?;
    Ok(())
}

/// `arn:aws:apigateway:{region}::/restapis/{id}`, `…/restapis/{id}/stages/{stage}`,
/// `…/apikeys/{id}`, `…/usageplans/{id}`, `…/vpclinks/{id}` or `…/clientcertificates/{id}`.
fn parse(call: &Call, text: &str) -> Result<Tagged, Error> {
    // UNVERIFIED: AWS's text.
    let refuse = || Error::bad(format!("Invalid ARN. ARN is not well formed {text}"));
    let arn: Arn = text.parse().map_err(|_| refuse())?;
    if arn.service() != "apigateway" || arn.region() != call.region.as_str() {
        return Err(refuse());
    }
    let parts: Vec<&str> = arn.resource().split('/').collect();
    match parts.as_slice() {
        ["", "restapis", id] => Ok(Tagged::Api((*id).to_owned())),
        ["", "restapis", id, "stages", stage] => {
            Ok(Tagged::Stage((*id).to_owned(), (*stage).to_owned()))
        }
        ["", "apikeys", id] => Ok(Tagged::ApiKey((*id).to_owned())),
        ["", "usageplans", id] => Ok(Tagged::UsagePlan((*id).to_owned())),
        ["", "vpclinks", id] => Ok(Tagged::VpcLink((*id).to_owned())),
        ["", "clientcertificates", id] => Ok(Tagged::ClientCertificate((*id).to_owned())),
        _ => Err(refuse()),
    }
}
