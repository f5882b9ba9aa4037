//! The tree of resources.

use crate::{
    ApiGateway, Error, ID_LENGTH,
    apis::path_part::{self, Kind},
    limits, page, patch,
    patch::{Op, Patch},
    view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{Resource, RestApi};
use smithy::ServiceError;
use std::sync::Arc;

/// CreateResource.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateResourceRequest,
) -> Result<wire::Resource, ServiceError> {
    let made = service
        .edit_below(&call, &input.rest_api_id, |record| {
            let api = &mut record.api;
            let id = service.id(ID_LENGTH, |id| api.resources.contains_key(id));
            add(api, id, &input.parent_id, &input.path_part)
        })
        .await?;
    Ok(view::resource(&made, false))
}

/// GetResource.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetResourceRequest,
) -> Result<wire::Resource, ServiceError> {
    let record = service.api_below(&call, &input.rest_api_id).await?;
    let resource = find(&record.api, &input.resource_id)?;
    Ok(view::resource(
        resource,
        wants_methods(input.embed.as_deref()),
    ))
}

/// GetResources, in order of path.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetResourcesRequest,
) -> Result<wire::Resources, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let is_embedded = wants_methods(input.embed.as_deref());
    let mut sorted: Vec<_> = record
        .api
        .resources
        .values()
        .map(|resource| (resource.path.clone(), resource))
        .collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let page = page::cut(sorted, input.limit, input.position.as_deref());
    let items = page.items.into_iter();
    Ok(wire::Resources {
        items: Some(items.map(|one| view::resource(one, is_embedded)).collect()),
        position: page.position,
    })
}

/// UpdateResource.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateResourceRequest,
) -> Result<wire::Resource, ServiceError> {
    let changed = service
        .edit_below(&call, &input.rest_api_id, |record| {
            find(&record.api, &input.resource_id)?;
            for patch in patch::parse(input.patch_operations)? {
                apply(&mut record.api, &input.resource_id, &patch)?;
            }
            find(&record.api, &input.resource_id).cloned()
        })
        .await?;
    Ok(view::resource(&changed, false))
}

/// DeleteResource, with all that is below it.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteResourceRequest,
) -> Result<wire::DeleteResourceOutput, ServiceError> {
    service
        .edit_below(&call, &input.rest_api_id, |record| {
            remove(&mut record.api, &input.resource_id)
        })
        .await?;
    Ok(wire::DeleteResourceOutput::default())
}

/// The resource with this id.
///
/// # Errors
/// `Invalid Resource identifier specified`.
pub fn find<'a>(api: &'a RestApi, id: &str) -> Result<&'a Resource, Error> {
    api.resources.get(id).ok_or_else(Error::unknown_resource)
}

/// Adds a child to a resource and gives a copy of it.
///
/// # Errors
/// An unknown parent, a part that is no path part, a name or a variable that a sibling has, a
/// greedy parent, too many resources.
pub fn add(api: &mut RestApi, id: String, parent_id: &str, part: &str) -> Result<Resource, Error> {
    let parent = find(api, parent_id)?;
    let kind = path_part::parse(part)?;
    check_place(api, parent, part, kind, None)?;
    if api.resources.len() >= limits::RESOURCES_MAX {
        return Err(Error::LimitExceeded(
            "Maximum number of resources for this API has been reached. Please contact AWS if you \
             need additional resources."
                .into(),
        ));
    }
    let resource = Resource {
        id: id.clone(),
        parent_id: Some(parent_id.to_owned()),
        path_part: Some(part.to_owned()),
        path: join(&parent.path, part),
        ..Resource::default()
    };
    api.resources.insert(id, resource.clone());
    Ok(resource)
}

fn apply(api: &mut RestApi, id: &str, patch: &Patch) -> Result<(), Error> {
    const KNOWN: &str = "/parentId, /pathPart";
    let path = patch.at();
    if !matches!(path.as_slice(), ["parentId" | "pathPart"]) {
        return Err(patch.refuse_path(KNOWN));
    }
    if patch.op != Op::Replace {
        return Err(patch.refuse_op());
    }
    if path == ["pathPart"] {
        rename(api, id, &patch.text())
    } else {
        hang(api, id, &patch.text())
    }
}

/// Gives a resource another path part.
fn rename(api: &mut RestApi, id: &str, part: &str) -> Result<(), Error> {
    let resource = find(api, id)?;
    let Some(parent_id) = resource.parent_id.clone() else {
        return Err(Error::bad("Root resource cannot update its pathPart."));
    };
    let kind = path_part::parse(part)?;
    check_place(api, find(api, &parent_id)?, part, kind, Some(id))?;
    if kind == Kind::Greedy && api.children(id).next().is_some() {
        return Err(greedy_parent(part));
    }
    if let Some(resource) = api.resources.get_mut(id) {
        resource.path_part = Some(part.to_owned());
    }
    repath(api, id);
    Ok(())
}

/// Hangs a resource, with all that is below it, under another parent.
fn hang(api: &mut RestApi, id: &str, parent_id: &str) -> Result<(), Error> {
    let resource = find(api, id)?;
    let Some(part) = resource.path_part.clone() else {
        return Err(Error::bad("Root resource cannot update its parentId."));
    };
    let parent = find(api, parent_id)?;
    if below(api, id).iter().any(|under| under == parent_id) {
        return Err(Error::bad("Resources cannot be cyclical."));
    }
    check_place(api, parent, &part, path_part::parse(&part)?, Some(id))?;
    if let Some(resource) = api.resources.get_mut(id) {
        resource.parent_id = Some(parent_id.to_owned());
    }
    repath(api, id);
    Ok(())
}

/// Removes a resource with all that is below it.
fn remove(api: &mut RestApi, id: &str) -> Result<(), Error> {
    // UNVERIFIED: AWS's text for deleting the root.
    if find(api, id)?.parent_id.is_none() {
        return Err(Error::bad("Root resource cannot be deleted."));
    }
    for gone in below(api, id) {
        api.resources.remove(&gone);
    }
    Ok(())
}

/// Checks that a part may stand under `parent`; `but` is the resource that is being moved.
fn check_place(
    api: &RestApi,
    parent: &Resource,
    part: &str,
    kind: Kind,
    but: Option<&str>,
) -> Result<(), Error> {
    let parent_part = parent.path_part.as_deref().unwrap_or_default();
    if path_part::parse(parent_part).is_ok_and(|kind| kind == Kind::Greedy) {
        return Err(greedy_parent(parent_part));
    }
    for sibling in api
        .children(&parent.id)
        .filter(|child| Some(child.id.as_str()) != but)
    {
        let theirs = sibling.path_part.as_deref().unwrap_or_default();
        if theirs == part {
            return Err(Error::conflict(format!(
                "Another resource with the same parent already has this name: {part}"
            )));
        }
        let is_variable = path_part::parse(theirs).is_ok_and(|kind| kind != Kind::Literal);
        if kind != Kind::Literal && is_variable {
            return Err(Error::bad(format!(
                "A sibling ({theirs}) of this resource already has a variable path part -- only \
                 one is allowed"
            )));
        }
    }
    Ok(())
}

fn greedy_parent(part: &str) -> Error {
    Error::bad(format!(
        "Cannot create a child of a resource with a greedy path variable: {part}"
    ))
}

/// A resource's id and the ids of all that is below it, parents before children.
fn below(api: &RestApi, id: &str) -> Vec<String> {
    let mut ids = vec![id.to_owned()];
    let mut next = 0;
    // INVARIANT: the tree has no cycles, so every id is met once.
    while let Some(parent) = ids.get(next).cloned() {
        ids.extend(api.children(&parent).map(|child| child.id.clone()));
        next += 1;
    }
    ids
}

/// Works out again the paths of a resource and of all that is below it.
fn repath(api: &mut RestApi, id: &str) {
    for changed in below(api, id) {
        let Some(resource) = api.resources.get(&changed) else {
            continue;
        };
        let parent = resource
            .parent_id
            .as_ref()
            .and_then(|id| api.resources.get(id));
        let part = resource.path_part.as_deref().unwrap_or_default();
        let path = parent.map_or_else(|| "/".to_owned(), |parent| join(&parent.path, part));
        if let Some(resource) = api.resources.get_mut(&changed) {
            resource.path = path;
        }
    }
}

fn join(parent: &str, part: &str) -> String {
    format!("{}/{part}", parent.trim_end_matches('/'))
}

fn wants_methods(embed: Option<&[String]>) -> bool {
    embed.is_some_and(|embed| embed.iter().any(|word| word == "methods"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn api() -> RestApi {
        let mut api = RestApi {
            root_resource_id: "root".into(),
            ..RestApi::default()
        };
        let root = Resource {
            id: "root".into(),
            path: "/".into(),
            ..Resource::default()
        };
        api.resources.insert("root".into(), root);
        for (id, parent, part) in [
            ("pets", "root", "pets"),
            ("one", "pets", "{petId}"),
            ("age", "one", "age"),
        ] {
            add(&mut api, id.into(), parent, part).unwrap();
        }
        api
    }

    fn patched(
        api: &mut RestApi,
        id: &str,
        op: &str,
        path: &str,
        value: &str,
    ) -> Result<(), String> {
        let patch =
            Patch::new(Some(op.into()), Some(path.into()), Some(value.into()), None).unwrap();
        apply(api, id, &patch).map_err(|error| error.to_string())
    }

    #[test]
    fn a_rename_moves_everything_below() {
        let mut api = api();
        patched(&mut api, "pets", "replace", "/pathPart", "dogs").unwrap();
        assert_eq!(api.resources["age"].path, "/dogs/{petId}/age");
        patched(&mut api, "one", "replace", "/parentId", "root").unwrap();
        assert_eq!(api.resources["age"].path, "/{petId}/age");
    }

    #[test]
    fn places_that_clash_are_refused_in_aws_words() {
        let mut api = api();
        let mut place = |parent: &str, part: &str| {
            add(&mut api, "new".into(), parent, part)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            place("root", "pets"),
            "Another resource with the same parent already has this name: pets"
        );
        assert_eq!(
            place("pets", "{id}"),
            "A sibling ({petId}) of this resource already has a variable path part -- only one is allowed"
        );
        assert_eq!(place("nope", "x"), "Invalid Resource identifier specified");
        add(&mut api, "greedy".into(), "root", "{proxy+}").unwrap();
        assert_eq!(
            add(&mut api, "new".into(), "greedy", "x")
                .unwrap_err()
                .to_string(),
            "Cannot create a child of a resource with a greedy path variable: {proxy+}"
        );
        assert_eq!(
            add(&mut api, "new".into(), "root", "{id}")
                .unwrap_err()
                .to_string(),
            "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed"
        );
    }

    #[test]
    fn patches_of_resources_are_refused_in_aws_words() {
        let mut api = api();
        for (id, op, path, value, want) in [
            (
                "root",
                "replace",
                "/pathPart",
                "x",
                "Root resource cannot update its pathPart.",
            ),
            (
                "root",
                "replace",
                "/parentId",
                "x",
                "Root resource cannot update its parentId.",
            ),
            (
                "pets",
                "replace",
                "/parentId",
                "age",
                "Resources cannot be cyclical.",
            ),
            (
                "pets",
                "replace",
                "/parentId",
                "pets",
                "Resources cannot be cyclical.",
            ),
            (
                "pets",
                "replace",
                "/x",
                "",
                "Invalid patch path '/x' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
            ),
            (
                "pets",
                "add",
                "/pathPart",
                "x",
                "Invalid patch path '/pathPart' specified for op 'add'. Please choose supported operations",
            ),
        ] {
            assert_eq!(patched(&mut api, id, op, path, value), Err(want.to_owned()));
        }
    }

    #[test]
    fn removal_takes_the_subtree_and_never_the_root() {
        let mut api = api();
        assert!(remove(&mut api, "root").is_err());
        remove(&mut api, "pets").unwrap();
        assert_eq!(api.resources.keys().collect::<Vec<_>>(), ["root"]);
    }

    #[test]
    fn the_300th_resource_is_the_last() {
        let mut api = api();
        for n in api.resources.len()..limits::RESOURCES_MAX {
            add(&mut api, format!("r{n}"), "root", &format!("p{n}")).unwrap();
        }
        let refused = add(&mut api, "more".into(), "root", "more").unwrap_err();
        assert!(matches!(refused, Error::LimitExceeded(_)));
    }
}
