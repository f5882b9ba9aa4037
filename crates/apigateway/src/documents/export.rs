//! Export of what a stage serves, as OpenAPI.

use crate::{ApiGateway, Error};
use api::apigateway as wire;
use openapi::{ExportOptions, Extensions, Format, Kind};
use ports::Call;
use smithy::ServiceError;
use std::{collections::BTreeMap, sync::Arc};

/// GetExport.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetExportRequest,
) -> Result<wire::ExportResponse, ServiceError> {
    let kind = kind(&input.export_type)?;
    let record = service.api(&call, &input.rest_api_id).await?;
    let stage = record.stages.get(&input.stage_name);
    let stage = stage.ok_or_else(Error::unknown_stage)?;
    let deployment = service
        .deployment(&record.api.id, &stage.deployment_id)
        .await?;
    let (format, ending) = format(input.accepts.as_deref());
    // Recorded: an API's own version names the document; without one its time does.
    let version = deployment.api.version.clone();
    let version = version.unwrap_or_else(|| time(deployment.created_ms));
    let options = ExportOptions {
        kind,
        format,
        stage: stage.name.clone(),
        host: format!(
            "{}.execute-api.{}.amazonaws.com",
            record.api.id, record.api.region
        ),
        version: version.clone(),
        extensions: extensions(input.parameters.as_ref()),
    };
    let body = openapi::export(&deployment.api, &options);
    Ok(wire::ExportResponse {
        content_type: Some("application/octet-stream".into()),
        content_disposition: Some(format!(
            "attachment; filename=\"{}_{version}.{ending}\"",
            input.export_type
        )),
        body: Some(body.into_bytes().into()),
    })
}

fn kind(word: &str) -> Result<Kind, Error> {
    match word {
        "swagger" => Ok(Kind::Swagger),
        "oas30" => Ok(Kind::Oas30),
        // UNVERIFIED: AWS's text.
        _ => Err(Error::bad(format!("Invalid export type specified: {word}"))),
    }
}

fn format(accepts: Option<&str>) -> (Format, &'static str) {
    match accepts {
        Some(word) if word.contains("yaml") => (Format::Yaml, "yaml"),
        _ => (Format::Json, "json"),
    }
}

/// `extensions=integrations,authorizers`, as the CLI and the SDKs send it.
fn extensions(parameters: Option<&BTreeMap<String, String>>) -> Extensions {
    let given = parameters.and_then(|parameters| parameters.get("extensions"));
    let words: Vec<&str> = given
        .map(|words| words.split(',').map(str::trim).collect())
        .unwrap_or_default();
    let has = |word: &str| words.contains(&word);
    Extensions {
        integrations: has("integrations"),
        authorizers: has("authorizers"),
        apigateway: has("apigateway"),
        documentation: has("documentation"),
        postman: has("postman"),
    }
}

/// `2016-10-27T17:07:12Z`.
fn time(ms: i64) -> String {
    let time = jiff::Timestamp::from_second(ms.div_euclid(1_000)).unwrap_or_default();
    time.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds() {
        assert_eq!(time(1_477_588_032_999), "2016-10-27T17:07:12Z");
    }

    #[test]
    fn extensions_are_a_list() {
        let map = BTreeMap::from([("extensions".to_owned(), "integrations, postman".to_owned())]);
        let found = extensions(Some(&map));
        assert!(found.integrations && found.postman && !found.authorizers);
    }
}
