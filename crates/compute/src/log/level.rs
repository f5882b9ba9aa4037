//! `ApplicationLogLevel`: which of a function's own records are kept.
//!
//! Our runtimes do not write what is below it. What other runtimes write is looked at here: a JSON
//! object with a level below it is dropped, one without a level counts as `INFO`, text is kept
//! (Lambda guide, "Configuring advanced logging controls", log-level filtering).

use serde_json::Value;

/// From the least to the most.
const LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/// Whether a record is kept where records from level `least` on are wanted.
pub(crate) fn is_kept(record: &[u8], least: Option<&str>) -> bool {
    let Some(least) = least.and_then(rank) else {
        return true;
    };
    // Most of what is written is no JSON and need not be parsed.
    if record.first() != Some(&b'{') {
        return true;
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(record) else {
        return true;
    };
    let level = members.get("level").and_then(Value::as_str);
    let level = level.and_then(rank).or_else(|| rank("INFO"));
    level.is_none_or(|level| level >= least)
}

fn rank(name: &str) -> Option<usize> {
    let name = name.to_ascii_uppercase();
    let name = match name.as_str() {
        // Python's names.
        "WARNING" => "WARN",
        "CRITICAL" => "FATAL",
        other => other,
    };
    LEVELS.iter().position(|level| *level == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_below_the_level_are_dropped() {
        let kept = |record: &str, least| is_kept(record.as_bytes(), least);
        assert!(kept(r#"{"level":"WARN"}"#, Some("WARN")));
        assert!(!kept(r#"{"level":"info"}"#, Some("WARN")));
        assert!(kept(r#"{"level":"CRITICAL"}"#, Some("FATAL")));
        assert!(!kept(r#"{"level":"WARNING"}"#, Some("ERROR")));
        assert!(kept(r#"{"message":"no level"}"#, Some("INFO")));
        assert!(!kept(r#"{"message":"no level"}"#, Some("WARN")));
        assert!(kept("plain text", Some("FATAL")));
        assert!(kept("{ no json", Some("FATAL")));
        assert!(kept(r#"{"level":"TRACE"}"#, None));
    }
}
