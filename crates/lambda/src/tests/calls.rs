//! Invocations and permissions that several tests make.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use bytes::Bytes;
use ports::{
    Caller, Invocation, InvocationType, Invoke, InvokeError, Invoked, Payload, RequestFacts,
};
use serde_json::{Value as Json, json};

pub const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";
pub const SOURCE: &str = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/*/GET/";
pub const LIVE_SOURCE: &str = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/GET/";

pub fn invocation(function_arn: &str, caller: Caller) -> Invocation {
    Invocation {
        function_arn: function_arn.to_owned(),
        caller,
        facts: RequestFacts::default(),
        payload: Payload::Sent(Bytes::from_static(b"{\"a\":1}")),
        invocation_type: InvocationType::RequestResponse,
        wants_log_tail: false,
        client_context: None,
        trace_id: None,
    }
}

pub async fn from_gateway(
    world: &World,
    function_arn: &str,
    source: &str,
) -> Result<Invoked, InvokeError> {
    world
        .lambda
        .invoke(invocation(function_arn, gateway(source)))
        .await
}

pub fn permission(more: Json) -> Json {
    let mut all = json!({
        "FunctionName": "fn",
        "StatementId": "s1",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": SOURCE,
    });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    all
}
