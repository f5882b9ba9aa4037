//! Required parameters, checked where the method's validator asks for it.
//!
//! Bodies are not checked against models yet; a method that asks for it says so in its execution
//! log. ("Request validation for REST APIs in API Gateway"; order and casing as observed.)

use crate::{
    compiled::{Place, Required},
    context::Exchange,
    execution_log::ExecutionLog,
    fault::Fault,
    request::Inbound,
};

/// Lets requests pass that bring what the method requires.
///
/// # Errors
/// 400 naming every missing parameter.
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
    if validation.wants_body {
        log.info(|| "Request body is not validated: not done by Crossway yet".to_owned());
    }
    Ok(())
}

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
