//! SDK types: static facts. Generating an SDK is not offered.

use crate::{ApiGateway, Error, page};
use api::apigateway as wire;
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// Id, name, and the properties (name, description, whether required) of each type.
///
/// Source: "Generate SDKs for REST APIs in API Gateway".
type Fact = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, bool)],
);

const TYPES: [Fact; 5] = [
    (
        "android",
        "Android",
        &[
            ("groupId", "Group ID", true),
            ("artifactId", "Artifact ID", true),
            ("artifactVersion", "Artifact version", true),
            ("invokerPackage", "Invoker package", true),
        ],
    ),
    (
        "java",
        "Java SDK",
        &[
            ("service.name", "Service name", true),
            ("java.package-name", "Java package name", true),
            ("java.build-system", "Java build system", false),
            ("java.group-id", "Java group ID", false),
            ("java.artifact-id", "Java artifact ID", false),
            ("java.artifact-version", "Java artifact version", false),
        ],
    ),
    ("javascript", "JavaScript", &[]),
    (
        "objectivec",
        "iOS (Objective-C)",
        &[("classPrefix", "Prefix", true)],
    ),
    ("ruby", "Ruby", &[("service.name", "Service name", true)]),
];

/// GetSdkTypes.
pub async fn list(
    _service: Arc<ApiGateway>,
    _call: Call,
    input: wire::GetSdkTypesRequest,
) -> Result<wire::SdkTypes, ServiceError> {
    let all = TYPES.iter().map(|fact| (fact.0.to_owned(), show(fact)));
    let page = page::cut(all.collect(), input.limit, input.position.as_deref());
    Ok(wire::SdkTypes {
        items: Some(page.items),
        position: page.position,
    })
}

/// GetSdkType.
pub async fn get(
    _service: Arc<ApiGateway>,
    _call: Call,
    input: wire::GetSdkTypeRequest,
) -> Result<wire::SdkType, ServiceError> {
    let found = TYPES.iter().find(|fact| fact.0 == input.id);
    // UNVERIFIED: AWS's text.
    let found = found.ok_or_else(|| Error::not_found("Invalid SDK type identifier specified"))?;
    Ok(show(found))
}

fn show(fact: &Fact) -> wire::SdkType {
    let (id, name, properties) = *fact;
    let property =
        |(name, friendly_name, is_required): &(&str, &str, bool)| wire::SdkConfigurationProperty {
            name: Some((*name).into()),
            friendly_name: Some((*friendly_name).into()),
            required: Some(*is_required),
            ..wire::SdkConfigurationProperty::default()
        };
    wire::SdkType {
        id: Some(id.into()),
        friendly_name: Some(name.into()),
        configuration_properties: Some(properties.iter().map(property).collect()),
        ..wire::SdkType::default()
    }
}
