//! Private APIs: who reaches them, and what their policies and backends see of where a client is.

use super::support::{API_ID, Sent, World, api, lambda, open, shown};
use crate::{VpcEndpoint, VpcEndpoints};
use bytes::Bytes;
use restapi::{EndpointConfiguration, IntegrationType, RestApi};

/// One VPC endpoint. Requests of [`Sent`] come through it, unless they say otherwise.
pub(super) fn endpoints() -> VpcEndpoints {
    let mut endpoints = VpcEndpoints::default();
    let endpoint = VpcEndpoint {
        id: "vpce-here".into(),
        vpc: "vpc-here".into(),
    };
    let networks = ["127.0.0.0/24".parse().unwrap()];
    endpoints.add(endpoint, &networks).unwrap();
    endpoints
}

const UNKNOWN: (u16, &str) = (403, "{\"message\":\"Forbidden\"}");
const ANONYMOUS: &str = "{\"Message\":\"User: anonymous is not authorized to perform: \
    execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********1111:abc123defg/test/GET/\"}";

/// An API of this kind whose policy lets everybody in under `condition`.
fn of_kind(kind: &str, condition: Option<&str>) -> RestApi {
    let method = open(lambda(IntegrationType::AwsProxy));
    let policy = condition.map(|condition| {
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":\"*\",\
             \"Action\":\"execute-api:Invoke\",\"Resource\":\"*\",\"Condition\":{condition}}}]}}"
        )
    });
    RestApi {
        endpoint: EndpointConfiguration {
            types: vec![kind.into()],
            vpc_endpoint_ids: vec!["vpce-here".into(), "vpce-there".into()],
            ..EndpointConfiguration::default()
        },
        policy,
        ..api(vec![("GET", "/", method)])
    }
}

/// A GET by a client at `peer` with the API's label in the host.
async fn get(world: &World, peer: &str, label: &str) -> http::Response<Bytes> {
    let sent = Sent::new("GET", "/").header("X-Forwarded-For", "127.0.0.1");
    let (request, mut target) = sent.into_parts();
    target.connection.peer = peer.parse().unwrap();
    target.api_id = label.into();
    world.serve(request, target).await
}

async fn check(condition: Option<&str>, peer: &str, label: &str, expect: (u16, &str)) {
    let world = World::new(of_kind("PRIVATE", condition));
    let (status, body) = shown(&get(&world, peer, label).await);
    assert_eq!(
        (status, body.as_str()),
        expect,
        "{condition:?} {peer} {label}"
    );
}

const HERE: &str = "127.0.0.9:40000";
const ELSEWHERE: &str = "127.0.1.9:40000";

#[tokio::test]
async fn from_outside_of_its_networks_a_private_api_does_not_exist() {
    check(Some("{}"), HERE, API_ID, (200, "hi")).await;
    check(Some("{}"), ELSEWHERE, API_ID, UNKNOWN).await;
    check(Some("{}"), "[::1]:40000", API_ID, UNKNOWN).await;
}

#[tokio::test]
async fn without_a_policy_nobody_comes_in() {
    check(None, HERE, API_ID, (403, ANONYMOUS)).await;
    check(None, ELSEWHERE, API_ID, UNKNOWN).await;
}

#[tokio::test]
async fn policies_see_endpoint_vpc_and_address() {
    for (condition, is_allowed) in [
        (r#"{"StringEquals":{"aws:SourceVpce":"vpce-here"}}"#, true),
        (r#"{"StringEquals":{"aws:SourceVpce":"vpce-there"}}"#, false),
        (r#"{"StringEquals":{"aws:sourceVpc":"vpc-here"}}"#, true),
        (r#"{"StringNotEquals":{"aws:SourceVpc":"vpc-here"}}"#, false),
        (r#"{"IpAddress":{"aws:VpcSourceIp":"127.0.0.8/29"}}"#, true),
        (r#"{"IpAddress":{"aws:VpcSourceIp":"127.0.0.10"}}"#, false),
    ] {
        let expect = match is_allowed {
            true => (200, "hi"),
            false => (403, ANONYMOUS),
        };
        check(Some(condition), HERE, API_ID, expect).await;
    }
}

#[tokio::test]
async fn clients_of_other_apis_are_in_no_vpc() {
    for (condition, status) in [
        (r#"{"StringEquals":{"aws:SourceVpce":"vpce-here"}}"#, 403),
        (
            r#"{"Null":{"aws:SourceVpc":"true","aws:VpcSourceIp":"true"}}"#,
            200,
        ),
    ] {
        let world = World::new(of_kind("REGIONAL", Some(condition)));
        let response = get(&world, HERE, API_ID).await;
        assert_eq!(response.status(), status, "{condition}");
    }
}

#[tokio::test]
async fn a_host_may_name_the_endpoint_that_the_client_comes_through() {
    let label = |endpoint: &str| format!("{API_ID}-{endpoint}");
    check(Some("{}"), HERE, &label("vpce-here"), (200, "hi")).await;
    check(Some("{}"), HERE, &label("vpce-there"), UNKNOWN).await;
    check(Some("{}"), ELSEWHERE, &label("vpce-here"), UNKNOWN).await;
    let mut api = of_kind("PRIVATE", Some("{}"));
    api.endpoint.vpc_endpoint_ids.clear();
    let response = get(&World::new(api), HERE, &label("vpce-here")).await;
    assert_eq!(response.status(), 403);
    let world = World::new(of_kind("REGIONAL", None));
    let response = get(&world, HERE, &label("vpce-here")).await;
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn functions_see_where_the_client_is() {
    let world = World::new(of_kind("PRIVATE", Some("{}")));
    get(&world, HERE, API_ID).await;
    let identity = &world.event()["requestContext"]["identity"];
    assert_eq!(identity["vpceId"], "vpce-here");
    assert_eq!(identity["vpcId"], "vpc-here");
    assert_eq!(identity["sourceIp"], "127.0.0.9");
    let world = World::new(of_kind("REGIONAL", None));
    get(&world, HERE, API_ID).await;
    let identity = &world.event()["requestContext"]["identity"];
    assert_eq!(identity.get("vpceId"), None);
}

#[tokio::test]
async fn heads_and_urls_have_the_bounds_of_their_endpoint() {
    let host = "abc123defg.execute-api.us-east-1.amazonaws.com";
    let fixed = format!("https://{host}/test/?q=").len();
    let status = async |kind: &str, head_bytes: usize, url_chars: usize| {
        let world = World::new(of_kind(kind, Some("{}")));
        let query = "x".repeat(url_chars.saturating_sub(fixed));
        let (request, mut target) = Sent::new("GET", &format!("/?q={query}")).into_parts();
        target.connection.peer = HERE.parse().unwrap();
        target.host = host.into();
        target.head_bytes = head_bytes;
        world.serve(request, target).await.status().as_u16()
    };
    for (kind, head_bytes, url_chars, expect) in [
        ("PRIVATE", 8_000, 0, 200),
        ("PRIVATE", 8_001, 0, 431),
        ("EDGE", 10_240, 0, 200),
        ("REGIONAL", 10_240, 0, 200),
        ("EDGE", 10_000, 8_192, 200),
        ("EDGE", 10_000, 8_193, 414),
        ("PRIVATE", 8_000, 8_193, 414),
        ("REGIONAL", 10_000, 8_193, 200),
    ] {
        let found = status(kind, head_bytes, url_chars).await;
        assert_eq!(found, expect, "{kind} {head_bytes} {url_chars}");
    }
}
