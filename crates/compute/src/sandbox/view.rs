//! What of the host a function sees.
//!
//! System libraries and programs, a few files of `/etc` that they need, the interpreter; never a
//! home directory, a socket of a daemon, or Crossway's own data.

use super::{Link, Shown};
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
const SETTINGS: [&str; 19] = [
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
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

/// The parts that all functions share; made once.
#[derive(Debug, Default, Clone)]
pub(crate) struct View {
    pub(crate) shown: Vec<Shown>,
    pub(crate) links: Vec<Link>,
}

impl View {
    /// Looks at this host. `users` is a folder with a `passwd` and a `group` for the function.
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
        for path in SETTINGS.map(Path::new) {
            view.show(path, path);
        }
        for name in ["passwd", "group"] {
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
        let is_shown = |path: &Path| SYSTEM.iter().any(|folder| path.starts_with(folder));
        if is_shown(path) {
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

/// What `/etc/passwd` of a function says.
pub(crate) const PASSWD: &str = "root:x:0:0:root:/root:/sbin/nologin\n\
    sbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin\n";

/// What `/etc/group` of a function says.
pub(crate) const GROUP: &str = "root:x:0:\nsbx_user1051:x:990:\n";

impl View {
    /// Writes what [`View::of_host`] shows as the function's users.
    pub(crate) fn write_users(folder: &Path) -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("passwd"), PASSWD)?;
        std::fs::write(folder.join("group"), GROUP)?;
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
