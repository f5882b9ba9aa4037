//! Which AWS services integrations can call: those of this program.

use crate::{Error, methods::integration_uri};
use restapi::{IntegrationType, RestApi};
use smithy::{Protocol, ServiceMeta};

/// The services of this program.
fn services() -> [&'static ServiceMeta; 6] {
    [
        api::apigateway::SERVICE,
        api::iam::SERVICE,
        api::lambda::SERVICE,
        api::logs::SERVICE,
        api::organizations::SERVICE,
        api::sts::SERVICE,
    ]
}

/// Passes an API whose integrations call services and actions that are here. AWS has more of them;
/// a document that names them can be imported, edited and exported, but not served.
///
/// # Errors
/// 400 that names the service or the action, and the method.
pub fn check(api: &RestApi) -> Result<(), Error> {
    for resource in api.resources.values() {
        for (verb, method) in &resource.methods {
            let Some(integration) = &method.integration else {
                continue;
            };
            if integration.kind != IntegrationType::Aws {
                continue;
            }
            let uri = integration.uri.as_deref().unwrap_or_default();
            if let Err(what) = check_uri(uri) {
                return Err(Error::bad(format!(
                    "Crossway does not serve {what}, which the integration of {verb} {} calls",
                    resource.path
                )));
            }
        }
    }
    Ok(())
}

/// The name of what is missing. What stage variables will name is not known yet; the call fails
/// then.
fn check_uri(uri: &str) -> Result<(), String> {
    let Some((service, target)) = integration_uri::service(uri) else {
        return Ok(());
    };
    if service.contains("${stageVariables.") {
        return Ok(());
    }
    let known = services();
    let Some(found) = known.iter().find(|known| known.name == service) else {
        return Err(format!("the AWS service '{service}'"));
    };
    let Some(action) = target.strip_prefix("action/") else {
        return Ok(());
    };
    let action = action.split('&').next().unwrap_or_default();
    let is_open = action.contains(['{', '$']);
    match found.protocol {
        Protocol::RestJson => Err(format!(
            "actions of '{service}', whose API is called by path ('{service}:path/…'),"
        )),
        _ if is_open || found.operation(action).is_some() => Ok(()),
        _ => Err(format!("the action '{action}' of '{service}'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(target: &str) -> Option<String> {
        check_uri(&format!("arn:aws:apigateway:us-east-1:{target}")).err()
    }

    #[test]
    fn services_and_actions_of_this_program_pass() {
        for target in [
            "sts:action/GetCallerIdentity",
            "iam:action/ListUsers&MaxItems=1",
            "iam:action/{action}",
            "logs:action/PutLogEvents",
            "lambda:path/2015-03-31/functions/hello",
            "apigateway:path/restapis",
            "${stageVariables.service}:action/Publish",
        ] {
            assert_eq!(said(target), None, "{target}");
        }
    }

    #[test]
    fn others_are_named() {
        for (target, want) in [
            ("sns:action/Publish", "the AWS service 'sns'"),
            ("bucket.s3:path/key", "the AWS service 'bucket.s3'"),
            ("sts:action/GetNothing", "the action 'GetNothing' of 'sts'"),
            (
                "lambda:action/Invoke",
                "actions of 'lambda', whose API is called by path ('lambda:path/…'),",
            ),
        ] {
            assert_eq!(said(target).as_deref(), Some(want), "{target}");
        }
    }
}
