//! Which resource and method a path and verb lead to.
//!
//! A literal segment goes before `{param}`, `{param}` before `{proxy+}`, the exact verb before
//! `ANY`. A resource that has neither the verb nor `ANY` is passed over and the next less specific
//! one is tried: with POST on `/test` and OPTIONS on `/{proxy+}`, `OPTIONS /test` is the greedy
//! one's (observed on AWS).

use crate::{compiled::CompiledMethod, execution_log::Detail, fault::Fault, request};
use restapi::{Resource, RestApi};
use std::{collections::HashMap, sync::Arc};

/// A resource and what lies below it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// Children with a fixed name.
    literals: HashMap<String, Node>,
    /// The `{param}` child.
    param: Option<(String, Box<Node>)>,
    /// The `{proxy+}` child.
    greedy: Option<(String, Box<Node>)>,
    /// Methods by verb, `ANY` among them.
    methods: HashMap<String, Arc<CompiledMethod>>,
}

/// Where a request goes.
#[derive(Debug)]
pub(crate) struct Route {
    /// The method.
    pub(crate) method: Arc<CompiledMethod>,
    /// Path parameters, still percent-encoded, from left to right.
    pub(crate) path_parameters: Vec<(String, String)>,
    /// The path as matched: as sent, but without a trailing slash. Permissions are asked for this
    /// one, so that no spelling reaches a method past a policy on another spelling.
    pub(crate) matched_path: String,
}

impl Route {
    /// How much of the method is logged.
    pub(crate) fn detail(&self) -> Detail {
        self.method.detail
    }

    /// Path parameters as mappings see them.
    pub(crate) fn decoded_parameters(&self) -> Vec<(String, String)> {
        let decoded = |(name, value): &(String, String)| (name.clone(), request::decoded(value));
        self.path_parameters.iter().map(decoded).collect()
    }
}

impl Node {
    /// The tree below `resource`, its methods compiled by `compile`.
    pub(crate) fn build(
        api: &RestApi,
        resource: &Resource,
        compile: &mut impl FnMut(&Resource, &str) -> Option<Arc<CompiledMethod>>,
    ) -> Self {
        let mut node = Self::default();
        for verb in resource.methods.keys() {
            if let Some(method) = compile(resource, verb) {
                node.methods.insert(verb.clone(), method);
            }
        }
        for child in api.children(&resource.id) {
            let below = Self::build(api, child, compile);
            match Part::of(child.path_part.as_deref().unwrap_or_default()) {
                Part::Literal(name) => {
                    node.literals.insert(name.to_owned(), below);
                }
                Part::Param(name) => node.param = Some((name.to_owned(), Box::new(below))),
                Part::Greedy(name) => node.greedy = Some((name.to_owned(), Box::new(below))),
            }
        }
        node
    }

    fn method(&self, verb: &str) -> Option<&Arc<CompiledMethod>> {
        self.methods.get(verb).or_else(|| {
            let is_covered = ANY_COVERS.contains(&verb);
            is_covered.then(|| self.methods.get("ANY")).flatten()
        })
    }
}

/// The verbs of `ANY` ("Set up a method using the API Gateway console").
const ANY_COVERS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// A path part by its kind.
enum Part<'a> {
    Literal(&'a str),
    Param(&'a str),
    Greedy(&'a str),
}

impl<'a> Part<'a> {
    fn of(part: &'a str) -> Self {
        match part
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            None => Self::Literal(part),
            Some(name) => match name.strip_suffix('+') {
                Some(greedy) => Self::Greedy(greedy),
                None => Self::Param(name),
            },
        }
    }
}

/// Finds the method for `verb` on `path`, which starts with one `/` and is still percent-encoded.
///
/// Segments are compared as they were sent: `%61dmin` is not `admin`.
///
/// # Errors
/// `Missing Authentication Token` when no resource or verb fits, as AWS answers (never 404, 405).
pub(crate) fn find(root: &Node, verb: &str, path: &str) -> Result<Route, Fault> {
    let trimmed = path.trim_start_matches('/').trim_end_matches('/');
    let segments: Vec<&str> = match trimmed {
        "" => Vec::new(),
        some => some.split('/').collect(),
    };
    let mut parameters = Vec::new();
    let method =
        walk(root, verb, &segments, &mut parameters).ok_or(Fault::MissingAuthenticationToken)?;
    Ok(Route {
        method: Arc::clone(method),
        path_parameters: parameters,
        matched_path: format!("/{trimmed}"),
    })
}

fn walk<'n>(
    node: &'n Node,
    verb: &str,
    segments: &[&str],
    parameters: &mut Vec<(String, String)>,
) -> Option<&'n Arc<CompiledMethod>> {
    let Some((first, rest)) = segments.split_first() else {
        return node.method(verb);
    };
    let literal = node.literals.get(*first);
    if let Some(found) = literal.and_then(|below| walk(below, verb, rest, parameters)) {
        return Some(found);
    }
    if let Some((name, below)) = node.param.as_ref().filter(|_| !first.is_empty()) {
        parameters.push((name.clone(), (*first).to_owned()));
        if let Some(found) = walk(below, verb, rest, parameters) {
            return Some(found);
        }
        parameters.pop();
    }
    let (name, below) = node.greedy.as_ref()?;
    let found = below.method(verb)?;
    parameters.push((name.clone(), segments.join("/")));
    Some(found)
}

/// Path parameters of `path` by a resource's template, still percent-encoded; none where the path
/// does not fit, which TestInvokeMethod accepts as AWS does.
pub(crate) fn parameters(template: &str, path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut segments = path.trim_matches('/').split('/');
    for part in template.trim_matches('/').split('/') {
        match Part::of(part) {
            Part::Greedy(name) => {
                let rest: Vec<&str> = segments.by_ref().collect();
                if rest.is_empty() {
                    return Vec::new();
                }
                found.push((name.to_owned(), rest.join("/")));
            }
            Part::Param(name) => match segments.next().filter(|segment| !segment.is_empty()) {
                Some(segment) => found.push((name.to_owned(), segment.to_owned())),
                None => return Vec::new(),
            },
            Part::Literal(name) => {
                if segments.next() != Some(name) {
                    return Vec::new();
                }
            }
        }
    }
    match segments.next() {
        None => found,
        Some(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
