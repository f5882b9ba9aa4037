//! TestInvokeMethod: the same method, undeployed, without authorizer and API key.

use crate::{
    Gateway,
    answer::Answer,
    compiled::CompiledStage,
    context::{Exchange, Made},
    execution_log::Detail,
    fault::Fault,
    gateway_response::{self, Surroundings},
    identity::Identity,
    ids::RequestIds,
    integration::streamed,
    journal::Journal,
    limits,
    pipeline::{self, Executed},
    request::{self, Inbound, Origin},
    route,
};
use bytes::Bytes;
use mapping::Params;
use ports::{TestRequest, TestResponse};
use restapi::{Resource, Stage};
use std::sync::{Arc, OnceLock};

/// The stage that events, `$context` and source ARNs name.
const STAGE: &str = "test-invoke-stage";

/// Runs one test.
pub(crate) async fn run(gateway: &Gateway, test: TestRequest) -> TestResponse {
    let started_ms = gateway.clock.now_ms();
    let stage = Arc::new(Stage {
        name: STAGE.to_owned(),
        variables: test.stage_variables.clone(),
        client_certificate_id: test.client_certificate_id.clone(),
        ..Stage::default()
    });
    let mut journal = Journal::new(gateway, Detail::Data);
    let resource = test.api.resources.get(&test.resource_id);
    let compiled = CompiledStage::without_methods(&test.api, &stage).ok();
    let method = resource
        .zip(compiled.as_ref())
        .and_then(|(resource, stage)| {
            // A verb that only ANY covers is tested by its name; what is presented stays ANY.
            let own = stage.method(resource, &test.http_method);
            own.or_else(|| stage.method(resource, "ANY"))
        });
    // The control plane asks for methods that exist only.
    let (Some(stage), Some(resource), Some(method)) = (compiled, resource, method) else {
        return nothing_to_test();
    };
    let (inbound, raw_path_parameters) = inbound(gateway, &test, resource);
    journal.identity = Identity::of_tester(&test.caller);
    let identity = journal.identity.clone();
    let context = Made::new();
    let exchange = Exchange {
        inbound: &inbound,
        stage: &stage,
        method: &method,
        raw_path_parameters: &raw_path_parameters,
        identity: &identity,
        context: &context,
    };
    let outcome = match pipeline::execute(gateway, &exchange, &mut journal).await {
        Ok(executed) => whole(executed).await,
        Err(fault) => Err(fault),
    };
    let (answer, fault) = answer(&exchange, outcome);
    finish(&mut journal, &answer, fault.as_ref());
    TestResponse {
        status: answer.status,
        body: String::from_utf8_lossy(&answer.body).into_owned(),
        headers: lines(&answer),
        log: journal.log.into_test_text(&inbound.ids.request_id),
        latency_ms: gateway.clock.now_ms() - started_ms,
    }
}

/// The answer with all of its body: a test shows it at once.
async fn whole(executed: Executed) -> Result<(Answer, Option<String>), Fault> {
    let Executed {
        mut answer,
        trace,
        rest,
    } = executed;
    if let Some(mut pieces) = rest {
        let gathered = streamed::gather(pieces.as_mut(), limits::PAYLOAD_BYTES_MAX).await;
        answer.body = gathered.map_err(|_| Fault::BadIntegrationResponse)?;
    }
    Ok((answer, trace))
}

fn nothing_to_test() -> TestResponse {
    TestResponse {
        status: 500,
        body: "{\"message\": \"Internal server error\"}".to_owned(),
        headers: Vec::new(),
        log: "there is no such method".to_owned(),
        latency_ms: 0,
    }
}

/// The answer without the ids of a deployed stage: trace first, as observed, and for failures the
/// error type alone.
fn answer(
    exchange: &Exchange<'_>,
    outcome: Result<(Answer, Option<String>), Fault>,
) -> (Answer, Option<Fault>) {
    match outcome {
        Ok((mut answer, trace)) => {
            if let Some(trace) = trace {
                answer.headers.insert(0, ("X-Amzn-Trace-Id".into(), trace));
            }
            (answer, None)
        }
        Err(fault) => {
            let surroundings = Surroundings {
                inbound: exchange.inbound,
                custom: Some((
                    &exchange.stage.responses,
                    &exchange.stage.settings.variables,
                )),
            };
            let variables = || exchange.variables().clone();
            let mut answer = gateway_response::render(&fault, &surroundings, variables);
            answer.headers.retain(|(name, _)| {
                ![
                    "Content-Type",
                    "x-amzn-RequestId",
                    "x-amz-apigw-id",
                    "X-Amzn-Trace-Id",
                ]
                .contains(&name.as_ref())
            });
            (answer, Some(fault))
        }
    }
}

/// The log ends as recorded: a failure's body and headers are not repeated.
fn finish(journal: &mut Journal, answer: &Answer, fault: Option<&Fault>) {
    match fault {
        None => journal.log_end(answer, None),
        Some(_) => {
            let status = answer.status;
            journal
                .log
                .info(|| format!("Method completed with status: {status}"));
        }
    }
}

fn lines(answer: &Answer) -> Vec<(String, String)> {
    let headers = answer.headers.iter();
    headers
        .map(|(name, value)| (name.clone().into_owned(), value.clone()))
        .collect()
}

/// The request that the test describes, and its path parameters, still percent-encoded.
pub(crate) fn inbound(
    gateway: &Gateway,
    test: &TestRequest,
    resource: &Resource,
) -> (Inbound, Vec<(String, String)>) {
    let (path, query) = test
        .path_with_query
        .split_once('?')
        .unwrap_or((&test.path_with_query, ""));
    let path = match path.trim_start_matches('/') {
        "" => resource.path.clone(),
        some => format!("/{some}"),
    };
    let raw_path_parameters = route::parameters(&resource.path, &path);
    let decoded = raw_path_parameters.iter();
    let decoded = decoded.map(|(name, value)| (name.clone(), request::decoded(value)));
    let params = Params {
        path: decoded.collect(),
        querystring: request::parse_query(query),
        header: grouped(&test.headers),
    };
    let verb = match test.http_method.as_str() {
        // A test of ANY is sent as GET.
        "ANY" => "GET",
        other => other,
    };
    let ids = RequestIds::draw(gateway.ids.as_ref(), test.facts.now_ms, None, None);
    let inbound = Inbound {
        ids,
        api_id: test.api.id.clone(),
        stage: STAGE.to_owned(),
        verb: verb.to_owned(),
        request_path: path.clone(),
        path,
        params,
        raw_query: query.to_owned(),
        is_spelled: true,
        body: Bytes::from(test.body.clone()),
        is_body_too_large: false,
        head_bytes: 0,
        domain_name: "testPrefix.testDomainName".to_owned(),
        source_ip: "test-invoke-source-ip".to_owned(),
        received_ms: gateway.clock.now_ms(),
        named_endpoint: None,
        vpc_endpoint: None,
        facts: test.facts.clone(),
        origin: Origin::Test,
        api_key: OnceLock::new(),
    };
    (inbound, raw_path_parameters)
}

fn grouped(lines: &[(String, String)]) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in lines {
        match groups
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, values)) => values.push(value.clone()),
            None => groups.push((name.clone(), vec![value.clone()])),
        }
    }
    groups
}
