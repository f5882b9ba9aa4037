//! No byte a client sends makes a codec panic; every modelled operation can be found.
#![allow(clippy::unwrap_used)]

mod common;

use common::Request;
use smithy::{Protocol, ServiceMeta};
use stdx::{Ids, SeededIds};

const SERVICES: [&ServiceMeta; 5] = [
    api::apigateway::SERVICE,
    api::iam::SERVICE,
    api::lambda::SERVICE,
    api::logs::SERVICE,
    api::sts::SERVICE,
];

#[test]
fn operations_are_sorted_by_name() {
    for service in SERVICES {
        assert!(
            service
                .operations
                .is_sorted_by_key(|operation| operation.name)
        );
        for operation in service.operations {
            assert_eq!(
                service.operation(operation.name).unwrap().name,
                operation.name
            );
        }
    }
    let count: usize = SERVICES
        .iter()
        .map(|service| service.operations.len())
        .sum();
    assert_eq!(count, 524);
}

#[test]
fn every_rest_operation_is_found_by_its_own_path() {
    for service in SERVICES
        .iter()
        .filter(|service| service.protocol == Protocol::RestJson)
    {
        for operation in service.operations {
            let uri = operation.uri.replace(['{', '}', '+'], "");
            let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
            let found = Request::new(operation.method, path)
                .query(query)
                .find(service)
                .unwrap();
            assert_eq!(
                found.name, operation.name,
                "{} {}",
                operation.method, operation.uri
            );
        }
    }
}

/// Pieces that reach deep into the codecs, mixed with random bytes.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "1e999",
    "-1",
    "\\u0000",
    "\\ud800",
    "\"FunctionName\":",
    "\"Code\":{",
    "\"patchOperations\":[{",
    "\"op\":",
    "&",
    "=",
    "Tags.member.1.Key",
    "%",
    "%41",
    ".",
    "Action=CreateRole&Version=2010-05-08",
];

fn noise(ids: &SeededIds) -> Vec<u8> {
    let mut length = [0u8; 1];
    ids.fill(&mut length);
    let mut out = Vec::new();
    for _ in 0..length[0] % 24 {
        let mut pick = [0u8; 2];
        ids.fill(&mut pick);
        match PIECES.get(usize::from(pick[0] % 32)) {
            Some(piece) => out.extend_from_slice(piece.as_bytes()),
            None => out.push(pick[1]),
        }
    }
    out
}

#[test]
fn random_bodies_are_answered() {
    let ids = SeededIds::new(20_261_122);
    for round in 0..4_000 {
        let body = noise(&ids);
        let query = String::from_utf8_lossy(&noise(&ids)).into_owned();
        for service in SERVICES {
            let operation = service.operations[round % service.operations.len()];
            let uri = operation.uri.replace(['{', '}'], "");
            let path = uri.split('?').next().unwrap();
            let target = format!("{}.{}", service.target_prefix, operation.name);
            let request = Request::new(operation.method, path)
                .query(&query)
                .header("X-Amz-Target", &target)
                .body(&body);
            if let Err(error) = request.decode(service) {
                let reply = smithy::encode_error(service, &error, "id");
                assert!((400..500).contains(&reply.status), "{error}");
            }
        }
    }
}

#[test]
fn random_paths_are_answered() {
    let ids = SeededIds::new(7);
    for _ in 0..4_000 {
        let path = String::from_utf8_lossy(&noise(&ids)).replace(':', "/");
        for service in SERVICES {
            let _ = Request::new("GET", &path).decode(service);
            let _ = Request::new("GET", &format!("/restapis/{path}")).decode(service);
        }
    }
}
