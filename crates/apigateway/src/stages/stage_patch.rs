//! UpdateStage, path by path.

use crate::{
    Error,
    patch::{Op, Patch},
    stages::access_log,
};
use restapi::{MethodSetting, Stage};

/// The paths that AWS names when it knows none of them; missing separators are AWS's.
const KNOWN: &str = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, \
    /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, \
    /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, \
    /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, \
    /{resourcePath}/{httpMethod}/throttling/burstLimit\
    /{resourcePath}/{httpMethod}/throttling/rateLimit\
    /{resourcePath}/{httpMethod}/caching/ttlInSeconds, \
    /{resourcePath}/{httpMethod}/caching/enabled, \
    /{resourcePath}/{httpMethod}/caching/dataEncrypted, \
    /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, \
    /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, \
    /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, \
    /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, \
    /*/*/caching/enabled, /*/*/caching/dataEncrypted, \
    /*/*/caching/requireAuthorizationForCacheControl, \
    /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, \
    /tracingEnabled";

/// Applies one operation. `may_log` says whether the account has a role for execution logs.
///
/// # Errors
/// AWS's refusals; the stage may be half changed then and must be thrown away.
pub fn apply(stage: &mut Stage, patch: &Patch, may_log: bool) -> Result<(), Error> {
    if patch.op == Op::Copy {
        return copy(stage, patch);
    }
    match patch.at().as_slice() {
        // Recorded: removing one member of the access log is read as removing a method's settings.
        [path @ "accessLogSettings", verb] if patch.op == Op::Remove => forget(stage, path, verb),
        ["accessLogSettings", ..] => access_log::apply(stage, patch),
        ["canarySettings"] if patch.op == Op::Remove => {
            stage.canary = None;
            Ok(())
        }
        ["canarySettings", "deploymentId"] if patch.op == Op::Add => Err(Error::bad(
            "Invalid add operation with path: /canarySettings/deploymentId",
        )),
        ["canarySettings", ..] => Err(Error::NotEnforced("canary releases")),
        ["variables"] if patch.op == Op::Remove => {
            stage.variables.clear();
            Ok(())
        }
        ["variables", name] => {
            match patch.op {
                Op::Remove => drop(stage.variables.remove(*name)),
                _ => drop(stage.variables.insert((*name).to_owned(), patch.text())),
            }
            Ok(())
        }
        [member] => plain(stage, patch, member),
        [path, verb] if patch.op == Op::Remove => forget(stage, path, verb),
        [path, verb, group, leaf] => {
            let name = (*group, *leaf);
            let key = key(path, verb);
            // A method that is set for the first time begins with what the stage has (recorded).
            let inherited = stage.method_settings.get(ALL).cloned();
            let setting = stage.method_settings.entry(key);
            let setting = setting.or_insert_with(|| inherited.unwrap_or_default());
            set(setting, patch, name, may_log)
        }
        _ => Err(unknown(patch)),
    }
}

/// The key of the settings of all methods that have none of their own.
const ALL: &str = "*/*";

/// The key of a method's settings: the resource's path without its leading slash, inner slashes
/// as `~1`, then the verb.
fn key(path: &str, verb: &str) -> String {
    let path = path.strip_prefix('/').unwrap_or(path);
    format!("{}/{verb}", path.replace('~', "~0").replace('/', "~1"))
}

fn unknown(patch: &Patch) -> Error {
    Error::bad(format!(
        "Invalid method setting path: {}. Must be one of: [{KNOWN}]",
        patch.path
    ))
}

fn plain(stage: &mut Stage, patch: &Patch, member: &str) -> Result<(), Error> {
    let slot = match member {
        "deploymentId" => {
            patch.only_replace()?;
            stage.deployment_id = patch.text();
            return Ok(());
        }
        "cacheClusterEnabled" => {
            patch.only_replace()?;
            stage.cache_cluster_enabled = patch.truth();
            return Ok(());
        }
        "tracingEnabled" => {
            patch.only_replace()?;
            stage.tracing_enabled = patch.truth();
            return Ok(());
        }
        "cacheClusterSize" => &mut stage.cache_cluster_size,
        "clientCertificateId" => &mut stage.client_certificate_id,
        "description" => &mut stage.description,
        "documentationVersion" => &mut stage.documentation_version,
        _ => return Err(unknown(patch)),
    };
    patch.only_replace()?;
    *slot = patch.some_text();
    Ok(())
}

/// Forgets the settings of one method.
fn forget(stage: &mut Stage, path: &str, verb: &str) -> Result<(), Error> {
    match stage.method_settings.remove(&key(path, verb)) {
        Some(_) => Ok(()),
        // The blank at the end is AWS's.
        None => Err(Error::bad(format!(
            "Cannot remove method setting {path}/{verb} because there is no method setting for \
             this method "
        ))),
    }
}

/// Canary promotion is the only copy there is.
fn copy(stage: &Stage, patch: &Patch) -> Result<(), Error> {
    let from = patch.from.as_deref().unwrap_or("null");
    let is_target = ["/deploymentId", "/variables"].contains(&patch.path.as_str());
    let is_source = [
        "/canarySettings/deploymentId",
        "/canarySettings/stageVariableOverrides",
    ]
    .contains(&from);
    if !is_target || !is_source {
        return Err(Error::bad(format!(
            "Invalid copy operation with path: {} and from {from}. Valid copy:path are \
             [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, \
             /canarySettings/stageVariableOverrides]",
            patch.path
        )));
    }
    match stage.canary {
        None => Err(Error::bad(
            "Promotion not available. Canary does not exist.",
        )),
        Some(_) => Err(Error::NotEnforced("canary releases")),
    }
}

fn set(
    setting: &mut MethodSetting,
    patch: &Patch,
    name: (&str, &str),
    may_log: bool,
) -> Result<(), Error> {
    if !matches!(patch.op, Op::Replace | Op::Add) {
        return Err(unknown(patch));
    }
    // UNVERIFIED: AWS's text for values that are no numbers.
    let bad_value = || Error::bad(format!("Invalid value for {}", patch.path));
    match name {
        ("metrics", "enabled") => setting.metrics_enabled = patch.truth(),
        ("logging", "dataTrace") => setting.data_trace_enabled = patch.truth(),
        ("logging", "loglevel") => {
            let level = patch.text();
            if !["OFF", "ERROR", "INFO"].contains(&level.as_str()) {
                return Err(Error::bad(
                    "Invalid logging level. Valid values are: [OFF, ERROR, INFO]",
                ));
            }
            if level != "OFF" && !may_log {
                return Err(Error::bad(
                    "CloudWatch Logs role ARN must be set in account settings to enable logging",
                ));
            }
            setting.logging_level = Some(level);
        }
        ("throttling", "burstLimit") => {
            setting.throttling_burst_limit = patch.text().parse().map_err(|_| bad_value())?;
        }
        ("throttling", "rateLimit") => {
            let rate: f64 = patch.text().parse().map_err(|_| bad_value())?;
            setting.throttling_rate_limit = Some(rate)
                .filter(|rate| rate.is_finite())
                .ok_or_else(bad_value)?;
        }
        ("caching", "enabled") => setting.caching_enabled = patch.truth(),
        ("caching", "ttlInSeconds") => {
            let ttl_s: i32 = patch.text().parse().map_err(|_| bad_value())?;
            // "Cache settings for REST APIs": 0 to 3600.
            setting.cache_ttl_s = Some(ttl_s)
                .filter(|ttl_s| (0..=3_600).contains(ttl_s))
                .ok_or_else(bad_value)?;
        }
        ("caching", "dataEncrypted") => setting.cache_data_encrypted = patch.truth(),
        ("caching", "requireAuthorizationForCacheControl") => {
            setting.require_authorization_for_cache_control = patch.truth();
        }
        ("caching", "unauthorizedCacheControlHeaderStrategy") => {
            let strategy = patch.text();
            let known = [
                "FAIL_WITH_403",
                "SUCCEED_WITH_RESPONSE_HEADER",
                "SUCCEED_WITHOUT_RESPONSE_HEADER",
            ];
            if !known.contains(&strategy.as_str()) {
                return Err(bad_value());
            }
            setting.unauthorized_cache_control_header_strategy = strategy;
        }
        _ => return Err(unknown(patch)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn patched(stage: &mut Stage, op: &str, path: &str, value: &str) -> Result<(), String> {
        let patch =
            Patch::new(Some(op.into()), Some(path.into()), Some(value.into()), None).unwrap();
        apply(stage, &patch, false).map_err(|error| error.to_string())
    }

    #[test]
    fn method_settings_are_keyed_as_recorded() {
        let mut stage = Stage::default();
        for path in [
            "/*/*/caching/enabled",
            "/~1test/GET/caching/enabled",
            "/~1pets~1{id}/GET/caching/enabled",
            "/~1/GET/caching/enabled",
        ] {
            patched(&mut stage, "replace", path, "true").unwrap();
        }
        let keys: Vec<_> = stage.method_settings.keys().map(String::as_str).collect();
        assert_eq!(keys, ["*/*", "/GET", "pets~1{id}/GET", "test/GET"]);
        patched(&mut stage, "remove", "/~1test/GET", "").unwrap();
        assert!(!stage.method_settings.contains_key("test/GET"));
    }

    #[test]
    fn access_logs_are_refused_as_recorded() {
        let mut stage = Stage::default();
        let path = "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]";
        let removal = |what: &str| {
            format!(
                "Cannot remove method setting accessLogSettings/{what} because there is no method setting for this method "
            )
        };
        for (op, at, want) in [
            ("add", "/accessLogSettings/randomValue", path.to_owned()),
            ("replace", "/accessLogSettings/*", path.to_owned()),
            ("add", "/accessLogSettings", path.to_owned()),
            (
                "remove",
                "/accessLogSettings/randomValue",
                removal("randomValue"),
            ),
            ("remove", "/accessLogSettings/*", removal("*")),
            (
                "remove",
                "/accessLogSettings/destinationArn",
                removal("destinationArn"),
            ),
        ] {
            assert_eq!(patched(&mut stage, op, at, "x"), Err(want), "{op} {at}");
        }
        assert_eq!(
            patched(&mut stage, "replace", "/accessLogSettings/format", ""),
            Err("Access Log value must not be empty".into())
        );
        let arn = "arn:aws:logs:us-east-1:111111111111:log-group:x";
        patched(&mut stage, "add", "/accessLogSettings/destinationArn", arn).unwrap();
        assert!(patched(&mut stage, "add", "/accessLogSettings/destinationArn", "x").is_err());
        patched(&mut stage, "remove", "/accessLogSettings", "").unwrap();
        assert_eq!(stage.access_log, None);
    }

    #[test]
    fn unknown_paths_are_answered_with_the_list() {
        let mut stage = Stage::default();
        for path in ["/documentation_version", "/tags/tag1", "/a/b/c"] {
            let refused = patched(&mut stage, "replace", path, "x").unwrap_err();
            assert!(refused.starts_with(&format!(
                "Invalid method setting path: {path}. Must be one of: [/deploymentId, "
            )));
        }
    }

    #[test]
    fn logging_needs_the_accounts_role() {
        let mut stage = Stage::default();
        let path = "/*/*/logging/loglevel";
        assert_eq!(
            patched(&mut stage, "replace", path, "INFO"),
            Err(
                "CloudWatch Logs role ARN must be set in account settings to enable logging".into()
            )
        );
        patched(&mut stage, "replace", path, "OFF").unwrap();
        let patch = Patch::new(
            Some("replace".into()),
            Some(path.into()),
            Some("INFO".into()),
            None,
        )
        .unwrap();
        apply(&mut stage, &patch, true).unwrap();
        assert_eq!(
            stage.method_settings["*/*"].logging_level.as_deref(),
            Some("INFO")
        );
    }

    #[test]
    fn canaries_cannot_be_set_and_not_be_promoted() {
        let mut stage = Stage::default();
        assert!(
            patched(
                &mut stage,
                "replace",
                "/canarySettings/percentTraffic",
                "50"
            )
            .is_err()
        );
        let copy = |path: &str, from: &str| {
            let patch = Patch::new(
                Some("copy".into()),
                Some(path.into()),
                None,
                Some(from.into()),
            )
            .unwrap();
            apply(&mut Stage::default(), &patch, false)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            copy("/deploymentId", "/canarySettings/deploymentId"),
            "Promotion not available. Canary does not exist."
        );
        assert_eq!(
            copy("/canarySettings/stageVariableOverrides", "/variables"),
            "Invalid copy operation with path: /canarySettings/stageVariableOverrides and from /variables. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]"
        );
    }
}
