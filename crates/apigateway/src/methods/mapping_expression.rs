//! The grammar of parameter mappings: `integration.request.header.X` from `method.request.header.Y`.

use crate::Error;
use restapi::{IntegrationResponse, Method};
use std::collections::BTreeMap;

/// Passes request mappings whose method parameters the method declares.
///
/// # Errors
/// AWS's validation sentence with the first fault.
pub fn check_request(method: &Method, mappings: &BTreeMap<String, String>) -> Result<(), Error> {
    for (target, source) in mappings {
        let is_target = ["header.", "querystring.", "path."]
            .iter()
            .any(|place| names(target, "integration.request.", place));
        if !is_target || !is_request_source(source) {
            let wrong = if is_target { source } else { target };
            return Err(invalid(wrong));
        }
        if let Some(parameter) = declared_name(source)
            && !method.request_parameters.contains_key(&parameter)
            && !is_path_variable(&parameter)
        {
            return Err(undeclared(source));
        }
    }
    Ok(())
}

/// Passes response mappings whose headers the method response declares.
///
/// # Errors
/// AWS's validation sentence with the first fault.
pub fn check_response(method: &Method, response: &IntegrationResponse) -> Result<(), Error> {
    if response.response_parameters.is_empty() {
        return Ok(());
    }
    let Some(declared) = method.responses.get(&response.status_code) else {
        return Err(said("No method response exists for method."));
    };
    for (target, source) in &response.response_parameters {
        if !names(target, "method.response.", "header.") {
            return Err(invalid(target));
        }
        if !declared.response_parameters.contains_key(target) {
            return Err(undeclared(target));
        }
        if !is_response_source(source) {
            return Err(invalid(source));
        }
    }
    Ok(())
}

/// Passes content types, the keys of templates.
///
/// # Errors
/// `Validation Result: warnings : [], errors : [Invalid content type specified: X]`.
pub fn check_content_type(content_type: &str) -> Result<(), Error> {
    let is_one = content_type.split_once('/').is_some_and(|(kind, rest)| {
        !kind.is_empty() && !rest.is_empty() && !content_type.contains(char::is_control)
    });
    if is_one || content_type == "$default" {
        return Ok(());
    }
    Err(Error::bad(format!(
        "Validation Result: warnings : [], errors : [Invalid content type specified: \
         {content_type}]"
    )))
}

fn is_request_source(source: &str) -> bool {
    let places = [
        "header.",
        "querystring.",
        "path.",
        "multivalueheader.",
        "multivaluequerystring.",
    ];
    is_static(source)
        || places
            .iter()
            .any(|place| names(source, "method.request.", place))
        || source == "method.request.body"
        || names(source, "method.request.", "body.")
        || source.starts_with("method.request.body[")
        || names(source, "context.", "")
        || names(source, "stageVariables.", "")
}

fn is_response_source(source: &str) -> bool {
    is_static(source)
        || names(source, "integration.response.", "header.")
        || names(source, "integration.response.", "multivalueheader.")
        || source == "integration.response.body"
        || names(source, "integration.response.", "body.")
        || source.starts_with("integration.response.body[")
        || names(source, "context.", "")
        || names(source, "stageVariables.", "")
}

/// `'text'`.
fn is_static(source: &str) -> bool {
    source.len() >= 2 && source.starts_with('\'') && source.ends_with('\'')
}

fn names(text: &str, scope: &str, place: &str) -> bool {
    text.strip_prefix(scope)
        .and_then(|rest| rest.strip_prefix(place))
        .is_some_and(|name| match place {
            "header."
            | "querystring."
            | "path."
            | "multivalueheader."
            | "multivaluequerystring." => is_parameter_name(name),
            _ => !name.is_empty(),
        })
}

/// `^[a-zA-Z0-9._$-]+$` ("API Gateway API request and response data mapping reference").
fn is_parameter_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte);
    !name.is_empty() && name.bytes().all(fits)
}

/// The declaration a source needs: multi-valued places use the declaration of the plain one.
fn declared_name(source: &str) -> Option<String> {
    let rest = source.strip_prefix("method.request.")?;
    let (place, name) = rest.split_once('.')?;
    let plain = match place {
        "multivalueheader" => "header",
        "multivaluequerystring" => "querystring",
        "header" | "querystring" | "path" => place,
        _ => return None,
    };
    Some(format!("method.request.{plain}.{name}"))
}

/// UNVERIFIED: AWS is said to want path variables declared too, but its own console maps
/// `proxy` without a declaration on greedy resources; they are let through.
fn is_path_variable(parameter: &str) -> bool {
    parameter.starts_with("method.request.path.")
}

fn invalid(expression: &str) -> Error {
    said(&format!(
        "Invalid mapping expression specified: {expression}"
    ))
}

fn undeclared(expression: &str) -> Error {
    said(&format!(
        "Invalid mapping expression parameter specified: {expression}"
    ))
}

fn said(fault: &str) -> Error {
    Error::bad(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{fault}]"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use restapi::MethodResponse;

    fn request(target: &str, source: &str) -> Result<(), String> {
        let mut method = Method::default();
        method
            .request_parameters
            .insert("method.request.querystring.type".into(), false);
        let map = BTreeMap::from([(target.to_owned(), source.to_owned())]);
        check_request(&method, &map).map_err(|error| error.to_string())
    }

    #[test]
    fn request_sources_follow_the_grammar() {
        for source in [
            "method.request.querystring.type",
            "method.request.multivaluequerystring.type",
            "method.request.body",
            "method.request.body.a.b",
            "context.requestId",
            "stageVariables.v",
            "'fixed'",
        ] {
            assert_eq!(
                request("integration.request.header.X", source),
                Ok(()),
                "{source}"
            );
        }
        for source in [
            "true",
            "'open",
            "method.request.cookie.x",
            "method.request.header.undeclared",
        ] {
            assert!(
                request("integration.request.header.X", source).is_err(),
                "{source}"
            );
        }
        assert_eq!(
            request("integration.request.header.X", "true"),
            Err("Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]".into())
        );
        assert!(request("integration.request.body.X", "'a'").is_err());
        assert_eq!(
            request("integration.request.header.a.b_c-d$1", "'a'"),
            Ok(())
        );
        for name in ["", "a b", "a[]", "ä", "a:b"] {
            let target = format!("integration.request.header.{name}");
            assert!(request(&target, "'a'").is_err(), "{name}");
        }
    }

    #[test]
    fn response_headers_must_be_declared() {
        let mut method = Method::default();
        let mut response = IntegrationResponse {
            status_code: "200".into(),
            ..IntegrationResponse::default()
        };
        response
            .response_parameters
            .insert("method.response.header.X".into(), "'a'".into());
        assert!(check_response(&method, &response).is_err());
        let mut declared = MethodResponse::default();
        declared
            .response_parameters
            .insert("method.response.header.X".into(), false);
        method.responses.insert("200".into(), declared);
        assert!(check_response(&method, &response).is_ok());
        response
            .response_parameters
            .insert("method.response.header.Y".into(), "'a'".into());
        assert!(check_response(&method, &response).is_err());
    }

    #[test]
    fn content_types_need_a_slash() {
        assert!(check_content_type("application/json").is_ok());
        assert_eq!(
            check_content_type("123").map_err(|error| error.to_string()),
            Err(
                "Validation Result: warnings : [], errors : [Invalid content type specified: 123]"
                    .into()
            )
        );
    }
}
