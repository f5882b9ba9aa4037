//! The demo backend of the PetStore example, answered inside the process so that the example works
//! without internet.
//!
//! Served for integration URIs whose host is `petstore-demo-endpoint.execute-api.com` or
//! `petstore.execute-api.{region}.amazonaws.com` and whose path starts with `/petstore/pets`.
//! ("Tutorial: Create a REST API by importing an example"; answers for pages and ids beyond the
//! documented samples repeat them.)

use super::{Returned, http_request::HttpRequest};
use crate::request;
use bytes::Bytes;
use serde_json::{Map, Value, json};

/// Pets on a page.
const PAGE_SIZE: u64 = 3;

/// Kinds in the order of the first page.
const KINDS: [&str; 3] = ["dog", "cat", "fish"];

/// Prices of the pages with odd and with even numbers.
const PRICES: [[f64; 3]; 2] = [[249.99, 124.99, 0.99], [999.99, 249.99, 49.97]];

/// Whether `uri` leads to the demo backend.
pub(crate) fn serves(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return false;
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let region = host
        .strip_prefix("petstore.execute-api.")
        .and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    let is_host = host == "petstore-demo-endpoint.execute-api.com"
        || region.is_some_and(|region| region.parse::<arn::Region>().is_ok());
    let pets = path.strip_prefix("petstore/pets");
    let is_path = pets.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    matches!(scheme, "http" | "https") && is_host && is_path
}

/// What the demo backend answers.
pub(super) fn answer(request: &HttpRequest) -> Returned {
    let path_and_query = request
        .uri
        .split_once("/petstore/pets")
        .map_or("", |(_, rest)| rest);
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((path_and_query, ""));
    let id = path.trim_matches('/');
    let (status, body) = match (request.verb.as_str(), id) {
        ("GET", "") => (200, list(query)),
        ("GET", id) => one(id),
        ("POST", "") => create(&request.body),
        _ => (403, json!({"message": "Missing Authentication Token"})),
    };
    Returned {
        status,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: Bytes::from(body.to_string()),
        ..Returned::default()
    }
}

/// A page of three; `type` makes all of them of one kind.
fn list(query: &str) -> Value {
    let query = request::parse_query(query);
    let last = |name: &str| {
        let found = query.iter().find(|(known, _)| known == name);
        found
            .and_then(|(_, values)| values.last())
            .filter(|value| !value.is_empty())
    };
    let page = last("page").and_then(|page| page.parse().ok());
    let first = PAGE_SIZE.saturating_mul(page.unwrap_or(1_u64).max(1) - 1);
    let kind = last("type").map(String::as_str);
    let pets = (1..=PAGE_SIZE).map(|place| pet(first.saturating_add(place), kind));
    Value::Array(pets.collect())
}

fn one(id: &str) -> (u16, Value) {
    match id.parse() {
        Ok(id) if id > 0 => (200, pet(id, None)),
        _ => {
            let error = json!({"key": "Pet.petId", "message": "The value is out of range."});
            (400, json!({"errors": [error]}))
        }
    }
}

fn pet(id: u64, kind: Option<&str>) -> Value {
    let index = id.saturating_sub(1);
    let place = usize::try_from(index % PAGE_SIZE).unwrap_or(0);
    let page = usize::try_from(index / PAGE_SIZE % 2).unwrap_or(0);
    let own = KINDS.get(place).copied().unwrap_or("dog");
    let price = PRICES
        .get(page)
        .and_then(|prices| prices.get(place))
        .copied();
    json!({"id": id, "type": kind.unwrap_or(own), "price": price.unwrap_or(0.0)})
}

/// Gives the new pet back; what is no pet is refused.
fn create(body: &[u8]) -> (u16, Value) {
    let Ok(Value::Object(pet)) = serde_json::from_slice(body) else {
        let error = json!({"key": "Pet", "message": "The body is no JSON object."});
        return (400, json!({"errors": [error]}));
    };
    let missing = |key: &str, pet: &Map<String, Value>| {
        let is_missing = pet.get(key).is_none_or(Value::is_null);
        is_missing
            .then(|| json!({"key": format!("Pet.{key}"), "message": "Missing required field"}))
    };
    let errors: Vec<Value> = ["type", "price"]
        .iter()
        .filter_map(|key| missing(key, &pet))
        .collect();
    match errors.is_empty() {
        true => (200, json!({"pet": pet, "message": "success"})),
        false => (400, json!({"errors": errors})),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://petstore-demo-endpoint.execute-api.com/petstore/pets";

    fn check(verb: &str, rest: &str, body: &str, status: u16, expect: &str) {
        let returned = answer(&HttpRequest {
            skips_verification: false,
            upstream: None,
            certificate: None,
            verb: verb.into(),
            uri: format!("{BASE}{rest}"),
            headers: Vec::new(),
            body: Bytes::from(body.to_owned()),
            trace_root: String::new(),
        });
        let text = String::from_utf8_lossy(&returned.body).into_owned();
        assert_eq!(
            (returned.status, text.as_str()),
            (status, expect),
            "{verb} {rest}"
        );
    }

    #[test]
    fn both_hosts_are_served() {
        for uri in [
            BASE,
            "http://petstore-demo-endpoint.execute-api.com/petstore/pets/{petId}",
            "https://petstore.execute-api.eu-west-1.amazonaws.com/petstore/pets",
            "http://petstore.execute-api.us-east-1.amazonaws.com/petstore/pets?type=cat",
        ] {
            assert!(serves(uri), "{uri}");
        }
        for uri in [
            "http://petstore-demo-endpoint.execute-api.com/other",
            "http://petstore-demo-endpoint.execute-api.com/petstore/petshop",
            "http://petstore-demo-endpoint.execute-api.com.evil.example/petstore/pets",
            "http://petstore.execute-api.amazonaws.com/petstore/pets",
            "ftp://petstore-demo-endpoint.execute-api.com/petstore/pets",
            "petstore-demo-endpoint.execute-api.com/petstore/pets",
        ] {
            assert!(!serves(uri), "{uri}");
        }
    }

    #[test]
    fn pets_are_listed() {
        let first = "[{\"id\":1,\"type\":\"dog\",\"price\":249.99},\
                     {\"id\":2,\"type\":\"cat\",\"price\":124.99},\
                     {\"id\":3,\"type\":\"fish\",\"price\":0.99}]";
        check("GET", "", "", 200, first);
        let cats = "[{\"id\":4,\"type\":\"cat\",\"price\":999.99},\
                    {\"id\":5,\"type\":\"cat\",\"price\":249.99},\
                    {\"id\":6,\"type\":\"cat\",\"price\":49.97}]";
        check("GET", "?type=cat&page=2", "", 200, cats);
        check("GET", "?page=nonsense", "", 200, first);
    }

    #[test]
    fn one_pet_is_shown() {
        check(
            "GET",
            "/1",
            "",
            200,
            "{\"id\":1,\"type\":\"dog\",\"price\":249.99}",
        );
        let refused = "{\"errors\":[{\"key\":\"Pet.petId\",\
                       \"message\":\"The value is out of range.\"}]}";
        check("GET", "/0", "", 400, refused);
        check("GET", "/cat", "", 400, refused);
    }

    #[test]
    fn a_new_pet_is_given_back() {
        let body = "{\"type\": \"dog\",\"price\": 249.99}";
        let expect = "{\"pet\":{\"type\":\"dog\",\"price\":249.99},\"message\":\"success\"}";
        check("POST", "", body, 200, expect);
        let refused =
            "{\"errors\":[{\"key\":\"Pet.price\",\"message\":\"Missing required field\"}]}";
        check("POST", "", "{\"type\":\"dog\"}", 400, refused);
    }

    #[test]
    fn largest_page_does_not_overflow() {
        let page = format!("?page={}", u64::MAX);
        let returned = list(page.trim_start_matches('?'));
        assert_eq!(returned.as_array().map(Vec::len), Some(3));
    }
}
