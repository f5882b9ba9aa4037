//! Whose a folder of groups is, and folders that nobody owns any more.
//!
//! A Crossway that was killed leaves its folder behind, empty, and its data directory may never be
//! used again. So each folder holds a group that is named after its owner's process, and whoever
//! starts removes folders whose owner is gone. Only what holds no process can be removed at all, and
//! a folder that names nobody is left alone: its owner may just have made it.

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

/// Says that the folders are this process's. False when one of them is gone: another process
/// removed what a dead one had left, just when this one wanted it.
pub(super) fn mark(folders: &Folders) -> bool {
    folders.iter().all(|(folder, _)| {
        let marker = marker(folder);
        let _ = std::fs::create_dir(&marker);
        marker.is_dir()
    })
}

/// Gives the folders up. One that still holds a worker's group keeps its owner's name, by which the
/// next who starts finds and removes it.
pub(super) fn leave(folders: &Folders) {
    for (folder, _) in folders {
        let marker = marker(folder);
        if groups_in(folder).iter().all(|group| *group == marker) {
            let _ = std::fs::remove_dir(marker);
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Removes the folders beside these that nobody owns any more.
pub(super) fn remove_abandoned(folders: &Folders) {
    for (own, _) in folders {
        for other in neighbours(own) {
            remove_if_abandoned(&other);
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

/// The process that a group names as owner.
fn owner_of(group: &Path) -> Option<Pid> {
    let name = group.file_name()?.to_string_lossy();
    name.strip_prefix(OWNER)?.parse().ok().map(Pid::from_raw)
}

fn is_alive(owner: Pid) -> bool {
    kill(owner, None) != Err(Errno::ESRCH)
}

/// Takes away what was there at first sight, the names of the dead last. Whoever takes the folder
/// over meanwhile puts its own name into it, and the folder stays. The kernel refuses to remove
/// what holds a process: then all stays for the next one that starts.
fn remove_if_abandoned(folder: &Path) {
    let (names, groups): (Vec<_>, Vec<_>) = groups_in(folder)
        .into_iter()
        .partition(|group| owner_of(group).is_some());
    let mut owners = names.iter().filter_map(|name| owner_of(name));
    if names.is_empty() || owners.any(is_alive) {
        return;
    }
    let is_gone = |group: &PathBuf| std::fs::remove_dir(group).is_ok();
    if !groups.iter().all(is_gone) {
        return;
    }
    names.iter().for_each(|name| _ = is_gone(name));
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
            "crossway-new",
            "other",
        ] {
            fs::create_dir(folder(name)).unwrap();
        }
        fs::create_dir(folder("crossway-alive").join(owned(std::process::id()))).unwrap();
        fs::create_dir(folder("crossway-dead").join(owned(dead.id()))).unwrap();
        fs::create_dir(folder("crossway-dead/worker")).unwrap();
        // What is not empty stands for a group with a process.
        fs::create_dir_all(folder("crossway-busy/worker/process")).unwrap();
        fs::create_dir(folder("crossway-busy").join(owned(dead.id()))).unwrap();
        let folders = [(folder("crossway-own"), vec!["memory"])];
        assert!(mark(&folders));
        remove_abandoned(&folders);
        let busy = folder("crossway-busy").join(owned(dead.id()));
        assert!(busy.is_dir(), "the next start must find it again");
        let mut left: Vec<_> = fs::read_dir(tree.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let expect = [
            "crossway-alive",
            "crossway-busy",
            "crossway-main",
            // It names nobody yet.
            "crossway-new",
            "crossway-own",
            "other",
        ];
        assert_eq!(left, expect);
        assert!(marker(&folder("crossway-own")).is_dir());
        fs::create_dir(folder("crossway-own/worker")).unwrap();
        leave(&folders);
        assert!(
            marker(&folder("crossway-own")).is_dir(),
            "a worker is in it"
        );
        fs::remove_dir(folder("crossway-own/worker")).unwrap();
        leave(&folders);
        assert!(!folder("crossway-own").exists());
        assert!(!mark(&folders), "a folder that is gone is nobody's");
    }
}
