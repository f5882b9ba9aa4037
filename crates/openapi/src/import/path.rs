//! Paths of a document as the tree of resources.

use super::{BasePath, Import, Mode};
use crate::document::{Object, object};
use restapi::Resource;
use std::collections::BTreeSet;

/// A segment's problem, in AWS's words.
type Problem = String;

impl Import<'_> {
    /// Every path with its methods; then, in overwrite mode, resources of no path go.
    pub(super) fn paths(&mut self) {
        let document = self.document;
        let prefix = self.prefix();
        let mut used = BTreeSet::new();
        self.ensure_root();
        for (path, item) in document.object("paths") {
            if path.starts_with("x-") {
                continue;
            }
            match self.resource(&format!("{prefix}{path}"), &mut used) {
                Ok(id) => self.path_item(&id, object(Some(document.resolve(item)))),
                Err(problem) => {
                    self.fail(format!(
                        "Unable to create resource at path '{path}': {problem}"
                    ));
                }
            }
        }
        if self.options.mode == Mode::Overwrite {
            let root = self.api.root_resource_id.clone();
            let resources = &mut self.api.resources;
            resources.retain(|id, _| *id == root || used.contains(id));
        }
    }

    fn ensure_root(&mut self) {
        let root = self.api.root_resource_id.clone();
        if self.api.resources.contains_key(&root) {
            return;
        }
        let id = if root.is_empty() { self.id() } else { root };
        self.api.root_resource_id.clone_from(&id);
        let root = Resource {
            id: id.clone(),
            path: "/".to_owned(),
            ..Resource::default()
        };
        self.api.resources.insert(id, root);
    }

    /// What stands before every path: nothing, or the base path or its rest.
    fn prefix(&self) -> String {
        let base_path = self.document.base_path();
        let segments: Vec<&str> = segments(&base_path).collect();
        let kept = match self.options.base_path {
            BasePath::Ignore => &[][..],
            BasePath::Prepend => &segments[..],
            BasePath::Split => segments.get(1..).unwrap_or_default(),
        };
        kept.iter().map(|segment| format!("/{segment}")).collect()
    }

    /// The resource at a path, made with its parents where it does not exist.
    fn resource(&mut self, path: &str, used: &mut BTreeSet<String>) -> Result<String, Problem> {
        let mut current = self.api.root_resource_id.clone();
        for segment in segments(path) {
            current = match self.child(&current, segment) {
                Some(known) => known,
                None => self.new_child(&current, segment)?,
            };
            used.insert(current.clone());
        }
        Ok(current)
    }

    fn child(&self, parent: &str, segment: &str) -> Option<String> {
        let mut children = self.api.children(parent);
        children
            .find(|child| child.path_part.as_deref() == Some(segment))
            .map(|child| child.id.clone())
    }

    fn new_child(&mut self, parent: &str, segment: &str) -> Result<String, Problem> {
        check(segment)?;
        self.check_family(parent, segment)?;
        let parent_path = self
            .api
            .resources
            .get(parent)
            .map(|parent| parent.path.as_str());
        let path = match parent_path {
            Some("/") | None => format!("/{segment}"),
            Some(path) => format!("{path}/{segment}"),
        };
        let id = self.id();
        let resource = Resource {
            id: id.clone(),
            parent_id: Some(parent.to_owned()),
            path_part: Some(segment.to_owned()),
            path,
            ..Resource::default()
        };
        self.api.resources.insert(id.clone(), resource);
        Ok(id)
    }

    /// One variable among siblings, and nothing below a greedy one.
    fn check_family(&self, parent: &str, segment: &str) -> Result<(), Problem> {
        let parent_part = self
            .api
            .resources
            .get(parent)
            .and_then(|parent| parent.path_part.as_deref());
        if let Some(greedy) = parent_part.filter(|part| part.ends_with("+}")) {
            return Err(format!(
                "Cannot create a child of a resource with a greedy path variable: {greedy}"
            ));
        }
        let mut parts = self
            .api
            .children(parent)
            .filter_map(|child| child.path_part.as_deref());
        match parts.find(|part| part.starts_with('{') && segment.starts_with('{')) {
            Some(sibling) => Err(format!(
                "A sibling ({sibling}) of this resource already has a variable path part -- only \
                 one is allowed"
            )),
            None => Ok(()),
        }
    }

    fn path_item(&mut self, resource_id: &str, item: &Object) {
        for (key, operation) in item {
            let verb = match key.as_str() {
                "get" | "put" | "post" | "delete" | "options" | "head" | "patch" => {
                    key.to_ascii_uppercase()
                }
                "x-amazon-apigateway-any-method" => "ANY".to_owned(),
                "parameters" | "summary" | "description" | "servers" | "$ref" => continue,
                other => {
                    if !other.starts_with("x-") {
                        self.warn(format!("Ignoring unsupported method '{other}'"));
                    }
                    continue;
                }
            };
            self.method(resource_id, &verb, item, object(Some(operation)));
        }
    }
}

/// Segments of a path; slashes at the ends and doubled ones make none.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Passes a segment that API Gateway allows.
fn check(segment: &str) -> Result<(), Problem> {
    let variable = segment
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let name = match variable {
        Some(inner) => inner.strip_suffix('+').unwrap_or(inner),
        None => segment,
    };
    let is_allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | ',');
    if !name.is_empty() && name.chars().all(is_allowed) {
        return Ok(());
    }
    Err(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly \
         braces at the beginning and the end."
            .to_owned(),
    )
}
