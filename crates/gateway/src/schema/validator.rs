//! One body against one schema, keyword by keyword.

use super::{Models, number, wording};
use crate::{execution_log, limits};
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::HashSet;

/// Why a validation ends without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// It took too many steps, or went too deep.
    Exhausted,
    /// A reference leads nowhere.
    Reference(String),
}

/// A validation under way.
pub(super) struct Validator<'a> {
    models: &'a Models,
    steps_left: usize,
    depth: usize,
    /// Whether only the number of errors counts.
    is_quiet: bool,
    errors_found: usize,
    errors: Vec<String>,
}

/// A schema with the model that its references are about.
#[derive(Clone, Copy)]
struct Place<'a> {
    root: &'a Value,
    schema: &'a Map<String, Value>,
}

impl<'a> Validator<'a> {
    pub(super) fn new(models: &'a Models, steps_max: usize) -> Self {
        Self {
            models,
            steps_left: steps_max,
            depth: 0,
            is_quiet: false,
            errors_found: 0,
            errors: Vec::new(),
        }
    }

    /// What is wrong with the instance, in the order in which it is found.
    ///
    /// # Errors
    /// When there is no result.
    pub(super) fn run(
        &mut self,
        root: &'a Value,
        schema: &'a Value,
        instance: &Value,
    ) -> Result<Vec<String>, Stop> {
        self.visit(root, schema, instance)?;
        Ok(std::mem::take(&mut self.errors))
    }

    /// Whether the instance fits; what is wrong is added to the errors.
    fn visit(
        &mut self,
        root: &'a Value,
        schema: &'a Value,
        instance: &Value,
    ) -> Result<bool, Stop> {
        self.spend(1)?;
        if self.depth >= limits::SCHEMA_DEPTH_MAX {
            return Err(Stop::Exhausted);
        }
        let Value::Object(members) = schema else {
            return Ok(true);
        };
        self.depth += 1;
        let fits = match members.get("$ref") {
            // In draft 4 nothing beside a reference counts.
            Some(Value::String(target)) => match self.models.resolve(root, target) {
                Some((root, schema)) => self.visit(root, schema, instance),
                None => Err(Stop::Reference(target.clone())),
            },
            _ => {
                let place = Place {
                    root,
                    schema: members,
                };
                self.keywords(place, instance)
            }
        };
        self.depth -= 1;
        fits
    }

    /// The same without telling what is wrong.
    fn fits(&mut self, root: &'a Value, schema: &'a Value, instance: &Value) -> Result<bool, Stop> {
        let (found, was_quiet) = (self.errors_found, self.is_quiet);
        self.is_quiet = true;
        let fits = self.visit(root, schema, instance);
        self.is_quiet = was_quiet;
        self.errors_found = found;
        fits
    }

    /// Its own keywords first; parts are looked at only when those hold.
    fn keywords(&mut self, place: Place<'a>, instance: &Value) -> Result<bool, Stop> {
        let found = self.errors_found;
        self.kind(place, instance)?;
        self.enumeration(place, instance)?;
        match instance {
            Value::Number(_) => self.numeric(place, instance)?,
            Value::String(text) => self.text(place, text)?,
            Value::Array(items) => self.array(place, items)?,
            Value::Object(members) => self.object(place, instance, members)?,
            Value::Null | Value::Bool(_) => {}
        }
        self.combinations(place, instance)?;
        if self.errors_found > found {
            return Ok(false);
        }
        match instance {
            Value::Array(items) => self.items(place, items),
            Value::Object(members) => self.properties(place, members),
            _ => Ok(true),
        }
    }

    fn kind(&mut self, place: Place<'a>, instance: &Value) -> Result<(), Stop> {
        let allowed: Vec<&str> = match place.schema.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return Ok(()),
        };
        self.spend(allowed.len())?;
        let found = kind_of(instance);
        let fits = |kind: &&str| *kind == found || (*kind == "number" && found == "integer");
        if !allowed.iter().any(fits) {
            self.tell(|| wording::wrong_type(found, &allowed));
        }
        Ok(())
    }

    fn enumeration(&mut self, place: Place<'a>, instance: &Value) -> Result<(), Stop> {
        let Some(Value::Array(values)) = place.schema.get("enum") else {
            return Ok(());
        };
        for value in values {
            if self.equal(value, instance)? {
                return Ok(());
            }
        }
        self.tell(|| wording::not_in_enum(instance, values));
        Ok(())
    }

    fn numeric(&mut self, place: Place<'a>, instance: &Value) -> Result<(), Stop> {
        let Value::Number(number) = instance else {
            return Ok(());
        };
        self.spend(8)?;
        let bound = |name: &str, exclusive: &str| {
            let limit = place.schema.get(name)?;
            let is_exclusive = place.schema.get(exclusive) == Some(&Value::Bool(true));
            let Value::Number(number_limit) = limit else {
                return None;
            };
            Some((limit, is_exclusive, number::compare(number, number_limit)?))
        };
        if let Some((least, is_exclusive, order)) = bound("minimum", "exclusiveMinimum")
            && (order == Ordering::Less || (is_exclusive && order == Ordering::Equal))
        {
            self.tell(|| wording::too_low(instance, least, is_exclusive));
        }
        if let Some((most, is_exclusive, order)) = bound("maximum", "exclusiveMaximum")
            && (order == Ordering::Greater || (is_exclusive && order == Ordering::Equal))
        {
            self.tell(|| wording::too_high(instance, most, is_exclusive));
        }
        if let Some(divisor @ Value::Number(of)) = place.schema.get("multipleOf")
            && !number::is_multiple(number, of)
        {
            self.tell(|| wording::no_multiple(instance, divisor));
        }
        Ok(())
    }

    fn text(&mut self, place: Place<'a>, text: &str) -> Result<(), Stop> {
        let bounds = ["minLength", "maxLength", "pattern"];
        if !bounds.iter().any(|name| place.schema.contains_key(*name)) {
            return Ok(());
        }
        self.spend(text.len() / 16)?;
        let chars = text.chars().count();
        if let Some(least) = bound(place, "minLength", |bound| chars < bound) {
            self.tell(|| wording::too_short(text, chars, least));
        }
        if let Some(most) = bound(place, "maxLength", |bound| chars > bound) {
            self.tell(|| wording::too_long(text, chars, most));
        }
        if let Some(Value::String(pattern)) = place.schema.get("pattern")
            && self.models.patterns.matches(pattern, text) != Some(true)
        {
            self.tell(|| wording::pattern(pattern, text));
        }
        Ok(())
    }

    fn array(&mut self, place: Place<'a>, items: &[Value]) -> Result<(), Stop> {
        let found = items.len();
        if let Some(least) = bound(place, "minItems", |bound| found < bound) {
            self.tell(|| wording::too_few_items(found, least));
        }
        if let Some(most) = bound(place, "maxItems", |bound| found > bound) {
            self.tell(|| wording::too_many_items(found, most));
        }
        if let (Some(Value::Array(schemas)), Some(Value::Bool(false))) = (
            place.schema.get("items"),
            place.schema.get("additionalItems"),
        ) && found > schemas.len()
        {
            self.tell(|| wording::additional_items(schemas.len(), found));
        }
        if place.schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            let mut seen = HashSet::with_capacity(items.len());
            for item in items {
                let mut text = String::new();
                self.canonical(item, &mut text)?;
                if !seen.insert(text) {
                    self.tell(wording::duplicates);
                    break;
                }
            }
        }
        Ok(())
    }

    fn object(
        &mut self,
        place: Place<'a>,
        instance: &Value,
        members: &Map<String, Value>,
    ) -> Result<(), Stop> {
        let found = members.len();
        if let Some(Value::Array(required)) = place.schema.get("required") {
            self.spend(required.len())?;
            let missing = absent(required, members);
            if !missing.is_empty() {
                self.tell(|| wording::missing(&missing));
            }
        }
        if let Some(least) = bound(place, "minProperties", |bound| found < bound) {
            self.tell(|| wording::too_few_properties(found, least));
        }
        if let Some(most) = bound(place, "maxProperties", |bound| found > bound) {
            self.tell(|| wording::too_many_properties(found, most));
        }
        if place.schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            let mut additional = Vec::new();
            for name in members.keys() {
                if !self.is_described(place, name)? {
                    additional.push(name.as_str());
                }
            }
            if !additional.is_empty() {
                self.tell(|| wording::additional(&additional));
            }
        }
        self.dependencies(place, instance, members)
    }

    fn dependencies(
        &mut self,
        place: Place<'a>,
        instance: &Value,
        members: &Map<String, Value>,
    ) -> Result<(), Stop> {
        let Some(Value::Object(dependencies)) = place.schema.get("dependencies") else {
            return Ok(());
        };
        for (name, needs) in dependencies {
            self.spend(1)?;
            if !members.contains_key(name) {
                continue;
            }
            if let Value::Array(needs) = needs {
                let missing = absent(needs, members);
                if !missing.is_empty() {
                    self.tell(|| wording::dependencies(name, &missing));
                }
            } else {
                self.visit(place.root, needs, instance)?;
            }
        }
        Ok(())
    }

    fn combinations(&mut self, place: Place<'a>, instance: &Value) -> Result<(), Stop> {
        let Place { root, schema } = place;
        for name in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(schemas)) = schema.get(name) else {
                continue;
            };
            let (mut matched, of) = (0, schemas.len());
            for one in schemas {
                matched += usize::from(self.fits(root, one, instance)?);
                if name == "anyOf" && matched > 0 {
                    break;
                }
            }
            match name {
                "allOf" if matched < of => self.tell(|| wording::all_of(matched, of)),
                "anyOf" if matched == 0 => self.tell(|| wording::any_of(of)),
                "oneOf" if matched != 1 => self.tell(|| wording::one_of(matched, of)),
                _ => {}
            }
        }
        if let Some(not @ Value::Object(_)) = schema.get("not")
            && self.fits(root, not, instance)?
        {
            self.tell(wording::not);
        }
        Ok(())
    }

    fn items(&mut self, place: Place<'a>, items: &[Value]) -> Result<bool, Stop> {
        let additional = place.schema.get("additionalItems");
        let mut fits = true;
        for (index, item) in items.iter().enumerate() {
            let schema = match place.schema.get("items") {
                Some(Value::Array(schemas)) => schemas.get(index).or(additional),
                other => other,
            };
            if let Some(schema) = schema {
                fits &= self.visit(place.root, schema, item)?;
            }
        }
        Ok(fits)
    }

    fn properties(&mut self, place: Place<'a>, members: &Map<String, Value>) -> Result<bool, Stop> {
        let mut fits = true;
        for (name, value) in members {
            self.spend(1)?;
            let mut is_described = false;
            if let Some(schema) = member(place, "properties").and_then(|all| all.get(name)) {
                is_described = true;
                fits &= self.visit(place.root, schema, value)?;
            }
            for (pattern, schema) in member(place, "patternProperties").into_iter().flatten() {
                self.spend(1 + name.len() / 16)?;
                if self.models.patterns.matches(pattern, name) == Some(true) {
                    is_described = true;
                    fits &= self.visit(place.root, schema, value)?;
                }
            }
            if let (false, Some(schema)) = (is_described, place.schema.get("additionalProperties"))
            {
                fits &= self.visit(place.root, schema, value)?;
            }
        }
        Ok(fits)
    }

    /// Whether `properties` or `patternProperties` know this name.
    fn is_described(&mut self, place: Place<'a>, name: &str) -> Result<bool, Stop> {
        self.spend(1)?;
        if member(place, "properties").is_some_and(|all| all.contains_key(name)) {
            return Ok(true);
        }
        for pattern in member(place, "patternProperties")
            .into_iter()
            .flat_map(Map::keys)
        {
            self.spend(1 + name.len() / 16)?;
            if self.models.patterns.matches(pattern, name) == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether two values are the same, numbers by value.
    fn equal(&mut self, a: &Value, b: &Value) -> Result<bool, Stop> {
        self.spend(1)?;
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => Ok(number::equal(a, b)),
            (Value::String(a), Value::String(b)) => {
                self.spend(a.len().min(b.len()) / 16)?;
                Ok(a == b)
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (a, b) in a.iter().zip(b) {
                    if !self.equal(a, b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
                for (name, a) in a {
                    match b.get(name) {
                        Some(b) if self.equal(a, b)? => {}
                        _ => return Ok(false),
                    }
                }
                Ok(true)
            }
            _ => Ok(a == b),
        }
    }

    /// A text that equal values share.
    fn canonical(&mut self, value: &Value, out: &mut String) -> Result<(), Stop> {
        self.spend(1)?;
        match value {
            Value::Number(number) => out.push_str(&number::canonical(number)),
            Value::String(text) => {
                self.spend(text.len() / 16)?;
                out.push_str(&Value::from(text.as_str()).to_string());
            }
            Value::Array(items) => {
                out.push('[');
                for item in items {
                    self.canonical(item, out)?;
                    out.push(',');
                }
                out.push(']');
            }
            Value::Object(members) => {
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                members.sort_unstable_by_key(|(name, _)| name.as_str());
                out.push('{');
                for (name, value) in members {
                    out.push_str(&Value::from(name.as_str()).to_string());
                    out.push(':');
                    self.canonical(value, out)?;
                    out.push(',');
                }
                out.push('}');
            }
            other => out.push_str(&other.to_string()),
        }
        Ok(())
    }

    fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Stop::Exhausted)?;
        Ok(())
    }

    /// Counts what is wrong, and notes the first of it.
    fn tell(&mut self, error: impl FnOnce() -> String) {
        self.errors_found += 1;
        if !self.is_quiet && self.errors.len() < limits::SCHEMA_ERRORS_MAX {
            self.errors.push(execution_log::value(&error()));
        }
    }
}

fn kind_of(instance: &Value) -> &'static str {
    match instance {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number::is_integer(number) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The members of a keyword that is an object.
fn member<'a>(place: Place<'a>, name: &str) -> Option<&'a Map<String, Value>> {
    place.schema.get(name).and_then(Value::as_object)
}

/// The bound that is broken.
fn bound<'a>(
    place: Place<'a>,
    name: &str,
    is_broken: impl FnOnce(usize) -> bool,
) -> Option<&'a Value> {
    let value = place.schema.get(name)?;
    let bound = value
        .as_u64()
        .and_then(|bound| usize::try_from(bound).ok())?;
    is_broken(bound).then_some(value)
}

/// The names that are not among the members.
fn absent<'a>(names: &'a [Value], members: &Map<String, Value>) -> Vec<&'a str> {
    let names = names.iter().filter_map(Value::as_str);
    names.filter(|name| !members.contains_key(*name)).collect()
}
