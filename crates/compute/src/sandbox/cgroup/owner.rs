//! Whose a folder of groups is, and folders that nobody owns any more.
//!
//! A Crossway that was killed leaves its folder behind, empty, and its data directory may never be
//! used again. So each folder holds a group that is named after its owner's process, and whoever
//! starts removes folders whose owner is gone. Only what holds no process can be removed at all.

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use std::path::{Path, PathBuf};

/// How the folders of data directories begin.
const PREFIX: &str = "crossway-";
/// How the group that names the owner begins.
const OWNER: &str = "owner-";
/// Crossway's own group in version 2.
const SELF: &str = "crossway-main";

type Folders = [(PathBuf, Vec<&'static str>)];

/// The group that names this process.
pub(super) fn marker(folder: &Path) -> PathBuf {
    folder.join(format!("{OWNER}{}", std::process::id()))
}

/// Says that the folders are this process's.
pub(super) fn mark(folders: &Folders) {
    for (folder, _) in folders {
        let _ = std::fs::create_dir(marker(folder));
    }
}

/// Takes that back.
pub(super) fn unmark(folders: &Folders) {
    for (folder, _) in folders {
        let _ = std::fs::remove_dir(marker(folder));
    }
}

/// Removes the folders beside these that nobody owns any more.
pub(super) fn remove_abandoned(folders: &Folders) {
    for (own, _) in folders {
        for other in neighbours(own) {
            if !has_owner(&other) {
                remove(&other);
            }
        }
    }
}

fn neighbours(own: &Path) -> Vec<PathBuf> {
    let others = |folder: &PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        folder != own && name.starts_with(PREFIX) && name != SELF
    };
    let parent = own.parent().unwrap_or(own);
    groups_in(parent).into_iter().filter(others).collect()
}

fn groups_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect()
}

fn has_owner(folder: &Path) -> bool {
    groups_in(folder).iter().any(|group| {
        let name = group.file_name().unwrap_or_default().to_string_lossy();
        let pid = name.strip_prefix(OWNER).and_then(|pid| pid.parse().ok());
        pid.is_some_and(|pid| kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH))
    })
}

/// The kernel refuses to remove what holds a process: then it stays, and so does its folder.
fn remove(folder: &Path) {
    for group in groups_in(folder) {
        let _ = std::fs::remove_dir(group);
    }
    let _ = std::fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    #[test]
    fn folders_of_the_dead_go_and_those_of_the_living_stay() {
        let tree = tempfile::tempdir().unwrap();
        let folder = |name: &str| tree.path().join(name);
        let mut dead = std::process::Command::new("/bin/true").spawn().unwrap();
        dead.wait().unwrap();
        let owned = |pid: u32| format!("{OWNER}{pid}");
        for name in [
            "crossway-own",
            "crossway-alive",
            "crossway-dead",
            "crossway-busy",
            "crossway-main",
            "other",
        ] {
            fs::create_dir(folder(name)).unwrap();
        }
        fs::create_dir(folder("crossway-alive").join(owned(std::process::id()))).unwrap();
        fs::create_dir(folder("crossway-dead").join(owned(dead.id()))).unwrap();
        fs::create_dir(folder("crossway-dead/worker")).unwrap();
        // What is not empty stands for a group with a process.
        fs::create_dir_all(folder("crossway-busy/worker/process")).unwrap();
        let folders = [(folder("crossway-own"), vec!["memory"])];
        mark(&folders);
        remove_abandoned(&folders);
        let mut left: Vec<_> = fs::read_dir(tree.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let expect = [
            "crossway-alive",
            "crossway-busy",
            "crossway-main",
            "crossway-own",
            "other",
        ];
        assert_eq!(left, expect);
        assert!(has_owner(&folder("crossway-own")));
        unmark(&folders);
        assert!(!has_owner(&folder("crossway-own")));
    }
}
