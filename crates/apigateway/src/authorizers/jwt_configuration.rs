//! What a JWT authorizer trusts: issuers with their audiences and claims, and algorithms.
//!
//! Kept as JSON text in AWS's words, each issuer with the address of its keys, which its discovery
//! document gave when the authorizer was made ("Create a JWT authorizer for a REST API").
// UNVERIFIED: AWS's texts; only what is refused is documented, in the model of CreateAuthorizer.

use crate::{Error, limits};
use api::apigateway as wire;
use ports::Issuers;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Algorithms that may be accepted, in the model's order.
const ALGORITHMS: [&str; 6] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

/// Claims that have rules of their own.
const OWN_RULES: [&str; 7] = ["iss", "aud", "exp", "nbf", "iat", "scope", "scp"];

/// The configuration of a request as JSON, checked and with the addresses of the issuers' keys.
///
/// # Errors
/// BadRequest for what is not as documented, and for an issuer that cannot be asked.
pub async fn resolved(
    issuers: &dyn Issuers,
    input: wire::JwtConfigurationInput,
) -> Result<String, Error> {
    resolve(issuers, of_wire(input)).await
}

/// The same for JSON text, as a patch operation or an API definition brings it.
///
/// # Errors
/// As [`resolved`], and for text that is no such JSON.
pub async fn resolved_text(issuers: &dyn Issuers, text: &str) -> Result<String, Error> {
    let given: Value = serde_json::from_str(text).map_err(|_| invalid("it is no JSON"))?;
    let known = ["issuers", "defaultAlgorithms"];
    only(&given, &known)?;
    resolve(issuers, given).await
}

/// Whether every issuer has the address of its keys.
pub fn is_resolved(text: &str) -> bool {
    let parsed: Option<Value> = serde_json::from_str(text).ok();
    let issuers = parsed.as_ref().and_then(|all| all["issuers"].as_array());
    issuers.is_some_and(|all| all.iter().all(|one| one["jwksUri"].is_string()))
}

/// As an answer shows it.
pub fn shown(text: &str) -> Option<wire::JwtConfiguration> {
    let parsed: Value = serde_json::from_str(text).ok()?;
    let issuers = parsed["issuers"].as_array()?;
    let issuer = |one: &Value| wire::JwtIssuer {
        issuer: one["issuer"].as_str().map(str::to_owned),
        audiences: Some(texts(&one["audiences"])),
        additional_claims: one["additionalClaims"]
            .as_array()
            .map(|claims| claims.iter().map(claim).collect()),
        jwks_uri: one["jwksUri"].as_str().map(str::to_owned),
    };
    Some(wire::JwtConfiguration {
        issuers: Some(issuers.iter().map(issuer).collect()),
        default_algorithms: Some(texts(&parsed["defaultAlgorithms"])),
    })
}

fn claim(value: &Value) -> wire::JwtAdditionalClaim {
    wire::JwtAdditionalClaim {
        claim_name: value["claimName"].as_str().map(str::to_owned),
        format: value["format"].as_str().map(str::to_owned),
        required: Some(value["required"] == true),
        expected_values: value["expectedValues"]
            .is_array()
            .then(|| texts(&value["expectedValues"])),
    }
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn of_wire(input: wire::JwtConfigurationInput) -> Value {
    let claim = |one: wire::JwtAdditionalClaim| {
        let mut value = json!({"claimName": one.claim_name, "format": one.format});
        if let Some(required) = one.required {
            value["required"] = required.into();
        }
        if let Some(expected) = one.expected_values {
            value["expectedValues"] = expected.into();
        }
        value
    };
    let issuer = |one: wire::JwtIssuerInput| {
        let mut value = json!({"issuer": one.issuer, "audiences": one.audiences});
        if let Some(claims) = one.additional_claims {
            value["additionalClaims"] = claims.into_iter().map(claim).collect();
        }
        value
    };
    let issuers = input.issuers.unwrap_or_default();
    let issuers: Vec<Value> = issuers.into_iter().map(issuer).collect();
    json!({"issuers": issuers, "defaultAlgorithms": input.default_algorithms})
}

async fn resolve(issuers: &dyn Issuers, mut given: Value) -> Result<String, Error> {
    check(issuers, &given)?;
    let all = given["issuers"].as_array_mut().map(Vec::as_mut_slice);
    for one in all.unwrap_or_default() {
        let url = one["issuer"].as_str().unwrap_or_default().to_owned();
        let found = issuers.discover(&url).await.map_err(|why| {
            tracing::warn!(%why, "an issuer's discovery document cannot be had");
            invalid(&format!(
                "the OpenID Connect discovery document of issuer {url} could not be read: {why}"
            ))
        })?;
        one["jwksUri"] = found.into();
    }
    Ok(given.to_string())
}

fn check(issuers: &dyn Issuers, given: &Value) -> Result<(), Error> {
    let algorithms = list(given, "defaultAlgorithms")?;
    let is_known = |one: &Value| one.as_str().is_some_and(|name| ALGORITHMS.contains(&name));
    if algorithms.is_empty() || !algorithms.iter().all(is_known) {
        return Err(invalid(
            "defaultAlgorithms must be some of RS256, RS384, RS512, ES256, ES384, ES512",
        ));
    }
    let all = list(given, "issuers")?;
    if all.is_empty() || all.len() > limits::JWT_ISSUERS_MAX {
        return Err(invalid("there must be 1 to 10 issuers"));
    }
    let mut seen = BTreeSet::new();
    for one in all {
        only(one, &["issuer", "audiences", "additionalClaims"])?;
        let url = one["issuer"].as_str().unwrap_or_default();
        if !issuers.is_issuer_url(url) {
            return Err(invalid(
                "issuer must be an absolute https URL with a host and without user information, \
                 query or fragment",
            ));
        }
        if !seen.insert(url) {
            return Err(invalid("issuers must be unique"));
        }
        let audiences = list(one, "audiences")?;
        if audiences.is_empty() || !audiences.iter().all(is_text) {
            return Err(invalid("audiences must be texts that are not empty"));
        }
        check_claims(one)?;
    }
    Ok(())
}

fn check_claims(issuer: &Value) -> Result<(), Error> {
    if matches!(issuer.get("additionalClaims"), None | Some(Value::Null)) {
        return Ok(());
    }
    let mut seen = BTreeSet::new();
    for claim in list(issuer, "additionalClaims")? {
        only(
            claim,
            &["claimName", "format", "required", "expectedValues"],
        )?;
        let name = claim["claimName"].as_str().unwrap_or_default();
        if name.is_empty() || OWN_RULES.contains(&name) {
            return Err(invalid(
                "claimName must not be empty, iss, aud, exp, nbf, iat, scope or scp",
            ));
        }
        if !seen.insert(name) {
            return Err(invalid("claim names must be unique within an issuer"));
        }
        if claim["format"] != "SINGLE_STRING" {
            return Err(invalid("format must be SINGLE_STRING"));
        }
        if !(claim["required"].is_null() || claim["required"].is_boolean()) {
            return Err(invalid("required must be true or false"));
        }
        let is_given = !claim["expectedValues"].is_null();
        if is_given && !list(claim, "expectedValues")?.iter().all(is_text) {
            return Err(invalid("expectedValues must be texts that are not empty"));
        }
    }
    Ok(())
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], Error> {
    let found = value.get(name).and_then(Value::as_array);
    let found = found.ok_or_else(|| invalid(&format!("{name} must be a list")));
    Ok(found?.as_slice())
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

/// A member that nobody knows may be a misspelt restriction.
fn only(value: &Value, known: &[&str]) -> Result<(), Error> {
    let members = value
        .as_object()
        .ok_or_else(|| invalid("it is no object"))?;
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(invalid(&format!("{name} cannot be set"))),
        None => Ok(()),
    }
}

fn invalid(why: &str) -> Error {
    Error::bad(format!("Invalid JWT configuration specified: {why}"))
}
