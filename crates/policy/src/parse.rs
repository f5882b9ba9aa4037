//! From JSON to [`Document`].

use crate::condition::Condition;
use crate::document::{ActionPattern, Document, Effect, Element, PrincipalEntry, Statement};
use crate::node::Node;
use crate::resource::ResourcePattern;
use crate::{PolicyError, Version, limits};

use PolicyError::Syntax;

pub(crate) fn document(text: &str) -> Result<Document, PolicyError> {
    if text.len() > limits::DOCUMENT_BYTES_MAX {
        return Err(PolicyError::TooLong {
            size: text.len(),
            max: limits::DOCUMENT_BYTES_MAX,
        });
    }
    let Node::Object(members) = Node::parse(text)? else {
        return Err(Syntax);
    };
    let mut version = None;
    let mut id = None;
    let mut statements = None;
    for (name, value) in members {
        match name.as_str() {
            "Version" => version = Some(version_of(&value)?),
            "Id" => id = Some(into_text(value)?),
            "Statement" => statements = Some(value),
            _ => return Err(Syntax),
        }
    }
    let language = version.unwrap_or(Version::V2008);
    let statements = match statements.ok_or(Syntax)? {
        Node::List(list) => list,
        one @ Node::Object(_) => vec![one],
        _ => return Err(Syntax),
    };
    Ok(Document {
        version: language,
        has_version: version.is_some(),
        id,
        statements: statements
            .into_iter()
            .map(|node| statement(node, language))
            .collect::<Result<_, _>>()?,
    })
}

fn version_of(value: &Node) -> Result<Version, PolicyError> {
    match value {
        Node::Text(text) if text == "2012-10-17" => Ok(Version::V2012),
        Node::Text(text) if text == "2008-10-17" => Ok(Version::V2008),
        _ => Err(Syntax),
    }
}

fn statement(node: Node, version: Version) -> Result<Statement, PolicyError> {
    let Node::Object(members) = node else {
        return Err(Syntax);
    };
    let mut sid = None;
    let mut effect = None;
    let mut principals = None;
    let mut actions = None;
    let mut resources = None;
    let mut conditions = Vec::new();
    for (name, value) in members {
        let is_negated = name.starts_with("Not");
        match name.as_str() {
            "Sid" => sid = Some(into_text(value)?),
            "Effect" => effect = Some(effect_of(&value)?),
            "Principal" | "NotPrincipal" => {
                put(&mut principals, is_negated, principal_entries(value)?)?;
            }
            "Action" | "NotAction" => {
                let values = texts(value)?;
                if !values.iter().all(|text| is_action(text)) {
                    return Err(Syntax);
                }
                let patterns = values.iter().map(|text| ActionPattern::new(text)).collect();
                put(&mut actions, is_negated, patterns)?;
            }
            "Resource" | "NotResource" => {
                let patterns = texts(value)?
                    .iter()
                    .map(|text| ResourcePattern::new(text, version))
                    .collect();
                put(&mut resources, is_negated, patterns)?;
            }
            "Condition" => conditions = condition_block(value, version)?,
            _ => return Err(Syntax),
        }
    }
    Ok(Statement {
        sid,
        effect: effect.ok_or(Syntax)?,
        principals,
        actions,
        resources,
        conditions,
    })
}

/// The characters that AWS takes in an action; some of them occur in no action's name.
fn is_action(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "*?:,-_ ".contains(c))
}

/// An element and its `Not…` form exclude one another.
fn put<T>(slot: &mut Option<Element<T>>, is_negated: bool, values: T) -> Result<(), PolicyError> {
    match slot.replace(Element { values, is_negated }) {
        None => Ok(()),
        Some(_) => Err(Syntax),
    }
}

fn effect_of(value: &Node) -> Result<Effect, PolicyError> {
    match value {
        Node::Text(text) if text == "Allow" => Ok(Effect::Allow),
        Node::Text(text) if text == "Deny" => Ok(Effect::Deny),
        _ => Err(Syntax),
    }
}

fn principal_entries(value: Node) -> Result<Vec<PrincipalEntry>, PolicyError> {
    match value {
        Node::Text(text) if text == "*" => Ok(vec![PrincipalEntry::Anyone]),
        Node::Text(text) => Err(PolicyError::Principal(format!("\"{text}\""))),
        Node::Object(members) if !members.is_empty() => {
            let mut entries = Vec::new();
            for (kind, values) in members {
                for text in texts(values)? {
                    entries.push(principal_entry(&kind, text)?);
                }
            }
            Ok(entries)
        }
        _ => Err(Syntax),
    }
}

fn principal_entry(kind: &str, text: String) -> Result<PrincipalEntry, PolicyError> {
    Ok(match kind {
        "AWS" if text == "*" => PrincipalEntry::Anyone,
        "AWS" => aws_principal(text),
        "Service" => PrincipalEntry::Service(text),
        "Federated" => PrincipalEntry::Federated(text),
        "CanonicalUser" => PrincipalEntry::CanonicalUser(text),
        _ => return Err(Syntax),
    })
}

fn aws_principal(text: String) -> PrincipalEntry {
    if let Ok(account) = text.parse() {
        return PrincipalEntry::Account(account);
    }
    if let Ok(arn) = text.parse::<arn::Arn>() {
        return match arn.account_id() {
            Some(account) if arn.service() == "iam" && arn.resource() == "root" => {
                PrincipalEntry::Account(account)
            }
            _ => PrincipalEntry::Arn(text),
        };
    }
    let is_unique_id = text.len() >= 16
        && (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match is_unique_id {
        true => PrincipalEntry::UniqueId(text),
        false => PrincipalEntry::Arn(text),
    }
}

fn condition_block(value: Node, version: Version) -> Result<Vec<Condition>, PolicyError> {
    let Node::Object(operators) = value else {
        return Err(Syntax);
    };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let Node::Object(keys) = keys else {
            return Err(Syntax);
        };
        for (key, values) in keys {
            conditions.push(Condition::new(
                &operator,
                &key,
                condition_values(values)?,
                version,
            )?);
        }
    }
    Ok(conditions)
}

fn condition_values(value: Node) -> Result<Vec<String>, PolicyError> {
    let list = match value {
        Node::List(list) => list,
        one => vec![one],
    };
    list.into_iter()
        .map(|node| match node {
            Node::Text(text) | Node::Number(text) => Ok(text),
            Node::Bool(value) => Ok(value.to_string()),
            Node::Null | Node::List(_) | Node::Object(_) => Err(Syntax),
        })
        .collect()
}

/// One text, or a list of texts that is not empty.
fn texts(value: Node) -> Result<Vec<String>, PolicyError> {
    match value {
        Node::Text(text) => Ok(vec![text]),
        Node::List(list) if !list.is_empty() => list.into_iter().map(into_text).collect(),
        _ => Err(Syntax),
    }
}

fn into_text(value: Node) -> Result<String, PolicyError> {
    match value {
        Node::Text(text) => Ok(text),
        _ => Err(Syntax),
    }
}
