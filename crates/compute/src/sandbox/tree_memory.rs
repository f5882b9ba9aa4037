//! Memory of a tree of processes, counted from outside.

use crate::limits::WATCHED_PROCESSES_MAX;
use nix::unistd::Pid;

/// Whether `root` and its descendants have more than `limit_bytes`. Children that were forked and
/// changed nothing share their parent's pages.
pub(super) fn is_tree_over(root: Pid, limit_bytes: u64) -> bool {
    let (sum, most) = tree(root).map(resident).fold((0, 0), |(sum, most), one| {
        (sum + one.anonymous_bytes, one.shared_bytes.max(most))
    });
    sum + most > limit_bytes
        && tree(root)
            .map(|pid| proportional_bytes(pid).unwrap_or_else(|| resident(pid).anonymous_bytes))
            .sum::<u64>()
            > limit_bytes
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
