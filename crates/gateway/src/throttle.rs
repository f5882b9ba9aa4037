//! The throttle that a stage sets for its methods ("Throttle requests to your REST APIs for better
//! throughput in API Gateway").
//!
//! Only limits that differ from AWS's defaults of 10,000 requests a second and bursts of 5,000 are
//! kept: those are the account's quota on AWS, and a host of one's own has its own. Usage plans are
//! not there yet; nor are methods open that need their keys.

use crate::{context::Exchange, execution_log::ExecutionLog, fault::Fault};
use restapi::MethodSetting;
use std::sync::atomic::{AtomicI64, Ordering};
use stdx::TimestampMs;

/// A token bucket without a lock: the time at which it would be full again stands for its level
/// (the generic cell rate algorithm, ITU-T I.371).
#[derive(Debug)]
pub(crate) struct Bucket {
    rate: f64,
    burst: i32,
    /// Microseconds for one token.
    interval_us: i64,
    /// Microseconds since the epoch.
    full_at_us: AtomicI64,
}

impl Bucket {
    /// The bucket of one method; none when the setting says nothing of its own, or -1.
    pub(crate) fn of(setting: &MethodSetting) -> Option<Self> {
        let (rate, burst) = (
            setting.throttling_rate_limit,
            setting.throttling_burst_limit,
        );
        let default = MethodSetting::default();
        let is_default =
            rate == default.throttling_rate_limit && burst == default.throttling_burst_limit;
        if is_default || rate < 0.0 || burst < 0 {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "float to integer saturates, and the clamp bounds it"
        )]
        let interval_us = (1_000_000.0 / rate).clamp(1.0, 1e12) as i64;
        Some(Self {
            rate,
            burst,
            interval_us,
            full_at_us: AtomicI64::new(0),
        })
    }

    /// Takes a token; false when there is none.
    fn take(&self, now_ms: TimestampMs) -> bool {
        if self.rate == 0.0 {
            return false;
        }
        let now_us = now_ms.saturating_mul(1_000);
        let capacity_us = self.interval_us.saturating_mul(i64::from(self.burst));
        let next = |full_at_us: i64| {
            let next_us = full_at_us.max(now_us).saturating_add(self.interval_us);
            (next_us.saturating_sub(now_us) <= capacity_us).then_some(next_us)
        };
        self.full_at_us
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .is_ok()
    }
}

/// Lets a request pass while its method's bucket holds a token.
///
/// # Errors
/// 429 when it is empty.
pub(crate) fn take(
    exchange: &Exchange<'_>,
    now_ms: TimestampMs,
    log: &mut ExecutionLog,
) -> Result<(), Fault> {
    let method = exchange.method;
    let Some(bucket) = method.bucket.as_ref().filter(|bucket| !bucket.take(now_ms)) else {
        return Ok(());
    };
    log.error(|| {
        format!(
            "Key throttle limit exceeded for RestApi {}, Stage {}, Resource {}, HttpMethod {}. \
             Limit: {:.2} Burst: {}",
            exchange.stage.api.id,
            exchange.stage.settings.name,
            method.resource_id,
            exchange.inbound.verb,
            bucket.rate,
            bucket.burst
        )
    });
    Err(Fault::Throttled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(rate: f64, burst: i32) -> Option<Bucket> {
        Bucket::of(&MethodSetting {
            throttling_rate_limit: rate,
            throttling_burst_limit: burst,
            ..MethodSetting::default()
        })
    }

    fn taken(bucket: &Bucket, times: usize, now_ms: TimestampMs) -> usize {
        (0..times).filter(|_| bucket.take(now_ms)).count()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let bucket = bucket(10.0, 3).expect("a limit");
        assert_eq!(taken(&bucket, 5, 1_000_000), 3);
        assert_eq!(taken(&bucket, 5, 1_000_099), 0);
        assert_eq!(taken(&bucket, 5, 1_000_100), 1);
        assert_eq!(taken(&bucket, 5, 1_000_300), 2);
        assert_eq!(taken(&bucket, 9, 9_000_000), 3);
    }

    #[test]
    fn zero_lets_nobody_pass() {
        assert_eq!(taken(&bucket(0.0, 5).expect("a limit"), 3, 1), 0);
        assert_eq!(taken(&bucket(5.0, 0).expect("a limit"), 3, 1), 0);
    }

    #[test]
    fn defaults_and_minus_one_are_no_limits() {
        assert!(bucket(10_000.0, 5_000).is_none());
        assert!(bucket(-1.0, -1).is_none());
        assert!(bucket(9_999.0, 5_000).is_some());
        assert!(bucket(10_000.0, 4_999).is_some());
    }
}
