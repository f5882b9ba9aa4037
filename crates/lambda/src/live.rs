//! Functions ready to be invoked: specs, parsed policies and role sessions, kept in memory.
//!
//! An invocation reads one map under a shared lock and no store. INVARIANT: an entry is never
//! older than the last committed write of this process, because every write forgets the entry
//! after its commit and an entry that was being read meanwhile is not kept (`epoch`).

use crate::Lambda;
use crate::concurrency::{self, Gate, Places, Pool};
use crate::error::LambdaError;
use crate::limits;
use crate::name::{FunctionName, LATEST, Selection};
use crate::provisioned;
use crate::record::{
    ALIASES, AliasRecord, ConfigRecord, EVENT_CONFIGS, EventConfigRecord, FUNCTIONS,
    FunctionRecord, POLICIES, PROVISIONED, PolicyRecord, ProvisionedRecord, RESERVATIONS,
    StateRecord, URLS, UrlRecord, VERSIONS, VersionRecord, child_key,
};
use arc_swap::ArcSwapOption;
use policy::Document;
use ports::{FunctionLogging, FunctionSpec, SessionCredentials};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use store::{Record, Store, Table};

/// Everything about one function that an invocation needs.
pub struct LiveFunction {
    /// The function, without qualifier.
    pub name: FunctionName,
    /// The stored record.
    pub record: FunctionRecord,
    /// `$LATEST`.
    pub latest: Arc<LiveVersion>,
    /// Published versions, by number.
    pub versions: BTreeMap<u64, Arc<LiveVersion>>,
    /// Aliases, by name.
    pub aliases: BTreeMap<String, AliasRecord>,
    /// Policies, by qualifier; the function's own is under the empty text.
    pub policies: BTreeMap<String, LivePolicy>,
    /// Function URLs, by alias; the function's own is under the empty text.
    pub urls: BTreeMap<String, UrlRecord>,
    /// How asynchronous events are treated, by qualifier.
    pub event_configs: BTreeMap<String, EventConfigRecord>,
    /// Reserved concurrency.
    pub reserved: Option<u32>,
    /// Provisioned concurrency, by version or alias.
    pub provisioned: BTreeMap<String, ProvisionedRecord>,
    /// The same, by the number of the version that has it.
    pub places: BTreeMap<u64, Places>,
    /// Counts this function's executions.
    pub gate: Arc<Gate>,
    /// Counts the executions that share the account's unreserved concurrency.
    pub pool: Arc<Pool>,
}

/// `$LATEST` or a published version.
pub struct LiveVersion {
    /// `$LATEST` or the number.
    pub version: String,
    /// The stored configuration.
    pub config: ConfigRecord,
    /// What `compute` is told.
    pub spec: Arc<FunctionSpec>,
    /// The execution role's session, once there is one.
    pub session: ArcSwapOption<SessionCredentials>,
}

/// A policy and what was parsed from it.
pub struct LivePolicy {
    /// The stored record.
    pub record: PolicyRecord,
    /// The parsed document.
    pub document: Arc<Document>,
}

impl LiveFunction {
    /// The policy that decides about calls of `name`: that of exactly this qualifier.
    ///
    /// UNVERIFIED: an explicit `$LATEST`, which cannot have a policy of its own, is judged by the
    /// function's, whose statements name the unqualified ARN and so match only with wildcards.
    pub fn policy(&self, name: &FunctionName) -> Option<&LivePolicy> {
        let qualifier = name.qualifier.as_deref().filter(|text| *text != LATEST);
        self.policies.get(qualifier.unwrap_or_default())
    }

    /// How asynchronous events for `name` are treated, where that was said.
    pub fn event_config(&self, name: &FunctionName) -> Option<&EventConfigRecord> {
        let qualifier = name.qualifier.as_deref().unwrap_or(LATEST);
        self.event_configs.get(qualifier)
    }

    /// The version that `name` selects. `dice` is a number from 0 up to 1, asked for when an
    /// alias shares its invocations between two versions.
    pub fn version(
        &self,
        name: &FunctionName,
        dice: impl FnOnce() -> f64,
    ) -> Option<Arc<LiveVersion>> {
        match name.selection() {
            Selection::Latest => Some(Arc::clone(&self.latest)),
            Selection::Version(number) => self.published(number),
            Selection::Alias(alias) => {
                let alias = self.aliases.get(alias)?;
                let other = alias.weights.iter().next();
                let chosen = match other {
                    Some((version, weight)) if dice() < *weight => version,
                    _ => &alias.version,
                };
                if chosen == LATEST {
                    return Some(Arc::clone(&self.latest));
                }
                self.published(chosen)
            }
        }
    }

    fn published(&self, number: &str) -> Option<Arc<LiveVersion>> {
        self.versions.get(&number.parse().ok()?).cloned()
    }

    /// Whether anything of it is on its way to `Active`.
    pub fn is_unsettled(&self) -> bool {
        let unsettled = |version: &Arc<LiveVersion>| version.config.state != StateRecord::Active;
        unsettled(&self.latest) || self.versions.values().any(unsettled)
    }
}

/// The functions in memory, by function key.
#[derive(Default)]
pub struct LiveFunctions(RwLock<Held>);

#[derive(Default)]
struct Held {
    /// Grows with everything that is forgotten.
    epoch: u64,
    functions: HashMap<String, Arc<LiveFunction>>,
}

impl LiveFunctions {
    /// The function, or the epoch in which a reader that finds it elsewhere may keep it.
    pub fn get(&self, key: &str) -> Result<Arc<LiveFunction>, u64> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.functions.get(key).cloned().ok_or(held.epoch)
    }

    /// Keeps what was read since `epoch`, unless something was forgotten meanwhile.
    pub fn keep(&self, epoch: u64, key: String, function: Arc<LiveFunction>) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if held.epoch != epoch {
            return;
        }
        if held.functions.len() >= limits::LIVE_FUNCTIONS_MAX {
            held.functions.clear();
        }
        held.functions.insert(key, function);
    }

    /// Forgets one function.
    pub fn forget(&self, key: &str) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.epoch += 1;
        held.functions.remove(key);
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.epoch += 1;
        held.functions.clear();
    }
}

/// Reads a function with all that belongs to it.
pub async fn read(
    lambda: &Lambda,
    name: &FunctionName,
) -> Result<Option<LiveFunction>, LambdaError> {
    let name = name.unqualified();
    let key = name.key();
    let store = &lambda.store;
    let Some(record) = store.get(&FUNCTIONS, &key).await? else {
        // Nothing is counted for names that anybody may make up.
        return Ok(None);
    };
    let endpoint_url = lambda.endpoint_url.get().map(String::as_str);
    let mut versions = BTreeMap::new();
    for (_, found) in children(store, &VERSIONS, &key).await? {
        let VersionRecord {
            version, config, ..
        } = found;
        let live = live_version(&name, version.to_string(), config, endpoint_url);
        versions.insert(version, live);
    }
    let mut policies = BTreeMap::new();
    for (qualifier, record) in children(store, &POLICIES, &key).await? {
        let mut document = Document::parse(&record.document).map_err(|error| {
            // Every document was parsed before it was stored.
            LambdaError::Host(format!(
                "the stored policy of {name} cannot be read: {error}"
            ))
        })?;
        document.bind_principals(&record.unique_ids);
        let document = Arc::new(document);
        policies.insert(qualifier, LivePolicy { record, document });
    }
    let reservation = store.get(&RESERVATIONS, &key).await?;
    let aliases = children(store, &ALIASES, &key).await?.into_iter().collect();
    let provisioned = children(store, &PROVISIONED, &key).await?;
    let provisioned = provisioned.into_iter().collect();
    let places = provisioned::wanted(&provisioned, &aliases).into_iter();
    let places = places.map(|(number, count)| {
        let gate = lambda.counters.gate(&format!("{key}/{number}"));
        (number, Places { count, gate })
    });
    Ok(Some(LiveFunction {
        latest: live_version(
            &name,
            LATEST.to_owned(),
            record.latest.clone(),
            endpoint_url,
        ),
        aliases,
        provisioned,
        places: places.collect(),
        event_configs: children(store, &EVENT_CONFIGS, &key)
            .await?
            .into_iter()
            .collect(),
        urls: children(store, &URLS, &key).await?.into_iter().collect(),
        versions,
        policies,
        reserved: reservation.map(|reservation| reservation.executions),
        record,
        gate: lambda.counters.gate(&key),
        pool: concurrency::refresh(lambda, &name).await?,
        name,
    }))
}

/// All records under a function key, with what follows it in their keys.
pub async fn children<R: Record>(
    store: &Store,
    table: &Table<R>,
    function_key: &str,
) -> Result<Vec<(String, R)>, LambdaError> {
    let prefix = child_key(function_key, "");
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store
            .scan(table, &prefix, after.as_deref(), limits::SCAN_ITEMS)
            .await?;
        let is_last = page.len() < limits::SCAN_ITEMS;
        after = page.last().map(|(key, _)| key.clone());
        all.extend(page.into_iter().map(|(key, record)| {
            let child = key.strip_prefix(&prefix).unwrap_or_default().to_owned();
            (child, record)
        }));
        if is_last {
            return Ok(all);
        }
    }
}

fn live_version(
    name: &FunctionName,
    version: String,
    config: ConfigRecord,
    endpoint_url: Option<&str>,
) -> Arc<LiveVersion> {
    let spec = FunctionSpec {
        arn: name.function_arn(),
        name: name.name.clone(),
        version: version.clone(),
        revision: config.spec_revision.clone(),
        account: name.account.clone(),
        region: name.region.clone(),
        runtime: config.runtime.clone(),
        handler: config.handler.clone(),
        code: config.code.hash.clone(),
        layers: config
            .layers
            .iter()
            .map(|layer| layer.code.hash.clone())
            .collect(),
        timeout_s: config.timeout_s,
        memory_mb: config.memory_mb,
        ephemeral_mb: config.ephemeral_mb,
        environment: config.environment.clone().unwrap_or_default(),
        log_group: config.logging.group.clone(),
        logging: FunctionLogging {
            is_json: config.logging.format == "JSON",
            application_level: config.logging.application_level.clone(),
            system_level: config.logging.system_level.clone(),
        },
        endpoint_url: endpoint_url.map(str::to_owned),
    };
    Arc::new(LiveVersion {
        version,
        config,
        spec: Arc::new(spec),
        session: ArcSwapOption::empty(),
    })
}
