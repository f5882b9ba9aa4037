//! Versions: `$LATEST` as it was, with a number.

use crate::configuration::check_revision;
use crate::error::LambdaError;
use crate::live::children;
use crate::name::{FunctionName, LATEST};
use crate::page::Page;
use crate::record::{
    ConfigRecord, FUNCTIONS, FunctionRecord, StateRecord, VERSIONS, VersionRecord, version_key,
};
use crate::{Lambda, fields, lifecycle, view};
use api::lambda::{
    FunctionConfiguration, ListVersionsByFunctionRequest, ListVersionsByFunctionResponse,
    PublishVersionRequest,
};
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;
use store::Tx;

/// PublishVersion.
pub async fn publish(
    lambda: Arc<Lambda>,
    call: Call,
    input: PublishVersionRequest,
) -> Result<FunctionConfiguration, ServiceError> {
    fields::refuse(&[("PublishTo", input.publish_to.is_some())])?;
    let name =
        FunctionName::parse(&input.function_name, None, &call.account, &call.region)?.unqualified();
    lifecycle::settled(&lambda, &name).await?;
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await.map_err(LambdaError::Store)?;
    let mut function = function.ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    check_revision(input.revision_id.as_deref(), &function.latest.revision_id)?;
    let current = &function.latest.code.sha256;
    if let Some(expected) = input.code_sha256.filter(|expected| expected != current) {
        return Err(LambdaError::Invalid(format!(
            "CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({current}). \
             Please try again with the CodeSHA256 in $LATEST."
        ))
        .into());
    }
    let made = make(&lambda, &mut tx, &name, &mut function, input.description).await?;
    tx.put(&FUNCTIONS, &key, &function)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    let number = made.version.to_string();
    let arn = name.qualified_arn(&number);
    Ok(view::configuration(&name, arn, &number, &made.config))
}

/// Publishes `$LATEST` within a transaction that the caller ends, `function` included. Answers
/// the last version instead when nothing has changed since.
///
/// # Errors
/// When the store fails.
pub async fn make(
    lambda: &Lambda,
    tx: &mut Tx,
    name: &FunctionName,
    function: &mut FunctionRecord,
    description: Option<String>,
) -> Result<VersionRecord, LambdaError> {
    let key = name.key();
    let last = match function.next_version.checked_sub(1) {
        Some(last) => tx.get(&VERSIONS, &version_key(&key, last)).await?,
        None => None,
    };
    if let Some(last) = last.filter(|last| is_unchanged(last, &function.latest)) {
        return Ok(last);
    }
    let latest = &mut function.latest;
    // Observed: a version that is published with new code starts as `Pending`, like a function.
    let state = match latest.state {
        StateRecord::Active => StateRecord::Active,
        StateRecord::Creating | StateRecord::Updating => StateRecord::Creating,
    };
    let version = VersionRecord {
        version: function.next_version,
        latest_description: latest.description.clone(),
        config: ConfigRecord {
            description: description.unwrap_or_else(|| latest.description.clone()),
            revision_id: lambda.ids.uuid(),
            spec_revision: lambda.ids.uuid(),
            state,
            ..latest.clone()
        },
    };
    latest.revision_id = lambda.ids.uuid();
    function.next_version += 1;
    tx.put(&VERSIONS, &version_key(&key, version.version), &version)?;
    Ok(version)
}

/// Whether `$LATEST` is still what was published, whatever its ids and dates.
fn is_unchanged(published: &VersionRecord, latest: &ConfigRecord) -> bool {
    let as_published = ConfigRecord {
        description: published.latest_description.clone(),
        revision_id: latest.revision_id.clone(),
        spec_revision: latest.spec_revision.clone(),
        last_modified_ms: latest.last_modified_ms,
        state: latest.state,
        ..published.config.clone()
    };
    as_published == *latest
}

/// ListVersionsByFunction.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListVersionsByFunctionRequest,
) -> Result<ListVersionsByFunctionResponse, ServiceError> {
    let name =
        FunctionName::parse(&input.function_name, None, &call.account, &call.region)?.unqualified();
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    let function = lambda.require(&name).await?;
    let latest = view::listed(&name, LATEST, &function.record.latest, true);
    // Sorts before every padded number.
    let mut all = vec![("0".to_owned(), latest)];
    for (key, version) in children(&lambda.store, &VERSIONS, &name.key()).await? {
        let number = version.version.to_string();
        all.push((key, view::listed(&name, &number, &version.config, true)));
    }
    let (versions, next_marker) = page.cut(all, |(key, _)| key.clone());
    Ok(ListVersionsByFunctionResponse {
        next_marker,
        versions: Some(versions.into_iter().map(|(_, version)| version).collect()),
    })
}
