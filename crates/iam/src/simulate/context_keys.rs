//! The condition keys that a policy asks for: in conditions, and as variables.

use serde_json::Value;
use std::collections::BTreeMap;

/// Keys by their lower case, as the policies write them.
pub(crate) type Keys = BTreeMap<String, String>;

/// Adds the keys of a policy text that was read before.
pub(crate) fn add(text: &str, keys: &mut Keys) {
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let has_variables = document.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    for statement in some(document.get("Statement")) {
        for (_, condition) in entries(statement.get("Condition")) {
            for (key, values) in entries(Some(condition)) {
                insert(key, keys);
                if has_variables {
                    some(Some(values)).for_each(|value| variables(value, keys));
                }
            }
        }
        for element in ["Resource", "NotResource"] {
            if has_variables {
                some(statement.get(element)).for_each(|value| variables(value, keys));
            }
        }
    }
}

fn insert(key: &str, keys: &mut Keys) {
    keys.entry(key.to_ascii_lowercase())
        .or_insert_with(|| key.to_owned());
}

fn variables(value: &Value, keys: &mut Keys) {
    let mut rest = value.as_str().unwrap_or_default();
    while let Some((_, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else {
            return;
        };
        let key = inside.split(',').next().unwrap_or_default().trim();
        // `${*}`, `${?}` and `${$}` are characters.
        if key.contains(':') {
            insert(key, keys);
        }
        rest = after;
    }
}

/// One or many.
fn some(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let values = match value {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    values.iter()
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(statement: &str, version: &str, expect: &[&str]) {
        let text = format!(r#"{{"Version":"{version}","Statement":{statement}}}"#);
        let mut keys = Keys::new();
        add(&text, &mut keys);
        assert_eq!(keys.values().collect::<Vec<_>>(), expect, "{text}");
    }

    #[test]
    fn keys_of_conditions_and_variables() {
        let condition = r#"[{"Condition":{"StringEquals":{"aws:SourceVpc":"x"},
            "ArnLike":{"AWS:SourceArn":["a","${aws:PrincipalTag/team, 'none'}"]}}},
            {"Condition":{"Bool":{"aws:sourcevpc":"true"}}}]"#;
        check(
            condition,
            "2012-10-17",
            &["aws:PrincipalTag/team", "AWS:SourceArn", "aws:SourceVpc"],
        );
        check(condition, "2008-10-17", &["AWS:SourceArn", "aws:SourceVpc"]);
        let resource =
            r#"{"Resource":"a/${aws:username}/${*}","NotResource":["${aws:userid}/${x"]}"#;
        check(resource, "2012-10-17", &["aws:userid", "aws:username"]);
        check(resource, "2008-10-17", &[]);
    }
}
