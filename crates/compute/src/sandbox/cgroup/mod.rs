//! Control groups: what the kernel holds a worker to, whatever it does.
//!
//! [`Cgroups::open`] finds out at start which of memory, CPU and processes this host lets us bound
//! (version 2 where a part of the tree is ours, else version 1 as root) by making the groups; each
//! worker then gets a [`Group`] of its own. What cannot be bounded is told as soft in the
//! [`LimitsReport`], and memory is then watched from outside (`watch`).
//!
//! Groups of one data directory live in one folder, so that the next start finds what a killed run
//! left behind.

mod group;
mod mounts;
mod owner;
mod v1;
mod v2;

pub(crate) use group::Group;

use mounts::Mounts;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What a worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The function's configured memory.
    pub(crate) memory_mb: u32,
    /// What of its temporary folder is memory as well: all of it, at level `container`.
    pub(crate) temporary_mb: u32,
    /// Whether it is starting: then its share of the processors is a part of what it gets later, so
    /// that a burst of starts does not slow down those who work.
    pub(crate) is_starting: bool,
}

/// Who holds a worker to one of its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The kernel.
    Hard,
    /// Crossway, by looking from time to time; or, of CPU and processes, nobody.
    Soft,
}

impl Hold {
    /// Its name in logs and health.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How workers are held to their limits on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsReport {
    /// `v2`, `v1` or `none`.
    pub cgroups: &'static str,
    /// Memory.
    pub memory: Hold,
    /// CPU, shared by memory.
    pub cpu: Hold,
    /// Processes and threads.
    pub processes: Hold,
    /// What the kernel said where something is soft.
    pub refused: Vec<String>,
}

/// The resources that are bounded, by the kernel's names.
const CONTROLLERS: [&str; 3] = ["memory", "cpu", "pids"];

/// One version's way of writing things down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// Folders in which groups are made: one for each controller in version 1, one for all in 2.
#[derive(Debug, Clone)]
pub(crate) struct Cgroups {
    version: Version,
    /// With the controllers that are in force there.
    folders: Vec<(PathBuf, Vec<&'static str>)>,
}

impl Cgroups {
    /// Finds what this host gives; `name` tells one data directory's groups from another's.
    /// Ends what an earlier run left in them.
    pub(crate) fn open(name: &str) -> (Option<Self>, LimitsReport) {
        match Mounts::of_this_process() {
            Ok(mounts) => Self::open_in(&mounts, name),
            Err(error) => (None, report(None, vec![format!("cgroups: {error}")])),
        }
    }

    fn open_in(mounts: &Mounts, name: &str) -> (Option<Self>, LimitsReport) {
        let mut refused = Vec::new();
        let mut found = None;
        for attempt in [v2::open, v1::open] {
            let opened =
                attempt(mounts, name).and_then(|opened| match owner::mark(&opened.0.folders) {
                    true => Ok(opened),
                    false => {
                        // Dropped later, it would take away what the next attempt makes.
                        drop(opened);
                        attempt(mounts, name)
                    }
                });
            match opened {
                Ok((cgroups, partly)) => {
                    refused.extend(partly);
                    found = Some(cgroups);
                    break;
                }
                Err(reasons) => refused.extend(reasons),
            }
        }
        let report = report(found.as_ref(), refused);
        if let Some(cgroups) = &found {
            let _ = owner::mark(&cgroups.folders);
            cgroups.sweep();
            cgroups.share();
            owner::remove_abandoned(&cgroups.folders);
        }
        (found, report)
    }

    /// A group for one worker.
    ///
    /// # Errors
    /// The kernel refuses it.
    pub(crate) fn group(&self, name: &str, limits: Limits) -> io::Result<Group> {
        let folders = self.folders.iter();
        let group = Group::new(
            self.version,
            folders
                .map(|(folder, names)| (folder.join(name), names.clone()))
                .collect(),
        )?;
        group.limit(limits)?;
        Ok(group)
    }

    /// All workers together count as much as would keep every processor busy; without that, they
    /// would share what one process of the host gets.
    fn share(&self) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (file, value) = match self.version {
            Version::V1 => ("cpu.shares", 1_024 * cores),
            Version::V2 => ("cpu.weight", (100 * cores).min(10_000)),
        };
        for (folder, names) in &self.folders {
            if names.contains(&"cpu")
                && let Err(error) = write(&folder.join(file), &value.to_string())
            {
                tracing::warn!(%error, "functions share the weight of one process");
            }
        }
    }

    /// Ends what is in the groups of an earlier run, and removes them.
    fn sweep(&self) {
        for (folder, _) in &self.folders {
            let Ok(entries) = std::fs::read_dir(folder) else {
                continue;
            };
            for entry in entries.flatten() {
                let is_group = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_group && entry.path() != owner::marker(folder) {
                    group::end_folder(&entry.path());
                }
            }
        }
    }

    /// Removes the folder, when no worker is in it any more.
    pub(crate) fn leave(&self) {
        owner::leave(&self.folders);
    }

    fn holds(&self, controller: &str) -> bool {
        let mut folders = self.folders.iter();
        folders.any(|(_, names)| names.contains(&controller))
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        self.leave();
    }
}

fn report(found: Option<&Cgroups>, refused: Vec<String>) -> LimitsReport {
    let hold = |controller| match found.is_some_and(|cgroups| cgroups.holds(controller)) {
        true => Hold::Hard,
        false => Hold::Soft,
    };
    let is_whole = CONTROLLERS.into_iter().all(|name| hold(name) == Hold::Hard);
    LimitsReport {
        cgroups: match found.map(|cgroups| cgroups.version) {
            Some(Version::V2) => "v2",
            Some(Version::V1) => "v1",
            None => "none",
        },
        memory: hold("memory"),
        cpu: hold("cpu"),
        processes: hold("pids"),
        // Where everything is in force nobody cares which version refused first.
        refused: if is_whole { Vec::new() } else { refused },
    }
}

/// Says which file could not be read or written.
fn at<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn make_folder(path: &Path) -> io::Result<()> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => at(path, result),
    }
}

/// The kernel takes one value in one write.
fn write(path: &Path, value: &str) -> io::Result<()> {
    at(path, std::fs::write(path, value))
}

#[cfg(test)]
mod tests;
