//! IAM and STS behind their wire: a request as a client would send it, authorized and answered as
//! the endpoint does it. Signatures are the endpoint's; here a key id (and token) says who calls.

#![allow(clippy::unwrap_used, dead_code)]

pub mod idp;

use bytes::Bytes;
use iam::{AdministeredAccount, AdministratorKey, Iam, IamNeeds, Operations};
use ports::{
    Authorize, Call, Caller, CredentialError, Credentials, RequestFacts, SessionCredentials, Touch,
    Touches,
};
use smithy::{RequestParts, ServiceError, ServiceMeta};
use std::sync::Arc;
use stdx::{Clock, ManualClock, SeededIds};
use store::Store;

pub const API: &str = "111111111111";
pub const FUNCTIONS: &str = "222222222222";

pub struct World {
    pub iam: Arc<Iam>,
    pub store: Store,
    pub clock: ManualClock,
    pub keys: Vec<AdministratorKey>,
    /// Signs tokens of [`idp::ISSUER`].
    pub idp: Arc<idp::Idp>,
    iam_operations: Operations,
    sts_operations: Operations,
}

/// Who calls: a key id and, for temporary ones, its token.
#[derive(Debug, Clone)]
pub struct Key {
    pub id: String,
    pub token: Option<String>,
}

/// An answer, or AWS's error.
pub type Answer = Result<Xml, Error>;

#[derive(Debug, Clone)]
pub struct Xml(pub String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub status: u16,
    pub code: String,
    pub message: String,
}

pub fn accounts() -> Vec<AdministeredAccount> {
    [(API, "api"), (FUNCTIONS, "functions")]
        .map(|(digits, alias)| AdministeredAccount {
            account: digits.parse().unwrap(),
            alias: alias.to_owned(),
            key: None,
        })
        .to_vec()
}

impl World {
    pub async fn new() -> Self {
        let store = Store::in_memory().unwrap();
        let clock = ManualClock::at(1_795_348_566_000);
        let idp = Arc::new(idp::Idp::new());
        let iam = Iam::open(IamNeeds {
            store: store.clone(),
            clock: Arc::new(clock.clone()),
            ids: Arc::new(SeededIds::new(7)),
            issuers: idp.clone(),
            is_developer: true,
        })
        .await
        .unwrap();
        let keys = iam.ensure_administrators(&accounts()).await.unwrap();
        Self {
            iam_operations: iam::operations(iam.clone()),
            sts_operations: iam::sts_operations(iam.clone()),
            iam,
            store,
            clock,
            keys,
            idp,
        }
    }

    /// The administrator of account `api`.
    pub fn api(&self) -> Key {
        self.administrator(0)
    }

    /// The administrator of account `functions`.
    pub fn functions(&self) -> Key {
        self.administrator(1)
    }

    fn administrator(&self, place: usize) -> Key {
        Key {
            id: self.keys[place].access_key_id.clone(),
            token: None,
        }
    }

    /// Calls `sts:Operation` as somebody who has no key yet.
    pub async fn unsigned(&self, operation: &str, parameters: &[(&str, &str)]) -> Answer {
        let nobody = Key {
            id: String::new(),
            token: None,
        };
        self.call(&nobody, &format!("sts:{operation}"), parameters)
            .await
    }

    /// Calls `iam:Operation` or `sts:Operation` with parameters as the query protocol has them.
    pub async fn call(&self, key: &Key, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let (service, operation) = action.split_once(':').unwrap();
        let operations = self.operations(service);
        let meta = operations.service();
        let answer = self.serve(operations, key, operation, parameters).await;
        let reply = match answer {
            Ok(reply) => reply,
            Err(error) => smithy::encode_error(meta, &error, "id"),
        };
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        match reply.status {
            200 => Ok(Xml(text)),
            status => Err(Error {
                status,
                code: Xml(text.clone()).text("Code"),
                message: Xml(text).text("Message"),
            }),
        }
    }

    pub fn operations(&self, service: &str) -> &Operations {
        match service {
            "iam" => &self.iam_operations,
            _ => &self.sts_operations,
        }
    }

    async fn serve(
        &self,
        operations: &Operations,
        key: &Key,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> Result<smithy::Reply, ServiceError> {
        let meta: &ServiceMeta = operations.service();
        let call = self.call_by(key).await?;
        let body = form(meta, operation, parameters);
        let headers = http::HeaderMap::new();
        let parts = RequestParts {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: Bytes::from(body),
        };
        let found = smithy::find(meta, &parts)?;
        let input = smithy::decode(meta, found, &parts)?;
        let prepared = operations
            .prepare(found, input)
            .ok_or_else(|| ServiceError::new("NotImplemented", operation).status(501))?;
        if let Touches::All(touches) = prepared.touches(&call).await? {
            for touch in &touches {
                self.iam
                    .authorize(&call.caller, touch, &call.facts)
                    .await
                    .map_err(|denial| {
                        ServiceError::new("AccessDenied", denial.message).status(403)
                    })?;
            }
        }
        let output = prepared.call(call).await?;
        Ok(smithy::encode(meta, found, output, "id"))
    }

    pub async fn call_by(&self, key: &Key) -> Result<Call, ServiceError> {
        let now_ms = self.clock.now_ms();
        if key.id.is_empty() {
            return Ok(Call {
                account: "000000000000".parse().unwrap(),
                caller: Caller::Anonymous,
                region: arn::Region::us_east_1(),
                request_id: "id".to_owned(),
                now_ms,
                facts: self.facts(),
                base_url: "http://127.0.0.1:4566".to_owned(),
            });
        }
        let credential = self
            .iam
            .find(&key.id, key.token.as_deref(), now_ms)
            .await
            .map_err(|error| match error {
                CredentialError::Expired => ServiceError::new(
                    "ExpiredToken",
                    "The security token included in the request is expired",
                )
                .status(403),
                _ => ServiceError::new(
                    "InvalidClientTokenId",
                    "The security token included in the request is invalid.",
                )
                .status(403),
            })?;
        Ok(Call {
            account: credential.principal.account.clone(),
            caller: Caller::Principal(credential.principal),
            region: arn::Region::us_east_1(),
            request_id: "id".to_owned(),
            now_ms,
            facts: self.facts(),
            base_url: "http://127.0.0.1:4566".to_owned(),
        })
    }

    pub fn facts(&self) -> RequestFacts {
        RequestFacts {
            source_ip: Some("127.0.0.1".parse().unwrap()),
            now_ms: self.clock.now_ms(),
            region: "us-east-1".to_owned(),
            ..RequestFacts::default()
        }
    }

    /// Whether the key may do this; the refusal's text otherwise.
    pub async fn may(&self, key: &Key, touch: &Touch) -> Result<(), String> {
        let call = self.call_by(key).await.map_err(|error| error.to_string())?;
        self.iam
            .authorize(&call.caller, touch, &call.facts)
            .await
            .map_err(|denial| denial.message)
    }

    /// A new user of account `api` with one inline policy (or none) and a key.
    pub async fn user(&self, name: &str, policy: Option<&str>) -> Key {
        let admin = self.api();
        let user = [("UserName", name)];
        self.call(&admin, "iam:CreateUser", &user).await.unwrap();
        if let Some(document) = policy {
            let parameters = [
                ("UserName", name),
                ("PolicyName", "inline"),
                ("PolicyDocument", document),
            ];
            self.call(&admin, "iam:PutUserPolicy", &parameters)
                .await
                .unwrap();
        }
        let made = self
            .call(&admin, "iam:CreateAccessKey", &user)
            .await
            .unwrap();
        Key {
            id: made.text("AccessKeyId"),
            token: None,
        }
    }

    /// A new role of account `api`.
    pub async fn role(&self, name: &str, trust: &str) -> Answer {
        let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        self.call(&self.api(), "iam:CreateRole", &parameters).await
    }
}

impl From<SessionCredentials> for Key {
    fn from(made: SessionCredentials) -> Self {
        Self {
            id: made.access_key_id,
            token: Some(made.session_token.0),
        }
    }
}

impl Xml {
    /// The text of the first element of this name, unescaped.
    pub fn text(&self, name: &str) -> String {
        self.texts(name).into_iter().next().unwrap_or_default()
    }

    /// The texts of all elements of this name.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let pieces = self.0.split(&open).skip(1);
        pieces
            .filter_map(|piece| piece.split_once(&close))
            .map(|(text, _)| {
                text.replace("&quot;", "\"")
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&apos;", "'")
                    .replace("&#39;", "'")
                    .replace("&amp;", "&")
            })
            .collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&format!("<{name}>")) || self.0.contains(&format!("<{name}/>"))
    }

    /// The credentials in an answer of STS's.
    pub fn key(&self) -> Key {
        Key {
            id: self.text("AccessKeyId"),
            token: Some(self.text("SessionToken")),
        }
    }
}

fn form(meta: &ServiceMeta, operation: &str, parameters: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    let mut body = format!("Action={operation}&Version={}", meta.version);
    for (name, value) in parameters {
        body.push_str(&format!("&{}={}", encode(name), encode(value)));
    }
    body
}

/// The refusal in one line: `status code: message`.
pub fn refusal(answer: Answer) -> String {
    match answer {
        Ok(Xml(text)) => panic!("expected a refusal, got {text}"),
        Err(error) => format!("{} {}: {}", error.status, error.code, error.message),
    }
}

pub fn allow(action: &str, resource: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": action, "Resource": resource }]
    })
    .to_string()
}

pub fn trust(principal: serde_json::Value) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }]
    })
    .to_string()
}
