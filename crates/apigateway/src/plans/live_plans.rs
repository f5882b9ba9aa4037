//! What usage plans say, in memory, for the data plane.
//!
//! Two forms: the book, which the control plane edits under a lock, and per stage an immutable
//! [`StagePlans`] that the data plane reads without one. A change makes the stages anew that it
//! touches; keys keep their meters, so a change of a plan resets no count.

use crate::plans::{
    meter::Meter,
    quota::Quota,
    record_plans::{ApiKeyRecord, ThrottleRecord, UsagePlanRecord, UsageRecord},
};
use arc_swap::ArcSwap;
use ports::{PlanKey, StagePlan, StagePlans, Throttle, UsagePlans};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use stdx::TimestampMs;

/// By API id, then stage.
type Stages = HashMap<String, HashMap<String, Arc<StagePlans>>>;
/// An API id and a stage.
type At = (String, String);

/// The usage plans of every account.
#[derive(Debug, Default)]
pub struct LivePlans {
    stages: ArcSwap<Stages>,
    book: Mutex<Book>,
}

/// Keys of all maps are those of the store.
#[derive(Debug, Default)]
struct Book {
    plans: BTreeMap<String, BookPlan>,
    api_keys: BTreeMap<String, BookKey>,
    /// By `{plan key}/{key id}`.
    meters: BTreeMap<String, Arc<Meter>>,
}

#[derive(Debug)]
struct BookPlan {
    record: UsagePlanRecord,
    quota: Option<Quota>,
    /// Keys of `Book::api_keys`.
    keys: BTreeSet<String>,
}

#[derive(Debug)]
struct BookKey {
    id: Arc<str>,
    value: String,
    is_enabled: bool,
}

impl LivePlans {
    /// Forgets everything, at start and after the store was emptied.
    pub fn clear(&self) {
        *self.book() = Book::default();
        self.stages.store(Arc::default());
    }

    /// A new or changed key.
    pub fn put_key(&self, store_key: &str, record: &ApiKeyRecord) {
        let mut book = self.book();
        let known = BookKey {
            id: record.id.as_str().into(),
            value: record.value.clone(),
            is_enabled: record.enabled,
        };
        book.api_keys.insert(store_key.to_owned(), known);
        let at = book.stages_of_key(store_key);
        self.publish(&book, store_key, at);
    }

    /// A key is gone from everywhere.
    pub fn remove_key(&self, store_key: &str) {
        let mut book = self.book();
        let at = book.stages_of_key(store_key);
        if let Some(gone) = book.api_keys.remove(store_key) {
            let (owner, end) = (owner_of(store_key), format!("/{}", gone.id));
            book.meters
                .retain(|name, _| !(name.starts_with(owner) && name.ends_with(&end)));
        }
        for plan in book.plans.values_mut() {
            plan.keys.remove(store_key);
        }
        self.publish(&book, store_key, at);
    }

    /// A new or changed plan; its keys stay.
    pub fn put_plan(&self, store_key: &str, record: &UsagePlanRecord, now_ms: TimestampMs) {
        let mut book = self.book();
        let quota = record.quota.as_ref().and_then(Quota::of);
        let before = book.plans.remove(store_key);
        let mut at: BTreeSet<At> = stages_of(record).collect();
        at.extend(before.iter().flat_map(|plan| stages_of(&plan.record)));
        let plan = BookPlan {
            record: record.clone(),
            quota,
            keys: before.map(|plan| plan.keys).unwrap_or_default(),
        };
        book.plans.insert(store_key.to_owned(), plan);
        for meter in book.meters_of(store_key) {
            meter.set_quota(quota, now_ms);
        }
        self.publish(&book, store_key, at);
    }

    /// A plan is gone.
    pub fn remove_plan(&self, store_key: &str) {
        let mut book = self.book();
        let gone = book.plans.remove(store_key);
        let at = gone.iter().flat_map(|plan| stages_of(&plan.record));
        let at = at.collect();
        let prefix = format!("{store_key}/");
        book.meters.retain(|name, _| !name.starts_with(&prefix));
        self.publish(&book, store_key, at);
    }

    /// A plan has more keys, by id, which go on where their use stopped unless they are counted
    /// already.
    pub fn add_plan_keys(&self, plan_key: &str, keys: Vec<(String, UsageRecord)>) {
        let mut book = self.book();
        let Book { plans, meters, .. } = &mut *book;
        let Some(plan) = plans.get_mut(plan_key) else {
            return;
        };
        for (key_id, usage) in keys {
            plan.keys.insert(format!("{}{key_id}", owner_of(plan_key)));
            let quota = plan.quota;
            meters
                .entry(format!("{plan_key}/{key_id}"))
                .or_insert_with(|| Arc::new(Meter::resumed(usage, quota)));
        }
        let at = stages_of(&plan.record).collect();
        self.publish(&book, plan_key, at);
    }

    /// The count of a key that left its plan, by its key in the store.
    pub fn keep_count(&self, at: &str, usage: UsageRecord) {
        let mut book = self.book();
        let Some((plan_key, _)) = at.rsplit_once('/') else {
            return;
        };
        let quota = book.plans.get(plan_key).and_then(|plan| plan.quota);
        let meter = Arc::new(Meter::resumed(usage, quota));
        book.meters.insert(at.to_owned(), meter);
    }

    /// A plan has one key less. Its count stays: adding the key again does not give it a new quota.
    pub fn remove_plan_key(&self, plan_key: &str, key_key: &str) {
        let mut book = self.book();
        let Some(plan) = book.plans.get_mut(plan_key) else {
            return;
        };
        plan.keys.remove(key_key);
        let at = stages_of(&plan.record).collect();
        self.publish(&book, plan_key, at);
    }

    /// The count of a key under a plan.
    pub fn meter(&self, plan_key: &str, key_id: &str) -> Option<Arc<Meter>> {
        let name = format!("{plan_key}/{key_id}");
        self.book().meters.get(&name).cloned()
    }

    /// Every count, by its key in the store.
    pub fn meters(&self) -> Vec<(String, Arc<Meter>)> {
        let book = self.book();
        let meters = book.meters.iter();
        meters
            .map(|(name, one)| (name.clone(), one.clone()))
            .collect()
    }

    /// Makes these stages of an account anew. `store_key` is one of the account's.
    fn publish(&self, book: &Book, store_key: &str, at: BTreeSet<At>) {
        if at.is_empty() {
            return;
        }
        let mut stages = Stages::clone(&self.stages.load());
        for (api_id, stage) in at {
            match book.stage(owner_of(store_key), &api_id, &stage) {
                Some(plans) => {
                    let of_api = stages.entry(api_id).or_default();
                    of_api.insert(stage, Arc::new(plans));
                }
                None => {
                    if let Some(of_api) = stages.get_mut(&api_id) {
                        of_api.remove(&stage);
                    }
                }
            }
        }
        // INVARIANT: the book is locked, so no other change comes between load and store.
        self.stages.store(Arc::new(stages));
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UsagePlans for LivePlans {
    fn find(&self, api_id: &str, stage: &str) -> Option<Arc<StagePlans>> {
        self.stages.load().get(api_id)?.get(stage).cloned()
    }
}

impl Book {
    fn stages_of_key(&self, store_key: &str) -> BTreeSet<At> {
        let plans = self.plans.values();
        plans
            .filter(|plan| plan.keys.contains(store_key))
            .flat_map(|plan| stages_of(&plan.record))
            .collect()
    }

    fn meters_of(&self, plan_key: &str) -> Vec<Arc<Meter>> {
        let prefix = format!("{plan_key}/");
        let from = self.meters.range(prefix.clone()..);
        from.take_while(|(name, _)| name.starts_with(&prefix))
            .map(|(_, meter)| meter.clone())
            .collect()
    }

    /// What the plans of an owner say about a stage; none when no plan names it.
    fn stage(&self, owner: &str, api_id: &str, stage: &str) -> Option<StagePlans> {
        let mut made: Option<StagePlans> = None;
        let plans = self.plans.range(owner.to_owned()..);
        for (plan_key, plan) in plans.take_while(|(key, _)| key.starts_with(owner)) {
            let mut named = plan.record.api_stages.iter();
            let Some(of_stage) = named.find(|one| one.api_id == api_id && one.stage == stage)
            else {
                continue;
            };
            let shown = Arc::new(StagePlan {
                plan_id: plan.record.id.clone(),
                throttle: plan.record.throttle.map(live_throttle),
                method_throttles: of_stage
                    .throttle
                    .iter()
                    .map(|(method, throttle)| (method.clone(), live_throttle(*throttle)))
                    .collect(),
            });
            let keys = &mut made.get_or_insert_default().keys;
            let known = plan.keys.iter().filter_map(|key| self.api_keys.get(key));
            for key in known {
                let Some(meter) = self.meters.get(&format!("{plan_key}/{}", key.id)) else {
                    continue;
                };
                let plan_key = PlanKey {
                    key_id: key.id.clone(),
                    is_enabled: key.is_enabled,
                    plan: shown.clone(),
                    meter: meter.clone(),
                };
                keys.insert(key.value.clone(), plan_key);
            }
        }
        made
    }
}

/// `{account}/{region}/` of a key in the store.
fn owner_of(store_key: &str) -> &str {
    let mut slashes = store_key.match_indices('/');
    let end = slashes.nth(1).map_or(store_key.len(), |(at, _)| at + 1);
    store_key.get(..end).unwrap_or(store_key)
}

fn stages_of(record: &UsagePlanRecord) -> impl Iterator<Item = At> + '_ {
    let stages = record.api_stages.iter();
    stages.map(|one| (one.api_id.clone(), one.stage.clone()))
}

fn live_throttle(record: ThrottleRecord) -> Throttle {
    Throttle {
        rate_per_s: record.rate_limit,
        burst: u32::try_from(record.burst_limit).unwrap_or(0),
    }
}
