//! One signed call of a running server, with an account's administrator key.

use crate::{Problem, credential_files};
use serde_json::Value;
use sigv4::Signer;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;
use stdx::{Clock as _, SystemClock};

/// How long the server may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of an answer that are read; the longest, an explanation, is a few kilobytes.
const ANSWER_BYTES_MAX: u64 = 1_048_576;

/// Who calls, and where.
pub struct Caller<'a> {
    /// The data directory of the server.
    pub data_dir: &'a Path,
    /// The account, by its alias in the credential files.
    pub account: &'a str,
    /// The region that is called.
    pub region: &'a str,
}

impl Caller<'_> {
    /// The answer to a call of the service `crossway`; null for an empty one.
    ///
    /// # Errors
    /// No server, no such account, or the server's refusal in its own words.
    pub fn call(&self, method: &str, path: &str, body: &str) -> Result<Value, Problem> {
        let (status, answer) = self.send(method, path, body)?;
        let answer: Value = match answer.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&answer)?,
        };
        if !(200..300).contains(&status) {
            let message = answer.get("message").or_else(|| answer.get("Message"));
            let message = message.and_then(Value::as_str).unwrap_or("no reason given");
            return Err(format!("the server answered {status}: {message}").into());
        }
        Ok(answer)
    }

    /// Status and body of the answer to a signed request.
    fn send(&self, method: &str, path: &str, body: &str) -> Result<(u16, Vec<u8>), Problem> {
        let (dir, profile) = (self.data_dir, self.account);
        let missing = || format!("no account `{profile}` in {}", dir.join("aws").display());
        let (key, secret) = credential_files::read(dir, profile).ok_or_else(missing)?;
        let url = credential_files::setting(dir, profile, "endpoint_url").ok_or_else(missing)?;
        let host = url.strip_prefix("http://").ok_or_else(|| {
            format!(
                "{url} needs TLS, which this command does not speak; docs/explain.md shows curl"
            )
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
            region: self.region,
            service: ports::OWN_SERVICE,
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
