//! Quotas: how many requests a key has, and when counting starts anew.
//!
//! Periods are in UTC. The offset is the day on which a period starts: with `WEEK`, 0 is Sunday and
//! 1 is Monday; with `MONTH`, 0 is the first. Source: "AWS::ApiGateway::UsagePlan QuotaSettings",
//! CloudFormation template reference. The API's own page says that the offset is subtracted from
//! the first period's limit; AWS's refusals (0 to 6, 0 to 27) fit the former only.

use crate::{Error, plans::record_plans::QuotaRecord};
use api::apigateway as wire;
use jiff::civil::Date;
use stdx::TimestampMs;

/// A quota, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests in a period.
    pub limit: u32,
    period: Period,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Day,
    /// Days behind Sunday.
    Week(u32),
    /// Days behind the first.
    Month(u32),
}

/// Days since the epoch, UTC; times before it count as its first day.
pub fn day_of(now_ms: TimestampMs) -> u32 {
    u32::try_from(now_ms.div_euclid(86_400_000)).unwrap_or(0)
}

/// The date of a day.
pub fn date_of(day: u32) -> Date {
    let seconds = i64::from(day) * 86_400;
    let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The day of a date.
pub fn day_of_date(date: Date) -> Option<u32> {
    let at = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    u32::try_from(at.as_second().div_euclid(86_400)).ok()
}

impl Quota {
    /// A stored quota; none when its period is unknown.
    pub fn of(record: &QuotaRecord) -> Option<Self> {
        let offset = u32::try_from(record.offset).ok()?;
        let period = match record.period.as_str() {
            "DAY" => Period::Day,
            "WEEK" => Period::Week(offset),
            "MONTH" => Period::Month(offset),
            _ => return None,
        };
        Some(Self {
            limit: u32::try_from(record.limit).ok()?,
            period,
        })
    }

    /// The first day of the period in which `day` is.
    pub fn period_start(&self, day: u32) -> u32 {
        match self.period {
            Period::Day => day,
            Period::Week(offset) => {
                // The epoch's first day was a Thursday, four days behind a Sunday.
                let since = (day + 4 + 7 - offset % 7) % 7;
                day.saturating_sub(since)
            }
            Period::Month(offset) => {
                let first = date_of(day.saturating_sub(offset)).first_of_month();
                day_of_date(first).unwrap_or(0) + offset
            }
        }
    }

    /// Whether both count over the same days.
    pub fn has_period_of(&self, other: &Self) -> bool {
        self.period == other.period
    }
}

/// Passes a quota as AWS would.
///
/// # Errors
/// AWS's sentences on offsets; UNVERIFIED: the other texts.
pub fn check(quota: &QuotaRecord) -> Result<(), Error> {
    let offset_max = match quota.period.as_str() {
        "DAY" => 0,
        "WEEK" => 6,
        "MONTH" => 27,
        _ => {
            return Err(Error::bad(
                "Usage Plan quota period must be one of: [DAY, WEEK, MONTH]",
            ));
        }
    };
    if quota.limit < 0 {
        return Err(Error::bad("Usage Plan quota limit must not be negative"));
    }
    if (0..=offset_max).contains(&quota.offset) {
        return Ok(());
    }
    Err(Error::bad(match offset_max {
        0 => "Usage Plan quota offset must be zero in the DAY period".to_owned(),
        max => format!(
            "Usage Plan quota offset must be between 0 and {max} inclusive in the {} period",
            quota.period
        ),
    }))
}

/// A quota from the wire.
///
/// # Errors
/// As [`check`].
pub fn read(quota: wire::QuotaSettings) -> Result<QuotaRecord, Error> {
    let record = QuotaRecord {
        limit: quota.limit.unwrap_or(0),
        offset: quota.offset.unwrap_or(0),
        period: quota.period.unwrap_or_default(),
    };
    check(&record)?;
    Ok(record)
}

/// A quota as AWS shows it.
pub fn show(quota: &QuotaRecord) -> wire::QuotaSettings {
    wire::QuotaSettings {
        limit: Some(quota.limit),
        offset: Some(quota.offset),
        period: Some(quota.period.clone()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::Weekday;

    fn quota(period: &str, offset: i32) -> Quota {
        let record = QuotaRecord {
            limit: 5,
            offset,
            period: period.into(),
        };
        check(&record).unwrap();
        Quota::of(&record).unwrap()
    }

    fn day(text: &str) -> u32 {
        day_of_date(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn periods_start_where_the_offset_says() {
        for (period, offset, now, start) in [
            ("DAY", 0, "2026-11-22", "2026-11-22"),
            // A Sunday.
            ("WEEK", 0, "2026-11-22", "2026-11-22"),
            ("WEEK", 0, "2026-11-21", "2026-11-15"),
            ("WEEK", 1, "2026-11-22", "2026-11-16"),
            ("WEEK", 1, "2026-11-23", "2026-11-23"),
            ("WEEK", 6, "2026-11-22", "2026-11-21"),
            ("MONTH", 0, "2026-11-01", "2026-11-01"),
            ("MONTH", 0, "2026-11-30", "2026-11-01"),
            ("MONTH", 27, "2026-02-28", "2026-02-28"),
            ("MONTH", 27, "2026-02-27", "2026-01-28"),
            ("MONTH", 27, "2026-03-01", "2026-02-28"),
        ] {
            let quota = quota(period, offset);
            assert_eq!(
                date_of(quota.period_start(day(now))).to_string(),
                start,
                "{period} {offset} {now}"
            );
        }
    }

    #[test]
    fn every_week_starts_on_its_weekday() {
        for (offset, start) in [(0, Weekday::Sunday), (3, Weekday::Wednesday)] {
            let quota = quota("WEEK", offset);
            for today in day("2026-11-01")..day("2026-12-31") {
                let first = quota.period_start(today);
                assert_eq!(date_of(first).weekday(), start);
                assert!(first <= today && today < first + 7);
            }
        }
    }

    #[test]
    fn offsets_are_refused_one_over_as_on_aws() {
        let refused = |period: &str, offset| {
            let record = QuotaRecord {
                limit: 1,
                offset,
                period: period.into(),
            };
            check(&record).err().map(|error| error.to_string())
        };
        assert_eq!(
            refused("DAY", 1).unwrap(),
            "Usage Plan quota offset must be zero in the DAY period"
        );
        assert_eq!(refused("WEEK", 6), None);
        assert_eq!(
            refused("WEEK", 7).unwrap(),
            "Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period"
        );
        assert_eq!(refused("MONTH", 27), None);
        assert!(refused("MONTH", 28).unwrap().contains("between 0 and 27"));
        assert!(refused("MONTH", -1).is_some());
        assert!(refused("YEAR", 0).is_some());
    }
}
