//! What is written where, in a folder that stands for the kernel's.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]

use super::*;
use std::fs;

const LIMITS: Limits = Limits {
    memory_mb: 1_769,
    temporary_mb: 512,
    is_starting: false,
};

/// A tree of version 2 with these controllers; this process is in `own`.
fn tree(controllers: &str) -> (tempfile::TempDir, Mounts) {
    let directory = tempfile::tempdir().unwrap();
    let own = directory.path().join("service");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("cgroup.type"), "domain\n").unwrap();
    fs::write(own.join("cgroup.controllers"), controllers).unwrap();
    let mounts = Mounts {
        v2: Some(own),
        v1: Vec::new(),
    };
    (directory, mounts)
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn version_2_moves_crossway_aside_and_hands_controllers_on() {
    let (directory, mounts) = tree("cpuset cpu io memory pids\n");
    let (cgroups, report) = Cgroups::open_in(&mounts, "crossway-a");
    let own = directory.path().join("service");
    assert_eq!((report.cgroups, report.memory), ("v2", Hold::Hard));
    assert_eq!((report.cpu, report.processes), (Hold::Hard, Hold::Hard));
    assert!(report.refused.is_empty(), "{report:?}");
    let moved = read(own.join("crossway-main/cgroup.procs"));
    assert_eq!(moved, std::process::id().to_string());
    for group in [own.clone(), own.join("crossway-a")] {
        let handed_on = read(group.join("cgroup.subtree_control"));
        assert_eq!(handed_on, "+memory +cpu +pids");
    }
    let group = cgroups.unwrap().group("w", LIMITS).unwrap();
    group.admit(nix::unistd::Pid::from_raw(4_711)).unwrap();
    let folder = own.join("crossway-a/w");
    for (file, expect) in [
        ("memory.max", (2_297_u64 * 1_048_576).to_string()),
        ("memory.swap.max", "0".to_owned()),
        ("memory.oom.group", "1".to_owned()),
        ("cpu.weight", "100".to_owned()),
        ("pids.max", "1026".to_owned()),
        ("cgroup.procs", "4711".to_owned()),
    ] {
        assert_eq!(read(folder.join(file)), expect, "{file}");
    }
    fs::write(folder.join("memory.stat"), "anon 77\nfile 5\n").unwrap();
    assert_eq!(group.anonymous_bytes(), Some(77));
    fs::write(folder.join("memory.events"), "oom 1\noom_kill 0\n").unwrap();
    assert!(!group.ran_out_of_memory());
    fs::write(folder.join("memory.events"), "oom 1\noom_kill 1\n").unwrap();
    assert!(group.ran_out_of_memory());
    // The kernel's files go with their folder; these would hold `drop` up.
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn version_2_with_less_says_what_is_soft() {
    let (_directory, mounts) = tree("memory pids\n");
    let (_cgroups, report) = Cgroups::open_in(&mounts, "crossway-a");
    assert_eq!((report.memory, report.cpu), (Hold::Hard, Hold::Soft));
    assert_eq!(report.refused, ["cgroup v2: cpu is not delegated"]);
}

#[test]
fn version_2_without_controllers_is_refused_and_version_1_tried() {
    let (directory, mut mounts) = tree("hugetlb\n");
    let (none, report) = Cgroups::open_in(&mounts, "crossway-a");
    assert!(none.is_none());
    assert_eq!((report.cgroups, report.memory), ("none", Hold::Soft));
    assert!(
        report.refused[0].contains("no controller is delegated"),
        "{report:?}"
    );
    assert!(
        report
            .refused
            .iter()
            .any(|text| text == "cgroup v1: memory is not mounted")
    );
    let memory = directory.path().join("memory");
    fs::create_dir(&memory).unwrap();
    mounts.v1 = vec![("memory".to_owned(), memory.clone())];
    let (cgroups, report) = Cgroups::open_in(&mounts, "crossway-a");
    assert_eq!((report.cgroups, report.memory), ("v1", Hold::Hard));
    assert_eq!(report.processes, Hold::Soft);
    let group = cgroups.unwrap().group("w", LIMITS).unwrap();
    let folder = memory.join("crossway-a/w");
    let expect = (2_297_u64 * 1_048_576).to_string();
    assert_eq!(read(folder.join("memory.limit_in_bytes")), expect);
    fs::write(folder.join("memory.stat"), "rss 1\ntotal_rss 9\n").unwrap();
    assert_eq!(group.anonymous_bytes(), Some(9));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn cpu_share_follows_memory_within_the_kernel_s_bounds() {
    for (memory_mb, weight, shares) in [
        (128, "7", "74"),
        (1_769, "100", "1024"),
        (10_240, "578", "5927"),
    ] {
        let limits = Limits {
            memory_mb,
            temporary_mb: 0,
            is_starting: false,
        };
        let of = |version| group::settings(version, "cpu", limits)[0].1.clone();
        assert_eq!(of(Version::V2), weight);
        assert_eq!(of(Version::V1), shares);
    }
    let starting = Limits {
        is_starting: true,
        ..LIMITS
    };
    let of = |version| group::settings(version, "cpu", starting)[0].1.clone();
    assert_eq!(
        (of(Version::V2), of(Version::V1)),
        ("12".into(), "127".into())
    );
}

/// The real kernel's, where it lets us.
#[test]
fn what_is_left_in_a_group_is_killed_with_it() {
    use std::os::unix::process::ExitStatusExt;
    let name = format!("crossway-test-{}", std::process::id());
    let (Some(cgroups), _) = Cgroups::open(&name) else {
        return eprintln!("skipped: this user may make no control group here");
    };
    let group = cgroups.group("w", LIMITS).unwrap();
    let mut child = std::process::Command::new("sleep")
        .arg("1000")
        .spawn()
        .unwrap();
    let pid = i32::try_from(child.id()).unwrap();
    group.admit(nix::unistd::Pid::from_raw(pid)).unwrap();
    let folders: Vec<_> = cgroups
        .folders
        .iter()
        .map(|(folder, _)| folder.join("w"))
        .collect();
    assert!(folders.iter().all(|folder| folder.exists()));
    // An earlier run's, to the next start.
    std::mem::forget(group);
    drop(cgroups);
    let (cgroups, _) = Cgroups::open(&name);
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    assert!(folders.iter().all(|folder| !folder.exists()));
    drop(cgroups);
    assert!(
        folders
            .iter()
            .all(|folder| !folder.parent().unwrap().exists())
    );
}
