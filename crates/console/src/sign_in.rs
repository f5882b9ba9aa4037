//! How a session begins: with an access key, or with a click where the developer profile allows it.

use crate::keeper::Key;
use crate::limits::{NUMBERS_MAX, SIGN_IN_BYTES_MAX};
use crate::{Choice, Console, cookie, status};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use policy::Principal;
use ports::{ConnectionInfo, CredentialError, Secret};
use serde_json::{Value, json};
use std::sync::Arc;
use stdx::TimestampMs;
use subtle::ConstantTimeEq;

/// What a page asks for.
struct Wish {
    number: u32,
    /// The account of a click; none when there is a key.
    account: Option<String>,
    access_key_id: String,
    secret: Secret,
    session_token: Option<Secret>,
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

    /// `POST /console/sign-in`: `session`, and `account` or `accessKeyId`, `secretAccessKey` and,
    /// for temporary credentials, `sessionToken`.
    pub(crate) async fn sign_in(
        &self,
        request: &Request<Bytes>,
        connection: &ConnectionInfo,
    ) -> Response<Bytes> {
        let Some(wish) = wish(request.body()) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let now_ms = connection.received_ms;
        let (principal, key) = match self.identify(wish, now_ms).await {
            Ok(Some((principal, key, number))) => (principal, (key, number)),
            Ok(None) => return incorrect(),
            Err(CredentialError::Unavailable) => return status(StatusCode::SERVICE_UNAVAILABLE),
            Err(_) => return incorrect(),
        };
        let (key, number) = key;
        let token = self.keeper.begin(number, key, now_ms);
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
        wish: Wish,
        now_ms: TimestampMs,
    ) -> Result<Option<(Arc<Principal>, Key, u32)>, CredentialError> {
        let number = wish.number;
        let Some(wish) = self.keyed(wish) else {
            return Ok(None);
        };
        let token = wish.session_token.as_ref().map(|token| token.0.as_str());
        let found = self
            .credentials
            .find(&wish.access_key_id, token, now_ms)
            .await?;
        let is_right = found.secret.0.as_bytes().ct_eq(wish.secret.0.as_bytes());
        if !bool::from(is_right) {
            return Ok(None);
        }
        let key = Key {
            access_key_id: wish.access_key_id,
            session_token: wish.session_token,
        };
        Ok(Some((found.principal, key, number)))
    }

    /// The wish with the key of the account that was clicked.
    fn keyed(&self, wish: Wish) -> Option<Wish> {
        let Some(account) = &wish.account else {
            return Some(wish);
        };
        let choices = self.choices();
        let choice = choices.into_iter().find(|one| one.account == *account)?;
        Some(Wish {
            access_key_id: choice.access_key_id,
            secret: choice.secret_access_key,
            session_token: None,
            ..wish
        })
    }

    fn choices(&self) -> Vec<Choice> {
        self.choices
            .as_ref()
            .map(|choices| choices.choices())
            .unwrap_or_default()
    }
}

fn wish(body: &[u8]) -> Option<Wish> {
    if body.len() > SIGN_IN_BYTES_MAX {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = body.get("session").and_then(Value::as_u64)?;
    let number = u32::try_from(number).ok().filter(|it| *it < NUMBERS_MAX)?;
    let account = text("account");
    let access_key_id = text("accessKeyId");
    if account.is_none() && access_key_id.is_none() {
        return None;
    }
    Some(Wish {
        number,
        account,
        access_key_id: access_key_id.unwrap_or_default(),
        secret: Secret(text("secretAccessKey").unwrap_or_default()),
        session_token: text("sessionToken").filter(|it| !it.is_empty()).map(Secret),
    })
}

/// One answer for an unknown key, a wrong secret and an ended session: nothing to guess by.
fn incorrect() -> Response<Bytes> {
    let message = "Your authentication information is incorrect. Please try again.";
    answer(StatusCode::FORBIDDEN, &json!({ "message": message }))
}

fn answer(code: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = code;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
