//! Every variable of "`$context` variables for data models, authorizers, mapping templates, and
//! CloudWatch access logging", each by its own name in a template, a parameter mapping, a gateway
//! response and an access log line.
#![allow(clippy::unwrap_used)]

use mapping::{ContextVariables, Mapped, Params, Scope, Source, Template};
use std::collections::BTreeMap;

const NAMES: &str = "accountId apiId awsEndpointRequestId cipherSuite deploymentId domainName domainPrefix endpointType \
    extendedRequestId httpMethod integrationErrorMessage integrationLatency integrationStatus isCanaryRequest \
    operationName path protocol requestId requestTime requestTimeEpoch resourceId resourcePath responseLatency \
    responseLength stage status tlsVersion wafResponseCode webaclArn xrayTraceId \
    authenticate.error authenticate.latency authenticate.status \
    authorize.error authorize.latency authorize.status \
    authorizer.claims.sub authorizer.error authorizer.integrationLatency authorizer.integrationStatus \
    authorizer.latency authorizer.principalId authorizer.property authorizer.requestId authorizer.status \
    customDomain.basePathMatched customDomain.routingRuleIdMatched \
    error.message error.messageString error.responseType error.validationErrorString \
    identity.accessKey identity.accountId identity.apiKey identity.apiKeyId identity.caller \
    identity.clientCert.clientCertPem identity.clientCert.issuerDN identity.clientCert.serialNumber \
    identity.clientCert.subjectDN identity.clientCert.validity.notAfter identity.clientCert.validity.notBefore \
    identity.cognitoAuthenticationProvider identity.cognitoAuthenticationType identity.cognitoIdentityId \
    identity.cognitoIdentityPoolId identity.principalOrgId identity.sourceIp identity.user identity.userAgent \
    identity.userArn identity.vpcId identity.vpceId \
    integration.error integration.integrationStatus integration.latency integration.requestId \
    integration.responseTransferMode integration.status integration.timeToAllHeaders integration.timeToFirstContent \
    waf.error waf.latency waf.status";

#[test]
fn every_variable_is_read_by_its_name_and_no_other() {
    let mut context = ContextVariables::default();
    for name in NAMES.split_whitespace() {
        assert!(context.set(name, format!("<{name}>")), "{name}");
    }
    let (params, variables) = (Params::default(), BTreeMap::new());
    for name in NAMES.split_whitespace() {
        let mut scope = Scope::new("", &params, &context, &variables);
        let (written, expect) = (format!("$context.{name}"), format!("<{name}>"));
        // What is known of an authorizer's call is for access logs; templates see what it gave.
        let is_of_logs = ["error", "atency", "Status", "status", "requestId"]
            .iter()
            .any(|end| name.starts_with("authorizer.") && name.ends_with(end));
        let rendered = Template::parse(&written).unwrap().render(&mut scope);
        let seen = if is_of_logs { "" } else { &expect };
        assert_eq!(rendered.as_deref(), Ok(seen), "{name}");
        let mapped = Source::parse(&format!("context.{name}"))
            .unwrap()
            .evaluate(&scope);
        assert_eq!(mapped, Some(Mapped::One(expect.clone())));
        assert_eq!(mapping::gateway_response_body(&written, &scope), expect);
        assert_eq!(
            mapping::AccessLogFormat::parse(&written).line(&context),
            expect
        );
        // Names are case-sensitive.
        let other = written.to_uppercase().replace("$CONTEXT", "$context");
        let rendered = Template::parse(&other).unwrap().render(&mut scope);
        assert_eq!(rendered.as_deref(), Ok(""), "{other}");
    }
}
