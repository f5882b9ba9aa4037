//! The operations of a PATCH, parsed, and AWS's refusals of them.
//!
//! Each resource reads its own paths; what they share is here: JSON Pointer with its escapes
//! (`~1` for `/`, `~0` for `~`), values that are always text, and the wording of refusals.

use crate::{Error, limits};
use std::collections::BTreeMap;

/// What to do at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Put something where nothing was, or one more of several.
    Add,
    /// Take it away.
    Remove,
    /// Put another value in its place.
    Replace,
    /// Copy from another path.
    Copy,
    /// Known to the model, supported nowhere.
    Move,
    /// Known to the model, supported nowhere.
    Test,
}

impl Op {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
            Self::Copy => "copy",
            Self::Move => "move",
            Self::Test => "test",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Add,
            Self::Remove,
            Self::Replace,
            Self::Copy,
            Self::Move,
            Self::Test,
        ];
        all.into_iter().find(|op| op.as_str() == text)
    }
}

/// One operation of a PATCH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// What to do.
    pub op: Op,
    /// The path as it was given.
    pub path: String,
    /// The path's segments, unescaped.
    pub segments: Vec<String>,
    /// The value, where one was given.
    pub value: Option<String>,
    /// The source path of a copy.
    pub from: Option<String>,
}

impl Patch {
    /// An operation from its members as they stand on the wire.
    ///
    /// # Errors
    /// `Invalid patch path null` without a path; `Invalid patch path x` when it does not start
    /// with `/`; AWS's sentence on operations for an unknown word.
    pub fn new(
        op: Option<String>,
        path: Option<String>,
        value: Option<String>,
        from: Option<String>,
    ) -> Result<Self, Error> {
        let op = op.as_deref().and_then(Op::parse).ok_or_else(|| {
            Error::bad("Invalid patch operation specified. Must be 'add'|'remove'|'replace'")
        })?;
        let path = path.ok_or_else(|| Error::patch_path("null"))?;
        let segments = pointer(&path).ok_or_else(|| Error::patch_path(&path))?;
        Ok(Self {
            op,
            path,
            segments,
            value,
            from,
        })
    }

    /// The segments as texts, to match on.
    pub fn at(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// The value; absent counts as empty.
    pub fn text(&self) -> String {
        self.value.clone().unwrap_or_default()
    }

    /// The value, or none when it is absent or empty.
    pub fn some_text(&self) -> Option<String> {
        self.value.clone().filter(|value| !value.is_empty())
    }

    /// Whether the value is `true`. AWS reads every other text as false.
    pub fn truth(&self) -> bool {
        self.value
            .as_deref()
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Passes only a replace.
    ///
    /// # Errors
    /// `Invalid patch operation specified. Must be one of: [replace]`.
    pub fn only_replace(&self) -> Result<(), Error> {
        if self.op == Op::Replace {
            return Ok(());
        }
        Err(Error::bad(
            "Invalid patch operation specified. Must be one of: [replace]",
        ))
    }

    /// The refusal of resources that list the paths they know.
    pub fn refuse_path(&self, known: &str) -> Error {
        Error::bad(format!(
            "Invalid patch path '{}' specified for op '{}'. Must be one of: [{known}]",
            self.path,
            self.op.as_str()
        ))
    }

    /// The same as keys and usage plans spell it: the second blank is AWS's.
    pub fn refuse_path_widely(&self, known: &str) -> Error {
        Error::bad(format!(
            "Invalid patch path  '{}' specified for op '{}'. Must be one of: [{known}]",
            self.path,
            self.op.as_str()
        ))
    }

    /// The refusal of those resources when the path is known and the operation is not.
    pub fn refuse_op(&self) -> Error {
        Error::bad(format!(
            "Invalid patch path '{}' specified for op '{}'. Please choose supported operations",
            self.path,
            self.op.as_str()
        ))
    }

    /// The refusal of everything else.
    pub fn unknown_path(&self) -> Error {
        Error::patch_path(&self.path)
    }
}

/// Checks the number of operations and parses each of them.
///
/// # Errors
/// See [`Patch::new`]; too many operations.
pub fn parse(
    operations: Option<Vec<api::apigateway::PatchOperation>>,
) -> Result<Vec<Patch>, Error> {
    let operations = operations.unwrap_or_default();
    if operations.len() > limits::PATCH_OPERATIONS_MAX {
        return Err(Error::bad("Too many patch operations in one request"));
    }
    operations
        .into_iter()
        .map(|one| Patch::new(one.op, one.path, one.value, one.from))
        .collect()
}

/// How a map of a resource takes add, replace and remove at `/{map}/{key}`.
#[derive(Debug, Clone, Copy)]
pub struct MapRule {
    /// The 404 for replacing or removing a key that is not there.
    pub missing: &'static str,
}

/// Parameters by name.
pub const PARAMETERS: MapRule = MapRule {
    missing: "Invalid parameter name specified",
};
/// Templates or models by content type.
pub const CONTENT_TYPES: MapRule = MapRule {
    missing: "Content-Type specified was not found",
};

impl MapRule {
    /// Applies one operation to a map whose values are `value`.
    ///
    /// # Errors
    /// The rule's 404; `Invalid patch path` for operations other than the three.
    pub fn apply<V>(
        self,
        map: &mut BTreeMap<String, V>,
        patch: &Patch,
        key: &str,
        value: V,
    ) -> Result<(), Error> {
        match patch.op {
            Op::Add => {
                map.insert(key.to_owned(), value);
            }
            Op::Replace if map.contains_key(key) => {
                map.insert(key.to_owned(), value);
            }
            Op::Remove if map.remove(key).is_some() => {}
            Op::Replace | Op::Remove => return Err(Error::not_found(self.missing)),
            _ => return Err(patch.unknown_path()),
        }
        Ok(())
    }

    /// The same for templates, which keep the user's order.
    ///
    /// # Errors
    /// As [`MapRule::apply`].
    pub fn apply_ordered(
        self,
        list: &mut Vec<(String, String)>,
        patch: &Patch,
        key: &str,
        value: String,
    ) -> Result<(), Error> {
        let at = list.iter().position(|(name, _)| name == key);
        match (patch.op, at) {
            (Op::Add | Op::Replace, Some(at)) => {
                if let Some(slot) = list.get_mut(at) {
                    slot.1 = value;
                }
            }
            (Op::Add, None) => list.push((key.to_owned(), value)),
            (Op::Remove, Some(at)) => {
                list.remove(at);
            }
            (Op::Replace | Op::Remove, None) => return Err(Error::not_found(self.missing)),
            _ => return Err(patch.unknown_path()),
        }
        Ok(())
    }
}

/// Splits a JSON Pointer; none when it does not start with `/`.
fn pointer(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix('/')?;
    Some(rest.split('/').map(unescape).collect())
}

/// RFC 6901: `~1` first, then `~0`, so that `~01` stays `~1`.
fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn patch(op: &str, path: Option<&str>, value: Option<&str>) -> Result<Patch, Error> {
        Patch::new(
            Some(op.into()),
            path.map(Into::into),
            value.map(Into::into),
            None,
        )
    }

    #[test]
    fn pointers_are_unescaped_in_the_right_order() {
        for (path, want) in [
            ("/a", vec!["a"]),
            (
                "/binaryMediaTypes/image~1png",
                vec!["binaryMediaTypes", "image/png"],
            ),
            ("/~1pets~1{id}/GET", vec!["/pets/{id}", "GET"]),
            ("/a~01", vec!["a~1"]),
            ("/", vec![""]),
        ] {
            assert_eq!(patch("add", Some(path), None).unwrap().at(), want, "{path}");
        }
    }

    #[test]
    fn paths_that_are_none_or_relative_are_refused() {
        let text = |path| patch("replace", path, None).unwrap_err().to_string();
        assert_eq!(text(None), "Invalid patch path null");
        assert_eq!(text(Some("x")), "Invalid patch path x");
    }

    #[test]
    fn maps_miss_by_their_own_words() {
        let mut map = BTreeMap::from([("a".to_owned(), true)]);
        let replace = patch("replace", Some("/m/b"), None).unwrap();
        let refused = PARAMETERS.apply(&mut map, &replace, "b", true).unwrap_err();
        assert_eq!(refused.to_string(), "Invalid parameter name specified");
        let remove = patch("remove", Some("/m/a"), None).unwrap();
        PARAMETERS.apply(&mut map, &remove, "a", true).unwrap();
        let again = CONTENT_TYPES
            .apply(&mut map, &remove, "a", true)
            .unwrap_err();
        assert_eq!(again.to_string(), "Content-Type specified was not found");
    }

    #[test]
    fn templates_keep_their_order() {
        let mut list = vec![("b".to_owned(), "1".to_owned())];
        let add = patch("add", Some("/t/a"), None).unwrap();
        CONTENT_TYPES
            .apply_ordered(&mut list, &add, "a", "2".into())
            .unwrap();
        CONTENT_TYPES
            .apply_ordered(&mut list, &add, "b", "3".into())
            .unwrap();
        assert_eq!(list, [("b".into(), "3".into()), ("a".into(), "2".into())]);
    }

    #[test]
    fn every_text_but_true_is_false() {
        for (value, want) in [
            (Some("true"), true),
            (Some("True"), true),
            (Some("yes"), false),
            (None, false),
        ] {
            assert_eq!(patch("replace", Some("/x"), value).unwrap().truth(), want);
        }
    }
}
