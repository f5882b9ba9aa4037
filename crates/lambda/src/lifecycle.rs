//! From `Pending` to `Active`, from `InProgress` to `Successful`; and the role that a function
//! needs on the way.

use crate::Lambda;
use crate::configuration::check_revision;
use crate::error::LambdaError;
use crate::name::FunctionName;
use crate::record::{ConfigRecord, FUNCTIONS, StateRecord, VERSIONS, child_key};
use ports::AssumeError;
use std::sync::Arc;

/// Lambda's service principal, which an execution role's trust policy must name.
pub const LAMBDA_PRINCIPAL: &str = "lambda.amazonaws.com";
/// AWS's answer to a role whose trust policy does not.
pub const ROLE_REFUSED: &str = "The role defined for the function cannot be assumed by Lambda.";

/// Refuses a role that Lambda could not use.
///
/// # Errors
/// A role of another account, or one that Lambda may not assume.
pub async fn check_role(
    lambda: &Lambda,
    name: &FunctionName,
    role: &str,
) -> Result<(), LambdaError> {
    let refused = || LambdaError::Invalid(ROLE_REFUSED.to_owned());
    let role: arn::Arn = role.parse().map_err(|_| refused())?;
    if role.account_id().as_ref() != Some(&name.account) {
        return Err(cross_account_role());
    }
    let session = lambda.credentials.assume_for_service(
        &role,
        LAMBDA_PRINCIPAL,
        &name.name,
        crate::limits::ROLE_SESSION_S,
        lambda.clock.now_ms(),
    );
    match session.await {
        Ok(_) => Ok(()),
        Err(AssumeError::Refused) => Err(refused()),
        Err(AssumeError::Unavailable) => Err(LambdaError::Host("no session of a role".to_owned())),
    }
}

/// AWS's answer to a role of another account.
pub fn cross_account_role() -> LambdaError {
    LambdaError::Denied("Cross-account pass role is not allowed.".to_owned())
}

/// Refuses an edit while one is under way, or one that was made from an older revision.
///
/// # Errors
/// [`LambdaError::Conflict`] or [`LambdaError::Stale`].
pub fn check_editable(
    name: &FunctionName,
    config: &ConfigRecord,
    revision_id: Option<&str>,
) -> Result<(), LambdaError> {
    const BUSY: &str = "The operation cannot be performed at this time.";
    match config.state {
        StateRecord::Active => check_revision(revision_id, &config.revision_id),
        StateRecord::Creating => Err(LambdaError::Conflict(format!(
            "{BUSY} The function is currently in the following state: Pending"
        ))),
        StateRecord::Updating => Err(LambdaError::Conflict(format!(
            "{BUSY} An update is in progress for resource: {}",
            name.function_arn()
        ))),
    }
}

/// Marks a configuration as just changed.
pub fn begin_update(lambda: &Lambda, config: &mut ConfigRecord) {
    config.state = StateRecord::Updating;
    config.revision_id = lambda.ids.uuid();
    config.spec_revision = lambda.ids.uuid();
    config.last_modified_ms = lambda.clock.now_ms();
}

/// Settles the function in a task of its own, so that the caller sees the state before.
pub fn settle_later(lambda: &Lambda, name: &FunctionName) {
    let Some(lambda) = lambda.me.upgrade() else {
        return;
    };
    let name = name.unqualified();
    tokio::spawn(async move {
        if let Err(error) = settle(&lambda, &name).await {
            // The next reader of the function starts this again.
            tracing::error!(function = %name, error = &error as &dyn std::error::Error, "settling");
        }
    });
}

/// Makes `$LATEST` and every version `Active`, and ends the workers of code that is gone.
///
/// Everything was checked before it was stored, so nothing can fail here but the store.
///
/// # Errors
/// When the store fails.
pub async fn settle(lambda: &Lambda, name: &FunctionName) -> Result<(), LambdaError> {
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let Some(mut function) = tx.get(&FUNCTIONS, &key).await? else {
        return Ok(());
    };
    let mut is_changed = false;
    if function.latest.state != StateRecord::Active {
        is_changed = true;
        function.latest.state = StateRecord::Active;
        // Observed: the RevisionId changes once more when the function becomes ready.
        function.latest.revision_id = lambda.ids.uuid();
        tx.put(&FUNCTIONS, &key, &function)?;
    }
    let prefix = child_key(&key, "");
    let mut after: Option<String> = None;
    let mut has_versions = false;
    loop {
        let page = tx
            .scan(
                &VERSIONS,
                &prefix,
                after.as_deref(),
                crate::limits::SCAN_ITEMS,
            )
            .await?;
        let is_last = page.len() < crate::limits::SCAN_ITEMS;
        after = page.last().map(|(key, _)| key.clone());
        has_versions |= !page.is_empty();
        for (version_key, mut version) in page {
            if version.config.state != StateRecord::Active {
                is_changed = true;
                version.config.state = StateRecord::Active;
                tx.put(&VERSIONS, &version_key, &version)?;
            }
        }
        if is_last {
            break;
        }
    }
    if !is_changed {
        // Another process did it; what is in memory is from before.
        lambda.live.forget(&key);
        return Ok(());
    }
    lambda.commit(tx, &key).await?;
    // Published versions share the function's ARN and would lose their warm workers too; then the
    // old workers of `$LATEST` are left to go when they have been idle for long enough.
    if !has_versions {
        lambda.retire(name, Some(&function.latest.spec_revision));
    }
    // Whoever made or changed it will want to see it run.
    let function = lambda.require(name).await?;
    lambda.expect(Arc::clone(&function.latest.spec));
    Ok(())
}

/// Settles the function if it is not settled, and gives it as it is then.
///
/// # Errors
/// When there is no such function, or the store fails.
pub async fn settled(
    lambda: &Lambda,
    name: &FunctionName,
) -> Result<Arc<crate::live::LiveFunction>, LambdaError> {
    let function = lambda.require(name).await?;
    if !function.is_unsettled() {
        return Ok(function);
    }
    settle(lambda, name).await?;
    lambda.require(name).await
}
