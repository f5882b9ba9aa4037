//! Members that Crossway does not honour: refused where they change what a function may do or
//! how it behaves, accepted without effect where they do not. `COMPATIBILITY.md` prints the table.

use crate::error::LambdaError;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What becomes of a member that is not honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The request is refused.
    Refused,
    /// Accepted, stored and shown where AWS shows it; nothing else. The first use is logged.
    None,
}

/// A member that is not honoured.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The operations that take it.
    pub operations: &'static str,
    /// Its name in the model.
    pub member: &'static str,
    /// What becomes of it.
    pub effect: Effect,
    /// Why, or what to do instead.
    pub note: &'static str,
}

const FUNCTION: &str = "CreateFunction, UpdateFunctionConfiguration";
const CREATE: &str = "CreateFunction";
const CODE: &str = "CreateFunction, UpdateFunctionCode";
const INVOKE: &str = "Invoke";
const EVENT_CONFIG: &str = "PutFunctionEventInvokeConfig, UpdateFunctionEventInvokeConfig";

/// Every member that is not honoured.
pub const FIELDS: &[Field] = &[
    refused(FUNCTION, "VpcConfig", "there are no VPCs"),
    refused(
        FUNCTION,
        "DeadLetterConfig",
        "there are no queues and topics to send to",
    ),
    refused(FUNCTION, "KMSKeyArn", "there are no KMS keys"),
    refused(
        FUNCTION,
        "FileSystemConfigs",
        "there are no EFS access points",
    ),
    refused(FUNCTION, "ImageConfig", "functions are zip files"),
    refused(FUNCTION, "SnapStart", "`ApplyOn` must be `None`"),
    refused(
        FUNCTION,
        "CapacityProviderConfig",
        "there are no capacity providers",
    ),
    refused(FUNCTION, "DurableConfig", "there are no durable executions"),
    refused(
        FUNCTION,
        "RuntimeConfig",
        "there are no customer-managed runtimes",
    ),
    refused(FUNCTION, "AcceleratorConfig", "there are no accelerators"),
    refused(CREATE, "CodeSigningConfigArn", "there is no code signing"),
    refused(
        "PutRuntimeManagementConfig",
        "UpdateRuntimeOn",
        "functions run with the interpreter that the host has: `Auto` alone",
    ),
    refused(CREATE, "TenancyConfig", "there is no tenant isolation"),
    refused(CODE, "PublishTo", "there are no capacity providers"),
    refused(CODE, "SourceKMSKeyArn", "there are no KMS keys"),
    refused(
        CODE,
        "S3Bucket",
        "there is no S3: send the code as `ZipFile`",
    ),
    refused(CODE, "ImageUri", "functions are zip files"),
    refused(INVOKE, "TenantId", "there is no tenant isolation"),
    refused(
        "InvokeWithResponseStream",
        "TenantId",
        "there is no tenant isolation",
    ),
    refused(
        INVOKE,
        "DurableExecutionName",
        "there are no durable executions",
    ),
    refused(
        EVENT_CONFIG,
        "DestinationConfig",
        "a destination must be a function: there are no queues, topics, buses and buckets",
    ),
    ignored(FUNCTION, "TracingConfig", "there is no X-Ray"),
    ignored(
        CODE,
        "Architectures",
        "functions run on the host's architecture",
    ),
    ignored("ListFunctions", "MasterRegion", "there is no Lambda@Edge"),
];

const fn refused(operations: &'static str, member: &'static str, note: &'static str) -> Field {
    Field {
        operations,
        member,
        effect: Effect::Refused,
        note,
    }
}

const fn ignored(operations: &'static str, member: &'static str, note: &'static str) -> Field {
    Field {
        operations,
        member,
        effect: Effect::None,
        note,
    }
}

/// Refuses the first of these members that is used.
///
/// # Errors
/// When one is, with the table's note.
pub fn refuse(used: &[(&str, bool)]) -> Result<(), LambdaError> {
    let Some((member, _)) = used.iter().find(|(_, is_used)| *is_used) else {
        return Ok(());
    };
    let note = FIELDS
        .iter()
        .find(|field| field.member == *member)
        .map_or("it is not supported", |field| field.note);
    Err(LambdaError::Invalid(format!(
        "Crossway does not support {member}: {note}"
    )))
}

/// Logs, once in a process, that a member without effect was used.
pub fn without_effect(member: &'static str) {
    static SEEN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let is_first = SEEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(member);
    if is_first {
        tracing::warn!(member, "accepted without effect, see COMPATIBILITY.md");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn a_used_member_is_refused_by_name() {
        assert!(refuse(&[("ImageConfig", false)]).is_ok());
        assert_eq!(
            refuse(&[("VpcConfig", false), ("ImageConfig", true)])
                .unwrap_err()
                .to_string(),
            "Crossway does not support ImageConfig: functions are zip files"
        );
    }
}
