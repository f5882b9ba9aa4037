//! What an integration's `uri` must look like.
//!
//! Whether the function exists and may be called is not looked at: AWS does not either, which is
//! what makes the cross-account tutorial work.

use crate::Error;
use arn::Arn;
use restapi::IntegrationType;

/// Passes a uri that fits the kind of integration.
///
/// # Errors
/// AWS's sentences, one for each fault.
pub fn check(kind: IntegrationType, uri: Option<&str>, has_credentials: bool) -> Result<(), Error> {
    let uri = uri.unwrap_or_default();
    match kind {
        IntegrationType::Mock => Ok(()),
        IntegrationType::Http | IntegrationType::HttpProxy => check_http(uri),
        IntegrationType::Aws | IntegrationType::AwsProxy => check_aws(kind, uri, has_credentials),
    }
}

/// The function that a uri names, as text that may hold stage variables; none for other uris.
pub fn function(uri: &str) -> Option<&str> {
    let (_, target) = split(uri)?;
    let rest = target.strip_prefix("lambda:path/")?;
    let (_, rest) = rest.split_once("/functions/")?;
    rest.strip_suffix("/invocations")
}

/// The service of an AWS uri with the subdomain before it, and `path/…` or `action/…`.
pub fn service(uri: &str) -> Option<(&str, &str)> {
    let (_, target) = split(uri)?;
    target.split_once(':')
}

fn check_http(uri: &str) -> Result<(), Error> {
    let rest = uri
        .strip_prefix("http://")
        .or_else(|| uri.strip_prefix("https://"));
    let is_host = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains(char::is_whitespace)
    };
    // A stage variable may hold the scheme too.
    if uri.starts_with("${stageVariables.") || rest.is_some_and(is_host) {
        return Ok(());
    }
    Err(Error::bad("Invalid HTTP endpoint specified for URI"))
}

fn check_aws(kind: IntegrationType, uri: &str, has_credentials: bool) -> Result<(), Error> {
    let is_arn = uri.starts_with("arn:") && uri.splitn(6, ':').count() == 6;
    if !is_arn {
        return Err(Error::bad("Invalid ARN specified in the request"));
    }
    let (account, target) = split(uri)
        .ok_or_else(|| Error::bad("AWS ARN for integration must contain path or action"))?;
    let is_lambda = target.starts_with("lambda:path/");
    let is_firehose = target.starts_with("firehose:");
    if kind == IntegrationType::AwsProxy && !is_firehose && !is_invocation(target) {
        if is_lambda && function(uri).is_some() {
            return Err(bad_function());
        }
        return Err(Error::bad(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and \
             Firehose stream invocations.",
        ));
    }
    if let Some(function) = function(uri)
        && !is_function(function)
    {
        return Err(bad_function());
    }
    // A subdomain (`{account}.service`) is a service of its own; it needs a role like the others.
    let _ = account;
    if !is_lambda && !has_credentials {
        return Err(Error::bad(
            "Role ARN must be specified for AWS integrations",
        ));
    }
    Ok(())
}

fn bad_function() -> Error {
    Error::bad("Invalid function ARN or invalid uri")
}

/// `path/2015-03-31/functions/{function}/invocations`, also `response-streaming-invocations`.
fn is_invocation(target: &str) -> bool {
    let Some(path) = target.strip_prefix("lambda:path/") else {
        return false;
    };
    let version = path.split('/').next().unwrap_or_default();
    let is_dated = matches!(version, "2015-03-31" | "2021-11-15" | "2017-10-31");
    is_dated
        && (path.ends_with("/invocations") || path.ends_with("/response-streaming-invocations"))
}

/// A function's ARN, qualified or not, or text with a stage variable in it.
fn is_function(text: &str) -> bool {
    if text.contains("${stageVariables.") {
        return true;
    }
    text.parse::<Arn>().is_ok_and(|arn| {
        arn.service() == "lambda"
            && arn.account_id().is_some()
            && arn.region_id().is_some()
            && arn
                .resource()
                .strip_prefix("function:")
                .is_some_and(|name| !name.is_empty())
    })
}

/// Splits `arn:{partition}:apigateway:{region}:{subdomain.}{service}:{path|action}/…` after the
/// fourth colon: the subdomain, and `service:path/…`.
fn split(uri: &str) -> Option<(&str, &str)> {
    let mut parts = uri.splitn(5, ':');
    let head = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let rest = parts.next()?;
    let (service, target) = rest.split_once(':')?;
    let is_target = target.starts_with("path/") || target.starts_with("action/");
    let is_whole = head.0 == "arn" && head.2 == "apigateway" && !service.is_empty() && is_target;
    is_whole.then(|| match service.rsplit_once('.') {
        Some((subdomain, _)) => (subdomain, rest),
        None => ("", rest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntegrationType::{Aws, AwsProxy, Http, Mock};

    const FUNCTION: &str = "arn:aws:lambda:us-east-1:222222222222:function:my-fn";

    fn lambda(function: &str) -> String {
        format!(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
        )
    }

    fn said(kind: IntegrationType, uri: &str) -> Option<String> {
        check(kind, Some(uri), false)
            .err()
            .map(|error| error.to_string())
    }

    #[test]
    fn functions_of_any_account_pass() {
        for function in [
            FUNCTION,
            "arn:aws:lambda:us-east-1:222222222222:function:my-fn:prod",
            "arn:aws:lambda:us-east-1:222222222222:function:${stageVariables.fn}",
            "${stageVariables.fn}",
        ] {
            assert_eq!(said(AwsProxy, &lambda(function)), None, "{function}");
            assert_eq!(said(Aws, &lambda(function)), None, "{function}");
        }
        assert_eq!(function(&lambda(FUNCTION)), Some(FUNCTION));
    }

    #[test]
    fn each_fault_has_its_sentence() {
        for (kind, uri, want) in [
            (
                Http,
                "example.com",
                "Invalid HTTP endpoint specified for URI",
            ),
            (Http, "http://", "Invalid HTTP endpoint specified for URI"),
            (Http, "", "Invalid HTTP endpoint specified for URI"),
            (Aws, "not-an-arn", "Invalid ARN specified in the request"),
            (
                Aws,
                "arn:aws:iam::111111111111:role/x",
                "AWS ARN for integration must contain path or action",
            ),
            (
                Aws,
                "arn:aws:apigateway:us-east-1:s3:path/b/k",
                "Role ARN must be specified for AWS integrations",
            ),
            (
                AwsProxy,
                "arn:aws:apigateway:us-east-1:s3:path/b/k",
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
            ),
            (
                AwsProxy,
                "arn:aws:apigateway:us-east-1:lambda:path/wrong",
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
            ),
        ] {
            assert_eq!(said(kind, uri).as_deref(), Some(want), "{uri}");
        }
        let wrong = said(AwsProxy, &lambda("my-fn"));
        assert_eq!(
            wrong.as_deref(),
            Some("Invalid function ARN or invalid uri")
        );
    }

    #[test]
    fn good_ones_pass() {
        assert_eq!(said(Http, "https://example.com/pets/{petId}"), None);
        assert_eq!(said(Http, "http://${stageVariables.host}/x"), None);
        assert_eq!(said(Mock, ""), None);
        assert!(check(Aws, Some("arn:aws:apigateway:us-east-1:s3:path/b/k"), true).is_ok());
    }
}
