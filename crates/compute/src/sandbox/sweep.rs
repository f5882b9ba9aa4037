//! Finds processes that left their worker's process group.
//!
//! A process that started a session of its own is out of reach of a signal to the group. It still
//! carries the worker's environment, unless it cleared that too; what does both stays behind at
//! this isolation level. A pid namespace will end that.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;

/// Which processes belong to a worker.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// `NAME=value`, in the environment of this worker's processes only.
    pub(crate) markers: Vec<String>,
    /// Their process group, while they stay in it.
    pub(crate) group: Pid,
}

impl Owner {
    /// Whether one of them holds the end at `from` of the loopback connection to port `to`.
    pub(crate) fn holds_connection(&self, from: u16, to: u16) -> bool {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        let Some(inode) = socket_inode(&table, from, to) else {
            return false;
        };
        self.holds(inode)
    }

    /// Whether connections to a port of the loopback interface come to one of them, and to nobody
    /// else.
    pub(crate) fn listens_on(&self, port: u16) -> bool {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
        let tables = tables.map(|path| std::fs::read_to_string(path).unwrap_or_default());
        let listeners: Vec<String> = tables
            .iter()
            .flat_map(|table| listeners(table, port))
            .collect();
        !listeners.is_empty() && listeners.iter().all(|inode| self.holds(inode))
    }

    fn holds(&self, inode: &str) -> bool {
        let socket = format!("socket:[{inode}]");
        let mut processes = marked(&self.markers, Some(self.group)).into_iter();
        processes.any(|pid| {
            let Ok(descriptors) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
                return false;
            };
            descriptors.flatten().any(|descriptor| {
                std::fs::read_link(descriptor.path())
                    .is_ok_and(|target| target.as_os_str() == socket.as_str())
            })
        })
    }
}

/// The inodes of the sockets that listen on a port, whatever their addresses.
fn listeners(table: &str, port: u16) -> Vec<String> {
    const LISTENING: &str = "0A";
    let end = format!(":{port:04X}");
    let inodes = table.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_it = fields.get(1)?.ends_with(&end) && fields.get(3) == Some(&LISTENING);
        is_it
            .then(|| fields.get(9).map(ToString::to_string))
            .flatten()
    });
    inodes.collect()
}

/// The inode of the connected socket at 127.0.0.1:`from` whose other end is 127.0.0.1:`to`.
fn socket_inode(table: &str, from: u16, to: u16) -> Option<&str> {
    // Addresses are printed as the machine stores them.
    let loopback = u32::from_ne_bytes([127, 0, 0, 1]);
    let local = format!("{loopback:08X}:{from:04X}");
    let remote = format!("{loopback:08X}:{to:04X}");
    table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_it =
            fields.get(1) == Some(&local.as_str()) && fields.get(2) == Some(&remote.as_str());
        is_it.then(|| fields.get(9).copied()).flatten()
    })
}

/// Rounds of looking, because a process may start another between two looks.
const ROUNDS_MAX: usize = 5;

/// Kills every process whose environment has a variable that starts with one of `markers`
/// (`NAME=value`), and every member of `group` that is left.
pub(crate) fn kill_marked(markers: &[String], group: Option<Pid>) {
    for _ in 0..ROUNDS_MAX {
        let found = marked(markers, group);
        if found.is_empty() {
            return;
        }
        for pid in found {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

fn marked(markers: &[String], group: Option<Pid>) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| is_marked(*pid, markers) || group.is_some_and(|group| is_member(*pid, group)))
        .map(Pid::from_raw)
        .filter(|pid| *pid != Pid::this())
        .collect()
}

fn is_marked(pid: i32, markers: &[String]) -> bool {
    // Empty for zombies and kernel threads, unreadable for other users' processes.
    let Ok(environment) = std::fs::read(format!("/proc/{pid}/environ")) else {
        return false;
    };
    environment.split(|byte| *byte == 0).any(|variable| {
        let mut markers = markers.iter();
        markers.any(|marker| variable.starts_with(marker.as_bytes()))
    })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn connection_is_held_by_its_own_process_and_by_no_other() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (from, to) = (
            client.local_addr().unwrap().port(),
            listener.local_addr().unwrap().port(),
        );
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let inode = socket_inode(&table, from, to).unwrap();
        let held = std::fs::read_dir("/proc/self/fd")
            .unwrap()
            .flatten()
            .any(|descriptor| {
                std::fs::read_link(descriptor.path())
                    .is_ok_and(|target| target.as_os_str() == format!("socket:[{inode}]").as_str())
            });
        assert!(held);
        let stranger = Owner {
            markers: vec!["NO_SUCH_VARIABLE=1".to_owned()],
            group: Pid::from_raw(1),
        };
        assert!(!stranger.holds_connection(from, to));
    }

    #[test]
    fn port_is_listened_on_by_its_own_process_and_by_no_other() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let connected = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        assert_eq!(listeners(&table, port).len(), 1, "connections do not count");
        let stranger = Owner {
            markers: vec!["NO_SUCH_VARIABLE=1".to_owned()],
            group: Pid::from_raw(1),
        };
        assert!(!stranger.listens_on(port));
        drop((listener, connected));
        assert!(!stranger.listens_on(port), "nobody listens");
    }
}
