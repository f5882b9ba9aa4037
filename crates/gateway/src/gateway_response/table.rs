//! One row for each fault: gateway response type, status, error type, text, spelling.

use crate::fault::Fault;
use std::borrow::Cow;

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// `ACCESS_DENIED`, …; empty where nothing can be customised.
    pub(super) response_type: &'static str,
    /// The built-in status.
    pub(super) status: u16,
    /// `x-amzn-ErrorType`.
    pub(super) error_type: &'static str,
    /// The text; none is `null`.
    pub(super) message: Option<Cow<'static, str>>,
    /// How the built-in body is written.
    pub(super) spelling: Spelling,
}

/// How a built-in body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `{"message":"…"}`
    Template,
    /// `{"message": "…"}`
    Spaced,
    /// `{"Message":"…"}`
    Capital,
    /// The text alone.
    Plain,
}

use Spelling::{Capital, Plain, Spaced, Template};

/// The row of a fault.
pub(super) fn table(fault: &Fault) -> Row {
    match fault {
        Fault::UnknownApi => UNKNOWN_API,
        Fault::MissingAuthenticationToken => MISSING_AUTHENTICATION_TOKEN,
        Fault::AccessDenied(text) => ACCESS_DENIED.saying(text),
        Fault::IncompleteSignature(text) => INCOMPLETE_SIGNATURE.saying(text),
        Fault::InvalidSignature(text) => INVALID_SIGNATURE.saying(text),
        Fault::InvalidToken => INVALID_TOKEN,
        Fault::ExpiredToken => EXPIRED_TOKEN,
        Fault::Unauthorized => UNAUTHORIZED,
        Fault::TokenExpired => TOKEN_EXPIRED,
        Fault::InsufficientScope => INSUFFICIENT_SCOPE,
        Fault::AuthorizerFailure => AUTHORIZER_FAILURE,
        Fault::AuthorizerConfiguration => AUTHORIZER_CONFIGURATION,
        Fault::Throttled => THROTTLED,
        Fault::QuotaExceeded => QUOTA_EXCEEDED,
        Fault::InvalidApiKey => INVALID_API_KEY,
        Fault::BadQuery | Fault::BadPath => BAD_QUERY,
        Fault::BadParameters(names) => BAD_PARAMETERS.saying(&format!(
            "Missing required request parameters: [{}]",
            names.join(", ")
        )),
        Fault::BadBody(_) => BAD_BODY,
        Fault::UnsupportedMediaType => UNSUPPORTED_MEDIA_TYPE,
        Fault::RequestTooLarge => REQUEST_TOO_LARGE,
        Fault::EventTooLarge => EVENT_TOO_LARGE,
        Fault::UriTooLong => URI_TOO_LONG,
        Fault::HeadTooLarge => HEAD_TOO_LARGE,
        Fault::Configuration => CONFIGURATION,
        Fault::IntegrationFailure(_) => INTEGRATION_FAILURE,
        Fault::NetworkError => NETWORK_ERROR,
        Fault::BadIntegrationResponse => BAD_INTEGRATION_RESPONSE,
        Fault::IntegrationTimeout(_) => INTEGRATION_TIMEOUT,
    }
}

/// No API, so nothing that could be customised.
const UNKNOWN_API: Row = row("", 403, "ForbiddenException", "Forbidden", Template);

const MISSING_AUTHENTICATION_TOKEN: Row = row(
    "MISSING_AUTHENTICATION_TOKEN",
    403,
    "MissingAuthenticationTokenException",
    "Missing Authentication Token",
    Template,
);

const ACCESS_DENIED: Row = row("ACCESS_DENIED", 403, "AccessDeniedException", "", Capital);

// UNVERIFIED: the response type of incomplete signatures and unknown tokens, and whether the
// latter say AccessDeniedException, as one support article prints.
const INCOMPLETE_SIGNATURE: Row = row(
    "INVALID_SIGNATURE",
    403,
    "IncompleteSignatureException",
    "",
    Template,
);

const INVALID_SIGNATURE: Row = row(
    "INVALID_SIGNATURE",
    403,
    "InvalidSignatureException",
    "",
    Template,
);

const INVALID_TOKEN: Row = row(
    "INVALID_SIGNATURE",
    403,
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    Template,
);

const EXPIRED_TOKEN: Row = row(
    "EXPIRED_TOKEN",
    403,
    "ExpiredTokenException",
    "The security token included in the request is expired",
    Template,
);

const UNAUTHORIZED: Row = row(
    "UNAUTHORIZED",
    401,
    "UnauthorizedException",
    "Unauthorized",
    Template,
);

/// The words that clients of Cognito authorizers are seen to look for.
const TOKEN_EXPIRED: Row = row(
    "UNAUTHORIZED",
    401,
    "UnauthorizedException",
    "The incoming token has expired",
    Template,
);

// UNVERIFIED: the body and the response type; "Attach a JWT authorizer to methods and require
// scopes" documents `403 Forbidden`.
const INSUFFICIENT_SCOPE: Row = row(
    "ACCESS_DENIED",
    403,
    "AccessDeniedException",
    "Forbidden",
    Template,
);

// UNVERIFIED: what AWS answers when it cannot have an issuer's keys.
const AUTHORIZER_FAILURE: Row = Row {
    response_type: "AUTHORIZER_FAILURE",
    status: 500,
    error_type: "AuthorizerFailureException",
    message: None,
    spelling: Template,
};

const AUTHORIZER_CONFIGURATION: Row = Row {
    response_type: "AUTHORIZER_CONFIGURATION_ERROR",
    status: 500,
    error_type: "AuthorizerConfigurationException",
    message: None,
    spelling: Template,
};

// UNVERIFIED: AWS's text; that `%%` is forbidden is documented ("Amazon API Gateway important
// notes", API Gateway developer guide).
const BAD_QUERY: Row = row(
    "BAD_REQUEST_PARAMETERS",
    400,
    "BadRequestException",
    "Bad Request",
    Template,
);

const THROTTLED: Row = row(
    "THROTTLED",
    429,
    "TooManyRequestsException",
    "Too Many Requests",
    Template,
);

const QUOTA_EXCEEDED: Row = row(
    "QUOTA_EXCEEDED",
    429,
    "LimitExceededException",
    "Limit Exceeded",
    Template,
);

const INVALID_API_KEY: Row = row(
    "INVALID_API_KEY",
    403,
    "ForbiddenException",
    "Forbidden",
    Template,
);

const BAD_PARAMETERS: Row = row(
    "BAD_REQUEST_PARAMETERS",
    400,
    "BadRequestException",
    "",
    Spaced,
);

const BAD_BODY: Row = row(
    "BAD_REQUEST_BODY",
    400,
    "BadRequestException",
    "Invalid request body",
    Spaced,
);

const UNSUPPORTED_MEDIA_TYPE: Row = row(
    "UNSUPPORTED_MEDIA_TYPE",
    415,
    "BadRequestException",
    "Unsupported Media Type",
    Template,
);

/// The text alone, as AWS's front answers it (observed 2021-09, koki-develop/lgtm-generator issue
/// 10; setting REQUEST_TOO_LARGE changed nothing there).
const REQUEST_TOO_LARGE: Row = row(
    "REQUEST_TOO_LARGE",
    413,
    "RequestTooLargeException",
    "HTTP content length exceeded 10485760 bytes.",
    Plain,
);

/// Observed beside the former. UNVERIFIED: which response type customises it.
const EVENT_TOO_LARGE: Row = row(
    "DEFAULT_4XX",
    413,
    "BadRequestException",
    "Request Too Long",
    Spaced,
);

// UNVERIFIED: AWS's words for 414; only the status is documented.
const URI_TOO_LONG: Row = row(
    "DEFAULT_4XX",
    414,
    "RequestUriTooLongException",
    "Request-URI Too Long",
    Template,
);

/// Said by the front door too, for heads that are too large for every API.
const HEAD_TOO_LARGE: Row = row(
    "",
    431,
    "RequestHeaderFieldsTooLargeException",
    "Request Header Fields Too Large",
    Template,
);

const INTERNAL: &str = "InternalServerErrorException";
const INTERNAL_TEXT: &str = "Internal server error";

const CONFIGURATION: Row = row(
    "API_CONFIGURATION_ERROR",
    500,
    INTERNAL,
    INTERNAL_TEXT,
    Spaced,
);

/// The documented status is 504; a missing permission, a throttled function and a refused endpoint
/// were all recorded with 500.
const INTEGRATION_FAILURE: Row = row("INTEGRATION_FAILURE", 500, INTERNAL, INTERNAL_TEXT, Spaced);

const NETWORK_ERROR: Row = row(
    "INTEGRATION_FAILURE",
    504,
    INTERNAL,
    "Network error communicating with endpoint",
    Spaced,
);

const BAD_INTEGRATION_RESPONSE: Row =
    row("INTEGRATION_FAILURE", 502, INTERNAL, INTERNAL_TEXT, Spaced);

const INTEGRATION_TIMEOUT: Row = row(
    "INTEGRATION_TIMEOUT",
    504,
    INTERNAL,
    "Endpoint request timed out",
    Spaced,
);

const fn row(
    response_type: &'static str,
    status: u16,
    error_type: &'static str,
    message: &'static str,
    spelling: Spelling,
) -> Row {
    Row {
        response_type,
        status,
        error_type,
        message: Some(Cow::Borrowed(message)),
        spelling,
    }
}

impl Row {
    /// The same row with a text of the request.
    fn saying(self, text: &str) -> Self {
        Self {
            message: Some(Cow::Owned(text.to_owned())),
            ..self
        }
    }
}
