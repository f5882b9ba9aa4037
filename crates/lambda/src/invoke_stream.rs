//! AWS's InvokeWithResponseStream operation.

use crate::Lambda;
use crate::error::LambdaError;
use crate::invoke::{self, Door};
use crate::name::FunctionName;
use crate::stream;
use api::lambda::{InvokeWithResponseStreamRequest, InvokeWithResponseStreamResponse};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ports::{Call, FunctionStream, Invocation, InvocationType, Payload, StreamEnd, StreamEvent};
use serde_json::json;
use smithy::{EventStream, ServiceError, event_stream};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use stdx::{Cut, Pieces};

/// Calls a function; each of its writes becomes a `PayloadChunk`, its end an `InvokeComplete`.
pub async fn serve(
    lambda: Arc<Lambda>,
    call: Call,
    input: InvokeWithResponseStreamRequest,
) -> Result<(InvokeWithResponseStreamResponse, Option<EventStream>), ServiceError> {
    let name = FunctionName::parse(
        &input.function_name,
        input.qualifier.as_deref(),
        &call.account,
        &call.region,
    )?;
    if input.tenant_id.is_some() {
        return Err(LambdaError::Invalid(
            "Crossway has no tenant isolation: leave out X-Amz-Tenant-Id".to_owned(),
        )
        .into());
    }
    let is_dry = input.invocation_type.as_deref() == Some("DryRun");
    let invocation = Invocation {
        function_arn: name.arn(),
        caller: call.caller,
        facts: call.facts,
        payload: Payload::Sent(input.payload.unwrap_or_default()),
        invocation_type: match is_dry {
            true => InvocationType::DryRun,
            false => InvocationType::RequestResponse,
        },
        wants_log_tail: input.log_type.as_deref() == Some("Tail"),
        client_context: input.client_context,
        trace_id: None,
    };
    let mut response = InvokeWithResponseStreamResponse {
        status_code: Some(200),
        executed_version: None,
        event_stream: None,
        response_stream_content_type: None,
    };
    if is_dry {
        invoke::invoke(&lambda, invocation, call.request_id).await?;
        response.status_code = Some(204);
        return Ok((response, None));
    }
    let stream = stream::invoke(&lambda, Door::Invoke, invocation, call.request_id).await?;
    response.executed_version = Some(stream.executed_version);
    let messages = Messages(stream.events);
    Ok((response, Some(EventStream::new(Box::new(messages)))))
}

/// The function's answer as messages.
struct Messages(Box<dyn FunctionStream>);

impl Pieces for Messages {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        let message = match ready!(self.0.poll_event(cx)) {
            None => return Poll::Ready(None),
            Some(StreamEvent::Bytes(bytes)) => {
                event_stream::message("PayloadChunk", "application/octet-stream", &bytes)
            }
            Some(StreamEvent::Completed(end)) => complete(&end),
        };
        Poll::Ready(Some(message.ok_or(Cut)))
    }
}

// UNVERIFIED: what AWS writes into `ErrorCode`; the model says only that it is an error code.
fn complete(end: &StreamEnd) -> Option<Bytes> {
    let mut event = serde_json::Map::new();
    if let Some(error) = &end.error {
        event.insert("ErrorCode".to_owned(), json!("Unhandled"));
        let details = String::from_utf8_lossy(error);
        event.insert("ErrorDetails".to_owned(), json!(details));
    }
    if let Some(tail) = &end.log_tail {
        event.insert("LogResult".to_owned(), json!(STANDARD.encode(tail)));
    }
    let event = serde_json::Value::Object(event).to_string();
    event_stream::message("InvokeComplete", "application/json", event.as_bytes())
}
