//! Usage plans: which keys open which stages, how fast, how often.

use crate::{
    ApiGateway, Error, ID_LENGTH, limits, page, patch,
    plans::{
        api_key, quota,
        record_plans::{
            ApiStageRecord, PLAN_KEYS, ThrottleRecord, USAGE, USAGE_PLANS, UsagePlanRecord,
            owner_prefix,
        },
        usage_plan_patch,
    },
    record::APIS,
    tags,
};
use api::apigateway as wire;
use ports::Call;
use smithy::ServiceError;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{SCAN_MAX, Tx};

/// CreateUsagePlan.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateUsagePlanRequest,
) -> Result<wire::UsagePlan, ServiceError> {
    let made = service.add_usage_plan(&call, input).await?;
    Ok(show(&made, false))
}

/// GetUsagePlan.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetUsagePlanRequest,
) -> Result<wire::UsagePlan, ServiceError> {
    let plan = service.usage_plan(&call, &input.usage_plan_id).await?;
    Ok(show(&plan, true))
}

/// GetUsagePlans, newest first: all, or those of one key.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetUsagePlansRequest,
) -> Result<wire::UsagePlans, ServiceError> {
    let tx = service.store.begin().await;
    let mut kept = Vec::new();
    for plan in all(&tx, &call).await? {
        let is_wanted = match &input.key_id {
            None => true,
            Some(key) => has_key(&tx, &call, &plan.id, key).await?,
        };
        if is_wanted {
            kept.push((api_key::newest_first(plan.created_ms, &plan.id), plan));
        }
    }
    drop(tx);
    kept.sort_by(|(a, _), (b, _)| a.cmp(b));
    let page = page::cut(kept, input.limit, input.position.as_deref());
    Ok(wire::UsagePlans {
        items: Some(page.items.iter().map(|plan| show(plan, false)).collect()),
        position: page.position,
    })
}

/// UpdateUsagePlan.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateUsagePlanRequest,
) -> Result<wire::UsagePlan, ServiceError> {
    let patches = patch::parse(input.patch_operations)?;
    let changed = service
        .change_usage_plan(&call, &input.usage_plan_id, |plan| {
            for patch in &patches {
                usage_plan_patch::apply(plan, patch)?;
            }
            usage_plan_patch::check_whole(plan)
        })
        .await?;
    Ok(show(&changed, true))
}

/// DeleteUsagePlan; a plan that names stages stays.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteUsagePlanRequest,
) -> Result<wire::DeleteUsagePlanOutput, ServiceError> {
    service
        .remove_usage_plan(&call, &input.usage_plan_id)
        .await?;
    Ok(wire::DeleteUsagePlanOutput::default())
}

/// The 404 of a plan that the caller's account does not have.
pub fn unknown() -> Error {
    Error::not_found("Invalid Usage Plan ID specified")
}

/// Every plan of the caller's account and region, by id.
pub async fn all(tx: &Tx, call: &Call) -> Result<Vec<UsagePlanRecord>, Error> {
    // One page is more than an account may have.
    const { assert!(SCAN_MAX >= limits::USAGE_PLANS_MAX) };
    let page = tx
        .scan(&USAGE_PLANS, &owner_prefix(call), None, SCAN_MAX)
        .await?;
    Ok(page.into_iter().map(|(_, plan)| plan).collect())
}

/// Whether a plan has a key.
pub async fn has_key(tx: &Tx, call: &Call, plan_id: &str, key_id: &str) -> Result<bool, Error> {
    let at = format!("{}{plan_id}/{key_id}", owner_prefix(call));
    Ok(tx.get(&PLAN_KEYS, &at).await?.is_some())
}

/// The keys of a plan, by id, with the time at which each came in.
pub async fn keys_of(tx: &Tx, call: &Call, plan_id: &str) -> Result<Vec<(String, i64)>, Error> {
    let prefix = format!("{}{plan_id}/", owner_prefix(call));
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = tx
            .scan(&PLAN_KEYS, &prefix, after.as_deref(), SCAN_MAX)
            .await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        let ids = page.iter().filter_map(|(at, record)| {
            let id = at.strip_prefix(&prefix)?.to_owned();
            Some((id, record.added_ms))
        });
        all.extend(ids);
    }
    Ok(all)
}

fn show(plan: &UsagePlanRecord, shows_empty_tags: bool) -> wire::UsagePlan {
    let stage = |one: &ApiStageRecord| wire::ApiStage {
        api_id: Some(one.api_id.clone()),
        stage: Some(one.stage.clone()),
        throttle: (!one.throttle.is_empty()).then(|| {
            let throttles = one.throttle.iter();
            throttles
                .map(|(method, throttle)| (method.clone(), show_throttle(*throttle)))
                .collect()
        }),
    };
    wire::UsagePlan {
        id: Some(plan.id.clone()),
        name: Some(plan.name.clone()),
        description: plan.description.clone(),
        api_stages: Some(plan.api_stages.iter().map(stage).collect()),
        throttle: plan.throttle.map(show_throttle),
        quota: plan.quota.as_ref().map(quota::show),
        product_code: plan.product_code.clone(),
        tags: (shows_empty_tags || !plan.tags.is_empty()).then(|| plan.tags.clone()),
    }
}

fn show_throttle(throttle: ThrottleRecord) -> wire::ThrottleSettings {
    wire::ThrottleSettings {
        burst_limit: Some(throttle.burst_limit),
        rate_limit: Some(throttle.rate_limit),
    }
}

/// A throttle from the wire. UNVERIFIED: an absent member counts as 0, which lets nobody pass: it
/// restricts more than a guess at "unlimited" would.
fn read_throttle(throttle: &wire::ThrottleSettings) -> Result<ThrottleRecord, Error> {
    let record = ThrottleRecord {
        burst_limit: throttle.burst_limit.unwrap_or(0),
        rate_limit: throttle.rate_limit.unwrap_or(0.0),
    };
    usage_plan_patch::check_throttle(&record)?;
    Ok(record)
}

fn read_stage(stage: wire::ApiStage) -> Result<ApiStageRecord, Error> {
    let (Some(api_id), Some(name)) = (
        stage.api_id.filter(|id| !id.is_empty()),
        stage.stage.filter(|name| !name.is_empty()),
    ) else {
        // AWS forgets to fill its template in (aws/aws-sdk issue 354).
        return Err(Error::bad(
            "Invalid API Stage {api: %s, stage: %s} specified for usageplan %s",
        ));
    };
    let mut throttle = BTreeMap::new();
    for (method, settings) in stage.throttle.unwrap_or_default() {
        let method = usage_plan_patch::method_key(&method)?;
        throttle.insert(method, read_throttle(&settings)?);
    }
    Ok(ApiStageRecord {
        api_id,
        stage: name,
        throttle,
    })
}

/// Passes a plan whose stages are stages of the caller's APIs.
async fn check_stages(tx: &Tx, call: &Call, plan: &UsagePlanRecord) -> Result<(), Error> {
    for one in &plan.api_stages {
        let found = tx.get(&APIS, &one.api_id).await?;
        let record = crate::edit::own(call, &one.api_id, found).ok();
        if !record.is_some_and(|record| record.stages.contains_key(&one.stage)) {
            return Err(Error::not_found(format!(
                "Invalid API Stage {{api: {}, stage: {}}} specified for usageplan {}",
                one.api_id, one.stage, plan.id
            )));
        }
    }
    Ok(())
}

/// Passes a plan of which no key opens one of these stages through another plan.
///
/// # Errors
/// UNVERIFIED: AWS's text; the rule is documented ("Usage plans and API keys for REST APIs").
pub async fn check_keys(
    tx: &Tx,
    call: &Call,
    plan: &UsagePlanRecord,
    keys: &[String],
) -> Result<(), Error> {
    let stages: BTreeSet<(&str, &str)> = stage_set(plan).collect();
    for other in all(tx, call).await? {
        let shared = stage_set(&other).find(|stage| stages.contains(stage));
        let Some((api, stage)) = shared.filter(|_| other.id != plan.id) else {
            continue;
        };
        for key in keys {
            if has_key(tx, call, &other.id, key).await? {
                return Err(Error::conflict(format!(
                    "API Key {key} is already associated with API Stage {api}:{stage} through \
                     Usage Plan {}",
                    other.id
                )));
            }
        }
    }
    Ok(())
}

fn stage_set(plan: &UsagePlanRecord) -> impl Iterator<Item = (&str, &str)> {
    let stages = plan.api_stages.iter();
    stages.map(|one| (one.api_id.as_str(), one.stage.as_str()))
}

impl ApiGateway {
    /// A plan of the caller's account and region.
    pub(crate) async fn usage_plan(&self, call: &Call, id: &str) -> Result<UsagePlanRecord, Error> {
        let key = format!("{}{id}", owner_prefix(call));
        let found = self.store.get(&USAGE_PLANS, &key).await?;
        found.ok_or_else(unknown)
    }

    async fn add_usage_plan(
        &self,
        call: &Call,
        input: wire::CreateUsagePlanRequest,
    ) -> Result<UsagePlanRecord, Error> {
        let _turn = self.plans_turn.lock().await;
        let mut tx = self.store.begin().await;
        let held = all(&tx, call).await?;
        if held.len() >= limits::USAGE_PLANS_MAX {
            // UNVERIFIED: AWS's text.
            return Err(Error::LimitExceeded(
                "Maximum number of usage plans has been reached. Please contact AWS if you need \
                 additional usage plans."
                    .into(),
            ));
        }
        let stages = input.api_stages.unwrap_or_default().into_iter();
        let plan = UsagePlanRecord {
            id: self.id(ID_LENGTH, |id| held.iter().any(|plan| plan.id == id)),
            name: input.name,
            description: input.description.filter(|text| !text.is_empty()),
            api_stages: stages.map(read_stage).collect::<Result<_, _>>()?,
            throttle: input.throttle.as_ref().map(read_throttle).transpose()?,
            quota: input.quota.map(quota::read).transpose()?,
            product_code: None,
            tags: tags::checked(input.tags.unwrap_or_default())?,
            created_ms: self.now_ms(),
        };
        usage_plan_patch::check_whole(&plan)?;
        check_stages(&tx, call, &plan).await?;
        let key = format!("{}{}", owner_prefix(call), plan.id);
        tx.put(&USAGE_PLANS, &key, &plan)?;
        tx.commit().await?;
        self.plans.put_plan(&key, &plan, self.now_ms());
        Ok(plan)
    }

    /// Changes one plan and what it opens.
    pub(crate) async fn change_usage_plan(
        &self,
        call: &Call,
        id: &str,
        change: impl FnOnce(&mut UsagePlanRecord) -> Result<(), Error> + Send,
    ) -> Result<UsagePlanRecord, Error> {
        let _turn = self.plans_turn.lock().await;
        let mut tx = self.store.begin().await;
        let key = format!("{}{id}", owner_prefix(call));
        let before = tx.get(&USAGE_PLANS, &key).await?.ok_or_else(unknown)?;
        let mut plan = before.clone();
        change(&mut plan)?;
        // A stage that was deleted since may stay: plans and stages come and go apart.
        let known: BTreeSet<_> = stage_set(&before).collect();
        let added = plan.api_stages.iter();
        let added = added.filter(|one| !known.contains(&(one.api_id.as_str(), one.stage.as_str())));
        let news = UsagePlanRecord {
            id: plan.id.clone(),
            api_stages: added.cloned().collect(),
            ..UsagePlanRecord::default()
        };
        check_stages(&tx, call, &news).await?;
        if !news.api_stages.is_empty() {
            let keys = keys_of(&tx, call, id).await?.into_iter();
            let keys: Vec<String> = keys.map(|(id, _)| id).collect();
            check_keys(&tx, call, &news, &keys).await?;
        }
        tx.put(&USAGE_PLANS, &key, &plan)?;
        tx.commit().await?;
        self.plans.put_plan(&key, &plan, self.now_ms());
        Ok(plan)
    }

    async fn remove_usage_plan(&self, call: &Call, id: &str) -> Result<(), Error> {
        let _turn = self.plans_turn.lock().await;
        let mut tx = self.store.begin().await;
        let key = format!("{}{id}", owner_prefix(call));
        let plan = tx.get(&USAGE_PLANS, &key).await?.ok_or_else(unknown)?;
        if let Some((api, stage)) = stage_set(&plan).next() {
            return Err(Error::bad(format!(
                "Cannot delete Usage Plan {id} because there are API Stages associated with it, \
                 including {api}:{stage}"
            )));
        }
        for (key_id, _) in keys_of(&tx, call, id).await? {
            tx.delete(&PLAN_KEYS, &format!("{key}/{key_id}"));
        }
        // Counts stay when a key leaves a plan, so there may be more of them than keys.
        for (at, _) in self.plans.meters() {
            if at.starts_with(&format!("{key}/")) {
                tx.delete(&USAGE, &at);
            }
        }
        tx.delete(&USAGE_PLANS, &key);
        tx.commit().await?;
        self.plans.remove_plan(&key);
        Ok(())
    }
}
