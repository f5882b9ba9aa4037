//! What AWS's Rust client gives its handler, and takes from it.

use lambda_runtime::streaming::{Body, channel};
use lambda_runtime::{Error, FunctionResponse, LambdaEvent, StreamResponse, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    if std::env::var("_HANDLER").is_ok_and(|handler| handler == "fails.at.init") {
        return Err("no init".into());
    }
    if std::env::var("_HANDLER").is_ok_and(|handler| handler == "streams") {
        return run(service_fn(stream)).await;
    }
    run(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (event, context) = event.into_parts();
    match event["do"].as_str() {
        Some("fail") => Err("it failed".into()),
        Some("panic") => panic!("it panicked"),
        Some("exit") => std::process::exit(3),
        Some("print") => {
            println!("printed");
            eprintln!("to error");
            Ok(Value::Null)
        }
        Some("large") => Ok(json!("x".repeat(7_000_000))),
        _ => Ok(json!({
            "saw": event,
            "id": context.request_id,
            "arn": context.invoked_function_arn,
            "name": context.env_config.function_name,
            "version": context.env_config.version,
            "memory": context.env_config.memory,
            "group": context.env_config.log_group,
            "custom": context.client_context.map(|client| client.custom),
            "trace": context.xray_trace_id,
            "deadline": context.deadline,
        })),
    }
}

async fn stream(_: LambdaEvent<Value>) -> Result<FunctionResponse<Value, Body>, Error> {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        for piece in ["{\"piece\"", ":", "1}"] {
            if sender.send_data(piece.into()).await.is_err() {
                return;
            }
        }
    });
    Ok(FunctionResponse::StreamingResponse(StreamResponse::from(
        body,
    )))
}
