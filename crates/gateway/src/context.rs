//! `$context`: what mapping templates, parameter mappings, gateway responses and access logs see.

use crate::{
    compiled::{CompiledMethod, CompiledStage},
    identity::Identity,
    request::Inbound,
};
use mapping::{Context, ContextVariables};
use std::{borrow::Cow, cell::RefCell, sync::OnceLock};
use stdx::TimestampMs;

/// A routed request with everything that was found out about it. Stages from here on only read it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange<'a> {
    /// The request.
    pub(crate) inbound: &'a Inbound,
    /// The stage.
    pub(crate) stage: &'a CompiledStage,
    /// The method.
    pub(crate) method: &'a CompiledMethod,
    /// Path parameters, still percent-encoded.
    pub(crate) raw_path_parameters: &'a [(String, String)],
    /// The caller.
    pub(crate) identity: &'a Identity,
    /// `$context`, once something has asked for all of it.
    pub(crate) context: &'a Made,
}

/// All of `$context`, once it was made: some 90 texts, which most requests need few of.
pub(crate) type Made = OnceLock<Box<ContextVariables>>;

impl<'a> Exchange<'a> {
    /// `$context` of this request, made once.
    pub(crate) fn variables(&self) -> &'a ContextVariables {
        self.context.get_or_init(|| {
            let mut variables = unrouted(self.inbound, self.stage);
            routed(&mut variables, self.method);
            self.identity.fill(&mut variables);
            Box::new(variables)
        })
    }
}

impl Context for Exchange<'_> {
    fn variable(&self, name: &str) -> Option<Cow<'_, str>> {
        let all = || self.variables().variable(name);
        let Some(value) = at_hand(name, self.inbound, self.stage, Some(self.method)) else {
            return all();
        };
        debug_assert_eq!(value, all(), "{name}");
        value
    }

    fn variables(&self) -> &ContextVariables {
        self.variables()
    }
}

/// A variable that can be read where it lies, and its value if it has one; none for those for
/// which all of `$context` has to be made. What it says is what [`unrouted`] and [`routed`] say.
pub(crate) fn at_hand<'a>(
    name: &str,
    inbound: &'a Inbound,
    stage: &'a CompiledStage,
    method: Option<&'a CompiledMethod>,
) -> Option<Option<Cow<'a, str>>> {
    let text = match name {
        "accountId" => stage.account.as_str(),
        "apiId" => &stage.api.id,
        "deploymentId" => &stage.settings.deployment_id,
        "domainName" => &inbound.domain_name,
        "extendedRequestId" => &inbound.ids.extended_request_id,
        "httpMethod" => &inbound.verb,
        "identity.sourceIp" => &inbound.source_ip,
        "identity.userAgent" => {
            return Some(inbound.facts.user_agent.as_deref().map(Cow::Borrowed));
        }
        "path" => &inbound.request_path,
        "protocol" => PROTOCOL,
        "requestId" => &inbound.ids.request_id,
        "requestTime" => return Some(Some(request_time(inbound.received_ms).into())),
        "requestTimeEpoch" => return Some(Some(inbound.received_ms.to_string().into())),
        "resourceId" => return Some(method.map(|method| method.resource_id.as_str().into())),
        "resourcePath" => return Some(method.map(|method| method.resource_path.as_str().into())),
        "stage" => &stage.settings.name,
        _ => return None,
    };
    Some(Some(text.into()))
}

/// `$context` as far as it is known without a route.
pub(crate) fn unrouted(inbound: &Inbound, stage: &CompiledStage) -> ContextVariables {
    let mut variables = ContextVariables {
        account_id: Some(stage.account.to_string()),
        api_id: Some(stage.api.id.clone()),
        deployment_id: Some(stage.settings.deployment_id.clone()),
        domain_name: Some(inbound.domain_name.clone()),
        domain_prefix: Some(inbound.domain_prefix().to_owned()),
        endpoint_type: stage.api.endpoint.types.first().cloned(),
        extended_request_id: Some(inbound.ids.extended_request_id.clone()),
        http_method: Some(inbound.verb.clone()),
        path: Some(inbound.request_path.clone()),
        protocol: Some(PROTOCOL.to_owned()),
        request_id: Some(inbound.ids.request_id.clone()),
        request_time: Some(request_time(inbound.received_ms)),
        request_time_epoch: Some(inbound.received_ms.to_string()),
        stage: Some(stage.settings.name.clone()),
        ..ContextVariables::default()
    };
    variables.identity.source_ip = Some(inbound.source_ip.clone());
    variables.identity.user_agent = inbound.facts.user_agent.clone();
    if let Some(endpoint) = &inbound.vpc_endpoint {
        variables.identity.vpc_id = Some(endpoint.vpc.clone());
        variables.identity.vpce_id = Some(endpoint.id.clone());
    }
    if inbound.is_test() {
        variables.identity.api_key = Some(TEST_API_KEY.to_owned());
        variables.identity.api_key_id = Some(TEST_API_KEY_ID.to_owned());
    }
    if let Some(key) = inbound.api_key.get() {
        variables.identity.api_key = Some(key.value.clone());
        variables.identity.api_key_id = Some(key.entry.key_id.to_string());
    }
    variables
}

/// Adds what the route says.
pub(crate) fn routed(variables: &mut ContextVariables, method: &CompiledMethod) {
    variables.resource_id = Some(method.resource_id.clone());
    variables.resource_path = Some(method.resource_path.clone());
    variables.operation_name = method.operation_name.clone();
}

/// HTTP/2 is reported so too.
pub(crate) const PROTOCOL: &str = "HTTP/1.1";

/// `identity.apiKey` of TestInvokeMethod.
pub(crate) const TEST_API_KEY: &str = "test-invoke-api-key";

/// `identity.apiKeyId` of TestInvokeMethod.
pub(crate) const TEST_API_KEY_ID: &str = "test-invoke-api-key-id";

thread_local! {
    /// The second that was written last, and its text: a thread writes it for thousands of requests.
    static LAST_TIME: RefCell<(i64, String)> = const { RefCell::new((i64::MIN, String::new())) };
}

/// `22/Nov/2026:11:56:06 +0000`.
pub(crate) fn request_time(ms: TimestampMs) -> String {
    let second = ms.div_euclid(1_000);
    LAST_TIME.with_borrow_mut(|(last, text)| {
        if *last != second {
            (*last, *text) = (second, written_time(ms));
        }
        text.clone()
    })
}

fn written_time(ms: TimestampMs) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%d/%b/%Y:%H:%M:%S +0000")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_times_are_in_utc() {
        assert_eq!(
            request_time(1_795_348_566_000),
            "22/Nov/2026:11:56:06 +0000"
        );
        assert_eq!(
            request_time(1_795_348_567_000),
            "22/Nov/2026:11:56:07 +0000"
        );
        assert_eq!(
            request_time(1_795_348_567_999),
            "22/Nov/2026:11:56:07 +0000"
        );
        assert_eq!(request_time(-1), "31/Dec/1969:23:59:59 +0000");
    }
}
