//! Sees to it that compute keeps up the workers that were asked for.

use crate::error::LambdaError;
use crate::live::LiveVersion;
use crate::name::FunctionName;
use crate::record::{ALIASES, FUNCTIONS, PROVISIONED, VERSIONS};
use crate::{Lambda, function_key_of, invoke, lifecycle, limits};
use ports::{FunctionSpec, Provision, Provisioned};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What compute was told, function by function.
#[derive(Default)]
pub struct Provisioning {
    told: Mutex<HashMap<String, Told>>,
    /// Held by who tells; else an older order could come after a newer one.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Told {
    /// Versions that have workers.
    specs: Vec<Arc<FunctionSpec>>,
    /// Why others have none, by version.
    failures: HashMap<String, String>,
}

impl Provisioning {
    /// How far compute has come with a version.
    pub fn state(&self, lambda: &Lambda, version: &LiveVersion) -> Provisioned {
        let key = version_key(&version.spec);
        let failure = {
            let told = self.lock();
            let told = told.get(&key);
            told.and_then(|told| told.failures.get(&version.version).cloned())
        };
        let found = lambda.compute().map(|it| it.provisioned(&version.spec));
        let found = found.unwrap_or_default();
        Provisioned {
            failure: failure.or(found.failure),
            ..found
        }
    }

    /// Whether a change of this record may change what compute is to keep up.
    pub fn concerns(&self, table: &str, key: &str) -> bool {
        let tables = [ALIASES.name(), VERSIONS.name(), FUNCTIONS.name()];
        table == PROVISIONED.name()
            || (tables.contains(&table) && self.lock().contains_key(function_key_of(key)))
    }

    /// Every function that has, or is to have, workers kept up.
    async fn keys(&self, lambda: &Lambda) -> Result<BTreeSet<String>, store::StoreError> {
        let mut keys: BTreeSet<String> = self.lock().keys().cloned().collect();
        let mut after: Option<String> = None;
        loop {
            let page = lambda
                .store
                .scan(&PROVISIONED, "", after.as_deref(), limits::SCAN_ITEMS)
                .await?;
            keys.extend(page.iter().map(|(key, _)| function_key_of(key).to_owned()));
            if page.len() < limits::SCAN_ITEMS {
                return Ok(keys);
            }
            after = page.last().map(|(key, _)| key.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Told>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells compute of every function now and every minute: roles get new sessions, and a host that
/// had no room may have it.
pub fn follow(lambda: &Arc<Lambda>) {
    let me = Arc::downgrade(lambda);
    tokio::spawn(async move {
        while let Some(lambda) = Weak::upgrade(&me) {
            apply_all(&lambda).await;
            drop(lambda);
            tokio::time::sleep(limits::PROVISIONING_LOOK_EVERY).await;
        }
    });
}

/// Tells compute of every function.
pub async fn apply_all(lambda: &Lambda) {
    match lambda.provisioning.keys(lambda).await {
        Ok(keys) => {
            for key in keys {
                apply(lambda, &key).await;
            }
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "reading provisioned concurrency");
        }
    }
}

/// Tells compute what the function with this key is to have.
pub async fn apply(lambda: &Lambda, key: &str) {
    let _turn = lambda.provisioning.turn.lock().await;
    if let Err(error) = try_apply(lambda, key).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, function = key, "provisioned concurrency");
    }
}

async fn try_apply(lambda: &Lambda, key: &str) -> Result<(), LambdaError> {
    let compute = Arc::clone(lambda.compute()?);
    let Some(name) = FunctionName::of_key(key) else {
        return Ok(());
    };
    let function = match lambda.function(&name).await? {
        Some(function) if function.is_unsettled() => Some(lifecycle::settled(lambda, &name).await?),
        found => found,
    };
    let mut told = Told::default();
    for (number, places) in function.iter().flat_map(|function| &function.places) {
        let version = function.as_ref().and_then(|it| it.versions.get(number));
        let Some(version) = version else { continue };
        match invoke::session(lambda, version).await {
            Ok(credentials) => {
                told.specs.push(Arc::clone(&version.spec));
                compute.provision(Provision {
                    function: Arc::clone(&version.spec),
                    executions: places.count,
                    credentials,
                });
            }
            Err(error) => {
                let number = version.version.clone();
                told.failures.insert(number, error.public_text());
            }
        }
    }
    let is_kept = |spec: &FunctionSpec| told.specs.iter().any(|kept| is_same(kept, spec));
    let before = lambda.provisioning.lock().remove(key).unwrap_or_default();
    for spec in before.specs.iter().filter(|spec| !is_kept(spec)) {
        compute.unprovision(spec);
    }
    if !told.specs.is_empty() || !told.failures.is_empty() {
        lambda.provisioning.lock().insert(key.to_owned(), told);
    }
    Ok(())
}

fn is_same(one: &FunctionSpec, other: &FunctionSpec) -> bool {
    (&one.version, &one.revision) == (&other.version, &other.revision)
}

fn version_key(spec: &FunctionSpec) -> String {
    format!("{}/{}/{}", spec.account, spec.region, spec.name)
}
