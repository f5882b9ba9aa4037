//! Documents as JSON or YAML text.

use crate::limits::DOCUMENT_BYTES_MAX;
use crate::yaml;
use serde_json::Value;

/// The document; none when it is neither JSON nor YAML, or beyond a bound.
pub(crate) fn parse(document: &[u8]) -> Option<Value> {
    if document.len() > DOCUMENT_BYTES_MAX {
        return None;
    }
    let text = std::str::from_utf8(document).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // YAML contains JSON, but its parser is slower and laxer about depth.
    serde_json::from_str(text).ok().or_else(|| yaml::read(text))
}

/// The document as YAML text.
pub(crate) fn to_yaml(value: &Value) -> String {
    // Strings, numbers, lists and maps of them always have a YAML form.
    serde_saphyr::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::limits::DEPTH_MAX;
    use serde_json::json;

    #[test]
    fn yaml_keys_and_versions_are_text() {
        let text = "swagger: '2.0'\ninfo:\n  version: 2016-10-27T17:07:12Z\npaths:\n  /a:\n    get:\n      responses:\n        200: {}\n        '404': {}\nkeys:\n  timeoutInMillis: 5000\n  on: true\n  text: |\n    a\n    b\n";
        assert_eq!(
            parse(text.as_bytes()).unwrap(),
            json!({"swagger": "2.0", "info": {"version": "2016-10-27T17:07:12Z"},
                "paths": {"/a": {"get": {"responses": {"200": {}, "404": {}}}}},
                "keys": {"timeoutInMillis": 5000, "on": true, "text": "a\nb\n"}})
        );
    }

    #[test]
    fn anchors_are_replaced() {
        let text = "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2\n";
        let expected = json!({"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1, "l": 2}});
        assert_eq!(parse(text.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["{", "a: [", "\u{0}", "a: b: c", "- *nowhere"] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"\xff\xfe"), None);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(DEPTH_MAX - 1).as_bytes()).is_some());
        assert!(parse(nested(DEPTH_MAX + 1).as_bytes()).is_none());
        assert!(parse(nested(100_000).as_bytes()).is_none());
        let yaml = |depth: usize| format!("a: {}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(yaml(100).as_bytes()).is_some());
        assert!(parse(yaml(DEPTH_MAX + 1).as_bytes()).is_none());
        assert!(parse(yaml(100_000).as_bytes()).is_none());
        let block: String = (0..2_000)
            .map(|depth| format!("{}a:\n", " ".repeat(depth)))
            .collect();
        assert!(parse(block.as_bytes()).is_none());
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        assert_eq!(parse(text.as_bytes()), None);
    }

    #[test]
    fn repeated_text_is_bounded_by_its_bytes() {
        let long = "x".repeat(1 << 20);
        let text = |count: usize| format!("a: &a {long}\nb: [{}]\n", vec!["*a"; count].join(", "));
        assert!(parse(text(2).as_bytes()).is_some());
        assert!(parse(text(100).as_bytes()).is_none());
    }

    #[test]
    fn an_alias_within_its_anchor_is_refused() {
        assert_eq!(parse(b"a: &a [*a]"), None);
        assert_eq!(parse(b"a: *b\nb: &b 1"), None);
    }

    #[test]
    fn account_ids_and_other_odd_numbers_are_text() {
        let text = "a: 012345678901\nb: 1.5\nc: -3\nd: 1e3\ne: 1.2.3\nf: 99999999999999999999\ng: 0x10\nh: .inf\ni: 'yes'\nj: no\nk: !!str 5\nl: 2016-10-27\nm:\n";
        assert_eq!(
            parse(text.as_bytes()).unwrap(),
            json!({"a": "012345678901", "b": 1.5, "c": -3, "d": 1000.0, "e": "1.2.3", "f": "99999999999999999999", "g": "0x10",
                "h": ".inf", "i": "yes", "j": "no", "k": "5", "l": "2016-10-27", "m": null})
        );
    }

    #[test]
    fn the_last_of_equal_keys_stands() {
        assert_eq!(parse(b"a: 1\na: 2\n").unwrap(), json!({"a": 2}));
        assert_eq!(parse(b"--- {a: 1}\n--- {a: 2}\n"), None);
        assert_eq!(parse(b"? [a]\n: b\n"), None);
    }

    #[test]
    fn size_is_bounded() {
        let padded = |length: usize| {
            let mut text = String::from("{}");
            text.push_str(&" ".repeat(length - 2));
            text
        };
        assert!(parse(padded(DOCUMENT_BYTES_MAX).as_bytes()).is_some());
        assert!(parse(padded(DOCUMENT_BYTES_MAX + 1).as_bytes()).is_none());
    }

    #[test]
    fn yaml_text_reads_as_it_was_written() {
        let value = json!({"version": "1.0", "no": "no", "date": "2016-10-27", "number": "5000", "null": "null", "empty": "",
            "template": "{\"a\": $input.json('$')}\n#if($x)\n  y\n#end", "list": [], "map": {}, "tabs": "a\tb\r\nc ", "true": true,
            "quote": "it's \"quoted\"", "star": "*", "at": "@x", "percent": "%x", "spaces": "  x", "code": "200", "hash": "# x"});
        assert_eq!(parse(to_yaml(&value).as_bytes()).unwrap(), value);
    }
}
