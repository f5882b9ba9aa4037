//! Counts a key's requests under a plan: against the quota, and by day for GetUsage.
//!
//! Cost of a request: a quota's load and two compare-and-swaps; no lock, no allocation. A count and
//! the day that it belongs to share one word, so a new day or period starts at the same instant for
//! every thread and no request is counted twice or lost.
//!
//! What was counted is in memory and is written every few seconds, see
//! [`crate::limits::USAGE_WRITE_S`]; a crash forgets at most what was counted since.

use crate::{
    limits,
    plans::{
        quota::{Quota, day_of},
        record_plans::{DayRecord, UsageRecord},
    },
};
use arc_swap::ArcSwapOption;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};
use stdx::TimestampMs;

/// The count of one key under one plan.
#[derive(Debug, Default)]
pub struct Meter {
    quota: ArcSwapOption<Quota>,
    /// First day of the period, and requests in it.
    period: Tally,
    /// First day of the period, and what UpdateUsage gave in it: an `i32` in an `u32`'s bits.
    granted: Tally,
    /// Requests of even and of odd days: yesterday's count stands until tomorrow.
    days: [Tally; 2],
    /// Days that are over, and what is written. Never touched by a request.
    past: Mutex<Past>,
}

#[derive(Debug, Default)]
struct Past {
    days: std::collections::BTreeMap<u32, DayRecord>,
    written: UsageRecord,
    /// What the counts were when it was written, and when it was asked for last: most keys rest
    /// most of the time, and need not be looked at day by day.
    written_counts: [u64; 4],
    asked_counts: [u64; 4],
}

impl Meter {
    /// A meter that goes on where `record` stopped.
    pub fn resumed(record: UsageRecord, quota: Option<Quota>) -> Self {
        let meter = Self {
            quota: ArcSwapOption::from_pointee(quota),
            ..Self::default()
        };
        meter.period.set(record.period_start, record.period_used);
        meter
            .granted
            .set(record.period_start, record.granted.cast_unsigned());
        // The last two days go on being counted; all of them are in the past's list too, and what
        // is counted wins over it.
        for (day, of_day) in record.days.iter().rev().take(2) {
            let slot = meter.slot(*day);
            if slot.load().0 < *day {
                slot.set(*day, of_day.used);
            }
        }
        let counts = meter.counts();
        *meter.past() = Past {
            days: record.days.clone(),
            written: record,
            written_counts: counts,
            asked_counts: counts,
        };
        meter
    }

    /// The plan's quota from now on. What was used of the period stays used.
    pub fn set_quota(&self, quota: Option<Quota>, now_ms: TimestampMs) {
        let before = self.quota.load_full();
        let is_same_period = match (&before, &quota) {
            (Some(before), Some(after)) => before.has_period_of(after),
            (None, None) => true,
            _ => false,
        };
        if let Some(quota) = quota.filter(|_| !is_same_period) {
            let start = quota.period_start(day_of(now_ms));
            let days = self.days(day_of(now_ms));
            let used = days.range(start..).map(|(_, day)| day.used);
            self.period.set(start, used.fold(0, u32::saturating_add));
        }
        self.quota.store(quota.map(Arc::new));
    }

    /// UpdateUsage: so many requests are left in this period. False without a quota.
    pub fn set_remaining(&self, remaining: u32, now_ms: TimestampMs) -> bool {
        let Some(quota) = self.quota.load_full() else {
            return false;
        };
        let start = quota.period_start(day_of(now_ms));
        let used = self.period.begun(start);
        let granted = i64::from(remaining) + i64::from(used) - i64::from(quota.limit);
        let granted = i32::try_from(granted).unwrap_or(i32::MAX);
        self.granted.set(start, granted.cast_unsigned());
        true
    }

    /// Requests left now; none without a quota.
    pub fn remaining(&self, now_ms: TimestampMs) -> Option<u32> {
        let quota = self.quota.load_full()?;
        let start = quota.period_start(day_of(now_ms));
        Some(
            self.allowed(&quota, start)
                .saturating_sub(self.period.of(start)),
        )
    }

    /// Used and left of each day from `first` to `last`.
    ///
    /// A day without requests shows what was left when it began.
    pub fn days_shown(
        &self,
        first: u32,
        last: u32,
        now_ms: TimestampMs,
    ) -> Vec<(u32, Option<u32>)> {
        let quota = self.quota.load_full();
        let today = day_of(now_ms);
        let days = self.days(today);
        let shown = |day: u32| {
            let Some(quota) = quota.as_deref() else {
                return (days.get(&day).map_or(0, |of_day| of_day.used), None);
            };
            let used = days.get(&day).map_or(0, |of_day| of_day.used);
            let start = quota.period_start(day);
            if day >= today && start == quota.period_start(today) {
                return (used, self.remaining(now_ms));
            }
            let so_far = days.range(start..=day);
            let written = so_far
                .clone()
                .next_back()
                .and_then(|(_, one)| one.remaining);
            let counted = so_far.fold(0, |sum: u32, (_, one)| sum.saturating_add(one.used));
            let left = written.unwrap_or(quota.limit.saturating_sub(counted));
            (used, Some(left))
        };
        (first..=last).map(shown).collect()
    }

    /// What has to be written, when it is not written yet.
    pub fn unwritten(&self, now_ms: TimestampMs) -> Option<UsageRecord> {
        let counts = self.counts();
        if self.past().written_counts == counts {
            return None;
        }
        let today = day_of(now_ms);
        let mut days = self.days(today);
        let remaining = self.remaining(now_ms);
        if let Some(of_day) = days.get_mut(&today) {
            of_day.remaining = remaining;
        }
        let mut past = self.past();
        past.days = days.clone();
        past.asked_counts = counts;
        let (period_start, period_used) = self.period.load();
        let (granted_start, granted) = self.granted.load();
        let granted = match granted_start == period_start {
            true => granted.cast_signed(),
            false => 0,
        };
        let record = UsageRecord {
            days,
            period_start,
            period_used,
            granted,
        };
        (record != past.written).then_some(record)
    }

    /// Says that `record` is written.
    pub fn set_written(&self, record: UsageRecord) {
        let mut past = self.past();
        past.written = record;
        past.written_counts = past.asked_counts;
    }

    fn counts(&self) -> [u64; 4] {
        let [even, odd] = &self.days;
        [&self.period, &self.granted, even, odd].map(|one| one.0.load(Ordering::Acquire))
    }

    /// Every day that is kept, those still being counted included.
    fn days(&self, today: u32) -> std::collections::BTreeMap<u32, DayRecord> {
        let mut days = self.past().days.clone();
        for slot in &self.days {
            let (day, used) = slot.load();
            if used > 0 {
                days.entry(day).or_default().used = used;
            }
        }
        let oldest = today.saturating_sub(limits::USAGE_DAYS_MAX);
        days.split_off(&oldest)
    }

    fn allowed(&self, quota: &Quota, start: u32) -> u32 {
        let granted = self.granted.of(start).cast_signed();
        quota.limit.saturating_add_signed(granted)
    }

    fn slot(&self, day: u32) -> &Tally {
        let [even, odd] = &self.days;
        match day % 2 {
            0 => even,
            _ => odd,
        }
    }

    fn past(&self) -> std::sync::MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ports::Meter for Meter {
    fn is_used_up(&self, now_ms: TimestampMs) -> bool {
        self.remaining(now_ms) == Some(0)
    }

    fn take(&self, now_ms: TimestampMs) -> bool {
        let day = day_of(now_ms);
        if let Some(quota) = self.quota.load().as_deref() {
            let start = quota.period_start(day);
            let allowed = self.allowed(quota, start);
            if !self.period.add_below(start, allowed) {
                return false;
            }
        }
        self.slot(day).add_below(day, u32::MAX)
    }
}

/// A day and a count in one word.
#[derive(Debug, Default)]
struct Tally(AtomicU64);

impl Tally {
    fn load(&self) -> (u32, u32) {
        parts(self.0.load(Ordering::Acquire))
    }

    fn set(&self, day: u32, count: u32) {
        self.0.store(word(day, count), Ordering::Release);
    }

    /// The count when it belongs to `day`, else none.
    fn of(&self, day: u32) -> u32 {
        match self.load() {
            (of, count) if of == day => count,
            _ => 0,
        }
    }

    /// The count of `day`, which begins now when it has not.
    fn begun(&self, day: u32) -> u32 {
        let begin = |now: u64| (parts(now).0 < day).then(|| word(day, 0));
        let _ = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, begin);
        self.of(day)
    }

    /// Counts one more, from zero when `day` is new; false when `bound` is reached.
    ///
    /// A clock that went back counts on in the newer day, so that turning it back and forth resets
    /// nothing.
    fn add_below(&self, day: u32, bound: u32) -> bool {
        let next = |now: u64| {
            let (of, count) = parts(now);
            let count = if of < day { 0 } else { count };
            (count < bound).then(|| word(of.max(day), count.saturating_add(1)))
        };
        self.0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, next)
            .is_ok()
    }
}

fn word(day: u32, count: u32) -> u64 {
    u64::from(day) << 32 | u64::from(count)
}

fn parts(word: u64) -> (u32, u32) {
    let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(0);
    (half(word >> 32), half(word))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plans::record_plans::QuotaRecord;
    use ports::Meter as _;

    const DAY_MS: i64 = 86_400_000;
    /// 22 November 2026, a Sunday.
    const NOW_MS: i64 = 1_795_348_566_000;

    fn quota(limit: i32, period: &str) -> Option<Quota> {
        Quota::of(&QuotaRecord {
            limit,
            offset: 0,
            period: period.into(),
        })
    }

    fn meter(limit: i32, period: &str) -> Meter {
        Meter::resumed(UsageRecord::default(), quota(limit, period))
    }

    fn takes(meter: &Meter, count: usize, now_ms: i64) -> usize {
        (0..count).filter(|_| meter.take(now_ms)).count()
    }

    #[test]
    fn the_quota_is_the_last_that_passes() {
        let meter = meter(3, "DAY");
        assert_eq!(takes(&meter, 10, NOW_MS), 3);
        assert!(meter.is_used_up(NOW_MS));
        assert_eq!(
            meter.days_shown(day_of(NOW_MS), day_of(NOW_MS), NOW_MS),
            [(3, Some(0))]
        );
        assert_eq!(takes(&meter, 10, NOW_MS + DAY_MS), 3, "a new day");
    }

    #[test]
    fn a_quota_of_none_lets_nobody_pass() {
        assert_eq!(takes(&meter(0, "MONTH"), 1, NOW_MS), 0);
    }

    #[test]
    fn weeks_and_months_outlast_days() {
        for period in ["WEEK", "MONTH"] {
            let meter = meter(3, period);
            assert_eq!(takes(&meter, 2, NOW_MS), 2);
            assert_eq!(takes(&meter, 2, NOW_MS + DAY_MS), 1);
            assert_eq!(takes(&meter, 1, NOW_MS + 30 * DAY_MS), 1, "{period}");
        }
    }

    #[test]
    fn never_more_than_the_quota_under_parallel_clients() {
        let meter = meter(100, "DAY");
        let passed: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| takes(&meter, 1_000, NOW_MS)))
                .collect();
            threads.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(passed, 100);
    }

    #[test]
    fn a_clock_that_goes_back_resets_nothing() {
        let meter = meter(2, "DAY");
        assert_eq!(takes(&meter, 5, NOW_MS), 2);
        assert_eq!(takes(&meter, 5, NOW_MS - DAY_MS), 0);
        assert_eq!(takes(&meter, 5, NOW_MS), 0);
    }

    #[test]
    fn remaining_is_given_and_taken_for_the_period_only() {
        let meter = meter(2, "DAY");
        assert_eq!(takes(&meter, 5, NOW_MS), 2);
        assert!(meter.set_remaining(3, NOW_MS));
        assert_eq!(meter.remaining(NOW_MS), Some(3));
        assert_eq!(takes(&meter, 5, NOW_MS), 3);
        assert!(meter.set_remaining(0, NOW_MS + DAY_MS));
        assert_eq!(takes(&meter, 5, NOW_MS + DAY_MS), 0);
        assert_eq!(takes(&meter, 5, NOW_MS + 2 * DAY_MS), 2);
        assert!(!meter_without_quota().set_remaining(1, NOW_MS));
    }

    fn meter_without_quota() -> Meter {
        Meter::resumed(UsageRecord::default(), None)
    }

    #[test]
    fn a_quota_that_comes_later_knows_what_was_used() {
        let meter = meter_without_quota();
        assert_eq!(takes(&meter, 5, NOW_MS), 5);
        meter.set_quota(quota(6, "MONTH"), NOW_MS);
        assert_eq!(takes(&meter, 5, NOW_MS), 1);
        meter.set_quota(quota(8, "MONTH"), NOW_MS);
        assert_eq!(takes(&meter, 5, NOW_MS), 2, "the limit grew by two");
    }

    #[test]
    fn what_was_written_is_gone_on_with() {
        let first = meter(10, "WEEK");
        takes(&first, 4, NOW_MS);
        first.set_remaining(5, NOW_MS);
        let record = first.unwritten(NOW_MS).unwrap();
        first.set_written(record.clone());
        assert_eq!(first.unwritten(NOW_MS), None);
        let second = Meter::resumed(record, quota(10, "WEEK"));
        assert_eq!(second.unwritten(NOW_MS), None);
        assert_eq!(takes(&second, 10, NOW_MS + DAY_MS), 5);
        let today = day_of(NOW_MS);
        assert_eq!(
            second.days_shown(today - 1, today + 2, NOW_MS + DAY_MS),
            [(0, Some(10)), (4, Some(5)), (5, Some(0)), (0, Some(0))]
        );
    }

    #[test]
    fn old_days_are_forgotten() {
        let meter = meter_without_quota();
        takes(&meter, 1, NOW_MS);
        meter.unwritten(NOW_MS);
        let later = NOW_MS + DAY_MS * (i64::from(limits::USAGE_DAYS_MAX) + 1);
        takes(&meter, 1, later);
        assert_eq!(meter.unwritten(later).unwrap().days.len(), 1);
    }
}
