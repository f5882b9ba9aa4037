//! Finds processes that left their worker's process group.
//!
//! A process that started a session of its own is out of reach of a signal to the group. It still
//! carries the worker's environment, unless it cleared that too; what does both stays behind at
//! this isolation level. A pid namespace will end that.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;

/// Rounds of looking, because a process may start another between two looks.
const ROUNDS_MAX: usize = 5;

/// Kills every process whose environment has a variable that starts with `marker`
/// (`NAME=value`), and every member of `group` that is left.
pub(crate) fn kill_marked(marker: &str, group: Option<Pid>) {
    for _ in 0..ROUNDS_MAX {
        let found = marked(marker, group);
        if found.is_empty() {
            return;
        }
        for pid in found {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

fn marked(marker: &str, group: Option<Pid>) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| is_marked(*pid, marker) || group.is_some_and(|group| is_member(*pid, group)))
        .map(Pid::from_raw)
        .filter(|pid| *pid != Pid::this())
        .collect()
}

fn is_marked(pid: i32, marker: &str) -> bool {
    // Empty for zombies and kernel threads, unreadable for other users' processes.
    let Ok(environment) = std::fs::read(format!("/proc/{pid}/environ")) else {
        return false;
    };
    environment
        .split(|byte| *byte == 0)
        .any(|variable| variable.starts_with(marker.as_bytes()))
}

fn is_member(pid: i32, group: Pid) -> bool {
    let path = format!("/proc/{pid}/stat");
    let Ok(stat) = std::fs::read_to_string(Path::new(&path)) else {
        return false;
    };
    // `pid (name) state ppid pgrp …`; the name may hold anything.
    let mut fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let (state, group_field) = (fields.next(), fields.nth(1));
    state != Some("Z") && group_field.and_then(|field| field.parse().ok()) == Some(group.as_raw())
}
