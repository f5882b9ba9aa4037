//! `$context.requestOverride` and `$context.responseOverride` while a template runs.

use crate::util::text;
use crate::{Overrides, RequestOverride, ResponseOverride};
use std::borrow::Cow;
use std::collections::BTreeMap;
use vtl::{CallError, Heap, Value};

/// The two maps that a template may write into; it may also put others in their place.
pub(crate) struct OverrideValues {
    pub request: Value,
    pub response: Value,
}

impl OverrideValues {
    /// Maps that hold what earlier templates set.
    pub(crate) fn new(overrides: &Overrides, heap: &mut Heap) -> Result<Self, CallError> {
        let header = many(&overrides.request.header, heap)?;
        let querystring = many(&overrides.request.querystring, heap)?;
        let path = overrides.request.path.iter();
        let path: Vec<_> = path
            .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
            .collect();
        let path = heap.map(path)?;
        let request = [
            ("header", header),
            ("querystring", querystring),
            ("path", path),
        ];
        let response_header = many(&overrides.response.header, heap)?;
        let mut response = vec![("header", response_header)];
        if let Some(status) = overrides.response.status {
            response.push(("status", Value::Int(i32::from(status))));
        }
        Ok(Self {
            request: heap.map(request.map(|(name, value)| (name.into(), value)))?,
            response: heap.map(
                response
                    .into_iter()
                    .map(|(name, value)| (name.into(), value)),
            )?,
        })
    }

    /// What the maps hold now.
    pub(crate) fn collect(&self) -> Overrides {
        let request = |name: &str| member(&self.request, name);
        let single = |values: Vec<String>| values.into_iter().next_back().unwrap_or_default();
        let path = texts(request("path")).into_iter();
        Overrides {
            request: RequestOverride {
                header: texts(request("header")),
                querystring: texts(request("querystring")),
                path: path.map(|(name, values)| (name, single(values))).collect(),
            },
            response: ResponseOverride {
                header: texts(member(&self.response, "header")),
                status: member(&self.response, "status").as_ref().and_then(status),
            },
        }
    }
}

fn many(values: &BTreeMap<String, Vec<String>>, heap: &mut Heap) -> Result<Value, CallError> {
    let mut entries: Vec<(Value, Value)> = Vec::new();
    for (name, values) in values {
        let value = match values.as_slice() {
            [only] => only.as_str().into(),
            several => {
                let items = several.iter().map(|value| value.as_str().into()).collect();
                heap.list(items, vtl::ListKind::Java)?
            }
        };
        entries.push((name.as_str().into(), value));
    }
    Ok(heap.map(entries)?)
}

fn member(holder: &Value, name: &str) -> Option<Value> {
    match holder {
        Value::Map(map) => map.get_text(name),
        _ => None,
    }
}

/// Names and values; a list gives several values, what is neither text nor scalar gives none.
fn texts(holder: Option<Value>) -> BTreeMap<String, Vec<String>> {
    let Some(Value::Map(map)) = holder else {
        return BTreeMap::new();
    };
    let values = |value: &Value| match value {
        Value::List(list) => list
            .items()
            .iter()
            .filter_map(|item| text(item).map(Cow::into_owned))
            .collect(),
        other => text(other)
            .map(Cow::into_owned)
            .into_iter()
            .collect::<Vec<_>>(),
    };
    map.entries()
        .iter()
        .filter_map(|(name, value)| Some((text(name)?.into_owned(), values(value))))
        .filter(|(_, values)| !values.is_empty())
        .collect()
}

/// A status from 100 to 599; AWS ignores anything else.
fn status(value: &Value) -> Option<u16> {
    text(value)?
        .parse()
        .ok()
        .filter(|status| (100..=599).contains(status))
}
