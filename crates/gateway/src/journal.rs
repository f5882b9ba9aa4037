//! What is told of a request after its end, whether it went well or not: execution log, access log.

use crate::{
    Gateway,
    answer::Answer,
    compiled::CompiledStage,
    context::{self, Exchange, Made},
    execution_log::{self, Detail, ExecutionLog},
    fault::Fault,
    gateway_response::{self, Surroundings},
    identity::Identity,
    integration::CallFacts,
    phases::Phases,
    request::Inbound,
    route::Route,
};
use mapping::{Context, ContextVariables};
use ports::{LogBatch, LogSink};
use std::{borrow::Cow, sync::Arc};
use stdx::Clock;

/// What was found out on the way.
pub(crate) struct Journal {
    /// The execution log.
    pub(crate) log: ExecutionLog,
    /// The caller, as far as it was found out.
    pub(crate) identity: Identity,
    /// The backend's call, if there was one.
    pub(crate) call: CallFacts,
    /// How it was authorized; an open method has no such phases.
    phases: Option<Box<Phases>>,
}

/// How far a request came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passed<'a> {
    /// The stage.
    pub(crate) stage: &'a CompiledStage,
    /// The request.
    pub(crate) inbound: &'a Inbound,
    /// The method; none when no resource or verb fits.
    pub(crate) route: Option<&'a Route>,
}

impl Passed<'_> {
    /// The answer for a fault.
    pub(crate) fn refusal(&self, fault: &Fault, journal: &Journal) -> Answer {
        let surroundings = Surroundings {
            inbound: self.inbound,
            custom: Some((&self.stage.responses, &self.stage.settings.variables)),
        };
        let mut answer =
            gateway_response::render(fault, &surroundings, || self.variables(&journal.identity));
        // A function was involved: the one that said no.
        // UNVERIFIED: whether a refusal by a cached answer shows the trace too.
        if matches!(fault, Fault::AccessDenied(_)) && journal.identity.authorized().is_some() {
            let root = self.inbound.ids.trace_root.clone();
            answer.headers.push(("X-Amzn-Trace-Id".into(), root));
        }
        answer
    }

    /// `$context` as far as the request came.
    fn variables(&self, identity: &Identity) -> ContextVariables {
        let mut variables = context::unrouted(self.inbound, self.stage);
        if let Some(route) = self.route {
            context::routed(&mut variables, &route.method);
        }
        identity.fill(&mut variables);
        variables
    }
}

impl Journal {
    /// An empty journal.
    pub(crate) fn new(gateway: &Gateway, detail: Detail) -> Self {
        Self {
            log: ExecutionLog::new(detail, gateway.clock.clone()),
            identity: Identity::Open,
            call: CallFacts::default(),
            phases: None,
        }
    }

    /// How it was authorized.
    pub(crate) fn phases(&mut self) -> &mut Phases {
        self.phases.get_or_insert_default()
    }

    /// Writes access log and execution log; costs nothing where both are off.
    pub(crate) fn tell(
        mut self,
        logs: &dyn LogSink,
        clock: &dyn Clock,
        passed: Passed<'_>,
        answer: &Answer,
        fault: Option<&Fault>,
    ) {
        let stage = passed.stage;
        if let Some(destination) = &stage.access_log {
            let now_ms = clock.now_ms();
            let ended = Ended {
                passed,
                identity: &self.identity,
                call: &self.call,
                phases: self.phases.as_deref(),
                answer,
                fault,
                latency_ms: now_ms - passed.inbound.received_ms,
                made: Made::new(),
            };
            logs.write(destination.batch(&ended, now_ms));
        }
        self.log_end(answer, fault);
        if let Some(id) = &self.call.request_id {
            self.log
                .info(|| format!("AWS Integration Endpoint RequestId : {id}"));
        }
        let events = self.log.into_events(&passed.inbound.ids.request_id);
        if !events.is_empty() {
            let target = Arc::clone(&stage.execution_log);
            logs.write(LogBatch { target, events });
        }
    }

    /// The first line.
    pub(crate) fn log_start(&mut self, inbound: &Inbound) {
        let extended = &inbound.ids.extended_request_id;
        self.log.info(|| format!("Extended Request Id: {extended}"));
    }

    /// The last lines.
    pub(crate) fn log_end(&mut self, answer: &Answer, fault: Option<&Fault>) {
        let log = &mut self.log;
        let body = || execution_log::body(&answer.body);
        let headers = || {
            let lines = answer.headers.iter();
            execution_log::map(lines.map(|(name, value)| (name.as_ref(), value.as_str())))
        };
        match fault {
            None => {
                log.data(|| format!("Method response body after transformations: {}", body()));
                log.data(|| format!("Method response headers: {}", headers()));
                log.info(|| "Successfully completed execution".to_owned());
            }
            Some(fault) => {
                let (kind, status) = gateway_response::type_and_status(fault);
                log.data(|| format!("Gateway response type: {kind} with status code: {status}"));
                log.data(|| format!("Gateway response body: {}", body()));
                log.data(|| format!("Gateway response headers: {}", headers()));
            }
        }
        log.info(|| format!("Method completed with status: {}", answer.status));
    }
}

/// `$context` of a request that has its answer.
#[derive(Debug)]
struct Ended<'a> {
    passed: Passed<'a>,
    identity: &'a Identity,
    call: &'a CallFacts,
    phases: Option<&'a Phases>,
    answer: &'a Answer,
    fault: Option<&'a Fault>,
    latency_ms: i64,
    made: Made,
}

impl Ended<'_> {
    /// What [`fill_outcome`] and the caller's identity say, where it can be said without making all
    /// of `$context`.
    fn at_hand(&self, name: &str) -> Option<Option<Cow<'_, str>>> {
        let (call, answer) = (self.call, self.answer);
        let number = |number: i64| Some(Cow::Owned(number.to_string()));
        Some(match name {
            "status" => number(answer.status.into()),
            "responseLatency" => number(self.latency_ms),
            "responseLength" if call.streamed_bytes.is_none() => {
                number(i64::try_from(answer.body.len()).unwrap_or(i64::MAX))
            }
            "integrationLatency" | "integration.latency" => call.latency_ms.and_then(number),
            "integrationStatus" | "integration.integrationStatus" => {
                call.integration_status.map(i64::from).and_then(number)
            }
            "integration.status" => call.status.map(i64::from).and_then(number),
            "identity.accountId"
            | "identity.caller"
            | "identity.user"
            | "identity.userArn"
            | "authorizer.principalId"
                if matches!(self.identity, Identity::Open) =>
            {
                None
            }
            "error.message" | "error.messageString" | "error.responseType"
                if self.fault.is_none() =>
            {
                None
            }
            _ => return None,
        })
    }
}

impl Context for Ended<'_> {
    fn variable(&self, name: &str) -> Option<Cow<'_, str>> {
        let Passed {
            stage,
            inbound,
            route,
        } = self.passed;
        let method = route.map(|route| route.method.as_ref());
        let all = || self.variables().variable(name);
        let at_hand = self.at_hand(name);
        let Some(value) = at_hand.or_else(|| context::at_hand(name, inbound, stage, method)) else {
            return all();
        };
        debug_assert_eq!(value, all(), "{name}");
        value
    }

    fn variables(&self) -> &ContextVariables {
        self.made.get_or_init(|| {
            let mut context = self.passed.variables(self.identity);
            fill_outcome(&mut context, self.call, self.answer, self.latency_ms);
            if let Some(phases) = self.phases {
                phases.fill(&mut context);
            }
            if let Some(fault) = self.fault {
                gateway_response::fill_error(&mut context, fault);
            }
            Box::new(context)
        })
    }
}

fn fill_outcome(
    context: &mut ContextVariables,
    call: &CallFacts,
    answer: &Answer,
    latency_ms: i64,
) {
    context.status = Some(answer.status.to_string());
    context.response_latency = Some(latency_ms.to_string());
    let bytes = call.streamed_bytes.unwrap_or(answer.body.len());
    context.response_length = Some(bytes.to_string());
    if let Some(latency) = call.latency_ms {
        let is_streamed = call.streamed_bytes.is_some();
        context.integration.response_transfer_mode = Some(match is_streamed {
            true => "STREAM".to_owned(),
            false => "BUFFERED".to_owned(),
        });
        // UNVERIFIED: whether these two are set for buffered answers too.
        context.integration.time_to_all_headers = is_streamed.then(|| latency.to_string());
        context.integration.time_to_first_content =
            call.first_content_ms.map(|first| first.to_string());
    }
    context.integration_latency = call.latency_ms.map(|latency| latency.to_string());
    context.integration_status = call.integration_status.map(|status| status.to_string());
    context.integration.latency = context.integration_latency.clone();
    context.integration.status = call.status.map(|status| status.to_string());
    context.integration.integration_status = context.integration_status.clone();
    context.integration.request_id = call.request_id.clone();
    context.aws_endpoint_request_id = call.request_id.clone();
}

/// The lines about the method request.
pub(crate) fn log_request(exchange: &Exchange<'_>, log: &mut ExecutionLog) {
    let inbound = exchange.inbound;
    let params = &inbound.params;
    log.info(|| format!("Starting execution for request: {}", inbound.ids.request_id));
    log.info(|| {
        format!(
            "HTTP Method: {}, Resource Path: {}",
            inbound.verb, inbound.path
        )
    });
    if let Some(key) = inbound.api_key.get() {
        log.info(|| format!("API Key: {}", execution_log::masked(&key.value)));
        log.info(|| format!("API Key ID: {}", key.entry.key_id));
    }
    log.data(|| {
        let path = params.path.iter();
        let path = path.map(|(name, value)| (name.as_str(), value.as_str()));
        format!("Method request path: {}", execution_log::map(path))
    });
    log.data(|| {
        let query = execution_log::grouped_map(&params.querystring);
        format!("Method request query string: {query}")
    });
    log.data(|| {
        let headers = execution_log::grouped_map(&params.header);
        format!("Method request headers: {headers}")
    });
    log.data(|| {
        let body = execution_log::body(&inbound.body);
        format!("Method request body before transformations: {body}")
    });
}
