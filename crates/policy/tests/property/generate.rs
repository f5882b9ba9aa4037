//! Requests and policies from dice, of a small world so that they meet often.

use policy::{Attached, Document};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
const ACTIONS: [&str; 3] = [
    "lambda:InvokeFunction",
    "lambda:GetFunction",
    "s3:GetObject",
];
const ACTION_PATTERNS: [&str; 8] = [
    "*",
    "lambda:*",
    "lambda:Invoke*",
    "LAMBDA:getfunction",
    "lambda:?etFunction",
    "s3:*",
    "s3:GetObject",
    "lambda:InvokeFunction",
];
const RESOURCES: [&str; 4] = [
    "arn:aws:lambda:us-east-1:222222222222:function:f",
    "arn:aws:lambda:us-east-1:222222222222:function:f:live",
    "arn:aws:s3:::bucket/red/key",
    "arn:aws:s3:::bucket/*",
];
const RESOURCE_PATTERNS: [&str; 10] = [
    "*",
    "*",
    "arn:aws:lambda:*:*:function:*",
    "arn:aws:lambda:us-east-1:222222222222:function:f",
    "arn:aws:lambda:*:function:f",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::b?cket/re*/*y",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::bucket/${missing, 'red'}/*",
    "arn:aws:s3:::bucket/${*}",
];
const PRINCIPALS: [&str; 3] = [
    "arn:aws:iam::111111111111:user/alice",
    "arn:aws:iam::222222222222:user/bob",
    "arn:aws:sts::222222222222:assumed-role/app/s1",
];
const SERVICE: &str = "apigateway.amazonaws.com";

/// SplitMix64.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    fn some(&mut self, from: &[&str]) -> Value {
        let count = 1 + self.below(2);
        match count {
            1 => json!(self.pick(from)),
            _ => json!([self.pick(from), self.pick(from)]),
        }
    }
}

/// A policy in both forms; cases share them, because parsing costs more than deciding.
#[derive(Debug)]
pub struct Policy {
    pub value: Value,
    pub attached: Attached,
}

pub type Shared = Rc<Policy>;

/// Policies to draw from.
pub struct Pool {
    own: Vec<Shared>,
    resource: Vec<Shared>,
}

impl Pool {
    pub fn new(dice: &mut Dice, size: usize) -> Self {
        let mut make = |names_principals| {
            (0..size)
                .map(|_| {
                    let value = document(dice, names_principals);
                    let document = Document::parse(&value.to_string()).unwrap();
                    let attached = Attached {
                        id: "generated".into(),
                        document: Arc::new(document),
                    };
                    Rc::new(Policy { value, attached })
                })
                .collect()
        };
        Self {
            own: make(false),
            resource: make(true),
        }
    }

    fn draw(&self, dice: &mut Dice, names_principals: bool) -> Shared {
        let from = match names_principals {
            true => &self.resource,
            false => &self.own,
        };
        Rc::clone(&from[dice.below(from.len() as u64) as usize])
    }
}

#[derive(Debug)]
pub struct Who {
    pub account: String,
    pub arn: String,
    pub principal_arn: String,
}

#[derive(Debug)]
pub struct Case {
    pub principal: Option<Who>,
    pub service: Option<String>,
    pub action: String,
    pub resource: String,
    pub owner: String,
    pub context: BTreeMap<String, Value>,
    pub identity: Vec<Shared>,
    pub boundary: Option<Vec<Shared>>,
    pub session: Option<Vec<Shared>>,
    pub resource_policy: Option<Shared>,
    pub must_allow: bool,
    pub service_control: Vec<Vec<Shared>>,
    pub resource_control: Vec<Vec<Shared>>,
}

impl Case {
    pub fn generate(dice: &mut Dice, pool: &Pool) -> Self {
        let who = match dice.below(8) {
            0 => None,
            _ => Some(who(dice)),
        };
        let service = (who.is_none() && dice.one_in(2)).then(|| SERVICE.to_owned());
        let list = |dice: &mut Dice, count, names| {
            (0..count)
                .map(|_| pool.draw(dice, names))
                .collect::<Vec<_>>()
        };
        let count = dice.below(3);
        Self {
            context: context(dice),
            action: dice.pick(&ACTIONS).to_owned(),
            resource: dice.pick(&RESOURCES).to_owned(),
            owner: match dice.one_in(4) {
                true => ACCOUNTS[0].to_owned(),
                false => ACCOUNTS[1].to_owned(),
            },
            identity: list(dice, count, false),
            boundary: dice.one_in(4).then(|| list(dice, 1, false)),
            session: dice.one_in(4).then(|| list(dice, 1, false)),
            resource_policy: dice.one_in(2).then(|| pool.draw(dice, true)),
            must_allow: dice.one_in(6),
            service_control: match dice.one_in(5) {
                true => vec![list(dice, 2, false)],
                false => Vec::new(),
            },
            resource_control: match dice.one_in(6) {
                true => vec![list(dice, 1, true)],
                false => Vec::new(),
            },
            principal: who,
            service,
        }
    }
}

fn who(dice: &mut Dice) -> Who {
    let arn = dice.pick(&PRINCIPALS);
    let account = arn.split(':').nth(4).unwrap();
    let role = format!("arn:aws:iam::{account}:role/team/app");
    Who {
        account: account.to_owned(),
        arn: arn.to_owned(),
        principal_arn: match arn.contains("assumed-role") {
            true => role,
            false => arn.to_owned(),
        },
    }
}

fn context(dice: &mut Dice) -> BTreeMap<String, Value> {
    let mut context = BTreeMap::new();
    let mut maybe = |key: &str, dice: &mut Dice, from: &[&str]| {
        if !dice.one_in(3) {
            context.insert(key.to_owned(), json!(dice.pick(from)));
        }
    };
    maybe("aws:PrincipalTag/team", dice, &["red", "blue", "*"]);
    maybe(
        "aws:SourceIp",
        dice,
        &["10.1.2.3", "203.0.113.9", "2001:db8::1", "none"],
    );
    maybe(
        "aws:MultiFactorAuthAge",
        dice,
        &["10", "300", "300.0", "old"],
    );
    maybe(
        "aws:CurrentTime",
        dice,
        &["2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "now"],
    );
    maybe("aws:SecureTransport", dice, &["true", "false"]);
    maybe(
        "aws:SourceArn",
        dice,
        &[
            "arn:aws:execute-api:us-east-1:111111111111:abc/prod/GET/",
            "no-arn",
        ],
    );
    if dice.one_in(2) {
        let tags = ["a", "b", "c"];
        let count = dice.below(3);
        let many: Vec<Value> = (0..count).map(|_| json!(dice.pick(&tags))).collect();
        context.insert("aws:TagKeys".to_owned(), Value::Array(many));
    }
    context
}

fn document(dice: &mut Dice, names_principals: bool) -> Value {
    let count = 1 + dice.below(3);
    let statements: Vec<Value> = (0..count)
        .map(|_| statement(dice, names_principals))
        .collect();
    let mut document = json!({ "Statement": statements });
    if !dice.one_in(8) {
        document["Version"] = json!("2012-10-17");
    }
    document
}

fn statement(dice: &mut Dice, names_principals: bool) -> Value {
    let mut statement = Map::new();
    let effect = if dice.one_in(6) { "Deny" } else { "Allow" };
    statement.insert("Effect".to_owned(), json!(effect));
    let negated = |dice: &mut Dice, name: &str| match dice.one_in(7) {
        true => format!("Not{name}"),
        false => name.to_owned(),
    };
    let name = negated(dice, "Action");
    statement.insert(name, dice.some(&ACTION_PATTERNS));
    let name = negated(dice, "Resource");
    statement.insert(name, dice.some(&RESOURCE_PATTERNS));
    if names_principals {
        let name = negated(dice, "Principal");
        statement.insert(name, principals(dice));
    }
    if dice.one_in(3) {
        let mut block = Map::new();
        for _ in 0..=dice.below(2) {
            let (operator, key, values) = condition(dice);
            block.insert(operator, json!({ key: values }));
        }
        statement.insert("Condition".to_owned(), Value::Object(block));
    }
    Value::Object(statement)
}

fn principals(dice: &mut Dice) -> Value {
    match dice.below(5) {
        0 => json!("*"),
        1 => json!({ "Service": SERVICE }),
        2 => json!({ "AWS": dice.pick(&ACCOUNTS) }),
        3 => json!({ "AWS": format!("arn:aws:iam::{}:root", dice.pick(&ACCOUNTS)) }),
        _ => {
            let role = "arn:aws:iam::222222222222:role/team/app";
            let all = [PRINCIPALS[0], PRINCIPALS[1], PRINCIPALS[2], role];
            json!({ "AWS": dice.some(&all) })
        }
    }
}

fn condition(dice: &mut Dice) -> (String, &'static str, Value) {
    let (names, key, values): (&[&str], _, &[&str]) = match dice.below(7) {
        0 => (
            &[
                "StringEquals",
                "StringNotEquals",
                "StringLike",
                "StringNotLike",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
            ],
            "aws:PrincipalTag/team",
            &[
                "red",
                "RED",
                "r*",
                "?lue",
                "${aws:PrincipalTag/team}",
                "${missing}",
                "${*}",
            ],
        ),
        1 => (
            &["IpAddress", "NotIpAddress"],
            "aws:SourceIp",
            &[
                "10.0.0.0/8",
                "203.0.113.9",
                "2001:db8::/32",
                "nonsense",
                "0.0.0.0/0",
            ],
        ),
        2 => (
            &[
                "NumericEquals",
                "NumericNotEquals",
                "NumericLessThan",
                "NumericLessThanEquals",
                "NumericGreaterThan",
                "NumericGreaterThanEquals",
            ],
            "aws:MultiFactorAuthAge",
            &["300", "10.0", "9", "x"],
        ),
        3 => (
            &[
                "DateEquals",
                "DateNotEquals",
                "DateLessThan",
                "DateLessThanEquals",
                "DateGreaterThan",
                "DateGreaterThanEquals",
            ],
            "aws:CurrentTime",
            &["2026-01-01", "2026-06-01T00:00:00Z", "1780272000", "x"],
        ),
        4 => (&["Bool"], "aws:SecureTransport", &["true", "false", "x"]),
        5 => (
            &["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"],
            "AWS:sourcearn",
            &[
                "arn:aws:execute-api:*:111111111111:abc/*",
                "arn:aws:execute-api:*:abc/*/GET/",
                "arn:aws:execute-api:us-east-1:111111111111:abc/*/POST/",
                "x",
            ],
        ),
        _ => {
            let values = json!(["a", "b"]);
            let set = dice.pick(&["ForAllValues:", "ForAnyValue:", ""]);
            let name = dice.pick(&["StringEquals", "StringNotEquals", "StringLike"]);
            return (format!("{set}{name}"), "aws:TagKeys", values);
        }
    };
    if dice.one_in(8) {
        return ("Null".to_owned(), key, json!(dice.pick(&["true", "false"])));
    }
    let suffix = if dice.one_in(4) { "IfExists" } else { "" };
    let set = match dice.below(8) {
        0 => "ForAllValues:",
        1 => "ForAnyValue:",
        _ => "",
    };
    let name = dice.pick(names);
    (format!("{set}{name}{suffix}"), key, dice.some(values))
}
