//! Tags of functions.

use crate::Lambda;
use crate::error::LambdaError;
use crate::limits::TAGS_MAX;
use crate::name::FunctionName;
use crate::record::{FUNCTIONS, FunctionRecord};
use api::lambda::{
    ListTagsRequest, ListTagsResponse, TagResourceOutput, TagResourceRequest, UntagResourceOutput,
    UntagResourceRequest,
};
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// TagResource.
pub async fn add(
    lambda: Arc<Lambda>,
    call: Call,
    input: TagResourceRequest,
) -> Result<TagResourceOutput, ServiceError> {
    let name = named(&call, &input.resource)?;
    if input.tags.is_empty() {
        // Observed.
        return Err(LambdaError::Invalid(
            "An error occurred and the request cannot be processed.".to_owned(),
        )
        .into());
    }
    change(&lambda, &name, |function| {
        function.tags.extend(input.tags);
        check_count(function.tags.len())
    })
    .await?;
    Ok(TagResourceOutput {})
}

/// UntagResource.
pub async fn remove(
    lambda: Arc<Lambda>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<UntagResourceOutput, ServiceError> {
    let name = named(&call, &input.resource)?;
    change(&lambda, &name, |function| {
        function.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
    .await?;
    Ok(UntagResourceOutput {})
}

/// ListTags.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListTagsRequest,
) -> Result<ListTagsResponse, ServiceError> {
    let name = named(&call, &input.resource)?;
    let function = lambda.require(&name).await?;
    Ok(ListTagsResponse {
        tags: Some(function.record.tags.clone()),
    })
}

/// Refuses more tags than a function may have.
///
/// # Errors
/// AWS's text.
pub fn check_count(count: usize) -> Result<(), LambdaError> {
    if count > TAGS_MAX {
        return Err(LambdaError::Invalid(
            "Number of tags exceeds resource tag limit.".to_owned(),
        ));
    }
    Ok(())
}

/// The function in a resource ARN.
pub fn named(call: &Call, resource: &str) -> Result<FunctionName, LambdaError> {
    let is_function = resource.split(':').nth(5) == Some("function");
    if !is_function {
        // Layers, event source mappings and the like: Crossway has none.
        return Err(LambdaError::NotFound(format!(
            "Resource not found: {resource}"
        )));
    }
    let name = FunctionName::parse(resource, None, &call.account, &call.region)?;
    if name.qualifier.is_some() {
        return Err(LambdaError::Invalid(
            "Tags on function aliases and versions are not supported. Please specify a function \
             ARN."
                .to_owned(),
        ));
    }
    Ok(name)
}

async fn change(
    lambda: &Lambda,
    name: &FunctionName,
    edit: impl FnOnce(&mut FunctionRecord) -> Result<(), LambdaError>,
) -> Result<(), LambdaError> {
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await?;
    let mut function = function.ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    edit(&mut function)?;
    tx.put(&FUNCTIONS, &key, &function)?;
    lambda.commit(tx, &key).await
}
