//! Keys of a usage plan.

use crate::{
    ApiGateway, Error, limits, page,
    plans::{
        api_key,
        record_plans::{
            API_KEYS, ApiKeyRecord, PLAN_KEYS, PlanKeyRecord, USAGE, USAGE_PLANS, owner_prefix,
        },
        usage_plan,
    },
};
use api::apigateway as wire;
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;
use store::Tx;

/// CreateUsagePlanKey.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateUsagePlanKeyRequest,
) -> Result<wire::UsagePlanKey, ServiceError> {
    if input.key_type != "API_KEY" {
        // UNVERIFIED: AWS's text.
        return Err(Error::bad("Invalid key type. Must be one of: [API_KEY]").into());
    }
    let _turn = service.plans_turn.lock().await;
    let mut tx = service.store.begin().await;
    let now_ms = service.now_ms();
    let key = add(&mut tx, &call, &input.usage_plan_id, &input.key_id, now_ms).await?;
    let at = format!("{}{}/{}", owner_prefix(&call), input.usage_plan_id, key.id);
    let usage = tx.get(&USAGE, &at).await.map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    service.plans.add_plan_keys(
        &format!("{}{}", owner_prefix(&call), input.usage_plan_id),
        vec![(key.id.clone(), usage.unwrap_or_default())],
    );
    Ok(show(&key))
}

/// GetUsagePlanKey.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetUsagePlanKeyRequest,
) -> Result<wire::UsagePlanKey, ServiceError> {
    service.usage_plan(&call, &input.usage_plan_id).await?;
    let prefix = owner_prefix(&call);
    let at = format!("{prefix}{}/{}", input.usage_plan_id, input.key_id);
    let in_plan = service.store.get(&PLAN_KEYS, &at).await;
    in_plan.map_err(Error::from)?.ok_or_else(api_key::unknown)?;
    let key = format!("{prefix}{}", input.key_id);
    let found = service.store.get(&API_KEYS, &key).await;
    let found = found.map_err(Error::from)?.ok_or_else(api_key::unknown)?;
    Ok(show(&found))
}

/// GetUsagePlanKeys, newest first; an unknown plan has none, as recorded.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetUsagePlanKeysRequest,
) -> Result<wire::UsagePlanKeys, ServiceError> {
    let name = input.name_query.unwrap_or_default();
    let prefix = owner_prefix(&call);
    let tx = service.store.begin().await;
    let mut kept = Vec::new();
    for (id, added_ms) in usage_plan::keys_of(&tx, &call, &input.usage_plan_id).await? {
        let found = tx.get(&API_KEYS, &format!("{prefix}{id}")).await;
        let Some(key) = found.map_err(Error::from)? else {
            continue;
        };
        if key.name.as_deref().unwrap_or_default().starts_with(&name) {
            kept.push((api_key::newest_first(added_ms, &id), key));
        }
    }
    drop(tx);
    kept.sort_by(|(a, _), (b, _)| a.cmp(b));
    let page = page::cut(kept, input.limit, input.position.as_deref());
    Ok(wire::UsagePlanKeys {
        items: Some(page.items.iter().map(show).collect()),
        position: page.position,
    })
}

/// DeleteUsagePlanKey.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteUsagePlanKeyRequest,
) -> Result<wire::DeleteUsagePlanKeyOutput, ServiceError> {
    let _turn = service.plans_turn.lock().await;
    service.usage_plan(&call, &input.usage_plan_id).await?;
    let mut tx = service.store.begin().await;
    let prefix = owner_prefix(&call);
    let at = format!("{prefix}{}/{}", input.usage_plan_id, input.key_id);
    let found = tx.get(&PLAN_KEYS, &at).await.map_err(Error::from)?;
    found.ok_or_else(api_key::unknown)?;
    tx.delete(&PLAN_KEYS, &at);
    tx.commit().await.map_err(Error::from)?;
    service.plans.remove_plan_key(
        &format!("{prefix}{}", input.usage_plan_id),
        &format!("{prefix}{}", input.key_id),
    );
    Ok(wire::DeleteUsagePlanKeyOutput::default())
}

/// Puts a key into a plan. The caller holds `plans_turn` and publishes after the commit.
///
/// # Errors
/// 404 for an unknown plan or key; 409 when the key is in the plan, or opens one of its stages
/// through another; 429 when it is in too many.
pub async fn add(
    tx: &mut Tx,
    call: &Call,
    plan_id: &str,
    key_id: &str,
    now_ms: i64,
) -> Result<ApiKeyRecord, Error> {
    let prefix = owner_prefix(call);
    let plan = tx.get(&USAGE_PLANS, &format!("{prefix}{plan_id}")).await?;
    let plan = plan.ok_or_else(usage_plan::unknown)?;
    let key: Option<ApiKeyRecord> = tx.get(&API_KEYS, &format!("{prefix}{key_id}")).await?;
    let key = key.ok_or_else(api_key::unknown)?;
    if usage_plan::has_key(tx, call, plan_id, key_id).await? {
        // UNVERIFIED: AWS's text.
        return Err(Error::conflict(format!(
            "API Key {key_id} is already associated with Usage Plan {plan_id}"
        )));
    }
    usage_plan::check_keys(tx, call, &plan, &[key_id.to_owned()]).await?;
    let mut plans = 0;
    for other in usage_plan::all(tx, call).await? {
        plans += usize::from(usage_plan::has_key(tx, call, &other.id, key_id).await?);
    }
    if plans >= limits::PLANS_OF_KEY_MAX {
        // UNVERIFIED: AWS's text.
        return Err(Error::LimitExceeded(format!(
            "API Key {key_id} is associated with the maximum number of usage plans"
        )));
    }
    let record = PlanKeyRecord { added_ms: now_ms };
    tx.put(&PLAN_KEYS, &format!("{prefix}{plan_id}/{key_id}"), &record)?;
    Ok(key)
}

fn show(key: &ApiKeyRecord) -> wire::UsagePlanKey {
    wire::UsagePlanKey {
        id: Some(key.id.clone()),
        type_: Some("API_KEY".into()),
        value: Some(key.value.clone()),
        name: key.name.clone(),
    }
}
