//! What keys used of a plan: shown, changed, and written down now and then.

use crate::{
    ApiGateway, Error, limits, page, patch,
    patch::Op,
    plans::{
        api_key,
        quota::day_of_date,
        record_plans::{API_KEYS, PLAN_KEYS, USAGE, USAGE_PLANS, UsageRecord, owner_prefix},
    },
};
use api::apigateway as wire;
use jiff::civil::Date;
use ports::{Call, UsagePlans};
use smithy::ServiceError;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use store::{Record, SCAN_MAX, Store, Table};

/// GetUsage: for each key of the plan, used and remaining of each day.
///
/// It answers from memory, so it knows of every request that was let in.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetUsageRequest,
) -> Result<wire::Usage, ServiceError> {
    let (first, last) = days(&input.start_date, &input.end_date)?;
    service.usage_plan(&call, &input.usage_plan_id).await?;
    let plan_key = format!("{}{}", owner_prefix(&call), input.usage_plan_id);
    let prefix = format!("{plan_key}/");
    let counted = service
        .plans
        .meters()
        .into_iter()
        .filter_map(|(at, meter)| {
            let key_id = at.strip_prefix(&prefix)?.to_owned();
            let is_wanted = input.key_id.as_ref().is_none_or(|wanted| *wanted == key_id);
            is_wanted.then_some((key_id.clone(), (key_id, meter)))
        });
    let page = page::cut(counted.collect(), input.limit, input.position.as_deref());
    let now_ms = service.now_ms();
    let shown = page.items.into_iter().map(|(key_id, meter)| {
        let days = meter.days_shown(first, last, now_ms);
        (key_id, days.into_iter().map(pair).collect())
    });
    Ok(wire::Usage {
        usage_plan_id: Some(input.usage_plan_id),
        start_date: Some(input.start_date),
        end_date: Some(input.end_date),
        items: Some(shown.collect()),
        position: page.position,
    })
}

/// UpdateUsage: how many requests a key has left in this period.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateUsageRequest,
) -> Result<wire::Usage, ServiceError> {
    let mut remaining = None;
    for patch in patch::parse(input.patch_operations)? {
        if patch.at().as_slice() != ["remaining"] {
            return Err(patch.refuse_path_widely("/remaining").into());
        }
        if patch.op != Op::Replace {
            return Err(patch.refuse_op().into());
        }
        // UNVERIFIED: AWS's text for values that are no numbers.
        let value = patch.text().parse::<i32>().ok();
        let value = value.and_then(|value| u32::try_from(value).ok());
        remaining = Some(value.ok_or_else(|| Error::bad("Invalid value for /remaining"))?);
    }
    service.usage_plan(&call, &input.usage_plan_id).await?;
    let plan_key = format!("{}{}", owner_prefix(&call), input.usage_plan_id);
    let meter = service.plans.meter(&plan_key, &input.key_id);
    let meter = meter.ok_or_else(api_key::unknown)?;
    let now_ms = service.now_ms();
    if let Some(remaining) = remaining {
        if !meter.set_remaining(remaining, now_ms) {
            // UNVERIFIED: AWS's text.
            return Err(Error::bad("Usage Plan has no quota").into());
        }
        service.write_usage().await?;
    }
    let today = crate::plans::quota::day_of(now_ms);
    let date = crate::plans::quota::date_of(today).to_string();
    let shown = meter.days_shown(today, today, now_ms);
    let days = shown.into_iter().map(pair).collect();
    Ok(wire::Usage {
        usage_plan_id: Some(input.usage_plan_id),
        start_date: Some(date.clone()),
        end_date: Some(date),
        items: Some(BTreeMap::from([(input.key_id, days)])),
        position: None,
    })
}

/// `[used, remaining]`. UNVERIFIED: what AWS shows as remaining where there is no quota; 0 here.
fn pair((used, remaining): (u32, Option<u32>)) -> Vec<i64> {
    vec![i64::from(used), i64::from(remaining.unwrap_or(0))]
}

/// The days from `start` to `end`, both included.
///
/// # Errors
/// UNVERIFIED: AWS's texts.
fn days(start: &str, end: &str) -> Result<(u32, u32), Error> {
    let day = |text: &str| {
        let date: Option<Date> = text.parse().ok();
        date.and_then(day_of_date)
            .ok_or_else(|| Error::bad(format!("Invalid date specified: {text}")))
    };
    let (first, last) = (day(start)?, day(end)?);
    if first > last {
        return Err(Error::bad("Start date must not be after end date"));
    }
    if last - first >= limits::USAGE_RANGE_DAYS_MAX {
        return Err(Error::bad("Date range must not be longer than 366 days"));
    }
    Ok((first, last))
}

impl ApiGateway {
    /// What usage plans say, for the data plane.
    pub fn usage_plans(&self) -> Arc<dyn UsagePlans> {
        self.plans.clone()
    }

    /// Writes what was counted since the last time. Called every few seconds and at the end; a
    /// crash forgets what was counted in between.
    ///
    /// # Errors
    /// When the store fails; what was not written is tried again the next time.
    pub async fn write_usage(&self) -> Result<(), Error> {
        let now_ms = self.now_ms();
        let meters = self.plans.meters().into_iter();
        let mut unwritten = meters.filter_map(|(at, meter)| {
            let record = meter.unwritten(now_ms)?;
            Some((at, meter, record))
        });
        loop {
            let batch: Vec<_> = unwritten.by_ref().take(limits::USAGE_WRITES_MAX).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let mut tx = self.store.begin().await;
            for (at, _, record) in &batch {
                tx.put(&USAGE, at, record)?;
            }
            tx.commit().await?;
            for (_, meter, record) in batch {
                meter.set_written(record);
            }
        }
    }

    /// Starts writing what is counted, until the service is dropped.
    pub fn start_writing_usage(self: &Arc<Self>) {
        let service = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(limits::USAGE_WRITE_S));
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let Some(service) = service.upgrade() else {
                    return;
                };
                if let Err(error) = service.write_usage().await {
                    tracing::error!(%error, "usage of API keys could not be written");
                }
            }
        });
    }

    /// Makes live exactly what the store says of keys and plans.
    pub(crate) async fn load_plans(&self) -> Result<(), Error> {
        let _turn = self.plans_turn.lock().await;
        self.plans.clear();
        for (at, key) in everything(&self.store, &API_KEYS).await? {
            self.plans.put_key(&at, &key);
        }
        let now_ms = self.now_ms();
        for (at, plan) in everything(&self.store, &USAGE_PLANS).await? {
            self.plans.put_plan(&at, &plan, now_ms);
        }
        let usage = everything(&self.store, &USAGE).await?;
        let mut usage: HashMap<String, UsageRecord> = usage.into_iter().collect();
        let mut by_plan: BTreeMap<String, Vec<(String, UsageRecord)>> = BTreeMap::new();
        for (at, _) in everything(&self.store, &PLAN_KEYS).await? {
            if let Some((plan_key, key_id)) = at.rsplit_once('/') {
                let used = usage.remove(&at).unwrap_or_default();
                let keys = by_plan.entry(plan_key.to_owned()).or_default();
                keys.push((key_id.to_owned(), used));
            }
        }
        for (plan_key, keys) in by_plan {
            self.plans.add_plan_keys(&plan_key, keys);
        }
        // Counts of keys that left their plans and may come back.
        for (at, used) in usage {
            self.plans.keep_count(&at, used);
        }
        Ok(())
    }
}

/// Every record of a table.
async fn everything<R: Record>(store: &Store, table: &Table<R>) -> Result<Vec<(String, R)>, Error> {
    let mut all: Vec<(String, R)> = Vec::new();
    loop {
        let after = all.last().map(|(last, _)| last.as_str());
        let page = store.scan(table, "", after, SCAN_MAX).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_bounded() {
        for (start, end, fits) in [
            ("2026-11-22", "2026-11-22", true),
            ("2026-11-22", "2026-11-21", false),
            ("2028-01-01", "2028-12-31", true),
            ("2028-01-01", "2029-01-01", false),
            ("22.11.2026", "2026-11-22", false),
            ("", "2026-11-22", false),
            ("1969-12-31", "2026-11-22", false),
        ] {
            assert_eq!(days(start, end).is_ok(), fits, "{start} {end}");
        }
    }
}
