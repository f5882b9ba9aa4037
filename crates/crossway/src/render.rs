//! `crossway render`: a mapping template, a body and a context in; what API Gateway would make of
//! them out.

use crate::Problem;
use crate::command::Render;
use mapping::{ContextVariables, Evaluated, Overrides, Params, Position, Scope, Template};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;

/// Characters of a value that the trace shows.
const TRACED_CHARS_MAX: usize = 200;

/// Groups of context variables inside each other in a context file; AWS has three.
const CONTEXT_DEPTH_MAX: usize = 8;

/// Prints the rendered template; trace and overrides go to the error output.
pub fn run(options: &Render) -> Result<(), Problem> {
    let body = options.body.as_deref();
    if options.template == Path::new("-") && body == Some(Path::new("-")) {
        return Err("template and body cannot both come from the standard input".into());
    }
    let source = Source {
        name: options.template.display().to_string(),
        text: read(&options.template)?,
    };
    let template = Template::parse(&source.text).map_err(|error| source.failed(&error))?;
    let body = body.map(read).transpose()?.unwrap_or_default();
    let params = params(options)?;
    let context = context(options)?;
    let stage_variables = stage_variables(&options.stage_variable)?;
    let mut scope = Scope::new(&body, &params, &context, &stage_variables);
    let rendered = if options.trace {
        template.render_traced(&mut scope, &mut |evaluated| source.show(&evaluated))
    } else {
        template.render(&mut scope)
    };
    print(&rendered.map_err(|error| source.failed(&error))?)?;
    show_overrides(&scope.overrides);
    Ok(())
}

/// The template's text and where it came from.
struct Source {
    name: String,
    text: String,
}

impl Source {
    /// The error, its place, and the line with a caret under the place.
    fn failed(&self, error: &mapping::TemplateError) -> Problem {
        let Position { line, column } = error.position;
        let index = usize::try_from(line)
            .ok()
            .and_then(|line| line.checked_sub(1));
        let Some(text) = index.and_then(|index| self.text.lines().nth(index)) else {
            return format!("{}: {}", self.name, error.kind).into();
        };
        let before = usize::try_from(column).unwrap_or(1).saturating_sub(1);
        // Tabs stay tabs, so that the caret stands under what it means.
        let margin: String = text
            .chars()
            .take(before)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        format!(
            "{}:{line}:{column}: {}\n  {text}\n  {margin}^",
            self.name, error.kind
        )
        .into()
    }

    fn show(&self, evaluated: &Evaluated) {
        let Position { line, column } = evaluated.position;
        let value = match &evaluated.value {
            Some(value) => shortened(value),
            None => "undefined".to_owned(),
        };
        let (name, reference) = (&self.name, &evaluated.reference);
        eprintln!("{name}:{line}:{column}: {reference} = {value}");
    }
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(TRACED_CHARS_MAX) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

/// The text of a file, or of the standard input when it is named `-`.
fn read(path: &Path) -> Result<String, Problem> {
    let mut text = String::new();
    let done = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    done.map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    Ok(text)
}

/// Prints the output as it is; a terminal gets the line end that its prompt needs.
fn print(rendered: &str) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    out.write_all(rendered.as_bytes())?;
    if out.is_terminal() && !rendered.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

fn show_overrides(overrides: &Overrides) {
    let show = |place: &str, values: &BTreeMap<String, Vec<String>>| {
        for (name, values) in values {
            eprintln!("$context.{place}.{name} = {}", values.join(", "));
        }
    };
    show("requestOverride.header", &overrides.request.header);
    show(
        "requestOverride.querystring",
        &overrides.request.querystring,
    );
    for (name, value) in &overrides.request.path {
        eprintln!("$context.requestOverride.path.{name} = {value}");
    }
    show("responseOverride.header", &overrides.response.header);
    if let Some(status) = overrides.response.status {
        eprintln!("$context.responseOverride.status = {status}");
    }
}

fn params(options: &Render) -> Result<Params, Problem> {
    let mut params = Params::default();
    for text in &options.param {
        let (name, value) = pair(text, "--param")?;
        match name.split_once('.') {
            Some(("path", name)) => params.path.push((name.to_owned(), value.to_owned())),
            Some(("querystring", name)) => add(&mut params.querystring, name, value),
            Some(("header", name)) => add(&mut params.header, name, value),
            _ => {
                let message = "wants `path.NAME=…`, `querystring.NAME=…` or `header.NAME=…`";
                return Err(format!("`--param {text}`: {message}").into());
            }
        }
    }
    if let Some(content_type) = &options.content_type {
        add(&mut params.header, "Content-Type", content_type);
    }
    Ok(params)
}

/// Adds a value; a name that comes twice has both.
fn add(values: &mut Vec<(String, Vec<String>)>, name: &str, value: &str) {
    match values.iter_mut().find(|(own, _)| own == name) {
        Some((_, own)) => own.push(value.to_owned()),
        None => values.push((name.to_owned(), vec![value.to_owned()])),
    }
}

fn stage_variables(texts: &[String]) -> Result<BTreeMap<String, String>, Problem> {
    texts
        .iter()
        .map(|text| {
            let (name, value) = pair(text, "--stage-variable")?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

fn pair<'t>(text: &'t str, option: &str) -> Result<(&'t str, &'t str), Problem> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(format!("`{option} {text}`: wants NAME=VALUE").into()),
    }
}

/// `$context` from a JSON object; `{"identity": {"sourceIp": …}}` and `{"identity.sourceIp": …}`
/// mean the same.
fn context(options: &Render) -> Result<ContextVariables, Problem> {
    let mut context = ContextVariables::default();
    let Some(path) = &options.context else {
        return Ok(context);
    };
    let json: Json = serde_json::from_str(&read(path)?)
        .map_err(|error| format!("`{}` is no JSON: {error}", path.display()))?;
    if !json.is_object() {
        return Err(format!("`{}` must hold a JSON object", path.display()).into());
    }
    fill(&mut context, "", &json, 0)
        .map_err(|problem| format!("`{}`: {problem}", path.display()))?;
    Ok(context)
}

fn fill(
    context: &mut ContextVariables,
    name: &str,
    json: &Json,
    depth: usize,
) -> Result<(), String> {
    let value = match json {
        Json::Null => return Ok(()),
        Json::Object(_) if depth >= CONTEXT_DEPTH_MAX => {
            return Err(format!("`{name}` is nested too deeply"));
        }
        Json::Object(members) => {
            for (own, json) in members {
                let name = match name {
                    "" => own.clone(),
                    group => format!("{group}.{own}"),
                };
                fill(context, &name, json, depth + 1)?;
            }
            return Ok(());
        }
        Json::Array(_) => return Err(format!("`$context.{name}` cannot be a list")),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match context.set(name, value) {
        true => Ok(()),
        false => Err(format!("there is no `$context.{name}`")),
    }
}
