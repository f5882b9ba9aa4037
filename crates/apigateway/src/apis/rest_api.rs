//! REST APIs: made, listed, changed, deleted.

use crate::{
    API_ID_LENGTH, ApiGateway, Error, ID_LENGTH,
    apis::{model, policy_text, rest_api_patch},
    limits, page, patch,
    record::{
        APIS, ApiRecord, DEPLOYMENTS, GIVEN, GivenRecord, OWNED, OwnedRecord, deployment_key,
        owned_key,
    },
    tags, view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{ApiKeySource, EndpointConfiguration, Resource, RestApi};
use smithy::ServiceError;
use std::{collections::BTreeMap, sync::Arc};
use store::SCAN_MAX;

/// CreateRestApi, also from another API of the same account.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateRestApiRequest,
) -> Result<wire::RestApi, ServiceError> {
    let original = match &input.clone_from {
        Some(id) => Some(service.api(&call, id).await?.api),
        None => None,
    };
    let mut api = service.draft(&call).await?;
    match original {
        Some(original) => copy(&original, &mut api),
        None => {
            for model in model::defaults(|| service.id(ID_LENGTH, |_| false)) {
                api.models.insert(model.name.clone(), model);
            }
        }
    }
    fill(&mut api, input)?;
    let made = service.add_api(api).await?;
    Ok(view::rest_api(&made, false))
}

/// GetRestApi.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetRestApiRequest,
) -> Result<wire::RestApi, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    Ok(view::rest_api(&record.api, true))
}

/// GetRestApis: the caller's account and region, in order of id.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetRestApisRequest,
) -> Result<wire::RestApis, ServiceError> {
    let prefix = owned_key(call.account.as_str(), call.region.as_str(), "");
    let owned = service
        .store
        .scan(&OWNED, &prefix, None, SCAN_MAX)
        .await
        .map_err(Error::from)?;
    let ids = owned.into_iter().filter_map(|(key, _)| {
        let id = key.rsplit('/').next()?.to_owned();
        Some((id.clone(), id))
    });
    let page = page::cut(ids.collect(), input.limit, input.position.as_deref());
    let mut items = Vec::new();
    for id in &page.items {
        match service.api(&call, id).await {
            Ok(record) => items.push(view::rest_api(&record.api, true)),
            // Deleted since the page was cut.
            Err(Error::UnknownApi { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(wire::RestApis {
        items: Some(items),
        position: page.position,
    })
}

/// UpdateRestApi.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateRestApiRequest,
) -> Result<wire::RestApi, ServiceError> {
    let changed = service
        .edit(&call, &input.rest_api_id, |record| {
            for patch in patch::parse(input.patch_operations)? {
                rest_api_patch::apply(&mut record.api, &patch)?;
            }
            // The endpoint's settings hold for stages that are live already, deployed or not.
            if !record.stages.is_empty() {
                service.check_live(&record.api)?;
            }
            Ok(record.api.clone())
        })
        .await?;
    Ok(view::rest_api(&changed, true))
}

/// DeleteRestApi, with its stages and deployments. Its id is never given again.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteRestApiRequest,
) -> Result<wire::DeleteRestApiOutput, ServiceError> {
    service.remove_api(&call, &input.rest_api_id).await?;
    Ok(wire::DeleteRestApiOutput::default())
}

impl ApiGateway {
    /// An API with id, owner and root, not stored yet. It is filled outside of any transaction,
    /// since reading a large document takes its time, and then given to [`Self::add_api`].
    pub(crate) async fn draft(&self, call: &Call) -> Result<RestApi, Error> {
        let mut id = self.id(API_ID_LENGTH, |_| false);
        while self.store.get(&GIVEN, &id).await?.is_some() {
            id = self.id(API_ID_LENGTH, |_| false);
        }
        let root_id = self.id(API_ID_LENGTH, |_| false);
        Ok(blank(call, id, self.now_ms(), root_id))
    }

    /// Stores a new API; from here on its id is never given again.
    pub(crate) async fn add_api(&self, api: RestApi) -> Result<RestApi, Error> {
        let _turn = self.turn.lock().await;
        let mut tx = self.store.begin().await;
        if tx.get(&GIVEN, &api.id).await?.is_some() {
            // Two drafts drew the same id of 36^10.
            return Err(Error::concurrent());
        }
        let prefix = owned_key(&api.account, &api.region, "");
        let owned = tx.scan(&OWNED, &prefix, None, limits::APIS_MAX).await?;
        if owned.len() >= limits::APIS_MAX {
            return Err(Error::LimitExceeded(
                "Maximum number of APIs for this account has been reached. Please contact AWS if \
                 you need additional APIs."
                    .into(),
            ));
        }
        let given = GivenRecord {
            account: api.account.clone(),
        };
        let record = ApiRecord {
            api,
            revision: 1,
            ..ApiRecord::default()
        };
        let api = &record.api;
        let owned = owned_key(&api.account, &api.region, &api.id);
        tx.put(&GIVEN, &api.id, &given)?;
        tx.put(&OWNED, &owned, &OwnedRecord {})?;
        tx.put(&APIS, &api.id, &record)?;
        tx.commit().await?;
        self.live.put(&record.api.id, BTreeMap::new());
        Ok(record.api)
    }

    async fn remove_api(&self, call: &Call, api_id: &str) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let mut tx = self.store.begin().await;
        let found = tx.get(&APIS, api_id).await?;
        let record = crate::edit::own(call, api_id, found)?;
        for id in &record.deployments {
            tx.delete(&DEPLOYMENTS, &deployment_key(api_id, id));
        }
        let api = &record.api;
        tx.delete(&APIS, api_id);
        tx.delete(&OWNED, &owned_key(&api.account, &api.region, &api.id));
        tx.commit().await?;
        self.live.remove(api_id);
        Ok(())
    }
}

/// An API with nothing but its root.
fn blank(call: &Call, id: String, created_ms: i64, root_id: String) -> RestApi {
    let root = Resource {
        id: root_id.clone(),
        path: "/".into(),
        ..Resource::default()
    };
    RestApi {
        id,
        account: call.account.to_string(),
        region: call.region.to_string(),
        created_ms,
        endpoint: endpoint(None).unwrap_or_default(),
        root_resource_id: root_id.clone(),
        resources: BTreeMap::from([(root_id, root)]),
        ..RestApi::default()
    }
}

/// Takes over what an API is made of; its name, tags and stages stay behind.
fn copy(original: &RestApi, api: &mut RestApi) {
    let copied = RestApi {
        id: api.id.clone(),
        created_ms: api.created_ms,
        name: String::new(),
        description: None,
        version: None,
        // Its resources name the original; a copy must not let callers in by it.
        policy: original
            .policy
            .as_ref()
            .map(|policy| policy.replace(&original.id, &api.id)),
        tags: BTreeMap::new(),
        ..original.clone()
    };
    *api = copied;
}

fn fill(api: &mut RestApi, input: wire::CreateRestApiRequest) -> Result<(), Error> {
    if input.name.is_empty() {
        return Err(Error::bad("Name cannot be empty"));
    }
    if input.description.as_deref() == Some("") {
        return Err(Error::bad("Description cannot be an empty string"));
    }
    api.name = input.name;
    api.description = input.description;
    api.version = input.version;
    if let Some(types) = input.binary_media_types {
        api.binary_media_types = types;
    }
    if let Some(bytes) = input.minimum_compression_size {
        api.minimum_compression_size = Some(compression(bytes)?);
    }
    if let Some(source) = input.api_key_source {
        api.api_key_source = key_source(&source);
    }
    if input.endpoint_configuration.is_some() {
        api.endpoint = endpoint(input.endpoint_configuration)?;
    }
    if let Some(policy) = input.policy {
        api.policy = policy_text::read(api, &policy)?;
    }
    if let Some(tags) = input.tags {
        api.tags = tags::checked(tags)?;
    }
    if let Some(is_off) = input.disable_execute_api_endpoint {
        api.disable_execute_api_endpoint = is_off;
    }
    api.security_policy = input.security_policy.or(api.security_policy.take());
    api.endpoint_access_mode = input
        .endpoint_access_mode
        .or(api.endpoint_access_mode.take());
    Ok(())
}

/// Where keys come from, by AWS's word.
pub fn key_source(word: &str) -> ApiKeySource {
    if word == "AUTHORIZER" {
        ApiKeySource::Authorizer
    } else {
        ApiKeySource::Header
    }
}

/// Passes a size from which answers are compressed.
///
/// # Errors
/// Below 0 or above 10,485,760.
pub fn compression(bytes: i32) -> Result<i32, Error> {
    if (0..=limits::COMPRESSION_BYTES_MAX).contains(&bytes) {
        return Ok(bytes);
    }
    Err(Error::bad(
        "Invalid minimum compression size, must be between 0 and 10485760",
    ))
}

/// An endpoint with AWS's defaults: EDGE over ipv4, PRIVATE over dualstack.
///
/// # Errors
/// Two types; an address type that the endpoint type does not have.
pub fn endpoint(
    given: Option<wire::EndpointConfiguration>,
) -> Result<EndpointConfiguration, Error> {
    let given = given.unwrap_or_default();
    let mut types = given.types.unwrap_or_default();
    if types.len() > 1 {
        return Err(Error::bad(
            "Cannot create an api with multiple Endpoint Types.",
        ));
    }
    if types.is_empty() {
        types.push("EDGE".into());
    }
    let is_private = types.iter().any(|kind| kind == "PRIVATE");
    let usual = if is_private { "dualstack" } else { "ipv4" };
    let address = given.ip_address_type.unwrap_or_else(|| usual.into());
    check_address_type(&address, is_private)?;
    Ok(EndpointConfiguration {
        types,
        ip_address_type: Some(address),
        vpc_endpoint_ids: given.vpc_endpoint_ids.unwrap_or_default(),
    })
}

/// Passes an address type that the endpoint has.
///
/// # Errors
/// AWS's sentences.
pub fn check_address_type(address: &str, is_private: bool) -> Result<(), Error> {
    match address {
        "dualstack" => Ok(()),
        "ipv4" if is_private => Err(Error::bad(
            "Only dualstack ipAddressType is supported for Private APIs.",
        )),
        "ipv4" => Ok(()),
        _ => Err(Error::bad(
            "ipAddressType must be either ipv4 or dualstack.",
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn given(types: &[&str], address: Option<&str>) -> Option<wire::EndpointConfiguration> {
        Some(wire::EndpointConfiguration {
            types: Some(types.iter().map(|kind| (*kind).to_owned()).collect()),
            ip_address_type: address.map(Into::into),
            vpc_endpoint_ids: None,
        })
    }

    #[test]
    fn endpoints_have_awss_defaults() {
        for (config, kind, address) in [
            (None, "EDGE", "ipv4"),
            (given(&[], None), "EDGE", "ipv4"),
            (given(&["REGIONAL"], None), "REGIONAL", "ipv4"),
            (given(&["PRIVATE"], None), "PRIVATE", "dualstack"),
        ] {
            let made = endpoint(config).unwrap();
            assert_eq!(made.types, [kind]);
            assert_eq!(made.ip_address_type.as_deref(), Some(address));
        }
        assert!(endpoint(given(&["EDGE", "REGIONAL"], None)).is_err());
        assert!(endpoint(given(&["PRIVATE"], Some("ipv4"))).is_err());
        assert!(endpoint(given(&["EDGE"], Some("ipv6"))).is_err());
    }

    #[test]
    fn compression_is_0_to_10485760() {
        for (bytes, fits) in [
            (-1, false),
            (0, true),
            (10_485_760, true),
            (10_485_761, false),
        ] {
            assert_eq!(compression(bytes).is_ok(), fits, "{bytes}");
        }
    }
}
