//! One request for a function URL, from its host name to its answer.

use super::answer::{self, Refusal};
use super::{cors, event, signature, stream};
use crate::error::LambdaError;
use crate::invoke::{self, Door};
use crate::limits;
use crate::name::FunctionName;
use crate::record::{URL_IDS, UrlAuthRecord, UrlRecord};
use crate::{Lambda, permission};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use ports::{Caller, FunctionUrl, Invocation, InvocationType, Payload, RequestFacts};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use stdx::Body;

/// What the ids of function URLs that were called lead to.
///
/// Needs no forgetting: an id always leads to the same name, and whether the URL still exists is
/// asked of the function itself.
#[derive(Debug, Default)]
pub struct Names(RwLock<HashMap<String, FunctionName>>);

impl Names {
    fn get(&self, id: &str) -> Option<FunctionName> {
        let names = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.get(id).cloned()
    }

    fn keep(&self, id: &str, name: &FunctionName) {
        let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= limits::LIVE_FUNCTIONS_MAX {
            names.clear();
        }
        names.insert(id.to_owned(), name.clone());
    }
}

/// Answers one request. Refusals are answers too.
pub async fn serve(
    lambda: &Lambda,
    request: Request<Bytes>,
    target: FunctionUrl,
) -> Response<Body> {
    let found = find(lambda, &target).await;
    let (name, url) = match found {
        Ok(found) => found,
        Err(refusal) => return refusal.into_http().map(Body::from),
    };
    if let Some(cors) = &url.cors
        && let Some(answer) = cors::preflight(cors, request.method(), request.headers())
    {
        return answer.map(Body::from);
    }
    let answered = run(lambda, &name, &url, &request, &target).await;
    let mut response = answered.unwrap_or_else(|refusal| refusal.into_http().map(Body::from));
    if let Some(cors) = &url.cors {
        cors::tell(cors, request.headers(), response.headers_mut());
    }
    response
}

async fn find(lambda: &Lambda, target: &FunctionUrl) -> Result<(FunctionName, UrlRecord), Refusal> {
    let id = &target.url_id;
    let name = match lambda.url_names.get(id) {
        Some(name) => name,
        None => {
            let held = lambda.store.get(&URL_IDS, id).await;
            let held = held.map_err(LambdaError::Store)?.ok_or(Refusal::NotFound)?;
            let name = FunctionName::from_arn(&held.arn).ok_or(Refusal::Failed)?;
            lambda.url_names.keep(id, &name);
            name
        }
    };
    if target.region.as_ref() != Some(&name.region) {
        return Err(Refusal::NotFound);
    }
    match super::stored(lambda, &name).await? {
        Some(url) if url.id == *id => Ok((name, url)),
        _ => Err(Refusal::NotFound),
    }
}

async fn run(
    lambda: &Lambda,
    name: &FunctionName,
    url: &UrlRecord,
    request: &Request<Bytes>,
    target: &FunctionUrl,
) -> Result<Response<Body>, Refusal> {
    let (caller, signed_path) = match url.auth {
        UrlAuthRecord::Open => (Caller::Anonymous, None),
        UrlAuthRecord::Iam => {
            let now_ms = target.connection.received_ms;
            let signed = signature::check(lambda, request, &name.region, now_ms).await?;
            (signed.caller, signed.path)
        }
    };
    let facts = facts(name, request.headers(), target);
    let door = Door::FunctionUrl(url.auth);
    if target.is_body_too_large {
        let function = lambda.function(name).await?;
        let by = permission::By {
            caller: &caller,
            facts: &facts,
            door,
        };
        permission::check(lambda, name, function.as_deref(), by).await?;
        return Err(Refusal::TooLarge);
    }
    let given = text(request.headers(), "x-amzn-trace-id");
    let arn = name.arn();
    let trace_id = invoke::trace_id(lambda, &arn, given.as_deref());
    let event = event::build(&event::Source {
        request,
        target,
        signed_path: signed_path.as_deref(),
        principal: match &caller {
            Caller::Principal(principal) => Some(principal),
            Caller::Anonymous | Caller::Service(_) => None,
        },
        trace_id: trace_id.split(';').next().unwrap_or_default(),
    });
    let invocation = Invocation {
        function_arn: arn,
        caller,
        facts,
        payload: Payload::Written(event),
        invocation_type: InvocationType::RequestResponse,
        wants_log_tail: false,
        client_context: None,
        trace_id: Some(trace_id),
    };
    let request_id = target.request_id.clone();
    let (mut response, trace_id) = match url.is_streamed {
        true => stream::answer(lambda, door, invocation, request_id).await?,
        false => {
            let invoked = invoke::invoke_by(lambda, door, invocation, request_id).await?;
            if invoked.function_error.is_some() {
                return Err(Refusal::Failed);
            }
            let response = answer::parse(&invoked.payload).ok_or(Refusal::Failed)?;
            (response.map(Body::from), invoked.trace_id)
        }
    };
    if let Ok(trace) = HeaderValue::from_str(&invoke::trace_header(&trace_id)) {
        response.headers_mut().insert("x-amzn-trace-id", trace);
    }
    Ok(response)
}

fn facts(name: &FunctionName, headers: &HeaderMap, target: &FunctionUrl) -> RequestFacts {
    RequestFacts {
        source_ip: Some(target.connection.peer.ip().to_canonical()),
        user_agent: text(headers, header::USER_AGENT.as_str()),
        referer: text(headers, header::REFERER.as_str()),
        is_tls: target.connection.is_tls,
        now_ms: target.connection.received_ms,
        region: name.region.to_string(),
        ..RequestFacts::default()
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
