//! API keys.
//!
//! A key opens nothing by itself: only a usage plan that has it and names the stage does.

use crate::{
    ApiGateway, Error, ID_ALPHABET, limits, not_enforced, page, patch,
    patch::{Op, Patch},
    plans::{
        record_plans::{
            API_KEY_VALUES, API_KEYS, ApiKeyRecord, ApiKeyValueRecord, PLAN_KEYS, USAGE,
            owner_prefix,
        },
        usage_plan,
    },
    record::APIS,
    tags,
};
use api::apigateway as wire;
use ports::Call;
use smithy::{ServiceError, Timestamp};
use std::sync::Arc;
use store::{SCAN_MAX, Tx};

/// Characters of a key's id and of a value that is made here.
const ID_LENGTH: usize = 10;
const VALUE_LENGTH: usize = 40;
const VALUE_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The paths that AWS names when it knows none of them.
const KNOWN: &str = "/description, /enabled, /name, /customerId";

/// CreateApiKey.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateApiKeyRequest,
) -> Result<wire::ApiKey, ServiceError> {
    let made = service.add_api_key(&call, input).await?;
    Ok(show(&made, Shown::WITH_VALUE))
}

/// GetApiKey.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetApiKeyRequest,
) -> Result<wire::ApiKey, ServiceError> {
    let key = format!("{}{}", owner_prefix(&call), input.api_key);
    let found = service.store.get(&API_KEYS, &key).await;
    let found = found.map_err(Error::from)?.ok_or_else(unknown)?;
    let shown = Shown {
        value: input.include_value.unwrap_or_default(),
        empty_tags: true,
    };
    Ok(show(&found, shown))
}

/// GetApiKeys, newest first; `name` is a prefix.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetApiKeysRequest,
) -> Result<wire::ApiKeys, ServiceError> {
    let name = input.name_query.unwrap_or_default();
    let all = service.api_keys(&call).await?.into_iter();
    let kept = all
        .filter(|key| key.name.as_deref().unwrap_or_default().starts_with(&name))
        .filter(|key| input.customer_id.is_none() || key.customer_id == input.customer_id)
        .map(|key| (newest_first(key.created_ms, &key.id), key));
    let mut sorted: Vec<_> = kept.collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let page = page::cut(sorted, input.limit, input.position.as_deref());
    let shown = Shown {
        value: input.include_values.unwrap_or_default(),
        empty_tags: false,
    };
    Ok(wire::ApiKeys {
        items: Some(page.items.iter().map(|key| show(key, shown)).collect()),
        position: page.position,
        warnings: None,
    })
}

/// UpdateApiKey.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateApiKeyRequest,
) -> Result<wire::ApiKey, ServiceError> {
    let patches = patch::parse(input.patch_operations)?;
    let changed = service
        .change_api_key(&call, &input.api_key, |record| {
            patches.iter().try_for_each(|patch| apply(record, patch))
        })
        .await?;
    let shown = Shown {
        value: false,
        empty_tags: true,
    };
    Ok(show(&changed, shown))
}

/// DeleteApiKey, out of every plan too.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteApiKeyRequest,
) -> Result<wire::DeleteApiKeyOutput, ServiceError> {
    service.remove_api_key(&call, &input.api_key).await?;
    Ok(wire::DeleteApiKeyOutput::default())
}

/// The 404 of a key that the caller's account does not have.
pub fn unknown() -> Error {
    Error::not_found("Invalid API Key identifier specified")
}

/// Sorts by descending time, as recorded.
pub fn newest_first(created_ms: i64, id: &str) -> String {
    format!("{:020}{id}", i64::MAX - created_ms)
}

#[derive(Clone, Copy)]
struct Shown {
    value: bool,
    empty_tags: bool,
}

impl Shown {
    /// Creating shows the value and no empty tags, as recorded.
    const WITH_VALUE: Self = Self {
        value: true,
        empty_tags: false,
    };
}

fn show(record: &ApiKeyRecord, shown: Shown) -> wire::ApiKey {
    wire::ApiKey {
        id: Some(record.id.clone()),
        value: shown.value.then(|| record.value.clone()),
        name: record.name.clone(),
        customer_id: record.customer_id.clone(),
        description: record.description.clone(),
        enabled: Some(record.enabled),
        created_date: Some(seconds(record.created_ms)),
        last_updated_date: Some(seconds(record.updated_ms)),
        stage_keys: Some(record.stage_keys.clone()),
        tags: (shown.empty_tags || !record.tags.is_empty()).then(|| record.tags.clone()),
    }
}

/// AWS's times have no fractions here.
fn seconds(ms: i64) -> Timestamp {
    Timestamp(ms.div_euclid(1_000) * 1_000)
}

/// Passes a value of AWS's length.
///
/// # Errors
/// AWS's sentences.
pub fn check_value(value: &str) -> Result<(), Error> {
    let (min, max) = limits::API_KEY_VALUE_CHARS;
    match value.chars().count() {
        short if short < min => Err(Error::bad(format!(
            "API Key value should be at least {min} characters"
        ))),
        long if long > max => Err(Error::bad(format!(
            "API Key value exceeds maximum size of {max} characters"
        ))),
        _ => Ok(()),
    }
}

fn check(record: &ApiKeyRecord) -> Result<(), Error> {
    let chars = |text: &Option<String>| text.as_deref().map_or(0, |text| text.chars().count());
    if chars(&record.name) > limits::API_KEY_NAME_MAX {
        return Err(Error::bad(
            "Invalid API Key name, can be at most 1024 characters.",
        ));
    }
    if chars(&record.description) > limits::API_KEY_DESCRIPTION_MAX {
        return Err(Error::bad("Invalid API Key description specified."));
    }
    check_value(&record.value)
}

fn apply(record: &mut ApiKeyRecord, patch: &Patch) -> Result<(), Error> {
    let path = patch.at();
    if path.as_slice() == ["stages"] && matches!(patch.op, Op::Add | Op::Remove) {
        let stage = patch.text();
        record.stage_keys.retain(|known| *known != stage);
        if patch.op == Op::Add {
            not_enforced::warn_no_effect("ApiKey.stageKeys");
            record.stage_keys.push(stage);
        }
        return Ok(());
    }
    let known = ["description", "enabled", "name", "customerId"];
    if !matches!(path.as_slice(), [member] if known.contains(member)) {
        return Err(patch.refuse_path_widely(KNOWN));
    }
    if patch.op != Op::Replace {
        return Err(patch.refuse_op());
    }
    match path.as_slice() {
        ["description"] => record.description = patch.some_text(),
        ["name"] => record.name = patch.some_text(),
        ["customerId"] => record.customer_id = patch.some_text(),
        _ => record.enabled = patch.truth(),
    }
    Ok(())
}

impl ApiGateway {
    /// Every key of the caller's account and region, by id.
    pub(crate) async fn api_keys(&self, call: &Call) -> Result<Vec<ApiKeyRecord>, Error> {
        let prefix = owner_prefix(call);
        let mut all: Vec<ApiKeyRecord> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self
                .store
                .scan(&API_KEYS, &prefix, after.as_deref(), SCAN_MAX)
                .await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            all.extend(page.into_iter().map(|(_, record)| record));
        }
        Ok(all)
    }

    async fn add_api_key(
        &self,
        call: &Call,
        input: wire::CreateApiKeyRequest,
    ) -> Result<ApiKeyRecord, Error> {
        let _turn = self.plans_turn.lock().await;
        let held = self.api_keys(call).await?;
        let is_taken = |id: &str| held.iter().any(|key| key.id == id);
        if held.len() >= limits::API_KEYS_MAX {
            // UNVERIFIED: AWS's text.
            return Err(Error::LimitExceeded(
                "Maximum number of API keys has been reached. Please contact AWS if you need \
                 additional API keys."
                    .into(),
            ));
        }
        let mut tx = self.store.begin().await;
        let stage_keys = stage_keys(&tx, call, input.stage_keys.unwrap_or_default()).await?;
        let now_ms = self.now_ms();
        let record = ApiKeyRecord {
            id: self.id(ID_LENGTH, is_taken),
            value: input
                .value
                .filter(|value| !value.is_empty())
                .unwrap_or_else(|| self.ids.text(VALUE_ALPHABET, VALUE_LENGTH)),
            name: input.name.filter(|name| !name.is_empty()),
            description: input.description.filter(|text| !text.is_empty()),
            customer_id: input.customer_id.filter(|id| !id.is_empty()),
            enabled: input.enabled.unwrap_or_default(),
            stage_keys,
            tags: tags::checked(input.tags.unwrap_or_default())?,
            created_ms: now_ms,
            updated_ms: now_ms,
        };
        check(&record)?;
        if id_of_value(&tx, call, &record.value).await?.is_some() {
            return Err(Error::conflict("API Key already exists"));
        }
        let key = put(&mut tx, call, &record)?;
        tx.commit().await?;
        self.plans.put_key(&key, &record);
        Ok(record)
    }

    /// A key as `ImportApiKeys` wants it: made, or changed when its value is known.
    ///
    /// The caller holds `plans_turn` and publishes after the commit.
    pub(crate) async fn upsert_api_key(
        &self,
        tx: &mut Tx,
        call: &Call,
        wanted: ApiKeyRecord,
    ) -> Result<ApiKeyRecord, Error> {
        check(&wanted)?;
        let now_ms = self.now_ms();
        let known = match id_of_value(tx, call, &wanted.value).await? {
            None => None,
            Some(id) => {
                let key = format!("{}{id}", owner_prefix(call));
                tx.get(&API_KEYS, &key).await?
            }
        };
        let record = match known {
            Some(known) => ApiKeyRecord {
                name: wanted.name,
                description: wanted.description,
                enabled: wanted.enabled,
                updated_ms: now_ms,
                ..known
            },
            None => ApiKeyRecord {
                // 36^10 ids: a collision is caught by the look-up, not expected.
                id: self.ids.text(ID_ALPHABET, ID_LENGTH),
                created_ms: now_ms,
                updated_ms: now_ms,
                ..wanted
            },
        };
        put(tx, call, &record)?;
        Ok(record)
    }

    /// Changes one key and what it opens.
    pub(crate) async fn change_api_key(
        &self,
        call: &Call,
        id: &str,
        change: impl FnOnce(&mut ApiKeyRecord) -> Result<(), Error> + Send,
    ) -> Result<ApiKeyRecord, Error> {
        let _turn = self.plans_turn.lock().await;
        let mut tx = self.store.begin().await;
        let key = format!("{}{id}", owner_prefix(call));
        let mut record = tx.get(&API_KEYS, &key).await?.ok_or_else(unknown)?;
        change(&mut record)?;
        check(&record)?;
        record.updated_ms = self.now_ms();
        tx.put(&API_KEYS, &key, &record)?;
        tx.commit().await?;
        self.plans.put_key(&key, &record);
        Ok(record)
    }

    async fn remove_api_key(&self, call: &Call, id: &str) -> Result<(), Error> {
        let _turn = self.plans_turn.lock().await;
        let mut tx = self.store.begin().await;
        let prefix = owner_prefix(call);
        let key = format!("{prefix}{id}");
        let record = tx.get(&API_KEYS, &key).await?.ok_or_else(unknown)?;
        tx.delete(&API_KEYS, &key);
        tx.delete(&API_KEY_VALUES, &format!("{prefix}{}", record.value));
        for plan in usage_plan::all(&tx, call).await? {
            let of_plan = format!("{prefix}{}/{id}", plan.id);
            tx.delete(&PLAN_KEYS, &of_plan);
            tx.delete(&USAGE, &of_plan);
        }
        tx.commit().await?;
        self.plans.remove_key(&key);
        Ok(())
    }
}

/// Which key of the account has this value.
async fn id_of_value(tx: &Tx, call: &Call, value: &str) -> Result<Option<String>, Error> {
    let at = format!("{}{value}", owner_prefix(call));
    let found: Option<ApiKeyValueRecord> = tx.get(&API_KEY_VALUES, &at).await?;
    Ok(found.map(|record| record.key_id))
}

fn put(tx: &mut Tx, call: &Call, record: &ApiKeyRecord) -> Result<String, Error> {
    let prefix = owner_prefix(call);
    let key = format!("{prefix}{}", record.id);
    tx.put(&API_KEYS, &key, record)?;
    let value = ApiKeyValueRecord {
        key_id: record.id.clone(),
    };
    tx.put(
        &API_KEY_VALUES,
        &format!("{prefix}{}", record.value),
        &value,
    )?;
    Ok(key)
}

/// Stages of the caller's APIs as keys list them.
async fn stage_keys(
    tx: &Tx,
    call: &Call,
    wanted: Vec<wire::StageKey>,
) -> Result<Vec<String>, Error> {
    let mut keys = Vec::new();
    for one in wanted {
        let (api, stage) = (
            one.rest_api_id.unwrap_or_default(),
            one.stage_name.unwrap_or_default(),
        );
        let found = tx.get(&APIS, &api).await?;
        let record = crate::edit::own(call, &api, found)
            .map_err(|error| error.or_without_api(Error::unknown_stage()))?;
        if !record.stages.contains_key(&stage) {
            return Err(Error::unknown_stage());
        }
        not_enforced::warn_no_effect("ApiKey.stageKeys");
        keys.push(format!("{api}/{stage}"));
    }
    Ok(keys)
}
