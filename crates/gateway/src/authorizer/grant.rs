//! What an authorizer's function answers ("Output from an Amazon API Gateway Lambda authorizer").

use crate::limits;
use policy::Document;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A well-formed answer.
#[derive(Debug)]
pub(crate) struct Grant {
    /// Who asks, as the function calls them.
    pub(crate) principal_id: String,
    /// What they may do; every statement is about everybody, since it is about the caller.
    pub(crate) document: Arc<Document>,
    /// The policy as the function wrote it, JSON text.
    pub(crate) policy: String,
    /// What integrations get to see, as text, in the function's order.
    pub(crate) context: Vec<(String, String)>,
    /// The API key, for APIs whose keys come from the authorizer.
    pub(crate) usage_identifier_key: Option<String>,
}

/// Why an answer is of no use; AWS answers 500.
// UNVERIFIED: AWS's words but for the first and the unrecognized field; an execution log for each
// would settle it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// Not a JSON object.
    #[error("Invalid JSON in response: the result is no JSON object")]
    NoObject,
    /// A member that an answer does not have.
    #[error("Invalid JSON in response: Unrecognized field \"{0}\" , not marked as ignorable")]
    UnknownField(String),
    /// A member that must be there, or has another type.
    #[error("Invalid JSON in response: {0}")]
    Field(&'static str),
    /// The policy cannot be read.
    #[error("Invalid policy document: {0}")]
    Policy(String),
    /// The answer is too large.
    #[error(
        "Authorizer result exceeds {} bytes",
        limits::AUTHORIZER_RESULT_BYTES_MAX
    )]
    TooLarge,
}

impl Grant {
    /// Reads a function's answer.
    ///
    /// # Errors
    /// When anything in it is not as documented: nobody comes in by half an answer.
    pub(crate) fn parse(payload: &[u8]) -> Result<Self, Malformed> {
        if payload.len() > limits::AUTHORIZER_RESULT_BYTES_MAX {
            return Err(Malformed::TooLarge);
        }
        let Ok(Value::Object(mut answer)) = serde_json::from_slice(payload) else {
            return Err(Malformed::NoObject);
        };
        let known = [
            "principalId",
            "policyDocument",
            "context",
            "usageIdentifierKey",
        ];
        if let Some(name) = answer.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Malformed::UnknownField(name.clone()));
        }
        let (policy, document) = policy(answer.remove("policyDocument"))?;
        Ok(Self {
            principal_id: principal_id(answer.remove("principalId"))?,
            document: Arc::new(document),
            policy,
            context: context(answer.remove("context"))?,
            usage_identifier_key: usage_identifier_key(answer.remove("usageIdentifierKey"))?,
        })
    }
}

fn principal_id(value: Option<Value>) -> Result<String, Malformed> {
    match value {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        // UNVERIFIED: numbers are taken as text, as Jackson takes them.
        Some(Value::Number(id)) => Ok(id.to_string()),
        _ => Err(Malformed::Field("principalId must be a text")),
    }
}

fn usage_identifier_key(value: Option<Value>) -> Result<Option<String>, Malformed> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(key)) => Ok(Some(key)),
        Some(_) => Err(Malformed::Field("usageIdentifierKey must be a text")),
    }
}

/// Texts, numbers and booleans; arrays and objects are refused ("You can't set a JSON object or
/// array as a valid value of any key in the context map").
fn context(value: Option<Value>) -> Result<Vec<(String, String)>, Malformed> {
    let members = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(Malformed::Field("context must be an object")),
    };
    let scalar = |(name, value): (String, Value)| match value {
        Value::String(text) => Some(Ok((name, text))),
        Value::Number(number) => Some(Ok((name, number.to_string()))),
        Value::Bool(flag) => Some(Ok((name, flag.to_string()))),
        // UNVERIFIED: a null is as good as no member.
        Value::Null => None,
        Value::Array(_) | Value::Object(_) => Some(Err(Malformed::Field(
            "context values must be texts, numbers or booleans",
        ))),
    };
    members.into_iter().filter_map(scalar).collect()
}

/// The policy as text and parsed.
fn policy(value: Option<Value>) -> Result<(String, Document), Malformed> {
    let Some(Value::Object(mut policy)) = value else {
        return Err(Malformed::Field("policyDocument must be an object"));
    };
    let text = Value::Object(policy.clone()).to_string();
    match policy.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().try_for_each(about_everybody)?,
        Some(statement) => about_everybody(statement)?,
        None => return Err(Malformed::Policy("no Statement".to_owned())),
    }
    let document = Document::parse(&Value::Object(policy).to_string());
    let document = document.map_err(|reason| Malformed::Policy(reason.to_string()))?;
    match has_long_resource(&document) {
        true => Err(Malformed::Policy("a Resource is too long".to_owned())),
        false => Ok((text, document)),
    }
}

fn has_long_resource(document: &Document) -> bool {
    let statements = document.statements().iter();
    let mut resources = statements.flat_map(|statement| statement.resources());
    resources.any(|arn| arn.chars().count() > limits::AUTHORIZER_RESOURCE_CHARS_MAX)
}

/// Puts a principal into a statement: the evaluation takes the policy as one of the resource.
fn about_everybody(statement: &mut Value) -> Result<(), Malformed> {
    let Value::Object(statement) = statement else {
        return Err(Malformed::Policy("a Statement is no object".to_owned()));
    };
    let has = |statement: &Map<String, Value>, name: &str| statement.contains_key(name);
    // UNVERIFIED: what AWS does with a principal here. It would narrow whom the statement is
    // about, so it is not dropped.
    if has(statement, "Principal") || has(statement, "NotPrincipal") {
        return Err(Malformed::Policy("a Statement has a Principal".to_owned()));
    }
    if !has(statement, "Resource") && !has(statement, "NotResource") {
        return Err(Malformed::Policy("a Statement has no Resource".to_owned()));
    }
    statement.insert("Principal".to_owned(), Value::from("*"));
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}]}"#;

    fn parse(answer: &str) -> Result<Grant, Malformed> {
        Grant::parse(answer.replace("POLICY", POLICY).as_bytes())
    }

    #[test]
    fn whole_answers_are_read() {
        let answer = r#"{"principalId":"me","policyDocument":POLICY,"context":{"a":"x","n":1.5,"i":7,"b":true,"z":null},"usageIdentifierKey":"key"}"#;
        let grant = parse(answer).unwrap();
        assert_eq!(grant.principal_id, "me");
        assert_eq!(grant.policy, POLICY);
        assert_eq!(grant.usage_identifier_key.as_deref(), Some("key"));
        let context: Vec<(&str, &str)> = grant
            .context
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            context,
            [("a", "x"), ("n", "1.5"), ("i", "7"), ("b", "true")]
        );
    }

    #[test]
    fn one_statement_needs_no_list() {
        let one = POLICY.replace(['[', ']'], "");
        let answer = format!("{{\"principalId\":\"me\",\"policyDocument\":{one}}}");
        assert!(Grant::parse(answer.as_bytes()).is_ok());
    }

    #[test]
    fn half_answers_are_refused() {
        for answer in [
            "null",
            "true",
            "\"allow\"",
            "[]",
            "{}",
            "<html></html>",
            "",
            r#"{"principalId":"me"}"#,
            r#"{"policyDocument":POLICY}"#,
            r#"{"principalId":"","policyDocument":POLICY}"#,
            r#"{"principalId":{},"policyDocument":POLICY}"#,
            r#"{"principalId":null,"policyDocument":POLICY}"#,
            r#"{"principalId":"me","policyDocument":null}"#,
            r#"{"principalId":"me","policyDocument":"{}"}"#,
            r#"{"principalId":"me","policyDocument":{}}"#,
            r#"{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[1]}}"#,
            r#"{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps","Action":"*","Resource":"*"}]}}"#,
            r#"{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*"}]}}"#,
            r#"{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}}"#,
            r#"{"principalId":"me","policyDocument":POLICY,"context":{"a":{}}}"#,
            r#"{"principalId":"me","policyDocument":POLICY,"context":{"a":[1]}}"#,
            r#"{"principalId":"me","policyDocument":POLICY,"context":"a"}"#,
            r#"{"principalId":"me","policyDocument":POLICY,"usageIdentifierKey":1}"#,
            r#"{"isAuthorized":true}"#,
        ] {
            assert!(parse(answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn unknown_members_are_named_as_by_aws() {
        let refused = parse(r#"{"errorType":"Error","errorMessage":"boom"}"#).unwrap_err();
        let expect = "Invalid JSON in response: Unrecognized field \"errorType\" , not marked as \
                      ignorable";
        assert_eq!(refused.to_string(), expect);
    }

    #[test]
    fn answers_at_the_bound_and_one_over() {
        let empty = format!(
            "{{\"principalId\":\"me\",\"policyDocument\":{POLICY},\"context\":{{\"a\":\"\"}}}}"
        );
        let padded = |bytes: usize| {
            let fill = "x".repeat(bytes - empty.len());
            empty.replace("\"a\":\"\"", &format!("\"a\":\"{fill}\""))
        };
        let most = limits::AUTHORIZER_RESULT_BYTES_MAX;
        assert!(Grant::parse(padded(most).as_bytes()).is_ok());
        let refused = Grant::parse(padded(most + 1).as_bytes()).unwrap_err();
        assert_eq!(refused, Malformed::TooLarge);
    }

    #[test]
    fn resources_at_the_bound_and_one_over() {
        let with = |chars: usize| {
            let prefix = "arn:aws:execute-api:";
            let arn = format!("{prefix}{}", "a".repeat(chars - prefix.len()));
            let policy = POLICY.replace("\"*\"", &format!("\"{arn}\""));
            parse(&format!(
                "{{\"principalId\":\"me\",\"policyDocument\":{policy}}}"
            ))
            .is_ok()
        };
        assert!(with(limits::AUTHORIZER_RESOURCE_CHARS_MAX));
        assert!(!with(limits::AUTHORIZER_RESOURCE_CHARS_MAX + 1));
    }
}
