//! How requests name a log group: by name, by `logGroupIdentifier`, or by ARN.

use crate::error::invalid;
use crate::limits;
use api::ServiceError;
use arn::{AccountId, Arn, Region};
use ports::Call;

/// A log group's full name. That it exists is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupName {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
}

impl GroupName {
    /// The caller's group called `name`.
    pub(crate) fn own(call: &Call, name: &str) -> Self {
        Self {
            account: call.account.clone(),
            region: call.region.clone(),
            name: name.to_owned(),
        }
    }

    /// The group that `logGroupName` or `logGroupIdentifier` (a name or an ARN) means.
    pub(crate) fn either(
        call: &Call,
        name: Option<&str>,
        identifier: Option<&str>,
    ) -> Result<Self, ServiceError> {
        match (name, identifier) {
            (Some(name), None) => Ok(Self::own(call, name)),
            (None, Some(arn)) if arn.starts_with("arn:") => Self::of_arn(call, arn),
            (None, Some(name)) => Ok(Self::own(call, name)),
            // UNVERIFIED: AWS's wording for both and for neither.
            _ => Err(invalid(
                "Exactly one of logGroupName and logGroupIdentifier must be specified.",
            )),
        }
    }

    /// The group of `arn:aws:logs:R:A:log-group:NAME`, with or without `:*` behind it.
    pub(crate) fn of_arn(call: &Call, text: &str) -> Result<Self, ServiceError> {
        let bad = || invalid(format!("The ARN '{text}' is not the ARN of a log group."));
        let arn: Arn = text.parse().map_err(|_| bad())?;
        let name = arn.resource().strip_prefix("log-group:").ok_or_else(bad)?;
        let name = name.strip_suffix(":*").unwrap_or(name);
        if arn.service() != "logs" || name.is_empty() || name.contains(':') {
            return Err(bad());
        }
        let region = arn.region_id().ok_or_else(bad)?;
        if region != call.region {
            return Err(invalid(format!(
                "The log group of '{text}' lies in another region than {}.",
                call.region
            )));
        }
        Ok(Self {
            account: arn.account_id().ok_or_else(bad)?,
            region,
            name: name.to_owned(),
        })
    }

    /// The key of its record.
    pub(crate) fn key(&self) -> String {
        crate::key::group(&self.account, &self.region, &self.name)
    }

    /// `arn:aws:logs:R:A:log-group:NAME`.
    pub(crate) fn arn(&self) -> String {
        format!(
            "arn:aws:logs:{}:{}:log-group:{}",
            self.region, self.account, self.name
        )
    }
}

/// The moment before which a group's events have expired; none when they never do.
pub(crate) fn expiry_ms(retention_days: Option<i32>, now_ms: i64) -> Option<i64> {
    retention_days.map(|days| now_ms - i64::from(days) * limits::DAY_MS)
}
