//! Lambda authorizers: a function says who the caller is and what it may do ("Use API Gateway
//! Lambda authorizers").
//!
//! [`ask`] gives what the function has said, from the cache or by calling it; whether that lets
//! the request in is decided in [`crate::authorize`], for every method ARN anew.
//!
//! # Cost
//!
//! A cache hit is one hash of the identity's values and one short lock; the policy was parsed when
//! the function answered.

mod cache;
mod compiled;
mod grant;
mod identity_source;

pub(crate) use cache::Cache;
pub(crate) use compiled::{CompiledAuthorizer, Validation};
pub(crate) use grant::Grant;
pub(crate) use identity_source::IdentitySource;

use crate::{
    context::Exchange,
    event,
    execution_log::{self, ExecutionLog},
    fault::Fault,
    integration::{Backends, lambda},
    limits,
    phases::Called,
};
use bytes::Bytes;
use compiled::Kind;
use identity_source::Value;
use ports::{InvocationType, InvokeError, Invoked, Payload};
use std::{sync::Arc, time::Duration};

/// What an authorizer has said about a request.
#[derive(Debug, Clone)]
pub(crate) struct Authorized {
    /// Its words.
    pub(crate) grant: Arc<Grant>,
    /// Milliseconds that the function took; 0 when the answer was cached.
    pub(crate) latency_ms: i64,
}

/// Whom to ask, and about what.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The request.
    pub(crate) exchange: &'a Exchange<'a>,
    /// The method's authorizer.
    pub(crate) authorizer: &'a CompiledAuthorizer,
    /// The method's ARN with the client's verb and path.
    pub(crate) method_arn: &'a str,
}

/// What the authorizer says, from its cache or from its function; `called` tells of the latter.
///
/// # Errors
/// 401 when the identity is missing, does not match, or the function refuses it; 500 when the
/// function cannot be called or answers nothing usable.
pub(crate) async fn ask(
    backends: &Backends,
    cache: &Cache,
    question: Question<'_>,
    called: &mut Called,
    log: &mut ExecutionLog,
) -> Result<Authorized, Fault> {
    let Question {
        exchange,
        authorizer,
        ..
    } = question;
    let request_id = &exchange.inbound.ids.request_id;
    log.info(|| {
        let id = &authorizer.id;
        format!("Starting authorizer: {id} for request: {request_id}")
    });
    let Some(identity) = identity(question) else {
        return Err(unauthorized(request_id, log));
    };
    log.info(|| format!("Incoming identity: {}", shown(authorizer, &identity)));
    let key = authorizer
        .is_caching()
        .then(|| cache::key(exchange.stage, &authorizer.id, &identity));
    if let Some(grant) = key.and_then(|key| cache.find(&key, backends.clock.now_ms())) {
        log_grant(&grant, log);
        return Ok(Authorized {
            grant,
            latency_ms: 0,
        });
    }
    let answered = call(backends, question, &identity, called, log).await?;
    let until_ms = backends.clock.now_ms() + i64::from(authorizer.ttl_s) * 1_000;
    if let Some(key) = key {
        cache.keep(key, Arc::clone(&answered.grant), until_ms);
    }
    log_grant(&answered.grant, log);
    Ok(answered)
}

/// The identity's values; none when the request must be refused without asking.
fn identity(question: Question<'_>) -> Option<Vec<Value>> {
    let authorizer = question.authorizer;
    let values = authorizer
        .sources
        .iter()
        .map(|source| source.value(question.exchange));
    match authorizer.kind {
        Kind::Token => {
            let values: Vec<Value> = values.collect::<Option<_>>()?;
            let token = values.first()?.last()?;
            authorizer.validation.passes(token).then_some(values)
        }
        // Without cache the function is asked whatever there is ("identity sources ... When
        // caching is off", "Configure a Lambda authorizer using the API Gateway console").
        Kind::Request if !authorizer.is_caching() => Some(values.flatten().collect()),
        Kind::Request => values.collect(),
    }
}

/// Calls the function.
async fn call(
    backends: &Backends,
    question: Question<'_>,
    identity: &[Value],
    called: &mut Called,
    log: &mut ExecutionLog,
) -> Result<Authorized, Fault> {
    let Question {
        exchange,
        authorizer,
        method_arn,
    } = question;
    let Some(endpoint) = &authorizer.endpoint else {
        log.error(|| {
            "Execution failed due to configuration error: Invalid authorizer URI".to_owned()
        });
        return Err(misconfigured(log));
    };
    let credentials = &authorizer.credentials;
    let caller = lambda::caller(backends, exchange, endpoint, credentials, log)
        .await
        .map_err(|_| misconfigured(log))?;
    let token = identity.first().and_then(Value::last).unwrap_or_default();
    let payload = match authorizer.kind {
        Kind::Token => event::token(token, method_arn),
        Kind::Request => event::request(exchange, method_arn),
    };
    let secrets: Vec<&str> = identity.iter().flat_map(Value::texts).collect();
    lambda::log_call(exchange, endpoint, &payload, &secrets, log);
    let started_ms = backends.clock.now_ms();
    let invocation = lambda::invocation(
        exchange,
        endpoint,
        Payload::Written(payload),
        caller,
        InvocationType::RequestResponse,
        started_ms,
    );
    let timeout = Duration::from_millis(limits::AUTHORIZER_TIMEOUT_MS);
    let finished = tokio::time::timeout(timeout, backends.invoke.invoke(invocation)).await;
    let latency_ms = backends.clock.now_ms() - started_ms;
    called.latency_ms = Some(latency_ms);
    let invoked = match finished {
        Err(_) => {
            log.error(|| "Execution failed due to a timeout error".to_owned());
            return Err(misconfigured(log));
        }
        Ok(Err(error)) => return Err(refused(&error, exchange, log)),
        Ok(Ok(invoked)) => invoked,
    };
    called.status = Some(invoked.status);
    called.request_id = Some(invoked.request_id.clone());
    let grant = read(&invoked, exchange, log)?;
    Ok(Authorized {
        grant: Arc::new(grant),
        latency_ms,
    })
}

/// What the function's answer says.
fn read(
    invoked: &Invoked,
    exchange: &Exchange<'_>,
    log: &mut ExecutionLog,
) -> Result<Grant, Fault> {
    let payload: &Bytes = &invoked.payload;
    let read = Grant::parse(payload);
    log.data(|| {
        let key = read.as_ref().ok().map(|grant| &grant.usage_identifier_key);
        let secrets: Vec<&str> = key.and_then(Option::as_deref).into_iter().collect();
        let body = execution_log::body_of_event(payload, &[], &secrets);
        format!("Authorizer result body before parsing: {body}")
    });
    if invoked.function_error.is_some() && lambda::error_message(payload) == "Unauthorized" {
        return Err(unauthorized(&exchange.inbound.ids.request_id, log));
    }
    read.map_err(|malformed| {
        log.error(|| format!("Execution failed due to configuration error: {malformed}"));
        misconfigured(log)
    })
}

/// The function could not be called.
fn refused(error: &InvokeError, exchange: &Exchange<'_>, log: &mut ExecutionLog) -> Fault {
    lambda::log_refusal(error, exchange, log);
    log.error(|| "Execution failed due to configuration error: Authorizer error".to_owned());
    misconfigured(log)
}

fn misconfigured(log: &mut ExecutionLog) -> Fault {
    log.error(|| "AuthorizerConfigurationException".to_owned());
    Fault::AuthorizerConfiguration
}

fn unauthorized(request_id: &str, log: &mut ExecutionLog) -> Fault {
    log.error(|| format!("Unauthorized request: {request_id}"));
    Fault::Unauthorized
}

/// The identity with all but its last characters hidden.
fn shown(authorizer: &CompiledAuthorizer, identity: &[Value]) -> String {
    let last = |value: &Value| execution_log::masked(value.last().unwrap_or_default());
    match authorizer.kind {
        Kind::Token => identity.first().map(last).unwrap_or_default(),
        Kind::Request => {
            let pairs = identity.iter().map(|value| (value.name(), last(value)));
            let pairs: Vec<(&str, String)> = pairs.collect();
            execution_log::map(pairs.iter().map(|(name, value)| (*name, value.as_str())))
        }
    }
}

fn log_grant(grant: &Grant, log: &mut ExecutionLog) {
    log.info(|| {
        let principal = execution_log::masked(&grant.principal_id);
        format!("Using valid authorizer policy for principal: {principal}")
    });
    log.info(|| "Successfully completed authorizer execution".to_owned());
}
