//! [`Value`] trees to JSON text.

use crate::{Kind, text};
use crate::{Location, Member, Schema, Value};
use base64::Engine as _;
use std::borrow::Cow;

/// The shape as JSON. Members outside the body and absent ones are left out.
pub(crate) fn write(schema: &Schema, value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    shape(&mut out, schema, value);
    out
}

/// A JSON string.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    out.extend_from_slice(quoted.as_bytes());
}

fn shape(out: &mut Vec<u8>, schema: &Schema, value: &Value) {
    match (value, schema.kind) {
        (Value::Structure(fields), Kind::Structure(members)) => structure(out, members, fields),
        (Value::List(items), Kind::List(element)) => list(out, element, items),
        (Value::Map(entries), Kind::Map(_, element)) => {
            object(
                out,
                entries
                    .iter()
                    .map(|(key, value)| (key.as_str(), element, value)),
            );
        }
        (value, _) => simple(out, value),
    }
}

fn list(out: &mut Vec<u8>, element: &Schema, items: &[Value]) {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        shape(out, element, item);
    }
    out.push(b']');
}

fn structure(out: &mut Vec<u8>, members: &'static [Member], fields: &[Option<Value>]) {
    let present = members.iter().zip(fields).filter_map(|(member, field)| {
        let is_body = member.location == Location::Body;
        let field = match field {
            Some(field) => field,
            None if member.is_null_when_absent => &Value::Null,
            None => return None,
        };
        is_body.then_some((member.wire, member.target, field))
    });
    object(out, present);
}

fn object<'a>(out: &mut Vec<u8>, entries: impl Iterator<Item = (&'a str, &'a Schema, &'a Value)>) {
    out.push(b'{');
    for (at, (key, schema, value)) in entries.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        string(out, key);
        out.push(b':');
        shape(out, schema, value);
    }
    out.push(b'}');
}

fn simple(out: &mut Vec<u8>, value: &Value) {
    let written: Cow<'_, str> = match value {
        Value::String(given) => return string(out, given),
        Value::Blob(bytes) => return string(out, &text::BASE64.encode(bytes)),
        Value::Boolean(true) => "true".into(),
        Value::Boolean(false) => "false".into(),
        Value::Integer(number) => number.to_string().into(),
        Value::Double(number) if number.is_finite() => text::double(*number).into(),
        Value::Timestamp(time) if time.0 % 1000 == 0 => (time.0 / 1000).to_string().into(),
        // Exact: milliseconds of printable years stay below 2^53.
        Value::Timestamp(time) => text::double(time.0 as f64 / 1000.0).into(),
        _ => "null".into(),
    };
    out.extend_from_slice(written.as_bytes());
}
