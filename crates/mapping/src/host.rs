//! What templates see: the four objects of API Gateway.

use crate::context::ContextEntry;
use crate::document::{self, Node, ValueBuilder};
use crate::override_values::OverrideValues;
use crate::{Overrides, Scope, util};
use jsonpath::{JsonPath, PathError};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use vtl::{CallError, Handle, Heap, Host, JsonStyle, Value, write_json};

const INPUT: Handle = Handle(0);
const UTIL: Handle = Handle(1);
const CONTEXT: Handle = Handle(2);
const CLAIMS: Handle = Handle(3);

type Found = Result<Option<Value>, CallError>;

/// Shows a [`Scope`] to one rendering.
pub(crate) struct MappingHost<'s> {
    scope: &'s Scope<'s>,
    paths: &'s Paths,
    document: Option<Value>,
    overrides: Option<OverrideValues>,
}

impl<'s> MappingHost<'s> {
    pub(crate) fn new(scope: &'s Scope<'s>, paths: &'s Paths) -> Self {
        Self {
            scope,
            paths,
            document: None,
            overrides: None,
        }
    }

    /// What the template set; none when it did not look at the overrides at all.
    pub(crate) fn overrides(&self) -> Option<Overrides> {
        self.overrides.as_ref().map(OverrideValues::collect)
    }

    /// The body as a document, parsed once. Every path reads the same one, so what a template
    /// changes in it is seen by the next `$input.json`.
    fn document(&mut self, heap: &mut Heap) -> Result<Value, CallError> {
        if let Some(document) = &self.document {
            return Ok(document.clone());
        }
        let text = self.scope.body_text();
        let document = document::parse(text, heap)
            .map_err(|error| CallError::failed(format!("body is no JSON: {error}")))?;
        Ok(self.document.insert(document).clone())
    }

    /// What a path finds in the body; none when it leads nowhere.
    fn find(&mut self, path: &str, heap: &mut Heap) -> Found {
        let path = self.paths.compiled(path).map_err(path_failed)?;
        let document = Node(self.document(heap)?);
        match path.read_from(&document, &mut ValueBuilder(heap)) {
            Ok(found) => Ok(Some(found.0)),
            Err(error @ PathError::Limit { .. }) => Err(path_failed(error)),
            // UNVERIFIED: API Gateway's answer to a path that does not fit the document; a
            // recorded answer would settle it.
            Err(_) => Ok(None),
        }
    }

    fn input(&mut self, method: &str, args: &[Value], heap: &mut Heap) -> Found {
        match (method, args) {
            ("path", [path]) => {
                let Some(path) = util::text(path) else {
                    return Ok(None);
                };
                self.find(&path, heap)
            }
            ("json", [path]) => {
                let Some(path) = util::text(path) else {
                    return Ok(None);
                };
                let mut out = String::new();
                match self.find(&path, heap)? {
                    Some(found) => {
                        write_json(&found, JsonStyle::Plain, heap.memory_left(), &mut out)?;
                    }
                    None => out.push_str("\"\""),
                }
                Ok(Some(heap.text(out)?))
            }
            ("params", []) => self.params(heap).map(Some),
            ("params", [name]) => {
                let Some(name) = util::text(name) else {
                    return Ok(None);
                };
                let params = self.scope.params;
                let value = params
                    .path(&name)
                    .or_else(|| params.querystring(&name))
                    .or_else(|| params.header(&name));
                Ok(Some(heap.text(value.unwrap_or_default())?))
            }
            ("getBody", []) => self.body(heap),
            _ => Ok(None),
        }
    }

    fn body(&self, heap: &mut Heap) -> Found {
        Ok(Some(heap.text(self.scope.body_text())?))
    }

    /// `path`, `querystring` and `header`, each a map of single values.
    fn params(&self, heap: &mut Heap) -> Result<Value, CallError> {
        let params = self.scope.params;
        let last = |values: &Vec<String>| values.last().cloned().unwrap_or_default();
        let path = params
            .path
            .iter()
            .map(|(name, value)| (name, value.clone()));
        let path = map(path, heap)?;
        let query = params
            .querystring
            .iter()
            .map(|(name, values)| (name, last(values)));
        let query = map(query, heap)?;
        let header = params
            .header
            .iter()
            .map(|(name, values)| (name, last(values)));
        let header = map(header, heap)?;
        let all = [("path", path), ("querystring", query), ("header", header)];
        Ok(heap.map(all.map(|(name, value)| (name.into(), value)))?)
    }

    fn context(&mut self, name: &str, heap: &mut Heap) -> Found {
        match name {
            "requestOverride" => return Ok(Some(self.override_values(heap)?.request.clone())),
            "responseOverride" => return Ok(Some(self.override_values(heap)?.response.clone())),
            _ => {}
        }
        if let Some(value) = self.scope.context.variable(name) {
            return Ok(Some(heap.text(value.as_ref())?));
        }
        let entries = self.scope.context.variables().entries();
        let found = entries
            .into_iter()
            .find(|(own, _)| own == name)
            .map(|(_, entry)| entry);
        let claims = &self.scope.context.variables().authorizer.claims;
        let group = match found {
            Some(entry) => entry_value(entry, heap)?,
            None if name == "authorizer" && !claims.is_empty() => heap.map([])?,
            None => return Ok(None),
        };
        if let (Value::Map(map), "authorizer", false) = (&group, name, claims.is_empty()) {
            heap.put(map, "claims".into(), Value::Object(CLAIMS))?;
        }
        Ok(Some(group))
    }

    fn override_values(&mut self, heap: &mut Heap) -> Result<&mut OverrideValues, CallError> {
        let values = match self.overrides.take() {
            Some(values) => values,
            None => OverrideValues::new(&self.scope.overrides, heap)?,
        };
        Ok(self.overrides.insert(values))
    }
}

impl Host for MappingHost<'_> {
    fn variable(&mut self, name: &str, heap: &mut Heap) -> Found {
        Ok(match name {
            "input" => Some(Value::Object(INPUT)),
            "util" => Some(Value::Object(UTIL)),
            "context" => Some(Value::Object(CONTEXT)),
            "stageVariables" => {
                let variables = self.scope.stage_variables.iter();
                Some(map(
                    variables.map(|(name, value)| (name, value.clone())),
                    heap,
                )?)
            }
            _ => None,
        })
    }

    fn property(&mut self, object: Handle, name: &str, heap: &mut Heap) -> Found {
        match (object, name) {
            (INPUT, "body") => self.body(heap),
            (CONTEXT, _) => self.context(name, heap),
            (CLAIMS, _) => {
                let value = self
                    .scope
                    .context
                    .variable(&format!("authorizer.claims.{name}"));
                Ok(value.map(|value| heap.text(value.as_ref())).transpose()?)
            }
            _ => Ok(None),
        }
    }

    fn call(&mut self, object: Handle, method: &str, args: &[Value], heap: &mut Heap) -> Found {
        match (object, method, args) {
            (INPUT, _, _) => self.input(method, args, heap),
            (UTIL, _, _) => util::call(method, args, heap),
            (CONTEXT | CLAIMS, "get", [Value::Text(name)]) => self.property(object, name, heap),
            _ => Ok(None),
        }
    }

    fn set(
        &mut self,
        object: Handle,
        name: &str,
        value: Value,
        heap: &mut Heap,
    ) -> Result<(), CallError> {
        match (object, name) {
            (CONTEXT, "requestOverride") => self.override_values(heap)?.request = value,
            (CONTEXT, "responseOverride") => self.override_values(heap)?.response = value,
            _ => {}
        }
        Ok(())
    }

    /// `$context.authorizer.claims` as a whole is null on AWS; so little is known of the others
    /// that they print nothing.
    fn print(&self, _: Handle) -> String {
        String::new()
    }
}

fn entry_value(entry: ContextEntry, heap: &mut Heap) -> Result<Value, CallError> {
    match entry {
        ContextEntry::Text(text) => Ok(heap.text(text)?),
        ContextEntry::Group(entries) => {
            let mut values = Vec::with_capacity(entries.len());
            for (name, entry) in entries {
                values.push((heap.text(name)?, entry_value(entry, heap)?));
            }
            Ok(heap.map(values)?)
        }
    }
}

fn map<'n>(
    entries: impl Iterator<Item = (&'n String, String)>,
    heap: &mut Heap,
) -> Result<Value, CallError> {
    let mut values: Vec<(Value, Value)> = Vec::new();
    for (name, value) in entries {
        values.push((heap.text(name.as_str())?, heap.text(value)?));
    }
    Ok(heap.map(values)?)
}

fn path_failed(error: PathError) -> CallError {
    CallError::failed(error.to_string())
}

/// Paths that a template has used, compiled; nearly all are constants of the template.
#[derive(Debug, Default)]
pub(crate) struct Paths(RwLock<HashMap<Box<str>, JsonPath>>);

/// Compiled paths that a template keeps. Ours: a template that computes its paths must not fill
/// the memory.
const PATHS_MAX: usize = 256;

impl Paths {
    fn compiled(&self, path: &str) -> Result<JsonPath, PathError> {
        if let Some(known) = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
        {
            return Ok(known.clone());
        }
        let compiled = JsonPath::parse(path)?;
        let mut paths = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if paths.len() < PATHS_MAX {
            paths.insert(path.into(), compiled.clone());
        }
        Ok(compiled)
    }
}
