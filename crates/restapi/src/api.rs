//! The API itself and its tree of resources.

use crate::{
    Authorizer, DocumentationPart, DocumentationVersion, GatewayResponse, Method, Model,
    RequestValidator,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a method's API key is read from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiKeySource {
    /// The `x-api-key` header.
    #[default]
    Header,
    /// The authorizer's `usageIdentifierKey`.
    Authorizer,
}

/// How clients reach the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointConfiguration {
    /// `EDGE`, `REGIONAL` or `PRIVATE`; one element.
    pub types: Vec<String>,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: Option<String>,
    /// VPC endpoints of a private API.
    pub vpc_endpoint_ids: Vec<String>,
}

/// A REST API with everything that a deployment freezes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RestApi {
    /// Ten characters `[a-z0-9]`, never given twice in the life of a store.
    pub id: String,
    /// The owner, twelve digits.
    pub account: String,
    /// The region it lives in.
    pub region: String,
    /// Its name; not unique.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// The user's version text.
    pub version: Option<String>,
    /// Milliseconds since the epoch.
    pub created_ms: i64,
    /// Where API keys come from.
    pub api_key_source: ApiKeySource,
    /// Endpoint type and its details.
    pub endpoint: EndpointConfiguration,
    /// Media types that are binary, such as `image/*`.
    pub binary_media_types: Vec<String>,
    /// Bytes from which answers are compressed, 0 to 10,485,760; none means never.
    pub minimum_compression_size: Option<i32>,
    /// Resource policy, JSON text with `execute-api:/…` shorthand already expanded.
    pub policy: Option<String>,
    /// Whether the default `execute-api` address is off.
    pub disable_execute_api_endpoint: bool,
    /// TLS policy's name.
    pub security_policy: Option<String>,
    /// `BASIC` or `STRICT`.
    pub endpoint_access_mode: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The id of `/`.
    pub root_resource_id: String,
    /// Resources by id.
    pub resources: BTreeMap<String, Resource>,
    /// Models by name.
    pub models: BTreeMap<String, Model>,
    /// Request validators by id.
    pub validators: BTreeMap<String, RequestValidator>,
    /// Authorizers by id.
    pub authorizers: BTreeMap<String, Authorizer>,
    /// Customised gateway responses by type, such as `DEFAULT_4XX`.
    pub gateway_responses: BTreeMap<String, GatewayResponse>,
    /// Documentation parts by id.
    pub documentation_parts: BTreeMap<String, DocumentationPart>,
    /// Documentation versions by version.
    pub documentation_versions: BTreeMap<String, DocumentationVersion>,
}

impl RestApi {
    /// The resource with this full path, such as `/pets/{petId}`.
    pub fn resource_by_path(&self, path: &str) -> Option<&Resource> {
        self.resources
            .values()
            .find(|resource| resource.path == path)
    }

    /// Resources whose parent is `id`.
    pub fn children<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources
            .values()
            .filter(move |child| child.parent_id.as_deref() == Some(id))
    }
}

/// A node of the path tree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Six to ten characters `[a-z0-9]`.
    pub id: String,
    /// None for the root.
    pub parent_id: Option<String>,
    /// Last segment: `pets`, `{petId}`, `{proxy+}`; none for the root.
    pub path_part: Option<String>,
    /// Full path, `/` for the root.
    pub path: String,
    /// Methods by verb, `ANY` included.
    pub methods: BTreeMap<String, Method>,
}
