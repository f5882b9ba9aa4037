//! API keys: which client asks, and through which usage plan it may.
//!
//! The key comes in `x-api-key`, or from the Lambda authorizer's `usageIdentifierKey` where the API
//! says so ("Choose an API key source"). A key in the query or the body is none. Values are looked
//! up by a keyed hash and compared whole, so that the time it takes tells nothing about how much of
//! a guess was right.

use crate::{
    Gateway, compiled::CompiledMethod, context::Exchange, execution_log, fault::Fault,
    journal::Journal, throttle,
};
use ports::PlanKey;
use restapi::ApiKeySource;

/// A key that may ask.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey {
    /// As the client sent it.
    pub(crate) value: String,
    /// The plan that lets it in.
    pub(crate) entry: PlanKey,
}

/// Checks the key where the method wants one, then takes what the limits allow. The key is put into
/// the request, for events and `$context`.
///
/// # Errors
/// 403 without a key that opens the stage; 429 over a limit.
pub(crate) fn admit(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    journal: &mut Journal,
) -> Result<(), Fault> {
    let Exchange { inbound, stage, .. } = exchange;
    let is_required = exchange.method.api_key_required;
    let value = match is_required {
        true => value(exchange).unwrap_or_default(),
        false => "",
    };
    let log = &mut journal.log;
    let masked = || execution_log::masked(value);
    let (id, api, name) = (&inbound.ids.request_id, &stage.api.id, &stage.settings.name);
    log.info(|| {
        let masked = masked();
        format!("Verifying Usage Plan for request: {id}. API Key: {masked} API Stage: {api}/{name}")
    });
    if is_required {
        let key = find(gateway, exchange, value).map_err(|why| {
            log.error(|| {
                format!(
                    "API Key {} not authorized because method '{}' requires API Key and API Key \
                     is not associated with a Usage Plan for API Stage {api}/{name}: {why}",
                    masked(),
                    shown(exchange.method)
                )
            });
            Fault::InvalidApiKey
        })?;
        // A request passes here once, so nothing is there yet.
        let _ = inbound.api_key.set(key);
    }
    throttle::take(gateway, exchange, inbound.api_key.get(), log)?;
    if !is_required {
        log.info(|| {
            format!(
                "API Key  authorized because method '{}' does not require API Key. Request will \
                 not contribute to throttle or quota limits",
                shown(exchange.method)
            )
        });
    }
    log.info(|| {
        let masked = masked();
        format!("Usage Plan check succeeded for API Key {masked} and API Stage {api}/{name}")
    });
    Ok(())
}

/// What the client or its authorizer gave as key.
fn value<'a>(exchange: &Exchange<'a>) -> Option<&'a str> {
    match exchange.stage.api.api_key_source {
        ApiKeySource::Header => exchange.inbound.header("x-api-key"),
        ApiKeySource::Authorizer => exchange.identity.usage_identifier_key(),
    }
}

/// The key with this value that opens the stage; else AWS's reason.
fn find(gateway: &Gateway, exchange: &Exchange<'_>, value: &str) -> Result<ApiKey, &'static str> {
    let stage = exchange.stage;
    let plans = gateway
        .usage_plans
        .find(&stage.api.id, &stage.settings.name);
    let plans = plans.ok_or("API Stage is not in a Usage Plan")?;
    let entry = plans.keys.get(value);
    let entry = entry.ok_or("No Usage Plan found for key and API Stage")?;
    if !entry.is_enabled {
        // UNVERIFIED: AWS's words for a key that is not enabled.
        return Err("API Key is disabled");
    }
    Ok(ApiKey {
        value: value.to_owned(),
        entry: entry.clone(),
    })
}

/// `ANY /{proxy+}`: the method as it is set up, as seen in AWS's logs.
fn shown(method: &CompiledMethod) -> String {
    format!("{} {}", method.verb, method.resource_path)
}
