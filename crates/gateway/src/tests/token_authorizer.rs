//! Cognito and JWT authorizers over a real issuer: who comes in, who does not, what is shown.

mod cognito;
mod jwt_rules;

use super::{
    idp::Idp,
    support::{API_ID, NOW_MS, Sent, World, api, header, lambda, open, shown},
};
use restapi::{Authorizer, IntegrationType, Method, RestApi, Stage};
use serde_json::{Value, json};

const UNAUTHORIZED: (u16, &str) = (401, "{\"message\":\"Unauthorized\"}");
const NOW_S: i64 = NOW_MS / 1_000;

/// `GET /open` without scopes and `GET /scoped` with two, behind this authorizer.
fn guarded(authorizer: Authorizer) -> RestApi {
    let method = |scopes: &[&str]| Method {
        authorization_type: authorizer.kind.clone(),
        authorizer_id: Some("auth01".into()),
        authorization_scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..open(lambda(IntegrationType::AwsProxy))
    };
    let mut api = api(vec![
        ("GET", "/open", method(&[])),
        ("GET", "/scoped", method(&["pets/read", "pets/write"])),
    ]);
    api.authorizers.insert("auth01".into(), authorizer);
    api
}

/// An issuer and a gateway whose methods ask for its tokens.
struct Scene {
    idp: Idp,
    world: World,
}

impl Scene {
    async fn ask(&self, path: &str, authorization: &str) -> (u16, String) {
        let request = Sent::new("GET", path).header("Authorization", authorization);
        shown(&self.world.send(request).await)
    }

    /// What comes of a token with these claims.
    async fn claims(&self, path: &str, claims: Value) -> (u16, String) {
        self.ask(path, &self.idp.sign(&claims)).await
    }

    /// The good claims with some of them changed; null takes one away.
    fn with(&self, base: &Value, changes: Value) -> Value {
        let mut claims = base.clone();
        for (name, value) in changes.as_object().unwrap() {
            match value.is_null() {
                true => claims.as_object_mut().unwrap().remove(name),
                false => claims
                    .as_object_mut()
                    .unwrap()
                    .insert(name.clone(), value.clone()),
            };
        }
        claims
    }
}

fn is_let_in(answer: &(u16, String)) -> bool {
    *answer == (200, "hi".to_owned())
}

fn is_unauthorized(answer: &(u16, String)) -> bool {
    (answer.0, answer.1.as_str()) == UNAUTHORIZED
}
