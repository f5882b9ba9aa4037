//! Claims as integrations get to see them: all of them texts.

use jwt::Claims;
use serde_json::Value;

/// Whether a token's head says that it is an access token (RFC 9068, 2.1).
pub(super) fn is_access_token_type(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.strip_prefix("application/").unwrap_or(&kind) == "at+jwt"
}

/// Every claim as text, in the token's order.
///
/// Cognito's `exp` and `iat` are seen as Java writes dates (`Tue Jun 18 15:00:04 UTC 2024`) in
/// events of functions behind user pools, and lists with commas between their members.
// UNVERIFIED: what JWT authorizers of REST APIs show; their page could not be read so far. They
// are taken to show times as they are.
pub(super) fn shown(claims: &Claims, is_of_user_pool: bool) -> Vec<(String, String)> {
    let shown = |(name, value): (&str, &Value)| {
        let time = match name {
            "exp" | "iat" if is_of_user_pool => claims.seconds(name).ok().flatten(),
            _ => None,
        };
        let text = time.and_then(java_date).unwrap_or_else(|| text(value));
        (name.to_owned(), text)
    };
    claims.iter().map(shown).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// `Tue Jun 18 15:00:04 UTC 2024`.
fn java_date(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    let time = time.to_zoned(jiff::tz::TimeZone::UTC);
    Some(time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_tokens_say_so() {
        for (kind, expect) in [
            ("at+jwt", true),
            ("AT+JWT", true),
            ("application/at+jwt", true),
            ("JWT", false),
            ("", false),
        ] {
            assert_eq!(is_access_token_type(kind), expect, "{kind}");
        }
    }

    #[test]
    fn dates_are_written_as_java_writes_them() {
        assert_eq!(
            java_date(1_718_722_804).as_deref(),
            Some("Tue Jun 18 15:00:04 UTC 2024")
        );
    }

    #[test]
    fn values_become_texts() {
        for (value, expect) in [
            (serde_json::json!("a"), "a"),
            (serde_json::json!(7), "7"),
            (serde_json::json!(true), "true"),
            (serde_json::json!(["a", "b"]), "a,b"),
            (serde_json::json!({"a": 1}), "{\"a\":1}"),
        ] {
            assert_eq!(text(&value), expect);
        }
    }
}
