//! Stages: named addresses of deployments, with their own settings.

use crate::{
    ApiGateway, Error,
    certificates::client_certificate,
    limits, not_enforced, patch,
    record::{APIS, ApiRecord, DEPLOYMENTS, deployment_key},
    stages::{access_log, stage_patch},
    tags, view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::Stage;
use smithy::ServiceError;
use std::sync::Arc;
use store::Tx;

/// CreateStage.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateStageRequest,
) -> Result<wire::Stage, ServiceError> {
    let made = service.add_stage(&call, input).await?;
    Ok(view::stage(&made))
}

/// GetStage.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetStageRequest,
) -> Result<wire::Stage, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    Ok(view::stage(find(&record, &input.stage_name)?))
}

/// GetStages, all or those of one deployment.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetStagesRequest,
) -> Result<wire::Stages, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let deployment = input.deployment_id.filter(|id| !id.is_empty());
    Ok(view::stages(&record, deployment.as_deref()))
}

/// UpdateStage.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateStageRequest,
) -> Result<wire::Stage, ServiceError> {
    let changed = service.change_stage(&call, input).await?;
    Ok(view::stage(&changed))
}

/// DeleteStage.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteStageRequest,
) -> Result<wire::DeleteStageOutput, ServiceError> {
    let _turn = service.turn.lock().await;
    let (tx, mut record) = service.open(&call, &input.rest_api_id).await?;
    let gone = record.stages.remove(&input.stage_name);
    gone.ok_or_else(Error::unknown_stage)?;
    service.commit_stages(tx, record).await?;
    Ok(wire::DeleteStageOutput::default())
}

/// FlushStageAuthorizersCache: the stage goes live anew, so every node asks its authorizers again.
pub async fn flush_authorizers_cache(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::FlushStageAuthorizersCacheRequest,
) -> Result<wire::FlushStageAuthorizersCacheOutput, ServiceError> {
    let _turn = service.turn.lock().await;
    let (tx, mut record) = service.open(&call, &input.rest_api_id).await?;
    let stage = record.stages.get_mut(&input.stage_name);
    stage.ok_or_else(Error::unknown_stage)?.authorizer_flushes += 1;
    service.commit_stages(tx, record).await?;
    Ok(wire::FlushStageAuthorizersCacheOutput::default())
}

/// FlushStageCache: there is no cache, so it is empty already.
pub async fn flush_cache(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::FlushStageCacheRequest,
) -> Result<wire::FlushStageCacheOutput, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    find(&record, &input.stage_name)?;
    Ok(wire::FlushStageCacheOutput::default())
}

/// Passes a stage's name. AWS's text forgets the hyphen, which has been allowed since 2018; it was
/// seen so in 2023 (klothoplatform/klotho issue 235).
pub fn check_name(name: &str) -> Result<(), Error> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let fits = !name.is_empty() && name.len() <= limits::STAGE_NAME_MAX;
    if fits && name.bytes().all(is_allowed) {
        return Ok(());
    }
    Err(Error::bad("Stage name only allows a-zA-Z0-9_"))
}

/// Passes an API that may have one more stage.
pub fn check_room(record: &ApiRecord) -> Result<(), Error> {
    if record.stages.len() < limits::STAGES_MAX {
        return Ok(());
    }
    Err(Error::LimitExceeded(
        "Maximum number of stages for this API has been reached. Please contact AWS if you need \
         additional stages."
            .into(),
    ))
}

/// Passes a stage whose settings are within bounds and restrict nothing that is not enforced.
pub fn check(stage: &Stage) -> Result<(), Error> {
    check_variables(stage)?;
    if stage.canary.is_some() {
        return Err(Error::NotEnforced("canary releases"));
    }
    if stage.web_acl_arn.is_some() {
        return Err(Error::NotEnforced("web ACLs"));
    }
    for setting in stage.method_settings.values() {
        not_enforced::check_method_setting(setting)?;
    }
    // Without a cluster, settings of caching do nothing, on AWS as here.
    if stage.cache_cluster_enabled {
        return Err(Error::NotEnforced("response caching"));
    }
    if stage.tracing_enabled {
        not_enforced::warn_no_effect("Stage.tracingEnabled");
    }
    Ok(())
}

/// UNVERIFIED: AWS's texts; the bounds are documented ("Use stage variables for a REST API").
fn check_variables(stage: &Stage) -> Result<(), Error> {
    if stage.variables.len() > limits::STAGE_VARIABLES_MAX {
        return Err(Error::bad("A stage can have up to 100 stage variables"));
    }
    for (name, value) in &stage.variables {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let fits = !name.is_empty()
            && name.len() <= limits::STAGE_VARIABLE_NAME_MAX
            && name.bytes().all(is_name);
        if !fits {
            return Err(Error::bad(format!(
                "Stage variable names can have alphanumeric characters and underscores and are up \
                 to 64 characters long: {name}"
            )));
        }
        // "CreateStage": values match `[A-Za-z0-9-._~:/?#&=,]+`.
        let is_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        let fits = !value.is_empty() && value.len() <= limits::STAGE_VARIABLE_VALUE_MAX;
        if !fits || !value.bytes().all(is_value) {
            return Err(Error::bad(format!("Invalid stage variable value: {value}")));
        }
    }
    Ok(())
}

fn find<'a>(record: &'a ApiRecord, name: &str) -> Result<&'a Stage, Error> {
    record.stages.get(name).ok_or_else(Error::unknown_stage)
}

impl ApiGateway {
    /// A transaction and the record in it. The caller holds `turn`.
    async fn open(&self, call: &Call, api_id: &str) -> Result<(Tx, ApiRecord), Error> {
        let tx = self.store.begin().await;
        let found = tx.get(&APIS, api_id).await?;
        let record = crate::edit::own(call, api_id, found)?;
        Ok((tx, record))
    }

    /// Passes a deployment of the API that may be live.
    ///
    /// UNVERIFIED: which of its two texts AWS uses when a stage names an unknown deployment.
    async fn check_deployment(&self, tx: &Tx, record: &ApiRecord, id: &str) -> Result<(), Error> {
        let key = deployment_key(&record.api.id, id);
        let found = tx.get(&DEPLOYMENTS, &key).await?;
        let found = found.ok_or_else(Error::unknown_deployment)?;
        self.check_live(&found.deployment.api)?;
        self.check_live(&record.api)
    }

    async fn add_stage(
        &self,
        call: &Call,
        input: wire::CreateStageRequest,
    ) -> Result<Stage, Error> {
        let _turn = self.turn.lock().await;
        let (tx, mut record) = self.open(call, &input.rest_api_id).await?;
        if input.deployment_id.is_empty() {
            return Err(Error::bad("DeploymentId cannot be empty"));
        }
        check_name(&input.stage_name)?;
        if record.stages.contains_key(&input.stage_name) {
            return Err(Error::conflict("Stage already exists"));
        }
        check_room(&record)?;
        self.check_deployment(&tx, &record, &input.deployment_id)
            .await?;
        if let Some(canary) = &input.canary_settings {
            if let Some(id) = &canary.deployment_id {
                let known = tx
                    .get(&DEPLOYMENTS, &deployment_key(&record.api.id, id))
                    .await?;
                known.ok_or_else(|| Error::bad("Deployment id does not exist"))?;
            }
            return Err(Error::NotEnforced("canary releases"));
        }
        let mut stage = read(input, self.now_ms())?;
        stage.follow(&record.api);
        check(&stage)?;
        record.stages.insert(stage.name.clone(), stage.clone());
        self.commit_stages(tx, record).await?;
        Ok(stage)
    }

    async fn change_stage(
        &self,
        call: &Call,
        input: wire::UpdateStageRequest,
    ) -> Result<Stage, Error> {
        let patches = patch::parse(input.patch_operations)?;
        let _turn = self.turn.lock().await;
        let (tx, mut record) = self.open(call, &input.rest_api_id).await?;
        let mut stage = find(&record, &input.stage_name)?.clone();
        let may_log = self.log_role(call).await?.is_some();
        let before = stage.deployment_id.clone();
        let shown_before = stage.client_certificate_id.clone();
        for patch in &patches {
            stage_patch::apply(&mut stage, patch, may_log)?;
        }
        access_log::check_owner(&stage, &call.account)?;
        if stage.deployment_id != before {
            self.check_deployment(&tx, &record, &stage.deployment_id)
                .await?;
        }
        if let Some(id) = &stage.client_certificate_id
            && stage.client_certificate_id != shown_before
        {
            client_certificate::check(&tx, call, id).await?;
        }
        check(&stage)?;
        stage.updated_ms = self.now_ms();
        stage.follow(&record.api);
        record.stages.insert(stage.name.clone(), stage.clone());
        self.commit_stages(tx, record).await?;
        Ok(stage)
    }
}

fn read(input: wire::CreateStageRequest, now_ms: i64) -> Result<Stage, Error> {
    Ok(Stage {
        name: input.stage_name,
        deployment_id: input.deployment_id,
        description: input.description.filter(|text| !text.is_empty()),
        variables: input.variables.unwrap_or_default(),
        cache_cluster_enabled: input.cache_cluster_enabled.unwrap_or_default(),
        cache_cluster_size: input.cache_cluster_size,
        documentation_version: input.documentation_version,
        tracing_enabled: input.tracing_enabled.unwrap_or_default(),
        tags: tags::checked(input.tags.unwrap_or_default())?,
        created_ms: now_ms,
        updated_ms: now_ms,
        ..Stage::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_two_signs() {
        for (name, fits) in [
            ("prod", true),
            ("my-stage_1", true),
            ("", false),
            ("a b", false),
            ("a/b", false),
            ("$default", false),
        ] {
            assert_eq!(check_name(name).is_ok(), fits, "{name}");
        }
        assert!(check_name(&"a".repeat(limits::STAGE_NAME_MAX)).is_ok());
        assert!(check_name(&"a".repeat(limits::STAGE_NAME_MAX + 1)).is_err());
    }

    #[test]
    fn what_restricts_is_refused() {
        let acl = Stage {
            web_acl_arn: Some("arn".into()),
            ..Stage::default()
        };
        assert!(matches!(check(&acl), Err(Error::NotEnforced(_))));
        assert!(check(&Stage::default()).is_ok());
    }

    #[test]
    fn variables_are_bounded() {
        let with = |name: String, value: String| {
            let mut stage = Stage::default();
            stage.variables.insert(name, value);
            check(&stage).is_ok()
        };
        assert!(with("a".repeat(64), "v".repeat(512)));
        assert!(!with("a".repeat(65), "v".into()));
        assert!(!with("a".into(), "v".repeat(513)));
        assert!(!with("a-b".into(), "v".into()));
        assert!(with("fn".into(), "my-fn:prod".into()));
    }
}
