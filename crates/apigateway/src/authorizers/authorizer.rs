//! Authorizers.

use crate::{
    ApiGateway, Error, ID_LENGTH,
    authorizers::jwt_configuration,
    limits,
    methods::{integration, integration_uri},
    page, patch,
    patch::{Op, Patch},
    view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{Authorizer, IntegrationType, RestApi};
use smithy::ServiceError;
use std::sync::Arc;

/// Seconds an answer is kept when nobody says otherwise.
const TTL_S_DEFAULT: i32 = 300;

/// CreateAuthorizer.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    mut input: wire::CreateAuthorizerRequest,
) -> Result<wire::Authorizer, ServiceError> {
    let jwt = match input.jwt_configuration.take() {
        None => None,
        Some(_) if input.type_ != "JWT" => {
            return Err(
                Error::bad("JWT configuration is supported for JWT authorizers only").into(),
            );
        }
        Some(given) => {
            // Nobody is asked in the name of an API that is not the caller's.
            let found = service.api(&call, &input.rest_api_id).await;
            found.map_err(|error| error.or_without_api(Error::concurrent()))?;
            Some(jwt_configuration::resolved(service.issuers.as_ref(), given).await?)
        }
    };
    let made = service
        .edit(&call, &input.rest_api_id.clone(), |record| {
            let taken = &record.api.authorizers;
            let id = service.id(ID_LENGTH, |id| taken.contains_key(id));
            add(&mut record.api, id, input, jwt)
        })
        .await
        // Recorded: an unknown API is called a concurrent modification here.
        .map_err(|error| error.or_without_api(Error::concurrent()))?;
    Ok(view::authorizer(&made))
}

/// GetAuthorizer.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetAuthorizerRequest,
) -> Result<wire::Authorizer, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    Ok(view::authorizer(find(&record.api, &input.authorizer_id)?))
}

/// GetAuthorizers.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetAuthorizersRequest,
) -> Result<wire::Authorizers, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let all = record.api.authorizers.into_iter().collect();
    let page = page::cut(all, input.limit, input.position.as_deref());
    Ok(wire::Authorizers {
        items: Some(page.items.iter().map(view::authorizer).collect()),
        position: page.position,
    })
}

/// UpdateAuthorizer.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateAuthorizerRequest,
) -> Result<wire::Authorizer, ServiceError> {
    let mut patches = patch::parse(input.patch_operations)?;
    let has_jwt = |patch: &Patch| patch.at().as_slice() == ["jwtConfiguration"];
    if patches.iter().any(has_jwt) {
        let record = service.api(&call, &input.rest_api_id).await?;
        find(&record.api, &input.authorizer_id)?;
    }
    for patch in patches.iter_mut().filter(|patch| has_jwt(patch)) {
        patch.only_replace()?;
        let issuers = service.issuers.as_ref();
        let resolved = jwt_configuration::resolved_text(issuers, &patch.text()).await?;
        patch.value = Some(resolved);
    }
    let changed = service
        .edit(&call, &input.rest_api_id, |record| {
            let mut authorizer = find(&record.api, &input.authorizer_id)?.clone();
            for patch in patches {
                apply(&mut authorizer, &patch)?;
            }
            let authorizer = checked(&record.api, authorizer)?;
            let id = authorizer.id.clone();
            record.api.authorizers.insert(id, authorizer.clone());
            Ok(authorizer)
        })
        .await?;
    Ok(view::authorizer(&changed))
}

/// DeleteAuthorizer; an authorizer that a method names stays.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteAuthorizerRequest,
) -> Result<wire::DeleteAuthorizerOutput, ServiceError> {
    service
        .edit(&call, &input.rest_api_id, |record| {
            remove(&mut record.api, &input.authorizer_id)
        })
        .await?;
    Ok(wire::DeleteAuthorizerOutput::default())
}

fn add(
    api: &mut RestApi,
    id: String,
    input: wire::CreateAuthorizerRequest,
    jwt_configuration: Option<String>,
) -> Result<Authorizer, Error> {
    if api.authorizers.len() >= limits::AUTHORIZERS_MAX {
        return Err(Error::LimitExceeded(
            "Maximum number of authorizers for this API has been reached. Please contact AWS if \
             you need additional authorizers."
                .into(),
        ));
    }
    let auth_type = match input.type_.as_str() {
        "COGNITO_USER_POOLS" => "cognito_user_pools",
        // UNVERIFIED: the word for JWT authorizers.
        "JWT" => "jwt",
        _ => "custom",
    };
    let ttl_default = (input.type_ != "JWT").then_some(TTL_S_DEFAULT);
    let authorizer = Authorizer {
        id: id.clone(),
        name: input.name,
        kind: input.type_,
        auth_type: Some(input.auth_type.unwrap_or_else(|| auth_type.into())),
        provider_arns: input.provider_arns.unwrap_or_default(),
        uri: input.authorizer_uri,
        credentials: input.authorizer_credentials.filter(|role| !role.is_empty()),
        identity_source: input.identity_source.filter(|source| !source.is_empty()),
        identity_validation_expression: input.identity_validation_expression,
        result_ttl_s: input.authorizer_result_ttl_in_seconds.or(ttl_default),
        jwt_configuration,
    };
    let authorizer = checked(api, authorizer)?;
    api.authorizers.insert(id, authorizer.clone());
    Ok(authorizer)
}

/// The authorizer with this id.
pub(crate) fn find<'a>(api: &'a RestApi, id: &str) -> Result<&'a Authorizer, Error> {
    api.authorizers
        .get(id)
        .ok_or_else(|| Error::not_found("Invalid Authorizer identifier specified"))
}

fn remove(api: &mut RestApi, id: &str) -> Result<(), Error> {
    let name = find(api, id)?.name.clone();
    for resource in api.resources.values() {
        for (verb, method) in &resource.methods {
            if method.authorizer_id.as_deref() == Some(id) {
                // Seen in hashicorp/terraform-provider-aws issue 14812, with two slashes.
                return Err(Error::conflict(format!(
                    "Cannot delete authorizer '{name}', is referenced in method: {verb}/{}",
                    resource.path
                )));
            }
        }
    }
    api.authorizers.remove(id);
    Ok(())
}

/// Passes an authorizer that is whole. UNVERIFIED but for the name and the role: AWS's texts.
fn checked(api: &RestApi, authorizer: Authorizer) -> Result<Authorizer, Error> {
    if authorizer.name.is_empty() {
        return Err(Error::bad("Authorizer name must be non-empty"));
    }
    let mut others = api
        .authorizers
        .values()
        .filter(|one| one.id != authorizer.id);
    if others.any(|one| one.name == authorizer.name) {
        return Err(Error::conflict(format!(
            "Authorizer name must be unique. Authorizer {} already exists in this RestApi.",
            authorizer.name
        )));
    }
    let ttl_s = authorizer.result_ttl_s.unwrap_or(TTL_S_DEFAULT);
    if !(0..=limits::AUTHORIZER_TTL_S_MAX).contains(&ttl_s) {
        return Err(Error::bad(
            "Invalid Authorizer result TTL. The value must be between 0 and 3600",
        ));
    }
    match authorizer.kind.as_str() {
        "TOKEN" | "REQUEST" => check_lambda(&authorizer, ttl_s)?,
        _ => check_token(&authorizer)?,
    }
    integration::check_credentials(authorizer.credentials.as_deref(), &api.account)?;
    Ok(authorizer)
}

/// Passes a whole Cognito or JWT authorizer.
pub(crate) fn check_token(authorizer: &Authorizer) -> Result<(), Error> {
    let source = authorizer.identity_source.as_deref();
    let is_header = |source: &str| {
        let name = source.strip_prefix("method.request.header.");
        name.is_some_and(|name| !name.is_empty() && !name.contains(','))
    };
    if source.is_some_and(|source| !is_header(source)) {
        return Err(Error::bad(format!(
            "Invalid mapping expression specified: {}",
            source.unwrap_or_default()
        )));
    }
    if authorizer.kind == "COGNITO_USER_POOLS" {
        if authorizer.provider_arns.is_empty() {
            return Err(Error::bad(
                "Provider ARNs must be specified for Cognito User Pools",
            ));
        }
        return Ok(());
    }
    if source.is_none() {
        return Err(Error::bad("Identity source must be specified"));
    }
    let foreign = [
        ("providerARNs", !authorizer.provider_arns.is_empty()),
        ("authorizerUri", authorizer.uri.is_some()),
        ("authorizerCredentials", authorizer.credentials.is_some()),
        (
            "identityValidationExpression",
            authorizer.identity_validation_expression.is_some(),
        ),
        (
            "authorizerResultTtlInSeconds",
            authorizer.result_ttl_s.is_some(),
        ),
    ];
    if let Some((name, _)) = foreign.iter().find(|(_, is_given)| *is_given) {
        return Err(Error::bad(format!(
            "{name} is not supported for JWT authorizers"
        )));
    }
    match &authorizer.jwt_configuration {
        Some(text) if jwt_configuration::is_resolved(text) => Ok(()),
        _ => Err(Error::bad("JWT configuration must be specified")),
    }
}

/// Another type: what the old one alone had is gone ("UpdateAuthorizer").
fn change_type(authorizer: &mut Authorizer, kind: String) {
    if kind == "JWT" && authorizer.kind != "JWT" {
        authorizer.provider_arns.clear();
        authorizer.uri = None;
        authorizer.credentials = None;
        authorizer.identity_validation_expression = None;
        authorizer.result_ttl_s = None;
    }
    if kind != "JWT" && authorizer.kind == "JWT" {
        authorizer.jwt_configuration = None;
        authorizer.result_ttl_s = Some(TTL_S_DEFAULT);
    }
    authorizer.kind = kind;
}

fn check_lambda(authorizer: &Authorizer, ttl_s: i32) -> Result<(), Error> {
    let uri = authorizer.uri.as_deref();
    if uri.is_none_or(|uri| integration_uri::function(uri).is_none()) {
        return Err(Error::bad("Invalid Authorizer URI specified"));
    }
    integration_uri::check(IntegrationType::AwsProxy, uri, true)?;
    let needs_source = authorizer.kind == "TOKEN" || ttl_s > 0;
    if needs_source && authorizer.identity_source.is_none() {
        return Err(Error::bad("Identity source must be specified"));
    }
    let sources = authorizer.identity_source.as_deref().unwrap_or_default();
    for source in sources
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        let is_header = source.strip_prefix("method.request.header.");
        let is_other = ["method.request.querystring.", "context.", "stageVariables."]
            .iter()
            .any(|scope| {
                source
                    .strip_prefix(scope)
                    .is_some_and(|name| !name.is_empty())
            });
        let fits = is_header.is_some_and(|name| !name.is_empty())
            || (authorizer.kind == "REQUEST" && is_other);
        if !fits {
            return Err(Error::bad(format!(
                "Invalid mapping expression specified: {source}"
            )));
        }
    }
    Ok(())
}

fn apply(authorizer: &mut Authorizer, patch: &Patch) -> Result<(), Error> {
    let path = patch.at();
    let slot = match path.as_slice() {
        ["providerARNs"] => {
            let arn = patch.text();
            match patch.op {
                Op::Add if authorizer.provider_arns.contains(&arn) => {}
                Op::Add => authorizer.provider_arns.push(arn),
                Op::Remove => authorizer.provider_arns.retain(|one| *one != arn),
                _ => return Err(patch.unknown_path()),
            }
            return Ok(());
        }
        ["identitySource"] => {
            authorizer.identity_source = match patch.op {
                Op::Add | Op::Replace => patch.some_text(),
                Op::Remove => None,
                _ => return Err(patch.unknown_path()),
            };
            return Ok(());
        }
        ["name"] => {
            patch.only_replace()?;
            authorizer.name = patch.text();
            return Ok(());
        }
        ["type"] => {
            patch.only_replace()?;
            change_type(authorizer, patch.text());
            return Ok(());
        }
        ["authorizerResultTtlInSeconds"] => {
            patch.only_replace()?;
            authorizer.result_ttl_s = Some(patch.text().parse().unwrap_or(-1));
            return Ok(());
        }
        ["jwtConfiguration"] if authorizer.kind != "JWT" => return Err(patch.unknown_path()),
        ["jwtConfiguration"] => &mut authorizer.jwt_configuration,
        ["authorizerUri"] => &mut authorizer.uri,
        ["authorizerCredentials"] => &mut authorizer.credentials,
        ["authType"] => &mut authorizer.auth_type,
        ["identityValidationExpression"] => &mut authorizer.identity_validation_expression,
        _ => return Err(patch.unknown_path()),
    };
    patch.only_replace()?;
    *slot = patch.some_text();
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:222222222222:function:auth/invocations";

    fn request(name: &str, kind: &str) -> wire::CreateAuthorizerRequest {
        wire::CreateAuthorizerRequest {
            name: name.into(),
            type_: kind.into(),
            authorizer_uri: Some(URI.into()),
            identity_source: Some("method.request.header.Authorization".into()),
            ..wire::CreateAuthorizerRequest::default()
        }
    }

    #[test]
    fn names_are_unique() {
        let mut api = RestApi::default();
        add(&mut api, "a".into(), request("one", "TOKEN"), None).unwrap();
        assert_eq!(
            add(&mut api, "b".into(), request("one", "REQUEST"), None)
                .unwrap_err()
                .to_string(),
            "Authorizer name must be unique. Authorizer one already exists in this RestApi."
        );
    }

    #[test]
    fn ttl_is_0_to_3600() {
        for (ttl, fits) in [(-1, false), (0, true), (3_600, true), (3_601, false)] {
            let mut input = request("one", "TOKEN");
            input.authorizer_result_ttl_in_seconds = Some(ttl);
            assert_eq!(
                add(&mut RestApi::default(), "a".into(), input, None).is_ok(),
                fits,
                "{ttl}"
            );
        }
    }

    #[test]
    fn the_tenth_authorizer_is_the_last() {
        let mut api = RestApi::default();
        for n in 0..limits::AUTHORIZERS_MAX {
            add(
                &mut api,
                format!("a{n}"),
                request(&format!("n{n}"), "TOKEN"),
                None,
            )
            .unwrap();
        }
        let refused = add(&mut api, "more".into(), request("more", "TOKEN"), None).unwrap_err();
        assert!(matches!(refused, Error::LimitExceeded(_)));
    }

    #[test]
    fn a_token_comes_from_a_header() {
        let mut input = request("one", "TOKEN");
        input.identity_source = Some("method.request.querystring.a".into());
        assert!(add(&mut RestApi::default(), "a".into(), input, None).is_err());
        let mut input = request("one", "REQUEST");
        input.identity_source = Some("method.request.querystring.a, context.stage".into());
        assert!(add(&mut RestApi::default(), "a".into(), input, None).is_ok());
    }
}
