//! ImportRestApi and PutRestApi: an API from an OpenAPI document.

use crate::{
    ApiGateway, Error, ID_LENGTH,
    apis::{policy_text, rest_api},
    authorizers::{authorizer, jwt_configuration},
    limits,
    methods::integration,
    not_enforced, view,
};
use api::apigateway as wire;
use openapi::{BasePath, ImportOptions, Mode};
use ports::Call;
use restapi::{DocumentationPart, Resource, RestApi};
use smithy::ServiceError;
use std::{collections::BTreeMap, sync::Arc};

/// Times a document is read again because somebody else changed the API meanwhile.
const TRIES_MAX: u32 = 4;

type Parameters = BTreeMap<String, String>;

/// ImportRestApi.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::ImportRestApiRequest,
) -> Result<wire::RestApi, ServiceError> {
    let parameters = input.parameters.unwrap_or_default();
    let options = options(&service, &parameters, &call, Mode::Overwrite)?;
    let fails = input.fail_on_warnings.unwrap_or_default();
    let mut api = service.draft(&call).await?;
    api.endpoint = rest_api::endpoint(endpoint(&parameters))?;
    let warnings = service.read(&input.body, &options, &mut api, fails)?;
    service.ask_issuers(&mut api).await?;
    if ignores_documentation(&parameters) {
        api.documentation_parts.clear();
        api.documentation_versions.clear();
    }
    let made = service.add_api(api).await?;
    Ok(shown(&made, warnings, false))
}

/// PutRestApi. Stages, tags and endpoint stay; deployments are copies and do not change.
pub async fn put(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::PutRestApiRequest,
) -> Result<wire::RestApi, ServiceError> {
    let mode = match input.mode.as_deref() {
        Some("overwrite") => Mode::Overwrite,
        _ => Mode::Merge,
    };
    let parameters = input.parameters.unwrap_or_default();
    let options = options(&service, &parameters, &call, mode)?;
    let fails = input.fail_on_warnings.unwrap_or_default();
    let mut tries = 0;
    loop {
        tries += 1;
        let record = service.api(&call, &input.rest_api_id).await?;
        let mut api = record.api.clone();
        let warnings = service.read(&input.body, &options, &mut api, fails)?;
        service.ask_issuers(&mut api).await?;
        if ignores_documentation(&parameters) {
            api.documentation_parts = record.api.documentation_parts;
            api.documentation_versions = record.api.documentation_versions;
        }
        match service.replace(&call, record.revision, api).await {
            Err(Error::Conflict(_)) if tries < TRIES_MAX => {}
            done => return Ok(shown(&done?, warnings, true)),
        }
    }
}

/// What a document would set, read into an API of its own; used to find the roles and the policy
/// that its caller must be allowed to set. A document that cannot be read sets nothing.
pub fn preview(service: &ApiGateway, call: &Call, body: &[u8]) -> RestApi {
    alone(service, call, body).unwrap_or_default()
}

/// The documentation parts of a document.
///
/// # Errors
/// A document that cannot be read.
pub fn documentation(
    service: &ApiGateway,
    call: &Call,
    body: &[u8],
) -> Result<Vec<DocumentationPart>, Error> {
    let api = alone(service, call, body)?;
    Ok(api.documentation_parts.into_values().collect())
}

/// Reads a document into an API of its own.
fn alone(service: &ApiGateway, call: &Call, body: &[u8]) -> Result<RestApi, Error> {
    let root = Resource {
        id: "root".into(),
        path: "/".into(),
        ..Resource::default()
    };
    let mut api = RestApi {
        account: call.account.to_string(),
        region: call.region.to_string(),
        root_resource_id: root.id.clone(),
        resources: BTreeMap::from([(root.id.clone(), root)]),
        ..RestApi::default()
    };
    let options = ImportOptions {
        base_path: BasePath::Ignore,
        mode: Mode::Overwrite,
        account: call.account.to_string(),
        region: call.region.to_string(),
        timeout_ms_max: service.integration_timeout_ms_max.into(),
    };
    if body.len() > limits::DEFINITION_BYTES_MAX {
        return Err(too_large());
    }
    let mut id = || service.id(ID_LENGTH, |_| false);
    openapi::import(body, &options, &mut api, &mut id)
        .map_err(|error| Error::bad(error.to_string()))?;
    Ok(api)
}

/// UNVERIFIED: AWS's text; the bound is documented.
fn too_large() -> Error {
    Error::bad("Definition exceeds the maximum size of 6 MB")
}

impl ApiGateway {
    /// Puts an API in place of what it was at `revision`.
    async fn replace(&self, call: &Call, revision: u64, api: RestApi) -> Result<RestApi, Error> {
        self.edit(call, &api.id.clone(), |record| {
            if record.revision != revision {
                return Err(Error::concurrent());
            }
            if !record.stages.is_empty() {
                self.check_live(&api)?;
            }
            record.api = api;
            Ok(record.api.clone())
        })
        .await
    }

    /// Completes JWT authorizers that a document brought, and passes them and those of Cognito.
    async fn ask_issuers(&self, api: &mut RestApi) -> Result<(), Error> {
        let all = api.authorizers.values_mut();
        for authorizer in
            all.filter(|one| matches!(one.kind.as_str(), "COGNITO_USER_POOLS" | "JWT"))
        {
            let given = authorizer.jwt_configuration.as_deref();
            if let Some(text) = given.filter(|text| !jwt_configuration::is_resolved(text)) {
                let resolved = jwt_configuration::resolved_text(self.issuers.as_ref(), text).await;
                authorizer.jwt_configuration = Some(resolved?);
            }
            authorizer::check_token(authorizer)?;
        }
        Ok(())
    }

    /// Reads a document into an API; the API must be thrown away when this fails.
    fn read(
        &self,
        body: &[u8],
        options: &ImportOptions,
        api: &mut RestApi,
        fails_on_warnings: bool,
    ) -> Result<Vec<String>, Error> {
        if body.len() > limits::DEFINITION_BYTES_MAX {
            return Err(too_large());
        }
        let policy = api.policy.clone();
        let mut id = || self.id(ID_LENGTH, |_| false);
        let warnings = openapi::import(body, options, api, &mut id)
            .map_err(|error| Error::bad(error.to_string()))?;
        if fails_on_warnings && !warnings.is_empty() {
            let lines: String = warnings.iter().map(|line| format!("\n\t{line}")).collect();
            return Err(Error::bad(format!("Warnings found during import:{lines}")));
        }
        if api.policy != policy
            && let Some(text) = api.policy.take()
        {
            api.policy = policy_text::read(api, &text)?;
        }
        check(api)?;
        Ok(warnings)
    }
}

/// Passes an imported API within bounds, whose roles its account may hand over.
fn check(api: &RestApi) -> Result<(), Error> {
    if api.resources.len() > limits::RESOURCES_MAX {
        return Err(Error::LimitExceeded(
            "Maximum number of resources for this API has been reached. Please contact AWS if you \
             need additional resources."
                .into(),
        ));
    }
    if api.authorizers.len() > limits::AUTHORIZERS_MAX {
        return Err(Error::LimitExceeded(
            "Maximum number of authorizers for this API has been reached. Please contact AWS if \
             you need additional authorizers."
                .into(),
        ));
    }
    let mut faults = String::new();
    for resource in api.resources.values() {
        for (verb, method) in &resource.methods {
            let Some(one) = &method.integration else {
                continue;
            };
            let checked = integration::check_credentials(one.credentials.as_deref(), &api.account)
                .and_then(|()| not_enforced::check_integration(one));
            if let Err(error) = checked {
                faults.push_str(&format!(
                    "\n\tUnable to put integration on '{verb}' for resource at path '{}': {error}",
                    resource.path
                ));
            }
        }
    }
    for authorizer in api.authorizers.values() {
        integration::check_credentials(authorizer.credentials.as_deref(), &api.account)?;
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::bad(format!("Errors found during import:{faults}")))
}

fn options(
    service: &ApiGateway,
    parameters: &Parameters,
    call: &Call,
    mode: Mode,
) -> Result<ImportOptions, Error> {
    let word = parameters
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("basepath"))
        .map(|(_, value)| value.to_ascii_lowercase());
    let base_path = match word.as_deref() {
        None | Some("ignore" | "") => BasePath::Ignore,
        Some("prepend") => BasePath::Prepend,
        Some("split") => BasePath::Split,
        // UNVERIFIED: AWS's text.
        Some(other) => {
            return Err(Error::bad(format!(
                "Invalid value for parameter basepath: {other}. Valid values are ignore, prepend, \
                 split"
            )));
        }
    };
    Ok(ImportOptions {
        base_path,
        mode,
        account: call.account.to_string(),
        region: call.region.to_string(),
        timeout_ms_max: service.integration_timeout_ms_max.into(),
    })
}

/// `ignore=documentation`.
fn ignores_documentation(parameters: &Parameters) -> bool {
    let ignored = parameters.get("ignore").map(String::as_str);
    ignored.is_some_and(|words| words.split(',').any(|word| word.trim() == "documentation"))
}

/// `endpointConfigurationTypes=REGIONAL&vpcEndpointIds=…&ipAddressType=…`.
fn endpoint(parameters: &Parameters) -> Option<wire::EndpointConfiguration> {
    let list = |name: &str| {
        let value = parameters.get(name)?;
        Some(value.split(',').map(|one| one.trim().to_owned()).collect())
    };
    Some(wire::EndpointConfiguration {
        types: list("endpointConfigurationTypes"),
        ip_address_type: parameters.get("ipAddressType").cloned(),
        vpc_endpoint_ids: list("vpcEndpointIds"),
    })
}

fn shown(api: &RestApi, warnings: Vec<String>, shows_empty_tags: bool) -> wire::RestApi {
    wire::RestApi {
        warnings: Some(warnings).filter(|warnings| !warnings.is_empty()),
        ..view::rest_api(api, shows_empty_tags)
    }
}
