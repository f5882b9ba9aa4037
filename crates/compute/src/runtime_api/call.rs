//! Calls of the Extensions API and of the APIs by which extensions subscribe to telemetry.

/// What an extension calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// `POST /2020-01-01/extension/register`.
    Register,
    /// `GET /2020-01-01/extension/event/next`.
    Next,
    /// `POST /2020-01-01/extension/init/error`.
    InitError,
    /// `POST /2020-01-01/extension/exit/error`.
    ExitError,
    /// `PUT /2022-07-01/telemetry`.
    Telemetry,
    /// `PUT /2020-08-15/logs`, which the one before has replaced.
    Logs,
}

/// One call, with the headers that matter; the body is the request's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) action: Action,
    /// `Lambda-Extension-Name`.
    pub(crate) name: Option<String>,
    /// `Lambda-Extension-Identifier`.
    pub(crate) identifier: Option<String>,
    /// `Lambda-Extension-Accept-Feature` names `accountId`.
    pub(crate) wants_account: bool,
    /// `Lambda-Extension-Function-Error-Type`.
    pub(crate) error_type: Option<String>,
}

impl Call {
    /// The call that a request line makes, if it is one of these.
    pub(super) fn of(method: &str, path: &str) -> Option<Self> {
        let action = match (method, path) {
            ("POST", "/2020-01-01/extension/register") => Action::Register,
            ("GET", "/2020-01-01/extension/event/next") => Action::Next,
            ("POST", "/2020-01-01/extension/init/error") => Action::InitError,
            ("POST", "/2020-01-01/extension/exit/error") => Action::ExitError,
            ("PUT", "/2022-07-01/telemetry" | "/2022-07-01/telemetry/") => Action::Telemetry,
            ("PUT", "/2020-08-15/logs" | "/2020-08-15/logs/") => Action::Logs,
            _ => return None,
        };
        Some(Self {
            action,
            name: None,
            identifier: None,
            wants_account: false,
            error_type: None,
        })
    }

    /// Takes a header that matters.
    pub(super) fn header(&mut self, name: &str, value: &str) {
        let place = match name.to_ascii_lowercase().as_str() {
            "lambda-extension-name" => &mut self.name,
            "lambda-extension-identifier" => &mut self.identifier,
            "lambda-extension-function-error-type" => &mut self.error_type,
            "lambda-extension-accept-feature" => {
                let mut features = value.split(',');
                self.wants_account |= features.any(|feature| feature.trim() == "accountId");
                return;
            }
            _ => return,
        };
        *place = Some(value.to_owned()).filter(|value| !value.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_taken_whatever_their_case() {
        let mut call = Call::of("POST", "/2020-01-01/extension/register").expect("a call");
        call.header("lambda-extension-NAME", "e.sh");
        call.header("Lambda-Extension-Accept-Feature", "other, accountId");
        call.header("Lambda-Extension-Identifier", "");
        assert_eq!(call.name.as_deref(), Some("e.sh"));
        assert!(call.wants_account);
        assert_eq!(call.identifier, None);
    }

    #[test]
    fn other_methods_and_paths_are_no_calls() {
        for (method, path) in [
            ("GET", "/2020-01-01/extension/register"),
            ("POST", "/2020-01-01/extension/event/next"),
            ("POST", "/2022-07-01/telemetry"),
            ("GET", "/2018-06-01/runtime/invocation/next"),
        ] {
            assert_eq!(Call::of(method, path), None, "{method} {path}");
        }
    }
}
