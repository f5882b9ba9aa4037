//! `crossway debug`: lets a debugger attach to a function of a running `crossway dev`.

use crate::Problem;
use crate::signed_call::Caller;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// `crossway debug`.
#[derive(Args)]
pub struct Debug {
    /// The function: its name or ARN, `:VERSION` or `:ALIAS` behind it perhaps.
    pub function: String,
    /// Port of 127.0.0.1 on which the runtime listens for a debugger; 0 takes a free one. 9229 for
    /// Node.js and 5678 for Python when left out.
    #[arg(long)]
    pub port: Option<u16>,
    /// Force a cold start: no worker is started ahead, the next invocation gets a fresh one.
    #[arg(long)]
    pub cold: bool,
    /// Load the function's code only when a debugger is attached, to debug its init.
    #[arg(long)]
    pub wait: bool,
    /// The function's account, by its alias in the credential files.
    #[arg(long, default_value = "functions")]
    pub account: String,
    /// The function's region.
    #[arg(long, default_value = "us-east-1")]
    pub region: String,
    /// The data directory of the server.
    #[arg(long, default_value = ".crossway")]
    pub data_dir: PathBuf,
}

/// Debugs until SIGINT or SIGTERM.
pub fn run(options: &Debug) -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(debug(options))
}

async fn debug(options: &Debug) -> Result<(), Problem> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let caller = Caller {
        data_dir: &options.data_dir,
        account: &options.account,
        region: &options.region,
    };
    let asked = json!({
        "functionName": options.function,
        "port": options.port,
        "wait": options.wait,
        "cold": options.cold,
    });
    let session = caller.call("POST", "/_crossway/debug", &asked.to_string())?;
    let text = |name| session.get(name).and_then(Value::as_str).unwrap_or("?");
    let path = format!(
        "/_crossway/debug/{}/{}",
        text("functionArn"),
        text("session")
    );
    println!("{}", instructions(options, &session));
    let lease_s = session.get("leaseSeconds").and_then(Value::as_u64);
    // Two may be lost on the way.
    let every = Duration::from_secs(lease_s.unwrap_or_default().max(3) / 3);
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            () = tokio::time::sleep(every) => { caller.call("POST", &path, "")?; }
        }
    }
    caller.call("DELETE", &path, "")?;
    println!("No more debugging: the worker is put away, and timeouts count.");
    Ok(())
}

/// What to do with the session.
fn instructions(options: &Debug, session: &Value) -> String {
    let text = |name| session.get(name).and_then(Value::as_str).unwrap_or("?");
    let port = session.get("port").and_then(Value::as_u64);
    let port = port.unwrap_or_default();
    let (arn, version, root) = (text("functionArn"), text("version"), text("codeRoot"));
    let (other, launch) = match text("language") {
        "node" => (
            format!("  Chrome: open chrome://inspect, Configure…, add 127.0.0.1:{port}\n"),
            json!({
                "name": options.function, "type": "node", "request": "attach",
                "address": "127.0.0.1", "port": port, "restart": true,
                "localRoot": "${workspaceFolder}", "remoteRoot": root,
            }),
        ),
        _ => (
            String::new(),
            json!({
                "name": options.function, "type": "debugpy", "request": "attach",
                "connect": { "host": "127.0.0.1", "port": port },
                "pathMappings": [{ "localRoot": "${workspaceFolder}", "remoteRoot": root }],
            }),
        ),
    };
    let when = match (options.cold, options.wait) {
        (true, false) => "The next invocation is a cold start, and listens from then on.",
        (true, true) => "The next invocation is a cold start, and waits for a debugger.",
        (false, true) => "It waits for a debugger before it loads the function's code.",
        (false, false) => "It listens now.",
    };
    format!(
        "Debugging {arn} ({version}) on 127.0.0.1:{port}. {when}\n{other}  \
         VS Code: a configuration in .vscode/launch.json:\n    {launch}\n\
         The function's timeouts rest, and one worker runs its events. Ctrl-C ends this."
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn told(language: &str) -> String {
        let options = Debug {
            function: "hello".into(),
            port: None,
            cold: false,
            wait: true,
            account: String::new(),
            region: String::new(),
            data_dir: PathBuf::new(),
        };
        let session = json!({
            "functionArn": "arn", "version": "$LATEST", "language": language,
            "port": 4000, "codeRoot": "/var/task",
        });
        instructions(&options, &session)
    }

    #[test]
    fn launch_configurations_are_told_as_json() {
        for (language, kind) in [("node", "node"), ("python", "debugpy")] {
            let told = told(language);
            let line = told.lines().find(|line| line.starts_with("    {")).unwrap();
            let launch: Value = serde_json::from_str(line).unwrap();
            assert_eq!(launch["type"], kind);
            assert!(launch.to_string().contains("4000"), "{launch}");
            assert_eq!(told.contains("chrome://inspect"), language == "node");
        }
    }
}
