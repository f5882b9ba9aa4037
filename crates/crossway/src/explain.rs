//! `crossway explain`: asks a running server why, signed with an account's administrator key.

use crate::{Problem, credential_files};
use clap::Args;
use serde_json::{Map, Value, json};
use sigv4::Signer;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;
use stdx::{Clock as _, SystemClock};

/// How long the server may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of an answer that are read; an explanation is a few kilobytes.
const ANSWER_BYTES_MAX: u64 = 1_048_576;

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
    let (status, answer) = send(options, method, &path, &body)?;
    let answer: Value = serde_json::from_slice(&answer)?;
    if status != 200 {
        let message = answer.get("message").or_else(|| answer.get("Message"));
        let message = message.and_then(Value::as_str).unwrap_or("no reason given");
        return Err(format!("the server answered {status}: {message}").into());
    }
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

/// Status and body of the answer to a signed request.
fn send(
    options: &Explain,
    method: &str,
    path: &str,
    body: &str,
) -> Result<(u16, Vec<u8>), Problem> {
    let (dir, profile) = (&options.data_dir, &options.account);
    let missing = || format!("no account `{profile}` in {}", dir.join("aws").display());
    let (key, secret) = credential_files::read(dir, profile).ok_or_else(missing)?;
    let url = credential_files::setting(dir, profile, "endpoint_url").ok_or_else(missing)?;
    let host = url.strip_prefix("http://").ok_or_else(|| {
        format!("{url} needs TLS, which this command does not speak; docs/explain.md shows curl")
    })?;
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header(http::header::HOST, host)
        .header(http::header::CONTENT_TYPE, "application/json");
    let (mut head, ()) = request.body(())?.into_parts();
    let signer = Signer {
        access_key_id: &key,
        secret: &secret,
        session_token: None,
        region: "us-east-1",
        service: "crossway",
        now_ms: SystemClock.now_ms(),
    };
    signer.sign(&mut head, body.as_bytes())?;
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    for (name, value) in &head.headers {
        text.push_str(&format!("{name}: {}\r\n", value.to_str()?));
    }
    text.push_str("\r\n");
    text.push_str(body);
    let unreachable = |error| format!("no server at {url}: {error}");
    let mut stream = TcpStream::connect(host).map_err(unreachable)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(text.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| format!("{url} does not speak HTTP").into())
}

/// Our server's answers have a length and end with the connection.
fn parse(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, answer.get(end + 4..)?.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_others_are_not() {
        let found = parse(b"HTTP/1.1 404 Not Found\r\na: b\r\n\r\n{}").unwrap();
        assert_eq!(found, (404, b"{}".to_vec()));
        for bad in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 x\r\n\r\n",
        ] {
            assert!(parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
