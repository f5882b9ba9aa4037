//! `crossway explain`: asks a running server why, signed with an account's administrator key.

use crate::Problem;
use crate::signed_call::Caller;
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// `crossway explain`.
#[derive(Args)]
pub struct Explain {
    /// An action and a resource, such as `lambda:InvokeFunction` and the function's ARN; or one
    /// id of a request that was refused, from its `x-amzn-RequestId`.
    #[arg(required = true, num_args = 1..=2, value_names = ["ACTION_OR_REQUEST_ID", "RESOURCE"])]
    pub question: Vec<String>,
    /// Whose policies: a user or role of the account by ARN, or a service that calls a resource of
    /// the account; the account's administrator when left out.
    #[arg(long)]
    pub principal: Option<String>,
    /// A condition key, `KEY=VALUE`; may be repeated.
    #[arg(long = "context", value_name = "KEY=VALUE")]
    pub context: Vec<String>,
    /// The account that asks, by its alias in the credential files.
    #[arg(long, default_value = "api")]
    pub account: String,
    /// The data directory of the server.
    #[arg(long, default_value = ".crossway")]
    pub data_dir: PathBuf,
}

/// Asks and prints the answer; a refusal to answer is a failure.
pub fn run(options: &Explain) -> Result<(), Problem> {
    let (method, path, body) = match options.question.as_slice() {
        [action, resource] => (
            "POST",
            "/_crossway/explain".to_owned(),
            asked(options, action, resource)?,
        ),
        [id] if id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
            ("GET", format!("/_crossway/explain/{id}"), String::new())
        }
        _ => return Err("give an action and a resource, or the id of a request".into()),
    };
    let caller = Caller {
        data_dir: &options.data_dir,
        account: &options.account,
        region: "us-east-1",
    };
    let answer = caller.call(method, &path, &body)?;
    println!("{answer:#}");
    Ok(())
}

fn asked(options: &Explain, action: &str, resource: &str) -> Result<String, Problem> {
    let mut context: Map<String, Value> = Map::new();
    for entry in &options.context {
        let (key, value) = entry
            .split_once('=')
            .ok_or_else(|| format!("`{entry}` is not KEY=VALUE"))?;
        let values = context.entry(key).or_insert_with(|| json!([]));
        values
            .as_array_mut()
            .into_iter()
            .for_each(|list| list.push(json!(value)));
    }
    let mut asked = json!({ "action": action, "resource": resource, "context": context });
    if let (Some(principal), Some(asked)) = (&options.principal, asked.as_object_mut()) {
        asked.insert("principal".to_owned(), json!(principal));
    }
    Ok(asked.to_string())
}
