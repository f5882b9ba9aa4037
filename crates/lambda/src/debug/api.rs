//! The wire of debugging: REST and JSON, signed for the service `crossway`.

#![allow(
    missing_docs,
    non_upper_case_globals,
    reason = "shapes; `docs/debugging.md` tells them"
)]

/// The service; others of the product's own have the same name.
pub static SERVICE: smithy::ServiceMeta = ports::own_service(op::ALL);

static Text: smithy::Schema = smithy::Schema::new("Text", smithy::Kind::String)
    .min(1.0)
    .max(2048.0);
static Port: smithy::Schema = smithy::Schema::new("Port", smithy::Kind::Integer)
    .min(0.0)
    .max(65535.0);
static Integer: smithy::Schema = smithy::Schema::new("Integer", smithy::Kind::Integer);
static Flag: smithy::Schema = smithy::Schema::new("Flag", smithy::Kind::Boolean);

smithy::structure! { DebugRequest (read) {
    function_name: String = smithy::member("functionName", &Text).required();
    qualifier: Option<String> = smithy::member("qualifier", &Text);
    port: Option<i32> = smithy::member("port", &Port);
    wait: Option<bool> = smithy::member("wait", &Flag);
    cold: Option<bool> = smithy::member("cold", &Flag);
}}

smithy::structure! { SessionRequest (read) {
    function_name: String = smithy::member("functionName", &Text).uri("FunctionName").required();
    session: String = smithy::member("session", &Text).uri("Session").required();
}}

smithy::structure! { Session (write) {
    session: Option<String> = smithy::member("session", &Text);
    function_arn: Option<String> = smithy::member("functionArn", &Text);
    version: Option<String> = smithy::member("version", &Text);
    language: Option<String> = smithy::member("language", &Text);
    port: Option<i32> = smithy::member("port", &Integer);
    code_root: Option<String> = smithy::member("codeRoot", &Text);
    lease_seconds: Option<i32> = smithy::member("leaseSeconds", &Integer);
}}

smithy::structure! { Nothing (write) {} }

pub mod op {
    smithy::operations! {
        /// Let a debugger attach to a function.
        Debug: "POST" "/_crossway/debug" 200, DebugRequest => Session, "";
        /// It is wanted still.
        KeepDebugging: "POST" "/_crossway/debug/{FunctionName}/{Session}" 204, SessionRequest => Nothing, "";
        /// It is wanted no more.
        EndDebugging: "DELETE" "/_crossway/debug/{FunctionName}/{Session}" 204, SessionRequest => Nothing, "";
    }
}
