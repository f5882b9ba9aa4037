//! What a token says.

use crate::TimeError;
use serde_json::{Map, Value};

/// The members of a token, in its order.
#[derive(Clone, PartialEq)]
pub struct Claims(Map<String, Value>);

/// Claims are personal: only their names are printed.
impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Claims {
    pub(crate) fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// One claim.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str()
    }

    /// Every claim in the token's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// `iss`.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `aud`: one text or several (RFC 7519, 4.1.3).
    pub fn audiences(&self) -> Vec<&str> {
        texts(self.value("aud"))
    }

    /// The scopes of `scope` and `scp`: a text with blanks between them (RFC 8693, 4.2), or a list.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let all = [self.value("scope"), self.value("scp")];
        let all = all.into_iter().flat_map(texts);
        all.flat_map(str::split_ascii_whitespace)
    }

    /// Whether the token may be used at `now_s` (seconds since 1970), by an issuer whose clock is
    /// at most `ahead_s` seconds ahead of ours. Nothing is added to `exp`.
    ///
    /// # Errors
    /// [`TimeError`] for a token without `exp`, before its time or after it.
    pub fn check_time(&self, now_s: i64, ahead_s: i64) -> Result<(), TimeError> {
        let expires_s = self.seconds("exp")?.ok_or(TimeError::Malformed)?;
        if now_s >= expires_s {
            return Err(TimeError::Expired(expires_s));
        }
        for name in ["nbf", "iat"] {
            let from_s = self.seconds(name)?;
            if from_s.is_some_and(|from_s| from_s > now_s.saturating_add(ahead_s)) {
                return Err(TimeError::NotYet);
            }
        }
        Ok(())
    }

    /// A claim that is a time (`NumericDate`, RFC 7519, 2), its fraction cut off.
    ///
    /// # Errors
    /// [`TimeError::Malformed`] when it is something else.
    pub fn seconds(&self, name: &str) -> Result<Option<i64>, TimeError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Number(number)) => {
                let whole = number
                    .as_i64()
                    .or_else(|| number.as_f64().and_then(whole_seconds));
                whole.map(Some).ok_or(TimeError::Malformed)
            }
            Some(_) => Err(TimeError::Malformed),
        }
    }
}

/// The texts of a claim that is one text or a list of them; other things in a list are none.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The whole seconds of a time with a fraction, for times that a calendar can show.
fn whole_seconds(seconds: f64) -> Option<i64> {
    let is_sane = seconds.is_finite() && seconds.abs() < 1e15;
    // The range was checked, so nothing is cut but the fraction.
    #[allow(clippy::cast_possible_truncation)]
    is_sane.then_some(seconds.floor() as i64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn claims(text: &str) -> Claims {
        let Value::Object(members) = serde_json::from_str(text).unwrap() else {
            unreachable!("tests write objects")
        };
        Claims(members)
    }

    #[test]
    fn times_bound_the_token_to_the_second() {
        let at = |text: &str, now_s: i64| claims(text).check_time(now_s, 5);
        assert_eq!(at(r#"{"exp":100}"#, 99), Ok(()));
        assert_eq!(at(r#"{"exp":100}"#, 100), Err(TimeError::Expired(100)));
        assert_eq!(at(r#"{"exp":100.9}"#, 100), Err(TimeError::Expired(100)));
        assert_eq!(at(r#"{"exp":100,"nbf":55}"#, 50), Ok(()));
        assert_eq!(at(r#"{"exp":100,"nbf":56}"#, 50), Err(TimeError::NotYet));
        assert_eq!(at(r#"{"exp":100,"iat":55}"#, 50), Ok(()));
        assert_eq!(at(r#"{"exp":100,"iat":56}"#, 50), Err(TimeError::NotYet));
    }

    #[test]
    fn times_that_are_no_numbers_are_refused() {
        for text in [
            "{}",
            r#"{"exp":"100"}"#,
            r#"{"exp":null}"#,
            r#"{"exp":1e300}"#,
            r#"{"exp":100,"nbf":"0"}"#,
            r#"{"exp":100,"iat":true}"#,
        ] {
            assert_eq!(claims(text).check_time(50, 0), Err(TimeError::Malformed));
        }
    }

    #[test]
    fn scopes_and_audiences_are_texts_or_lists() {
        let check = |text: &str, scopes: &[&str], audiences: &[&str]| {
            let claims = claims(text);
            assert_eq!(claims.scopes().collect::<Vec<_>>(), scopes, "{text}");
            assert_eq!(claims.audiences(), audiences, "{text}");
        };
        check(r#"{"scope":"a b","aud":"x"}"#, &["a", "b"], &["x"]);
        check(
            r#"{"scp":["a","b c"],"aud":["x","y"]}"#,
            &["a", "b", "c"],
            &["x", "y"],
        );
        check(r#"{"scope":" ","scp":"a","aud":[1,"y"]}"#, &["a"], &["y"]);
        check(r#"{"scope":{"a":1},"aud":7}"#, &[], &[]);
    }
}
