//! A function's configuration: what may be set, and to what.

use crate::Lambda;
use crate::error::{LambdaError, STALE_FUNCTION};
use crate::fields;
use crate::limits;
use crate::name::{FunctionName, LATEST};
use crate::record::{ConfigRecord, FUNCTIONS, LoggingRecord, StateRecord, UsedLayerRecord};
use crate::{lifecycle, runtime, used_layers, view};
use api::lambda::{
    CreateFunctionRequest, FunctionConfiguration, LoggingConfig, UpdateFunctionConfigurationRequest,
};
use ports::Call;
use smithy::ServiceError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What became of the layers that were named; none leaves those that there are.
pub type Layers = Option<Vec<UsedLayerRecord>>;

/// What CreateFunction and UpdateFunctionConfiguration have in common; absent means unchanged.
#[derive(Debug, Default)]
pub struct Settings {
    /// Execution role's ARN.
    pub role: Option<String>,
    /// Runtime id.
    pub runtime: Option<String>,
    /// Handler.
    pub handler: Option<String>,
    description: Option<String>,
    timeout_s: Option<i32>,
    memory_mb: Option<i32>,
    ephemeral_mb: Option<i32>,
    environment: Option<BTreeMap<String, String>>,
    layers: Option<Vec<String>>,
    tracing_mode: Option<String>,
    logging: Option<LoggingConfig>,
}

impl Settings {
    /// Takes the settings of a new function.
    ///
    /// # Errors
    /// When a member is used that Crossway does not honour.
    pub fn of_create(input: &mut CreateFunctionRequest) -> Result<Self, LambdaError> {
        fields::refuse(&[
            (
                "CodeSigningConfigArn",
                input.code_signing_config_arn.is_some(),
            ),
            ("TenancyConfig", input.tenancy_config.is_some()),
            ("PublishTo", input.publish_to.is_some()),
            ("VpcConfig", input.vpc_config.as_ref().is_some_and(is_vpc)),
            (
                "DeadLetterConfig",
                has_text(
                    input
                        .dead_letter_config
                        .as_ref()
                        .and_then(|c| c.target_arn.as_ref()),
                ),
            ),
            ("KMSKeyArn", has_text(input.kms_key_arn.as_ref())),
            (
                "FileSystemConfigs",
                has_items(input.file_system_configs.as_ref()),
            ),
            ("ImageConfig", input.image_config.is_some()),
            (
                "SnapStart",
                is_snap_start(input.snap_start.as_ref().and_then(|s| s.apply_on.as_ref())),
            ),
            (
                "CapacityProviderConfig",
                input.capacity_provider_config.is_some(),
            ),
            ("DurableConfig", input.durable_config.is_some()),
            ("RuntimeConfig", input.runtime_config.is_some()),
            ("AcceleratorConfig", input.accelerator_config.is_some()),
        ])?;
        Ok(Self {
            role: Some(std::mem::take(&mut input.role)),
            runtime: input.runtime.take(),
            handler: input.handler.take(),
            description: input.description.take(),
            timeout_s: input.timeout,
            memory_mb: input.memory_size,
            ephemeral_mb: input.ephemeral_storage.as_ref().and_then(|e| e.size),
            environment: input
                .environment
                .take()
                .map(|e| e.variables.unwrap_or_default()),
            layers: input.layers.take(),
            tracing_mode: input.tracing_config.take().and_then(|t| t.mode),
            logging: input.logging_config.take(),
        })
    }

    /// Takes the settings of an update.
    ///
    /// # Errors
    /// When a member is used that Crossway does not honour.
    pub fn of_update(input: &mut UpdateFunctionConfigurationRequest) -> Result<Self, LambdaError> {
        fields::refuse(&[
            ("VpcConfig", input.vpc_config.as_ref().is_some_and(is_vpc)),
            (
                "DeadLetterConfig",
                has_text(
                    input
                        .dead_letter_config
                        .as_ref()
                        .and_then(|c| c.target_arn.as_ref()),
                ),
            ),
            ("KMSKeyArn", has_text(input.kms_key_arn.as_ref())),
            (
                "FileSystemConfigs",
                has_items(input.file_system_configs.as_ref()),
            ),
            ("ImageConfig", input.image_config.is_some()),
            (
                "SnapStart",
                is_snap_start(input.snap_start.as_ref().and_then(|s| s.apply_on.as_ref())),
            ),
            (
                "CapacityProviderConfig",
                input.capacity_provider_config.is_some(),
            ),
            ("DurableConfig", input.durable_config.is_some()),
            ("RuntimeConfig", input.runtime_config.is_some()),
            ("AcceleratorConfig", input.accelerator_config.is_some()),
        ])?;
        Ok(Self {
            role: input.role.take(),
            runtime: input.runtime.take(),
            handler: input.handler.take(),
            description: input.description.take(),
            timeout_s: input.timeout,
            memory_mb: input.memory_size,
            ephemeral_mb: input.ephemeral_storage.as_ref().and_then(|e| e.size),
            environment: input
                .environment
                .take()
                .map(|e| e.variables.unwrap_or_default()),
            layers: input.layers.take(),
            tracing_mode: input.tracing_config.take().and_then(|t| t.mode),
            logging: input.logging_config.take(),
        })
    }

    /// The layers that are named here, if any are.
    ///
    /// # Errors
    /// As [`used_layers::resolve`].
    pub async fn layers(
        &self,
        lambda: &Lambda,
        name: &FunctionName,
    ) -> Result<Layers, LambdaError> {
        match &self.layers {
            Some(arns) => Ok(Some(used_layers::resolve(lambda, name, arns).await?)),
            None => Ok(None),
        }
    }

    /// Checks every setting and writes it into `config`.
    ///
    /// # Errors
    /// The first setting that is out of its bounds.
    pub fn apply(self, config: &mut ConfigRecord, layers: Layers) -> Result<(), LambdaError> {
        if let Some(runtime) = self.runtime {
            runtime::check(&runtime)?;
            config.runtime = runtime;
        }
        if let Some(timeout_s) = self.timeout_s {
            config.timeout_s = bounded("timeout", timeout_s, 1, limits::TIMEOUT_S_MAX)?;
        }
        if let Some(memory_mb) = self.memory_mb {
            let (min, max) = (limits::MEMORY_MB_DEFAULT, limits::MEMORY_MB_MAX);
            config.memory_mb = bounded("memorySize", memory_mb, min, max)?;
        }
        if let Some(ephemeral_mb) = self.ephemeral_mb {
            let (min, max) = (limits::EPHEMERAL_MB_DEFAULT, limits::EPHEMERAL_MB_MAX);
            config.ephemeral_mb = bounded("ephemeralStorage.size", ephemeral_mb, min, max)?;
        }
        if let Some(environment) = self.environment {
            check_environment(&environment)?;
            config.environment = Some(environment);
        }
        if let Some(layers) = layers {
            config.layers = layers;
        }
        used_layers::check_size(config)?;
        if let Some(logging) = self.logging {
            set_logging(&mut config.logging, logging)?;
        }
        if let Some(mode) = self.tracing_mode {
            if mode != "PassThrough" {
                fields::without_effect("TracingConfig");
            }
            config.tracing_mode = mode;
        }
        config.role = self.role.unwrap_or(std::mem::take(&mut config.role));
        config.handler = self.handler.unwrap_or(std::mem::take(&mut config.handler));
        if let Some(description) = self.description {
            config.description = description;
        }
        Ok(())
    }
}

fn is_vpc(config: &api::lambda::VpcConfig) -> bool {
    has_items(config.subnet_ids.as_ref()) || has_items(config.security_group_ids.as_ref())
}

fn is_snap_start(apply_on: Option<&String>) -> bool {
    apply_on.is_some_and(|apply_on| apply_on != "None")
}

fn has_text(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}

fn has_items<T>(items: Option<&Vec<T>>) -> bool {
    items.is_some_and(|items| !items.is_empty())
}

/// The model's ranges are wider than those of functions that are not on managed instances.
fn bounded(member: &str, value: i32, min: u32, max: u32) -> Result<u32, LambdaError> {
    let text = |relation: &str, bound: u32| {
        LambdaError::Validation(format!(
            "Value '{value}' at '{member}' failed to satisfy constraint: Member must have value \
             {relation} than or equal to {bound}"
        ))
    };
    match u32::try_from(value) {
        Ok(value) if value > max => Err(text("less", max)),
        Ok(value) if value >= min => Ok(value),
        _ => Err(text("greater", min)),
    }
}

/// "Defined runtime environment variables", Lambda developer guide: the reserved ones.
const RESERVED_VARIABLES: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

fn check_environment(variables: &BTreeMap<String, String>) -> Result<(), LambdaError> {
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| RESERVED_VARIABLES.contains(name))
        .collect();
    if !reserved.is_empty() {
        return Err(LambdaError::Invalid(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided contains reserved keys that are currently not supported \
             for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    if variables.values().any(|value| value.contains('\0')) {
        return Err(LambdaError::Invalid(
            "an environment variable's value may not hold a NUL character".to_owned(),
        ));
    }
    let measured = serde_json::json!(variables).to_string();
    if measured.len() > limits::ENVIRONMENT_BYTES_MAX {
        return Err(LambdaError::Invalid(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided exceeded the 4KB limit. String measured: {measured}"
        )));
    }
    Ok(())
}

/// Levels go with JSON only ("Configuring advanced logging controls for your Lambda function").
fn set_logging(logging: &mut LoggingRecord, wanted: LoggingConfig) -> Result<(), LambdaError> {
    let has_level = wanted.application_log_level.is_some() || wanted.system_log_level.is_some();
    logging.format = wanted
        .log_format
        .unwrap_or(std::mem::take(&mut logging.format));
    if logging.format == "Text" {
        if has_level {
            // UNVERIFIED: AWS's exact words; a refused request on AWS would settle it.
            return Err(LambdaError::Invalid(
                "LogLevel is not supported when LogFormat is set to \"Text\". Remove LogLevel from \
                 your request or change the LogFormat to \"JSON\" and try again."
                    .to_owned(),
            ));
        }
        logging.application_level = None;
        logging.system_level = None;
    } else {
        // "Log levels": INFO unless said otherwise.
        let info = || "INFO".to_owned();
        let application = wanted.application_log_level;
        logging.application_level = application
            .or(logging.application_level.take())
            .or_else(|| Some(info()));
        let system = wanted.system_log_level;
        logging.system_level = system
            .or(logging.system_level.take())
            .or_else(|| Some(info()));
    }
    if let Some(group) = wanted.log_group {
        logging.group = group;
    }
    Ok(())
}

/// UpdateFunctionConfiguration.
pub async fn update(
    lambda: Arc<Lambda>,
    call: Call,
    mut input: UpdateFunctionConfigurationRequest,
) -> Result<FunctionConfiguration, ServiceError> {
    let name =
        FunctionName::parse(&input.function_name, None, &call.account, &call.region)?.unqualified();
    let settings = Settings::of_update(&mut input)?;
    if lambda.function(&name).await?.is_none() {
        return Err(LambdaError::FunctionNotFound(name.arn()).into());
    }
    if let Some(role) = &settings.role {
        lifecycle::check_role(&lambda, &name, role).await?;
    }
    let layers = settings.layers(&lambda, &name).await?;
    let config = change(&lambda, &name, input.revision_id.as_deref(), |config| {
        settings.apply(config, layers)
    })
    .await?;
    Ok(view::configuration(&name, name.arn(), LATEST, &config))
}

async fn change(
    lambda: &Lambda,
    name: &FunctionName,
    revision_id: Option<&str>,
    edit: impl FnOnce(&mut ConfigRecord) -> Result<(), LambdaError>,
) -> Result<ConfigRecord, LambdaError> {
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await?;
    let mut function = function.ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    lifecycle::check_editable(name, &function.latest, revision_id)?;
    edit(&mut function.latest)?;
    lifecycle::begin_update(lambda, &mut function.latest);
    tx.put(&FUNCTIONS, &key, &function)?;
    lambda.commit(tx, &key).await?;
    lifecycle::settle_later(lambda, name);
    Ok(function.latest)
}

/// A configuration with AWS's defaults, to which settings are applied.
pub fn default_config(
    lambda: &Lambda,
    function_name: &str,
    code: crate::record::CodeRecord,
) -> ConfigRecord {
    ConfigRecord {
        role: String::new(),
        runtime: String::new(),
        handler: String::new(),
        description: String::new(),
        timeout_s: limits::TIMEOUT_S_DEFAULT,
        memory_mb: limits::MEMORY_MB_DEFAULT,
        ephemeral_mb: limits::EPHEMERAL_MB_DEFAULT,
        environment: None,
        code,
        layers: Vec::new(),
        architecture: "x86_64".to_owned(),
        tracing_mode: "PassThrough".to_owned(),
        logging: LoggingRecord {
            format: "Text".to_owned(),
            application_level: None,
            system_level: None,
            group: format!("/aws/lambda/{function_name}"),
        },
        revision_id: lambda.ids.uuid(),
        spec_revision: lambda.ids.uuid(),
        last_modified_ms: lambda.clock.now_ms(),
        state: StateRecord::Creating,
    }
}

/// Refuses a stale RevisionId of a function or alias.
///
/// # Errors
/// [`LambdaError::Stale`].
pub fn check_revision(expected: Option<&str>, actual: &str) -> Result<(), LambdaError> {
    match expected {
        Some(expected) if expected != actual => Err(LambdaError::Stale(STALE_FUNCTION)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, String)]) -> Result<(), LambdaError> {
        let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        check_environment(&pairs.collect())
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(bounded("timeout", 900, 1, 900).unwrap(), 900);
        assert_eq!(
            bounded("timeout", 901, 1, 900).unwrap_err().to_string(),
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"
        );
        assert_eq!(
            bounded("timeout", -1, 1, 900).unwrap_err().to_string(),
            "1 validation error detected: Value '-1' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1"
        );
    }

    #[test]
    fn reserved_variables_are_refused() {
        let error = environment(&[("AWS_REGION", "x".into()), ("A1", "x".into())]).unwrap_err();
        assert!(error.to_string().ends_with("in this request: AWS_REGION"));
        assert!(environment(&[("TZ", "Europe/Berlin".into())]).is_ok());
    }

    #[test]
    fn variables_have_a_bound() {
        // {"LARGE":"…"} is 12 characters more than the value.
        assert!(environment(&[("LARGE", "x".repeat(4_096 - 12))]).is_ok());
        let error = environment(&[("LARGE", "x".repeat(4_096 - 11))]).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("exceeded the 4KB limit. String measured: {\"LARGE\":")
        );
    }
}
