//! The wire of explanations: REST and JSON, signed for the service `crossway`.

#![allow(
    missing_docs,
    non_upper_case_globals,
    reason = "shapes; `docs/explain.md` tells them"
)]

use std::collections::BTreeMap;

/// The service.
pub static SERVICE: smithy::ServiceMeta = ports::own_service(op::ALL);

static Text: smithy::Schema = smithy::Schema::new("Text", smithy::Kind::String)
    .min(1.0)
    .max(2048.0);
static TextList: smithy::Schema = smithy::Schema::new("TextList", smithy::Kind::List(&Text));
static KeyMap: smithy::Schema = smithy::Schema::new("KeyMap", smithy::Kind::Map(&Text, &TextList));
static Integer: smithy::Schema = smithy::Schema::new("Integer", smithy::Kind::Integer);
static StatementList: smithy::Schema =
    smithy::Schema::new("StatementList", smithy::Kind::List(&Statement));

smithy::structure! { ExplainRequest (read) {
    action: String = smithy::member("action", &Text).required();
    resource: String = smithy::member("resource", &Text).required();
    principal: Option<String> = smithy::member("principal", &Text);
    context: Option<BTreeMap<String, Vec<String>>> = smithy::member("context", &KeyMap);
}}

smithy::structure! { ExplainDenialRequest (read) {
    request_id: String = smithy::member("requestId", &Text).uri("RequestId").required();
}}

smithy::structure! { Explanation (write) {
    decision: Option<String> = smithy::member("decision", &Text);
    principal: Option<String> = smithy::member("principal", &Text);
    action: Option<String> = smithy::member("action", &Text);
    resource: Option<String> = smithy::member("resource", &Text);
    message: Option<String> = smithy::member("message", &Text);
    statements: Option<Vec<Statement>> = smithy::member("statements", &StatementList);
    request_id: Option<String> = smithy::member("requestId", &Text);
    time: Option<String> = smithy::member("time", &Text);
}}

smithy::structure! { Statement (write) {
    policy_type: Option<String> = smithy::member("policyType", &Text);
    policy: Option<String> = smithy::member("policy", &Text);
    position: Option<i32> = smithy::member("position", &Integer);
    sid: Option<String> = smithy::member("sid", &Text);
}}

pub mod op {
    smithy::operations! {
        /// Would this one be allowed?
        Explain: "POST" "/_crossway/explain" 200, ExplainRequest => Explanation, "";
        /// Why was that request refused?
        ExplainDenial: "GET" "/_crossway/explain/{RequestId}" 200, ExplainDenialRequest => Explanation, "";
    }
}
