//! What mapping templates have beside Velocity's language: the request and API Gateway's objects.

use super::generate::Writer;
use serde_json::{Map, Value as Json, json};

/// `$context`, such variables as both sides know.
pub(super) const CONTEXT: [(&str, &str); 6] = [
    ("requestId", "r-1/2"),
    ("stage", "test"),
    ("httpMethod", "POST"),
    ("identity.sourceIp", "10.0.0.1"),
    ("identity.userAgent", "a \"b\""),
    ("authorizer.principalId", "me"),
];

/// `$stageVariables`.
pub(super) const STAGE_VARIABLES: [(&str, &str); 2] = [("color", "blue"), ("n", "7")];

/// Path parameters.
pub(super) const PATH: [(&str, &str); 1] = [("id", "p-1")];
/// Query parameters.
pub(super) const QUERY: [(&str, &str); 2] = [("page", "3"), ("q", "a b&c")];
/// Headers.
pub(super) const HEADER: [(&str, &str); 2] = [("Accept", "*/*"), ("X-Text", "it's \"so\"")];

/// `$input.params()` as JSON.
pub(super) fn params() -> Json {
    json!({"path": texts(&PATH), "querystring": texts(&QUERY), "header": texts(&HEADER)})
}

/// The other objects as JSON.
pub(super) fn context() -> Json {
    let mut context = Map::new();
    for (name, value) in CONTEXT {
        match name.split_once('.') {
            Some((group, name)) => {
                let group = context.entry(group).or_insert_with(|| json!({}));
                group[name] = value.into();
            }
            None => drop(context.insert(name.into(), value.into())),
        }
    }
    let groups = json!({"header": {}, "querystring": {}, "path": {}});
    context.insert("requestOverride".into(), groups);
    context.insert("responseOverride".into(), json!({"header": {}}));
    json!({"context": context, "stageVariables": texts(&STAGE_VARIABLES)})
}

fn texts(pairs: &[(&str, &str)]) -> Json {
    let pairs = pairs
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    Json::Object(pairs.collect())
}

/// Paths over the bodies that [`body`] makes.
const PATHS: [&str; 26] = [
    "$",
    "$.s",
    "$.n",
    "$.d",
    "$.b",
    "$.l",
    "$.k",
    "$.m",
    "$.r",
    "$.nope",
    "$.m.a",
    "$['m']['b']",
    "$.m.c[0]",
    "$.l[0]",
    "$.l[0:2]",
    "$.l[9]",
    "$.r[*].a",
    "$.r[0].b",
    "$..a",
    "$.*",
    "$.r[?(@.b == 'x')]",
    "s",
    "m.a",
    "$.z.y",
    "$.s.length",
    "$.r[1]['b']",
];

/// Texts that name one of API Gateway's objects, whole references without their `$`.
const OBJECTS: [&str; 22] = [
    "input.body",
    "input.params('id')",
    "input.params('page')",
    "input.params('X-Text')",
    "input.params('none')",
    "input.params().path.id",
    "input.params().get('querystring').get('q')",
    "input.params().header.keySet()",
    "input.params().querystring.size()",
    "context.requestId",
    "context.identity.sourceIp",
    "context.identity.userAgent",
    "context.nope",
    "context.identity.nope",
    "context.authorizer.principalId",
    "stageVariables.color",
    "stageVariables.get('n')",
    "stageVariables['color']",
    "stageVariables.none",
    "context.responseOverride.status",
    "context.responseOverride.header.x",
    "input.nope",
];

/// All of the request's parameters.
const PARAMETERS: &str = "#foreach($p in $input.params().keySet())#set($q = $input.params().get($p))#foreach($n in $q.keySet())$p.$n=$q.get($n);#end#end";

const DOCUMENTS: [&str; 12] = [
    "{}",
    "[]",
    "[1, 2.50, -0.0]",
    "{\"a\": {\"b\": [1]}}",
    "\"text\"",
    "12",
    "{",
    "[1e3, 1E-9, 12345678901234567890]",
    "{\"a\": \"x/y\\u00e9\"}",
    "{a: b}",
    "[1,,2]",
    "'q'",
];

const FUNCTIONS: [&str; 6] = [
    "escapeJavaScript",
    "urlEncode",
    "base64Encode",
    "urlDecode",
    "base64Decode",
    "parseJson",
];

impl Writer<'_> {
    /// Takes the body's members into the variables of plain templates.
    pub(super) fn prelude(&mut self, body: &Json) -> Vec<String> {
        let names = body.as_object().into_iter().flat_map(Map::keys);
        names
            .map(|name| format!("#set(${name} = $input.path('$.{name}'))"))
            .collect()
    }

    /// A reference to one of API Gateway's objects, without its `$`.
    pub(super) fn gateway_reference(&mut self) -> String {
        match self.random.number(9) {
            0..=2 => format!("input.path('{}')", self.random.of(&PATHS)),
            3 | 4 => format!("input.json('{}')", self.random.of(&PATHS)),
            5 | 6 => self.random.of(&OBJECTS).to_owned(),
            7 => {
                let function = self.random.of(&FUNCTIONS);
                format!("util.{function}({})", self.argument())
            }
            _ => format!("util.parseJson('{}')", self.random.of(&DOCUMENTS)),
        }
    }

    /// What the functions are called with.
    fn argument(&mut self) -> String {
        match self.random.number(6) {
            0 => "$input.body".to_owned(),
            1 => format!("$input.json('{}')", self.random.of(&PATHS)),
            2 => self
                .random
                .of(&[
                    "'a+b%20c%C3%A9'",
                    "'%'",
                    "'%zz'",
                    "'YQ=='",
                    "'YWI'",
                    "'é/\"x\"'",
                ])
                .to_owned(),
            3 => "$util.base64Encode($s)".to_owned(),
            4 => "$util.urlEncode($t)".to_owned(),
            _ => self.operand(),
        }
    }

    /// Pieces as users write them.
    pub(super) fn gateway_piece(&mut self, depth: usize) -> String {
        match self.random.number(7) {
            0 => format!("\"x\": \"${}\",\n", self.gateway_reference()),
            1 => format!("#set($v = ${})\n", self.gateway_reference()),
            2 => {
                let target = self.random.of(&[
                    "responseOverride.status",
                    "responseOverride.header.x",
                    "requestOverride.header.y",
                ]);
                format!("#set($context.{target} = {})", self.expression(1))
            }
            3 => format!(
                "#foreach($k in $m.keySet())\"$k\": \"$util.escapeJavaScript($m.get($k))\"#if($foreach.hasNext),#end\n{}#end",
                self.block(depth),
            ),
            4 => format!(
                "#foreach($i in $input.path('{}')){{\"a\": \"$i.a\", \"b\": $i.b}}#if($foreach.hasNext),#end\n#end",
                self.random.of(&PATHS),
            ),
            5 => format!(
                "#if($input.path('{}') == \"\"){}#else{}#end",
                self.random.of(&PATHS),
                self.block(depth),
                self.block(depth),
            ),
            _ => PARAMETERS.to_owned(),
        }
    }
}
