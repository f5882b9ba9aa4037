//! The way of one request, on one screen. AWS fixes the order; each step takes what the one before
//! it gave, so a step in another place does not compile.

use crate::{
    Gateway,
    answer::Answer,
    api_key, authorize,
    compiled::CompiledStage,
    compression,
    context::{Exchange, Made},
    endpoint_bounds,
    execution_log::{Detail, ExecutionLog},
    fault::Fault,
    gateway_response::{self, Surroundings},
    identity::Identity,
    integration,
    journal::{self, Journal, Passed},
    request::Inbound,
    request_mapping, response_mapping,
    route::{self, Route},
    sending::{Account, Sending},
    validate, vpc_endpoints,
};
use mapping::ContextVariables;
use stdx::{Body, Pieces};

/// Carries a request through its method.
pub(crate) async fn run(gateway: &Gateway, mut inbound: Inbound) -> http::Response<Body> {
    let stage = match gateway.snapshots.get(&inbound.api_id, &inbound.stage) {
        Ok(stage) => stage,
        Err(fault) => return unknown(&fault, &inbound).into_http().map(Body::from),
    };
    let admitted = vpc_endpoints::admit(&gateway.vpc_endpoints, &stage.api, &mut inbound)
        .and_then(|()| endpoint_bounds::check(&stage.api, &inbound));
    if let Err(fault) = admitted {
        return unknown(&fault, &inbound).into_http().map(Body::from);
    }
    let route = match inbound.is_body_too_large {
        true => Err(Fault::RequestTooLarge),
        false if inbound.raw_query.contains("%%") => Err(Fault::BadQuery),
        false => route::find(&stage.root, &inbound.verb, &inbound.path),
    };
    let mut journal = Journal::new(gateway, route.as_ref().map_or(Detail::Off, Route::detail));
    let outcome = match &route {
        Err(fault) => Err(fault.clone()),
        Ok(route) => {
            inbound.params.path = route.decoded_parameters();
            method(gateway, &stage, &mut inbound, route, &mut journal).await
        }
    };
    let passed = Passed {
        stage: &stage,
        inbound: &inbound,
        route: route.as_ref().ok(),
    };
    let (answer, fault) = match outcome {
        Ok((answer, None)) => (answer, None),
        Ok((answer, Some(pieces))) => {
            let account = Account {
                logs: gateway.logs.clone(),
                clock: gateway.clock.clone(),
                route: route.ok(),
                answer: answer.clone(),
                stage,
                inbound,
                journal,
            };
            let body = Sending::body(pieces, account);
            return answer.into_http().map(|_| body);
        }
        Err(fault) => (passed.refusal(&fault, &journal), Some(fault)),
    };
    let (logs, clock) = (gateway.logs.as_ref(), gateway.clock.as_ref());
    journal.tell(logs, clock, passed, &answer, fault.as_ref());
    answer.into_http().map(Body::from)
}

/// What follows an answer's body, where the answer is streamed.
type Rest = Option<Box<dyn Pieces>>;

/// From authorization on; what was found out on the way stays in the journal.
async fn method(
    gateway: &Gateway,
    stage: &CompiledStage,
    inbound: &mut Inbound,
    route: &Route,
    journal: &mut Journal,
) -> Result<(Answer, Rest), Fault> {
    journal.log_start(inbound);
    authorize::run(gateway, stage, inbound, route, journal).await?;
    let identity = journal.identity.clone();
    let context = Made::new();
    let exchange = self::exchange(stage, inbound, route, &identity, &context);
    api_key::admit(gateway, &exchange, journal)?;
    // Work that only those cause who may.
    compression::decode(inbound, &stage.api)?;
    let exchange = self::exchange(stage, inbound, route, &identity, &context);
    let mut executed = execute(gateway, &exchange, journal).await?;
    executed.answer.add_ids(inbound, executed.trace);
    if executed.rest.is_none() {
        compression::encode(&mut executed.answer, inbound, &stage.api);
    }
    Ok((executed.answer, executed.rest))
}

fn exchange<'a>(
    stage: &'a CompiledStage,
    inbound: &'a Inbound,
    route: &'a Route,
    identity: &'a Identity,
    context: &'a Made,
) -> Exchange<'a> {
    Exchange {
        inbound,
        stage,
        method: &route.method,
        raw_path_parameters: &route.path_parameters,
        identity,
        context,
    }
}

/// What the method answers.
pub(crate) struct Executed {
    /// Status, headers and body.
    pub(crate) answer: Answer,
    /// The answer's trace id.
    pub(crate) trace: Option<String>,
    /// What follows the body.
    pub(crate) rest: Rest,
}

/// From validation on: what TestInvokeMethod runs too.
pub(crate) async fn execute(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    journal: &mut Journal,
) -> Result<Executed, Fault> {
    let log = &mut journal.log;
    journal::log_request(exchange, log);
    validate::check(exchange, log)?;
    let method = exchange.method;
    let integration = method.integration.as_ref().ok_or_else(|| unfinished(log))?;
    let outbound = request_mapping::map(exchange, integration, log)?;
    let backends = &gateway.backends;
    let mut returned =
        integration::call(backends, exchange, integration, outbound.call, log).await?;
    journal.call = std::mem::take(&mut returned.facts);
    let overrides = outbound.overrides;
    let answer = response_mapping::map(exchange, integration, &mut returned, overrides, log)?;
    Ok(Executed {
        answer,
        trace: returned.trace.take(),
        rest: returned.pieces.take(),
    })
}

fn unfinished(log: &mut ExecutionLog) -> Fault {
    log.error(|| {
        "Execution failed due to configuration error: No integration defined for method".to_owned()
    });
    Fault::Configuration
}

/// The answer where there is no API whose owner could have customised it.
fn unknown(fault: &Fault, inbound: &Inbound) -> Answer {
    let surroundings = Surroundings {
        inbound,
        custom: None,
    };
    gateway_response::render(fault, &surroundings, ContextVariables::default)
}
