//! One worker's group.

use super::{Limits, Version, make_folder, write};
use crate::limits::{
    CPU_SHARE_MEMORY_MB, GROUP_END_PAUSE, GROUP_END_ROUNDS_MAX, LAUNCHER_MEMORY_MB,
    LAUNCHER_PROCESSES, PROCESSES_MAX, STARTING_SHARE_PART,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io;
use std::path::{Path, PathBuf};

/// A group; dropped, everything in it is killed and it is removed.
#[derive(Debug)]
pub(crate) struct Group {
    version: Version,
    folders: Vec<(PathBuf, Vec<&'static str>)>,
}

impl Group {
    pub(super) fn new(
        version: Version,
        folders: Vec<(PathBuf, Vec<&'static str>)>,
    ) -> io::Result<Self> {
        // Made first, so that what follows removes what there is when a folder is refused.
        let group = Self { version, folders };
        for (folder, _) in &group.folders {
            make_folder(folder)?;
        }
        Ok(group)
    }

    /// Writes its limits down; may be done again.
    pub(crate) fn limit(&self, limits: Limits) -> io::Result<()> {
        for (folder, controllers) in &self.folders {
            for controller in controllers {
                for (file, value) in settings(self.version, controller, limits) {
                    let result = write(&folder.join(file), &value);
                    // Some kernels have no swap accounting, and then nothing to bound.
                    let is_optional = OPTIONAL.contains(&file);
                    if !(is_optional && matches!(&result, Err(e) if is_absent(e))) {
                        result?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Gives it its whole share of the processors.
    pub(crate) fn speed_up(&self, limits: Limits) -> io::Result<()> {
        let limits = Limits {
            is_starting: false,
            ..limits
        };
        let mut folders = self.folders.iter();
        let Some((folder, _)) = folders.find(|(_, names)| names.contains(&"cpu")) else {
            return Ok(());
        };
        let mut settings = settings(self.version, "cpu", limits).into_iter();
        settings.try_for_each(|(file, value)| write(&folder.join(file), &value))
    }

    /// Where a process with one thread enters by itself, by writing `0`. The kernel then need not wait
    /// until all processors have passed a point of rest, which takes it 7 ms (measured). There is no
    /// such way in version 2.
    pub(crate) fn entrances(&self) -> Vec<PathBuf> {
        let folders = self.folders.iter();
        match self.version {
            Version::V1 => folders.map(|(folder, _)| folder.join("tasks")).collect(),
            Version::V2 => Vec::new(),
        }
    }

    /// Takes a process in; all that it starts from then on is in it too.
    pub(crate) fn admit(&self, pid: Pid) -> io::Result<()> {
        let pid = pid.to_string();
        let mut folders = self.folders.iter();
        folders.try_for_each(|(folder, _)| write(&folder.join("cgroup.procs"), &pid))
    }

    /// Bytes in use that belong to no file: heaps, stacks; none where they are not counted.
    pub(crate) fn anonymous_bytes(&self) -> Option<u64> {
        let text = std::fs::read_to_string(self.memory()?.join("memory.stat")).ok()?;
        let name = match self.version {
            Version::V1 => "total_rss",
            Version::V2 => "anon",
        };
        field(&text, name)
    }

    /// Whether the kernel has killed in it for want of memory.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        let file = match self.version {
            Version::V1 => "memory.oom_control",
            Version::V2 => "memory.events",
        };
        let text = self.memory().map(|folder| folder.join(file));
        let text = text.and_then(|path| std::fs::read_to_string(path).ok());
        text.and_then(|text| field(&text, "oom_kill"))
            .is_some_and(|kills| kills > 0)
    }

    fn memory(&self) -> Option<&Path> {
        let mut folders = self.folders.iter();
        let (folder, _) = folders.find(|(_, names)| names.contains(&"memory"))?;
        Some(folder)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for (folder, _) in &self.folders {
            end_folder(folder);
        }
    }
}

/// Files that not every kernel has.
const OPTIONAL: [&str; 3] = [
    "memory.memsw.limit_in_bytes",
    "memory.swap.max",
    "memory.oom.group",
];

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied
            // Memory with swap may not be less than memory alone.
            | io::ErrorKind::InvalidInput
    )
}

/// Kills everything in a group, whatever else it did, and removes it.
pub(super) fn end_folder(folder: &Path) {
    for _ in 0..GROUP_END_ROUNDS_MAX {
        match std::fs::remove_dir(folder) {
            Ok(()) => return,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(_) => {}
        }
        // Version 2 kills at one stroke, a fork bomb too.
        if std::fs::write(folder.join("cgroup.kill"), "1").is_err() {
            let listed = std::fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
            for pid in listed.lines().filter_map(|line| line.parse().ok()) {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
        std::thread::sleep(GROUP_END_PAUSE);
    }
    tracing::warn!(group = %folder.display(), "a worker's control group stays behind");
}

/// The files of `controller` and what is written into them.
pub(super) fn settings(
    version: Version,
    controller: &str,
    limits: Limits,
) -> Vec<(&'static str, String)> {
    let megabytes = u64::from(limits.memory_mb) + u64::from(limits.temporary_mb);
    let bytes = ((megabytes + LAUNCHER_MEMORY_MB) * 1_048_576).to_string();
    let part = match limits.is_starting {
        true => STARTING_SHARE_PART,
        false => 1,
    };
    let share_mb = u64::from(limits.memory_mb) / part;
    let processes = (PROCESSES_MAX + LAUNCHER_PROCESSES).to_string();
    match (version, controller) {
        (Version::V1, "memory") => vec![
            // Before, when the limits grow, and after, when they shrink.
            ("memory.memsw.limit_in_bytes", bytes.clone()),
            ("memory.limit_in_bytes", bytes.clone()),
            ("memory.memsw.limit_in_bytes", bytes),
        ],
        (Version::V2, "memory") => vec![
            ("memory.max", bytes),
            ("memory.swap.max", "0".to_owned()),
            ("memory.oom.group", "1".to_owned()),
        ],
        // 1,024 is what one process without a group counts; less than 2 is refused.
        (Version::V1, "cpu") => vec![(
            "cpu.shares",
            (share_mb * 1_024 / CPU_SHARE_MEMORY_MB).max(2).to_string(),
        )],
        (Version::V2, "cpu") => vec![(
            "cpu.weight",
            (share_mb * 100 / CPU_SHARE_MEMORY_MB)
                .clamp(1, 10_000)
                .to_string(),
        )],
        (_, "pids") => vec![("pids.max", processes)],
        _ => Vec::new(),
    }
}

/// The number behind `name` in lines of a name and a number.
fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(' ')?;
        (key == name).then(|| value.trim().parse().ok()).flatten()
    })
}
