//! `apigateway:Request/…` and `apigateway:Resource/…`: what a request sets, and what is there.
//!
//! A key is given during the operations that AWS names for it, and absent during others. Source:
//! "Condition keys for Amazon API Gateway Management", service authorization reference.

use api::apigateway as wire;
use policy::Context;
use restapi::{Authorizer, Method, RestApi, Stage};

/// Whose values: the request's or those of the resource as it is.
#[derive(Debug, Clone, Copy)]
pub enum Side {
    /// `apigateway:Request/…`
    Request,
    /// `apigateway:Resource/…`
    Resource,
}

impl Side {
    fn key(self, name: &str) -> String {
        match self {
            Self::Request => format!("apigateway:Request/{name}"),
            Self::Resource => format!("apigateway:Resource/{name}"),
        }
    }

    fn one(self, context: &mut Context, name: &str, value: impl Into<String>) {
        let value: String = value.into();
        context.set(&self.key(name), value);
    }

    fn many(self, context: &mut Context, name: &str, values: Vec<String>) {
        // A request without values has no such key, rather than an empty one.
        if !values.is_empty() {
            context.set_many(&self.key(name), values);
        }
    }

    /// `AuthorizerType` and `AuthorizerUri`.
    pub fn authorizers<'a>(
        self,
        context: &mut Context,
        authorizers: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) {
        let (kinds, uris): (Vec<_>, Vec<_>) = authorizers.into_iter().unzip();
        let kinds = kinds.into_iter().map(str::to_owned).collect();
        let uris = uris.into_iter().flatten().map(str::to_owned).collect();
        self.many(context, "AuthorizerType", kinds);
        self.many(context, "AuthorizerUri", uris);
    }

    /// `RouteAuthorizationType` and `ApiKeyRequired`.
    pub fn methods<'a>(
        self,
        context: &mut Context,
        methods: impl IntoIterator<Item = (&'a str, bool)>,
    ) {
        let (kinds, flags): (Vec<_>, Vec<_>) = methods.into_iter().unzip();
        let kinds = kinds.into_iter().map(str::to_owned).collect();
        let flags = flags.into_iter().map(|flag| flag.to_string()).collect();
        self.many(context, "RouteAuthorizationType", kinds);
        self.many(context, "ApiKeyRequired", flags);
    }

    /// `ApiName`, `EndpointType`, `DisableExecuteApiEndpoint` and `SecurityPolicy`.
    pub fn api(self, context: &mut Context, api: &RestApi) {
        if !api.name.is_empty() {
            self.one(context, "ApiName", api.name.as_str());
        }
        self.many(context, "EndpointType", api.endpoint.types.clone());
        let policies = api.security_policy.iter().cloned().collect();
        self.many(context, "SecurityPolicy", policies);
        let flag = api.disable_execute_api_endpoint.to_string();
        self.one(context, "DisableExecuteApiEndpoint", flag);
    }

    /// What a whole document sets, or replaces: collections of what single operations name.
    pub fn collections(self, context: &mut Context, api: &RestApi) {
        let authorizers = api.authorizers.values();
        self.authorizers(context, authorizers.map(named));
        let methods = api.resources.values().flat_map(|one| one.methods.values());
        self.methods(context, methods.map(guarded));
    }

    fn access_log(self, context: &mut Context, destination: Option<&str>, format: Option<&str>) {
        if let Some(destination) = destination {
            self.one(context, "AccessLoggingDestination", destination);
        }
        if let Some(format) = format {
            self.one(context, "AccessLoggingFormat", format);
        }
    }
}

fn named(authorizer: &Authorizer) -> (&str, Option<&str>) {
    (&authorizer.kind, authorizer.uri.as_deref())
}

fn guarded(method: &Method) -> (&str, bool) {
    (&method.authorization_type, method.api_key_required)
}

/// `apigateway:Request/StageName`: the stage that a deployment goes to.
pub fn stage_name(context: &mut Context, name: &str) {
    Side::Request.one(context, "StageName", name);
}

/// What UpdateRestApi sets.
pub fn patched_api(context: &mut Context, patches: &[wire::PatchOperation]) {
    let side = Side::Request;
    for (path, value) in set(patches) {
        match path {
            "/name" => side.one(context, "ApiName", value),
            "/disableExecuteApiEndpoint" => {
                side.one(context, "DisableExecuteApiEndpoint", value);
            }
            "/securityPolicy" => side.many(context, "SecurityPolicy", vec![value.to_owned()]),
            _ if path.starts_with("/endpointConfiguration/types") => {
                side.many(context, "EndpointType", vec![value.to_owned()]);
            }
            _ => {}
        }
    }
}

/// What UpdateAuthorizer sets.
pub fn patched_authorizer(context: &mut Context, patches: &[wire::PatchOperation]) {
    for (path, value) in set(patches) {
        let name = match path {
            "/type" => "AuthorizerType",
            "/authorizerUri" => "AuthorizerUri",
            _ => continue,
        };
        Side::Request.many(context, name, vec![value.to_owned()]);
    }
}

/// What UpdateStage sets.
pub fn patched_stage(context: &mut Context, patches: &[wire::PatchOperation]) {
    for (path, value) in set(patches) {
        match path {
            "/accessLogSettings/destinationArn" => {
                Side::Request.access_log(context, Some(value), None);
            }
            "/accessLogSettings/format" => Side::Request.access_log(context, None, Some(value)),
            _ => {}
        }
    }
}

fn set(patches: &[wire::PatchOperation]) -> impl Iterator<Item = (&str, &str)> {
    patches
        .iter()
        .filter_map(|patch| Some((patch.path.as_deref()?, patch.value.as_deref()?)))
}

/// `apigateway:Resource/…` of what `verb` would change below `/restapis/{id}`, whose API and
/// stages these are; `below` are the segments behind the id.
pub fn existing<'a>(
    context: &mut Context,
    verb: &str,
    below: &[&str],
    api: &RestApi,
    stage: impl FnOnce(&str) -> Option<&'a Stage>,
) {
    let side = Side::Resource;
    match (verb, below) {
        ("PATCH" | "DELETE", []) => side.api(context, api),
        ("PUT", []) => {
            side.api(context, api);
            side.collections(context, api);
        }
        ("PUT" | "DELETE", ["resources", resource, "methods", method]) => {
            let resource = api.resources.get(*resource);
            let method = resource.and_then(|one| one.methods.get(*method));
            side.methods(context, method.map(guarded));
        }
        ("PATCH" | "DELETE", ["authorizers", id]) => {
            side.authorizers(context, api.authorizers.get(*id).map(named));
        }
        ("PATCH" | "DELETE", ["stages", name]) => {
            if let Some(log) = stage(name).and_then(|stage| stage.access_log.as_ref()) {
                let (destination, format) = (&log.destination_arn, &log.format);
                side.access_log(context, destination.as_deref(), format.as_deref());
            }
        }
        _ => {}
    }
}
