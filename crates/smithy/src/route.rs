//! Verb and path of a rest-json request to its operation, and the labels in the path.

use crate::{OperationMeta, RequestParts, ServiceMeta, form};
use percent_encoding::percent_decode_str;

/// The operation whose verb, path and query literals match best.
///
/// More literal segments win over labels, then more query literals: `POST /restapis?mode=import`
/// is ImportRestApi, and CreateRestApi without the parameter.
pub(crate) fn find(
    service: &ServiceMeta,
    request: &RequestParts<'_>,
) -> Option<&'static OperationMeta> {
    let path = split(request.path);
    let query = form::parse(request.query)?;
    let score = |operation: &&'static OperationMeta| {
        (operation.method == request.method)
            .then(|| matches(operation.uri, &path, &query))
            .flatten()
            .map(|score| (score, *operation))
    };
    let best = service.operations.iter().filter_map(score);
    best.max_by_key(|(score, _)| *score)
        .map(|(_, operation)| operation)
}

/// The value of a label, percent-decoded; none when it is not UTF-8.
pub(crate) fn label(template: &str, path: &str, name: &str) -> Option<String> {
    let (template, _) = uri(template);
    let mut given = split(path).into_iter();
    for part in split(template) {
        if label_name(part) != Some((name, false)) && label_name(part) != Some((name, true)) {
            given.next()?;
            continue;
        }
        let rest: Vec<&str> = match label_name(part) {
            Some((_, true)) => given.collect(),
            _ => given.take(1).collect(),
        };
        let decoded = percent_decode_str(&rest.join("/"))
            .decode_utf8()
            .ok()?
            .into_owned();
        return Some(decoded);
    }
    None
}

/// Whether the template's query literals name this parameter.
pub(crate) fn is_query_literal(template: &str, name: &str) -> bool {
    literals(uri(template).1).any(|(literal, _)| literal == name)
}

fn matches(template: &str, path: &[&str], query: &[(String, String)]) -> Option<(usize, usize)> {
    let (template, wanted) = uri(template);
    let mut literal_segments = 0;
    let mut given = path.iter();
    for part in split(template) {
        let segment = given.next()?;
        match label_name(part) {
            Some(_) if segment.is_empty() => return None,
            // A greedy label takes the rest; the models have it only at the end.
            Some((_, true)) => {
                given = [].iter();
                break;
            }
            Some((_, false)) => {}
            None if part == *segment => literal_segments += 1,
            None => return None,
        }
    }
    if given.next().is_some() {
        return None;
    }
    let is_given = |(name, value): (&str, &str)| {
        query
            .iter()
            .any(|(given, other)| given == name && other == value)
    };
    literals(wanted)
        .all(is_given)
        .then(|| (literal_segments, literals(wanted).count()))
}

/// Path and query literals of a template.
fn uri(template: &str) -> (&str, &str) {
    template.split_once('?').unwrap_or((template, ""))
}

fn literals(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| piece.split_once('=').unwrap_or((piece, "")))
}

/// Name of a label and whether it is greedy.
fn label_name(part: &str) -> Option<(&str, bool)> {
    let name = part.strip_prefix('{')?.strip_suffix('}')?;
    Some(match name.strip_suffix('+') {
        Some(name) => (name, true),
        None => (name, false),
    })
}

/// Segments; one slash at the end makes no difference.
fn split(path: &str) -> Vec<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/').collect()
}
