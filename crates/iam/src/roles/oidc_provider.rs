//! OpenID Connect providers: issuers whose tokens AssumeRoleWithWebIdentity takes ("Create an
//! OpenID Connect (OIDC) identity provider in IAM").
//!
//! Thumbprints are kept and shown. On AWS they let in providers whose certificate no known
//! authority signed; here such providers are not asked, whatever their thumbprint.
// UNVERIFIED: AWS's texts, those that other servers print aside.

use crate::policies::holder::check_quota;
use crate::record::{OIDC_PROVIDERS, OidcProviderRecord, key};
use crate::touches::Keys;
use crate::{Iam, error, limits, page, tag, touches, view};
use api::ServiceError;
use api::iam as shape;
use ports::{Call, Touches};
use std::sync::{Arc, Once};
use stdx::BoxFuture;

/// The provider that a request names by ARN.
pub(crate) fn touch<'a>(
    iam: &'a Iam,
    call: &'a Call,
    action: &'static str,
    arn: &'a str,
    keys: Keys<'a>,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    Box::pin(async move {
        let name = own(call, arn).unwrap_or_default();
        let place = key(call.account.as_str(), &name);
        let found = iam.store.get(&OIDC_PROVIDERS, &place).await;
        let tags = found.map_err(error::store)?.map(|found| found.tags);
        Ok(touches::tagged(
            call,
            action,
            arn,
            &tags.unwrap_or_default(),
            keys,
        ))
    })
}

/// A provider that does not exist yet.
pub(crate) fn touch_new<'a>(
    call: &'a Call,
    input: &'a shape::CreateOpenIDConnectProviderRequest,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    let arn = arn(call.account.as_str(), name(&input.url));
    let keys = Keys::maybe_tags(input.tags.as_deref());
    let action = "iam:CreateOpenIDConnectProvider";
    let touches = touches::tagged(call, action, &arn, &Default::default(), keys);
    Box::pin(std::future::ready(Ok(touches)))
}

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateOpenIDConnectProviderRequest,
) -> Result<shape::CreateOpenIDConnectProviderResponse, ServiceError> {
    if !iam.issuers.is_issuer_url(&input.url) {
        return Err(error::validation("Invalid Open ID Connect Provider URL"));
    }
    if input.thumbprint_list.is_some() {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| tracing::warn!("accepted a ThumbprintList, which has no effect"));
    }
    let tags = tag::checked(input.tags.unwrap_or_default())?;
    let record = OidcProviderRecord {
        account: call.account.to_string(),
        name: name(&input.url).to_owned(),
        url: input.url.clone(),
        client_ids: input.client_id_list.unwrap_or_default(),
        thumbprints: input.thumbprint_list.unwrap_or_default(),
        created_ms: call.now_ms,
        tags,
    };
    check(&record)?;
    let mut tx = iam.store.begin().await;
    let place = key(call.account.as_str(), &record.name);
    let found = tx.get(&OIDC_PROVIDERS, &place).await;
    if found.map_err(error::store)?.is_some() {
        return Err(ServiceError::new(
            "EntityAlreadyExists",
            format!("Provider with url {} already exists.", input.url),
        ));
    }
    let max = limits::OIDC_PROVIDERS_MAX;
    let quota = "OpenIdConnectProvidersPerAccount";
    check_quota(&tx, &OIDC_PROVIDERS, &call.account, quota, max).await?;
    tx.put(&OIDC_PROVIDERS, &place, &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateOpenIDConnectProviderResponse {
        open_id_connect_provider_arn: Some(arn(&record.account, &record.name)),
        tags: (!record.tags.is_empty()).then(|| view::tags(&record.tags)),
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetOpenIDConnectProviderRequest,
) -> Result<shape::GetOpenIDConnectProviderResponse, ServiceError> {
    let arn = input.open_id_connect_provider_arn;
    let place = key(call.account.as_str(), &own(&call, &arn)?);
    let found = iam.store.get(&OIDC_PROVIDERS, &place).await;
    let record = existing(found.map_err(error::store)?, &arn)?;
    Ok(shape::GetOpenIDConnectProviderResponse {
        // Without its scheme, as AWS shows it.
        url: Some(record.name.clone()),
        client_id_list: Some(record.client_ids.clone()),
        thumbprint_list: Some(record.thumbprints.clone()),
        create_date: Some(view::date(record.created_ms)),
        tags: Some(view::tags(&record.tags)),
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    _: shape::ListOpenIDConnectProvidersRequest,
) -> Result<shape::ListOpenIDConnectProvidersResponse, ServiceError> {
    let all = iam.all(&OIDC_PROVIDERS, &call.account).await?;
    let entry = |record: OidcProviderRecord| shape::OpenIDConnectProviderListEntry {
        arn: Some(arn(&record.account, &record.name)),
    };
    let entries = all.into_iter().map(|(_, record)| entry(record));
    Ok(shape::ListOpenIDConnectProvidersResponse {
        open_id_connect_provider_list: Some(entries.collect()),
    })
}

/// One that is not there is as good as deleted ("DeleteOpenIDConnectProvider").
pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteOpenIDConnectProviderRequest,
) -> Result<shape::DeleteOpenIDConnectProviderOutput, ServiceError> {
    let name = own(&call, &input.open_id_connect_provider_arn)?;
    let mut tx = iam.store.begin().await;
    tx.delete(&OIDC_PROVIDERS, &key(call.account.as_str(), &name));
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteOpenIDConnectProviderOutput {})
}

/// A client that is there already stays ("AddClientIDToOpenIDConnectProvider").
pub(crate) async fn add_client(
    iam: Arc<Iam>,
    call: Call,
    input: shape::AddClientIDToOpenIDConnectProviderRequest,
) -> Result<shape::AddClientIDToOpenIDConnectProviderOutput, ServiceError> {
    let client = input.client_id;
    change(&iam, &call, &input.open_id_connect_provider_arn, |record| {
        if !record.client_ids.contains(&client) {
            record.client_ids.push(client);
        }
    })
    .await?;
    Ok(shape::AddClientIDToOpenIDConnectProviderOutput {})
}

/// A client that is not there is as good as removed.
pub(crate) async fn remove_client(
    iam: Arc<Iam>,
    call: Call,
    input: shape::RemoveClientIDFromOpenIDConnectProviderRequest,
) -> Result<shape::RemoveClientIDFromOpenIDConnectProviderOutput, ServiceError> {
    let client = input.client_id;
    change(&iam, &call, &input.open_id_connect_provider_arn, |record| {
        record.client_ids.retain(|known| *known != client);
    })
    .await?;
    Ok(shape::RemoveClientIDFromOpenIDConnectProviderOutput {})
}

pub(crate) async fn update_thumbprint(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateOpenIDConnectProviderThumbprintRequest,
) -> Result<shape::UpdateOpenIDConnectProviderThumbprintOutput, ServiceError> {
    let thumbprints = input.thumbprint_list;
    change(&iam, &call, &input.open_id_connect_provider_arn, |record| {
        record.thumbprints = thumbprints;
    })
    .await?;
    Ok(shape::UpdateOpenIDConnectProviderThumbprintOutput {})
}

pub(crate) async fn tag(
    iam: Arc<Iam>,
    call: Call,
    input: shape::TagOpenIDConnectProviderRequest,
) -> Result<shape::TagOpenIDConnectProviderOutput, ServiceError> {
    let name = own(&call, &input.open_id_connect_provider_arn)?;
    let tags = tag::checked(input.tags)?;
    tag::change::<OidcProviderRecord>(&iam, &call, &name, tag::add(tags)).await?;
    Ok(shape::TagOpenIDConnectProviderOutput {})
}

pub(crate) async fn untag(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UntagOpenIDConnectProviderRequest,
) -> Result<shape::UntagOpenIDConnectProviderOutput, ServiceError> {
    let name = own(&call, &input.open_id_connect_provider_arn)?;
    let keys = tag::remove(input.tag_keys);
    tag::change::<OidcProviderRecord>(&iam, &call, &name, keys).await?;
    Ok(shape::UntagOpenIDConnectProviderOutput {})
}

pub(crate) async fn tags(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListOpenIDConnectProviderTagsRequest,
) -> Result<shape::ListOpenIDConnectProviderTagsResponse, ServiceError> {
    let name = own(&call, &input.open_id_connect_provider_arn)?;
    let (marker, max) = (input.marker, input.max_items);
    let page: page::Page<shape::Tag> =
        tag::read::<OidcProviderRecord>(&iam, &call, &name, marker, max).await?;
    Ok(shape::ListOpenIDConnectProviderTagsResponse {
        tags: Some(page.items),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

/// `NoSuchEntity` for a provider that is not there.
pub(crate) fn missing(arn: &str) -> ServiceError {
    error::no_entity(format!("OpenIDConnect Provider not found for arn {arn}"))
}

/// `arn:aws:iam::{account}:oidc-provider/{host and path}`.
pub(crate) fn arn(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:oidc-provider/{name}")
}

/// An issuer's URL as ARNs and condition keys write it: without its scheme.
pub(crate) fn name(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, name)| name)
}

/// The provider's name, when its ARN is one of the caller's account.
fn own(call: &Call, arn: &str) -> Result<String, ServiceError> {
    let prefix = format!("arn:aws:iam::{}:oidc-provider/", call.account);
    let name = arn.strip_prefix(&prefix).filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| missing(arn))
}

fn existing(
    found: Option<OidcProviderRecord>,
    provider: &str,
) -> Result<OidcProviderRecord, ServiceError> {
    let is_named = |record: &OidcProviderRecord| arn(&record.account, &record.name) == provider;
    found.filter(is_named).ok_or_else(|| missing(provider))
}

async fn change(
    iam: &Iam,
    call: &Call,
    arn: &str,
    change: impl FnOnce(&mut OidcProviderRecord) + Send,
) -> Result<(), ServiceError> {
    let place = key(call.account.as_str(), &own(call, arn)?);
    let mut tx = iam.store.begin().await;
    let found = tx.get(&OIDC_PROVIDERS, &place).await;
    let mut record = existing(found.map_err(error::store)?, arn)?;
    change(&mut record);
    check(&record)?;
    tx.put(&OIDC_PROVIDERS, &place, &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)
}

fn check(record: &OidcProviderRecord) -> Result<(), ServiceError> {
    if record.client_ids.len() > limits::OIDC_CLIENTS_MAX {
        return Err(error::limit(
            "ClientIdsPerOpenIdConnectProvider",
            limits::OIDC_CLIENTS_MAX,
        ));
    }
    if record.thumbprints.len() > limits::OIDC_THUMBPRINTS_MAX {
        return Err(error::invalid_input(
            "Thumbprint list must contain fewer than 5 entries.",
        ));
    }
    Ok(())
}
