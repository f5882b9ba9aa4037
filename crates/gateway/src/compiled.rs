//! The compiled form of a stage: everything parsed that a request would otherwise parse.

use crate::{
    access_log, authorizer::CompiledAuthorizer, compiled_integration::CompiledIntegration,
    execution_log::Detail, gateway_response::CustomResponses, route::Node, schema::Models,
    throttle, token_authorizer::TokenAuthorizer, vpc_endpoints,
};
use arn::{AccountId, Region};
use policy::Document;
use ports::{LiveStage, LogTarget, Throttle};
use restapi::{Method, MethodSetting, Resource, RestApi, Stage};
use std::{collections::BTreeMap, sync::Arc};

/// A stage with the deployment that it serves, ready to run.
#[derive(Debug)]
pub(crate) struct CompiledStage {
    /// The API as it was deployed.
    pub(crate) api: Arc<RestApi>,
    /// The stage's settings.
    pub(crate) settings: Arc<Stage>,
    /// Equal means identical.
    pub(crate) revision: u64,
    /// The API's owner.
    pub(crate) account: AccountId,
    /// The API's region.
    pub(crate) region: Region,
    /// The path tree.
    pub(crate) root: Node,
    /// The resource policy.
    pub(crate) policy: ResourcePolicy,
    /// Customised gateway responses.
    pub(crate) responses: CustomResponses,
    /// Where the access log goes, if anywhere.
    pub(crate) access_log: Option<access_log::Destination>,
    /// Where its execution logs go.
    pub(crate) execution_log: Arc<LogTarget>,
    /// What bodies are checked against; empty when no method asks for it.
    pub(crate) models: Models,
    /// Lambda authorizers by id.
    authorizers: BTreeMap<String, Arc<CompiledAuthorizer>>,
    /// Cognito and JWT authorizers by id.
    token_authorizers: BTreeMap<String, Arc<TokenAuthorizer>>,
}

/// An API's resource policy.
#[derive(Debug)]
pub(crate) enum ResourcePolicy {
    /// The API has none.
    None,
    /// It parses.
    Document(Arc<Document>),
    /// Nobody comes in: it does not parse, or the API is private and has none ("Private REST APIs
    /// in API Gateway": a resource policy must grant access).
    Nobody,
}

impl ResourcePolicy {
    fn of(api: &RestApi) -> Self {
        let is_private = vpc_endpoints::is_private(api);
        let text = api.policy.as_deref().filter(|text| !text.trim().is_empty());
        match text.map(Document::parse) {
            None if is_private => Self::Nobody,
            None => Self::None,
            Some(Ok(document)) => Self::Document(Arc::new(document)),
            Some(Err(reason)) => {
                tracing::error!(api = api.id, %reason, "resource policy does not parse");
                Self::Nobody
            }
        }
    }
}

/// Why a deployment cannot be compiled at all; such a stage is not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    /// The record names no valid account or region.
    #[error(transparent)]
    Owner(#[from] arn::ParseError),
    /// The tree has no root.
    #[error("API has no root resource")]
    NoRoot,
}

impl CompiledStage {
    /// The method's Cognito or JWT authorizer, which must be of the kind that the method names.
    fn token_authorization(&self, kind: &str, method: &Method) -> Authorization {
        let found = method.authorizer_id.as_ref().and_then(|id| {
            let is_of_kind = self.api.authorizers.get(id)?.kind == kind;
            let authorizer = self.token_authorizers.get(id)?;
            is_of_kind.then(|| Arc::clone(authorizer))
        });
        match found {
            Some(authorizer) => {
                Authorization::Token(authorizer, method.authorization_scopes.clone())
            }
            None => Authorization::Unsupported(format!("{kind} without a whole authorizer")),
        }
    }

    /// Compiles a live stage with all its methods.
    ///
    /// # Errors
    /// When the API's owner, region or root is missing.
    pub(crate) fn compile(live: &LiveStage) -> Result<Self, CompileError> {
        let mut compiled = Self::without_methods(&live.api, &live.stage)?;
        compiled.revision = live.revision;
        let root = live
            .api
            .resources
            .get(&live.api.root_resource_id)
            .ok_or(CompileError::NoRoot)?;
        compiled.root = Node::build(&live.api, root, &mut |resource, verb| {
            compiled.method(resource, verb).map(Arc::new)
        });
        Ok(compiled)
    }

    /// The same with an empty path tree, for TestInvokeMethod which names its method.
    ///
    /// # Errors
    /// When the API's owner or region is missing.
    pub(crate) fn without_methods(
        api: &Arc<RestApi>,
        stage: &Arc<Stage>,
    ) -> Result<Self, CompileError> {
        let (account, region): (AccountId, Region) = (api.account.parse()?, api.region.parse()?);
        let stream = access_log::stream(&api.id, &stage.name);
        let access_log = access_log::destination(stage, &account, &stream);
        let execution_log = Arc::new(LogTarget {
            account: account.clone(),
            region: region.clone(),
            group: format!("API-Gateway-Execution-Logs_{}/{}", api.id, stage.name),
            stream,
        });
        let mut compiled = Self {
            account,
            region,
            root: Node::default(),
            policy: ResourcePolicy::of(api),
            responses: CustomResponses::compile(&api.gateway_responses),
            access_log,
            execution_log,
            api: Arc::clone(api),
            settings: Arc::clone(stage),
            revision: 0,
            models: models(api),
            authorizers: BTreeMap::new(),
            token_authorizers: token_authorizers(api),
        };
        let authorizers = api.authorizers.iter().filter_map(|(id, authorizer)| {
            let authorizer = CompiledAuthorizer::compile(&compiled, authorizer)?;
            Some((id.clone(), Arc::new(authorizer)))
        });
        compiled.authorizers = authorizers.collect();
        Ok(compiled)
    }

    /// A method of `resource`, compiled for this stage; none when there is no such method.
    pub(crate) fn method(&self, resource: &Resource, verb: &str) -> Option<CompiledMethod> {
        let method = resource.methods.get(verb)?;
        let integration = method.integration.as_ref();
        let setting = setting(&self.settings, &resource.path, verb);
        Some(CompiledMethod {
            resource_id: resource.id.clone(),
            resource_path: resource.path.clone(),
            verb: verb.to_owned(),
            plan_key: format!("{}/{verb}", resource.path),
            operation_name: method.operation_name.clone(),
            authorization: self.authorization(method),
            api_key_required: method.api_key_required,
            validation: Validation::of(method, &self.api),
            detail: setting.map_or(Detail::Off, log_detail),
            throttle: setting.and_then(throttle::of_setting),
            integration: integration
                .map(|integration| CompiledIntegration::compile(self, resource, verb, integration)),
        })
    }

    /// The Lambda authorizer with this id.
    pub(crate) fn authorizer(&self, id: &str) -> Option<&CompiledAuthorizer> {
        self.authorizers.get(id).map(Arc::as_ref)
    }

    /// The Cognito or JWT authorizer with this id.
    pub(crate) fn token_authorizer(&self, id: &str) -> Option<&TokenAuthorizer> {
        self.token_authorizers.get(id).map(Arc::as_ref)
    }

    /// Who may call this method.
    fn authorization(&self, method: &Method) -> Authorization {
        let authorizer = || {
            let id = method.authorizer_id.as_ref()?;
            self.authorizers.get(id).map(Arc::clone)
        };
        match method.authorization_type.as_str() {
            "NONE" => Authorization::Open,
            "AWS_IAM" => Authorization::Iam,
            "CUSTOM" => authorizer().map_or_else(
                || Authorization::Unsupported("CUSTOM without a Lambda authorizer".to_owned()),
                Authorization::Lambda,
            ),
            kind @ ("COGNITO_USER_POOLS" | "JWT") => self.token_authorization(kind, method),
            other => Authorization::Unsupported(other.to_owned()),
        }
    }
}

fn token_authorizers(api: &RestApi) -> BTreeMap<String, Arc<TokenAuthorizer>> {
    let all = api.authorizers.iter().filter_map(|(id, authorizer)| {
        let compiled = TokenAuthorizer::compile(authorizer)?;
        Some((id.clone(), Arc::new(compiled)))
    });
    all.collect()
}

fn models(api: &RestApi) -> Models {
    let mut validators = api.validators.values();
    match validators.any(|validator| validator.validates_body) {
        true => Models::compile(&api.models),
        false => Models::default(),
    }
}

/// A method, ready to run.
#[derive(Debug)]
pub(crate) struct CompiledMethod {
    /// Id of its resource.
    pub(crate) resource_id: String,
    /// The resource's template, such as `/pets/{petId}`.
    pub(crate) resource_path: String,
    /// The verb as it is set up, `ANY` included.
    pub(crate) verb: String,
    /// How usage plans name the method, such as `/pets/GET`.
    pub(crate) plan_key: String,
    /// The user's operation name.
    pub(crate) operation_name: Option<String>,
    /// Who may call.
    pub(crate) authorization: Authorization,
    /// Whether an API key is needed.
    pub(crate) api_key_required: bool,
    /// What is checked of a request.
    pub(crate) validation: Validation,
    /// How much is logged.
    pub(crate) detail: Detail,
    /// How often it may be called; none means as often as one likes.
    pub(crate) throttle: Option<Throttle>,
    /// What answers; none while the method is unfinished.
    pub(crate) integration: Option<CompiledIntegration>,
}

/// Who may call a method.
#[derive(Debug, Clone)]
pub(crate) enum Authorization {
    /// Everybody whom the resource policy lets in.
    Open,
    /// Signed requests.
    Iam,
    /// Whom a function lets in.
    Lambda(Arc<CompiledAuthorizer>),
    /// Whose token a Cognito or JWT authorizer finds good, with one of these scopes.
    Token(Arc<TokenAuthorizer>, Vec<String>),
    /// A type that cannot be asked, because its authorizer is gone or not whole: nobody comes in.
    Unsupported(String),
}

/// What is checked of a request before its integration is called.
#[derive(Debug, Default)]
pub(crate) struct Validation {
    /// Required parameters, in the order of their full keys.
    pub(crate) required: Vec<Required>,
    /// Models by content type, and `$default`; none when bodies are not checked.
    pub(crate) models: Vec<(String, String)>,
}

/// A parameter without which a request is refused.
#[derive(Debug)]
pub(crate) struct Required {
    /// Where it is looked for.
    pub(crate) place: Place,
    /// Its name, without `method.request.header.`.
    pub(crate) name: String,
}

/// Where a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A header, spelled exactly so.
    Header,
    /// The path.
    Path,
    /// The query.
    Querystring,
}

impl Validation {
    fn of(method: &Method, api: &RestApi) -> Self {
        let validator = method
            .request_validator_id
            .as_ref()
            .and_then(|id| api.validators.get(id));
        let Some(validator) = validator else {
            return Self::default();
        };
        // The map is ordered by key, so the list is in AWS's order: header, path, querystring.
        let required = method.request_parameters.iter();
        let required = required.filter(|(_, is_required)| **is_required);
        Self {
            required: match validator.validates_parameters {
                true => required.filter_map(|(key, _)| Required::of(key)).collect(),
                false => Vec::new(),
            },
            models: match validator.validates_body {
                true => request_models(method),
                false => Vec::new(),
            },
        }
    }
}

fn request_models(method: &Method) -> Vec<(String, String)> {
    let models = method.request_models.iter();
    models
        .map(|(kind, model)| (kind.clone(), model.clone()))
        .collect()
}

impl Validation {
    /// The model for a body of this type: its own, else that of `$default`.
    pub(crate) fn model(&self, content_type: &str) -> Option<&str> {
        let of = |wanted: &str| {
            let mut models = self.models.iter();
            models.find(|(kind, _)| kind.eq_ignore_ascii_case(wanted))
        };
        let found = of(content_type).or_else(|| of("$default"));
        found.map(|(_, model)| model.as_str())
    }
}

impl Required {
    fn of(key: &str) -> Option<Self> {
        let (place, name) = key.strip_prefix("method.request.")?.split_once('.')?;
        let place = match place {
            "header" => Place::Header,
            "path" => Place::Path,
            "querystring" => Place::Querystring,
            _ => return None,
        };
        Some(Self {
            place,
            name: name.to_owned(),
        })
    }
}

/// The settings of a method: its own, else the stage's `*/*`.
fn setting<'a>(stage: &'a Stage, resource_path: &str, verb: &str) -> Option<&'a MethodSetting> {
    let path = resource_path.trim_start_matches('/').replace('/', "~1");
    [format!("{path}/{verb}"), format!("~1{path}/{verb}")]
        .iter()
        .find_map(|key| stage.method_settings.get(key))
        .or_else(|| stage.method_settings.get("*/*"))
}

fn log_detail(setting: &MethodSetting) -> Detail {
    let level = setting.logging_level.as_deref().unwrap_or("OFF");
    Detail::of(level, setting.data_trace_enabled)
}
