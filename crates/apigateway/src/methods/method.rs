//! Methods of a resource.

use crate::{
    ApiGateway, Error, patch,
    patch::{CONTENT_TYPES, Op, PARAMETERS, Patch},
    view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{Method, RestApi};
use smithy::ServiceError;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Verbs that a method may have, in AWS's order.
const VERBS: [&str; 8] = [
    "GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY",
];

/// PutMethod: makes a method; an existing one stands in the way.
pub async fn put(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::PutMethodRequest,
) -> Result<wire::Method, ServiceError> {
    let resource_id = input.resource_id.clone();
    let made = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            add(&mut record.api, input)
        })
        .await?;
    Ok(view::method(&made, &resource_id))
}

/// GetMethod.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetMethodRequest,
) -> Result<wire::Method, ServiceError> {
    let record = service.api_below(&call, &input.rest_api_id).await?;
    let method = find(&record.api, &input.resource_id, &input.http_method)?;
    Ok(view::method(method, &input.resource_id))
}

/// UpdateMethod.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateMethodRequest,
) -> Result<wire::Method, ServiceError> {
    let resource_id = input.resource_id.clone();
    let changed = service
        .edit_below(&call, &input.rest_api_id.clone(), |record| {
            change(&mut record.api, input)
        })
        .await?;
    Ok(view::method(&changed, &resource_id))
}

/// DeleteMethod.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteMethodRequest,
) -> Result<wire::DeleteMethodOutput, ServiceError> {
    service
        .edit_below(&call, &input.rest_api_id, |record| {
            let resource = record
                .api
                .resources
                .get_mut(&input.resource_id)
                .ok_or_else(Error::unknown_resource)?;
            let gone = resource.methods.remove(&input.http_method);
            gone.map(|_| ()).ok_or_else(Error::unknown_method)
        })
        .await?;
    Ok(wire::DeleteMethodOutput::default())
}

/// The method of a resource.
///
/// # Errors
/// The 404 of the resource or of the method.
pub fn find<'a>(api: &'a RestApi, resource_id: &str, verb: &str) -> Result<&'a Method, Error> {
    let resource = api
        .resources
        .get(resource_id)
        .ok_or_else(Error::unknown_resource)?;
    resource.methods.get(verb).ok_or_else(Error::unknown_method)
}

/// The method of a resource, to be changed.
///
/// # Errors
/// As [`find`].
pub fn find_mut<'a>(
    api: &'a mut RestApi,
    resource_id: &str,
    verb: &str,
) -> Result<&'a mut Method, Error> {
    let resource = api
        .resources
        .get_mut(resource_id)
        .ok_or_else(Error::unknown_resource)?;
    resource
        .methods
        .get_mut(verb)
        .ok_or_else(Error::unknown_method)
}

/// Passes a verb that a method may have.
///
/// # Errors
/// AWS's sentence with the verbs it knows.
pub fn check_verb(verb: &str) -> Result<(), Error> {
    if VERBS.contains(&verb) {
        return Ok(());
    }
    Err(Error::bad(format!(
        "Invalid HttpMethod specified. Valid options are {}",
        VERBS.join(",")
    )))
}

fn add(api: &mut RestApi, input: wire::PutMethodRequest) -> Result<Method, Error> {
    let resource = api
        .resources
        .get(&input.resource_id)
        .ok_or_else(Error::unknown_resource)?;
    check_verb(&input.http_method)?;
    if resource.methods.contains_key(&input.http_method) {
        return Err(Error::conflict("Method already exists for this resource"));
    }
    let method = Method {
        http_method: input.http_method.clone(),
        authorization_type: input.authorization_type,
        authorizer_id: input.authorizer_id,
        authorization_scopes: input.authorization_scopes.unwrap_or_default(),
        api_key_required: input.api_key_required.unwrap_or_default(),
        request_validator_id: input.request_validator_id.filter(|id| !id.is_empty()),
        operation_name: input.operation_name,
        request_parameters: input.request_parameters.unwrap_or_default(),
        request_models: input.request_models.unwrap_or_default(),
        ..Method::default()
    };
    let method = checked(api, method)?;
    if let Some(resource) = api.resources.get_mut(&input.resource_id) {
        resource.methods.insert(input.http_method, method.clone());
    }
    Ok(method)
}

fn change(api: &mut RestApi, input: wire::UpdateMethodRequest) -> Result<Method, Error> {
    let mut method = find(api, &input.resource_id, &input.http_method)?.clone();
    for patch in patch::parse(input.patch_operations)? {
        apply(&mut method, &patch)?;
    }
    let method = checked(api, method)?;
    *find_mut(api, &input.resource_id, &input.http_method)? = method.clone();
    Ok(method)
}

fn apply(method: &mut Method, patch: &Patch) -> Result<(), Error> {
    match patch.at().as_slice() {
        ["requestParameters", name] => {
            PARAMETERS.apply(&mut method.request_parameters, patch, name, patch.truth())
        }
        ["requestModels", content_type] => CONTENT_TYPES.apply(
            &mut method.request_models,
            patch,
            content_type,
            patch.text(),
        ),
        ["authorizationScopes"] => scopes(method, patch),
        ["authorizationType"] => {
            patch.only_replace()?;
            method.authorization_type = patch.text();
            Ok(())
        }
        ["authorizerId"] => {
            patch.only_replace()?;
            method.authorizer_id = patch.some_text();
            Ok(())
        }
        ["apiKeyRequired"] => {
            patch.only_replace()?;
            method.api_key_required = patch.truth();
            Ok(())
        }
        ["operationName"] => {
            patch.only_replace()?;
            method.operation_name = patch.some_text();
            Ok(())
        }
        ["requestValidatorId"] => {
            patch.only_replace()?;
            method.request_validator_id = patch.some_text();
            Ok(())
        }
        _ => Err(patch.unknown_path()),
    }
}

fn scopes(method: &mut Method, patch: &Patch) -> Result<(), Error> {
    let scope = patch.text();
    match patch.op {
        Op::Add if method.authorization_scopes.contains(&scope) => {}
        Op::Add => method.authorization_scopes.push(scope),
        Op::Remove => method.authorization_scopes.retain(|one| *one != scope),
        _ => {
            return Err(Error::bad(
                "Invalid patch operation specified. Must be one of: [add, remove]",
            ));
        }
    }
    Ok(())
}

/// Passes a method that fits its API, without what its authorization type has no use for.
fn checked(api: &RestApi, mut method: Method) -> Result<Method, Error> {
    check_authorization(api, &method)?;
    if matches!(method.authorization_type.as_str(), "NONE" | "AWS_IAM") {
        method.authorizer_id = None;
    }
    if let Some(id) = &method.request_validator_id
        && !api.validators.contains_key(id)
    {
        return Err(Error::bad("Invalid Request Validator identifier specified"));
    }
    for name in method.request_models.values() {
        if !api.models.contains_key(name) {
            return Err(Error::bad(format!(
                "Invalid model identifier specified: {name}"
            )));
        }
    }
    check_parameters(&method.request_parameters)?;
    Ok(method)
}

fn check_authorization(api: &RestApi, method: &Method) -> Result<(), Error> {
    let authorizer = method
        .authorizer_id
        .as_ref()
        .and_then(|id| api.authorizers.get(id));
    let fits = match (method.authorization_type.as_str(), authorizer) {
        ("NONE" | "AWS_IAM", _) => true,
        ("CUSTOM", Some(found)) => matches!(found.kind.as_str(), "TOKEN" | "REQUEST"),
        ("COGNITO_USER_POOLS" | "JWT", Some(found)) => found.kind == method.authorization_type,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    Err(Error::bad(
        "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
         COGNITO_USER_POOLS requires a valid authorizer.",
    ))
}

/// `method.request.{path|querystring|header}.{name}`, each name once whatever its place.
fn check_parameters(parameters: &BTreeMap<String, bool>) -> Result<(), Error> {
    let mut names = BTreeSet::new();
    for parameter in parameters.keys() {
        let named = ["path", "querystring", "header"].iter().find_map(|place| {
            parameter
                .strip_prefix("method.request.")?
                .strip_prefix(place)?
                .strip_prefix('.')
        });
        let Some(name) = named.filter(|name| !name.is_empty()) else {
            return Err(Error::bad(format!(
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
                 [Invalid mapping expression specified: {parameter}]"
            )));
        };
        if !names.insert(name) {
            return Err(Error::bad(
                "Parameter names must be unique across querystring, header and path",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use restapi::{Authorizer, Resource};

    fn api() -> RestApi {
        let mut api = RestApi::default();
        let authorizer = |id: &str, kind: &str| Authorizer {
            id: id.into(),
            kind: kind.into(),
            ..Authorizer::default()
        };
        api.authorizers
            .insert("tok".into(), authorizer("tok", "TOKEN"));
        api.authorizers
            .insert("cog".into(), authorizer("cog", "COGNITO_USER_POOLS"));
        api.resources.insert(
            "r".into(),
            Resource {
                id: "r".into(),
                ..Resource::default()
            },
        );
        api
    }

    fn request(verb: &str, kind: &str) -> wire::PutMethodRequest {
        wire::PutMethodRequest {
            resource_id: "r".into(),
            http_method: verb.into(),
            authorization_type: kind.into(),
            ..wire::PutMethodRequest::default()
        }
    }

    #[test]
    fn a_method_is_made_once() {
        let mut api = api();
        add(&mut api, request("GET", "NONE")).unwrap();
        let again = add(&mut api, request("GET", "NONE")).unwrap_err();
        assert_eq!(again.to_string(), "Method already exists for this resource");
        assert!(matches!(again, Error::Conflict(_)));
        assert!(add(&mut api, request("get", "NONE")).is_err());
    }

    #[test]
    fn an_authorizer_must_be_of_the_methods_type() {
        let mut api = api();
        for (kind, id, fits) in [
            ("CUSTOM", Some("tok"), true),
            ("CUSTOM", Some("cog"), false),
            ("CUSTOM", None, false),
            ("COGNITO_USER_POOLS", Some("cog"), true),
            ("COGNITO_USER_POOLS", Some("tok"), false),
            ("WRONG", Some("tok"), false),
            ("NONE", Some("nobody"), true),
        ] {
            let mut input = request("GET", kind);
            input.authorizer_id = id.map(Into::into);
            let made = add(&mut api, input);
            assert_eq!(made.is_ok(), fits, "{kind} {id:?}");
            if kind == "NONE" {
                assert_eq!(made.unwrap().authorizer_id, None);
            }
            api.resources.get_mut("r").unwrap().methods.clear();
        }
    }

    #[test]
    fn parameters_are_named_once_and_by_the_grammar() {
        let check = |names: &[&str]| {
            let map = names
                .iter()
                .map(|name| ((*name).to_owned(), true))
                .collect();
            check_parameters(&map).map_err(|error| error.to_string())
        };
        assert_eq!(
            check(&["method.request.path.a", "method.request.header.b"]),
            Ok(())
        );
        assert_eq!(
            check(&["method.request.path.a", "method.request.header.a"]),
            Err("Parameter names must be unique across querystring, header and path".into())
        );
        assert!(check(&["method.request.cookie.a"]).is_err());
        assert!(check(&["method.request.path."]).is_err());
    }

    #[test]
    fn patches_are_refused_as_recorded() {
        let mut method = Method::default();
        for (op, path, want) in [
            (
                "add",
                "/authorizationType",
                "Invalid patch operation specified. Must be one of: [replace]",
            ),
            ("replace", "/httpMethod", "Invalid patch path /httpMethod"),
            (
                "add",
                "/requestParameters",
                "Invalid patch path /requestParameters",
            ),
            (
                "add",
                "/requestModels/application/json",
                "Invalid patch path /requestModels/application/json",
            ),
        ] {
            let patch =
                Patch::new(Some(op.into()), Some(path.into()), Some("x".into()), None).unwrap();
            assert_eq!(apply(&mut method, &patch).unwrap_err().to_string(), want);
        }
    }
}
