//! TestInvokeAuthorizer: one question to an authorizer, undeployed and past its cache.

use crate::{
    Gateway,
    authorizer::{self, Cache, Question},
    compiled::CompiledStage,
    context::Exchange,
    execution_log::{Detail, ExecutionLog},
    fault::Fault,
    gateway_response,
    identity::Identity,
    phases::Called,
    test_invoke, token_authorizer,
};
use ports::{Caller, TestAuthorizerRequest, TestAuthorizerResponse, TestRequest};
use restapi::{Method, Resource, Stage};
use std::sync::{Arc, OnceLock};

/// The stage that the method ARN names.
const STAGE: &str = "ESTestInvoke-stage";

/// Runs one test.
pub(crate) async fn run(gateway: &Gateway, test: TestAuthorizerRequest) -> TestAuthorizerResponse {
    let started_ms = gateway.clock.now_ms();
    let mut log = ExecutionLog::new(Detail::Data, gateway.clock.clone());
    let stage = Stage {
        name: STAGE.to_owned(),
        variables: test.stage_variables.clone(),
        ..Stage::default()
    };
    let stage = CompiledStage::without_methods(&test.api, &Arc::new(stage)).ok();
    let root = root(&test);
    let method = stage.as_ref().and_then(|stage| stage.method(&root, VERB));
    let request = TestRequest {
        api: test.api,
        resource_id: root.id.clone(),
        http_method: VERB.to_owned(),
        path_with_query: test.path_with_query,
        headers: test.headers,
        body: test.body,
        client_certificate_id: None,
        stage_variables: test.stage_variables,
        caller: Caller::Anonymous,
        facts: test.facts,
    };
    let (inbound, raw_path_parameters) = test_invoke::inbound(gateway, &request, &root);
    let answer = match (&stage, &method) {
        (Some(stage), Some(method)) => {
            let exchange = Exchange {
                inbound: &inbound,
                stage,
                method,
                raw_path_parameters: &raw_path_parameters,
                identity: &Identity::Open,
                context: &OnceLock::new(),
            };
            ask(gateway, &exchange, &test.authorizer_id, &mut log).await
        }
        _ => Err(Fault::AuthorizerConfiguration),
    };
    let client_status = match &answer {
        Ok(_) => 0,
        Err(fault) => gateway_response::type_and_status(fault).1,
    };
    let answer = answer.unwrap_or_default();
    let grant = answer.authorized().map(|answer| &answer.grant);
    let claims = answer.claims().map(|claims| claims.iter().cloned());
    TestAuthorizerResponse {
        client_status,
        principal_id: grant.map(|grant| grant.principal_id.clone()),
        policy: grant.map(|grant| grant.policy.clone()),
        claims: claims.map(Iterator::collect),
        log: log.into_test_text(&inbound.ids.request_id),
        latency_ms: gateway.clock.now_ms() - started_ms,
    }
}

/// The verb that the method ARN names.
const VERB: &str = "GET";

/// A root with a method, which need not be there: the test is about the authorizer alone.
fn root(test: &TestAuthorizerRequest) -> Resource {
    let open = Method {
        http_method: VERB.to_owned(),
        authorization_type: "NONE".to_owned(),
        ..Method::default()
    };
    Resource {
        id: test.api.root_resource_id.clone(),
        path: "/".to_owned(),
        methods: [(VERB.to_owned(), open)].into(),
        ..Resource::default()
    }
}

async fn ask(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    authorizer_id: &str,
    log: &mut ExecutionLog,
) -> Result<Identity, Fault> {
    let stage = exchange.stage;
    if let Some(authorizer) = stage.token_authorizer(authorizer_id) {
        let question = token_authorizer::Question {
            exchange,
            authorizer,
            scopes: &[],
        };
        let verified = token_authorizer::ask(gateway.issuers.as_ref(), question, log).await?;
        return Ok(Identity::Token(verified));
    }
    let Some(authorizer) = stage.authorizer(authorizer_id) else {
        log.error(|| "Execution failed due to configuration error: Invalid authorizer".to_owned());
        return Err(Fault::AuthorizerConfiguration);
    };
    let method_arn = format!(
        "arn:aws:execute-api:{}:{}:{}/{STAGE}/{VERB}/",
        stage.region, stage.account, stage.api.id
    );
    let question = Question {
        exchange,
        authorizer,
        method_arn: &method_arn,
    };
    let cache = Cache::default();
    let mut called = Called::default();
    let asked = authorizer::ask(&gateway.backends, &cache, question, &mut called, log);
    let authorized = asked.await?;
    Ok(Identity::Custom(authorized))
}
