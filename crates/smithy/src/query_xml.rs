//! The query protocol: a form goes in (POST body or GET query), XML comes out.

use crate::{
    Kind, OperationMeta, Reply, RequestParts, Schema, ServiceError, ServiceMeta, Value, form,
    framework, limits::PARAMETER_DEPTH_MAX, text, xml::Xml,
};
use bytes::Bytes;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The operation of `Action` in the service's `Version`.
pub(crate) fn find(
    service: &ServiceMeta,
    request: &RequestParts<'_>,
) -> Result<&'static OperationMeta, ServiceError> {
    let parameters = parameters(request)?;
    let value = |name: &str| {
        let found = parameters.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    };
    let Some(action) = value("Action") else {
        let text = "the request names no Action";
        return Err(ServiceError::new("MissingAction", text));
    };
    let version = value("Version").unwrap_or("NO_VERSION_SPECIFIED");
    service
        .operation(action)
        .filter(|_| version == service.version)
        .ok_or_else(|| {
            let text = format!("Could not find operation {action} for version {version}");
            ServiceError::new("InvalidAction", text)
        })
}

/// Body parameters of a POST, query parameters of a GET; both where a client sends both.
fn parameters(request: &RequestParts<'_>) -> Result<Vec<(String, String)>, ServiceError> {
    let refuse = || malformed("the parameters are not valid UTF-8 or too many");
    let body = std::str::from_utf8(&request.body).map_err(|_| refuse())?;
    let mut all = form::parse(request.query).ok_or_else(refuse)?;
    all.extend(form::parse(body).ok_or_else(refuse)?);
    Ok(all)
}

fn malformed(text: impl Into<String>) -> ServiceError {
    ServiceError::new("MalformedInput", text)
}

/// The input out of parameters such as `Tags.member.1.Key`.
pub(crate) fn decode(
    operation: &OperationMeta,
    request: &RequestParts<'_>,
) -> Result<Value, ServiceError> {
    let mut root = Node::default();
    for (name, value) in parameters(request)? {
        root.insert(&name, value)?;
    }
    read(operation.input, &root)
}

/// Parameters as a tree of their dotted names.
#[derive(Default)]
struct Node {
    text: Option<String>,
    children: BTreeMap<String, Node>,
}

impl Node {
    fn insert(&mut self, name: &str, value: String) -> Result<(), ServiceError> {
        if name.split('.').count() > PARAMETER_DEPTH_MAX {
            return Err(malformed("a parameter's name is too deep"));
        }
        let mut node = self;
        for part in name.split('.') {
            node = node.children.entry(part.to_owned()).or_default();
        }
        node.text = Some(value);
        Ok(())
    }

    /// Children with numbers for names, in the order of the numbers.
    fn numbered(&self) -> Vec<&Node> {
        let numbered = self.children.iter();
        let mut found: Vec<(u64, &Node)> = numbered
            .filter_map(|(name, node)| Some((name.parse().ok()?, node)))
            .collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, node)| node).collect()
    }
}

fn read(schema: &Schema, node: &Node) -> Result<Value, ServiceError> {
    match schema.kind {
        Kind::Structure(members) => {
            let field =
                |child: Option<&Node>, schema| child.map(|child| read(schema, child)).transpose();
            let fields = members
                .iter()
                .map(|member| field(node.children.get(member.wire), member.target));
            Ok(Value::Structure(fields.collect::<Result<_, _>>()?))
        }
        Kind::List(element) => {
            // Some clients flatten: `X.1` beside the model's `X.member.1`.
            let items = node.children.get("member").unwrap_or(node).numbered();
            let items = items.into_iter().map(|item| read(element, item));
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        Kind::Map(_, element) => {
            let entries = node.children.get("entry").unwrap_or(node).numbered();
            let entry = |entry: &Node| {
                let key = entry.children.get("key").and_then(|key| key.text.clone());
                let value = entry
                    .children
                    .get("value")
                    .map(|value| read(element, value));
                Ok((
                    key.unwrap_or_default(),
                    value.transpose()?.unwrap_or(Value::Null),
                ))
            };
            Ok(Value::Map(
                entries.into_iter().map(entry).collect::<Result<_, _>>()?,
            ))
        }
        _ => {
            let given = node.text.as_deref().unwrap_or_default();
            let refuse = |kind| malformed(format!("`{given}` can not be converted to a {kind}"));
            text::parse(schema, given).map_err(refuse)
        }
    }
}

/// The answer: `{Operation}Response` with the result, if any, and the request id.
pub(crate) fn encode(
    service: &ServiceMeta,
    operation: &OperationMeta,
    output: &Value,
    request_id: &str,
) -> Reply {
    let mut xml = Xml::default();
    let root = format!("{}Response", operation.name);
    xml.open_with_namespace(&root, service.xml_namespace);
    if !operation.result_wrapper.is_empty() {
        element(&mut xml, operation.result_wrapper, operation.output, output);
    }
    xml.open("ResponseMetadata");
    xml.leaf("RequestId", request_id);
    xml.close("ResponseMetadata");
    xml.close(&root);
    reply(operation.status, request_id, xml)
}

fn element(xml: &mut Xml, name: &str, schema: &Schema, value: &Value) {
    xml.open(name);
    match (value, schema.kind) {
        (Value::Structure(fields), Kind::Structure(members)) => {
            for (member, field) in members.iter().zip(fields) {
                if let Some(field) = field {
                    element(xml, member.wire, member.target, field);
                }
            }
        }
        (Value::List(items), Kind::List(inner)) => {
            for item in items {
                element(xml, "member", inner, item);
            }
        }
        (Value::Map(entries), Kind::Map(_, inner)) => {
            for (key, value) in entries {
                xml.open("entry");
                xml.leaf("key", key);
                element(xml, "value", inner, value);
                xml.close("entry");
            }
        }
        (Value::String(given), _) => xml.text(given),
        (simple, _) => xml.text(&text::write(simple).unwrap_or_default()),
    }
    xml.close(name);
}

/// The answer of a failure.
pub(crate) fn encode_error(service: &ServiceMeta, error: &ServiceError, request_id: &str) -> Reply {
    let shown = framework::show(service, error);
    let kind = if shown.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    let mut xml = Xml::default();
    xml.open_with_namespace("ErrorResponse", service.xml_namespace);
    xml.open("Error");
    xml.leaf("Type", kind);
    xml.leaf("Code", &shown.code);
    xml.leaf("Message", error.message());
    for (name, value) in error.fields() {
        let value: Cow<'_, str> = text::write(value).unwrap_or_default().into();
        xml.leaf(name, &value);
    }
    xml.close("Error");
    xml.leaf("RequestId", request_id);
    xml.close("ErrorResponse");
    reply(shown.status, request_id, xml)
}

fn reply(status: u16, request_id: &str, xml: Xml) -> Reply {
    Reply {
        status,
        headers: vec![
            ("x-amzn-RequestId".to_owned(), request_id.to_owned()),
            ("Content-Type".to_owned(), "text/xml".to_owned()),
        ],
        body: Bytes::from(xml.finish()),
        stream: None,
    }
}
