//! Documents that people import into API Gateway: all are read, and what is exported reads as the
//! same API. The corpus stands beside the checkout; without `CROSSWAY_SHARED` this is skipped.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use common::{blank, import_into, normal, options};
use openapi::{ExportOptions, Extensions, Format, Kind, export};
use restapi::RestApi;
use serde_json::Value;

const VERSION: &str = "2026-11-22T11:56:06Z";

fn documents() -> Option<Vec<(String, String, Value)>> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED names no folder with corpora");
        return None;
    };
    // A relative folder is meant from the root of the checkout, not from this crate.
    let shared = format!(
        "{}",
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(shared)
            .display()
    );
    let path = format!("{shared}/corpora/openapi/apigateway-documents.json");
    let corpus: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = corpus["cases"]
        .as_array()
        .or(corpus["documents"].as_array())
        .unwrap();
    let text = |case: &Value, key: &str| case[key].as_str().unwrap().to_owned();
    let read = |case: &Value| {
        (
            text(case, "id"),
            text(case, "api"),
            case["document"].clone(),
        )
    };
    Some(cases.iter().map(read).collect())
}

fn again(api: &RestApi, kind: Kind, format: Format) -> RestApi {
    let options_ = ExportOptions {
        kind,
        format,
        stage: "prod".into(),
        host: "abcdef1234.execute-api.us-east-1.amazonaws.com".into(),
        version: VERSION.into(),
        extensions: Extensions {
            apigateway: true,
            ..Extensions::default()
        },
    };
    let document = export(api, &options_);
    let mut api = blank();
    import_into(&mut api, document.as_bytes(), &options())
        .unwrap_or_else(|error| panic!("{error}\n{document}"));
    api
}

#[test]
fn every_document_of_a_rest_api_is_read() {
    let Some(documents) = documents() else { return };
    let mut read = 0;
    let mut failures = Vec::new();
    for (id, kind, document) in documents {
        let result = import_into(&mut blank(), document.to_string().as_bytes(), &options());
        match result {
            Ok(_) => read += 1,
            // Documents of HTTP APIs have other rules; they must only not panic.
            Err(_) if kind != "rest-api" => {}
            Err(error) => failures.push(format!("{id}: {error}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(read >= 87, "{read}");
}

#[test]
fn what_is_exported_reads_as_the_same_api() {
    let Some(documents) = documents() else { return };
    let rest = documents
        .into_iter()
        .filter(|(_, kind, _)| kind == "rest-api");
    for (id, _, document) in rest {
        let mut api = blank();
        import_into(&mut api, document.to_string().as_bytes(), &options()).unwrap();
        // A document must have a version, so an export gives one to an API without.
        api.version.get_or_insert_with(|| VERSION.into());
        for format in [Format::Json, Format::Yaml] {
            let back = again(&api, Kind::Oas30, format);
            assert_eq!(
                normal(&api),
                normal(&back),
                "{id} as OpenAPI 3.0, {format:?}"
            );
            let once = again(&api, Kind::Swagger, format);
            let twice = again(&once, Kind::Swagger, format);
            assert_eq!(
                normal(&once),
                normal(&twice),
                "{id} as Swagger 2.0, {format:?}"
            );
        }
    }
}
