//! Our answers.

use super::gateway;
use super::generate::{Case, Kind};
use mapping::{ContextVariables, Params, Scope};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use vtl::{ErrorKind, Heap, Limits, ListKind, NoHost, Template, Value};

/// What became of a case.
pub(super) enum Answer {
    Text(String),
    Error(String),
    /// A bound of ours was hit, which says nothing of the oracle's answer.
    Limit(String),
}

pub(super) fn answer(case: &Case) -> Answer {
    let text = case.pieces.concat();
    match &case.kind {
        Kind::Plain { context } => plain(&text, context),
        Kind::Gateway { body } => mapped(&text, body),
        Kind::Path { document } => found(&text, document),
    }
}

fn plain(template: &str, context: &Json) -> Answer {
    let mut heap = Heap::new(Limits::default());
    let mut variables: Vec<(Arc<str>, Value)> = Vec::new();
    for (name, json) in context.as_object().into_iter().flatten() {
        variables.push((name.as_str().into(), value(json, &mut heap)));
    }
    let rendered = Template::parse(template)
        .and_then(|template| template.render(variables, &mut NoHost, &mut heap));
    match rendered {
        Ok(output) => Answer::Text(output),
        Err(error) => match error.kind {
            ErrorKind::Limit { .. } => Answer::Limit(error.to_string()),
            _ => Answer::Error(error.to_string()),
        },
    }
}

fn mapped(template: &str, body: &str) -> Answer {
    let params = gateway_params();
    let mut context = ContextVariables::default();
    for (name, value) in gateway::CONTEXT {
        context.set(name, value.into());
    }
    let variables: BTreeMap<String, String> = gateway::STAGE_VARIABLES
        .map(|(name, value)| (name.into(), value.into()))
        .into();
    let mut scope = Scope::new(body, &params, &context, &variables);
    let rendered =
        mapping::Template::parse(template).and_then(|template| template.render(&mut scope));
    match rendered {
        Ok(output) => Answer::Text(output),
        Err(error) => match error.kind {
            mapping::ErrorKind::Limit { .. } => Answer::Limit(error.to_string()),
            _ => Answer::Error(error.to_string()),
        },
    }
}

fn gateway_params() -> Params {
    let text = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let texts = |(name, value): (&str, &str)| (name.to_owned(), vec![value.to_owned()]);
    Params {
        path: gateway::PATH.map(text).into(),
        querystring: gateway::QUERY.map(texts).into(),
        header: gateway::HEADER.map(texts).into(),
    }
}

fn found(path: &str, document: &str) -> Answer {
    let document = match jsonpath::Json::parse(document) {
        Ok(document) => document,
        Err(error) => return Answer::Error(error.to_string()),
    };
    match jsonpath::JsonPath::parse(path).and_then(|path| path.read(&document)) {
        Ok(found) => Answer::Text(found.to_json_text()),
        Err(error @ jsonpath::PathError::Limit { .. }) => Answer::Limit(error.to_string()),
        Err(error) => Answer::Error(error.to_string()),
    }
}

fn value(json: &Json, heap: &mut Heap) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => i32::try_from(value).map_or(Value::Long(value), Value::Int),
            None => Value::Double(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => {
            let items = items.iter().map(|item| value(item, heap)).collect();
            heap.free_list(items, ListKind::Java)
        }
        Json::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, item)| (name.as_str().into(), value(item, heap)))
                .collect();
            heap.free_map(members)
        }
    }
}
