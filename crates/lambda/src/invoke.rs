//! The front door: every call of a function, whoever makes it, comes through [`invoke`].

use crate::concurrency::Permit;
use crate::error::LambdaError;
use crate::held::Held;
use crate::limits;
use crate::live::{LiveFunction, LiveVersion};
use crate::name::{FunctionName, LATEST};
use crate::record::{StateRecord, UrlAuthRecord};
use crate::{Lambda, concurrency, event, lifecycle, payload, permission};
use api::lambda::{InvocationRequest, InvocationResponse, InvokeAsyncRequest, InvokeAsyncResponse};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ports::{AssumeError, Call, ComputeError, SessionCredentials, Work};
use ports::{Invocation, InvocationType, Invoked, Outcome, Payload};
use smithy::ServiceError;
use std::fmt::Write;
use std::sync::Arc;

/// Calls a function: finds it, asks its policy, takes a place, runs it.
///
/// The same function for AWS's Invoke operation, for API Gateway and for every later caller.
///
/// # Errors
/// In AWS's words, when the call did not reach the function.
pub async fn invoke(
    lambda: &Lambda,
    invocation: Invocation,
    request_id: String,
) -> Result<Invoked, LambdaError> {
    invoke_by(lambda, Door::Invoke, invocation, request_id).await
}

/// By what a function is called, which decides what must be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// By Invoke, or by a service.
    Invoke,
    /// By InvokeAsync, which has an action of its own.
    InvokeAsync,
    /// By its URL, of this type.
    FunctionUrl(UrlAuthRecord),
}

/// [`invoke`] by any door.
///
/// # Errors
/// In AWS's words, when the call did not reach the function.
pub async fn invoke_by(
    lambda: &Lambda,
    door: Door,
    invocation: Invocation,
    request_id: String,
) -> Result<Invoked, LambdaError> {
    let (kind, wants_log_tail) = (invocation.invocation_type, invocation.wants_log_tail);
    let admitted = admit(lambda, door, invocation, request_id).await?;
    let Admitted {
        function,
        version,
        job,
    } = admitted;
    let mut invoked = Invoked {
        status: 200,
        payload: Bytes::new(),
        function_error: None,
        log_tail: None,
        executed_version: version.version.clone(),
        request_id: job.request_id.clone(),
        trace_id: job.trace_id.clone(),
    };
    match kind {
        InvocationType::DryRun => invoked.status = 204,
        InvocationType::Event => {
            event::accept(lambda, job).await?;
            invoked.status = 202;
        }
        InvocationType::RequestResponse => {
            let outcome = run(lambda, &function, &version, job).await?;
            invoked.payload = outcome.payload;
            invoked.function_error = outcome.error.map(|_| "Unhandled");
            invoked.log_tail = wants_log_tail.then_some(outcome.log_tail);
        }
    }
    Ok(invoked)
}

/// A call that may be made.
pub struct Admitted {
    /// The function.
    pub function: Arc<LiveFunction>,
    /// The version that runs.
    pub version: Arc<LiveVersion>,
    /// The event.
    pub job: Job,
}

/// Finds the function, asks its policy, checks the event.
///
/// # Errors
/// In AWS's words.
pub async fn admit(
    lambda: &Lambda,
    door: Door,
    invocation: Invocation,
    request_id: String,
) -> Result<Admitted, LambdaError> {
    let name = FunctionName::from_arn(&invocation.function_arn)
        .ok_or_else(|| LambdaError::NotAName(invocation.function_arn.clone()))?;
    let function = lambda.function(&name).await?;
    let by = permission::By {
        caller: &invocation.caller,
        facts: &invocation.facts,
        door,
    };
    permission::check(lambda, &name, function.as_deref(), by).await?;
    let function = function.ok_or_else(|| not_found(&name))?;
    let function = ready(lambda, &name, function).await?;
    let version = function
        .version(&name, || dice(lambda))
        .ok_or_else(|| not_found(&name))?;
    let payload = payload::check(invocation.payload, invocation.invocation_type)?;
    let invoked_arn = name.arn();
    let trace_id = trace_id(lambda, &invoked_arn, invocation.trace_id.as_deref());
    let client_context = invocation
        .client_context
        .as_deref()
        .map(payload::client_context)
        .transpose()?;
    let job = Job {
        request_id,
        invoked_arn,
        payload,
        trace_id,
        client_context,
        wants_log_tail: invocation.wants_log_tail,
        hops: 0,
    };
    Ok(Admitted {
        function,
        version,
        job,
    })
}

/// One event on its way to a function, checked.
#[derive(Debug)]
pub struct Job {
    /// The invocation's id.
    pub request_id: String,
    /// The ARN that was invoked.
    pub invoked_arn: String,
    /// The event.
    pub payload: Bytes,
    /// Trace header.
    pub trace_id: String,
    /// Client context, JSON text.
    pub client_context: Option<String>,
    /// Whether the log's tail is wanted.
    pub wants_log_tail: bool,
    /// How many functions, one the destination of the other, led to this call.
    pub hops: u32,
}

/// Takes a place and runs the event. A caller that goes away loses the answer, not the worker, and
/// its place is free only when the worker is.
pub async fn run(
    lambda: &Lambda,
    function: &LiveFunction,
    version: &LiveVersion,
    job: Job,
) -> Result<Outcome, LambdaError> {
    let (permit, work) = prepare(lambda, function, version, job).await?;
    let compute = Arc::clone(lambda.compute()?);
    let running = Box::pin(async move { compute.run(work).await });
    Held::new(permit, running).await.map_err(from_compute)
}

/// Takes a place, and the session of the execution role.
///
/// # Errors
/// No place is free, or the role may not be assumed.
pub async fn prepare(
    lambda: &Lambda,
    function: &LiveFunction,
    version: &LiveVersion,
    job: Job,
) -> Result<(Permit, Work), LambdaError> {
    let permit = concurrency::take(function, version)?;
    let credentials = session(lambda, version).await?;
    let work = Work {
        request_id: job.request_id,
        function: Arc::clone(&version.spec),
        invoked_arn: job.invoked_arn,
        payload: job.payload,
        trace_id: job.trace_id,
        client_context: job.client_context,
        wants_log_tail: job.wants_log_tail,
        credentials,
    };
    Ok((permit, work))
}

/// What a caller is told of a host that could not run its event.
pub fn from_compute(error: ComputeError) -> LambdaError {
    match error {
        ComputeError::RuntimeUnavailable(reason) => LambdaError::RuntimeUnavailable(reason),
        ComputeError::Code(reason) => LambdaError::BadBundle(reason),
        ComputeError::Exhausted => LambdaError::Throttled("ConcurrentInvocationLimitExceeded"),
        ComputeError::Host(reason) => LambdaError::Host(reason),
    }
}

/// The function, ready to be run.
///
/// # Errors
/// There is none of this name, in AWS's words.
pub async fn found(lambda: &Lambda, name: &FunctionName) -> Result<Arc<LiveFunction>, LambdaError> {
    let function = lambda.function(name).await?;
    ready(lambda, name, function.ok_or_else(|| not_found(name))?).await
}

/// A function that was just created is made ready before its first invocation.
async fn ready(
    lambda: &Lambda,
    name: &FunctionName,
    function: Arc<LiveFunction>,
) -> Result<Arc<LiveFunction>, LambdaError> {
    let is_creating = |version: &LiveVersion| version.config.state == StateRecord::Creating;
    let must_wait =
        is_creating(&function.latest) || function.versions.values().any(|v| is_creating(v));
    if !must_wait {
        return Ok(function);
    }
    lifecycle::settle(lambda, &function.name).await?;
    lambda.function(name).await?.ok_or_else(|| not_found(name))
}

/// Observed on AWS: Invoke names `$LATEST` where no qualifier was given.
pub fn not_found(name: &FunctionName) -> LambdaError {
    let qualifier = name.qualifier.as_deref().unwrap_or(LATEST);
    LambdaError::FunctionNotFound(name.qualified_arn(qualifier))
}

/// The session of the execution role, renewed while it has an hour left.
pub async fn session(
    lambda: &Lambda,
    version: &LiveVersion,
) -> Result<Arc<SessionCredentials>, LambdaError> {
    let now_ms = lambda.clock.now_ms();
    if let Some(session) = version.session.load_full()
        && session.expires_ms - now_ms > limits::ROLE_SESSION_LEFT_MS_MIN
    {
        return Ok(session);
    }
    let role = version
        .config
        .role
        .parse()
        .map_err(|_| LambdaError::Host("a stored role is no ARN".to_owned()))?;
    let session = lambda
        .credentials
        .assume_for_service(
            &role,
            lifecycle::LAMBDA_PRINCIPAL,
            &version.spec.name,
            limits::ROLE_SESSION_S,
            now_ms,
        )
        .await
        .map_err(|error| match error {
            AssumeError::Refused => LambdaError::Denied(lifecycle::ROLE_REFUSED.to_owned()),
            AssumeError::Unavailable => LambdaError::Host("no session of a role".to_owned()),
        })?;
    let session = Arc::new(session);
    version.session.store(Some(Arc::clone(&session)));
    Ok(session)
}

/// A number from 0 up to 1.
pub fn dice(lambda: &Lambda) -> f64 {
    let mut bytes = [0u8; 4];
    lambda.ids.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

/// The trace header that the function of this ARN sees: the caller's root, or a new one.
pub fn trace_id(lambda: &Lambda, arn: &str, given: Option<&str>) -> String {
    const HEX: &[u8] = b"0123456789abcdef";
    let given = Given::read(given.unwrap_or_default());
    let mut trace = String::with_capacity(128);
    trace.push_str("Root=");
    match given.root {
        Some(root) => trace.push_str(root),
        None => {
            let seconds = lambda.clock.now_ms().div_euclid(1000);
            let _ = write!(trace, "1-{seconds:08x}-{}", lambda.ids.text(HEX, 24));
        }
    }
    trace.push_str(";Parent=");
    match given.parent {
        Some(parent) => trace.push_str(parent),
        None => trace.push_str(&lambda.ids.text(HEX, 16)),
    }
    trace.push_str(";Sampled=");
    trace.push_str(given.sampled.unwrap_or("0"));
    let _ = write!(trace, ";Lineage=1:{:08x}:0", lineage(arn));
    trace
}

/// What a caller's trace header says, as far as it has the form that it should have.
#[derive(Default)]
struct Given<'a> {
    root: Option<&'a str>,
    parent: Option<&'a str>,
    sampled: Option<&'a str>,
}

impl<'a> Given<'a> {
    fn read(header: &'a str) -> Self {
        let mut given = Self::default();
        for part in header.split(';') {
            let Some((name, value)) = part.trim().split_once('=') else {
                continue;
            };
            let place = match name {
                name if name.eq_ignore_ascii_case("Root") => &mut given.root,
                name if name.eq_ignore_ascii_case("Parent") => &mut given.parent,
                name if name.eq_ignore_ascii_case("Sampled") => &mut given.sampled,
                _ => continue,
            };
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if (1..=64).contains(&value.len()) && value.bytes().all(fits) {
                place.get_or_insert(value);
            }
        }
        given
    }
}

/// Which function it is, as `Lineage` tells it in answers of AWS: eight digits.
// UNVERIFIED: what AWS hashes, and what the two numbers beside it count; here FNV-1a of the ARN.
fn lineage(arn: &str) -> u32 {
    arn.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// The trace as answers show it: `root=1-…;parent=…;sampled=0`.
pub fn trace_header(trace_id: &str) -> String {
    let parts = trace_id.split(';').map(|part| match part.split_once('=') {
        Some((key, value)) => format!("{}={value}", key.to_ascii_lowercase()),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(";")
}

/// AWS's Invoke operation.
pub async fn serve(
    lambda: Arc<Lambda>,
    call: Call,
    input: InvocationRequest,
) -> Result<InvocationResponse, ServiceError> {
    let name = FunctionName::parse(
        &input.function_name,
        input.qualifier.as_deref(),
        &call.account,
        &call.region,
    )?;
    if input.tenant_id.is_some() || input.durable_execution_name.is_some() {
        return Err(LambdaError::Invalid(
            "Crossway has no tenant isolation and no durable executions: leave out \
             X-Amz-Tenant-Id and X-Amz-Durable-Execution-Name"
                .to_owned(),
        )
        .into());
    }
    let invocation_type = match input.invocation_type.as_deref() {
        Some("Event") => InvocationType::Event,
        Some("DryRun") => InvocationType::DryRun,
        _ => InvocationType::RequestResponse,
    };
    let invocation = Invocation {
        function_arn: name.arn(),
        caller: call.caller,
        facts: call.facts,
        payload: Payload::Sent(input.payload.unwrap_or_default()),
        invocation_type,
        wants_log_tail: input.log_type.as_deref() == Some("Tail"),
        client_context: input.client_context,
        trace_id: None,
    };
    let invoked = invoke(&lambda, invocation, call.request_id).await?;
    let is_answered = invocation_type == InvocationType::RequestResponse;
    Ok(InvocationResponse {
        status_code: Some(i32::from(invoked.status)),
        function_error: invoked.function_error.map(str::to_owned),
        log_result: invoked.log_tail.map(|tail| STANDARD.encode(tail)),
        payload: Some(invoked.payload),
        executed_version: is_answered.then_some(invoked.executed_version),
        durable_execution_arn: None,
        // Observed, whatever the length of the answer.
        remapped_content_length: Some("0".to_owned()),
        trace_id: Some(trace_header(&invoked.trace_id)),
    })
}

/// AWS's InvokeAsync operation: Invoke's `Event`, as it was before there was Invoke.
pub async fn serve_async(
    lambda: Arc<Lambda>,
    call: Call,
    input: InvokeAsyncRequest,
) -> Result<InvokeAsyncResponse, ServiceError> {
    let name = FunctionName::parse(&input.function_name, None, &call.account, &call.region)?;
    let invocation = Invocation {
        function_arn: name.arn(),
        caller: call.caller,
        facts: call.facts,
        payload: Payload::Sent(input.invoke_args),
        invocation_type: InvocationType::Event,
        wants_log_tail: false,
        client_context: None,
        trace_id: None,
    };
    let invoked = invoke_by(&lambda, Door::InvokeAsync, invocation, call.request_id).await?;
    Ok(InvokeAsyncResponse {
        status: Some(i32::from(invoked.status)),
    })
}
