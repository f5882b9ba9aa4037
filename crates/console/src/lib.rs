//! The web console: its files, and who is signed in.
//!
//! There is no API of the console's own. Its pages call AWS operations, which the front door takes
//! in under `/console/s/{session}/api/…` and serves as it serves everybody's; this crate only says
//! whose session a request belongs to ([`ports::Sessions`]). What it never does: decide what a
//! caller may do, or hand a secret to a page.
//!
//! Start reading at [`Console`]; `sign_in` says how a session begins, `keeper` how long it lasts.

mod assets;
mod cookie;
mod keeper;
mod limits;
mod sign_in;

use crate::keeper::Keeper;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use policy::Principal;
use ports::{ConnectionInfo, CredentialError, Credentials, HttpService, Secret, Sessions, SignIn};
use std::sync::Arc;
use stdx::{BoxFuture, SharedIds, TimestampMs};

/// What the console needs.
pub struct ConsoleNeeds {
    /// Whose keys they are that people sign in with.
    pub credentials: Arc<dyn Credentials>,
    /// Who checks the passwords that people sign in with.
    pub passwords: Arc<dyn SignIn>,
    /// Chance for session cookies.
    pub ids: SharedIds,
    /// Accounts that a click signs in to. For the developer profile alone: whoever reaches the
    /// server becomes their administrator.
    pub choices: Option<Arc<dyn Choices>>,
}

/// Accounts that need no key to sign in to.
pub trait Choices: Send + Sync {
    /// The accounts, in the order in which they are shown.
    fn choices(&self) -> Vec<Choice>;
}

/// An account that a click signs in to.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Twelve digits.
    pub account: String,
    /// The account's alias.
    pub alias: String,
    /// The key that the session stands for.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
}

/// Serves everything below `/console`; see the crate's documentation.
pub struct Console {
    credentials: Arc<dyn Credentials>,
    passwords: Arc<dyn SignIn>,
    choices: Option<Arc<dyn Choices>>,
    keeper: Keeper,
}

impl Console {
    /// A console that nobody is signed in to.
    pub fn new(needs: ConsoleNeeds) -> Self {
        Self {
            credentials: needs.credentials,
            passwords: needs.passwords,
            choices: needs.choices,
            keeper: Keeper::new(needs.ids),
        }
    }

    async fn answer(&self, request: Request<Bytes>, connection: ConnectionInfo) -> Response<Bytes> {
        let path = request.uri().path().to_owned();
        match (request.method(), path.as_str()) {
            (&Method::GET, "/console/sign-in/choices") => self.sign_in_choices(),
            (&Method::GET, "/console/example/petstore.json") => example(request.uri().query()),
            (&Method::POST, "/console/sign-in") if is_from_page(request.headers()) => {
                self.sign_in(&request, &connection).await
            }
            (&Method::POST, path) if is_from_page(request.headers()) => {
                let number = path
                    .strip_prefix("/console/s/")
                    .and_then(|rest| rest.strip_suffix("/sign-out"));
                match number {
                    Some(number) => self.sign_out(number, request.headers()),
                    None => status(StatusCode::NOT_FOUND),
                }
            }
            (&Method::POST, _) => status(StatusCode::FORBIDDEN),
            (&Method::GET | &Method::HEAD, path) => assets::serve(path, request.headers()),
            _ => status(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    fn sign_out(&self, number: &str, headers: &HeaderMap) -> Response<Bytes> {
        let Some(number) = keeper::number(number) else {
            return status(StatusCode::NOT_FOUND);
        };
        if let Some(token) = cookie::token(headers) {
            self.keeper.end(number, token);
        }
        let mut response = status(StatusCode::NO_CONTENT);
        let gone = cookie::gone(number);
        response.headers_mut().insert(header::SET_COOKIE, gone);
        response
    }
}

impl HttpService for Console {
    fn handle(
        &self,
        request: Request<Bytes>,
        connection: ConnectionInfo,
    ) -> BoxFuture<'_, Response<Bytes>> {
        Box::pin(async move { secured(self.answer(request, connection).await) })
    }
}

impl Sessions for Console {
    fn principal<'a>(
        &'a self,
        number: &'a str,
        headers: &'a HeaderMap,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<Arc<Principal>, CredentialError>> {
        Box::pin(async move {
            let number = keeper::number(number).ok_or(CredentialError::Expired)?;
            let token = cookie::token(headers).ok_or(CredentialError::Expired)?;
            let key = self.keeper.find(number, token, now_ms);
            let key = key.ok_or(CredentialError::Expired)?;
            let session_token = key.session_token.as_ref().map(|token| token.0.as_str());
            let found = self
                .credentials
                .find(&key.access_key_id, session_token, now_ms)
                .await?;
            Ok(found.principal)
        })
    }
}

/// The example API's document, `?region=us-east-1`: the same that `crossway example` prints.
fn example(query: Option<&str>) -> Response<Bytes> {
    let region = query.and_then(|query| query.strip_prefix("region="));
    let region = region.and_then(|region| region.parse::<arn::Region>().ok());
    let region = region.unwrap_or_else(arn::Region::us_east_1);
    let mut response = Response::new(Bytes::from(openapi::petstore(region.as_str())));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// No form, link or image of another page can send this header.
fn is_from_page(headers: &HeaderMap) -> bool {
    headers
        .get("x-crossway-console")
        .is_some_and(|value| value == "1")
}

fn status(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// The answer with the headers that keep other pages and injected text out.
fn secured(mut response: Response<Bytes>) -> Response<Bytes> {
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        let no_store = HeaderValue::from_static("no-store");
        headers.insert(header::CACHE_CONTROL, no_store);
    }
    response
}
