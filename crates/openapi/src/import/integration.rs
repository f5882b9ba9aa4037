//! `x-amazon-apigateway-integration`.

use super::Import;
use crate::document::{Object, flag_of, number_of, object, text, text_of, texts_of};
use crate::limits::{STREAM_TIMEOUT_MS_MAX, TIMEOUT_MS_MAX, TIMEOUT_MS_MIN};
use restapi::{Integration, IntegrationResponse, IntegrationType, TlsConfig};
use serde_json::Value;
use std::collections::BTreeMap;

/// The operation that an integration belongs to, for messages.
pub(super) struct Site<'a> {
    /// The resource's path.
    pub path: &'a str,
    /// The verb.
    pub verb: &'a str,
}

impl Import<'_> {
    fn timeout_ms_max(&self) -> i64 {
        let is_edge = self.api.endpoint.types.iter().any(|kind| kind == "EDGE");
        match is_edge {
            true => TIMEOUT_MS_MAX,
            false => self.options.timeout_ms_max,
        }
    }

    /// The integration; none, with a warning, when it has no type.
    ///
    /// # Errors
    /// What PutIntegration would refuse.
    pub(super) fn integration(
        &mut self,
        given: &Object,
        site: &Site<'_>,
    ) -> Result<Option<Integration>, String> {
        let Some(word) = text_of(given, "type") else {
            self.warn(format!(
                "Ignoring integration without type of resource '{}' and method '{}'",
                site.path, site.verb
            ));
            return Ok(None);
        };
        let kind = IntegrationType::parse(&word)
            .ok_or_else(|| format!("Invalid integration type specified: {word}"))?;
        let is_mock = kind == IntegrationType::Mock;
        let http_method = text_of(given, "httpMethod").map(|verb| verb.to_ascii_uppercase());
        if http_method.is_none() && !is_mock {
            return Err("Enumeration value for HttpMethod must be non-empty".to_owned());
        }
        let upper = |key: &str| text_of(given, key).map(|word| word.to_ascii_uppercase());
        Ok(Some(Integration {
            kind,
            http_method: http_method.filter(|_| !is_mock),
            uri: text_of(given, "uri").filter(|_| !is_mock),
            credentials: text_of(given, "credentials").filter(|role| !role.is_empty()),
            connection_type: upper("connectionType"),
            connection_id: text_of(given, "connectionId"),
            integration_target: text_of(given, "integrationTarget"),
            request_parameters: self
                .texts(given, "requestParameters", site)
                .into_iter()
                .collect(),
            request_templates: self.texts(given, "requestTemplates", site),
            passthrough_behavior: passthrough(upper("passthroughBehavior"))?,
            content_handling: content_handling(upper("contentHandling"))?,
            timeout_ms: timeout(
                number_of(given, "timeoutInMillis"),
                match upper("responseTransferMode").as_deref() {
                    Some("STREAM") => STREAM_TIMEOUT_MS_MAX,
                    _ => self.timeout_ms_max(),
                },
            )?,
            cache_namespace: text_of(given, "cacheNamespace"),
            cache_key_parameters: texts_of(given, "cacheKeyParameters"),
            tls: tls(given),
            response_transfer_mode: upper("responseTransferMode"),
            responses: self.responses(given, site)?,
        }))
    }

    /// By status code. A key is a selection pattern; `default` has none.
    fn responses(
        &mut self,
        given: &Object,
        site: &Site<'_>,
    ) -> Result<BTreeMap<String, IntegrationResponse>, String> {
        let mut out = BTreeMap::new();
        for (pattern, response) in object(given.get("responses")) {
            let response = object(Some(response));
            let status_code =
                text_of(response, "statusCode").unwrap_or_else(|| match pattern.as_str() {
                    "default" => "200".to_owned(),
                    other => other.to_owned(),
                });
            if !super::method::is_status(&status_code) {
                return Err(format!("Invalid status code specified: {status_code}"));
            }
            let made = IntegrationResponse {
                status_code: status_code.clone(),
                selection_pattern: (pattern != "default").then(|| pattern.clone()),
                response_parameters: self
                    .texts(response, "responseParameters", site)
                    .into_iter()
                    .collect(),
                response_templates: self.texts(response, "responseTemplates", site),
                content_handling: content_handling(
                    text_of(response, "contentHandling").map(|word| word.to_ascii_uppercase()),
                )?,
            };
            if out.insert(status_code.clone(), made).is_some() {
                self.warn(format!(
                    "More than one integration response has status code {status_code} for resource \
                     '{}' and method '{}'. The last one stands.",
                    site.path, site.verb
                ));
            }
        }
        Ok(out)
    }

    /// The entries of a map of texts, in their order; AWS warns of each that is none.
    fn texts(&mut self, given: &Object, key: &str, site: &Site<'_>) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for (name, value) in object(given.get(key)) {
            match value {
                Value::String(text) => out.push((name.clone(), text.clone())),
                other => self.warn(format!(
                    "Invalid format for '{key}'. Expected type string for property '{name}' of \
                     resource '{}' and method '{}' but got '{}'",
                    site.path,
                    site.verb,
                    text(other).unwrap_or_else(|| other.to_string())
                )),
            }
        }
        out
    }
}

fn passthrough(given: Option<String>) -> Result<String, String> {
    let word = given.unwrap_or_else(|| "WHEN_NO_MATCH".to_owned());
    match word.as_str() {
        "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER" => Ok(word),
        other => Err(format!("Invalid passthrough behavior specified: {other}")),
    }
}

fn content_handling(given: Option<String>) -> Result<Option<String>, String> {
    match given.as_deref() {
        None | Some("CONVERT_TO_BINARY" | "CONVERT_TO_TEXT") => Ok(given),
        Some(other) => Err(format!("Invalid content handling specified: {other}")),
    }
}

fn timeout(given: Option<i64>, most: i64) -> Result<i32, String> {
    let timeout = given.unwrap_or(TIMEOUT_MS_MAX);
    let is_allowed = (TIMEOUT_MS_MIN..=most).contains(&timeout);
    i32::try_from(timeout)
        .ok()
        .filter(|_| is_allowed)
        .ok_or_else(|| format!("Timeout should be between 50 ms and {most} ms"))
}

fn tls(given: &Object) -> Option<TlsConfig> {
    let tls = given.get("tlsConfig")?.as_object()?;
    Some(TlsConfig {
        is_verification_skipped: flag_of(tls, "insecureSkipVerification").unwrap_or_default(),
    })
}
