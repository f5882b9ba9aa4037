//! Live stages, compiled once for each revision.

use crate::{compiled::CompiledStage, fault::Fault, limits};
use arc_swap::ArcSwap;
use ports::{Deployments, Found, LiveStage};
use std::{collections::HashMap, sync::Arc};

/// Compiled stages by API and stage name.
type Cache = HashMap<String, HashMap<String, Arc<CompiledStage>>>;

/// Gives compiled stages. Reading takes no lock.
pub(crate) struct Snapshots {
    deployments: Arc<dyn Deployments>,
    cache: ArcSwap<Cache>,
}

impl Snapshots {
    pub(crate) fn new(deployments: Arc<dyn Deployments>) -> Self {
        Self {
            deployments,
            cache: ArcSwap::default(),
        }
    }

    /// The stage that serves `api_id` and `stage`, whatever account owns it.
    ///
    /// # Errors
    /// 403 Forbidden when there is none, or when its default address is off.
    pub(crate) fn get(&self, api_id: &str, stage: &str) -> Result<Arc<CompiledStage>, Fault> {
        let Found::Live(live) = self.deployments.find(api_id, stage) else {
            return Err(Fault::UnknownApi);
        };
        let compiled = match self.cached(api_id, stage, &live) {
            Some(compiled) => compiled,
            None => self.compile(&live)?,
        };
        let is_off = compiled.settings.is_default_address_off;
        if is_off.unwrap_or(compiled.api.disable_execute_api_endpoint) {
            return Err(Fault::UnknownApi);
        }
        Ok(compiled)
    }

    fn cached(&self, api_id: &str, stage: &str, live: &LiveStage) -> Option<Arc<CompiledStage>> {
        let cache = self.cache.load();
        let found = cache.get(api_id)?.get(stage)?;
        let is_current =
            found.revision == live.revision && Arc::ptr_eq(&found.settings, &live.stage);
        is_current.then(|| Arc::clone(found))
    }

    /// Two requests may compile the same stage at once; both results are the same.
    fn compile(&self, live: &LiveStage) -> Result<Arc<CompiledStage>, Fault> {
        let compiled = CompiledStage::compile(live).map_err(|reason| {
            tracing::error!(api = live.api.id, %reason, "deployment cannot be compiled");
            Fault::UnknownApi
        })?;
        let compiled = Arc::new(compiled);
        self.cache.rcu(|cache| {
            let stages: usize = cache.values().map(HashMap::len).sum();
            let mut next = match stages < limits::COMPILED_STAGES_MAX {
                true => Cache::clone(cache),
                false => Cache::new(),
            };
            next.entry(live.api.id.clone())
                .or_default()
                .insert(live.stage.name.clone(), Arc::clone(&compiled));
            next
        });
        Ok(compiled)
    }
}
