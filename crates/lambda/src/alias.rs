//! Aliases: names that point to a version, or to two with weights.

use crate::configuration::check_revision;
use crate::error::LambdaError;
use crate::live::children;
use crate::name::{FunctionName, LATEST};
use crate::page::Page;
use crate::record::{ALIASES, AliasRecord, FUNCTIONS, POLICIES, VERSIONS, child_key, version_key};
use crate::{Lambda, concurrency, event_config, function_url, provisioned, view};
use api::lambda::{
    AliasConfiguration, AliasRoutingConfiguration, CreateAliasRequest, DeleteAliasOutput,
    DeleteAliasRequest, GetAliasRequest, ListAliasesRequest, ListAliasesResponse,
    UpdateAliasRequest,
};
use ports::Call;
use smithy::ServiceError;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Tx;

/// CreateAlias.
pub async fn create(
    lambda: Arc<Lambda>,
    call: Call,
    input: CreateAliasRequest,
) -> Result<AliasConfiguration, ServiceError> {
    let name = function_name(&call, &input.function_name)?;
    let key = name.key();
    let alias_key = child_key(&key, &input.name);
    let alias = AliasRecord {
        name: input.name,
        version: input.function_version,
        description: input.description.unwrap_or_default(),
        weights: weights(input.routing_config)?,
        revision_id: lambda.ids.uuid(),
    };
    let mut tx = lambda.store.begin().await;
    check_target(&tx, &name, &alias).await?;
    let held = tx
        .get(&ALIASES, &alias_key)
        .await
        .map_err(LambdaError::Store)?;
    if held.is_some() {
        let arn = name.qualified_arn(&alias.name);
        return Err(LambdaError::Conflict(format!("Alias already exists: {arn}")).into());
    }
    tx.put(&ALIASES, &alias_key, &alias)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    Ok(view::alias(&name, &alias))
}

/// UpdateAlias.
pub async fn update(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateAliasRequest,
) -> Result<AliasConfiguration, ServiceError> {
    let name = function_name(&call, &input.function_name)?;
    let key = name.key();
    let alias_key = child_key(&key, &input.name);
    let mut tx = lambda.store.begin().await;
    let held = tx
        .get(&ALIASES, &alias_key)
        .await
        .map_err(LambdaError::Store)?;
    let mut alias = held.ok_or_else(|| {
        let arn = name.qualified_arn(&input.name);
        LambdaError::NotFound(format!("Alias not found: {arn}"))
    })?;
    check_revision(input.revision_id.as_deref(), &alias.revision_id)?;
    if let Some(version) = input.function_version {
        alias.version = version;
    }
    if let Some(description) = input.description {
        alias.description = description;
    }
    if let Some(routing) = input.routing_config {
        alias.weights = weights(Some(routing))?;
    }
    check_target(&tx, &name, &alias).await?;
    provisioned::check_moved(&tx, &key, &alias).await?;
    alias.revision_id = lambda.ids.uuid();
    tx.put(&ALIASES, &alias_key, &alias)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    Ok(view::alias(&name, &alias))
}

/// GetAlias.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetAliasRequest,
) -> Result<AliasConfiguration, ServiceError> {
    let name = function_name(&call, &input.function_name)?;
    let function = lambda.function(&name).await?;
    let alias = function.and_then(|function| function.aliases.get(&input.name).cloned());
    let alias = alias.ok_or_else(|| LambdaError::AliasNotFound(name.qualified_arn(&input.name)))?;
    Ok(view::alias(&name, &alias))
}

/// ListAliases.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListAliasesRequest,
) -> Result<ListAliasesResponse, ServiceError> {
    let name = function_name(&call, &input.function_name)?;
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    lambda.require(&name).await?;
    let all = children(&lambda.store, &ALIASES, &name.key()).await?;
    let wanted = input.function_version;
    let all = all
        .into_iter()
        .map(|(_, alias)| alias)
        .filter(|alias| {
            wanted
                .as_ref()
                .is_none_or(|wanted| alias.version == *wanted)
        })
        .collect();
    let (aliases, next_marker) = page.cut(all, |alias: &AliasRecord| alias.name.clone());
    Ok(ListAliasesResponse {
        next_marker,
        aliases: Some(
            aliases
                .iter()
                .map(|alias| view::alias(&name, alias))
                .collect(),
        ),
    })
}

/// DeleteAlias. Deleting an alias that does not exist succeeds.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteAliasRequest,
) -> Result<DeleteAliasOutput, ServiceError> {
    let name = function_name(&call, &input.function_name)?;
    lambda.require(&name).await?;
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    tx.delete(&ALIASES, &child_key(&key, &input.name));
    tx.delete(&POLICIES, &child_key(&key, &input.name));
    let alias = FunctionName {
        qualifier: Some(input.name),
        ..name
    };
    function_url::remove(&mut tx, &alias).await?;
    event_config::remove(&mut tx, &alias);
    provisioned::remove(&mut tx, &alias);
    lambda.commit(tx, &key).await?;
    concurrency::refresh(&lambda, &alias).await?;
    Ok(DeleteAliasOutput {})
}

fn function_name(call: &Call, text: &str) -> Result<FunctionName, LambdaError> {
    Ok(FunctionName::parse(text, None, &call.account, &call.region)?.unqualified())
}

fn weights(
    routing: Option<AliasRoutingConfiguration>,
) -> Result<BTreeMap<String, f64>, LambdaError> {
    let weights = routing
        .and_then(|routing| routing.additional_version_weights)
        .unwrap_or_default();
    if weights.len() > 1 {
        return Err(LambdaError::Invalid(
            "Number of items in AdditionalVersionWeights cannot be greater than 1".to_owned(),
        ));
    }
    Ok(weights)
}

/// Refuses an alias that points to what is not there, or to one version twice.
async fn check_target(
    tx: &Tx,
    name: &FunctionName,
    alias: &AliasRecord,
) -> Result<(), LambdaError> {
    let key = name.key();
    let missing = |version: &str| LambdaError::FunctionNotFound(name.qualified_arn(version));
    if tx.get(&FUNCTIONS, &key).await?.is_none() {
        return Err(missing(&alias.version));
    }
    if alias.version == LATEST && !alias.weights.is_empty() {
        return Err(LambdaError::Invalid(
            "$LATEST is not supported for an alias pointing to more than 1 version".to_owned(),
        ));
    }
    if alias.weights.contains_key(&alias.version) {
        let version = &alias.version;
        return Err(LambdaError::Invalid(format!(
            "Invalid function version {version}. Function version {version} is already included \
             in routing configuration."
        )));
    }
    for version in alias.weights.keys().chain([&alias.version]) {
        if version == LATEST {
            continue;
        }
        let number = version.parse().map_err(|_| missing(version))?;
        let found = tx.get(&VERSIONS, &version_key(&key, number)).await?;
        found.ok_or_else(|| missing(version))?;
    }
    Ok(())
}
