//! The compiled form of an authorizer that verifies tokens itself.

use super::Refusal;
use crate::{
    authorizer::{IdentitySource, Validation},
    context::Exchange,
    fault::Fault,
};
use jwt::Algorithm;
use restapi::Authorizer;
use serde_json::Value;

/// An authorizer that verifies tokens itself.
#[derive(Debug)]
pub(crate) struct TokenAuthorizer {
    /// The authorizer's id.
    pub(crate) id: String,
    source: IdentitySource,
    validation: Validation,
    pub(super) rules: Rules,
}

/// Whose tokens are good.
#[derive(Debug)]
pub(super) enum Rules {
    /// Those of Cognito user pools, by ARN.
    UserPools(Vec<String>),
    /// Those of issuers, signed by one of the algorithms.
    Jwt {
        issuers: Vec<TrustedIssuer>,
        algorithms: Vec<Algorithm>,
    },
}

/// One issuer of a JWT authorizer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TrustedIssuer {
    pub(super) issuer: String,
    pub(super) jwks_uri: String,
    pub(super) audiences: Vec<String>,
    pub(super) claims: Vec<ClaimRule>,
}

/// What more a token must say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClaimRule {
    pub(super) name: String,
    pub(super) is_required: bool,
    /// One of these, when there are any.
    pub(super) expected: Vec<String>,
}

impl TokenAuthorizer {
    /// Compiles `authorizer`; none when it is of another kind, or not whole.
    pub(crate) fn compile(authorizer: &Authorizer) -> Option<Self> {
        let source = authorizer.identity_source.as_deref();
        let rules = match authorizer.kind.as_str() {
            "COGNITO_USER_POOLS" => Rules::UserPools(authorizer.provider_arns.clone()),
            "JWT" => jwt_rules(authorizer.jwt_configuration.as_deref()?)?,
            _ => return None,
        };
        let source = match &rules {
            // Recorded: such an authorizer can be made without saying where the token is.
            Rules::UserPools(_) => source.unwrap_or("method.request.header.Authorization"),
            Rules::Jwt { .. } => source?,
        };
        let expression = authorizer.identity_validation_expression.as_deref();
        Some(Self {
            id: authorizer.id.clone(),
            source: IdentitySource::parse(source)?,
            validation: match &rules {
                Rules::UserPools(_) => Validation::of(expression),
                Rules::Jwt { .. } => Validation::Anything,
            },
            rules,
        })
    }

    /// The request's token, without `Bearer` before it; none when there is none.
    pub(super) fn token(&self, exchange: &Exchange<'_>) -> Option<String> {
        let value = self.source.value(exchange)?;
        let text = value.last()?.trim();
        let bare = match text.split_once(' ') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim_start(),
            _ => text,
        };
        (!bare.is_empty()).then(|| bare.to_owned())
    }

    /// Whether the validation expression matches one of a token's audiences.
    pub(super) fn passes(&self, audiences: &[&str]) -> bool {
        match &self.validation {
            Validation::Anything => true,
            expression => audiences.iter().any(|one| expression.passes(one)),
        }
    }

    pub(super) fn is_of_user_pools(&self) -> bool {
        matches!(self.rules, Rules::UserPools(_))
    }

    /// What the client gets to see of a refusal.
    pub(super) fn fault(&self, refusal: &Refusal) -> Fault {
        match (refusal, &self.rules) {
            (Refusal::Issuer(_), _) => Fault::AuthorizerFailure,
            (Refusal::Expired, Rules::UserPools(_)) => Fault::TokenExpired,
            (Refusal::Scope, Rules::Jwt { .. }) => Fault::InsufficientScope,
            _ => Fault::Unauthorized,
        }
    }
}

/// Reads the stored configuration; none when it is not whole, so that nobody comes in by half of
/// it.
fn jwt_rules(text: &str) -> Option<Rules> {
    let configuration: Value = serde_json::from_str(text).ok()?;
    let algorithms = texts(configuration.get("defaultAlgorithms")?)?;
    let algorithms: Option<Vec<Algorithm>> = algorithms
        .iter()
        .map(|name| Algorithm::parse(name))
        .collect();
    let issuers = configuration.get("issuers")?.as_array()?;
    let issuers: Option<Vec<TrustedIssuer>> = issuers.iter().map(trusted).collect();
    Some(Rules::Jwt {
        issuers: issuers?,
        algorithms: algorithms?,
    })
}

fn trusted(value: &Value) -> Option<TrustedIssuer> {
    let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let claims = match value.get("additionalClaims") {
        None | Some(Value::Null) => Vec::new(),
        Some(list) => list.as_array()?.iter().map(rule).collect::<Option<_>>()?,
    };
    Some(TrustedIssuer {
        issuer: text("issuer")?,
        jwks_uri: text("jwksUri")?,
        audiences: texts(value.get("audiences")?)?,
        claims,
    })
}

fn rule(value: &Value) -> Option<ClaimRule> {
    let expected = match value.get("expectedValues") {
        None | Some(Value::Null) => Vec::new(),
        Some(list) => texts(list)?,
    };
    Some(ClaimRule {
        name: value.get("claimName")?.as_str()?.to_owned(),
        is_required: value.get("required").is_some_and(|given| given == true),
        expected,
    })
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let list = value.as_array()?.iter();
    list.map(|one| one.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn compile(configuration: &str, source: Option<&str>) -> Option<TokenAuthorizer> {
        TokenAuthorizer::compile(&Authorizer {
            kind: "JWT".into(),
            jwt_configuration: Some(configuration.into()),
            identity_source: source.map(str::to_owned),
            ..Authorizer::default()
        })
    }

    #[test]
    fn half_a_configuration_is_none() {
        let source = Some("method.request.header.Authorization");
        let whole = r#"{"issuers":[{"issuer":"i","jwksUri":"j","audiences":["a"],"additionalClaims":[{"claimName":"c","format":"SINGLE_STRING","required":true,"expectedValues":["x"]}]}],"defaultAlgorithms":["RS256"]}"#;
        let compiled = compile(whole, source).unwrap();
        let Rules::Jwt { issuers, .. } = compiled.rules else {
            unreachable!("it is a JWT authorizer")
        };
        assert_eq!(issuers[0].claims[0].expected, ["x"]);
        assert!(compile(whole, None).is_none());
        for (from, to) in [
            ("\"jwksUri\":\"j\",", ""),
            ("[\"a\"]", "[1]"),
            ("[\"a\"]", "null"),
            ("[\"RS256\"]", "[\"HS256\"]"),
            ("[\"RS256\"]", "[\"none\"]"),
            ("[\"x\"]", "\"x\""),
            ("\"c\"", "7"),
        ] {
            let half = whole.replace(from, to);
            assert_ne!(half, whole);
            assert!(compile(&half, source).is_none(), "{half}");
        }
    }
}
