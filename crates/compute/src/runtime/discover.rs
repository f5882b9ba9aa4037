//! Looks for interpreters on this host.

use super::{Catalog, ruby_number};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Python older than this cannot run our bootstrap, and AWS does not have it any more.
const PYTHON_MINOR_MIN: u32 = 8;

/// Our Java bootstrap is compiled for this one.
const JAVA_FEATURE_MIN: u32 = 11;

/// Our Ruby bootstrap is written for Ruby 3.
const RUBY_NUMBER_MIN: u32 = 300;

impl Catalog {
    /// Looks through `directories`; the first one that has a version wins.
    ///
    /// Asks each `node` and `ruby` for its version, so it takes some milliseconds; Python tells by
    /// its name and Java by a file.
    pub(crate) fn discover(directories: &[PathBuf]) -> Self {
        let mut catalog = Self::default();
        for directory in directories {
            catalog.add_node(&directory.join("node"));
            catalog.add_java(&directory.join("java"));
            catalog.add_ruby(&directory.join("ruby"));
            let Ok(entries) = std::fs::read_dir(directory) else {
                continue;
            };
            for entry in entries.flatten() {
                if let Some(name) = entry.file_name().to_str() {
                    catalog.add_python(name, &entry.path());
                }
            }
        }
        catalog
    }

    fn add_node(&mut self, path: &Path) {
        let Some(text) = version_of(path, &[]) else {
            return;
        };
        let version = text.trim().trim_start_matches('v');
        if let Some(major) = first_number(version) {
            let found = || (real(path.to_owned()), version.to_owned());
            self.node.entry(major).or_insert_with(found);
        }
    }

    fn add_python(&mut self, name: &str, path: &Path) {
        let minor = name.strip_prefix("python3.");
        let minor: Option<u32> = minor.and_then(|minor| minor.parse().ok());
        if let Some(minor) = minor.filter(|minor| *minor >= PYTHON_MINOR_MIN)
            && is_program(path)
        {
            let found = || (real(path.to_owned()), format!("3.{minor}"));
            self.python.entry(minor).or_insert_with(found);
        }
    }

    /// `release` beside `bin` tells the version; starting a virtual machine for it takes long.
    fn add_java(&mut self, path: &Path) {
        if !is_program(path) {
            return;
        }
        let path = real(path.to_owned());
        let release = path.parent().and_then(Path::parent);
        let release = release.map(|home| std::fs::read_to_string(home.join("release")));
        let Some(Ok(release)) = release else { return };
        let version = release
            .lines()
            .find_map(|line| line.strip_prefix("JAVA_VERSION="));
        let version = version.unwrap_or_default().trim_matches('"').to_owned();
        if let Some(feature) = first_number(&version).filter(|it| *it >= JAVA_FEATURE_MIN) {
            self.java.entry(feature).or_insert((path, version));
        }
    }

    fn add_ruby(&mut self, path: &Path) {
        // `ruby 3.4.1 (2024-12-25 revision 48d4efcb85) [x86_64-linux]`
        let Some(text) = version_of(path, &["--disable=gems"]) else {
            return;
        };
        let version = text.strip_prefix("ruby ").unwrap_or_default();
        let end = version
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .unwrap_or(version.len());
        let version = version.get(..end).unwrap_or_default();
        if let Some(number) = ruby_number(version).filter(|it| *it >= RUBY_NUMBER_MIN) {
            let found = || (real(path.to_owned()), version.to_owned());
            self.ruby.entry(number).or_insert_with(found);
        }
    }
}

fn first_number(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// What a program prints when it is asked for its version; none when it is no program.
fn version_of(path: &Path, arguments: &[&str]) -> Option<String> {
    if !is_program(path) {
        return None;
    }
    let output = Command::new(path)
        .args(arguments)
        .arg("--version")
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The folders of the host's `PATH` and `JAVA_HOME`, then those of the usual version managers.
pub fn host_search_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = std::env::split_paths(&path)
        .filter(|directory| directory.is_absolute())
        .collect();
    let java = std::env::var_os("JAVA_HOME").map(PathBuf::from);
    directories.extend(java.map(|home| home.join("bin")));
    directories.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    directories.extend(versions_in(Path::new("/usr/lib/jvm")));
    if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
        for manager in [
            ".pyenv/versions",
            ".nvm/versions/node",
            ".sdkman/candidates/java",
            ".rbenv/versions",
            ".rubies",
        ] {
            directories.extend(versions_in(&home.join(manager)));
        }
    }
    let mut seen = std::collections::HashSet::new();
    directories.retain(|directory| seen.insert(directory.clone()));
    directories
}

/// `{manager}/*/bin`, the highest version first.
fn versions_in(manager: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(manager) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let numbers = |path: &PathBuf| -> Vec<u32> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        name.trim_start_matches('v')
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect()
    };
    found.sort_by_key(|path| std::cmp::Reverse(numbers(path)));
    found.into_iter().map(|path| path.join("bin")).collect()
}

/// Where the program is, links followed: a function sees that folder and not the link's.
fn real(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}

/// Whether it is a binary; a version manager's script would want the host's environment.
fn is_program(path: &Path) -> bool {
    let mut magic = [0u8; 4];
    std::fs::File::open(path)
        .and_then(|mut file| file.read_exact(&mut magic))
        .is_ok()
        && magic == *b"\x7fELF"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Profile;

    #[test]
    fn java_tells_its_version_by_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::fs::write(bin.join("java"), b"\x7fELF").unwrap();
        let release = |text: &str| {
            std::fs::write(folder.path().join("release"), text).unwrap();
            let catalog = Catalog::discover(std::slice::from_ref(&bin));
            catalog
                .choose("java21", Profile::Developer)
                .map(|found| found.label())
        };
        let text = "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.3\"\nJAVA_VERSION_DATE=\"2024\"\n";
        assert_eq!(release(text).unwrap(), "java:21.0.3");
        assert!(release("JAVA_VERSION=\"1.8.0_292\"\n").is_err());
        assert!(release("").is_err());
    }

    #[test]
    fn ruby_is_asked_for_its_version() {
        let folder = tempfile::tempdir().unwrap();
        // No binary: not asked.
        std::fs::write(folder.path().join("ruby"), "#!/bin/sh\necho ruby 3.4.1").unwrap();
        let catalog = Catalog::discover(&[folder.path().to_owned()]);
        assert!(catalog.choose("ruby3.4", Profile::Developer).is_err());
    }
}
