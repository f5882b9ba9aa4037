//! Which interpreter runs which runtime.

use crate::Profile;
use ports::ComputeError;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A language that has a bootstrap here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// `nodejsN.x`; the number is Node's major version.
    Node,
    /// `python3.N`; the number is the minor version.
    Python,
    /// `provided.*`: the bundle brings its own program, `bootstrap`.
    Provided,
}

/// Runtimes whose functions are programs of their own.
const PROVIDED: [&str; 3] = ["provided", "provided.al2", "provided.al2023"];

/// An interpreter that was found on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interpreter {
    pub(crate) language: Language,
    pub(crate) path: PathBuf,
    /// `20.20.2`, `3.11`.
    pub(crate) version: String,
    /// Set when it is not the version that was asked for.
    pub(crate) note: Option<String>,
}

impl Interpreter {
    /// `nodejs:20.20.2`, as `INIT_START` prints it.
    pub(crate) fn label(&self) -> String {
        match self.language {
            Language::Node => format!("nodejs:{}", self.version),
            Language::Python => format!("python:{}", self.version),
            Language::Provided => self.version.replacen('.', ":", 1),
        }
    }
}

/// Python older than this cannot run our bootstrap, and AWS does not have it any more.
const PYTHON_MINOR_MIN: u32 = 8;

/// The interpreters of this host.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    node: BTreeMap<u32, (PathBuf, String)>,
    python: BTreeMap<u32, PathBuf>,
}

impl Catalog {
    /// Looks through `directories`; the first one that has a version wins.
    ///
    /// Asks each `node` for its version, so it takes some milliseconds; Python tells by its name.
    pub(crate) fn discover(directories: &[PathBuf]) -> Self {
        let mut catalog = Self::default();
        for directory in directories {
            catalog.add_node(&directory.join("node"));
            let Ok(entries) = std::fs::read_dir(directory) else {
                continue;
            };
            for entry in entries.flatten() {
                let name = entry.file_name();
                let minor = name.to_str().and_then(|name| name.strip_prefix("python3."));
                let minor = minor.and_then(|minor| minor.parse().ok());
                if let Some(minor) = minor.filter(|minor| *minor >= PYTHON_MINOR_MIN)
                    && is_program(&entry.path())
                {
                    catalog
                        .python
                        .entry(minor)
                        .or_insert_with(|| real(entry.path()));
                }
            }
        }
        catalog
    }

    fn add_node(&mut self, path: &Path) {
        if !is_program(path) {
            return;
        }
        let output = Command::new(path)
            .arg("--version")
            .env_clear()
            .stdin(Stdio::null())
            .output();
        let Ok(output) = output else { return };
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.trim().trim_start_matches('v');
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        if let Some(major) = major {
            self.node
                .entry(major)
                .or_insert_with(|| (real(path.to_owned()), version.to_owned()));
        }
    }

    /// The interpreter for `runtime`.
    ///
    /// # Errors
    /// [`ComputeError::RuntimeUnavailable`] when there is none; in the server profile also when
    /// only another version is there.
    pub(crate) fn choose(
        &self,
        runtime: &str,
        profile: Profile,
    ) -> Result<Interpreter, ComputeError> {
        let unavailable = |text: String| Err(ComputeError::RuntimeUnavailable(text));
        if PROVIDED.contains(&runtime) {
            return Ok(Interpreter {
                language: Language::Provided,
                path: PathBuf::from("bootstrap"),
                version: runtime.to_owned(),
                note: None,
            });
        }
        let Some((language, wanted)) = parse(runtime) else {
            return unavailable(format!(
                "runtime `{runtime}` is not supported: Crossway runs Node.js, Python and provided.* \
                 functions"
            ));
        };
        let versions: Vec<u32> = match language {
            Language::Node => self.node.keys().copied().collect(),
            Language::Python | Language::Provided => self.python.keys().copied().collect(),
        };
        let Some(chosen) = nearest(&versions, wanted) else {
            let program = if language == Language::Node {
                "node"
            } else {
                "python3"
            };
            return unavailable(format!(
                "runtime `{runtime}` needs `{program}`, which was not found: install it on PATH"
            ));
        };
        let (path, version) = match language {
            Language::Node => self.node.get(&chosen).cloned().unwrap_or_default(),
            Language::Python | Language::Provided => {
                let path = self.python.get(&chosen).cloned().unwrap_or_default();
                (path, format!("3.{chosen}"))
            }
        };
        let note = (chosen != wanted).then(|| {
            format!(
                "{runtime} is not installed; runs on {version} ({})",
                path.display()
            )
        });
        if let (Some(_), Profile::Server) = (&note, profile) {
            return unavailable(format!(
                "runtime `{runtime}` is not installed on this host: the nearest is {version}"
            ));
        }
        Ok(Interpreter {
            language,
            path,
            version,
            note,
        })
    }
}

/// The folders of the host's `PATH`, then those of the usual version managers.
pub fn host_search_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = std::env::split_paths(&path)
        .filter(|directory| directory.is_absolute())
        .collect();
    directories.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
        directories.extend(versions_in(&home.join(".pyenv/versions")));
        directories.extend(versions_in(&home.join(".nvm/versions/node")));
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

fn parse(runtime: &str) -> Option<(Language, u32)> {
    if let Some(major) = runtime
        .strip_prefix("nodejs")
        .and_then(|rest| rest.strip_suffix(".x"))
    {
        return Some((Language::Node, major.parse().ok()?));
    }
    let minor = runtime.strip_prefix("python3.")?;
    Some((Language::Python, minor.parse().ok()?))
}

/// The version itself, or the one next to it; of two, the newer.
fn nearest(versions: &[u32], wanted: u32) -> Option<u32> {
    versions
        .iter()
        .copied()
        .min_by_key(|version| (version.abs_diff(wanted), std::cmp::Reverse(*version)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn catalog(node: &[u32], python: &[u32]) -> Catalog {
        Catalog {
            node: node
                .iter()
                .map(|major| (*major, ("/n".into(), format!("{major}.1.0"))))
                .collect(),
            python: python.iter().map(|minor| (*minor, "/p".into())).collect(),
        }
    }

    #[test]
    fn exact_version_has_no_note() {
        let chosen = catalog(&[20, 22], &[])
            .choose("nodejs22.x", Profile::Server)
            .unwrap();
        assert_eq!(
            (chosen.label().as_str(), chosen.note),
            ("nodejs:22.1.0", None)
        );
    }

    #[test]
    fn missing_version_is_the_nearest_for_a_developer_and_refused_on_a_server() {
        let catalog = catalog(&[20, 22], &[11]);
        let chosen = catalog.choose("nodejs24.x", Profile::Developer).unwrap();
        assert_eq!(chosen.version, "22.1.0");
        assert!(chosen.note.unwrap().contains("nodejs24.x is not installed"));
        let refused = catalog.choose("python3.12", Profile::Server).unwrap_err();
        assert!(
            matches!(refused, ComputeError::RuntimeUnavailable(text) if text.contains("nearest is 3.11"))
        );
    }

    #[test]
    fn of_two_as_near_the_newer_is_taken() {
        assert_eq!(nearest(&[20, 22], 21), Some(22));
        assert_eq!(nearest(&[], 21), None);
    }

    #[test]
    fn other_runtimes_are_refused_by_name() {
        for runtime in [
            "java21",
            "ruby3.3",
            "dotnet8",
            "nodejs",
            "python3.x",
            "python2.7",
        ] {
            let refused = catalog(&[20], &[11])
                .choose(runtime, Profile::Developer)
                .unwrap_err();
            assert!(
                matches!(&refused, ComputeError::RuntimeUnavailable(text) if text.contains(runtime)),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn provided_runtimes_need_nothing_of_the_host() {
        for runtime in PROVIDED {
            let chosen = catalog(&[], &[]).choose(runtime, Profile::Server).unwrap();
            assert_eq!(chosen.language, Language::Provided);
        }
        let refused = catalog(&[], &[]).choose("provided.al2025", Profile::Server);
        assert!(refused.is_err());
    }

    #[test]
    fn host_without_interpreters_says_what_to_install() {
        let refused = catalog(&[], &[])
            .choose("python3.12", Profile::Developer)
            .unwrap_err();
        assert!(
            matches!(refused, ComputeError::RuntimeUnavailable(text) if text.contains("`python3`"))
        );
    }
}
