//! `${stageVariables.name}` inside URIs, ARNs and credentials.

use std::borrow::Cow;
use std::collections::BTreeMap;

const OPEN: &str = "${stageVariables.";

/// `text` with every `${stageVariables.name}` replaced by its value; an unset variable becomes
/// nothing ("Using Amazon API Gateway stage variables").
pub fn expand_stage_variables<'a>(
    text: &'a str,
    variables: &BTreeMap<String, String>,
) -> Cow<'a, str> {
    if !text.contains(OPEN) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push_str(OPEN);
            rest = after;
            continue;
        };
        out.push_str(variables.get(name).map_or("", String::as_str));
        rest = tail;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(text: &str, expect: &str) {
        let variables = BTreeMap::from([
            ("fn".to_owned(), "hello:prod".to_owned()),
            ("a_1".into(), "x".into()),
        ]);
        assert_eq!(expand_stage_variables(text, &variables), expect, "{text}");
    }

    #[test]
    fn known_variables_are_replaced() {
        check(
            "arn:${stageVariables.fn}/invocations",
            "arn:hello:prod/invocations",
        );
        check("${stageVariables.a_1}${stageVariables.a_1}", "xx");
    }

    #[test]
    fn unset_variables_vanish_and_open_ends_stay() {
        check("a${stageVariables.nope}b", "ab");
        check("a${stageVariables.fn", "a${stageVariables.fn");
        check("plain", "plain");
    }
}
