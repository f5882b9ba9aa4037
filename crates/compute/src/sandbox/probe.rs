//! Finds out what this kernel gives, by trying it.

use super::plan::Companions;
use super::spawner::command;
use super::{Doorways, Isolation, IsolationReport, Plan, Purpose, Refusal, View};
use crate::limits::LAUNCH_TIMEOUT;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

/// Bytes of the probe's `/tmp`.
const TEMPORARY_BYTES: u64 = 1_048_576;

/// The strongest level from `max` down to `min` that works, or why none does; `scratch` is an empty
/// folder.
pub(crate) fn probe(
    program: &Path,
    view: &View,
    scratch: &Path,
    (min, max): (Isolation, Isolation),
) -> Result<IsolationReport, Vec<Refusal>> {
    let mut refused = Vec::new();
    for level in Isolation::STRONGEST_FIRST {
        if level > max || level < min {
            continue;
        }
        match attempt(program, view, scratch, level, None) {
            Ok(landlock) => {
                return Ok(IsolationReport {
                    level,
                    landlock,
                    refused,
                });
            }
            Err(reason) => refused.push(Refusal { level, reason }),
        }
    }
    Err(refused)
}

/// Whether a worker can have a network of its own; what the kernel refuses, if not.
pub(crate) fn probe_network(
    program: &Path,
    view: &View,
    scratch: &Path,
    doorways: Doorways,
) -> Result<(), String> {
    attempt(program, view, scratch, Isolation::Container, Some(doorways)).map(drop)
}

/// The whole way with nothing at its end; gives what the launcher says of Landlock.
fn attempt(
    program: &Path,
    view: &View,
    scratch: &Path,
    level: Isolation,
    network: Option<Doorways>,
) -> Result<String, String> {
    let text = |error: std::io::Error| error.to_string();
    let temporary = match level {
        Isolation::Container => Path::new("/tmp"),
        Isolation::Hardened | Isolation::Process => scratch,
    };
    let plan = Plan {
        level,
        purpose: Purpose::Probe,
        scratch: scratch.to_owned(),
        entrances: Vec::new(),
        temporary: temporary.to_owned(),
        temporary_bytes: TEMPORARY_BYTES,
        shown: view.shown.clone(),
        links: view.links.clone(),
        network,
        program: program.to_owned(),
        arguments: Vec::new(),
        variables: Vec::new(),
        working_directory: "/".into(),
        companions: Companions::default(),
    };
    let (mut ours, theirs) = UnixStream::pair().map_err(text)?;
    ours.set_read_timeout(Some(LAUNCH_TIMEOUT)).map_err(text)?;
    // Standard error is the control socket until the launcher has moved it.
    let (mut said, out) = std::io::pipe().map_err(text)?;
    let mut launcher = command(program);
    launcher
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(OwnedFd::from(theirs));
    let mut child = launcher.spawn().map_err(text)?;
    // It holds our copies of what the child must be alone with.
    drop(launcher);
    let _ = ours.write_all(&plan.encode());
    let mut line = String::new();
    let read = BufReader::new(&ours).read_line(&mut line);
    if read.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(text)?;
    let mut words = line.trim_end().splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some("ok"), _, landlock) if status.success() => Ok(landlock.unwrap_or("none").to_owned()),
        (Some("no"), ..) => Err(line.trim_end().trim_start_matches("no ").to_owned()),
        _ => {
            let mut text = String::new();
            let _ = std::io::Read::read_to_string(&mut said, &mut text);
            Err(format!("the launcher ended with {status} {text}"))
        }
    }
}
