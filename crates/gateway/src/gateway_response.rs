//! The one table from a [`Fault`] to what the client sees.
//!
//! AWS's built-in bodies come in four spellings, told apart by who raises the error: a template's
//! `{"message":"…"}`, the integration's `{"message": "…"}` with a space, IAM's `{"Message":"…"}`,
//! and `{"message":null}`. A customised gateway response always goes through its template.
//! ("Gateway response types for API Gateway"; spellings as recorded.)

mod table;

use crate::{
    answer::{self, Answer},
    fault::Fault,
    headers::{self, Answering, Line},
    request::Inbound,
};
use bytes::Bytes;
use mapping::{ContextVariables, Scope, Source, Target};
use restapi::GatewayResponse;
use std::collections::BTreeMap;
use table::{Row, Spelling, table};

/// The customised gateway responses of an API, ready to run.
#[derive(Debug, Default)]
pub(crate) struct CustomResponses(BTreeMap<String, CustomResponse>);

#[derive(Debug)]
struct CustomResponse {
    status: Option<u16>,
    headers: Vec<(String, Source)>,
    templates: Vec<(String, String)>,
}

impl CustomResponses {
    /// Parses what the API's owner has set.
    pub(crate) fn compile(responses: &BTreeMap<String, GatewayResponse>) -> Self {
        let compiled = responses
            .iter()
            .map(|(kind, response)| (kind.clone(), CustomResponse::compile(response)));
        Self(compiled.collect())
    }

    /// The response for this row: its own type, else the default of its class.
    fn find(&self, row: &Row) -> Option<&CustomResponse> {
        if row.response_type.is_empty() || row.response_type == "REQUEST_TOO_LARGE" {
            return None;
        }
        let class = match row.status {
            ..500 => "DEFAULT_4XX",
            _ => "DEFAULT_5XX",
        };
        self.0.get(row.response_type).or_else(|| self.0.get(class))
    }
}

impl CustomResponse {
    fn compile(response: &GatewayResponse) -> Self {
        let headers = response.response_parameters.iter();
        let headers = headers.filter_map(|(target, source)| {
            match (Target::parse(target), Source::parse(source)) {
                (Ok(Target::GatewayResponseHeader(name)), Ok(source)) => Some((name, source)),
                _ => None,
            }
        });
        let status = response
            .status_code
            .as_deref()
            .and_then(|status| status.parse().ok());
        Self {
            status: status.filter(|status| answer::is_final_status(i64::from(*status))),
            headers: headers.collect(),
            templates: response.response_templates.clone(),
        }
    }

    /// The template for this `Accept`, else for `application/json`, else the first.
    fn template(&self, accept: Option<&str>) -> (&str, &str) {
        let find = |wanted: &str| {
            self.templates
                .iter()
                .find(|(kind, _)| kind.eq_ignore_ascii_case(wanted))
        };
        accept
            .and_then(find)
            .or_else(|| find("application/json"))
            .or_else(|| self.templates.first())
            .map_or(DEFAULT_TEMPLATE, |(kind, text)| (kind, text))
    }
}

const DEFAULT_TEMPLATE: (&str, &str) = (
    "application/json",
    "{\"message\":$context.error.messageString}",
);

/// What a rendering may use.
pub(crate) struct Surroundings<'a> {
    /// The request.
    pub(crate) inbound: &'a Inbound,
    /// Customised responses and stage variables; none when there is no API.
    pub(crate) custom: Option<(&'a CustomResponses, &'a BTreeMap<String, String>)>,
}

/// The answer for `fault`. `variables` makes `$context` when a customised response asks for it;
/// its error group is filled here.
pub(crate) fn render(
    fault: &Fault,
    surroundings: &Surroundings<'_>,
    variables: impl FnOnce() -> ContextVariables,
) -> Answer {
    let row = table(fault);
    let custom = surroundings
        .custom
        .and_then(|(responses, variables)| Some((responses.find(&row)?, variables)));
    let mut answer = match custom {
        None => built_in(&row, surroundings.inbound),
        Some((response, stage_variables)) => {
            let mut context = variables();
            fill_error(&mut context, fault);
            let params = &surroundings.inbound.params;
            let scope = Scope::new("", params, &context, stage_variables);
            customised(&row, response, surroundings.inbound, &scope)
        }
    };
    if fault.involves_lambda() {
        let root = surroundings.inbound.ids.trace_root.clone();
        answer.headers.push(("X-Amzn-Trace-Id".into(), root));
    }
    answer
}

/// Fills `$context.error`.
pub(crate) fn fill_error(context: &mut ContextVariables, fault: &Fault) {
    let row = table(fault);
    context.error.message = row.message.as_deref().map(str::to_owned);
    context.error.message_string = Some(quoted(row.message.as_deref()));
    context.error.response_type = Some(row.response_type.to_owned());
    context.error.validation_error_string = match fault {
        Fault::BadParameters(names) => Some(format!("[{}]", names.join(", "))),
        Fault::BadBody(errors) => Some(errors.clone()),
        _ => None,
    };
}

/// Type and status, as the execution log prints them.
pub(crate) fn type_and_status(fault: &Fault) -> (&'static str, u16) {
    let row = table(fault);
    (row.response_type, row.status)
}

/// Status and message, as access logs tell of a phase that went wrong.
pub(crate) fn status_and_message(fault: &Fault) -> (u16, Option<String>) {
    let row = table(fault);
    (row.status, row.message.as_deref().map(str::to_owned))
}

fn built_in(row: &Row, inbound: &Inbound) -> Answer {
    let message = quoted(row.message.as_deref());
    let body = match row.spelling {
        Spelling::Plain => return plain(row, inbound),
        Spelling::Template => format!("{{\"message\":{message}}}"),
        Spelling::Spaced => format!("{{\"message\": {message}}}"),
        Spelling::Capital => format!("{{\"Message\":{message}}}"),
    };
    Answer {
        status: row.status,
        headers: own_headers(row, inbound, "application/json".to_owned()),
        body: Bytes::from(body),
    }
}

fn plain(row: &Row, inbound: &Inbound) -> Answer {
    let text = row.message.as_deref().unwrap_or_default().to_owned();
    Answer {
        status: row.status,
        headers: own_headers(row, inbound, "text; charset=utf-8".to_owned()),
        body: Bytes::from(text),
    }
}

fn customised(
    row: &Row,
    response: &CustomResponse,
    inbound: &Inbound,
    scope: &Scope<'_>,
) -> Answer {
    let (content_type, template) = response.template(inbound.header("Accept"));
    let mut headers = own_headers(row, inbound, content_type.to_owned());
    for (name, source) in &response.headers {
        let Some(name) = headers::outgoing_name(name, Answering::GatewayResponse) else {
            continue;
        };
        let values = source.evaluate(scope).map(mapping::Mapped::into_values);
        let values = values.into_iter().flatten();
        let lines: Vec<Line> = values
            .filter_map(|value| answer::line(name.clone().into_owned(), value))
            .collect();
        // A mapped header replaces one of ours, such as Content-Type.
        if !lines.is_empty() {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        }
        headers.extend(lines);
    }
    Answer {
        status: response.status.unwrap_or(row.status),
        headers,
        body: Bytes::from(mapping::gateway_response_body(template, scope)),
    }
}

fn own_headers(row: &Row, inbound: &Inbound, content_type: String) -> Vec<Line> {
    vec![
        ("Content-Type".into(), content_type),
        ("x-amzn-RequestId".into(), inbound.ids.request_id.clone()),
        ("x-amzn-ErrorType".into(), row.error_type.to_owned()),
        (
            "x-amz-apigw-id".into(),
            inbound.ids.extended_request_id.clone(),
        ),
    ]
}

fn quoted(message: Option<&str>) -> String {
    message.map_or("null".to_owned(), |text| {
        serde_json::Value::from(text).to_string()
    })
}

#[cfg(test)]
mod tests;
