//! What of the host a function sees.
//!
//! System libraries and programs, a few files of `/etc` that they need, the interpreter; never a
//! home directory, a socket of a daemon, or Crossway's own data.

use super::{Link, Shown};
use crate::runtime::{Interpreter, Language};
use std::path::{Path, PathBuf};

/// Folders that every distribution has in one form or another: real ones are shown, links are
/// linked again.
const SYSTEM: [&str; 8] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
];

/// Of `/etc`: how to find libraries, names, certificates and the time. Nothing of accounts.
const SETTINGS: [&str; 18] = [
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
];

/// Subfolders of an interpreter that was installed on its own, in a home directory perhaps.
const INTERPRETER: [&str; 3] = ["bin", "lib", "lib64"];

/// Whether every function sees it.
fn is_system(path: &Path) -> bool {
    SYSTEM.iter().any(|folder| path.starts_with(folder))
}

/// The parts that all functions share; made once.
#[derive(Debug, Default, Clone)]
pub(crate) struct View {
    pub(crate) shown: Vec<Shown>,
    pub(crate) links: Vec<Link>,
}

impl View {
    /// Looks at this host. `users` is a folder with a `passwd`, a `group` and `hosts` for the function.
    pub(crate) fn of_host(users: &Path) -> Self {
        let mut view = Self::default();
        for path in SYSTEM.map(Path::new) {
            match std::fs::read_link(path) {
                Ok(text) => view.links.push(Link {
                    path: path.to_owned(),
                    text,
                }),
                Err(_) => view.show(path, path),
            }
        }
        // Where modules of the bundle look last: they do not look along NODE_PATH.
        view.links.push(Link {
            path: "/node_modules".into(),
            text: "/var/runtime/node_modules".into(),
        });
        for path in SETTINGS.map(Path::new) {
            view.show(path, path);
        }
        for name in ["passwd", "group", "hosts"] {
            view.show(&users.join(name), &Path::new("/etc").join(name));
        }
        view
    }

    /// Shows `source` as `target`; nothing when it is not there.
    pub(crate) fn show(&mut self, source: &Path, target: &Path) {
        if source.exists() {
            self.shown.push(Shown {
                source: source.to_owned(),
                target: target.to_owned(),
            });
        }
    }

    /// Shows the interpreter at `path`, where it is not among the system's programs.
    pub(crate) fn show_interpreter(&mut self, path: &Path) {
        if is_system(path) {
            return;
        }
        let folder = path.parent().unwrap_or(path);
        if folder.file_name().is_none_or(|name| name != "bin") {
            return self.show(path, path);
        }
        let prefix = folder.parent().unwrap_or(folder);
        for name in INTERPRETER {
            self.show(&prefix.join(name), &prefix.join(name));
        }
    }
}

impl View {
    /// Shows what an interpreter reads outside of its own folder: distributions keep the settings of
    /// Java in `/etc`, and leave links to them.
    pub(crate) fn show_settings_of(&mut self, interpreter: &Interpreter) {
        if interpreter.language != Language::Java {
            return;
        }
        let home = interpreter.path.parent().and_then(Path::parent);
        let Some(home) = home else { return };
        let conf = home.join("conf");
        if !is_system(home) {
            self.show(&conf, &conf);
        }
        let mut found = Vec::new();
        for folder in JAVA_SETTINGS {
            let entries = std::fs::read_dir(home.join(folder)).into_iter().flatten();
            found.extend(
                entries
                    .flatten()
                    .filter_map(|entry| settings(&entry.path())),
            );
        }
        found.sort();
        found.dedup();
        // Nothing can be made inside of what is shown already, which is read-only.
        found.retain(|path| !self.shown.iter().any(|one| path.starts_with(&one.target)));
        for path in found {
            self.show(&path, &path);
        }
    }
}

/// Folders of a Java installation in which links to `/etc` were seen (Debian, Fedora).
const JAVA_SETTINGS: [&str; 4] = ["conf", "conf/security", "lib", "lib/security"];

/// What of `/etc` a link leads to: a folder of Java's there, or one file.
fn settings(link: &Path) -> Option<PathBuf> {
    let target = link.canonicalize().ok()?;
    let inside = target.strip_prefix("/etc").ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    Some(match first.starts_with("java") {
        true => Path::new("/etc").join(first),
        false => target,
    })
}

/// What `/etc/passwd` of a function says.
pub(crate) const PASSWD: &str = "root:x:0:0:root:/root:/sbin/nologin\n\
    sbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin\n";

/// Names of the host that functions know too, as they are when Crossway starts.
pub(crate) const HOSTS: &str = "/etc/hosts";

/// By which names extensions listen for telemetry, and are told to.
const SANDBOX: &str = "127.0.0.1 sandbox sandbox.localdomain\n";

/// What `/etc/group` of a function says.
pub(crate) const GROUP: &str = "root:x:0:\nsbx_user1051:x:990:\n";

impl View {
    /// Writes what [`View::of_host`] shows as the function's users.
    pub(crate) fn write_users(folder: &Path) -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("passwd"), PASSWD)?;
        std::fs::write(folder.join("group"), GROUP)?;
        let hosts = std::fs::read_to_string(HOSTS).unwrap_or_default();
        std::fs::write(folder.join("hosts"), format!("{hosts}\n{SANDBOX}"))?;
        Ok(folder.to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn targets(interpreter: &str) -> Vec<PathBuf> {
        let mut view = View::default();
        view.show_interpreter(Path::new(interpreter));
        view.shown.into_iter().map(|shown| shown.target).collect()
    }

    #[test]
    fn interpreter_of_the_system_adds_nothing() {
        assert!(targets("/usr/bin/node").is_empty());
    }

    #[test]
    fn interpreter_elsewhere_brings_its_library_and_not_its_neighbours() {
        let home = tempfile::tempdir().unwrap();
        let prefix = home.path().join("versions/3.11");
        for folder in ["bin", "lib", "share"] {
            std::fs::create_dir_all(prefix.join(folder)).unwrap();
        }
        let path = prefix.join("bin/python3.11");
        std::fs::write(&path, "").unwrap();
        assert_eq!(
            targets(path.to_str().unwrap()),
            [prefix.join("bin"), prefix.join("lib")]
        );
        let loose = home.path().join("node");
        std::fs::write(&loose, "").unwrap();
        assert_eq!(targets(loose.to_str().unwrap()), [loose]);
    }

    #[test]
    fn links_of_java_lead_to_its_settings_and_to_no_others() {
        let home = tempfile::tempdir().unwrap();
        let link = |name: &str, target: &str| {
            let path = home.path().join(name);
            std::os::unix::fs::symlink(target, &path).unwrap();
            settings(&path)
        };
        assert_eq!(link("hosts", "/etc/hosts"), Some("/etc/hosts".into()));
        assert_eq!(link("gone", "/etc/java-99-openjdk/gone"), None);
        assert_eq!(link("library", "/usr/lib"), None);
        assert_eq!(settings(home.path()), None);
    }

    #[test]
    fn host_view_holds_no_home_and_no_secret() {
        let view = View::of_host(Path::new("/nonexistent"));
        for shown in &view.shown {
            let path = &shown.source;
            for never in [
                "/root",
                "/home",
                "/run",
                "/var",
                "/etc/shadow",
                "/etc/ssl/private",
            ] {
                assert!(
                    !Path::new(never).starts_with(path),
                    "{path:?} shows {never}"
                );
                assert!(!path.starts_with(never), "{path:?}");
            }
        }
    }
}
