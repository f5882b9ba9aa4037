//! The wire of renderings: REST and JSON, signed for the service `crossway`.

#![allow(
    missing_docs,
    non_upper_case_globals,
    reason = "shapes; `docs/render.md` tells them"
)]

use std::collections::BTreeMap;

/// The service; `iam` has its explanations under the same name.
pub static SERVICE: smithy::ServiceMeta = ports::own_service(op::ALL);

static Text: smithy::Schema = smithy::Schema::new("Text", smithy::Kind::String);
static ApiId: smithy::Schema = smithy::Schema::new("ApiId", smithy::Kind::String)
    .min(1.0)
    .max(64.0);
static TextList: smithy::Schema = smithy::Schema::new("TextList", smithy::Kind::List(&Text));
static TextMap: smithy::Schema = smithy::Schema::new("TextMap", smithy::Kind::Map(&Text, &Text));
static ListMap: smithy::Schema =
    smithy::Schema::new("ListMap", smithy::Kind::Map(&Text, &TextList));
static Integer: smithy::Schema = smithy::Schema::new("Integer", smithy::Kind::Integer);
static Flag: smithy::Schema = smithy::Schema::new("Flag", smithy::Kind::Boolean);
static StepList: smithy::Schema = smithy::Schema::new("StepList", smithy::Kind::List(&Step));

smithy::structure! { RenderRequest (read) {
    template: String = smithy::member("template", &Text).required();
    rest_api_id: Option<String> = smithy::member("restApiId", &ApiId);
    body: Option<String> = smithy::member("body", &Text);
    context: Option<BTreeMap<String, String>> = smithy::member("context", &TextMap);
    path: Option<BTreeMap<String, String>> = smithy::member("path", &TextMap);
    querystring: Option<BTreeMap<String, Vec<String>>> = smithy::member("querystring", &ListMap);
    header: Option<BTreeMap<String, Vec<String>>> = smithy::member("header", &ListMap);
    stage_variables: Option<BTreeMap<String, String>> = smithy::member("stageVariables", &TextMap);
    trace: Option<bool> = smithy::member("trace", &Flag);
}}

smithy::structure! { Rendering (write) {
    output: Option<String> = smithy::member("output", &Text);
    error: Option<Failure> = smithy::member("error", &Failure);
    overrides: Option<BTreeMap<String, Vec<String>>> = smithy::member("overrides", &ListMap);
    trace: Option<Vec<Step>> = smithy::member("trace", &StepList);
}}

smithy::structure! { Failure (write) {
    message: Option<String> = smithy::member("message", &Text);
    line: Option<i32> = smithy::member("line", &Integer);
    column: Option<i32> = smithy::member("column", &Integer);
}}

smithy::structure! { Step (write) {
    line: Option<i32> = smithy::member("line", &Integer);
    column: Option<i32> = smithy::member("column", &Integer);
    reference: Option<String> = smithy::member("reference", &Text);
    value: Option<String> = smithy::member("value", &Text);
}}

pub mod op {
    smithy::operations! {
        /// What does a mapping template make of a body and a context?
        Render: "POST" "/_crossway/render" 200, RenderRequest => Rendering, "";
    }
}
