//! Looks at the memory of busy workers, and kills those that use more than their function may.
//!
//! The kernel's own bound of a control group must leave room for a full `/tmp`, which is memory
//! too; and where there are no control groups it is not bounded at all. So from time to time what
//! belongs to no file is counted, from the group's books or process by process.

use super::cgroup::Group;
use crate::limits::{LAUNCHER_MEMORY_MB, WATCH_EVERY, WATCHED_PROCESSES_MAX};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What is looked at.
#[derive(Debug)]
struct Entry {
    /// The first of its processes; all others descend from it.
    launcher: Pid,
    function: Pid,
    limit_bytes: u64,
    group: Option<Arc<Group>>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    is_idle: AtomicBool,
    is_over: AtomicBool,
}

type Entries = Mutex<HashMap<u64, Entry>>;

/// The thread that looks. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    entries: Arc<Entries>,
    next: AtomicU64,
}

impl Watch {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Self> {
        let entries = Arc::new(Entries::default());
        let watched = Arc::downgrade(&entries);
        std::thread::Builder::new()
            .name("memory-watch".to_owned())
            .spawn(move || watch(&watched))?;
        let next = AtomicU64::new(0);
        Ok(Self { entries, next })
    }

    /// Looks at a worker until the answer is dropped.
    pub(super) fn add(
        &self,
        (launcher, function): (Pid, Pid),
        memory_mb: u32,
        group: Option<Arc<Group>>,
    ) -> Watched {
        let state = Arc::new(State::default());
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let entry = Entry {
            launcher,
            function,
            limit_bytes: (u64::from(memory_mb) + LAUNCHER_MEMORY_MB) * 1_048_576,
            group,
            state: Arc::clone(&state),
        };
        let entries = Arc::clone(&self.entries);
        lock(&entries).insert(id, entry);
        Watched { entries, id, state }
    }
}

/// A worker that is looked at.
#[derive(Debug)]
pub(super) struct Watched {
    entries: Arc<Entries>,
    id: u64,
    state: Arc<State>,
}

impl Watched {
    /// An idle worker is not looked at.
    pub(super) fn set_idle(&self, is_idle: bool) {
        self.state.is_idle.store(is_idle, Ordering::Relaxed);
    }

    /// Whether it was killed for its memory.
    pub(super) fn was_over(&self) -> bool {
        self.state.is_over.load(Ordering::SeqCst)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        lock(&self.entries).remove(&self.id);
    }
}

fn lock(entries: &Entries) -> std::sync::MutexGuard<'_, HashMap<u64, Entry>> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch(entries: &Weak<Entries>) {
    loop {
        std::thread::sleep(WATCH_EVERY);
        let Some(entries) = entries.upgrade() else {
            return;
        };
        // Kept locked, so that no process number is another's by now.
        for entry in lock(&entries).values() {
            let is_idle = entry.state.is_idle.load(Ordering::Relaxed);
            let is_over = entry.state.is_over.load(Ordering::Relaxed);
            if !is_idle && !is_over && entry.is_over() {
                entry.state.is_over.store(true, Ordering::SeqCst);
                let _ = kill(entry.function, Signal::SIGKILL);
            }
        }
    }
}

impl Entry {
    fn is_over(&self) -> bool {
        let group = self.group.as_ref();
        match group.and_then(|group| group.anonymous_bytes()) {
            Some(bytes) => bytes > self.limit_bytes,
            None => is_tree_over(self.launcher, self.limit_bytes),
        }
    }
}

/// `root` and its descendants.
fn tree(root: Pid) -> impl Iterator<Item = Pid> {
    let mut waiting = vec![root];
    let next = move || {
        let pid = waiting.pop()?;
        waiting.extend(children(pid));
        Some(pid)
    };
    std::iter::from_fn(next).take(WATCHED_PROCESSES_MAX)
}

fn children(of: Pid) -> Vec<Pid> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{of}/task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        let text = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        let pids = text.split_whitespace().filter_map(|pid| pid.parse().ok());
        found.extend(pids.map(Pid::from_raw));
    }
    found
}

/// What one process keeps in memory.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Resident {
    anonymous_bytes: u64,
    /// Shared with children, or with nobody: a mapping of no file that could be shared.
    shared_bytes: u64,
}

/// Counts a page for each process that has it: cheap, and never too little.
fn resident(of: Pid) -> Resident {
    let text = std::fs::read_to_string(format!("/proc/{of}/status")).unwrap_or_default();
    Resident {
        anonymous_bytes: bytes(&text, "RssAnon:").unwrap_or_default(),
        shared_bytes: bytes(&text, "RssShmem:").unwrap_or_default(),
    }
}

/// Counts a page once, in parts, for all that have it: dear, since the kernel walks every page.
fn proportional_bytes(of: Pid) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{of}/smaps_rollup")).ok()?;
    Some(bytes(&text, "Pss_Anon:")? + bytes(&text, "Pss_Shmem:")?)
}

fn bytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1_024)
}

/// Whether `root` and its descendants have more than `limit_bytes`. Children that were forked and
/// changed nothing share their parent's pages.
fn is_tree_over(root: Pid, limit_bytes: u64) -> bool {
    let (sum, most) = tree(root).map(resident).fold((0, 0), |(sum, most), one| {
        (sum + one.anonymous_bytes, one.shared_bytes.max(most))
    });
    sum + most > limit_bytes
        && tree(root)
            .map(|pid| proportional_bytes(pid).unwrap_or_else(|| resident(pid).anonymous_bytes))
            .sum::<u64>()
            > limit_bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_tree_uses_memory_and_a_stranger_none() {
        assert!(is_tree_over(Pid::this(), 0));
        assert!(proportional_bytes(Pid::this()).is_some());
        assert!(!is_tree_over(Pid::this(), u64::MAX));
        assert_eq!(resident(Pid::from_raw(i32::MAX)), Resident::default());
        assert!(children(Pid::from_raw(i32::MAX)).is_empty());
    }
}
