//! An evaluator that is slow and plain: it walks the JSON, matches wildcards by recursion and
//! follows the documentation step by step. It shares no code with the crate.

use crate::generate::{Case, Shared};
use policy::Outcome;
use serde_json::Value;
use std::net::IpAddr;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Own,
    Resource,
    ServiceControl,
    ResourceControl,
}

/// How a resource policy names the caller: 1 its account, 2 its role, 3 itself or everybody.
type Reach = u8;

pub fn decide(case: &Case) -> Outcome {
    let has_principal = case.principal.is_some();
    let own = |list: &[Shared]| match has_principal {
        true => list.to_vec(),
        false => Vec::new(),
    };
    let no_policies = Vec::new();
    let identity = own(&case.identity);
    let boundary = case.boundary.as_deref().map(own);
    let session = case.session.as_deref().map(own);
    let control = match has_principal {
        true => &case.service_control,
        false => &no_policies,
    };
    let resource: Vec<Shared> = case.resource_policy.clone().into_iter().collect();
    let mut groups: Vec<(&[Shared], Kind)> =
        vec![(&identity, Kind::Own), (&resource, Kind::Resource)];
    groups.extend(boundary.as_deref().map(|list| (list, Kind::Own)));
    groups.extend(session.as_deref().map(|list| (list, Kind::Own)));
    groups.extend(
        control
            .iter()
            .map(|level| (level.as_slice(), Kind::ServiceControl)),
    );
    let rcps = case.resource_control.iter();
    groups.extend(rcps.map(|level| (level.as_slice(), Kind::ResourceControl)));
    for (policies, kind) in &groups {
        if !matching(case, policies, *kind, "Deny").is_empty() {
            return Outcome::ExplicitlyDenied;
        }
    }
    let allows = |list: &[Shared], kind| !matching(case, list, kind, "Allow").is_empty();
    let is_allowed = control
        .iter()
        .all(|level| allows(level, Kind::ServiceControl))
        && match &case.principal {
            None => allows(&resource, Kind::Resource),
            Some(who) => {
                let identity_allows = allows(&identity, Kind::Own);
                let limits_allow = boundary
                    .iter()
                    .chain(&session)
                    .all(|l| allows(l, Kind::Own));
                let reach = matching(case, &resource, Kind::Resource, "Allow")
                    .into_iter()
                    .max()
                    .unwrap_or(0);
                if who.account != case.owner {
                    reach > 0 && identity_allows && limits_allow
                } else {
                    match reach {
                        3 => true,
                        2 => limits_allow,
                        1 => identity_allows && limits_allow,
                        _ => !case.must_allow && identity_allows && limits_allow,
                    }
                }
            }
        };
    match is_allowed {
        true => Outcome::Allowed,
        false => Outcome::ImplicitlyDenied,
    }
}

fn matching(case: &Case, policies: &[Shared], kind: Kind, effect: &str) -> Vec<Reach> {
    let mut found = Vec::new();
    for policy in policies {
        let policy = &policy.value;
        let has_variables = policy["Version"] == "2012-10-17";
        for statement in policy["Statement"].as_array().unwrap() {
            if statement["Effect"] == effect {
                found.extend(applies(case, statement, kind, has_variables));
            }
        }
    }
    found
}

fn applies(case: &Case, statement: &Value, kind: Kind, has_variables: bool) -> Option<Reach> {
    let reach = match kind {
        Kind::Own | Kind::ServiceControl => 1,
        Kind::Resource | Kind::ResourceControl => named(case, statement)?,
    };
    let action = case.action.to_lowercase();
    let is_action = |pattern: &str| glob(&pattern.to_lowercase(), &action);
    let action_fits = match statement.get("NotAction") {
        Some(value) => !texts(value).iter().any(|pattern| is_action(pattern)),
        None => texts(&statement["Action"])
            .iter()
            .any(|pattern| is_action(pattern)),
    };
    let resource_fits = match statement.get("NotResource") {
        // An unresolved variable leaves open what is meant.
        Some(value) => texts(value)
            .iter()
            .all(|p| resource(case, p, has_variables) == Some(false)),
        None => texts(&statement["Resource"])
            .iter()
            .any(|p| resource(case, p, has_variables) == Some(true)),
    };
    let fits = action_fits && resource_fits && conditions(case, statement, has_variables);
    fits.then_some(reach)
}

fn named(case: &Case, statement: &Value) -> Option<Reach> {
    if let Some(element) = statement.get("NotPrincipal") {
        let reach = reach_of(case, element);
        let is_exempt = match statement["Effect"] == "Deny" {
            true => reach == 3 && case.boundary.is_none(),
            false => reach > 0,
        };
        return (!is_exempt).then_some(3);
    }
    Some(reach_of(case, &statement["Principal"])).filter(|reach| *reach > 0)
}

fn reach_of(case: &Case, element: &Value) -> Reach {
    if element == "*" {
        return 3;
    }
    if let Some(service) = element.get("Service") {
        return if service.as_str() == case.service.as_deref() {
            3
        } else {
            0
        };
    }
    let Some(who) = &case.principal else { return 0 };
    let root = format!("arn:aws:iam::{}:root", who.account);
    texts(&element["AWS"])
        .iter()
        .map(|text| match text {
            text if *text == who.arn => 3,
            text if *text == who.principal_arn => 2,
            text if *text == who.account || *text == root => 1,
            _ => 0,
        })
        .max()
        .unwrap_or(0)
}

fn resource(case: &Case, pattern: &str, has_variables: bool) -> Option<bool> {
    if pattern == "*" {
        return Some(true);
    }
    let given: Vec<&str> = case.resource.splitn(6, ':').collect();
    let wanted: Vec<&str> = pattern.splitn(6, ':').collect();
    for (place, (wanted, given)) in wanted.iter().zip(&given).enumerate() {
        let is_like = match place {
            5 => glob(&substitute(case, wanted, has_variables)?, given),
            _ => glob(wanted, given),
        };
        if !is_like {
            return Some(false);
        }
    }
    Some(true)
}

fn conditions(case: &Case, statement: &Value, has_variables: bool) -> bool {
    let Some(block) = statement.get("Condition") else {
        return true;
    };
    block.as_object().unwrap().iter().all(|(operator, keys)| {
        keys.as_object()
            .unwrap()
            .iter()
            .all(|(key, values)| condition(case, operator, key, values, has_variables))
    })
}

fn condition(case: &Case, operator: &str, key: &str, values: &Value, has_variables: bool) -> bool {
    let given = case
        .context
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(key))
        .map(|(_, value)| value);
    let values = texts(values);
    if operator == "Null" {
        return values
            .iter()
            .any(|value| (*value == "true") == given.is_none());
    }
    let (set, name) = operator.split_once(':').unwrap_or(("", operator));
    let (name, is_if_exists) = match name.strip_suffix("IfExists") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let is_negated = name.contains("Not");
    let positive = name.replace("Not", "");
    let fits = |given: &str| {
        let each: Vec<Option<bool>> = values
            .iter()
            .map(|value| compare(case, &positive, value, given, has_variables))
            .collect();
        match is_negated {
            true => each.iter().all(|one| *one == Some(false)),
            false => each.contains(&Some(true)),
        }
    };
    match (given, set) {
        (None, _) if is_if_exists => true,
        (None, "ForAllValues") => true,
        (None, "ForAnyValue") => false,
        (None, _) => is_negated,
        (Some(Value::Array(many)), "ForAllValues") => {
            many.iter().all(|one| fits(one.as_str().unwrap()))
        }
        (Some(Value::Array(many)), "ForAnyValue") => {
            many.iter().any(|one| fits(one.as_str().unwrap()))
        }
        (Some(Value::Array(_)), _) => false,
        (Some(one), _) => fits(one.as_str().unwrap()),
    }
}

fn compare(case: &Case, name: &str, value: &str, given: &str, has_variables: bool) -> Option<bool> {
    match name {
        "StringEquals" => Some(plain(&substitute(case, value, has_variables)?) == given),
        "StringEqualsIgnoreCase" => {
            let text = plain(&substitute(case, value, has_variables)?);
            Some(text.to_lowercase() == given.to_lowercase())
        }
        "StringLike" => Some(glob(&substitute(case, value, has_variables)?, given)),
        "Bool" => match (value, given) {
            ("true" | "false", "true" | "false") => Some(value == given),
            _ => None,
        },
        "IpAddress" => network(value, given),
        "ArnLike" | "ArnEquals" => {
            let wanted: Vec<&str> = value.splitn(6, ':').collect();
            let parts: Vec<&str> = given.splitn(6, ':').collect();
            if wanted.len() < 6 || parts.len() < 6 {
                return None;
            }
            Some(
                wanted
                    .iter()
                    .zip(parts)
                    .all(|(wanted, part)| glob(wanted, part)),
            )
        }
        _ => {
            let (order, kind) = match name.strip_prefix("Numeric") {
                Some(order) => (order, number as fn(&str) -> Option<f64>),
                None => (
                    name.strip_prefix("Date").unwrap(),
                    date as fn(&str) -> Option<f64>,
                ),
            };
            let (given, value) = (kind(given)?, kind(value)?);
            Some(match order {
                "Equals" => given == value,
                "LessThan" => given < value,
                "LessThanEquals" => given <= value,
                "GreaterThan" => given > value,
                _ => given >= value,
            })
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// The few dates that are generated.
fn date(text: &str) -> Option<f64> {
    match text {
        "2026-01-01" | "2026-01-01T00:00:00Z" => Some(1_767_225_600.0),
        "2026-06-01T00:00:00Z" | "1780272000" => Some(1_780_272_000.0),
        _ => None,
    }
}

fn network(range: &str, given: &str) -> Option<bool> {
    let bits = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => ip
            .octets()
            .iter()
            .map(|b| format!("{b:08b}"))
            .collect::<String>(),
        IpAddr::V6(ip) => ip
            .octets()
            .iter()
            .map(|b| format!("{b:08b}"))
            .collect::<String>(),
    };
    let (address, length) = match range.split_once('/') {
        Some((address, length)) => (address, length.parse().ok()?),
        None => (range, 128),
    };
    let (address, given): (IpAddr, IpAddr) = (address.parse().ok()?, given.parse().ok()?);
    let (address_bits, given_bits) = (bits(address), bits(given));
    let length: usize = std::cmp::min(length, address_bits.len());
    Some(address.is_ipv4() == given.is_ipv4() && address_bits[..length] == given_bits[..length])
}

/// Marks for characters that stand for themselves.
const STAR: char = '\u{1}';
const MARK: char = '\u{2}';

/// Puts values in the place of variables; none when one has no value.
fn substitute(case: &Case, text: &str, has_variables: bool) -> Option<String> {
    if !has_variables {
        return Some(text.to_owned());
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let end = at + rest[at..].find('}')?;
        let inside = &rest[at + 2..end];
        let (key, default) = match inside.split_once(", ") {
            Some((key, default)) => (key, Some(default.trim_matches('\''))),
            None => (inside, None),
        };
        let value = match key {
            "*" => "*",
            _ => {
                let known = case.context.get(key).and_then(Value::as_str);
                known.or(default)?
            }
        };
        out.extend(value.chars().map(|c| match c {
            '*' => STAR,
            '?' => MARK,
            other => other,
        }));
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Some(out)
}

fn plain(text: &str) -> String {
    text.replace(STAR, "*").replace(MARK, "?")
}

fn glob(pattern: &str, text: &str) -> bool {
    fn recurse(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => {
                recurse(&pattern[1..], text) || (!text.is_empty() && recurse(pattern, &text[1..]))
            }
            (Some('?'), Some(_)) => recurse(&pattern[1..], &text[1..]),
            (Some(&STAR), Some('*')) | (Some(&MARK), Some('?')) => {
                recurse(&pattern[1..], &text[1..])
            }
            (Some(p), Some(t)) if p == t => recurse(&pattern[1..], &text[1..]),
            _ => false,
        }
    }
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    recurse(&chars(pattern), &chars(text))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().map(|one| one.as_str().unwrap()).collect(),
        one => one.as_str().into_iter().collect(),
    }
}
