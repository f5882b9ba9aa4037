//! How a session begins: with a user's password, with an access key, or with a click where the
//! developer profile allows it.

use crate::keeper::Key;
use crate::limits::{NUMBERS_MAX, SIGN_IN_BYTES_MAX};
use crate::{Choice, Console, cookie, status};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use policy::Principal;
use ports::{ConnectionInfo, CredentialError, Secret, SignInAttempt, SignInError};
use serde_json::{Value, json};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// What a page asks for.
struct Wish {
    number: u32,
    proof: Proof,
}

/// By what somebody shows who they are.
enum Proof {
    /// A click on an account of the developer profile.
    Click { account: String },
    /// An access key, temporary or not.
    Key {
        access_key_id: String,
        secret: Secret,
        session_token: Option<Secret>,
    },
    /// A user's password; the account by its digits or alias.
    Password {
        account: String,
        user: String,
        password: Secret,
        new_password: Option<Secret>,
    },
}

/// Why nobody is signed in.
enum Refusal {
    Incorrect,
    NewPasswordNeeded,
    NewPasswordRefused(String),
    TooMany,
    Unavailable,
}

impl Console {
    /// `GET /console/sign-in/choices`: accounts that a click signs in to.
    pub(crate) fn sign_in_choices(&self) -> Response<Bytes> {
        let accounts: Vec<Value> = self
            .choices()
            .into_iter()
            .map(|one| json!({ "account": one.account, "alias": one.alias }))
            .collect();
        answer(StatusCode::OK, &json!({ "accounts": accounts }))
    }

    /// `POST /console/sign-in`: `session`, and one of `account`, `user` and `password` (with
    /// `newPassword` where the user must choose one); `accessKeyId`, `secretAccessKey` and, for
    /// temporary credentials, `sessionToken`; or, for a click, `account` alone.
    pub(crate) async fn sign_in(
        &self,
        request: &Request<Bytes>,
        connection: &ConnectionInfo,
    ) -> Response<Bytes> {
        let Some(Wish { number, proof }) = wish(request.body()) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let (principal, key) = match self.identify(proof, connection).await {
            Ok(identified) => identified,
            Err(refusal) => return refused(refusal),
        };
        let token = self.keeper.begin(number, key, connection.received_ms);
        tracing::info!(session = number, arn = %principal.arn, "signed in to the console");
        let who = json!({
            "session": number,
            "account": principal.account.to_string(),
            "arn": principal.arn.to_string(),
        });
        let mut response = answer(StatusCode::OK, &who);
        let cookie = cookie::made(number, &token, connection.is_tls);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
        response
    }

    async fn identify(
        &self,
        proof: Proof,
        connection: &ConnectionInfo,
    ) -> Result<(Arc<Principal>, Key), Refusal> {
        match proof {
            Proof::Password {
                account,
                user,
                password,
                new_password,
            } => {
                let attempt = SignInAttempt {
                    account,
                    user,
                    password,
                    new_password,
                    peer: connection.peer.ip(),
                    now_ms: connection.received_ms,
                };
                let found = self.passwords.sign_in(&attempt).await?;
                let key = Key {
                    access_key_id: found.access_key_id,
                    session_token: Some(found.session_token),
                };
                Ok((found.principal, key))
            }
            Proof::Key {
                access_key_id,
                secret,
                session_token,
            } => {
                let key = Key {
                    access_key_id,
                    session_token,
                };
                self.by_key(key, &secret, connection).await
            }
            Proof::Click { account } => {
                let choices = self.choices();
                let choice = choices.into_iter().find(|one| one.account == account);
                let choice = choice.ok_or(Refusal::Incorrect)?;
                let key = Key {
                    access_key_id: choice.access_key_id,
                    session_token: None,
                };
                self.by_key(key, &choice.secret_access_key, connection)
                    .await
            }
        }
    }

    async fn by_key(
        &self,
        key: Key,
        secret: &Secret,
        connection: &ConnectionInfo,
    ) -> Result<(Arc<Principal>, Key), Refusal> {
        let token = key.session_token.as_ref().map(|token| token.0.as_str());
        let found = self
            .credentials
            .find(&key.access_key_id, token, connection.received_ms)
            .await?;
        let is_right = found.secret.0.as_bytes().ct_eq(secret.0.as_bytes());
        if !bool::from(is_right) {
            return Err(Refusal::Incorrect);
        }
        Ok((found.principal, key))
    }

    fn choices(&self) -> Vec<Choice> {
        self.choices
            .as_ref()
            .map(|choices| choices.choices())
            .unwrap_or_default()
    }
}

impl From<SignInError> for Refusal {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Incorrect => Self::Incorrect,
            SignInError::NewPasswordNeeded => Self::NewPasswordNeeded,
            SignInError::NewPasswordRefused(why) => Self::NewPasswordRefused(why),
            SignInError::TooMany => Self::TooMany,
            SignInError::Unavailable => Self::Unavailable,
        }
    }
}

impl From<CredentialError> for Refusal {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Unavailable => Self::Unavailable,
            _ => Self::Incorrect,
        }
    }
}

fn wish(body: &[u8]) -> Option<Wish> {
    if body.len() > SIGN_IN_BYTES_MAX {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let secret = |name: &str| text(name).map(Secret);
    let number = body.get("session").and_then(Value::as_u64)?;
    let number = u32::try_from(number).ok().filter(|it| *it < NUMBERS_MAX)?;
    let proof = match (text("account"), text("user"), text("accessKeyId")) {
        (Some(account), Some(user), None) => Proof::Password {
            account,
            user,
            password: secret("password")?,
            new_password: secret("newPassword"),
        },
        (Some(account), None, None) => Proof::Click { account },
        (None, None, Some(access_key_id)) => Proof::Key {
            access_key_id,
            secret: secret("secretAccessKey")?,
            session_token: secret("sessionToken").filter(|it| !it.0.is_empty()),
        },
        _ => return None,
    };
    Some(Wish { number, proof })
}

/// What a page is told. An unknown account, user or key and a wrong secret are one answer: nothing
/// to guess by.
fn refused(refusal: Refusal) -> Response<Bytes> {
    let (code, message) = match refusal {
        Refusal::Incorrect => (
            StatusCode::FORBIDDEN,
            "Your authentication information is incorrect. Please try again.".to_owned(),
        ),
        Refusal::NewPasswordNeeded => {
            let message = "You must change your password to continue.";
            let body = json!({ "message": message, "isNewPasswordNeeded": true });
            return answer(StatusCode::FORBIDDEN, &body);
        }
        Refusal::NewPasswordRefused(why) => {
            let body = json!({ "message": why, "isNewPasswordNeeded": true });
            return answer(StatusCode::FORBIDDEN, &body);
        }
        Refusal::TooMany => (
            StatusCode::TOO_MANY_REQUESTS,
            "There were too many attempts to sign in. Wait a few minutes and try again.".to_owned(),
        ),
        Refusal::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The server cannot check it at the moment. Please try again.".to_owned(),
        ),
    };
    answer(code, &json!({ "message": message }))
}

fn answer(code: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = code;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
