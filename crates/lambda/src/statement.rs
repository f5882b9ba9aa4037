//! The statements that AddPermission writes, in AWS's order and spelling.

use crate::error::LambdaError;
use arn::{AccountId, Arn};
use serde_json::{Map, Value, json};

/// What AddPermission was asked to allow.
#[derive(Debug, Clone, Default)]
pub struct Permission {
    /// `Sid`.
    pub statement_id: String,
    /// Such as `lambda:InvokeFunction`.
    pub action: String,
    /// A service, an account, an ARN or `*`.
    pub principal: String,
    /// Condition `AWS:SourceArn`.
    pub source_arn: Option<String>,
    /// Condition `AWS:SourceAccount`.
    pub source_account: Option<String>,
    /// Condition `lambda:EventSourceToken`.
    pub event_source_token: Option<String>,
    /// Condition `lambda:FunctionUrlAuthType`.
    pub function_url_auth_type: Option<String>,
    /// Condition `aws:PrincipalOrgID`.
    pub principal_org_id: Option<String>,
    /// Condition `lambda:InvokedViaFunctionUrl`.
    pub is_via_function_url: bool,
}

/// Who is meant by AddPermission's `Principal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grantee {
    /// `*`.
    Anyone,
    /// `apigateway.amazonaws.com`.
    Service(String),
    /// The ARN of an account's root, a user, a role or a session.
    Aws(Arn),
}

impl Grantee {
    /// Reads a principal.
    ///
    /// # Errors
    /// When it is none of the forms; whether a user or role exists is asked elsewhere.
    pub fn parse(text: &str) -> Result<Self, LambdaError> {
        if text == "*" {
            return Ok(Self::Anyone);
        }
        if let Ok(account) = text.parse::<AccountId>() {
            return Ok(Self::Aws(Arn::new("iam", "", account.as_str(), "root")));
        }
        if is_service(text) {
            return Ok(Self::Service(text.to_owned()));
        }
        match text.parse::<Arn>() {
            Ok(arn) if is_principal(&arn) => Ok(Self::Aws(arn)),
            _ => Err(bad_principal()),
        }
    }

    fn render(&self) -> Value {
        match self {
            Self::Anyone => json!("*"),
            Self::Service(service) => json!({ "Service": service }),
            Self::Aws(arn) => json!({ "AWS": arn.as_str() }),
        }
    }
}

/// AWS's answer to a principal that is none.
pub fn bad_principal() -> LambdaError {
    LambdaError::Invalid(
        "The provided principal was invalid. Please check the principal and try again.".to_owned(),
    )
}

fn is_service(text: &str) -> bool {
    let name = text
        .strip_suffix(".amazonaws.com")
        .or_else(|| text.strip_suffix(".amazonaws.com.cn"))
        .or_else(|| text.strip_suffix(".amazon.com"));
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
    })
}

fn is_principal(arn: &Arn) -> bool {
    let resource = arn.resource();
    let named = |kind: &str| {
        resource
            .strip_prefix(kind)
            .is_some_and(|name| !name.is_empty() && !name.contains(['*', '?']))
    };
    arn.region().is_empty()
        && arn.account_id().is_some()
        && match arn.service() {
            "iam" => resource == "root" || named("user/") || named("role/"),
            "sts" => named("assumed-role/") || named("federated-user/"),
            _ => false,
        }
}

/// The statement, as AWS renders it: `Sid, Effect, Principal, Action, Resource, Condition`.
///
/// Observed on AWS: `ArnLike` although the API reference says `StringLike`, `StringEquals` before
/// it, and the keys' capitals.
pub fn render(permission: &Permission, grantee: &Grantee, resource: &str) -> Value {
    let mut equals = Map::new();
    let keys = [
        ("AWS:SourceAccount", &permission.source_account),
        (
            "lambda:FunctionUrlAuthType",
            &permission.function_url_auth_type,
        ),
        ("aws:PrincipalOrgID", &permission.principal_org_id),
        ("lambda:EventSourceToken", &permission.event_source_token),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            equals.insert(key.to_owned(), json!(value));
        }
    }
    let mut condition = Map::new();
    if !equals.is_empty() {
        condition.insert("StringEquals".to_owned(), Value::Object(equals));
    }
    // UNVERIFIED: where `Bool` stands among the operators; a recording of both would settle it.
    if permission.is_via_function_url {
        let via = json!({ "lambda:InvokedViaFunctionUrl": "true" });
        condition.insert("Bool".to_owned(), via);
    }
    if let Some(source_arn) = &permission.source_arn {
        let like = json!({ "AWS:SourceArn": source_arn });
        condition.insert("ArnLike".to_owned(), like);
    }
    let mut statement = Map::new();
    statement.insert("Sid".to_owned(), json!(permission.statement_id));
    statement.insert("Effect".to_owned(), json!("Allow"));
    statement.insert("Principal".to_owned(), grantee.render());
    statement.insert("Action".to_owned(), json!(permission.action));
    statement.insert("Resource".to_owned(), json!(resource));
    if !condition.is_empty() {
        statement.insert("Condition".to_owned(), Value::Object(condition));
    }
    Value::Object(statement)
}

/// The document with one statement more. Without a document it is the first one.
///
/// # Errors
/// When the Sid is taken or the document would be too long.
pub fn append(document: Option<&str>, statement: Value) -> Result<String, LambdaError> {
    let mut document = match document {
        Some(text) => read(text)?,
        None => empty(),
    };
    let sid = sid_of(&statement).unwrap_or_default().to_owned();
    let statements = statements(&mut document);
    if statements.iter().any(|other| sid_of(other) == Some(&sid)) {
        return Err(LambdaError::Conflict(format!(
            "The statement id ({sid}) provided already exists. Please provide a new statement \
             id, or remove the existing statement."
        )));
    }
    statements.push(statement);
    let text = Value::Object(document).to_string();
    check_size(&text)?;
    Ok(text)
}

/// The document without one statement; none when no statement is left.
///
/// # Errors
/// When no statement has the Sid.
pub fn remove(document: &str, sid: &str) -> Result<Option<String>, LambdaError> {
    let mut document = read(document)?;
    let statements = statements(&mut document);
    let before = statements.len();
    statements.retain(|statement| sid_of(statement) != Some(sid));
    if statements.len() == before {
        return Err(LambdaError::NotFound(format!(
            "Statement {sid} is not found in resource policy."
        )));
    }
    let is_empty = statements.is_empty();
    Ok((!is_empty).then(|| Value::Object(document).to_string()))
}

/// The document with one AWS principal called by another name.
///
/// # Errors
/// When the document cannot be read.
pub fn rename(document: &str, from: &str, to: &str) -> Result<String, LambdaError> {
    let mut document = read(document)?;
    for statement in statements(&mut document) {
        for element in ["Principal", "NotPrincipal"] {
            match statement
                .get_mut(element)
                .and_then(|element| element.get_mut("AWS"))
            {
                Some(Value::Array(names)) => {
                    let named = names.iter_mut().filter(|name| *name == from);
                    named.for_each(|name| *name = json!(to));
                }
                Some(name) if name == from => *name = json!(to),
                _ => {}
            }
        }
    }
    Ok(Value::Object(document).to_string())
}

/// Refuses a document that is too long.
///
/// # Errors
/// [`LambdaError::PolicyTooLarge`].
pub fn check_size(document: &str) -> Result<(), LambdaError> {
    if document.len() > crate::limits::POLICY_BYTES_MAX {
        return Err(LambdaError::PolicyTooLarge(document.len()));
    }
    Ok(())
}

fn empty() -> Map<String, Value> {
    let mut document = Map::new();
    document.insert("Version".to_owned(), json!("2012-10-17"));
    document.insert("Id".to_owned(), json!("default"));
    document.insert("Statement".to_owned(), json!([]));
    document
}

fn read(document: &str) -> Result<Map<String, Value>, LambdaError> {
    match serde_json::from_str(document) {
        Ok(Value::Object(document)) => Ok(document),
        _ => Err(LambdaError::Host(
            "a stored policy is no JSON object".to_owned(),
        )),
    }
}

/// The statements as a list; PutResourcePolicy may have stored a single one bare.
fn statements(document: &mut Map<String, Value>) -> &mut Vec<Value> {
    let slot = document
        .entry("Statement")
        .or_insert_with(|| Value::Array(Vec::new()));
    if !slot.is_array() {
        *slot = Value::Array(vec![slot.take()]);
    }
    slot.as_array_mut()
        .expect("what was no list has just become one")
}

fn sid_of(statement: &Value) -> Option<&str> {
    statement.get("Sid").and_then(Value::as_str)
}

#[cfg(test)]
mod tests;
