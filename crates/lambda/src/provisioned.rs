//! Provisioned concurrency: what was asked for, and how far that has come.
//!
//! What is asked for is stored for a version or an alias; workers are kept up for versions. An
//! alias asks for the version that it points to, and for both where it has two, by weight. So what
//! each version is to have is worked out anew whenever an alias, a version or a configuration
//! changes; `provisioning` sees to it then.

use crate::error::LambdaError;
use crate::live::{LiveFunction, children};
use crate::name::{FunctionName, LATEST, Selection};
use crate::page::Page;
use crate::record::{
    ALIASES, AliasRecord, FUNCTIONS, PROVISIONED, ProvisionedRecord, RESERVATIONS, VERSIONS,
    child_key, version_key,
};
use crate::{Lambda, concurrency, limits, view};
use api::lambda::{
    DeleteProvisionedConcurrencyConfigOutput, DeleteProvisionedConcurrencyConfigRequest,
    GetProvisionedConcurrencyConfigRequest, GetProvisionedConcurrencyConfigResponse,
    ListProvisionedConcurrencyConfigsRequest, ListProvisionedConcurrencyConfigsResponse,
    ProvisionedConcurrencyConfigListItem, PutProvisionedConcurrencyConfigRequest,
    PutProvisionedConcurrencyConfigResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Tx;

/// AWS's answer to a configuration of what changes.
const UNPUBLISHED: &str =
    "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";

/// What each version is to have, by number.
pub type Wanted = BTreeMap<u64, u32>;

/// PutProvisionedConcurrencyConfig.
pub async fn put(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutProvisionedConcurrencyConfigRequest,
) -> Result<PutProvisionedConcurrencyConfigResponse, ServiceError> {
    let qualifier = Some(input.qualifier.as_str());
    let name = FunctionName::parse(&input.function_name, qualifier, &call.account, &call.region)?;
    if matches!(name.selection(), Selection::Latest) {
        return Err(LambdaError::Invalid(UNPUBLISHED.to_owned()).into());
    }
    // The model bounds it below.
    let executions = u32::try_from(input.provisioned_concurrent_executions).unwrap_or(u32::MAX);
    let record = ProvisionedRecord {
        executions,
        modified_ms: lambda.clock.now_ms(),
    };
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    check_target(&tx, &name).await?;
    check_limits(&lambda, &name, executions).await?;
    tx.put(&PROVISIONED, &config_key(&name), &record)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    concurrency::refresh(&lambda, &name).await?;
    Ok(PutProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: Some(input.provisioned_concurrent_executions),
        available_provisioned_concurrent_executions: Some(0),
        allocated_provisioned_concurrent_executions: Some(0),
        status: Some("IN_PROGRESS".to_owned()),
        status_reason: None,
        last_modified: Some(view::seconds(record.modified_ms)),
    })
}

/// GetProvisionedConcurrencyConfig.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetProvisionedConcurrencyConfigRequest,
) -> Result<GetProvisionedConcurrencyConfigResponse, ServiceError> {
    let (name, function) = existing(&lambda, &call, &input.function_name, &input.qualifier).await?;
    let qualifier = name.qualifier.as_deref().unwrap_or_default();
    let record = function
        .provisioned
        .get(qualifier)
        .ok_or(LambdaError::NotProvisioned)?;
    let shown = progress(&lambda, &function, qualifier, record);
    Ok(GetProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: number(record.executions),
        available_provisioned_concurrent_executions: number(shown.ready),
        allocated_provisioned_concurrent_executions: number(shown.ready),
        status: Some(shown.status.to_owned()),
        status_reason: shown.reason,
        last_modified: Some(view::seconds(record.modified_ms)),
    })
}

/// DeleteProvisionedConcurrencyConfig. Deleting one that does not exist succeeds.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteProvisionedConcurrencyConfigRequest,
) -> Result<DeleteProvisionedConcurrencyConfigOutput, ServiceError> {
    let (name, _) = existing(&lambda, &call, &input.function_name, &input.qualifier).await?;
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    remove(&mut tx, &name);
    lambda.commit(tx, &key).await?;
    concurrency::refresh(&lambda, &name).await?;
    Ok(DeleteProvisionedConcurrencyConfigOutput {})
}

/// ListProvisionedConcurrencyConfigs.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListProvisionedConcurrencyConfigsRequest,
) -> Result<ListProvisionedConcurrencyConfigsResponse, ServiceError> {
    let name = FunctionName::parse(&input.function_name, None, &call.account, &call.region)?;
    let name = name.unqualified();
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    let function = lambda.require(&name).await?;
    let all = function.provisioned.iter().collect::<Vec<_>>();
    let (configs, next_marker) = page.cut(all, |(qualifier, _)| (*qualifier).clone());
    let items = configs.into_iter().map(|(qualifier, record)| {
        let shown = progress(&lambda, &function, qualifier, record);
        ProvisionedConcurrencyConfigListItem {
            function_arn: Some(name.qualified_arn(qualifier)),
            requested_provisioned_concurrent_executions: number(record.executions),
            available_provisioned_concurrent_executions: number(shown.ready),
            allocated_provisioned_concurrent_executions: number(shown.ready),
            status: Some(shown.status.to_owned()),
            status_reason: shown.reason,
            last_modified: Some(view::seconds(record.modified_ms)),
        }
    });
    Ok(ListProvisionedConcurrencyConfigsResponse {
        provisioned_concurrency_configs: Some(items.collect()),
        next_marker,
    })
}

/// Takes the configuration of a version or alias away with it.
pub fn remove(tx: &mut Tx, name: &FunctionName) {
    tx.delete(&PROVISIONED, &config_key(name));
}

/// What each version is to have by all configurations of the function together.
pub fn wanted(
    configs: &BTreeMap<String, ProvisionedRecord>,
    aliases: &BTreeMap<String, AliasRecord>,
) -> Wanted {
    let mut all = Wanted::new();
    for (qualifier, record) in configs {
        for (version, executions) in shares(qualifier, record.executions, aliases) {
            *all.entry(version).or_default() += executions;
        }
    }
    all
}

/// What one configuration asks for, version by version.
///
/// UNVERIFIED: how AWS rounds the shares of an alias with two versions; here the second one's is
/// rounded, and the first one has the rest.
fn shares(
    qualifier: &str,
    executions: u32,
    aliases: &BTreeMap<String, AliasRecord>,
) -> Vec<(u64, u32)> {
    if let Ok(version) = qualifier.parse() {
        return vec![(version, executions)];
    }
    let Some(alias) = aliases.get(qualifier) else {
        return Vec::new();
    };
    let share = |weight: f64| {
        (1..=executions).rfind(|n| f64::from(*n) - 0.5 <= f64::from(executions) * weight)
    };
    let second = alias.weights.iter().next();
    let second = second.map(|(version, weight)| (version.as_str(), share(*weight).unwrap_or(0)));
    let rest = executions - second.map_or(0, |(_, share)| share);
    let all = second.into_iter().chain([(alias.version.as_str(), rest)]);
    all.filter(|(_, share)| *share > 0)
        .filter_map(|(version, share)| Some((version.parse().ok()?, share)))
        .collect()
}

/// Where a configuration stands.
struct Progress {
    ready: u32,
    status: &'static str,
    reason: Option<String>,
}

/// AWS shows as available what is allocated, busy or not (aws/aws-sdk issue 278).
fn progress(
    lambda: &Lambda,
    function: &LiveFunction,
    qualifier: &str,
    record: &ProvisionedRecord,
) -> Progress {
    let aliases = &function.aliases;
    // Versions may have workers for several aliases; each is shown what those before it left.
    let before = function.provisioned.range(..qualifier.to_owned());
    let before = before.map(|(qualifier, record)| (qualifier.clone(), record.clone()));
    let before = wanted(&before.collect(), aliases);
    let (mut ready, mut reason) = (0, None);
    for (number, share) in shares(qualifier, record.executions, aliases) {
        let Some(version) = function.versions.get(&number) else {
            continue;
        };
        let found = lambda.provisioning.state(lambda, version);
        let left = found
            .ready
            .saturating_sub(before.get(&number).copied().unwrap_or(0));
        ready += left.min(share);
        reason = reason.or(found.failure);
    }
    let is_ready = ready >= record.executions;
    Progress {
        ready,
        status: match (&reason, is_ready) {
            (_, true) => "READY",
            (Some(_), false) => "FAILED",
            (None, false) => "IN_PROGRESS",
        },
        reason: reason.filter(|_| !is_ready),
    }
}

/// The function that has this version or alias, and what is meant of it.
async fn existing(
    lambda: &Lambda,
    call: &Call,
    function: &str,
    qualifier: &str,
) -> Result<(FunctionName, Arc<LiveFunction>), LambdaError> {
    let name = FunctionName::parse(function, Some(qualifier), &call.account, &call.region)?;
    if matches!(name.selection(), Selection::Latest) {
        return Err(LambdaError::Invalid(
            "The function resource provided must be an alias or a published version.".to_owned(),
        ));
    }
    let function = lambda.function(&name).await?;
    match (function, name.selection()) {
        (Some(function), Selection::Alias(alias)) if function.aliases.contains_key(alias) => {
            Ok((name, function))
        }
        (_, Selection::Alias(_)) => Err(LambdaError::AliasNotFound(name.arn())),
        (Some(function), _) if function.version(&name, || 1.0).is_some() => Ok((name, function)),
        _ => Err(LambdaError::FunctionNotFound(name.arn())),
    }
}

/// Refuses what has no version of its own, and a version that would be asked for twice.
async fn check_target(tx: &Tx, name: &FunctionName) -> Result<(), LambdaError> {
    let key = name.key();
    let not_found = || LambdaError::FunctionNotFound(name.arn());
    if let Selection::Alias(text) = name.selection() {
        let alias = tx.get(&ALIASES, &child_key(&key, text)).await?;
        let alias = alias.ok_or_else(|| LambdaError::AliasNotFound(name.arn()))?;
        return check_alias(tx, &key, &alias).await;
    }
    tx.get(&FUNCTIONS, &key).await?.ok_or_else(not_found)?;
    let digits = name.qualifier.as_deref().unwrap_or_default();
    let number = digits.parse().map_err(|_| not_found())?;
    let version = tx.get(&VERSIONS, &version_key(&key, number)).await?;
    version.ok_or_else(not_found)?;
    for (alias, _) in configs(tx, &key).await? {
        let alias = tx.get(&ALIASES, &child_key(&key, &alias)).await?;
        if alias.is_some_and(|alias| points_to(&alias, digits)) {
            return Err(LambdaError::Conflict(
                "Version is pointed by a Provisioned Concurrency alias".to_owned(),
            ));
        }
    }
    Ok(())
}

/// Refuses an alias with provisioned concurrency that points to `$LATEST` or to a version that has
/// some of its own.
async fn check_alias(tx: &Tx, key: &str, alias: &AliasRecord) -> Result<(), LambdaError> {
    if points_to(alias, LATEST) {
        return Err(LambdaError::Invalid(UNPUBLISHED.to_owned()));
    }
    for (qualifier, _) in configs(tx, key).await? {
        if points_to(alias, &qualifier) {
            return Err(LambdaError::Conflict(
                "Alias can't be used for Provisioned Concurrency configuration on an already \
                 Provisioned version"
                    .to_owned(),
            ));
        }
    }
    Ok(())
}

/// Refuses to move an alias with provisioned concurrency to where it could not have any.
///
/// # Errors
/// AWS's, as PutProvisionedConcurrencyConfig gives them.
// UNVERIFIED: which errors UpdateAlias itself gives then.
pub async fn check_moved(tx: &Tx, key: &str, alias: &AliasRecord) -> Result<(), LambdaError> {
    let config = tx.get(&PROVISIONED, &child_key(key, &alias.name)).await?;
    match config {
        Some(_) => check_alias(tx, key, alias).await,
        None => Ok(()),
    }
}

fn points_to(alias: &AliasRecord, version: &str) -> bool {
    alias.version == version || alias.weights.contains_key(version)
}

async fn configs(tx: &Tx, key: &str) -> Result<Vec<(String, ProvisionedRecord)>, LambdaError> {
    let prefix = child_key(key, "");
    let page = tx
        .scan(&PROVISIONED, &prefix, None, limits::SCAN_ITEMS)
        .await?;
    let qualifier = |key: String| key.strip_prefix(&prefix).unwrap_or_default().to_owned();
    Ok(page
        .into_iter()
        .map(|(key, record)| (qualifier(key), record))
        .collect())
}

/// Refuses more than the function's reservation or, without one, the account has left.
async fn check_limits(
    lambda: &Lambda,
    name: &FunctionName,
    executions: u32,
) -> Result<(), LambdaError> {
    let key = name.key();
    let own = children(&lambda.store, &PROVISIONED, &key).await?;
    let qualifier = name.qualifier.as_deref().unwrap_or_default();
    let held: u32 = own
        .iter()
        .filter(|(other, _)| other == qualifier)
        .map(|(_, record)| record.executions)
        .sum();
    let others: u32 = own.iter().map(|(_, record)| record.executions).sum::<u32>() - held;
    let reservation = lambda.store.get(&RESERVATIONS, &key).await?;
    if let Some(reservation) = reservation {
        return match others.saturating_add(executions) <= reservation.executions {
            true => Ok(()),
            false => Err(LambdaError::Invalid(
                "Requested Provisioned Concurrency should not be greater than the \
                 reservedConcurrentExecution for function"
                    .to_owned(),
            )),
        };
    }
    let taken = concurrency::reserved(lambda, &name.account, &name.region).await?;
    let unreserved = limits::CONCURRENCY_MAX.saturating_sub(taken.saturating_sub(held));
    if executions > unreserved {
        return Err(LambdaError::Invalid(format!(
            "Specified ConcurrentExecutions for function is greater than account's unreserved \
             concurrency [{unreserved}]."
        )));
    }
    if unreserved - executions < limits::CONCURRENCY_UNRESERVED_MIN {
        return Err(LambdaError::Invalid(format!(
            "Specified ConcurrentExecutions for function decreases account's \
             UnreservedConcurrentExecution below its minimum value of [{}].",
            limits::CONCURRENCY_UNRESERVED_MIN
        )));
    }
    Ok(())
}

fn config_key(name: &FunctionName) -> String {
    child_key(&name.key(), name.qualifier.as_deref().unwrap_or_default())
}

fn number(count: u32) -> Option<i32> {
    i32::try_from(count).ok()
}
