//! Records as AWS shows them.

use crate::name::FunctionName;
use crate::record::{AliasRecord, ConfigRecord, StateRecord};
use api::lambda::{
    AliasConfiguration, AliasRoutingConfiguration, EnvironmentResponse, EphemeralStorage,
    FunctionConfiguration, Layer, LoggingConfig, RuntimeVersionConfig, SnapStartResponse,
    TracingConfigResponse,
};
use sha2::{Digest, Sha256};
use stdx::TimestampMs;

/// A version with its state, as all operations but lists show it.
pub fn configuration(
    name: &FunctionName,
    arn: String,
    version: &str,
    config: &ConfigRecord,
) -> FunctionConfiguration {
    let creating = config.state == StateRecord::Creating;
    let updating = config.state == StateRecord::Updating;
    // AWS gives the same reason for both.
    let reason = |given: bool| given.then(|| "The function is being created.".to_owned());
    let code = |given: bool| given.then(|| "Creating".to_owned());
    FunctionConfiguration {
        state: Some(if creating { "Pending" } else { "Active" }.to_owned()),
        state_reason: reason(creating),
        state_reason_code: code(creating),
        last_update_status: match config.state {
            StateRecord::Creating => None,
            StateRecord::Updating => Some("InProgress".to_owned()),
            StateRecord::Active => Some("Successful".to_owned()),
        },
        last_update_status_reason: reason(updating),
        last_update_status_reason_code: code(updating),
        runtime_version_config: Some(RuntimeVersionConfig {
            runtime_version_arn: Some(runtime_version_arn(name, &config.runtime)),
            error: None,
        }),
        ..common(name, arn, version, config)
    }
}

/// A time as provisioned concurrency shows it, without milliseconds ("PutProvisionedConcurrencyConfig",
/// the AWS CLI's example).
pub fn seconds(at_ms: TimestampMs) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// A version as lists show it: without its state.
pub fn listed(
    name: &FunctionName,
    version: &str,
    config: &ConfigRecord,
    is_qualified: bool,
) -> FunctionConfiguration {
    let arn = match is_qualified {
        true => name.qualified_arn(version),
        false => name.function_arn(),
    };
    common(name, arn, version, config)
}

fn common(
    name: &FunctionName,
    arn: String,
    version: &str,
    config: &ConfigRecord,
) -> FunctionConfiguration {
    let number = |value: u32| i32::try_from(value).ok();
    FunctionConfiguration {
        function_name: Some(name.name.clone()),
        function_arn: Some(arn),
        runtime: Some(config.runtime.clone()),
        role: Some(config.role.clone()),
        handler: Some(config.handler.clone()),
        code_size: i64::try_from(config.code.size).ok(),
        description: Some(config.description.clone()),
        timeout: number(config.timeout_s),
        memory_size: number(config.memory_mb),
        last_modified: Some(time(config.last_modified_ms)),
        code_sha256: Some(config.code.sha256.clone()),
        version: Some(version.to_owned()),
        environment: config
            .environment
            .clone()
            .map(|variables| EnvironmentResponse {
                variables: Some(variables),
                error: None,
            }),
        layers: (!config.layers.is_empty()).then(|| {
            let layers = config.layers.iter().map(|layer| Layer {
                arn: Some(layer.arn.clone()),
                code_size: i64::try_from(layer.code.size).ok(),
                ..Layer::default()
            });
            layers.collect()
        }),
        tracing_config: Some(TracingConfigResponse {
            mode: Some(config.tracing_mode.clone()),
        }),
        revision_id: Some(config.revision_id.clone()),
        package_type: Some("Zip".to_owned()),
        architectures: Some(vec![config.architecture.clone()]),
        ephemeral_storage: Some(EphemeralStorage {
            size: number(config.ephemeral_mb),
        }),
        snap_start: Some(SnapStartResponse {
            apply_on: Some("None".to_owned()),
            optimization_status: Some("Off".to_owned()),
        }),
        logging_config: Some(LoggingConfig {
            log_format: Some(config.logging.format.clone()),
            application_log_level: config.logging.application_level.clone(),
            system_log_level: config.logging.system_level.clone(),
            log_group: Some(config.logging.group.clone()),
        }),
        ..FunctionConfiguration::default()
    }
}

/// The identity of a runtime on this host. AWS's ids name AWS's builds; ours is made of the
/// runtime's name, so that clients which compare two functions' runtimes see what is equal.
fn runtime_version_arn(name: &FunctionName, runtime: &str) -> String {
    let digest = Sha256::digest(runtime.as_bytes());
    let id: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("arn:aws:lambda:{}::runtime:{id}", name.region)
}

/// `2026-11-22T11:56:06.123+0000`.
pub fn time(ms: TimestampMs) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .unwrap_or_default()
        .strftime("%Y-%m-%dT%H:%M:%S.%3f+0000")
        .to_string()
}

/// An alias.
pub fn alias(name: &FunctionName, alias: &AliasRecord) -> AliasConfiguration {
    AliasConfiguration {
        alias_arn: Some(name.qualified_arn(&alias.name)),
        name: Some(alias.name.clone()),
        function_version: Some(alias.version.clone()),
        description: Some(alias.description.clone()),
        routing_config: (!alias.weights.is_empty()).then(|| AliasRoutingConfiguration {
            additional_version_weights: Some(alias.weights.clone()),
        }),
        revision_id: Some(alias.revision_id.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_look_like_awss() {
        assert_eq!(time(1_795_348_566_123), "2026-11-22T11:56:06.123+0000");
        assert_eq!(time(0), "1970-01-01T00:00:00.000+0000");
    }
}
