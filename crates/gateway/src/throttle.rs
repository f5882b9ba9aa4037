//! Throttles and quotas: how often a method may be called, in AWS's order ("Throttle requests to
//! your REST APIs for better throughput in API Gateway"): the usage plan's limit for the method,
//! the plan's own, the stage's for the method, the account's. A refused request has spent the
//! tokens of the limits before; it is not counted against the quota.
//!
//! Cost: a look-up and a compare-and-swap a limit, without a lock. A stage without limits of its
//! own pays for the account's alone, where there is one.

use crate::{
    Gateway, api_key::ApiKey, context::Exchange, execution_log::ExecutionLog, fault::Fault, limits,
};
use arc_swap::ArcSwap;
use ports::Throttle;
use restapi::MethodSetting;
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use stdx::TimestampMs;

/// Lets a request pass while every bucket on its way holds a token and its key's quota lasts.
///
/// # Errors
/// 429 of either kind.
pub(crate) fn take(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    key: Option<&ApiKey>,
    log: &mut ExecutionLog,
) -> Result<(), Fault> {
    let now_ms = gateway.clock.now_ms();
    // Asked first as well, so that a client whose quota is used up takes no tokens from others.
    if key.is_some_and(|key| key.entry.meter.is_used_up(now_ms)) {
        return Err(quota_exceeded(exchange, log));
    }
    let of_plan = key.map(|key| plan_limits(exchange, key));
    let of_method = exchange.method.throttle.as_ref();
    let of_method = of_method.map(|throttle| {
        let name = name(exchange, &["stage", &exchange.method.resource_id]);
        (name, *throttle)
    });
    let of_account = gateway.account_throttle.map(|throttle| {
        let stage = exchange.stage;
        (
            format!("account/{}/{}", stage.account, stage.region),
            throttle,
        )
    });
    let on_the_way = of_plan.into_iter().flatten().flatten();
    for (name, throttle) in on_the_way.chain(of_method).chain(of_account) {
        if !gateway.buckets.take(&name, throttle, now_ms) {
            return Err(throttled(exchange, throttle, log));
        }
    }
    if key.is_some_and(|key| !key.entry.meter.take(now_ms)) {
        return Err(quota_exceeded(exchange, log));
    }
    Ok(())
}

/// The limit of a method's settings; none when they say nothing of their own, or -1.
pub(crate) fn of_setting(setting: &MethodSetting) -> Option<Throttle> {
    let default = MethodSetting::default();
    let (rate, burst) = (
        setting.throttling_rate_limit,
        setting.throttling_burst_limit,
    );
    let says_nothing =
        rate == default.throttling_rate_limit && burst == default.throttling_burst_limit;
    if says_nothing || (rate < 0.0 && burst < 0) {
        return None;
    }
    // One of the two may be off; then the account's default bounds it.
    let burst = u32::try_from(burst).ok();
    let usual = u32::try_from(default.throttling_burst_limit).unwrap_or(0);
    Some(Throttle {
        rate_per_s: match rate < 0.0 {
            true => default.throttling_rate_limit,
            false => rate,
        },
        burst: burst.unwrap_or(usual),
    })
}

/// The plan's limits for this key: for this method, then for all.
fn plan_limits(exchange: &Exchange<'_>, key: &ApiKey) -> [Option<(String, Throttle)>; 2] {
    let plan = &key.entry.plan;
    let (plan_id, key_id) = (plan.plan_id.as_str(), key.entry.key_id.as_ref());
    let method = &exchange.method.plan_key;
    let of_method = plan.method_throttles.get(method).map(|throttle| {
        let parts = ["method", plan_id, key_id, &exchange.method.resource_id];
        (name(exchange, &parts), *throttle)
    });
    // Over all stages of the plan, so neither API nor stage is part of the name.
    let of_plan = plan.throttle.map(|throttle| {
        let (account, region) = (&exchange.stage.account, &exchange.stage.region);
        (
            format!("plan/{account}/{region}/{plan_id}/{key_id}"),
            throttle,
        )
    });
    [of_method, of_plan]
}

/// The name of a bucket of this method. No part holds a slash, so no two buckets share a name.
fn name(exchange: &Exchange<'_>, parts: &[&str]) -> String {
    format!(
        "{}/{}/{}/{}",
        parts.join("/"),
        exchange.stage.api.id,
        exchange.stage.settings.name,
        exchange.method.verb
    )
}

fn throttled(exchange: &Exchange<'_>, throttle: Throttle, log: &mut ExecutionLog) -> Fault {
    log.error(|| {
        format!(
            "Key throttle limit exceeded for {}. Limit: {:.2} Burst: {}",
            place(exchange),
            throttle.rate_per_s,
            throttle.burst
        )
    });
    Fault::Throttled
}

// UNVERIFIED: AWS's words for a quota that is used up.
fn quota_exceeded(exchange: &Exchange<'_>, log: &mut ExecutionLog) -> Fault {
    log.error(|| format!("Key quota limit exceeded for {}", place(exchange)));
    Fault::QuotaExceeded
}

fn place(exchange: &Exchange<'_>) -> String {
    format!(
        "RestApi {}, Stage {}, Resource {}, HttpMethod {}",
        exchange.stage.api.id,
        exchange.stage.settings.name,
        exchange.method.resource_id,
        exchange.inbound.verb
    )
}

/// Number of maps; a power of two so that a mask picks one.
const SHARDS: usize = 64;

type Shard = ArcSwap<HashMap<String, Arc<Bucket>>>;

/// Every token bucket there is, by name. They outlive changes of what they limit: a new deployment
/// or another rate hands out no new burst.
#[derive(Debug)]
pub(crate) struct Buckets {
    shards: Vec<Shard>,
    hasher: RandomState,
}

impl Default for Buckets {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Buckets {
    /// Takes a token from the bucket of this name; false when there is none.
    fn take(&self, name: &str, throttle: Throttle, now_ms: TimestampMs) -> bool {
        let pace = Pace::of(throttle);
        let mask = u64::try_from(SHARDS - 1).unwrap_or(0);
        let index = usize::try_from(self.hasher.hash_one(name) & mask).unwrap_or(0);
        let Some(shard) = self.shards.get(index) else {
            return false;
        };
        loop {
            let known = shard
                .load()
                .get(name)
                .and_then(|one| one.take(pace, now_ms));
            match known {
                Some(is_taken) => return is_taken,
                None => insert(shard, name, now_ms),
            }
        }
    }
}

/// Puts a full bucket under `name` unless an open one is there. When the shard is full, buckets
/// that are full again leave it: a new one would say the same.
fn insert(shard: &Shard, name: &str, now_ms: TimestampMs) {
    let made = Arc::new(Bucket::default());
    shard.rcu(|map| {
        let mut next = HashMap::clone(map);
        if next.len() >= limits::BUCKETS_PER_SHARD_MAX {
            next.retain(|_, bucket| !bucket.close_if_full(now_ms));
        }
        let is_open = next.get(name).is_some_and(|bucket| !bucket.is_closed());
        if !is_open {
            next.insert(name.to_owned(), Arc::clone(&made));
        }
        next
    });
}

/// A throttle in the bucket's own measure.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Nanoseconds for one token, rounded up so that never more than the rate passes.
    interval_ns: i64,
    /// Nanoseconds for a whole bucket.
    capacity_ns: i64,
}

impl Pace {
    fn of(throttle: Throttle) -> Option<Self> {
        if throttle.rate_per_s <= 0.0 || throttle.burst == 0 {
            return None;
        }
        // A float becomes an integer by saturating; the clamp (30 years) keeps sums in range.
        let interval_ns = (1e9 / throttle.rate_per_s).ceil().clamp(1.0, 1e18) as i64;
        let capacity_ns = interval_ns.saturating_mul(i64::from(throttle.burst));
        Some(Self {
            interval_ns,
            capacity_ns: capacity_ns.min(i64::MAX / 4),
        })
    }
}

/// A token bucket in one word: the time at which it will be full again stands for its level (the
/// generic cell rate algorithm, ITU-T I.371). Rate and size come with each request, so they may
/// change without anything being handed out anew.
#[derive(Debug, Default)]
struct Bucket {
    /// Nanoseconds since the epoch, or [`Bucket::CLOSED`].
    full_at_ns: AtomicI64,
}

impl Bucket {
    /// Says that the bucket has left its map and must not be taken from.
    const CLOSED: i64 = i64::MIN;

    /// Takes a token; false when there is none, nothing when the bucket is closed. No pace lets
    /// nobody pass.
    fn take(&self, pace: Option<Pace>, now_ms: TimestampMs) -> Option<bool> {
        let Some(pace) = pace else {
            return Some(false);
        };
        let now_ns = now_ms.saturating_mul(1_000_000);
        let next = |full_at_ns: i64| {
            if full_at_ns == Self::CLOSED {
                return None;
            }
            let next_ns = full_at_ns.max(now_ns).saturating_add(pace.interval_ns);
            (next_ns.saturating_sub(now_ns) <= pace.capacity_ns).then_some(next_ns)
        };
        let taken = self
            .full_at_ns
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        match taken {
            Ok(_) => Some(true),
            Err(Self::CLOSED) => None,
            Err(_) => Some(false),
        }
    }

    fn is_closed(&self) -> bool {
        self.full_at_ns.load(Ordering::Acquire) == Self::CLOSED
    }

    /// Closes a bucket that is full; true when it is closed.
    fn close_if_full(&self, now_ms: TimestampMs) -> bool {
        let now_ns = now_ms.saturating_mul(1_000_000);
        let close = |full_at_ns: i64| (full_at_ns <= now_ns).then_some(Self::CLOSED);
        self.full_at_ns
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, close)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: TimestampMs = 1_795_348_566_000;

    fn throttle(rate_per_s: f64, burst: u32) -> Throttle {
        Throttle { rate_per_s, burst }
    }

    fn taken(buckets: &Buckets, throttle: Throttle, times: usize, now_ms: TimestampMs) -> usize {
        let takes = (0..times).filter(|_| buckets.take("b", throttle, now_ms));
        takes.count()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let (buckets, limit) = (Buckets::default(), throttle(10.0, 3));
        assert_eq!(taken(&buckets, limit, 5, NOW_MS), 3);
        assert_eq!(taken(&buckets, limit, 5, NOW_MS + 99), 0);
        assert_eq!(taken(&buckets, limit, 5, NOW_MS + 100), 1);
        assert_eq!(taken(&buckets, limit, 5, NOW_MS + 300), 2);
        assert_eq!(taken(&buckets, limit, 9, NOW_MS + 9_000), 3);
    }

    #[test]
    fn zero_lets_nobody_pass() {
        let buckets = Buckets::default();
        assert_eq!(taken(&buckets, throttle(0.0, 5), 3, NOW_MS), 0);
        assert_eq!(taken(&buckets, throttle(5.0, 0), 3, NOW_MS), 0);
    }

    #[test]
    fn extreme_limits_stay_in_range() {
        let slow = Buckets::default();
        assert_eq!(
            taken(&slow, throttle(f64::MIN_POSITIVE, u32::MAX), 9, NOW_MS),
            2
        );
        let fast = Buckets::default();
        assert_eq!(taken(&fast, throttle(f64::MAX, 7), 9, NOW_MS), 7);
    }

    #[test]
    fn a_changed_limit_hands_out_no_new_burst() {
        let buckets = Buckets::default();
        assert_eq!(taken(&buckets, throttle(1.0, 3), 9, NOW_MS), 3);
        assert_eq!(taken(&buckets, throttle(1.0, 5), 9, NOW_MS), 2);
        assert_eq!(taken(&buckets, throttle(1.0, 1), 9, NOW_MS), 0);
    }

    #[test]
    fn a_clock_that_goes_back_hands_out_nothing() {
        let (buckets, limit) = (Buckets::default(), throttle(1.0, 3));
        assert_eq!(taken(&buckets, limit, 9, NOW_MS), 3);
        assert_eq!(taken(&buckets, limit, 9, NOW_MS - 3_600_000), 0);
        assert_eq!(taken(&buckets, limit, 9, NOW_MS + 1_000), 1);
    }

    /// H12 of the threats: a thousand clients at once against a limit of ten.
    #[test]
    fn never_more_than_the_burst_under_a_thousand_clients() {
        let (buckets, limit) = (Buckets::default(), throttle(1.0, 10));
        let start = std::sync::Barrier::new(1_000);
        let passed: usize = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..1_000)
                .map(|_| {
                    let client = std::thread::Builder::new().stack_size(64 * 1024);
                    let run = || {
                        start.wait();
                        taken(&buckets, limit, 20, NOW_MS)
                    };
                    client.spawn_scoped(scope, run).expect("a thread")
                })
                .collect();
            clients
                .into_iter()
                .map(|one| one.join().expect("no panic"))
                .sum()
        });
        assert_eq!(passed, 10);
        assert_eq!(taken(&buckets, limit, 99, NOW_MS + 5_000), 5);
    }

    #[test]
    fn full_buckets_leave_and_empty_ones_stay() {
        let (buckets, limit) = (Buckets::default(), throttle(1.0, 2));
        assert_eq!(taken(&buckets, limit, 9, NOW_MS), 2);
        let crowd = SHARDS * limits::BUCKETS_PER_SHARD_MAX * 2;
        for n in 0..crowd {
            // An hour ago: full again by now.
            assert!(buckets.take(&format!("n{n}"), limit, NOW_MS - 3_600_000));
        }
        for n in 0..SHARDS * 16 {
            assert!(buckets.take(&format!("late{n}"), limit, NOW_MS));
        }
        let kept: usize = buckets.shards.iter().map(|shard| shard.load().len()).sum();
        assert!(kept < SHARDS * limits::BUCKETS_PER_SHARD_MAX, "{kept}");
        assert_eq!(taken(&buckets, limit, 9, NOW_MS), 0, "it is still empty");
    }

    #[test]
    fn a_closed_bucket_is_replaced() {
        let (buckets, limit) = (Buckets::default(), throttle(1.0, 2));
        assert_eq!(taken(&buckets, limit, 1, NOW_MS), 1);
        let later = NOW_MS + 60_000;
        for shard in &buckets.shards {
            assert!(
                shard
                    .load()
                    .values()
                    .all(|bucket| bucket.close_if_full(later))
            );
        }
        assert_eq!(taken(&buckets, limit, 9, later), 2);
    }

    #[test]
    fn settings_that_say_nothing_limit_nothing() {
        let of = |rate: f64, burst: i32| {
            let limit = of_setting(&MethodSetting {
                throttling_rate_limit: rate,
                throttling_burst_limit: burst,
                ..MethodSetting::default()
            });
            limit.map(|limit| (limit.rate_per_s, limit.burst))
        };
        assert_eq!(of(10_000.0, 5_000), None);
        assert_eq!(of(-1.0, -1), None);
        assert_eq!(of(9_999.0, 5_000), Some((9_999.0, 5_000)));
        assert_eq!(of(10_000.0, 4_999), Some((10_000.0, 4_999)));
        assert_eq!(of(-1.0, 3), Some((10_000.0, 3)));
        assert_eq!(of(3.0, -1), Some((3.0, 5_000)));
    }
}
