//! Documentation parts and versions.

use crate::{ApiGateway, Error, ID_LENGTH, documents::import, limits, page, patch, view};
use api::apigateway as wire;
use ports::Call;
use restapi::{DocumentationPart, DocumentationVersion, RestApi};
use smithy::ServiceError;
use std::sync::Arc;

/// CreateDocumentationPart.
pub async fn create_part(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateDocumentationPartRequest,
) -> Result<wire::DocumentationPart, ServiceError> {
    let made = service
        .edit(&call, &input.rest_api_id.clone(), |record| {
            let parts = &record.api.documentation_parts;
            let id = service.id(ID_LENGTH, |id| parts.contains_key(id));
            add_part(&mut record.api, id, input)
        })
        .await?;
    Ok(view::documentation_part(&made))
}

/// GetDocumentationPart.
pub async fn get_part(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetDocumentationPartRequest,
) -> Result<wire::DocumentationPart, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let part = record
        .api
        .documentation_parts
        .get(&input.documentation_part_id);
    Ok(view::documentation_part(part.ok_or_else(unknown_part)?))
}

/// GetDocumentationParts, narrowed by kind, path and name.
pub async fn list_parts(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetDocumentationPartsRequest,
) -> Result<wire::DocumentationParts, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let is_undocumented = input.location_status.as_deref() == Some("UNDOCUMENTED");
    let wanted = record
        .api
        .documentation_parts
        .into_iter()
        .filter(|(_, part)| {
            let name = input.name_query.as_deref();
            !is_undocumented
                && input.type_.as_ref().is_none_or(|kind| *kind == part.kind)
                && input
                    .path
                    .as_ref()
                    .is_none_or(|path| part.path.as_ref() == Some(path))
                && name.is_none_or(|name| part.name.as_ref().is_some_and(|one| one.contains(name)))
        });
    let page = page::cut(wanted.collect(), input.limit, input.position.as_deref());
    Ok(wire::DocumentationParts {
        items: Some(page.items.iter().map(view::documentation_part).collect()),
        position: page.position,
    })
}

/// UpdateDocumentationPart: its properties.
pub async fn update_part(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateDocumentationPartRequest,
) -> Result<wire::DocumentationPart, ServiceError> {
    let changed = service
        .edit(&call, &input.rest_api_id, |record| {
            let parts = &mut record.api.documentation_parts;
            let part = parts.get_mut(&input.documentation_part_id);
            let part = part.ok_or_else(unknown_part)?;
            for patch in patch::parse(input.patch_operations)? {
                if patch.at() != ["properties"] {
                    return Err(patch.refuse_path("/properties"));
                }
                if patch.op != patch::Op::Replace {
                    return Err(patch.refuse_op());
                }
                part.properties = checked(patch.text())?;
            }
            Ok(part.clone())
        })
        .await?;
    Ok(view::documentation_part(&changed))
}

/// DeleteDocumentationPart.
pub async fn delete_part(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteDocumentationPartRequest,
) -> Result<wire::DeleteDocumentationPartOutput, ServiceError> {
    service
        .edit(&call, &input.rest_api_id, |record| {
            let parts = &mut record.api.documentation_parts;
            let gone = parts.remove(&input.documentation_part_id);
            gone.map(|_| ()).ok_or_else(unknown_part)
        })
        .await?;
    Ok(wire::DeleteDocumentationPartOutput::default())
}

/// ImportDocumentationParts: the parts of a document, in place of those that stand at the same
/// locations (merge) or of all (overwrite).
pub async fn import_parts(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::ImportDocumentationPartsRequest,
) -> Result<wire::DocumentationPartIds, ServiceError> {
    let given = import::documentation(&service, &call, &input.body)?;
    let overwrites = input.mode.as_deref() == Some("overwrite");
    let ids = service
        .edit(&call, &input.rest_api_id, |record| {
            let parts = &mut record.api.documentation_parts;
            if overwrites {
                parts.clear();
            }
            let mut ids = Vec::new();
            for mut part in given {
                parts.retain(|_, one| !is_same_place(one, &part));
                part.id = service.id(ID_LENGTH, |id| parts.contains_key(id));
                ids.push(part.id.clone());
                parts.insert(part.id.clone(), part);
            }
            if parts.len() > limits::DOCUMENTATION_PARTS_MAX {
                return Err(too_many());
            }
            Ok(ids)
        })
        .await?;
    Ok(wire::DocumentationPartIds {
        ids: Some(ids),
        warnings: None,
    })
}

/// CreateDocumentationVersion.
pub async fn create_version(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateDocumentationVersionRequest,
) -> Result<wire::DocumentationVersion, ServiceError> {
    let made = service
        .edit(&call, &input.rest_api_id, |record| {
            let version = DocumentationVersion {
                version: input.documentation_version,
                description: input.description,
                created_ms: service.now_ms(),
            };
            // UNVERIFIED: AWS's texts.
            if version.version.is_empty() {
                return Err(Error::bad("Documentation version must be non-empty"));
            }
            let versions = &mut record.api.documentation_versions;
            if versions.contains_key(&version.version) {
                return Err(Error::conflict("Documentation version already exists"));
            }
            versions.insert(version.version.clone(), version.clone());
            if let Some(name) = &input.stage_name {
                let stage = record
                    .stages
                    .get_mut(name)
                    .ok_or_else(Error::unknown_stage)?;
                stage.documentation_version = Some(version.version.clone());
            }
            Ok(version)
        })
        .await?;
    Ok(view::documentation_version(&made))
}

/// GetDocumentationVersion.
pub async fn get_version(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetDocumentationVersionRequest,
) -> Result<wire::DocumentationVersion, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let versions = &record.api.documentation_versions;
    let version = versions.get(&input.documentation_version);
    Ok(view::documentation_version(
        version.ok_or_else(unknown_version)?,
    ))
}

/// GetDocumentationVersions.
pub async fn list_versions(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetDocumentationVersionsRequest,
) -> Result<wire::DocumentationVersions, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let all = record.api.documentation_versions.into_iter().collect();
    let page = page::cut(all, input.limit, input.position.as_deref());
    Ok(wire::DocumentationVersions {
        items: Some(page.items.iter().map(view::documentation_version).collect()),
        position: page.position,
    })
}

/// UpdateDocumentationVersion: its description.
pub async fn update_version(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateDocumentationVersionRequest,
) -> Result<wire::DocumentationVersion, ServiceError> {
    let changed = service
        .edit(&call, &input.rest_api_id, |record| {
            let versions = &mut record.api.documentation_versions;
            let version = versions.get_mut(&input.documentation_version);
            let version = version.ok_or_else(unknown_version)?;
            for patch in patch::parse(input.patch_operations)? {
                if patch.at() != ["description"] {
                    return Err(patch.unknown_path());
                }
                patch.only_replace()?;
                version.description = patch.some_text();
            }
            Ok(version.clone())
        })
        .await?;
    Ok(view::documentation_version(&changed))
}

/// DeleteDocumentationVersion.
pub async fn delete_version(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteDocumentationVersionRequest,
) -> Result<wire::DeleteDocumentationVersionOutput, ServiceError> {
    service
        .edit(&call, &input.rest_api_id, |record| {
            let versions = &mut record.api.documentation_versions;
            let gone = versions.remove(&input.documentation_version);
            gone.map(|_| ()).ok_or_else(unknown_version)
        })
        .await?;
    Ok(wire::DeleteDocumentationVersionOutput::default())
}

fn add_part(
    api: &mut RestApi,
    id: String,
    input: wire::CreateDocumentationPartRequest,
) -> Result<DocumentationPart, Error> {
    if api.documentation_parts.len() >= limits::DOCUMENTATION_PARTS_MAX {
        return Err(too_many());
    }
    let location = input.location;
    let part = DocumentationPart {
        id: id.clone(),
        kind: location.type_.unwrap_or_default(),
        path: location.path,
        method: location.method,
        status_code: location.status_code,
        name: location.name,
        properties: checked(input.properties)?,
    };
    let mut others = api.documentation_parts.values();
    if others.any(|one| is_same_place(one, &part)) {
        // UNVERIFIED: AWS's text.
        return Err(Error::conflict(
            "Documentation part already exists for the specified location",
        ));
    }
    api.documentation_parts.insert(id, part.clone());
    Ok(part)
}

fn is_same_place(one: &DocumentationPart, other: &DocumentationPart) -> bool {
    one.kind == other.kind
        && one.path == other.path
        && one.method == other.method
        && one.status_code == other.status_code
        && one.name == other.name
}

fn too_many() -> Error {
    Error::LimitExceeded(
        "Maximum number of documentation parts for this API has been reached".into(),
    )
}

/// Passes properties, a JSON object. UNVERIFIED: AWS's text.
fn checked(properties: String) -> Result<String, Error> {
    match serde_json::from_str::<serde_json::Value>(&properties) {
        Ok(value) if value.is_object() => Ok(properties),
        _ => Err(Error::bad(
            "Invalid Documentation part properties specified",
        )),
    }
}

fn unknown_part() -> Error {
    Error::not_found("Invalid Documentation part identifier specified")
}

/// UNVERIFIED: AWS's text.
fn unknown_version() -> Error {
    Error::not_found("Invalid Documentation version specified")
}
