//! The sentences, as execution logs of AWS show them.
// UNVERIFIED: only those of missing properties and wrong types were seen in AWS's logs; the others
// are the usual ones of the validator that those two come from.

use serde_json::Value;

pub(super) fn missing(names: &[&str]) -> String {
    format!("object has missing required properties ({})", list(names))
}

pub(super) fn wrong_type(found: &str, allowed: &[&str]) -> String {
    let allowed = list(allowed);
    format!(
        "instance type ({found}) does not match any allowed primitive type (allowed: {allowed})"
    )
}

pub(super) fn not_in_enum(value: &Value, values: &[Value]) -> String {
    let values = Value::Array(values.to_vec());
    format!("instance value ({value}) not found in enum (possible values: {values})")
}

pub(super) fn additional(names: &[&str]) -> String {
    let names = list(names);
    format!("object instance has properties which are not allowed by the schema: {names}")
}

pub(super) fn pattern(pattern: &str, text: &str) -> String {
    format!(
        "ECMA 262 regex {} does not match input string {}",
        Value::from(pattern),
        Value::from(text)
    )
}

pub(super) fn too_short(text: &str, chars: usize, least: &Value) -> String {
    let text = Value::from(text);
    format!("string {text} is too short (length: {chars}, required minimum: {least})")
}

pub(super) fn too_long(text: &str, chars: usize, most: &Value) -> String {
    let text = Value::from(text);
    format!("string {text} is too long (length: {chars}, maximum allowed: {most})")
}

pub(super) fn too_low(found: &Value, least: &Value, is_exclusive: bool) -> String {
    match is_exclusive {
        true => {
            format!("numeric instance is not strictly greater than the required minimum {least}")
        }
        false => format!(
            "numeric instance is lower than the required minimum (minimum: {least}, found: {found})"
        ),
    }
}

pub(super) fn too_high(found: &Value, most: &Value, is_exclusive: bool) -> String {
    match is_exclusive {
        true => format!("numeric instance is not strictly lower than the required maximum {most}"),
        false => format!(
            "numeric instance is greater than the required maximum (maximum: {most}, found: {found})"
        ),
    }
}

pub(super) fn no_multiple(found: &Value, divisor: &Value) -> String {
    format!("remainder of division is not zero ({found} / {divisor})")
}

pub(super) fn too_few_items(found: usize, least: &Value) -> String {
    format!(
        "array is too short: must have at least {least} elements but instance has {found} elements"
    )
}

pub(super) fn too_many_items(found: usize, most: &Value) -> String {
    format!(
        "array is too long: must have at most {most} elements but instance has {found} elements"
    )
}

pub(super) fn additional_items(most: usize, found: usize) -> String {
    format!(
        "array has additional elements not allowed by the schema (found {found}, maximum allowed: {most})"
    )
}

pub(super) fn duplicates() -> String {
    "array must not contain duplicate elements".to_owned()
}

pub(super) fn too_few_properties(found: usize, least: &Value) -> String {
    format!("object has too few properties (found {found} but schema requires at least {least})")
}

pub(super) fn too_many_properties(found: usize, most: &Value) -> String {
    format!("object has too many properties (found {found} but schema requires at most {most})")
}

pub(super) fn all_of(matched: usize, of: usize) -> String {
    format!("instance failed to match all required schemas (matched only {matched} out of {of})")
}

pub(super) fn any_of(of: usize) -> String {
    format!("instance failed to match at least one required schema among {of}")
}

pub(super) fn one_of(matched: usize, of: usize) -> String {
    format!("instance failed to match exactly one schema (matched {matched} out of {of})")
}

pub(super) fn not() -> String {
    "instance matched a schema which it should not have".to_owned()
}

pub(super) fn dependencies(name: &str, missing: &[&str]) -> String {
    format!(
        "property {} of object has missing property dependencies (missing: {})",
        Value::from(name),
        list(missing)
    )
}

fn list(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    Value::from(names).to_string()
}
