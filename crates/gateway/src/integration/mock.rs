//! MOCK: the request template says the status by which a response is chosen.

use super::Returned;
use crate::{execution_log::ExecutionLog, fault::Fault};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::{borrow::Cow, fmt};

/// Reads `statusCode` from the rendered request template.
///
/// # Errors
/// 500 when there is no integer.
pub(super) fn call(text: &str, log: &mut ExecutionLog) -> Result<Returned, Fault> {
    let status = status_code(text).ok_or_else(|| {
        log.error(|| {
            "Execution failed due to configuration error: statusCode should be an integer which \
             defined in request template"
                .to_owned()
        });
        Fault::Configuration
    })?;
    Ok(Returned {
        status,
        ..Returned::default()
    })
}

/// `{"statusCode": 200}`, also with the key in single quotes or without quotes, as AWS accepts.
fn status_code(text: &str) -> Option<u16> {
    if let Ok(StatusCode(status)) = serde_json::from_str(text) {
        return u16::try_from(status?).ok();
    }
    // Not strict JSON. Only an object's own key counts, which starts the object or follows a comma.
    let object = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    object.split(',').find_map(|member| {
        let (key, value) = member.split_once(':')?;
        let key = key.trim().trim_matches(['"', '\'']);
        (key == "statusCode").then(|| value.trim().parse().ok())?
    })
}

/// The member `statusCode` of an object, when it is a whole number; the last one counts.
struct StatusCode(Option<u64>);

impl<'de> Deserialize<'de> for StatusCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = StatusCode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<StatusCode, A::Error> {
        let mut status = None;
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if name == "statusCode" {
                status = members.next_value::<serde_json::Value>()?.as_u64();
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(StatusCode(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<u16>) {
        assert_eq!(status_code(text), expect, "{text}");
    }

    #[test]
    fn integers_are_read() {
        check("{\"statusCode\": 200}", Some(200));
        check("{statusCode: 200}", Some(200));
        check("{ 'statusCode' : 404 }\n", Some(404));
        check(
            "{\"id\": 42, \"statusCode\": 201, \"x\": [1, 2]}",
            Some(201),
        );
        check("{id: 42, statusCode: 201}", Some(201));
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "{}",
            "200",
            "[]",
            "{\"statusCode\": \"200\"}",
            "{\"statusCode\": 200.5}",
            "{\"statusCode\": -1}",
            "{\"statusCode\": 70000}",
            "{\"statusCode\": 200, \"statusCode\": \"200\"}",
            "[{\"statusCode\": 200}]",
            "{\"a\": {\"statusCode\": 200}}",
            "{statusCode: abc}",
        ] {
            check(text, None);
        }
    }
}
