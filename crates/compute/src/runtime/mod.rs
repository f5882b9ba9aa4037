//! Which interpreter runs which runtime.

mod discover;
mod offer;

pub use discover::host_search_path;

use crate::Profile;
use ports::ComputeError;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A language that has a bootstrap here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// `nodejsN.x`; the number is Node's major version.
    Node,
    /// `python3.N`; the number is the minor version.
    Python,
    /// `javaN`; the number is the feature version.
    Java,
    /// `rubyM.N`; the number is 100 M + N, so that the next one is the nearest.
    Ruby,
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
    /// The runtime that was asked for, `ruby3.4`.
    pub(crate) asked: String,
    /// Set when it is not the version that was asked for.
    pub(crate) note: Option<String>,
}

impl Interpreter {
    /// `nodejs:20.20.2`, as `INIT_START` prints it.
    pub(crate) fn label(&self) -> String {
        match self.language {
            Language::Node => format!("nodejs:{}", self.version),
            Language::Python => format!("python:{}", self.version),
            Language::Java => format!("java:{}", self.version),
            Language::Ruby => format!("ruby:{}", self.version),
            Language::Provided => self.version.replacen('.', ":", 1),
        }
    }
}

/// The versions of one language's interpreter, by [`Language`]'s number: where, and the whole version.
type Versions = BTreeMap<u32, (PathBuf, String)>;

/// The interpreters of this host.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    node: Versions,
    python: Versions,
    java: Versions,
    ruby: Versions,
}

impl Catalog {
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
                asked: runtime.to_owned(),
                note: None,
            });
        }
        let Some((language, wanted)) = parse(runtime) else {
            return unavailable(format!(
                "runtime `{runtime}` is not supported: Crossway runs Node.js, Python, Java, Ruby and \
                 provided.* functions"
            ));
        };
        let (versions, program) = self.of(language);
        let Some((chosen, (path, version))) = nearest(versions, wanted) else {
            return unavailable(format!(
                "runtime `{runtime}` needs `{program}`, which was not found: install it on PATH"
            ));
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
            path: path.clone(),
            version: version.clone(),
            asked: runtime.to_owned(),
            note,
        })
    }

    /// A language's versions, and what its program is called.
    fn of(&self, language: Language) -> (&Versions, &'static str) {
        match language {
            Language::Node => (&self.node, "node"),
            Language::Java => (&self.java, "java"),
            Language::Ruby => (&self.ruby, "ruby"),
            Language::Python | Language::Provided => (&self.python, "python3"),
        }
    }
}

fn parse(runtime: &str) -> Option<(Language, u32)> {
    if let Some(major) = runtime
        .strip_prefix("nodejs")
        .and_then(|rest| rest.strip_suffix(".x"))
    {
        return Some((Language::Node, major.parse().ok()?));
    }
    if let Some(minor) = runtime.strip_prefix("python3.") {
        return Some((Language::Python, minor.parse().ok()?));
    }
    if let Some(rest) = runtime.strip_prefix("java") {
        // `java8.al2` and its like name the system around it.
        let feature = rest.strip_suffix(".al2023").or(rest.strip_suffix(".al2"));
        return Some((Language::Java, feature.unwrap_or(rest).parse().ok()?));
    }
    let version = ruby_number(runtime.strip_prefix("ruby")?)?;
    Some((Language::Ruby, version))
}

/// The number of `3.4`, or of `3.4.1`.
fn ruby_number(version: &str) -> Option<u32> {
    let mut parts = version.split('.').map(str::parse::<u32>);
    let (major, minor) = (parts.next()?.ok()?, parts.next()?.ok()?);
    major.checked_mul(100)?.checked_add(minor)
}

/// The version itself, or the one next to it; of two, the newer.
fn nearest(versions: &Versions, wanted: u32) -> Option<(u32, &(PathBuf, String))> {
    let found = versions
        .iter()
        .min_by_key(|(version, _)| (version.abs_diff(wanted), std::cmp::Reverse(**version)));
    found.map(|(version, found)| (*version, found))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn versions(numbers: &[u32], text: impl Fn(u32) -> String) -> Versions {
        let one = |number: &u32| (*number, ("/x".into(), text(*number)));
        numbers.iter().map(one).collect()
    }

    fn catalog(node: &[u32], python: &[u32]) -> Catalog {
        Catalog {
            node: versions(node, |major| format!("{major}.1.0")),
            python: versions(python, |minor| format!("3.{minor}")),
            ..Catalog::default()
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
        let chosen = catalog(&[20, 22], &[]).choose("nodejs21.x", Profile::Developer);
        assert_eq!(chosen.unwrap().version, "22.1.0");
    }

    #[test]
    fn java_is_chosen_by_its_feature_version() {
        let catalog = Catalog {
            java: versions(&[17, 25], |feature| format!("{feature}.0.1")),
            ..Catalog::default()
        };
        for (runtime, label, is_noted) in [
            ("java17", "java:17.0.1", false),
            ("java17.al2023", "java:17.0.1", false),
            ("java25", "java:25.0.1", false),
            ("java21", "java:25.0.1", true),
            ("java11", "java:17.0.1", true),
            ("java8.al2", "java:17.0.1", true),
        ] {
            let chosen = catalog.choose(runtime, Profile::Developer).unwrap();
            assert_eq!(
                (chosen.label().as_str(), chosen.note.is_some()),
                (label, is_noted),
                "{runtime}"
            );
            let server = catalog.choose(runtime, Profile::Server);
            assert_eq!(server.is_err(), is_noted, "{runtime}");
        }
    }

    #[test]
    fn ruby_is_chosen_by_two_numbers() {
        let catalog = Catalog {
            ruby: versions(&[301, 304], |number| {
                format!("{}.{}.7", number / 100, number % 100)
            }),
            ..Catalog::default()
        };
        for (runtime, label, is_noted) in [
            ("ruby3.4", "ruby:3.4.7", false),
            ("ruby3.2", "ruby:3.1.7", true),
            ("ruby3.3", "ruby:3.4.7", true),
            ("ruby4.0", "ruby:3.4.7", true),
        ] {
            let chosen = catalog.choose(runtime, Profile::Developer).unwrap();
            assert_eq!(
                (chosen.label().as_str(), chosen.note.is_some()),
                (label, is_noted),
                "{runtime}"
            );
        }
    }

    #[test]
    fn other_runtimes_are_refused_by_name() {
        for runtime in [
            "java",
            "java21.al3",
            "ruby3",
            "ruby3.x",
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
        for (runtime, program) in [
            ("python3.12", "`python3`"),
            ("nodejs24.x", "`node`"),
            ("java21", "`java`"),
            ("ruby3.4", "`ruby`"),
        ] {
            let refused = catalog(&[], &[])
                .choose(runtime, Profile::Developer)
                .unwrap_err();
            assert!(
                matches!(refused, ComputeError::RuntimeUnavailable(text) if text.contains(program))
            );
        }
    }
}
