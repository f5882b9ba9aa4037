//! The access log: one line a request in the stage's format, to the stage's log group.

use arn::{AccountId, Arn};
use mapping::{AccessLogFormat, Context};
use ports::{LogBatch, LogEvent, LogTarget};
use restapi::Stage;
use std::sync::Arc;
use stdx::TimestampMs;

/// Where a stage's access log goes.
#[derive(Debug)]
pub(crate) struct Destination {
    format: AccessLogFormat,
    target: Arc<LogTarget>,
}

/// The stage's access log; none when it has none, or one that is no log group of the API's own
/// account: nobody writes into somebody else's logs by naming them.
pub(crate) fn destination(stage: &Stage, owner: &AccountId, stream: &str) -> Option<Destination> {
    let settings = stage.access_log.as_ref()?;
    let arn: Arn = settings.destination_arn.as_deref()?.parse().ok()?;
    let name = arn.resource().strip_prefix("log-group:")?;
    Some(Destination {
        format: AccessLogFormat::parse(settings.format.as_deref()?),
        target: Arc::new(LogTarget {
            account: arn.account_id().filter(|account| account == owner)?,
            region: arn.region_id()?,
            group: name.strip_suffix(":*").unwrap_or(name).to_owned(),
            stream: stream.to_owned(),
        }),
    })
}

impl Destination {
    /// The line of one request on its way to the stage's stream.
    pub(crate) fn batch(&self, context: &dyn Context, timestamp_ms: TimestampMs) -> LogBatch {
        LogBatch {
            target: Arc::clone(&self.target),
            events: vec![LogEvent {
                timestamp_ms,
                message: self.format.line(context),
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
