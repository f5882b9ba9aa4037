//! Reading and changing one API: who may see it, and when what is live follows.

use crate::{
    ApiGateway, Error, limits, not_enforced,
    record::{APIS, ApiRecord, DEPLOYMENTS, deployment_key},
    stages::live,
};
use ports::Call;
use restapi::RestApi;
use std::{collections::HashMap, sync::Arc};
use store::{SCAN_MAX, Tx};

impl ApiGateway {
    /// The API with this id in the caller's account and region.
    ///
    /// # Errors
    /// [`Error::UnknownApi`], also for another account's API.
    pub(crate) async fn api(&self, call: &Call, api_id: &str) -> Result<ApiRecord, Error> {
        let found = self.store.get(&APIS, api_id).await?;
        own(call, api_id, found)
    }

    /// Changes one API. Nothing is written when `change` fails; nothing live changes either way.
    pub(crate) async fn edit<T, F>(&self, call: &Call, api_id: &str, change: F) -> Result<T, Error>
    where
        F: FnOnce(&mut ApiRecord) -> Result<T, Error> + Send,
        T: Send,
    {
        let mut tx = self.store.begin().await;
        let mut record = own(call, api_id, tx.get(&APIS, api_id).await?)?;
        let out = change(&mut record)?;
        record.revision += 1;
        tx.put(&APIS, api_id, &record)?;
        tx.commit().await?;
        Ok(out)
    }

    /// Writes a record whose stages changed, and publishes them.
    ///
    /// The caller holds `turn` and read `record` in this transaction, so no other change can come
    /// between; when this returns, the data plane sees the new stages.
    pub(crate) async fn commit_stages(
        &self,
        mut tx: Tx,
        mut record: ApiRecord,
    ) -> Result<ApiRecord, Error> {
        record.revision += 1;
        let before = self.live.stages(&record.api.id);
        let wanted = record.stages.values().map(|stage| &stage.deployment_id);
        let mut snapshots = HashMap::new();
        for id in wanted {
            if !snapshots.contains_key(id) {
                let key = deployment_key(&record.api.id, id);
                if let Some(found) = tx.get(&DEPLOYMENTS, &key).await? {
                    snapshots.insert(id.clone(), found.deployment.api);
                }
            }
        }
        let (stages, lost) = live::stages(&record, before.as_deref(), &snapshots);
        if !lost.is_empty() {
            return Err(Error::Damaged(format!(
                "stages {lost:?} of API {} name no deployment",
                record.api.id
            )));
        }
        tx.put(&APIS, &record.api.id, &record)?;
        tx.commit().await?;
        self.live.put(&record.api.id, stages);
        Ok(record)
    }

    /// The API of an operation below `…/resources/`: an unknown one is called an unknown resource.
    ///
    /// # Errors
    /// [`Error::unknown_resource`].
    pub(crate) async fn api_below(&self, call: &Call, api_id: &str) -> Result<ApiRecord, Error> {
        let found = self.api(call, api_id).await;
        found.map_err(|error| error.or_without_api(Error::unknown_resource()))
    }

    /// [`ApiGateway::edit`] for such an operation.
    ///
    /// # Errors
    /// [`Error::unknown_resource`], and what `change` says.
    pub(crate) async fn edit_below<T, F>(
        &self,
        call: &Call,
        api_id: &str,
        change: F,
    ) -> Result<T, Error>
    where
        F: FnOnce(&mut ApiRecord) -> Result<T, Error> + Send,
        T: Send,
    {
        let done = self.edit(call, api_id, change).await;
        done.map_err(|error| error.or_without_api(Error::unknown_resource()))
    }

    /// Passes an API that may be live, see [`not_enforced::check_live`].
    pub(crate) fn check_live(&self, api: &RestApi) -> Result<(), Error> {
        not_enforced::check_live(api, self.has_vpc_endpoints)
    }

    /// Milliseconds that a buffered integration of the API may take, at most.
    pub(crate) fn timeout_ms_max(&self, api: &RestApi) -> i32 {
        let is_edge = api.endpoint.types.iter().any(|kind| kind == "EDGE");
        match is_edge {
            true => limits::INTEGRATION_TIMEOUT_MS_DEFAULT_MAX,
            false => self.integration_timeout_ms_max,
        }
    }

    /// Makes live exactly what the store says: at start, and after the store was emptied.
    ///
    /// # Errors
    /// When the store cannot be read. A stage whose deployment is missing is logged and left out.
    pub async fn load(&self) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self
                .store
                .scan(&APIS, "", after.as_deref(), SCAN_MAX)
                .await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            for (api_id, record) in &page {
                let snapshots = self.snapshots(record).await?;
                let (stages, lost) = live::stages(record, None, &snapshots);
                if !lost.is_empty() {
                    tracing::error!(%api_id, ?lost, "stages name deployments that are not stored");
                }
                all.push((api_id.clone(), stages));
            }
        }
        self.live.replace(all);
        self.load_links().await?;
        self.load_certificates().await?;
        self.load_plans().await
    }

    async fn snapshots(&self, record: &ApiRecord) -> Result<HashMap<String, Arc<RestApi>>, Error> {
        let mut snapshots = HashMap::new();
        for stage in record.stages.values() {
            let key = deployment_key(&record.api.id, &stage.deployment_id);
            if let Some(found) = self.store.get(&DEPLOYMENTS, &key).await? {
                snapshots.insert(stage.deployment_id.clone(), found.deployment.api);
            }
        }
        Ok(snapshots)
    }
}

/// Passes a record that belongs to the caller's account and region.
pub(crate) fn own(call: &Call, api_id: &str, found: Option<ApiRecord>) -> Result<ApiRecord, Error> {
    found
        .filter(|record| {
            record.api.account == call.account.as_str() && record.api.region == call.region.as_str()
        })
        .ok_or_else(|| Error::UnknownApi {
            account: call.account.to_string(),
            api_id: api_id.to_owned(),
        })
}
