//! From a case of a corpus to a request and its policies.

use policy::{
    Attached, Context, Decision, Document, Outcome, Policies, Principal, PrincipalKind, Request,
    Requester, ResourceRule, evaluate,
};
use serde_json::Value;
use std::sync::Arc;

/// Who asks, owned.
pub enum Who {
    Anonymous,
    Principal(Principal),
    Service(String),
}

/// A case, read.
pub struct Simulation {
    who: Who,
    action: String,
    resource: String,
    owner: arn::AccountId,
    context: Context,
    identity: Vec<Attached>,
    resource_policy: Option<Attached>,
    boundary: Option<Vec<Attached>>,
    session: Option<Vec<Attached>>,
    service_control: Vec<Vec<Attached>>,
    resource_control: Vec<Vec<Attached>>,
    endpoint: Option<Vec<Attached>>,
}

pub fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "Allowed",
        Outcome::ImplicitlyDenied => "ImplicitlyDenied",
        Outcome::ExplicitlyDenied => "ExplicitlyDenied",
    }
}

impl Simulation {
    /// A case of iam-simulate's core engine, and of the generated suite.
    pub fn read(case: &Value) -> Result<Self, String> {
        let request = &case["request"];
        let context = context(&request["context"]);
        let account = request["resource"]["accountId"].as_str().unwrap();
        Ok(Self {
            who: who(&request["principal"], &context),
            action: request["action"].as_str().unwrap().to_owned(),
            resource: request["resource"]["resource"].as_str().unwrap().to_owned(),
            owner: account.parse().map_err(|_| account.to_owned())?,
            context,
            identity: list(&case["identityPolicies"])?,
            resource_policy: list(&case["resourcePolicy"])?.pop(),
            boundary: some_list(&case["permissionBoundaries"])?,
            session: some_list(&case["sessionPolicy"])?,
            service_control: levels(&case["serviceControlPolicies"])?,
            resource_control: levels(&case["resourceControlPolicies"])?,
            endpoint: some_list(&case["endpointPolicies"])?,
        })
    }

    /// A case of iam-simulate's outer engine, whose policies are `{name, policy}`.
    pub fn read_named(case: &Value) -> Result<Self, String> {
        let mut plain = case.clone();
        for kind in [
            "identityPolicies",
            "permissionBoundaryPolicies",
            "vpcEndpointPolicies",
        ] {
            plain[kind] = unnamed(&case[kind]);
        }
        plain["permissionBoundaries"] = plain["permissionBoundaryPolicies"].clone();
        plain["endpointPolicies"] = plain["vpcEndpointPolicies"].clone();
        for kind in ["serviceControlPolicies", "resourceControlPolicies"] {
            if let Some(levels) = plain[kind].as_array_mut() {
                for level in levels {
                    level["policies"] = unnamed(&level["policies"]);
                }
            }
        }
        plain["request"]["context"] = case["request"]["contextVariables"].clone();
        Self::read(&plain)
    }

    pub fn run(&self) -> Decision {
        evaluate(
            &Request {
                requester: match &self.who {
                    Who::Anonymous => Requester::Anonymous,
                    Who::Principal(principal) => Requester::Principal(principal),
                    Who::Service(name) => Requester::Service(name),
                },
                action: &self.action,
                resource: &self.resource,
                owner: &self.owner,
                context: &self.context,
            },
            &Policies {
                identity: &self.identity,
                boundary: self.boundary.as_deref(),
                session: self.session.as_deref(),
                resource: self.resource_policy.as_ref(),
                resource_rule: self.rule(),
                service_control: &self.service_control,
                resource_control: &self.resource_control,
                endpoint: self.endpoint.as_deref(),
            },
        )
    }

    /// Roles' trust policies and KMS keys' policies must allow.
    fn rule(&self) -> ResourceRule {
        let is_key = self.resource.contains(":key/") && self.action.starts_with("kms:");
        match is_key || self.action.starts_with("sts:AssumeRole") {
            true => ResourceRule::MustAllow,
            false => ResourceRule::MayAllow,
        }
    }
}

fn unnamed(list: &Value) -> Value {
    match list.as_array() {
        None => Value::Null,
        Some(list) => list.iter().map(|one| one["policy"].clone()).collect(),
    }
}

fn attached(value: &Value) -> Result<Attached, String> {
    let text = principals_as_maps(value.clone()).to_string();
    Ok(Attached {
        id: "case".into(),
        document: Arc::new(Document::parse(&text).map_err(|error| error.to_string())?),
    })
}

/// Some cases write `"Principal": "arn:…"`, which AWS refuses; they mean `{"AWS": "arn:…"}`.
fn principals_as_maps(mut policy: Value) -> Value {
    let fix = |statement: &mut Value| {
        for name in ["Principal", "NotPrincipal"] {
            if let Some(text) = statement[name].as_str().map(str::to_owned)
                && text != "*"
            {
                statement[name] = serde_json::json!({ "AWS": text });
            }
            if statement[name].is_null()
                && let Some(object) = statement.as_object_mut()
            {
                object.remove(name);
            }
        }
    };
    match &mut policy["Statement"] {
        Value::Array(list) => list.iter_mut().for_each(fix),
        one => fix(one),
    }
    policy
}

fn list(value: &Value) -> Result<Vec<Attached>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => list.iter().map(attached).collect(),
        one => Ok(vec![attached(one)?]),
    }
}

fn some_list(value: &Value) -> Result<Option<Vec<Attached>>, String> {
    let found = list(value)?;
    Ok((!found.is_empty()).then_some(found))
}

fn levels(value: &Value) -> Result<Vec<Vec<Attached>>, String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .map(|level| list(&level["policies"]))
        .collect()
}

pub fn context(value: &Value) -> Context {
    let mut context = Context::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Array(list) => {
                let many = list.iter().map(|one| one.as_str().unwrap().to_owned());
                context.set_many(key, many.collect());
            }
            Value::String(one) => {
                context.set(key, one);
            }
            other => {
                context.set(key, other.to_string());
            }
        }
    }
    context
}

pub fn who(value: &Value, context: &Context) -> Who {
    let Some(text) = value.as_str() else {
        return Who::Anonymous;
    };
    if text.ends_with(".amazonaws.com") {
        return Who::Service(text.to_owned());
    }
    Who::Principal(principal(text, context))
}

pub fn principal(text: &str, context: &Context) -> Principal {
    let arn: arn::Arn = text.parse().unwrap();
    let account = arn.account_id().unwrap();
    let (kind, name) = match arn.resource().split_once('/') {
        Some(("assumed-role", session)) => (PrincipalKind::AssumedRole, session),
        Some(("role", name)) => (PrincipalKind::AssumedRole, name),
        Some(("federated-user", name)) => (PrincipalKind::FederatedUser, name),
        Some((_, name)) => (PrincipalKind::User, name),
        None => (PrincipalKind::Root, ""),
    };
    let role = format!(
        "arn:aws:iam::{account}:role/{}",
        name.split('/').next().unwrap()
    );
    let given = match context.get("aws:PrincipalArn") {
        Some(policy::ContextValue::One(one)) => one.parse().ok(),
        _ => None,
    };
    let principal_arn = match arn.service() {
        "sts" if kind == PrincipalKind::AssumedRole => given.unwrap_or(role.parse().unwrap()),
        _ => arn.clone(),
    };
    Principal {
        account,
        kind,
        arn,
        principal_arn,
        user_id: "AIDAEXAMPLEEXAMPLE".to_owned(),
        access_key_id: "AKIAEXAMPLEEXAMPLE".to_owned(),
        session: None,
    }
}

/// A case of AWS's tables of API Gateway, or of the confused deputy.
pub fn documented(case: &Value) -> Outcome {
    match case["kind"].as_str().unwrap() {
        "apigateway-invoke" => api_gateway(case),
        _ => {
            let context = context(&case["context"]);
            let resource = case["resource"].as_str().unwrap();
            let service = case["principalService"].as_str();
            Simulation {
                who: match service {
                    Some(name) => Who::Service(name.to_owned()),
                    None => who(&case["principal"], &context),
                },
                action: case["action"].as_str().unwrap().to_owned(),
                resource: resource.to_owned(),
                owner: resource.split(':').nth(4).unwrap().parse().unwrap(),
                context,
                identity: list(&case["identityPolicy"]).unwrap(),
                resource_policy: list(&case["resourcePolicy"]).unwrap().pop(),
                ..Simulation::empty()
            }
            .run()
            .outcome
        }
    }
}

/// API Gateway decides IAM authorization as IAM does. With another authorizer its resource policy
/// is asked for an anonymous caller, and the authorizer's verdict comes on top ("How API Gateway
/// resource policies affect authorization workflow").
fn api_gateway(case: &Value) -> Outcome {
    let method = case["methodArn"].as_str().unwrap();
    let owner: arn::AccountId = case["apiAccount"].as_str().unwrap().parse().unwrap();
    let caller = case["callerAccount"].as_str();
    let own = list(&case["identityOrAuthorizerPolicy"]).unwrap();
    let resource_policy = list(&case["apiResourcePolicy"]).unwrap().pop();
    let base = |who, identity, resource_policy| Simulation {
        who,
        action: "execute-api:Invoke".to_owned(),
        resource: method.to_owned(),
        owner: owner.clone(),
        identity,
        resource_policy,
        ..Simulation::empty()
    };
    let user = |account: &str| {
        let arn = format!("arn:aws:iam::{account}:user/caller");
        Who::Principal(principal(&arn, &Context::new()))
    };
    match case["authorization"].as_str().unwrap() {
        "AWS_IAM" => {
            base(user(caller.unwrap()), own, resource_policy)
                .run()
                .outcome
        }
        "NONE" => {
            base(Who::Anonymous, Vec::new(), resource_policy)
                .run()
                .outcome
        }
        _ => {
            let gate = base(Who::Anonymous, Vec::new(), resource_policy.clone())
                .run()
                .outcome;
            let verdict = base(user(owner.as_str()), own, None).run().outcome;
            let is_same = caller == Some(owner.as_str());
            match (gate, verdict) {
                (Outcome::ExplicitlyDenied, _) | (_, Outcome::ExplicitlyDenied) => {
                    Outcome::ExplicitlyDenied
                }
                (Outcome::Allowed, Outcome::Allowed) => Outcome::Allowed,
                // Inside one account either of the two suffices.
                (Outcome::Allowed, _) | (_, Outcome::Allowed) if is_same => Outcome::Allowed,
                _ => Outcome::ImplicitlyDenied,
            }
        }
    }
}

impl Simulation {
    fn empty() -> Self {
        Self {
            who: Who::Anonymous,
            action: String::new(),
            resource: String::new(),
            owner: "000000000000".parse().unwrap(),
            context: Context::new(),
            identity: Vec::new(),
            resource_policy: None,
            boundary: None,
            session: None,
            service_control: Vec::new(),
            resource_control: Vec::new(),
            endpoint: None,
        }
    }
}
