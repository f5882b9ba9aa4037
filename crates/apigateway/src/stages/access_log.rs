//! Where a stage's access log goes and what its lines say.

use crate::{
    Error, limits,
    patch::{Op, Patch},
};
use arn::{AccountId, Arn};
use restapi::{AccessLogSettings, Stage};

/// Applies one operation at `/accessLogSettings` or below it.
///
/// # Errors
/// AWS's refusals; the stage may be half changed then and must be thrown away.
pub fn apply(stage: &mut Stage, patch: &Patch) -> Result<(), Error> {
    let value = || {
        patch
            .some_text()
            .ok_or_else(|| Error::bad("Access Log value must not be empty"))
    };
    match (patch.op, patch.at().as_slice()) {
        (Op::Remove, ["accessLogSettings"]) => stage.access_log = None,
        (Op::Add | Op::Replace, ["accessLogSettings", "destinationArn"]) => {
            let destination = log_group(&value()?)?;
            settings(stage).destination_arn = Some(destination);
        }
        (Op::Add | Op::Replace, ["accessLogSettings", "format"]) => {
            let format = value()?;
            check_format(&format)?;
            settings(stage).format = Some(format);
        }
        _ => {
            return Err(Error::bad(
                "Invalid accessLogSettings path. Must be one of : \
                 [/accessLogSettings/destinationArn, /accessLogSettings/format]",
            ));
        }
    }
    Ok(())
}

/// Refuses a log group of another account: the gateway writes without asking that account, so it
/// would be a way to fill or forge somebody else's logs.
///
/// # Errors
/// 400. UNVERIFIED: AWS's text, which a try across two accounts would show.
pub fn check_owner(stage: &Stage, owner: &AccountId) -> Result<(), Error> {
    let destination = stage
        .access_log
        .as_ref()
        .and_then(|log| log.destination_arn.as_deref());
    match destination {
        Some(text) if account_of(text).as_ref() != Some(owner) => Err(Error::bad(format!(
            "Invalid ARN. The log group of an access log must belong to account {owner}: {text}"
        ))),
        _ => Ok(()),
    }
}

fn account_of(text: &str) -> Option<AccountId> {
    text.parse::<Arn>().ok()?.account_id()
}

fn settings(stage: &mut Stage) -> &mut AccessLogSettings {
    stage
        .access_log
        .get_or_insert_with(AccessLogSettings::default)
}

/// The ARN of a log group, without the `:*` that clients copy along with it, because IAM policies
/// want it.
fn log_group(text: &str) -> Result<String, Error> {
    let arn: Arn = text.parse().map_err(|_| malformed(text))?;
    if arn.service() == "firehose" {
        return Err(Error::NotEnforced("access logs sent to Firehose"));
    }
    let destination = text.strip_suffix(":*").unwrap_or(text);
    let group = arn.resource().strip_prefix("log-group:").unwrap_or("");
    let group = group.strip_suffix(":*").unwrap_or(group);
    // Names of groups have no colon, so `…:log-stream:…` is none.
    if arn.service() != "logs" || group.is_empty() || group.contains(':') {
        return Err(malformed(text));
    }
    Ok(destination.to_owned())
}

// UNVERIFIED: that AWS says the same of a well-formed ARN of another kind.
fn malformed(text: &str) -> Error {
    Error::bad(format!("Invalid ARN. ARN is not well formed {text}"))
}

/// Passes a format of one line that ties its lines to requests ("Set up CloudWatch logging for
/// REST APIs in API Gateway", API Gateway developer guide).
fn check_format(format: &str) -> Result<(), Error> {
    // UNVERIFIED: AWS's texts of this refusal and the last one; the second is quoted in
    // ministryofjustice/cloud-platform-environments #12962.
    if !names_request(format) {
        return Err(Error::bad(
            "Access log format must contain $context.requestId or $context.extendedRequestId",
        ));
    }
    if format.strip_suffix('\n').unwrap_or(format).contains('\n') {
        return Err(Error::bad(
            "Access Log format must be single line, new line character is allowed only at end of \
             the format",
        ));
    }
    if format.len() > limits::ACCESS_LOG_FORMAT_BYTES_MAX {
        return Err(Error::bad("Access Log format must not exceed 3 KB"));
    }
    Ok(())
}

fn names_request(format: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric());
    ["$context.requestId", "$context.extendedRequestId"]
        .iter()
        .any(|name| format.split(name).skip(1).any(ends))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn replaced(stage: &mut Stage, member: &str, value: &str) -> Result<(), String> {
        let patch = Patch::new(
            Some("replace".into()),
            Some(format!("/accessLogSettings/{member}")),
            Some(value.into()),
            None,
        );
        apply(stage, &patch.unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_destination_is_a_log_group() {
        let mut stage = Stage::default();
        let group = "arn:aws:logs:us-east-1:111111111111:log-group:/x";
        for good in [group.to_owned(), format!("{group}:*")] {
            replaced(&mut stage, "destinationArn", &good).unwrap();
            let kept = stage.access_log.as_ref().unwrap();
            assert_eq!(kept.destination_arn.as_deref(), Some(group));
        }
        for bad in [
            "x",
            "arn:aws:logs:us-east-1:111111111111:log-group:",
            "arn:aws:logs:us-east-1:111111111111:log-group:/x:log-stream:y",
            "arn:aws:logs:us-east-1:111111111111:destination:x",
            "arn:aws:lambda:us-east-1:111111111111:function:x",
        ] {
            assert_eq!(
                replaced(&mut stage, "destinationArn", bad),
                Err(format!("Invalid ARN. ARN is not well formed {bad}"))
            );
        }
        let stream = "arn:aws:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-x";
        let refused = replaced(&mut stage, "destinationArn", stream).unwrap_err();
        assert!(refused.contains("Firehose"), "{refused}");
    }

    #[test]
    fn a_destination_belongs_to_the_apis_account() {
        let mut stage = Stage::default();
        let ours: AccountId = "111111111111".parse().unwrap();
        assert!(check_owner(&stage, &ours).is_ok());
        let group = "arn:aws:logs:us-east-1:111111111111:log-group:/x";
        replaced(&mut stage, "destinationArn", group).unwrap();
        assert!(check_owner(&stage, &ours).is_ok());
        assert!(check_owner(&stage, &"222222222222".parse().unwrap()).is_err());
    }

    #[test]
    fn a_format_is_one_line_of_3_kb_with_an_id_of_the_request() {
        let mut stage = Stage::default();
        let id = "$context.requestId";
        let long = |bytes: usize| format!("{id}{}", "x".repeat(bytes - id.len()));
        let max = limits::ACCESS_LOG_FORMAT_BYTES_MAX;
        for good in [
            id,
            "$context.extendedRequestId\n",
            &long(max).replace("dx", "d "),
        ] {
            replaced(&mut stage, "format", good).unwrap();
        }
        for bad in ["$context.status", "$context.requestIdentity", ""] {
            assert!(replaced(&mut stage, "format", bad).is_err(), "{bad}");
        }
        let lines = replaced(&mut stage, "format", "$context.requestId\n$context.status");
        assert!(lines.unwrap_err().contains("must be single line"));
        let over = long(max + 1).replace("dx", "d ");
        assert!(
            replaced(&mut stage, "format", &over)
                .unwrap_err()
                .contains("3 KB")
        );
    }
}
