//! Layers: zip files that functions see unpacked in `/opt`. A version never changes.

use crate::error::LambdaError;
use crate::layer_name::{LayerName, LayerVersionName};
use crate::live::children;
use crate::page::Page;
use crate::record::{
    CodeRecord, LAYER_POLICIES, LAYER_VERSIONS, LAYERS, LayerRecord, LayerVersionRecord,
};
use crate::{Lambda, code, download, view};
use api::lambda::{
    DeleteLayerVersionOutput, DeleteLayerVersionRequest, GetLayerVersionByArnRequest,
    GetLayerVersionRequest, GetLayerVersionResponse, LayerVersionContentOutput,
    LayerVersionsListItem, LayersListItem, ListLayerVersionsRequest, ListLayerVersionsResponse,
    ListLayersRequest, ListLayersResponse, PublishLayerVersionRequest, PublishLayerVersionResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// PublishLayerVersion. The layer itself comes into being with its first version.
pub async fn publish(
    lambda: Arc<Lambda>,
    call: Call,
    mut input: PublishLayerVersionRequest,
) -> Result<PublishLayerVersionResponse, ServiceError> {
    let layer = LayerName::parse(&input.layer_name, &call)?;
    let (bundle, code) = code::Source::of_layer(&mut input.content)?.read().await?;
    let key = layer.key();
    let mut tx = lambda.store.begin().await;
    let held = tx.get(&LAYERS, &key).await.map_err(LambdaError::Store)?;
    let version = held.map_or(1, |held| held.next_version);
    let name = LayerVersionName { layer, version };
    let record = LayerVersionRecord {
        version,
        description: input.description.unwrap_or_default(),
        code,
        architectures: input.compatible_architectures,
        runtimes: input.compatible_runtimes,
        license: input.license_info,
        created_ms: lambda.clock.now_ms(),
    };
    let next = LayerRecord {
        name: name.layer.name.clone(),
        next_version: version + 1,
    };
    tx.put(&LAYERS, &key, &next).map_err(LambdaError::Store)?;
    tx.put(&LAYER_VERSIONS, &name.key(), &record)
        .map_err(LambdaError::Store)?;
    tx.put_blob(bundle).map_err(LambdaError::Store)?;
    tx.commit().await.map_err(LambdaError::Store)?;
    let content = content(&lambda, &call, &record.code).await?;
    Ok(PublishLayerVersionResponse {
        content: Some(content),
        layer_arn: Some(name.layer.arn()),
        layer_version_arn: Some(name.arn()),
        description: Some(record.description),
        created_date: Some(view::time(record.created_ms)),
        version: i64::try_from(version).ok(),
        compatible_architectures: record.architectures,
        compatible_runtimes: record.runtimes,
        license_info: record.license,
    })
}

/// GetLayerVersion.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetLayerVersionRequest,
) -> Result<GetLayerVersionResponse, ServiceError> {
    let name = LayerName::parse(&input.layer_name, &call)?.version(input.version_number)?;
    shown(&lambda, &call, &name).await
}

/// GetLayerVersionByArn.
pub async fn get_by_arn(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetLayerVersionByArnRequest,
) -> Result<GetLayerVersionResponse, ServiceError> {
    let name = LayerVersionName::of_arn(&input.arn).ok_or_else(nothing)?;
    if name.layer.region != call.region {
        return Err(nothing().into());
    }
    shown(&lambda, &call, &name).await
}

async fn shown(
    lambda: &Lambda,
    call: &Call,
    name: &LayerVersionName,
) -> Result<GetLayerVersionResponse, ServiceError> {
    let record = stored(lambda, name).await?.ok_or_else(nothing)?;
    let content = content(lambda, call, &record.code).await?;
    Ok(GetLayerVersionResponse {
        content: Some(content),
        layer_arn: Some(name.layer.arn()),
        layer_version_arn: Some(name.arn()),
        description: Some(record.description),
        created_date: Some(view::time(record.created_ms)),
        version: i64::try_from(record.version).ok(),
        compatible_architectures: record.architectures,
        compatible_runtimes: record.runtimes,
        license_info: record.license,
    })
}

/// The version, if it is there.
///
/// # Errors
/// When the store fails.
pub async fn stored(
    lambda: &Lambda,
    name: &LayerVersionName,
) -> Result<Option<LayerVersionRecord>, LambdaError> {
    Ok(lambda.store.get(&LAYER_VERSIONS, &name.key()).await?)
}

/// AWS's answer to a version that is not there.
fn nothing() -> LambdaError {
    LambdaError::NotFound("The resource you requested does not exist.".to_owned())
}

async fn content(
    lambda: &Lambda,
    call: &Call,
    code: &CodeRecord,
) -> Result<LayerVersionContentOutput, LambdaError> {
    Ok(LayerVersionContentOutput {
        location: Some(download::location(lambda, &call.base_url, &code.hash).await?),
        code_sha256: Some(code.sha256.clone()),
        code_size: i64::try_from(code.size).ok(),
        ..LayerVersionContentOutput::default()
    })
}

/// DeleteLayerVersion. Functions that have the version keep it; its number is not used again, and
/// deleting what is not there succeeds.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteLayerVersionRequest,
) -> Result<DeleteLayerVersionOutput, ServiceError> {
    let name = LayerName::parse(&input.layer_name, &call)?.version(input.version_number)?;
    let mut tx = lambda.store.begin().await;
    tx.delete(&LAYER_VERSIONS, &name.key());
    tx.delete(&LAYER_POLICIES, &name.key());
    tx.commit().await.map_err(LambdaError::Store)?;
    Ok(DeleteLayerVersionOutput {})
}

/// Which versions a list shows.
struct Wanted {
    runtime: Option<String>,
    architecture: Option<String>,
}

impl Wanted {
    /// A version that says nothing of runtimes or architectures is compatible with none that is
    /// asked for.
    fn fits(&self, version: &LayerVersionRecord) -> bool {
        let has = |held: &Option<Vec<String>>, wanted: &Option<String>| match wanted {
            None => true,
            Some(wanted) => held.as_ref().is_some_and(|held| held.contains(wanted)),
        };
        has(&version.runtimes, &self.runtime) && has(&version.architectures, &self.architecture)
    }
}

/// ListLayerVersions: the newest first.
pub async fn list_versions(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListLayerVersionsRequest,
) -> Result<ListLayerVersionsResponse, ServiceError> {
    let layer = LayerName::parse(&input.layer_name, &call)?;
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    let wanted = Wanted {
        runtime: input.compatible_runtime,
        architecture: input.compatible_architecture,
    };
    let found = children(&lambda.store, &LAYER_VERSIONS, &layer.key()).await?;
    let fitting = found.into_iter().map(|(_, version)| version);
    let mut fitting: Vec<_> = fitting.filter(|version| wanted.fits(version)).collect();
    fitting.reverse();
    // A page's marker grows with the list: numbers count down, so it is what is left of them.
    let (versions, next_marker) = page.cut(fitting, |version| {
        format!("{:020}", u64::MAX - version.version)
    });
    let items = versions.into_iter().map(|version| item(&layer, version));
    Ok(ListLayerVersionsResponse {
        next_marker,
        layer_versions: Some(items.collect()),
    })
}

/// ListLayers: each with its newest version that fits.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListLayersRequest,
) -> Result<ListLayersResponse, ServiceError> {
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    let wanted = Wanted {
        runtime: input.compatible_runtime,
        architecture: input.compatible_architecture,
    };
    let account = format!("{}/{}", call.account, call.region);
    let mut all = Vec::new();
    for (_, held) in children(&lambda.store, &LAYERS, &account).await? {
        let layer = LayerName {
            account: call.account.clone(),
            region: call.region.clone(),
            name: held.name,
        };
        let versions = children(&lambda.store, &LAYER_VERSIONS, &layer.key()).await?;
        let mut versions = versions.into_iter().rev().map(|(_, version)| version);
        if let Some(latest) = versions.find(|version| wanted.fits(version)) {
            all.push((layer, latest));
        }
    }
    let (shown, next_marker) = page.cut(all, |(layer, _)| layer.name.clone());
    let items = shown.into_iter().map(|(layer, latest)| LayersListItem {
        layer_name: Some(layer.name.clone()),
        layer_arn: Some(layer.arn()),
        latest_matching_version: Some(item(&layer, latest)),
    });
    Ok(ListLayersResponse {
        next_marker,
        layers: Some(items.collect()),
    })
}

fn item(layer: &LayerName, version: LayerVersionRecord) -> LayerVersionsListItem {
    LayerVersionsListItem {
        layer_version_arn: Some(format!("{}:{}", layer.arn(), version.version)),
        version: i64::try_from(version.version).ok(),
        description: Some(version.description),
        created_date: Some(view::time(version.created_ms)),
        compatible_architectures: version.architectures,
        compatible_runtimes: version.runtimes,
        license_info: version.license,
    }
}
