//! Required parameters, then the body against its model, where the method's validator asks for it.
//!
//! "Request validation for REST APIs in API Gateway"; order and casing as observed.

use crate::{
    compiled::{Place, Required},
    context::Exchange,
    execution_log::ExecutionLog,
    fault::Fault,
    request::Inbound,
    schema::Mismatch,
};

/// Lets requests pass that bring what the method requires.
///
/// # Errors
/// 400 naming every missing parameter, or for a body that does not fit; 500 for a model that
/// cannot be used.
pub(crate) fn check(exchange: &Exchange<'_>, log: &mut ExecutionLog) -> Result<(), Fault> {
    let validation = &exchange.method.validation;
    let missing: Vec<String> = validation
        .required
        .iter()
        .filter(|required| !is_there(required, exchange.inbound))
        .map(|required| required.name.clone())
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        log.error(|| format!("Missing required request parameters: [{names}]"));
        return Err(Fault::BadParameters(missing));
    }
    body(exchange, log)
}

fn body(exchange: &Exchange<'_>, log: &mut ExecutionLog) -> Result<(), Fault> {
    let inbound = exchange.inbound;
    let content_type = inbound.header("Content-Type").unwrap_or(JSON);
    let content_type = mapping::media_type(content_type);
    let Some(model) = exchange.method.validation.model(content_type) else {
        return Ok(());
    };
    match exchange.stage.models.check(model, &inbound.body) {
        Ok(()) => Ok(()),
        Err(Mismatch::Body(errors)) => {
            log.error(|| {
                format!(
                    "Request body does not match model schema for content type {content_type}: \
                     {errors}"
                )
            });
            Err(Fault::BadBody(errors))
        }
        Err(Mismatch::Model(reason)) => {
            log.error(|| format!("Execution failed due to configuration error: {reason}"));
            Err(Fault::Configuration)
        }
    }
}

/// What a body without content type is taken for.
const JSON: &str = "application/json";

/// A blank value counts as missing; header names count with their case where it is known.
fn is_there(required: &Required, inbound: &Inbound) -> bool {
    let params = &inbound.params;
    let name = required.name.as_str();
    let value = match required.place {
        Place::Path => params.path(name),
        Place::Querystring => params.querystring(name),
        Place::Header if inbound.is_spelled => params
            .header
            .iter()
            .find(|(sent, _)| sent == name)
            .and_then(|(_, values)| values.last().map(String::as_str)),
        Place::Header => params.header(name),
    };
    value.is_some_and(|value| !value.trim().is_empty())
}
