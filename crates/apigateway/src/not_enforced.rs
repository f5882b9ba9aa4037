//! Settings that nothing here acts on: which are refused because they restrict, which are accepted.

use crate::Error;
use restapi::{Integration, IntegrationType, MethodSetting, RestApi};

/// Settings that are accepted, stored and shown, and have no effect; none of them restricts
/// access. Using one logs one warning.
pub const NO_EFFECT: &[(&str, &str)] = &[
    (
        "ApiKey.stageKeys",
        "usage plans say which stages a key opens",
    ),
    ("Stage.tracingEnabled", "no traces are sent to X-Ray"),
    (
        "Model.schema.format",
        "bodies are checked against the other keywords of draft 4",
    ),
    (
        "RestApi.endpointConfiguration.ipAddressType",
        "the server's own addresses are used",
    ),
    (
        "RestApi.endpointConfiguration.types",
        "EDGE and REGIONAL are served alike",
    ),
];

/// Says once in the log that a setting has no effect.
pub fn warn_no_effect(setting: &'static str) {
    if let Some((name, why)) = NO_EFFECT.iter().find(|(name, _)| *name == setting) {
        tracing::warn!(setting = name, %why, "accepted a setting that has no effect");
    }
}

/// Refuses integrations that would go elsewhere than they say.
///
/// # Errors
/// 400 for a VPC link that is not named or that the kind of integration cannot use;
/// [`Error::NotEnforced`] for targets of the second version's VPC links.
// UNVERIFIED: AWS's texts.
pub fn check_integration(integration: &Integration) -> Result<(), Error> {
    if integration.integration_target.is_some() {
        return Err(Error::NotEnforced("integration targets"));
    }
    if integration.connection_type.as_deref() != Some("VPC_LINK") {
        return Ok(());
    }
    let is_http = matches!(
        integration.kind,
        IntegrationType::Http | IntegrationType::HttpProxy
    );
    if !is_http {
        return Err(Error::bad(
            "VPC_LINK connections are only supported for HTTP and HTTP_PROXY integrations",
        ));
    }
    match integration.connection_id.as_deref() {
        None | Some("") => Err(Error::bad(
            "Connection ID must be specified for VPC_LINK connections",
        )),
        Some(_) => Ok(()),
    }
}

/// Refuses method settings that nothing would act on.
///
/// # Errors
/// [`Error::NotEnforced`] for detailed metrics and for refusing cache control.
pub fn check_method_setting(setting: &MethodSetting) -> Result<(), Error> {
    if setting.metrics_enabled {
        return Err(Error::NotEnforced("detailed metrics"));
    }
    if setting.unauthorized_cache_control_header_strategy == "FAIL_WITH_403" {
        return Err(Error::NotEnforced("authorization of cache control"));
    }
    Ok(())
}

/// Refuses to make an API live whose settings would restrict clients.
///
/// # Errors
/// [`Error::NotEnforced`] for private endpoints where nobody said from where they are reached, strict endpoint access and TLS policies beyond
/// what the server's TLS keeps anyway.
pub fn check_live(api: &RestApi, has_vpc_endpoints: bool) -> Result<(), Error> {
    let is_private = api.endpoint.types.iter().any(|kind| kind == "PRIVATE");
    if is_private && !has_vpc_endpoints {
        return Err(Error::NotEnforced("private endpoints"));
    }
    if api.endpoint_access_mode.as_deref() == Some("STRICT") {
        return Err(Error::NotEnforced("strict endpoint access"));
    }
    // The server speaks TLS 1.2 and up, so the two old policies hold.
    match api.security_policy.as_deref() {
        None | Some("TLS_1_0" | "TLS_1_2") => Ok(()),
        Some(_) => Err(Error::NotEnforced("TLS security policies beyond TLS_1_2")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_apis_without_networks_and_strict_apis_do_not_go_live() {
        let mut api = RestApi::default();
        assert!(check_live(&api, false).is_ok());
        api.endpoint.types = vec!["PRIVATE".into()];
        assert!(check_live(&api, false).is_err());
        assert!(check_live(&api, true).is_ok());
        let check_live = |api: &RestApi| super::check_live(api, true);
        let strict = RestApi {
            endpoint_access_mode: Some("STRICT".into()),
            ..RestApi::default()
        };
        assert!(check_live(&strict).is_err());
        let tls = |name: &str| RestApi {
            security_policy: Some(name.into()),
            ..RestApi::default()
        };
        assert!(check_live(&tls("TLS_1_2")).is_ok());
        assert!(check_live(&tls("SecurityPolicy_TLS13_1_3_2025_09")).is_err());
    }
}
