//! A botocore model, read strictly: a trait that codegen does not know is an error, because
//! ignoring it would make a wrong wire format.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A service's model.
pub struct Model {
    /// botocore's name of the service.
    pub service: String,
    /// The model's date.
    pub version: String,
    /// Facts of the service.
    pub metadata: Metadata,
    /// Operations by name.
    pub operations: BTreeMap<String, Operation>,
    /// Shapes by name.
    pub shapes: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    pub protocol: String,
    #[serde(default)]
    pub xml_namespace: String,
    #[serde(default)]
    pub target_prefix: String,
    /// Not botocore's: set by a patch.
    #[serde(default)]
    pub names_body_input: bool,
}

#[derive(Deserialize)]
pub struct Operation {
    pub http: Http,
    pub input: Option<Reference>,
    pub output: Option<Reference>,
    #[serde(default)]
    pub errors: Vec<Reference>,
    pub authtype: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Http {
    pub method: String,
    pub request_uri: String,
    #[serde(default = "ok")]
    pub response_code: u16,
}

fn ok() -> u16 {
    200
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    pub shape: String,
    #[serde(default)]
    pub result_wrapper: String,
}

/// A shape with all of its traits that matter on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shape {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub members: Map<String, Value>,
    #[serde(default)]
    pub required: Vec<String>,
    pub payload: Option<String>,
    pub member: Option<Reference>,
    pub key: Option<Reference>,
    pub value: Option<Reference>,
    #[serde(default, rename = "enum")]
    pub values: Vec<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub pattern: Option<String>,
    /// Not botocore's: set by a patch, the pattern in a form that can be run.
    pub runs: Option<String>,
    #[serde(default)]
    pub sensitive: bool,
    #[serde(default)]
    pub exception: bool,
    #[serde(default)]
    pub fault: bool,
    #[serde(default)]
    pub error: ErrorTrait,
    // Known, and of no effect on the wire as a server sees it.
    #[serde(default, rename = "box")]
    _box: bool,
    #[serde(default, rename = "union")]
    _union: bool,
    #[serde(default, rename = "streaming")]
    _streaming: bool,
    #[serde(default, rename = "deprecated")]
    _deprecated: bool,
    #[serde(default, rename = "deprecatedMessage")]
    _deprecated_message: String,
    #[serde(default, rename = "event")]
    _event: bool,
    #[serde(default, rename = "eventstream")]
    _eventstream: bool,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct ErrorTrait {
    pub code: Option<String>,
    pub http_status_code: Option<u16>,
    #[serde(default)]
    pub sender_fault: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    pub shape: String,
    pub location: Option<String>,
    pub location_name: Option<String>,
    /// Not botocore's: set by a patch.
    #[serde(default)]
    pub null_when_absent: bool,
    // As above; clients fill idempotency tokens, event streams are not served.
    #[serde(default, rename = "idempotencyToken")]
    _idempotency_token: bool,
    #[serde(default, rename = "eventpayload")]
    _eventpayload: bool,
    #[serde(default, rename = "box")]
    _box: bool,
    #[serde(default, rename = "deprecated")]
    _deprecated: bool,
    #[serde(default, rename = "deprecatedMessage")]
    _deprecated_message: String,
    #[serde(default, rename = "deprecatedSince")]
    _deprecated_since: String,
}

impl Model {
    pub fn parse(service: &str, version: &str, mut raw: Value) -> Result<Self, String> {
        drop_prose(&mut raw);
        let say = |error: serde_json::Error| format!("model of {service}: {error}");
        let mut take = |key: &str| raw.get_mut(key).map(Value::take).unwrap_or_default();
        Ok(Self {
            service: service.to_owned(),
            version: version.to_owned(),
            metadata: serde_json::from_value(take("metadata")).map_err(say)?,
            operations: serde_json::from_value(take("operations")).map_err(say)?,
            shapes: shapes(take("shapes"))?,
        })
    }

    pub fn shape(&self, name: &str) -> Result<&Shape, String> {
        let missing = || format!("model of {}: no shape `{name}`", self.service);
        self.shapes.get(name).ok_or_else(missing)
    }

    /// The members in the model's order.
    pub fn members(&self, shape: &Shape) -> Result<Vec<(String, Member)>, String> {
        let say = |name: &str, error| format!("model of {}: member {name}: {error}", self.service);
        let read = |(name, raw): (&String, &Value)| {
            let member = serde_json::from_value(raw.clone()).map_err(|error| say(name, error))?;
            Ok((name.clone(), member))
        };
        shape.members.iter().map(read).collect()
    }

    /// Every shape that is reached from `roots`.
    pub fn reach<'a>(
        &self,
        roots: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeSet<String>, String> {
        let mut found = BTreeSet::new();
        let mut open: Vec<String> = roots.into_iter().map(str::to_owned).collect();
        while let Some(name) = open.pop() {
            if found.contains(&name) {
                continue;
            }
            let shape = self.shape(&name)?;
            open.extend(
                self.members(shape)?
                    .into_iter()
                    .map(|(_, member)| member.shape),
            );
            let parts = [&shape.member, &shape.key, &shape.value];
            open.extend(parts.into_iter().flatten().map(|part| part.shape.clone()));
            found.insert(name);
        }
        Ok(found)
    }

    /// Whether a structure holds itself by value, through structures alone.
    pub fn is_recursive(&self, name: &str) -> Result<bool, String> {
        let mut seen = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(current) = open.pop() {
            for (_, member) in self.members(self.shape(&current)?)? {
                if member.shape == name {
                    return Ok(true);
                }
                let is_structure = self.shape(&member.shape)?.kind == "structure";
                if is_structure && seen.insert(member.shape.clone()) {
                    open.push(member.shape);
                }
            }
        }
        Ok(false)
    }
}

fn shapes(raw: Value) -> Result<BTreeMap<String, Shape>, String> {
    let Value::Object(raw) = raw else {
        return Err("the model has no shapes".to_owned());
    };
    let read = |(name, raw)| match serde_json::from_value(raw) {
        Ok(shape) => Ok((name, shape)),
        Err(error) => Err(format!("shape {name}: {error}")),
    };
    raw.into_iter().map(read).collect()
}

/// Removes AWS's prose (never a member or shape of that name, whose value is an object).
fn drop_prose(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, inner| key != "documentation" || !inner.is_string());
            map.values_mut().for_each(drop_prose);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_prose),
        _ => {}
    }
}
