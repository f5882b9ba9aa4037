//! JSON bodies to [`Value`] trees, guided by the schema; nothing that the schema lacks is kept.

use crate::{Kind, Location, Member, Schema, ServiceError, Value, text};
use base64::Engine as _;
use bytes::Bytes;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The shape out of a whole body. `null` and an empty body give nothing.
///
/// # Errors
/// `SerializationException` for text that is not UTF-8, not JSON or of the wrong types.
pub(crate) fn read(schema: &'static Schema, body: &[u8]) -> Result<Option<Value>, ServiceError> {
    if body.is_empty() {
        return Ok(None);
    }
    let refuse = |text: String| ServiceError::new("SerializationException", text);
    let text = std::str::from_utf8(body)
        .map_err(|_| refuse("the request body is not valid UTF-8".to_owned()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Shape(schema)
        .deserialize(&mut deserializer)
        .map_err(|error| refuse(words(&error)))?;
    deserializer
        .end()
        .map_err(|error| refuse(error.to_string()))?;
    Ok(value)
}

/// AWS's text for wrong types has no position; for broken JSON our parser's text serves.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match error.classify() {
        serde_json::error::Category::Data => match text.rfind(" at line ") {
            Some(at) => text[..at].to_owned(),
            None => text,
        },
        _ => text,
    }
}

/// Reads one shape; an explicit null reads as nothing.
#[derive(Clone, Copy)]
struct Shape(&'static Schema);

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = Option<Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Option<Value>, D::Error> {
        from.deserialize_any(self)
    }
}

impl Shape {
    /// UNVERIFIED: AWS's services word wrong types in two or three ways; this is the way of the
    /// JSON services. A recording of CreateFunction with a wrong type would settle it.
    fn wrong<E: Error>(self, token: &str) -> E {
        let expected = match self.0.kind {
            Kind::Boolean => "a Boolean",
            Kind::Integer => "an Integer",
            Kind::Long => "a Long",
            Kind::Double => "a Double",
            Kind::String => "a String",
            Kind::Blob => "a Blob",
            Kind::Timestamp => "a Timestamp",
            Kind::List(_) => "a List",
            Kind::Map(..) | Kind::Structure(_) => "a Map",
        };
        E::custom(format_args!("{token} can not be converted to {expected}"))
    }
}

impl<'de> Visitor<'de> for Shape {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, is: bool) -> Result<Option<Value>, E> {
        match self.0.kind {
            Kind::Boolean => Ok(Some(Value::Boolean(is))),
            _ if is => Err(self.wrong("TRUE_VALUE")),
            _ => Err(self.wrong("FALSE_VALUE")),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<Value>, E> {
        match self.0.kind {
            Kind::Integer if i32::try_from(number).is_ok() => Ok(Some(Value::Integer(number))),
            Kind::Long => Ok(Some(Value::Integer(number))),
            Kind::Double | Kind::Timestamp => self.visit_f64(number as f64),
            _ => Err(self.wrong("NUMBER_VALUE")),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<Value>, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.visit_f64(number as f64),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<Value>, E> {
        let is_exact = number.fract() == 0.0 && number.abs() < 9.0e15;
        match self.0.kind {
            Kind::Double => Ok(Some(Value::Double(number))),
            Kind::Timestamp => match text::seconds(number) {
                Some(time) => Ok(Some(Value::Timestamp(time))),
                None => Err(self.wrong("NUMBER_VALUE")),
            },
            // `3.0` is an integer to Java's parsers. The check has made the cast exact.
            Kind::Integer | Kind::Long if is_exact => self.visit_i64(number as i64),
            _ => Err(self.wrong("NUMBER_VALUE")),
        }
    }

    fn visit_str<E: Error>(self, given: &str) -> Result<Option<Value>, E> {
        match self.0.kind {
            Kind::String => Ok(Some(Value::String(given.to_owned()))),
            Kind::Blob => match text::BASE64.decode(given) {
                Ok(bytes) => Ok(Some(Value::Blob(Bytes::from(bytes)))),
                Err(_) => Err(self.wrong("STRING_VALUE")),
            },
            Kind::Timestamp => match text::timestamp(given) {
                Some(time) => Ok(Some(Value::Timestamp(time))),
                None => Err(self.wrong("STRING_VALUE")),
            },
            _ => Err(self.wrong("STRING_VALUE")),
        }
    }

    fn visit_string<E: Error>(self, given: String) -> Result<Option<Value>, E> {
        match self.0.kind {
            Kind::String => Ok(Some(Value::String(given))),
            _ => self.visit_str(&given),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<Value>, A::Error> {
        let Kind::List(element) = self.0.kind else {
            return Err(A::Error::custom("Start of list found where not expected"));
        };
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(Shape(element))? {
            out.push(item.unwrap_or(Value::Null));
        }
        Ok(Some(Value::List(out)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<Value>, A::Error> {
        match self.0.kind {
            Kind::Structure(members) => structure(members, entries).map(Some),
            Kind::Map(_, element) => {
                let mut out: Vec<(String, Value)> = Vec::new();
                while let Some(key) = entries.next_key::<String>()? {
                    let value = entries.next_value_seed(Shape(element))?;
                    out.push((key, value.unwrap_or(Value::Null)));
                }
                Ok(Some(Value::Map(out)))
            }
            _ => Err(A::Error::custom(
                "Start of structure or map found where not expected.",
            )),
        }
    }
}

/// Members that travel in the body; others and unknown ones are skipped, as AWS skips them.
fn structure<'de, A: MapAccess<'de>>(
    members: &'static [Member],
    mut entries: A,
) -> Result<Value, A::Error> {
    let mut out: Vec<Option<Value>> = vec![None; members.len()];
    while let Some(key) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
        let is_named =
            |member: &Member| member.location == Location::Body && member.wire == key.as_ref();
        let found = members.iter().position(is_named);
        match found.and_then(|at| Some((members.get(at)?, out.get_mut(at)?))) {
            Some((member, place)) => *place = entries.next_value_seed(Shape(member.target))?,
            None => {
                entries.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(Value::Structure(out))
}
