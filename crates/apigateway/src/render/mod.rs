//! Render: what a mapping template makes of a body and a context, without an API.
//!
//! An API of the product's own, read-only: the data plane's renderer under its bounds. It reads
//! nothing that is stored, so it asks for the least that an author of templates has:
//! `apigateway:GET` on the API that `restApiId` names, or on `/restapis` without one.

mod api;

use crate::{ApiGateway, Error, Operations, existing, limits};
use ::api::ServiceError;
use api::{Failure, RenderRequest, Rendering, Step, op};
use mapping::{
    ContextVariables, Evaluated, Overrides, Params, Position, Scope, Template, TemplateError,
};
use ports::{Call, Touch, Touches};
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::BoxFuture;

/// Render's operations.
pub fn operations(service: Arc<ApiGateway>) -> Operations {
    Operations::new(&api::SERVICE, service)
        .on(
            op::Render,
            |service, call, input| touch(service, call, input),
            run,
        )
        .finish()
}

fn touch<'a>(
    service: &'a ApiGateway,
    call: &'a Call,
    input: &'a RenderRequest,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    let path = match &input.rest_api_id {
        Some(id) => format!("/restapis/{id}"),
        None => "/restapis".to_owned(),
    };
    let resource = format!("arn:aws:apigateway:{}::{path}", call.region);
    let mut own = Touch::new("apigateway:GET", resource, call.account.clone());
    Box::pin(async move {
        existing::add(service, call, &mut own).await;
        Ok(Touches::from(own))
    })
}

async fn run(
    service: Arc<ApiGateway>,
    _call: Call,
    input: RenderRequest,
) -> Result<Rendering, ServiceError> {
    let context = context(input.context.clone().unwrap_or_default())?;
    // Renderings are pure computing: a few at a time, beside the threads that serve requests.
    let turn = service.renderings.clone().acquire_owned().await;
    let turn = turn.map_err(|_| ServiceError::internal())?;
    let rendered = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        rendering(input, &context)
    });
    rendered.await.map_err(|_| ServiceError::internal())
}

fn context(given: BTreeMap<String, String>) -> Result<ContextVariables, Error> {
    let mut context = ContextVariables::default();
    for (name, value) in given {
        if !context.set(&name, value) {
            return Err(Error::bad(format!("there is no `$context.{name}`")));
        }
    }
    Ok(context)
}

fn rendering(input: RenderRequest, context: &ContextVariables) -> Rendering {
    let params = Params {
        path: input.path.unwrap_or_default().into_iter().collect(),
        querystring: input.querystring.unwrap_or_default().into_iter().collect(),
        header: input.header.unwrap_or_default().into_iter().collect(),
    };
    let body = input.body.unwrap_or_default();
    let stage_variables = input.stage_variables.unwrap_or_default();
    let mut scope = Scope::new(&body, &params, context, &stage_variables);
    let mut steps = input.trace.unwrap_or_default().then(Vec::new);
    let rendered = Template::parse(&input.template).and_then(|template| match steps.as_mut() {
        Some(steps) => template.render_traced(&mut scope, &mut |one| keep(steps, one)),
        None => template.render(&mut scope),
    });
    let (output, error) = match rendered {
        Ok(output) => (Some(output), None),
        Err(error) => (None, Some(failure(&error))),
    };
    Rendering {
        output,
        error,
        overrides: Some(overrides(scope.overrides)),
        trace: steps,
    }
}

/// The first steps of a long trace; a loop says the same over and over.
fn keep(steps: &mut Vec<Step>, one: Evaluated) {
    if steps.len() < limits::TRACED_STEPS_MAX {
        let (line, column) = place(one.position);
        steps.push(Step {
            line,
            column,
            reference: Some(one.reference),
            value: one.value,
        });
    }
}

fn failure(error: &TemplateError) -> Failure {
    let (line, column) = place(error.position);
    Failure {
        message: Some(error.kind.to_string()),
        line,
        column,
    }
}

/// Both counted from 1.
fn place(position: Position) -> (Option<i32>, Option<i32>) {
    let number = |value| i32::try_from(value).ok();
    (number(position.line), number(position.column))
}

/// By the names under which a template sets them: `responseOverride.status`.
fn overrides(set: Overrides) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    let mut add = |place: &str, values: BTreeMap<String, Vec<String>>| {
        for (name, values) in values {
            all.insert(format!("{place}.{name}"), values);
        }
    };
    add("requestOverride.header", set.request.header);
    add("requestOverride.querystring", set.request.querystring);
    let paths = set.request.path.into_iter();
    add(
        "requestOverride.path",
        paths.map(|(name, value)| (name, vec![value])).collect(),
    );
    add("responseOverride.header", set.response.header);
    if let Some(status) = set.response.status {
        all.insert(
            "responseOverride.status".to_owned(),
            vec![status.to_string()],
        );
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(template: &str, body: &str) -> Rendering {
        let input = RenderRequest {
            template: template.to_owned(),
            body: Some(body.to_owned()),
            trace: Some(true),
            ..RenderRequest::default()
        };
        rendering(input, &ContextVariables::default())
    }

    #[test]
    fn output_overrides_and_trace_are_told() {
        let found = of(
            "#set($context.responseOverride.status = 404)$input.path('$.a')",
            r#"{"a": "x"}"#,
        );
        assert_eq!(found.output.as_deref(), Some("x"));
        let overrides = found.overrides.unwrap();
        assert_eq!(overrides["responseOverride.status"], ["404"]);
        let steps = found.trace.unwrap();
        let last = steps.last().unwrap();
        assert_eq!(last.reference.as_deref(), Some("$input.path('$.a')"));
        assert_eq!((last.line, last.column), (Some(1), Some(45)));
    }

    #[test]
    fn errors_have_their_place() {
        let error = of("a\n #if(", "").error.unwrap();
        assert_eq!(error.line, Some(2));
        assert!(of("a", "").error.is_none());
    }

    #[test]
    fn bombs_end_in_an_error_and_a_bounded_trace() {
        let bomb = "#set($l = [1..1000])#foreach($a in $l)#foreach($b in $l)#foreach($c in $l)\
                    $c#end#end#end";
        let found = of(bomb, "");
        assert!(found.error.is_some());
        assert!(found.output.is_none());
        assert_eq!(found.trace.unwrap().len(), limits::TRACED_STEPS_MAX);
    }

    #[test]
    fn unknown_variables_of_the_context_are_refused() {
        let given = |name: &str| BTreeMap::from([(name.to_owned(), "x".to_owned())]);
        assert!(context(given("identity.sourceIp")).is_ok());
        assert!(context(given("identity.sourceip")).is_err());
    }
}
