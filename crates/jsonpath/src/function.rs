//! Functions of a path: `$.numbers.sum()`.

use crate::evaluate::Context;
use crate::path::{Parameter, Token};
use crate::{Builder, Kind, Number, PathError, Tree, parse_json};
use std::sync::Arc;

/// Calls the function `name` on `model`.
pub(crate) fn call<B: Builder<Tree: Tree>>(
    context: &mut Context<'_, B>,
    name: &str,
    parameters: &[Parameter],
    model: &B::Tree,
) -> Result<B::Tree, PathError> {
    match name {
        "sum" | "avg" | "min" | "max" | "stddev" => {
            let numbers = numbers(context, parameters, model)?;
            let value = aggregate(name, &numbers)?;
            Ok(context.builder.number(Number::Double(value)))
        }
        "length" | "size" => length(context, parameters, model),
        "concat" => concat(context, parameters, model),
        "keys" => keys(context, model),
        "append" => append(context, parameters, model),
        "first" => item(model, 0),
        "last" => item(model, -1),
        "index" => {
            let at = arguments(context, parameters, model)?
                .first()
                .and_then(number);
            let at = at.ok_or_else(|| PathError::Function("`index` needs a number".into()))?;
            item(model, at as i64)
        }
        _ => Err(PathError::invalid(format!(
            "function `{name}` does not exist"
        ))),
    }
}

/// The values of the arguments.
fn arguments<B: Builder<Tree: Tree>>(
    context: &mut Context<'_, B>,
    parameters: &[Parameter],
    model: &B::Tree,
) -> Result<Vec<B::Tree>, PathError> {
    let mut values = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        values.push(match parameter {
            // Jayway reads every argument from the document, also one that begins with `@`.
            Parameter::Path(path) => {
                let root = context.root.clone();
                let _ = model;
                context.value(path, &root)?
            }
            Parameter::Json(text) => parse_json(text, context.builder)
                .map_err(|error| PathError::invalid(error.to_string()))?,
        });
    }
    Ok(values)
}

fn numbers<B: Builder<Tree: Tree>>(
    context: &mut Context<'_, B>,
    parameters: &[Parameter],
    model: &B::Tree,
) -> Result<Vec<f64>, PathError> {
    let mut numbers = Vec::new();
    let mut values = vec![model.clone()]
        .into_iter()
        .filter(Tree::is_array)
        .collect::<Vec<_>>();
    for argument in arguments(context, parameters, model)? {
        match argument.is_array() {
            true => values.push(argument),
            false => numbers.extend(number(&argument)),
        }
    }
    for list in values {
        for at in 0..list.len() {
            context.budget.visit()?;
            numbers.extend(list.item(at).as_ref().and_then(number));
        }
    }
    Ok(numbers)
}

fn number<T: Tree>(value: &T) -> Option<f64> {
    match value.kind() {
        Kind::Number(text) => text.parse().ok(),
        _ => None,
    }
}

fn aggregate(name: &str, numbers: &[f64]) -> Result<f64, PathError> {
    if numbers.is_empty() {
        let message = "aggregation function attempted to calculate value using empty array";
        return Err(PathError::Function(message.into()));
    }
    let count = numbers.len() as f64;
    let sum: f64 = numbers.iter().sum();
    Ok(match name {
        "sum" => sum,
        "avg" => sum / count,
        "min" => numbers.iter().copied().fold(f64::MAX, f64::min),
        "max" => numbers.iter().copied().fold(f64::MIN, f64::max),
        _ => {
            let squares: f64 = numbers.iter().map(|number| number * number).sum();
            (squares / count - sum * sum / count / count).sqrt()
        }
    })
}

/// The number of items or members; null for anything else.
fn length<B: Builder<Tree: Tree>>(
    context: &mut Context<'_, B>,
    parameters: &[Parameter],
    model: &B::Tree,
) -> Result<B::Tree, PathError> {
    let mut counted = model.clone();
    if let Some(Parameter::Path(path)) = parameters.first() {
        let mut path = path.as_ref().clone();
        if !path.is_function() {
            path.tokens.push(Token::Wildcard);
        }
        let inner = context.value(&Arc::new(path), model)?;
        if inner.is_array() {
            counted = inner;
        }
    }
    if !counted.is_array() && !counted.is_object() {
        return Ok(context.builder.null());
    }
    let count = i32::try_from(counted.len()).unwrap_or(i32::MAX);
    Ok(context.builder.number(Number::Int(count)))
}

fn concat<B: Builder<Tree: Tree>>(
    context: &mut Context<'_, B>,
    parameters: &[Parameter],
    model: &B::Tree,
) -> Result<B::Tree, PathError> {
    let mut text = String::new();
    for at in 0..if model.is_array() { model.len() } else { 0 } {
        context.budget.visit()?;
        if let Some(Kind::Text(part)) = model.item(at).map(|item| item.kind()) {
            text.push_str(&part);
        }
    }
    for argument in arguments(context, parameters, model)? {
        push_text(&argument, &mut text);
        for at in 0..if argument.is_array() {
            argument.len()
        } else {
            0
        } {
            context.budget.visit()?;
            if let Some(item) = argument.item(at) {
                push_text(&item, &mut text);
            }
        }
    }
    Ok(context.builder.text(&text))
}

fn push_text<T: Tree>(value: &T, text: &mut String) {
    match value.kind() {
        Kind::Text(part) | Kind::Number(part) => text.push_str(&part),
        Kind::Bool(part) => text.push_str(if part { "true" } else { "false" }),
        Kind::Null | Kind::Array | Kind::Object => {}
    }
}

fn keys<B: Builder<Tree: Tree>>(
    context: &mut Context<'_, B>,
    model: &B::Tree,
) -> Result<B::Tree, PathError> {
    if !model.is_object() {
        return Ok(context.builder.null());
    }
    let mut names = Vec::new();
    for at in 0..model.len() {
        context.budget.visit()?;
        if let Some((name, _)) = model.member_at(at) {
            names.push(context.builder.text(&name));
        }
    }
    Ok(context.builder.array(names.into_iter()))
}

fn append<B: Builder<Tree: Tree>>(
    context: &mut Context<'_, B>,
    parameters: &[Parameter],
    model: &B::Tree,
) -> Result<B::Tree, PathError> {
    if !model.is_array() {
        return Ok(model.clone());
    }
    let added = arguments(context, parameters, model)?;
    if added.iter().all(|item| model.push(item.clone())) {
        return Ok(model.clone());
    }
    let items: Vec<B::Tree> = (0..model.len())
        .filter_map(|at| model.item(at))
        .chain(added)
        .collect();
    Ok(context.builder.array(items.into_iter()))
}

fn item<T: Tree>(model: &T, at: i64) -> Result<T, PathError> {
    let count = i64::try_from(model.len()).unwrap_or(i64::MAX);
    let at = if at < 0 { count + at } else { at };
    let item = usize::try_from(at).ok().and_then(|at| model.item(at));
    item.ok_or_else(|| PathError::Function("target index is out of range".into()))
}
