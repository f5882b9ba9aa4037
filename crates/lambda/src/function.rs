//! Functions: created, read, listed, deleted.

use crate::error::LambdaError;
use crate::limits;
use crate::live::children;
use crate::name::{FunctionName, LATEST, Selection};
use crate::page::{Page, marker};
use crate::record::{
    ALIASES, EVENT_CONFIGS, FUNCTIONS, FunctionRecord, POLICIES, PROVISIONED, RESERVATIONS,
    URL_IDS, URLS, VERSIONS, child_key, version_key,
};
use crate::{
    Lambda, code, concurrency, configuration, download, event_config, fields, lifecycle,
    provisioned, provisioning, tag, version, view,
};
use api::lambda::{
    Concurrency, CreateFunctionRequest, DeleteFunctionRequest, DeleteFunctionResponse,
    FunctionCodeLocation, FunctionConfiguration, GetFunctionConfigurationRequest,
    GetFunctionRequest, GetFunctionResponse, ListFunctionsRequest, ListFunctionsResponse,
};
use configuration::Settings;
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// CreateFunction.
pub async fn create(
    lambda: Arc<Lambda>,
    call: Call,
    mut input: CreateFunctionRequest,
) -> Result<FunctionConfiguration, ServiceError> {
    let name = new_name(&call, &input.function_name)?;
    let settings = Settings::of_create(&mut input)?;
    if input.package_type.as_deref() == Some("Image") || input.code.image_uri.is_some() {
        fields::refuse(&[("ImageUri", true)])?;
    }
    if settings.runtime.is_none() || settings.handler.is_none() {
        return Err(LambdaError::Invalid(
            "Runtime and Handler are mandatory parameters for functions created with deployment \
             packages."
                .to_owned(),
        )
        .into());
    }
    if lambda.function(&name).await?.is_some() {
        return Err(already_exists(&name).into());
    }
    let tags = input.tags.take().unwrap_or_default();
    tag::check_count(tags.len())?;
    let source = code::Source::of_create(&mut input.code)?;
    let architectures = input.architectures.take();
    let (bundle, code) = source.read().await?;
    let mut config = configuration::default_config(&lambda, &name.name, code);
    let layers = settings.layers(&lambda, &name).await?;
    settings.apply(&mut config, layers)?;
    code::set_architecture(&mut config, architectures);
    lifecycle::check_role(&lambda, &name, &config.role).await?;

    let key = name.key();
    let mut function = FunctionRecord {
        name: name.name.clone(),
        latest: config,
        next_version: 1,
        tags,
        may_recurse: false,
    };
    let mut tx = lambda.store.begin().await;
    if tx
        .get(&FUNCTIONS, &key)
        .await
        .map_err(LambdaError::Store)?
        .is_some()
    {
        return Err(already_exists(&name).into());
    }
    let shown = match input.publish {
        Some(true) => {
            let description = None;
            let made = version::make(&lambda, &mut tx, &name, &mut function, description).await?;
            (made.version.to_string(), made.config)
        }
        _ => (LATEST.to_owned(), function.latest.clone()),
    };
    tx.put_blob(bundle).map_err(LambdaError::Store)?;
    tx.put(&FUNCTIONS, &key, &function)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    lifecycle::settle_later(&lambda, &name);
    // Observed: the ARN is unqualified even when a version was published.
    Ok(view::configuration(&name, name.arn(), &shown.0, &shown.1))
}

fn new_name(call: &Call, text: &str) -> Result<FunctionName, LambdaError> {
    let name = FunctionName::parse(text, None, &call.account, &call.region)?;
    if name.name.len() > limits::FUNCTION_NAME_MAX {
        // Observed: this one comes from Lambda itself, not from the framework.
        return Err(LambdaError::Invalid(format!(
            "1 validation error detected: Value '{}' at 'functionName' failed to satisfy \
             constraint: Member must have length less than or equal to {}",
            name.name,
            limits::FUNCTION_NAME_MAX
        )));
    }
    if name.qualifier.is_some() {
        return Err(LambdaError::Invalid(
            "a new function's name has no qualifier: publish a version or create an alias instead"
                .to_owned(),
        ));
    }
    Ok(name)
}

fn already_exists(name: &FunctionName) -> LambdaError {
    LambdaError::Conflict(format!("Function already exist: {}", name.name))
}

/// GetFunction.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionRequest,
) -> Result<GetFunctionResponse, ServiceError> {
    let qualifier = input.qualifier.as_deref();
    let name = FunctionName::parse(&input.function_name, qualifier, &call.account, &call.region)?;
    let function = lambda.require(&name).await?;
    let version = function
        .version(&name, || 1.0)
        .ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    let location = download::location(&lambda, &call.base_url, &version.config.code.hash).await?;
    let tags = &function.record.tags;
    Ok(GetFunctionResponse {
        configuration: Some(view::configuration(
            &name,
            name.arn(),
            &version.version,
            &version.config,
        )),
        code: Some(FunctionCodeLocation {
            repository_type: Some("S3".to_owned()),
            location: Some(location),
            ..FunctionCodeLocation::default()
        }),
        tags: (!tags.is_empty()).then(|| tags.clone()),
        tags_error: None,
        concurrency: function.reserved.map(|reserved| Concurrency {
            reserved_concurrent_executions: i32::try_from(reserved).ok(),
        }),
    })
}

/// GetFunctionConfiguration.
pub async fn configuration(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionConfigurationRequest,
) -> Result<FunctionConfiguration, ServiceError> {
    let qualifier = input.qualifier.as_deref();
    let name = FunctionName::parse(&input.function_name, qualifier, &call.account, &call.region)?;
    let function = lambda.require(&name).await?;
    let version = function
        .version(&name, || 1.0)
        .ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    let (number, config) = (&version.version, &version.config);
    Ok(view::configuration(&name, name.arn(), number, config))
}

/// ListFunctions.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListFunctionsRequest,
) -> Result<ListFunctionsResponse, ServiceError> {
    if input.master_region.is_some() {
        fields::without_effect("MasterRegion");
    }
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    let has_versions = input.function_version.as_deref() == Some("ALL");
    let (functions, next_marker) = list_page(&lambda, &call, &page, has_versions).await?;
    Ok(ListFunctionsResponse {
        next_marker,
        functions: Some(functions),
    })
}

/// One page of functions, by name; with their versions when `has_versions`. A page then ends
/// between two items, so the marker is `name` or `name/version`.
async fn list_page(
    lambda: &Lambda,
    call: &Call,
    page: &Page,
    has_versions: bool,
) -> Result<(Vec<FunctionConfiguration>, Option<String>), LambdaError> {
    let prefix = format!("{}/{}/", call.account, call.region);
    let (mut after_name, after_version) = match page.after.as_deref() {
        Some(after) => match after.split_once('/') {
            Some((name, version)) => (Some(name.to_owned()), Some(version.to_owned())),
            None => (Some(after.to_owned()), None),
        },
        None => (None, None),
    };
    let mut shown = Vec::new();
    let mut last = String::new();
    if let (Some(name), Some(version)) = (&after_name, &after_version) {
        let name = name_in(call, name);
        let rest = versions_of(lambda, &name).await?;
        for (key, item) in rest.into_iter().filter(|(key, _)| key > version) {
            if shown.len() == page.limit {
                return Ok((shown, Some(marker(&last))));
            }
            last = format!("{}/{key}", name.name);
            shown.push(item);
        }
    }
    loop {
        let after_key = after_name.as_ref().map(|name| format!("{prefix}{name}"));
        let found = lambda
            .store
            .scan(
                &FUNCTIONS,
                &prefix,
                after_key.as_deref(),
                limits::SCAN_ITEMS,
            )
            .await?;
        let is_last = found.len() < limits::SCAN_ITEMS;
        for (_, function) in found {
            let name = name_in(call, &function.name);
            let latest = view::listed(&name, LATEST, &function.latest, has_versions);
            let mut items = vec![(function.name.clone(), latest)];
            if has_versions {
                let versions = versions_of(lambda, &name).await?;
                let keyed = |(key, item)| (format!("{}/{key}", function.name), item);
                items.extend(versions.into_iter().map(keyed));
                // Even after its last version, a function's marker must pass over its versions.
                if let Some((key, _)) = items.first_mut() {
                    key.push_str("/0");
                }
            }
            for (key, item) in items {
                if shown.len() == page.limit {
                    return Ok((shown, Some(marker(&last))));
                }
                last = key;
                shown.push(item);
            }
            after_name = Some(function.name);
        }
        if is_last {
            return Ok((shown, None));
        }
    }
}

async fn versions_of(
    lambda: &Lambda,
    name: &FunctionName,
) -> Result<Vec<(String, FunctionConfiguration)>, LambdaError> {
    let found = children(&lambda.store, &VERSIONS, &name.key()).await?;
    let views = found.into_iter().map(|(key, version)| {
        let number = version.version.to_string();
        (key, view::listed(name, &number, &version.config, true))
    });
    Ok(views.collect())
}

fn name_in(call: &Call, name: &str) -> FunctionName {
    FunctionName {
        account: call.account.clone(),
        region: call.region.clone(),
        name: name.to_owned(),
        qualifier: None,
    }
}

/// DeleteFunction: the whole function, or one version of it.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionRequest,
) -> Result<DeleteFunctionResponse, ServiceError> {
    let qualifier = input.qualifier.as_deref();
    let name = FunctionName::parse(&input.function_name, qualifier, &call.account, &call.region)?;
    let whole = name.unqualified();
    if lambda.function(&whole).await?.is_none() {
        return Err(LambdaError::FunctionNotFound(whole.arn()).into());
    }
    match (name.qualifier.as_deref(), name.selection()) {
        (None, _) => delete_whole(&lambda, &whole).await?,
        (Some(_), Selection::Version(digits)) => delete_version(&lambda, &name, digits).await?,
        (Some(_), Selection::Latest) => {
            return Err(LambdaError::Invalid(
                "$LATEST version cannot be deleted without deleting the function.".to_owned(),
            )
            .into());
        }
        (Some(_), Selection::Alias(_)) => {
            return Err(LambdaError::Invalid(
                "Deletion of aliases is not currently supported.".to_owned(),
            )
            .into());
        }
    }
    Ok(DeleteFunctionResponse {
        status_code: Some(204),
    })
}

async fn delete_whole(lambda: &Lambda, name: &FunctionName) -> Result<(), LambdaError> {
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    tx.delete(&FUNCTIONS, &key);
    tx.delete(&RESERVATIONS, &key);
    for (child, _) in children(&lambda.store, &VERSIONS, &key).await? {
        tx.delete(&VERSIONS, &child_key(&key, &child));
    }
    for (child, _) in children(&lambda.store, &ALIASES, &key).await? {
        tx.delete(&ALIASES, &child_key(&key, &child));
    }
    for (child, _) in children(&lambda.store, &PROVISIONED, &key).await? {
        tx.delete(&PROVISIONED, &child_key(&key, &child));
    }
    for (child, _) in children(&lambda.store, &EVENT_CONFIGS, &key).await? {
        tx.delete(&EVENT_CONFIGS, &child_key(&key, &child));
    }
    for (child, url) in children(&lambda.store, &URLS, &key).await? {
        tx.delete(&URLS, &child_key(&key, &child));
        tx.delete(&URL_IDS, &url.id);
    }
    for (child, _) in children(&lambda.store, &POLICIES, &key).await? {
        tx.delete(&POLICIES, &child_key(&key, &child));
    }
    lambda.commit(tx, &key).await?;
    concurrency::refresh(lambda, name).await?;
    // First, so that none is started in place of those that are ended.
    provisioning::apply(lambda, &key).await;
    lambda.retire(name, None);
    Ok(())
}

async fn delete_version(
    lambda: &Lambda,
    name: &FunctionName,
    digits: &str,
) -> Result<(), LambdaError> {
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let aliases = children(&lambda.store, &ALIASES, &key).await?;
    let users: Vec<String> = aliases
        .into_iter()
        .filter(|(_, alias)| alias.version == digits || alias.weights.contains_key(digits))
        .map(|(_, alias)| alias.name)
        .collect();
    if !users.is_empty() {
        return Err(LambdaError::Conflict(format!(
            "Unable to delete version because the following aliases reference it: [{}]",
            users.join(", ")
        )));
    }
    // Deleting a version that does not exist succeeds.
    if let Ok(number) = digits.parse() {
        tx.delete(&VERSIONS, &version_key(&key, number));
        tx.delete(&POLICIES, &child_key(&key, digits));
        event_config::remove(&mut tx, name);
        provisioned::remove(&mut tx, name);
        lambda.commit(tx, &key).await?;
        concurrency::refresh(lambda, name).await?;
    }
    Ok(())
}
