//! What is live: stages and the deployments they serve, in memory, for the data plane.
//!
//! Cost: a look-up is one hash, one atomic load and two map look-ups, without a lock. A change
//! copies one of [`SHARDS`] maps (pointers only).

use crate::record::ApiRecord;
use arc_swap::ArcSwap;
use ports::{Deployments, Found, LiveStage};
use restapi::RestApi;
use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

/// Number of maps; a power of two so that a mask picks one.
const SHARDS: usize = 64;

/// An API's live stages by name.
type Stages = BTreeMap<String, Arc<LiveStage>>;
type Shard = ArcSwap<HashMap<String, Arc<Stages>>>;

/// The live stages of every API of every account.
#[derive(Debug)]
pub struct Live {
    shards: Vec<Shard>,
    hasher: RandomState,
}

impl Live {
    /// Nothing is live.
    pub(crate) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// What an API serves now; none when it is unknown.
    pub(crate) fn stages(&self, api_id: &str) -> Option<Arc<Stages>> {
        self.shard(api_id)?.load().get(api_id).cloned()
    }

    /// Makes `stages` what the API serves. Callers are serialised by the service's edit turn.
    pub(crate) fn put(&self, api_id: &str, stages: Stages) {
        self.change(api_id, Some(Arc::new(stages)));
    }

    /// Forgets an API.
    pub(crate) fn remove(&self, api_id: &str) {
        self.change(api_id, None);
    }

    /// Makes exactly `all` live, at start and after the store was emptied.
    pub(crate) fn replace(&self, all: Vec<(String, Stages)>) {
        let mut maps: Vec<HashMap<String, Arc<Stages>>> =
            (0..SHARDS).map(|_| HashMap::new()).collect();
        for (api_id, stages) in all {
            let index = self.index(&api_id);
            if let Some(map) = maps.get_mut(index) {
                map.insert(api_id, Arc::new(stages));
            }
        }
        for (shard, map) in self.shards.iter().zip(maps) {
            shard.store(Arc::new(map));
        }
    }

    fn change(&self, api_id: &str, stages: Option<Arc<Stages>>) {
        let Some(shard) = self.shard(api_id) else {
            return;
        };
        let mut map = HashMap::clone(&shard.load());
        match stages {
            Some(stages) => map.insert(api_id.to_owned(), stages),
            None => map.remove(api_id),
        };
        shard.store(Arc::new(map));
    }

    fn shard(&self, api_id: &str) -> Option<&Shard> {
        self.shards.get(self.index(api_id))
    }

    fn index(&self, api_id: &str) -> usize {
        let mask = u64::try_from(SHARDS - 1).unwrap_or(0);
        usize::try_from(self.hasher.hash_one(api_id) & mask).unwrap_or(0)
    }
}

impl Deployments for Live {
    fn find(&self, api_id: &str, stage: &str) -> Found {
        match self.stages(api_id) {
            None => Found::UnknownApi,
            Some(stages) => stages
                .get(stage)
                .map_or(Found::UnknownStage, |live| Found::Live(live.clone())),
        }
    }
}

/// The live form of a record's stages, given what was live before and the snapshots it may need.
///
/// A stage that did not change keeps its value and revision, so whoever keeps compiled forms by
/// revision keeps them. Stages without a snapshot are left out and returned by name.
pub fn stages(
    record: &ApiRecord,
    before: Option<&Stages>,
    snapshots: &HashMap<String, Arc<RestApi>>,
) -> (Stages, Vec<String>) {
    let mut live = Stages::new();
    let mut lost = Vec::new();
    for (name, stage) in &record.stages {
        let old = before.and_then(|stages| stages.get(name));
        if let Some(same) = old.filter(|old| *old.stage == *stage) {
            live.insert(name.clone(), same.clone());
            continue;
        }
        match snapshots.get(&stage.deployment_id) {
            None => lost.push(name.clone()),
            Some(api) => {
                let value = LiveStage {
                    api: api.clone(),
                    stage: Arc::new(stage.clone()),
                    revision: record.revision,
                };
                live.insert(name.clone(), Arc::new(value));
            }
        }
    }
    (live, lost)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use restapi::Stage;

    fn record(revision: u64, stages: &[(&str, &str)]) -> ApiRecord {
        let stage = |(name, deployment): &(&str, &str)| {
            let stage = Stage {
                name: (*name).into(),
                deployment_id: (*deployment).into(),
                ..Stage::default()
            };
            ((*name).to_owned(), stage)
        };
        ApiRecord {
            stages: stages.iter().map(stage).collect(),
            revision,
            ..ApiRecord::default()
        }
    }

    fn snapshots(ids: &[&str]) -> HashMap<String, Arc<RestApi>> {
        ids.iter()
            .map(|id| ((*id).to_owned(), Arc::new(RestApi::default())))
            .collect()
    }

    #[test]
    fn an_unchanged_stage_keeps_its_revision() {
        let (first, _) = stages(
            &record(1, &[("a", "d1"), ("b", "d1")]),
            None,
            &snapshots(&["d1"]),
        );
        let (second, lost) = stages(
            &record(2, &[("a", "d1"), ("b", "d2")]),
            Some(&first),
            &snapshots(&["d2"]),
        );
        assert!(lost.is_empty());
        assert_eq!(second.get("a").unwrap().revision, 1);
        assert_eq!(second.get("b").unwrap().revision, 2);
    }

    #[test]
    fn a_stage_without_snapshot_is_named() {
        let (live, lost) = stages(&record(1, &[("a", "gone")]), None, &snapshots(&[]));
        assert!(live.is_empty());
        assert_eq!(lost, ["a"]);
    }

    #[test]
    fn apis_and_stages_are_found_or_told_apart() {
        let live = Live::new();
        let (value, _) = stages(&record(1, &[("prod", "d")]), None, &snapshots(&["d"]));
        live.put("api1", value);
        assert!(matches!(live.find("api1", "prod"), Found::Live(_)));
        assert!(matches!(live.find("api1", "dev"), Found::UnknownStage));
        assert!(matches!(live.find("api2", "prod"), Found::UnknownApi));
        live.remove("api1");
        assert!(matches!(live.find("api1", "prod"), Found::UnknownApi));
    }

    #[test]
    fn replace_forgets_what_it_does_not_name() {
        let live = Live::new();
        live.put("old", Stages::new());
        live.replace(vec![("new".into(), Stages::new())]);
        assert!(matches!(live.find("old", "x"), Found::UnknownApi));
        assert!(matches!(live.find("new", "x"), Found::UnknownStage));
    }
}
