//! Deployments: immutable copies of an API.

use crate::{
    ApiGateway, Error, ID_LENGTH, limits,
    methods::service,
    page, patch,
    record::{APIS, ApiRecord, DEPLOYMENTS, DeploymentRecord, deployment_key},
    stages::stage,
    view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{Deployment, RestApi, Stage};
use smithy::ServiceError;
use std::sync::Arc;

/// CreateDeployment; with a stage name it also makes the stage or points it here.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateDeploymentRequest,
) -> Result<wire::Deployment, ServiceError> {
    let made = service.deploy(&call, input).await?;
    Ok(view::deployment(&made))
}

/// GetDeployment; with `embed=apisummary` what it serves.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetDeploymentRequest,
) -> Result<wire::Deployment, ServiceError> {
    service.api(&call, &input.rest_api_id).await?;
    let found = service
        .deployment(&input.rest_api_id, &input.deployment_id)
        .await?;
    let mut shown = view::deployment(&found);
    let embed = input.embed.unwrap_or_default();
    if embed
        .iter()
        .any(|word| word.eq_ignore_ascii_case("apisummary"))
    {
        shown.api_summary = Some(view::summary(&found.api));
    }
    Ok(shown)
}

/// GetDeployments, in order of id.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetDeploymentsRequest,
) -> Result<wire::Deployments, ServiceError> {
    service.api(&call, &input.rest_api_id).await?;
    let prefix = format!("{}/", input.rest_api_id);
    let size = page::size(input.limit);
    let after = input
        .position
        .map(|id| deployment_key(&input.rest_api_id, &id));
    let mut found = service
        .store
        .scan(&DEPLOYMENTS, &prefix, after.as_deref(), size + 1)
        .await
        .map_err(Error::from)?;
    let has_more = found.len() > size;
    found.truncate(size);
    let last = found.last().map(|(_, record)| record.deployment.id.clone());
    let items = found
        .iter()
        .map(|(_, record)| view::deployment(&record.deployment));
    Ok(wire::Deployments {
        items: Some(items.collect()),
        position: last.filter(|_| has_more),
    })
}

/// UpdateDeployment: its description.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateDeploymentRequest,
) -> Result<wire::Deployment, ServiceError> {
    let patches = patch::parse(input.patch_operations)?;
    let _turn = service.turn.lock().await;
    let mut tx = service.store.begin().await;
    let found = tx
        .get(&APIS, &input.rest_api_id)
        .await
        .map_err(Error::from)?;
    crate::edit::own(&call, &input.rest_api_id, found)?;
    let key = deployment_key(&input.rest_api_id, &input.deployment_id);
    let found = tx.get(&DEPLOYMENTS, &key).await.map_err(Error::from)?;
    let mut record = found.ok_or_else(Error::unknown_deployment)?;
    for patch in patches {
        if patch.at() != ["description"] {
            return Err(patch.unknown_path().into());
        }
        patch.only_replace()?;
        record.deployment.description = patch.some_text();
    }
    tx.put(&DEPLOYMENTS, &key, &record).map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(view::deployment(&record.deployment))
}

/// DeleteDeployment; one that a stage serves stays.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteDeploymentRequest,
) -> Result<wire::DeleteDeploymentOutput, ServiceError> {
    let _turn = service.turn.lock().await;
    let mut tx = service.store.begin().await;
    let found = tx
        .get(&APIS, &input.rest_api_id)
        .await
        .map_err(Error::from)?;
    let mut record = crate::edit::own(&call, &input.rest_api_id, found)?;
    if !record.deployments.remove(&input.deployment_id) {
        return Err(Error::unknown_deployment().into());
    }
    let mut stages = record.stages.values();
    if stages.any(|stage| stage.deployment_id == input.deployment_id) {
        let text = "Active stages pointing to this deployment must be moved or deleted";
        return Err(Error::bad(text).into());
    }
    record.revision += 1;
    tx.delete(
        &DEPLOYMENTS,
        &deployment_key(&record.api.id, &input.deployment_id),
    );
    tx.put(&APIS, &record.api.id, &record)
        .map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(wire::DeleteDeploymentOutput::default())
}

impl ApiGateway {
    /// A deployment of an API.
    pub(crate) async fn deployment(&self, api_id: &str, id: &str) -> Result<Deployment, Error> {
        let key = deployment_key(api_id, id);
        let found = self.store.get(&DEPLOYMENTS, &key).await?;
        found
            .map(|record| record.deployment)
            .ok_or_else(Error::unknown_deployment)
    }

    async fn deploy(
        &self,
        call: &Call,
        input: wire::CreateDeploymentRequest,
    ) -> Result<Deployment, Error> {
        let _turn = self.turn.lock().await;
        let mut tx = self.store.begin().await;
        let found = tx.get(&APIS, &input.rest_api_id).await?;
        let mut record = crate::edit::own(call, &input.rest_api_id, found)?;
        check_canary(&record, &input)?;
        check_whole(&record.api)?;
        service::check(&record.api)?;
        if record.deployments.len() >= limits::DEPLOYMENTS_MAX {
            return Err(Error::LimitExceeded(
                "Maximum number of deployments for this API has been reached".into(),
            ));
        }
        let deployment = Deployment {
            id: self.id(ID_LENGTH, |id| record.deployments.contains(id)),
            description: input.description.clone().filter(|text| !text.is_empty()),
            created_ms: self.now_ms(),
            api: Arc::new(record.api.clone()),
        };
        let stored = DeploymentRecord {
            deployment: deployment.clone(),
        };
        let key = deployment_key(&record.api.id, &deployment.id);
        tx.put(&DEPLOYMENTS, &key, &stored)?;
        record.deployments.insert(deployment.id.clone());
        match input.stage_name.clone().filter(|name| !name.is_empty()) {
            None => {
                record.revision += 1;
                tx.put(&APIS, &record.api.id, &record)?;
                tx.commit().await?;
            }
            Some(name) => {
                self.check_live(&record.api)?;
                self.point(&mut record, name, &deployment, input)?;
                self.commit_stages(tx, record).await?;
            }
        }
        Ok(deployment)
    }

    /// Points a stage at a new deployment, making it when it is not there.
    ///
    /// UNVERIFIED: that given variables join those that an existing stage has.
    fn point(
        &self,
        record: &mut ApiRecord,
        name: String,
        deployment: &Deployment,
        input: wire::CreateDeploymentRequest,
    ) -> Result<(), Error> {
        let now_ms = self.now_ms();
        if !record.stages.contains_key(&name) {
            stage::check_name(&name)?;
            stage::check_room(record)?;
        }
        let stage = record.stages.entry(name.clone()).or_insert_with(|| Stage {
            name,
            created_ms: now_ms,
            ..Stage::default()
        });
        stage.deployment_id.clone_from(&deployment.id);
        stage.follow(&record.api);
        stage.updated_ms = now_ms;
        if let Some(text) = input.stage_description {
            stage.description = Some(text).filter(|text| !text.is_empty());
        }
        if let Some(variables) = input.variables {
            stage.variables.extend(variables);
        }
        if let Some(is_on) = input.cache_cluster_enabled {
            stage.cache_cluster_enabled = is_on;
        }
        if let Some(size) = input.cache_cluster_size {
            stage.cache_cluster_size = Some(size);
        }
        if let Some(is_on) = input.tracing_enabled {
            stage.tracing_enabled = is_on;
        }
        stage::check(stage)
    }
}

/// Passes an API whose every method is finished.
fn check_whole(api: &RestApi) -> Result<(), Error> {
    let mut methods = api
        .resources
        .values()
        .flat_map(|resource| resource.methods.values())
        .peekable();
    if methods.peek().is_none() {
        return Err(Error::bad("The REST API doesn't contain any methods"));
    }
    if methods.any(|method| method.integration.is_none()) {
        return Err(Error::bad("No integration defined for method"));
    }
    Ok(())
}

/// Refuses canary releases: first in AWS's words what is wrong with them, then at all.
fn check_canary(record: &ApiRecord, input: &wire::CreateDeploymentRequest) -> Result<(), Error> {
    if input.canary_settings.is_none() {
        return Ok(());
    }
    let scope = "Invalid deployment content specified.";
    match input.stage_name.as_deref() {
        None | Some("") => Err(Error::bad(format!(
            "{scope}Non null and non empty stageName must be provided for canary deployment. \
             Provided value is {}",
            input.stage_name.as_deref().unwrap_or("null")
        ))),
        Some(name) if !record.stages.contains_key(name) => Err(Error::bad(format!(
            "{scope}Stage {name} must already be created before making a canary release deployment"
        ))),
        Some(_) => Err(Error::NotEnforced("canary releases")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn canaries_are_refused_in_aws_words_first() {
        let mut record = ApiRecord::default();
        record.stages.insert("dev".into(), Stage::default());
        for (name, want) in [
            (
                None,
                "Invalid deployment content specified.Non null and non empty stageName must be provided for canary deployment. Provided value is null",
            ),
            (
                Some(""),
                "Invalid deployment content specified.Non null and non empty stageName must be provided for canary deployment. Provided value is ",
            ),
            (
                Some("non-existing"),
                "Invalid deployment content specified.Stage non-existing must already be created before making a canary release deployment",
            ),
            (
                Some("dev"),
                "Crossway does not enforce canary releases yet and refuses the setting rather than ignoring it",
            ),
        ] {
            let input = wire::CreateDeploymentRequest {
                stage_name: name.map(Into::into),
                canary_settings: Some(wire::DeploymentCanarySettings::default()),
                ..wire::CreateDeploymentRequest::default()
            };
            assert_eq!(check_canary(&record, &input).unwrap_err().to_string(), want);
        }
    }
}
