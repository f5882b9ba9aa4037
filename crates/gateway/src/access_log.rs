//! The access log: one line a request in the stage's format, to the stage's log group.

use crate::journal::Passed;
use arn::{AccountId, Arn, Region};
use mapping::{ContextVariables, Scope};
use ports::{LogBatch, LogEvent};
use restapi::Stage;
use stdx::TimestampMs;

/// Where a stage's access log goes.
#[derive(Debug)]
pub(crate) struct Destination {
    format: String,
    account: AccountId,
    region: Region,
    group: String,
}

/// The stage's access log; none when it has none, or one that is no log group.
pub(crate) fn destination(stage: &Stage) -> Option<Destination> {
    let settings = stage.access_log.as_ref()?;
    let arn: Arn = settings.destination_arn.as_deref()?.parse().ok()?;
    let name = arn.resource().strip_prefix("log-group:")?;
    Some(Destination {
        format: settings.format.clone()?,
        account: arn.account_id()?,
        region: arn.region_id()?,
        group: name.strip_suffix(":*").unwrap_or(name).to_owned(),
    })
}

impl Destination {
    /// The line of one request.
    pub(crate) fn line(&self, passed: Passed<'_>, context: &ContextVariables) -> String {
        let variables = &passed.stage.settings.variables;
        let scope = Scope::new("", &passed.inbound.params, context, variables);
        mapping::access_log_line(&self.format, &scope)
    }

    /// The line on its way to the stage's stream.
    pub(crate) fn batch(&self, stream: &str, line: String, timestamp_ms: TimestampMs) -> LogBatch {
        LogBatch {
            account: self.account.clone(),
            region: self.region.clone(),
            group: self.group.clone(),
            stream: stream.to_owned(),
            events: vec![LogEvent {
                timestamp_ms,
                message: line,
            }],
        }
    }
}

/// The stream of a stage's logs: 32 hex digits, as on AWS, the same for as long as the stage lives.
pub(crate) fn stream(api_id: &str, stage: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{api_id}/{stage}"));
    let bytes = digest.iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
