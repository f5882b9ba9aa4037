//! Integrations as `x-amazon-apigateway-integration`.

use super::{Export, put, put_object, texts};
use crate::document::Object;
use crate::limits::TIMEOUT_MS_MAX;
use restapi::{Integration, IntegrationResponse};
use serde_json::{Value, json};

impl Export<'_> {
    /// One integration. What has AWS's default is left out.
    pub(super) fn integration(&self, integration: &Integration) -> Object {
        let mut out = Object::new();
        let kind = integration.kind.as_str().to_ascii_lowercase();
        out.insert("type".into(), kind.into());
        put(&mut out, "credentials", integration.credentials.as_ref());
        put(&mut out, "httpMethod", integration.http_method.as_ref());
        put(&mut out, "uri", integration.uri.as_ref());
        put_object(&mut out, "responses", responses(integration));
        put_object(
            &mut out,
            "requestParameters",
            texts(&integration.request_parameters),
        );
        put_object(
            &mut out,
            "requestTemplates",
            pairs(&integration.request_templates),
        );
        let passthrough = integration.passthrough_behavior.to_ascii_lowercase();
        out.insert("passthroughBehavior".into(), passthrough.into());
        put(
            &mut out,
            "connectionType",
            integration.connection_type.as_ref(),
        );
        put(&mut out, "connectionId", integration.connection_id.as_ref());
        put(
            &mut out,
            "integrationTarget",
            integration.integration_target.as_ref(),
        );
        if i64::from(integration.timeout_ms) != TIMEOUT_MS_MAX {
            out.insert("timeoutInMillis".into(), integration.timeout_ms.into());
        }
        put(
            &mut out,
            "contentHandling",
            integration.content_handling.as_ref(),
        );
        put(
            &mut out,
            "cacheNamespace",
            integration.cache_namespace.as_ref(),
        );
        if !integration.cache_key_parameters.is_empty() {
            let keys = json!(integration.cache_key_parameters);
            out.insert("cacheKeyParameters".into(), keys);
        }
        if let Some(tls) = integration.tls {
            let tls = json!({"insecureSkipVerification": tls.is_verification_skipped});
            out.insert("tlsConfig".into(), tls);
        }
        put(
            &mut out,
            "responseTransferMode",
            integration.response_transfer_mode.as_ref(),
        );
        out
    }
}

/// By selection pattern; the response without one is `default`.
fn responses(integration: &Integration) -> impl Iterator<Item = (String, Value)> {
    integration.responses.values().map(|response| {
        let pattern = response
            .selection_pattern
            .as_deref()
            .filter(|pattern| !pattern.is_empty());
        let key = pattern.unwrap_or("default").to_owned();
        (key, Value::Object(response_object(response)))
    })
}

fn response_object(response: &IntegrationResponse) -> Object {
    let mut out = Object::new();
    out.insert("statusCode".into(), response.status_code.as_str().into());
    put_object(
        &mut out,
        "responseParameters",
        texts(&response.response_parameters),
    );
    put_object(
        &mut out,
        "responseTemplates",
        pairs(&response.response_templates),
    );
    put(
        &mut out,
        "contentHandling",
        response.content_handling.as_ref(),
    );
    out
}

fn pairs(entries: &[(String, String)]) -> impl Iterator<Item = (String, Value)> {
    texts(entries.iter().map(|(name, value)| (name, value)))
}
