//! `$context`: what API Gateway knows about the request.

use std::{borrow::Cow, fmt};

/// A variable's value, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContextEntry {
    /// The text of a variable.
    Text(String),
    /// Variables of a group by their names.
    Group(Vec<(String, ContextEntry)>),
}

impl ContextEntry {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Group(entries) if entries.is_empty())
    }
}

/// Where `$context` comes from.
///
/// [`ContextVariables`] is one that holds all values. A gateway, most of whose requests ask for few
/// of them, reads these from what it has, and makes the rest when something asks for it.
pub trait Context: fmt::Debug {
    /// The value of the variable with this name, dots included.
    fn variable(&self, name: &str) -> Option<Cow<'_, str>>;

    /// All of them.
    fn variables(&self) -> &ContextVariables;
}

impl Context for ContextVariables {
    fn variable(&self, name: &str) -> Option<Cow<'_, str>> {
        Self::variable(self, name)
    }

    fn variables(&self) -> &ContextVariables {
        self
    }
}

/// Declares a group of optional text variables with their AWS names, and the look-up by name.
macro_rules! variables {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident = $aws:literal,)* }
     groups { $($(#[$group_doc:meta])* $group:ident: $type:ty = $group_aws:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<String>,)*
            $($(#[$group_doc])* pub $group: $type,)*
        }

        impl $name {
            /// The value of the variable with this name inside the group, dots included.
            pub fn variable(&self, name: &str) -> Option<Cow<'_, str>> {
                let (head, tail) = match name.split_once('.') {
                    Some((head, tail)) => (head, Some(tail)),
                    None => (name, None),
                };
                match (head, tail) {
                    $(($aws, None) => self.$field.as_deref().map(Cow::Borrowed),)*
                    $(($group_aws, Some(tail)) => self.$group.variable(tail),)*
                    _ => None,
                }
            }

            /// Gives the variable with this name inside the group a value; false when there is
            /// no such variable.
            pub fn set(&mut self, name: &str, value: String) -> bool {
                let (head, tail) = match name.split_once('.') {
                    Some((head, tail)) => (head, Some(tail)),
                    None => (name, None),
                };
                match (head, tail) {
                    $(($aws, None) => self.$field = Some(value),)*
                    $(($group_aws, Some(tail)) => return self.$group.set(tail, value),)*
                    _ => return false,
                }
                true
            }

            /// The variables that have a value, groups that have any, by their AWS names.
            pub(crate) fn entries(&self) -> Vec<(String, ContextEntry)> {
                let mut entries = Vec::new();
                $(if let Some(value) = &self.$field {
                    entries.push(($aws.to_owned(), ContextEntry::Text(value.clone())));
                })*
                $(entries.push(($group_aws.to_owned(), ContextEntry::Group(self.$group.entries())));)*
                entries.retain(|(_, entry)| !entry.is_empty());
                entries
            }
        }
    };
}

variables! {
    /// Every `$context` variable of the data plane ("`$context` variables for data models,
    /// authorizers, mapping templates, and CloudWatch access logging", read 2026-11).
    ///
    /// A variable that is none prints as nothing in a template and as `-` in an access log.
    /// The overrides are not here; see [`crate::Overrides`].
    ContextVariables {
        /// Account that owns the API.
        account_id = "accountId",
        /// Id of the API.
        api_id = "apiId",
        /// Request id that the backend service gave.
        aws_endpoint_request_id = "awsEndpointRequestId",
        /// TLS cipher.
        cipher_suite = "cipherSuite",
        /// Id of the deployment.
        deployment_id = "deploymentId",
        /// Host name that was called.
        domain_name = "domainName",
        /// First label of the host name.
        domain_prefix = "domainPrefix",
        /// `EDGE`, `REGIONAL` or `PRIVATE`.
        endpoint_type = "endpointType",
        /// Same as the `x-amz-apigw-id` header.
        extended_request_id = "extendedRequestId",
        /// The verb.
        http_method = "httpMethod",
        /// Older name of `integration.error`.
        integration_error_message = "integrationErrorMessage",
        /// Older name of `integration.latency`, milliseconds.
        integration_latency = "integrationLatency",
        /// Older name of `integration.integrationStatus`.
        integration_status = "integrationStatus",
        /// `true` or `false`; only with a canary.
        is_canary_request = "isCanaryRequest",
        /// The method's operation name.
        operation_name = "operationName",
        /// Request path, with the stage on a default endpoint.
        path = "path",
        /// Such as `HTTP/1.1`.
        protocol = "protocol",
        /// Request id; the client may set it.
        request_id = "requestId",
        /// `22/Nov/2026:11:56:06 +0000`.
        request_time = "requestTime",
        /// Milliseconds since the epoch.
        request_time_epoch = "requestTimeEpoch",
        /// Id of the resource.
        resource_id = "resourceId",
        /// Path of the resource, such as `/pets/{petId}`.
        resource_path = "resourcePath",
        /// Milliseconds from receipt to answer.
        response_latency = "responseLatency",
        /// Bytes of the answer's body.
        response_length = "responseLength",
        /// Name of the stage.
        stage = "stage",
        /// Status of the answer.
        status = "status",
        /// TLS version.
        tls_version = "tlsVersion",
        /// Older name of `waf.status`.
        waf_response_code = "wafResponseCode",
        /// Web ACL.
        webacl_arn = "webaclArn",
        /// X-Ray trace.
        xray_trace_id = "xrayTraceId",
    }
    groups {
        /// `authenticate.*`.
        authenticate: PhaseVariables = "authenticate",
        /// `authorize.*`.
        authorize: PhaseVariables = "authorize",
        /// `authorizer.*`.
        authorizer: AuthorizerVariables = "authorizer",
        /// `customDomain.*`.
        custom_domain: CustomDomainVariables = "customDomain",
        /// `error.*`: gateway responses and access logs only.
        error: ErrorVariables = "error",
        /// `identity.*`.
        identity: IdentityVariables = "identity",
        /// `integration.*`.
        integration: IntegrationVariables = "integration",
        /// `waf.*`.
        waf: PhaseVariables = "waf",
    }
}

variables! {
    /// `$context.identity`.
    IdentityVariables {
        /// Access key of the caller.
        access_key = "accessKey",
        /// Account of the caller.
        account_id = "accountId",
        /// Value of the API key.
        api_key = "apiKey",
        /// Id of the API key.
        api_key_id = "apiKeyId",
        /// Unique id of the caller.
        caller = "caller",
        /// Cognito.
        cognito_authentication_provider = "cognitoAuthenticationProvider",
        /// Cognito.
        cognito_authentication_type = "cognitoAuthenticationType",
        /// Cognito.
        cognito_identity_id = "cognitoIdentityId",
        /// Cognito.
        cognito_identity_pool_id = "cognitoIdentityPoolId",
        /// Organization of the caller.
        principal_org_id = "principalOrgId",
        /// The client's address.
        source_ip = "sourceIp",
        /// Unique id of the caller.
        user = "user",
        /// `User-Agent` header.
        user_agent = "userAgent",
        /// ARN of the caller.
        user_arn = "userArn",
        /// VPC of a private API's caller.
        vpc_id = "vpcId",
        /// VPC endpoint of a private API's caller.
        vpce_id = "vpceId",
    }
    groups {
        /// `clientCert.*`: mutual TLS.
        client_cert: ClientCertVariables = "clientCert",
    }
}

variables! {
    /// `$context.identity.clientCert`.
    ClientCertVariables {
        /// PEM text.
        client_cert_pem = "clientCertPem",
        /// Issuer.
        issuer_dn = "issuerDN",
        /// Serial number.
        serial_number = "serialNumber",
        /// Subject.
        subject_dn = "subjectDN",
    }
    groups {
        /// `validity.*`.
        validity: ValidityVariables = "validity",
    }
}

variables! {
    /// `$context.identity.clientCert.validity`.
    ValidityVariables {
        /// Until when the certificate is valid.
        not_after = "notAfter",
        /// From when on the certificate is valid.
        not_before = "notBefore",
    }
    groups {}
}

variables! {
    /// `$context.error`.
    ErrorVariables {
        /// Plain text of the error.
        message = "message",
        /// The same in double quotes, or `null`.
        message_string = "messageString",
        /// Gateway response type.
        response_type = "responseType",
        /// What the validator found.
        validation_error_string = "validationErrorString",
    }
    groups {}
}

variables! {
    /// `$context.integration`.
    IntegrationVariables {
        /// Error text.
        error = "error",
        /// Status that the function returned.
        integration_status = "integrationStatus",
        /// Milliseconds.
        latency = "latency",
        /// Request id of the backend.
        request_id = "requestId",
        /// `BUFFERED` or `STREAM`.
        response_transfer_mode = "responseTransferMode",
        /// Status of the Lambda service's answer.
        status = "status",
        /// Milliseconds until all headers were there.
        time_to_all_headers = "timeToAllHeaders",
        /// Milliseconds until the first byte.
        time_to_first_content = "timeToFirstContent",
    }
    groups {}
}

variables! {
    /// `$context.authorize`, `$context.authenticate` or `$context.waf`.
    PhaseVariables {
        /// Error text.
        error = "error",
        /// Milliseconds.
        latency = "latency",
        /// Status.
        status = "status",
    }
    groups {}
}

variables! {
    /// `$context.customDomain`.
    CustomDomainVariables {
        /// Base path of the mapping that matched.
        base_path_matched = "basePathMatched",
        /// Routing rule that matched.
        routing_rule_id_matched = "routingRuleIdMatched",
    }
    groups {}
}

/// `$context.authorizer`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorizerVariables {
    /// `principalId` of a Lambda authorizer.
    pub principal_id: Option<String>,
    /// The context that a Lambda authorizer returned, values as text, in its order.
    pub properties: Vec<(String, String)>,
    /// Claims of a token, values as text. `$context.authorizer.claims` as a whole is undefined.
    pub claims: Vec<(String, String)>,
    /// Error text.
    pub error: Option<String>,
    /// Milliseconds.
    pub integration_latency: Option<String>,
    /// Status that the function returned.
    pub integration_status: Option<String>,
    /// Milliseconds.
    pub latency: Option<String>,
    /// Request id of the authorizer's call.
    pub request_id: Option<String>,
    /// Status of the authorizer's call.
    pub status: Option<String>,
}

impl AuthorizerVariables {
    /// `principalId` and the properties, which templates may iterate over.
    pub(crate) fn entries(&self) -> Vec<(String, ContextEntry)> {
        let principal = self
            .principal_id
            .iter()
            .map(|id| ("principalId".to_owned(), id.clone()));
        principal
            .chain(self.properties.iter().cloned())
            .map(|(name, value)| (name, ContextEntry::Text(value)))
            .collect()
    }

    /// Gives a variable of the group a value; a name that the group does not know is taken for a
    /// property that the authorizer returned.
    pub fn set(&mut self, name: &str, value: String) -> bool {
        let own = match name {
            "principalId" => &mut self.principal_id,
            "error" => &mut self.error,
            "integrationLatency" => &mut self.integration_latency,
            "integrationStatus" => &mut self.integration_status,
            "latency" => &mut self.latency,
            "requestId" => &mut self.request_id,
            "status" => &mut self.status,
            _ => {
                let (pairs, name) = match name.strip_prefix("claims.") {
                    Some(claim) => (&mut self.claims, claim),
                    None => (&mut self.properties, name),
                };
                pairs.push((name.to_owned(), value));
                return true;
            }
        };
        *own = Some(value);
        true
    }

    /// The value of the variable with this name inside the group; a property that the authorizer
    /// returned wins over a variable of the same name.
    pub fn variable(&self, name: &str) -> Option<Cow<'_, str>> {
        if let Some(claim) = name.strip_prefix("claims.") {
            return find(&self.claims, claim);
        }
        let own = match name {
            "principalId" => &self.principal_id,
            "error" => &self.error,
            "integrationLatency" => &self.integration_latency,
            "integrationStatus" => &self.integration_status,
            "latency" => &self.latency,
            "requestId" => &self.request_id,
            "status" => &self.status,
            _ => &None,
        };
        find(&self.properties, name).or_else(|| own.as_deref().map(Cow::Borrowed))
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<Cow<'a, str>> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| Cow::Borrowed(value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_by_their_aws_name() {
        let mut context = ContextVariables {
            request_id: Some("r-1".into()),
            ..ContextVariables::default()
        };
        context.identity.source_ip = Some("10.0.0.1".into());
        context.authorizer.claims.push(("sub".into(), "abc".into()));
        context
            .authorizer
            .properties
            .push(("tier".into(), "gold".into()));
        assert_eq!(context.variable("requestId").as_deref(), Some("r-1"));
        assert_eq!(
            context.variable("identity.sourceIp").as_deref(),
            Some("10.0.0.1")
        );
        assert_eq!(
            context.variable("authorizer.claims.sub").as_deref(),
            Some("abc")
        );
        assert_eq!(context.variable("authorizer.tier").as_deref(), Some("gold"));
    }

    #[test]
    fn unknown_unset_and_wrongly_cased_names_are_none() {
        let context = ContextVariables::default();
        for name in [
            "requestid",
            "requestId",
            "identity",
            "identity.",
            "authorizer.claims",
            "x.y",
            "",
        ] {
            assert_eq!(context.variable(name), None, "{name}");
        }
    }
}
