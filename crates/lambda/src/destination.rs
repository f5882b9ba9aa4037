//! Tells another function what became of an asynchronous event.
//!
//! Source: "Capturing records of Lambda asynchronous invocations". The call is made by the
//! function's execution role, which must be allowed to; what cannot be delivered is logged and
//! lost, as on AWS.

use crate::error::LambdaError;
use crate::invoke::{self, Door, Job};
use crate::live::{LiveFunction, LiveVersion};
use crate::name::{FunctionName, LATEST};
use crate::record::EventRecord;
use crate::{Lambda, event, limits, payload, permission};
use bytes::Bytes;
use ports::{Caller, InvocationType, Outcome, Payload, RequestFacts};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Why an event is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It ran.
    Success,
    /// It ran and failed as often as it may.
    RetriesExhausted,
    /// It waited for as long as it may.
    EventAgeExceeded,
}

impl Condition {
    fn text(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
        }
    }
}

/// An event that is done with.
pub struct Done<'a> {
    /// Its request id.
    pub id: &'a str,
    /// What was kept of it.
    pub record: &'a EventRecord,
    /// What was invoked.
    pub name: &'a FunctionName,
    /// The function.
    pub function: &'a LiveFunction,
    /// Why it is done with.
    pub condition: Condition,
    /// What ran last, and what came of it; none when nothing ran.
    pub ran: Option<(&'a LiveVersion, &'a Outcome)>,
    /// How often it ran.
    pub runs: u32,
}

/// Sends the record of the event to the destination that is configured for this end, if any.
pub async fn tell(lambda: &Lambda, done: Done<'_>) {
    let config = done.function.event_config(done.name);
    let arn = config.and_then(|config| match done.condition {
        Condition::Success => config.on_success.as_deref(),
        Condition::RetriesExhausted | Condition::EventAgeExceeded => config.on_failure.as_deref(),
    });
    let Some(arn) = arn else { return };
    if let Err(error) = deliver(lambda, arn, &done).await {
        tracing::warn!(
            id = done.id,
            destination = arn,
            error = &error as &dyn std::error::Error,
            "the record of an event was not delivered"
        );
    }
}

async fn deliver(lambda: &Lambda, arn: &str, done: &Done<'_>) -> Result<(), LambdaError> {
    let not_found = || LambdaError::FunctionNotFound(arn.to_owned());
    let target = FunctionName::from_arn(arn).ok_or_else(not_found)?;
    let function = lambda.function(&target).await?;
    let may_recurse = function.as_ref().is_some_and(|it| it.record.may_recurse);
    if done.record.hops >= limits::DESTINATION_HOPS_MAX && !may_recurse {
        return Err(LambdaError::Invalid(format!(
            "functions tell each other in a circle: stopped after {} times",
            done.record.hops
        )));
    }
    let latest = Arc::clone(&done.function.latest);
    let version = done.ran.map_or(latest.as_ref(), |(version, _)| version);
    let role = invoke::session(lambda, version).await?;
    let facts = RequestFacts {
        now_ms: lambda.clock.now_ms(),
        region: target.region.to_string(),
        ..RequestFacts::default()
    };
    let by = permission::By {
        caller: &Caller::Principal(Arc::clone(&role.principal)),
        facts: &facts,
        door: Door::Invoke,
    };
    permission::check(lambda, &target, function.as_deref(), by).await?;
    let function = function.ok_or_else(not_found)?;
    function.version(&target, || 1.0).ok_or_else(not_found)?;
    let job = Job {
        request_id: lambda.ids.uuid(),
        invoked_arn: target.arn(),
        payload: payload::check(
            Payload::Written(record(lambda, done)),
            InvocationType::Event,
        )?,
        trace_id: done.record.trace_id.clone(),
        client_context: None,
        wants_log_tail: false,
        hops: done.record.hops + 1,
    };
    event::accept(lambda, job).await
}

/// The record as the destination sees it.
fn record(lambda: &Lambda, done: &Done<'_>) -> Bytes {
    let qualifier = done.name.qualifier.as_deref().unwrap_or(LATEST);
    let parsed = |text: &[u8]| serde_json::from_slice(text).unwrap_or(Value::Null);
    let mut all = Map::new();
    let mut set = |name: &str, value: Value| all.insert(name.to_owned(), value);
    set("version", json!("1.0"));
    let now = jiff::Timestamp::from_millisecond(lambda.clock.now_ms()).unwrap_or_default();
    set(
        "timestamp",
        json!(now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()),
    );
    set(
        "requestContext",
        json!({
            "requestId": done.id,
            "functionArn": done.name.qualified_arn(qualifier),
            "condition": done.condition.text(),
            "approximateInvokeCount": done.runs,
        }),
    );
    set("requestPayload", parsed(done.record.payload.as_bytes()));
    if let Some((version, outcome)) = done.ran {
        let mut context = Map::new();
        context.insert("statusCode".to_owned(), json!(200));
        context.insert("executedVersion".to_owned(), json!(version.version));
        if outcome.error.is_some() {
            context.insert("functionError".to_owned(), json!("Unhandled"));
        }
        set("responseContext", Value::Object(context));
        set("responsePayload", parsed(&outcome.payload));
    }
    Bytes::from(Value::Object(all).to_string())
}
