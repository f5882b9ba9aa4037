//! Why the gateway answers by itself.

/// A request that ends before its method's answer. What the client sees of it is decided in one
/// place, [`crate::gateway_response`]; what the operator reads was logged where it arose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No such API or stage, or its default address is off.
    UnknownApi,
    /// No resource or verb fits, or a signature is needed and there is none.
    MissingAuthenticationToken,
    /// IAM or the resource policy said no; the sentence names who, what and why.
    AccessDenied(String),
    /// Parts of the signature are missing; the sentence names them.
    IncompleteSignature(String),
    /// The signature is wrong; the sentence says how.
    InvalidSignature(String),
    /// The access key or session token is not ours.
    InvalidToken,
    /// The session has ended.
    ExpiredToken,
    /// The authorizer finds no identity, or its function says that there is none.
    Unauthorized,
    /// A Cognito token was good until it expired.
    TokenExpired,
    /// A token is good, and has none of the method's scopes.
    InsufficientScope,
    /// The method's authorizer cannot reach what it needs: an issuer's keys.
    AuthorizerFailure,
    /// The method's authorizer cannot be asked.
    AuthorizerConfiguration,
    /// The method is called more often than its stage, its plan or the account allows.
    Throttled,
    /// The key's quota is used up.
    QuotaExceeded,
    /// The method needs an API key and the request brings none that fits.
    InvalidApiKey,
    /// The query cannot be decoded.
    BadQuery,
    /// A value would lead the request out of the backend's path.
    BadPath,
    /// Required parameters are missing: names in the order in which AWS lists them.
    BadParameters(Vec<String>),
    /// The body does not fit its model; what is wrong, as AWS lists it.
    BadBody(String),
    /// No template fits the content type and passing through is forbidden.
    UnsupportedMediaType,
    /// The body is over [`crate::limits::PAYLOAD_BYTES_MAX`].
    RequestTooLarge,
    /// The event is over what Lambda takes: 413.
    EventTooLarge,
    /// The method's ARN is over [`crate::limits::METHOD_ARN_BYTES_MAX`], or the URL over what the
    /// API's endpoint takes.
    UriTooLong,
    /// Request line and headers are over what the API's endpoint takes.
    HeadTooLarge,
    /// The API is set up wrongly: 500.
    Configuration,
    /// The backend refused or could not be reached: 500.
    IntegrationFailure(Backend),
    /// The connection to an HTTP backend broke, or its certificate is not trusted: 504.
    NetworkError,
    /// The backend took too long: 504.
    IntegrationTimeout(Backend),
    /// The function failed or answered something else than AWS's format: 502.
    BadIntegrationResponse,
}

/// What kind of backend failed; answers show a trace id once a function was involved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// A Lambda function.
    Lambda,
    /// An HTTP endpoint.
    Http,
}

impl Fault {
    /// Whether a function was involved, so that `X-Amzn-Trace-Id` is answered.
    pub(crate) fn involves_lambda(&self) -> bool {
        matches!(
            self,
            Self::IntegrationFailure(Backend::Lambda)
                | Self::IntegrationTimeout(Backend::Lambda)
                | Self::BadIntegrationResponse
        )
    }
}
