//! The execution log: AWS's lines about one request, for TestInvokeMethod and for the log group
//! `API-Gateway-Execution-Logs_{api}/{stage}`.
//!
//! Lines are closures, so a method whose logging is off pays one comparison a line.

use crate::limits;
use std::sync::Arc;
use stdx::{Clock, TimestampMs};

/// How much is logged; each level holds the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Nothing.
    Off,
    /// What went wrong.
    Error,
    /// Every step.
    Info,
    /// Every step with headers and bodies.
    Data,
}

impl Detail {
    /// From a stage's `loggingLevel` and `dataTraceEnabled`.
    pub(crate) fn of(logging_level: &str, has_data_trace: bool) -> Self {
        match (logging_level, has_data_trace) {
            ("INFO", true) => Self::Data,
            ("INFO", false) => Self::Info,
            ("ERROR", _) => Self::Error,
            _ => Self::Off,
        }
    }
}

/// The log of one request.
pub(crate) struct ExecutionLog {
    detail: Detail,
    clock: Arc<dyn Clock>,
    lines: Vec<(TimestampMs, String)>,
}

impl ExecutionLog {
    /// An empty log.
    pub(crate) fn new(detail: Detail, clock: Arc<dyn Clock>) -> Self {
        Self {
            detail,
            clock,
            lines: Vec::new(),
        }
    }

    /// A line about something that failed.
    pub(crate) fn error(&mut self, line: impl FnOnce() -> String) {
        self.push(Detail::Error, line);
    }

    /// A line about a step.
    pub(crate) fn info(&mut self, line: impl FnOnce() -> String) {
        self.push(Detail::Info, line);
    }

    /// A line with the client's or the backend's data.
    pub(crate) fn data(&mut self, line: impl FnOnce() -> String) {
        self.push(Detail::Data, line);
    }

    fn push(&mut self, detail: Detail, line: impl FnOnce() -> String) {
        if self.detail >= detail {
            self.lines.push((self.clock.now_ms(), line()));
        }
    }

    /// The lines as log events: `({requestId}) {line}`, each within AWS's bound.
    pub(crate) fn into_events(self, request_id: &str) -> Vec<ports::LogEvent> {
        let event = |(timestamp_ms, line)| ports::LogEvent {
            timestamp_ms,
            message: cut_event(format!("({request_id}) {line}")),
        };
        self.lines.into_iter().map(event).collect()
    }

    /// The lines as TestInvokeMethod answers them.
    pub(crate) fn into_test_text(self, request_id: &str) -> String {
        let mut text = format!("Execution log for request {request_id}\n");
        for (timestamp_ms, line) in self.lines {
            text.push_str(&java_date(timestamp_ms));
            text.push_str(" : ");
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

/// `Sun Nov 22 14:02:19 UTC 2026`.
fn java_date(timestamp_ms: TimestampMs) -> String {
    jiff::Timestamp::from_millisecond(timestamp_ms)
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%a %b %d %H:%M:%S UTC %Y")
        .to_string()
}

/// Cuts an event to AWS's bound.
fn cut_event(mut message: String) -> String {
    const MARK: &str = " [TRUNCATED]";
    if message.len() > limits::LOG_EVENT_BYTES_MAX {
        let mut end = limits::LOG_EVENT_BYTES_MAX - MARK.len();
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        message.truncate(end);
        message.push_str(MARK);
    }
    message
}

/// A value as lines show it: cut, with ` [TRUNCATED]`, when it is long.
pub(crate) fn value(text: &str) -> String {
    match text.char_indices().nth(limits::LOG_VALUE_CHARS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => {
            let (kept, _) = text.split_at(end);
            format!("{kept} [TRUNCATED]")
        }
    }
}

/// A body as lines show it.
pub(crate) fn body(bytes: &[u8]) -> String {
    // Four bytes a character at most: no more than that much has to be looked at.
    let head = bytes
        .get(..limits::LOG_VALUE_CHARS_MAX * 4 + 4)
        .unwrap_or(bytes);
    value(&String::from_utf8_lossy(head))
}

/// Bytes up to which a secret may well be a part of other words.
const SHORT_SECRET_BYTES: usize = 8;

/// A body as lines show it, with the secrets among these headers, and others, masked: an event
/// repeats them.
pub(crate) fn body_of_event(
    bytes: &[u8],
    headers: &[(String, Vec<String>)],
    others: &[&str],
) -> String {
    let secrets = headers.iter().filter(|(name, _)| is_secret(name));
    let values = secrets.flat_map(|(_, values)| values).map(String::as_str);
    let text = String::from_utf8_lossy(bytes).into_owned();
    let masked = values
        .chain(others.iter().copied())
        .filter(|value| !value.is_empty())
        .fold(text, without);
    value(&masked)
}

/// A JSON text with this secret masked, as it stands in JSON strings. A short one is masked only
/// where it is the whole string, else `ok` would mask the middle of `token`.
fn without(text: String, secret: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let (written, hidden) = (quoted(secret), quoted(&masked(secret)));
    let bare = |text: &str| text.get(1..text.len() - 1).unwrap_or_default().to_owned();
    match secret.len() > SHORT_SECRET_BYTES {
        true => text.replace(&bare(&written), &bare(&hidden)),
        false => text.replace(&written, &hidden),
    }
}

/// Pairs as Java prints a map: `{k=v, k2=v2}`. Secrets show their last six characters only.
pub(crate) fn map<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let shown: Vec<String> = pairs
        .map(|(name, value)| match is_secret(name) {
            true => format!("{name}={}", masked(value)),
            false => format!("{name}={value}"),
        })
        .collect();
    value(&format!("{{{}}}", shown.join(", ")))
}

/// The same for grouped values, which are joined by commas.
pub(crate) fn grouped_map(groups: &[(String, Vec<String>)]) -> String {
    let joined: Vec<(&str, String)> = groups
        .iter()
        .map(|(name, values)| (name.as_str(), values.join(",")))
        .collect();
    map(joined.iter().map(|(name, value)| (*name, value.as_str())))
}

fn is_secret(name: &str) -> bool {
    [
        "authorization",
        "x-api-key",
        "x-amz-security-token",
        "cookie",
    ]
    .iter()
    .any(|secret| name.eq_ignore_ascii_case(secret))
}

/// Asterisks and the last six characters.
pub(crate) fn masked(secret: &str) -> String {
    let count = secret.chars().count();
    let shown = count.saturating_sub(6);
    let tail: String = secret.chars().skip(shown.max(count / 2)).collect();
    let stars = count - tail.chars().count();
    format!("{}{tail}", "*".repeat(stars))
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::ManualClock;

    fn log(detail: Detail) -> ExecutionLog {
        ExecutionLog::new(detail, Arc::new(ManualClock::at(1_795_356_139_000)))
    }

    #[test]
    fn levels_hold_the_ones_before() {
        assert_eq!(Detail::of("INFO", true), Detail::Data);
        assert_eq!(Detail::of("INFO", false), Detail::Info);
        assert_eq!(Detail::of("ERROR", true), Detail::Error);
        assert_eq!(Detail::of("OFF", true), Detail::Off);
        let lines = |detail| {
            let mut log = log(detail);
            log.error(|| "e".into());
            log.info(|| "i".into());
            log.data(|| "d".into());
            log.lines.len()
        };
        let counts = [Detail::Off, Detail::Error, Detail::Info, Detail::Data].map(lines);
        assert_eq!(counts, [0, 1, 2, 3]);
    }

    #[test]
    fn lines_that_are_off_are_not_made() {
        log(Detail::Off).error(|| unreachable!("off"));
    }

    #[test]
    fn test_text_has_java_dates() {
        let mut log = log(Detail::Data);
        log.info(|| "Starting execution for request: r".into());
        let text = log.into_test_text("r");
        let expect = "Execution log for request r\n\
                      Sun Nov 22 14:02:19 UTC 2026 : Starting execution for request: r\n";
        assert_eq!(text, expect);
    }

    #[test]
    fn events_are_cut_at_awss_bound() {
        assert_eq!(cut_event("a".repeat(1_024)).len(), 1_024);
        let cut = cut_event("ä".repeat(513));
        assert!(cut.len() <= 1_024 && cut.ends_with(" [TRUNCATED]"));
    }

    #[test]
    fn values_are_cut_by_characters() {
        assert_eq!(value(&"ä".repeat(998)), "ä".repeat(998));
        assert_eq!(
            value(&"ä".repeat(999)),
            format!("{} [TRUNCATED]", "ä".repeat(998))
        );
        assert_eq!(
            body(&[b'a'; 999]),
            format!("{} [TRUNCATED]", "a".repeat(998))
        );
    }

    #[test]
    fn maps_print_as_java_prints_them() {
        let pairs = [("a", "1"), ("Authorization", "Bearer 0123456789")];
        assert_eq!(
            map(pairs.into_iter()),
            "{a=1, Authorization=***********456789}"
        );
        assert_eq!(map([].into_iter()), "{}");
        let groups = [("q".to_owned(), vec!["1".to_owned(), "2".to_owned()])];
        assert_eq!(grouped_map(&groups), "{q=1,2}");
    }

    #[test]
    fn secrets_are_masked_in_events_too() {
        let headers = [("authorization".to_owned(), vec!["Bearer 123456".to_owned()])];
        let event = br#"{"headers":{"authorization":"Bearer 123456","a":"b"}}"#;
        let expect = r#"{"headers":{"authorization":"*******123456","a":"b"}}"#;
        assert_eq!(body_of_event(event, &headers, &[]), expect);
        let event = br#"{"type":"TOKEN","authorizationToken":"ok","quoted":"a \"long\" one"}"#;
        let expect = r#"{"type":"TOKEN","authorizationToken":"*k","quoted":"******g\" one"}"#;
        assert_eq!(body_of_event(event, &[], &["ok", "a \"long\" one"]), expect);
    }

    #[test]
    fn short_secrets_are_not_shown_whole() {
        assert_eq!(masked("abcd"), "**cd");
        assert_eq!(masked(""), "");
    }
}
