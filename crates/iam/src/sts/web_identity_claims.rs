//! What a token asks of AWS: session tags and a source identity ("Pass session tags in AWS STS",
//! "Monitor and control actions taken with assumed roles").

use super::web_identity::invalid;
use crate::limits::TAGS_MAX;
use api::ServiceError;
use jwt::Claims;
use policy::Context;
use serde_json::Value;
use std::collections::BTreeMap;

const TAGS: &str = "https://aws.amazon.com/tags";
const FLAT_TAG: &str = "https://aws.amazon.com/tags/principal_tags/";
const FLAT_TRANSITIVE: &str = "https://aws.amazon.com/tags/transitive_tag_keys";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// What the session will have.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) tags: BTreeMap<String, String>,
    pub(super) transitive_tag_keys: Vec<String>,
    pub(super) source_identity: Option<String>,
}

/// Reads the claims, nested or flat.
///
/// # Errors
/// InvalidIdentityToken for claims that are not as documented: tags restrict, so they are not
/// passed over.
pub(super) fn asked(claims: &Claims) -> Result<Asked, ServiceError> {
    let mut asked = Asked::default();
    if let Some(nested) = claims.value(TAGS) {
        let tags = nested.get("principal_tags").and_then(Value::as_object);
        for (key, value) in tags.ok_or_else(malformed)? {
            asked.tag(key, value)?;
        }
        asked.transitive(nested.get("transitive_tag_keys"))?;
    }
    for (name, value) in claims.iter() {
        if let Some(key) = name.strip_prefix(FLAT_TAG) {
            asked.tag(key, value)?;
        }
    }
    asked.transitive(claims.value(FLAT_TRANSITIVE))?;
    let has_tag = |key: &String| asked.tags.contains_key(key);
    if asked.tags.len() > TAGS_MAX || !asked.transitive_tag_keys.iter().all(has_tag) {
        return Err(malformed());
    }
    if let Some(value) = claims.value(SOURCE_IDENTITY) {
        let text = value.as_str().filter(|text| is_source_identity(text));
        asked.source_identity = Some(text.ok_or_else(malformed)?.to_owned());
    }
    Ok(asked)
}

impl Asked {
    /// Whether `sts:TagSession` must be allowed.
    pub(super) fn is_tagging(&self) -> bool {
        !self.tags.is_empty()
    }

    /// The condition keys of tags and source identity.
    pub(super) fn add_keys(&self, context: &mut Context) {
        for (key, value) in &self.tags {
            context.set(&format!("aws:RequestTag/{key}"), value.as_str());
        }
        if self.is_tagging() {
            context.set_many("aws:TagKeys", self.tags.keys().cloned().collect());
            context.set_many("sts:TransitiveTagKeys", self.transitive_tag_keys.clone());
        }
        if let Some(identity) = &self.source_identity {
            context.set("sts:SourceIdentity", identity.as_str());
        }
    }

    /// One tag: a text, or a list with one.
    fn tag(&mut self, key: &str, value: &Value) -> Result<(), ServiceError> {
        let text = match value {
            Value::String(text) => Some(text),
            Value::Array(list) => match list.as_slice() {
                [Value::String(text)] => Some(text),
                _ => None,
            },
            _ => None,
        };
        let text = text.filter(|text| text.chars().count() <= 256);
        let fits = (1..=128).contains(&key.chars().count())
            && !key.to_ascii_lowercase().starts_with("aws:")
            && !self
                .tags
                .keys()
                .any(|known| known.eq_ignore_ascii_case(key));
        let text = text.filter(|_| fits).ok_or_else(malformed)?;
        self.tags.insert(key.to_owned(), text.clone());
        Ok(())
    }

    fn transitive(&mut self, value: Option<&Value>) -> Result<(), ServiceError> {
        let list = match value {
            None => return Ok(()),
            Some(value) => value.as_array().ok_or_else(malformed)?,
        };
        for one in list {
            let key = one.as_str().ok_or_else(malformed)?;
            self.transitive_tag_keys.push(key.to_owned());
        }
        Ok(())
    }
}

/// `[\w+=,.@-]{2,64}` ("AssumeRole", `SourceIdentity`).
fn is_source_identity(text: &str) -> bool {
    let is_allowed = |one: char| one.is_ascii_alphanumeric() || "_+=,.@-".contains(one);
    (2..=64).contains(&text.len()) && text.chars().all(is_allowed)
}

// UNVERIFIED: AWS's words.
fn malformed() -> ServiceError {
    invalid("The session tags or the source identity of the token are not valid")
}
