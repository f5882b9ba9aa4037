//! The server of the demo, and the plainest HTTP client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running `crossway dev`.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// Where its credential files are.
    pub data: PathBuf,
}

impl Server {
    /// Starts it and waits until it serves.
    pub fn start(program: &Path, data: &Path, port: u16, path: &str) -> Result<Self, String> {
        let mut child = Command::new(program)
            .args([
                "dev",
                "--ephemeral",
                "--port",
                &port.to_string(),
                "--data-dir",
            ])
            .arg(data)
            .env("PATH", path)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        let stdout = child
            .stdout
            .take()
            .ok_or("the server has no standard output")?;
        let ready = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("crossway ready: ").map(str::to_owned));
        match ready {
            Some(url) => Ok(Self {
                child,
                url,
                data: data.to_owned(),
            }),
            None => Err(format!(
                "the server did not start; is port {port} taken? try --port 0 ({:?})",
                child.wait()
            )),
        }
    }

    /// Status and body of a GET.
    pub fn get(&self, path: &str) -> Result<(u16, String), String> {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).map_err(|e| e.to_string())?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .map_err(|e| e.to_string())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(|e| e.to_string())?;
        let answer = String::from_utf8_lossy(&answer);
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let body = answer
            .split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned());
        status
            .zip(body)
            .ok_or_else(|| format!("GET {path}: no HTTP answer"))
    }

    /// Waits until the server ends, as it does at Ctrl-C.
    pub fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// Ends the server as a supervisor would.
    pub fn stop(&mut self) {
        // The shell has `kill` built in; a small system lacks the program of that name.
        let end = format!("kill -TERM {}", self.child.id());
        let _ = Command::new("sh").args(["-c", &end]).status();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
