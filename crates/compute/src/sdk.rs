//! The AWS SDKs that AWS's runtimes bring, and the debugger that Python lacks: installed by the
//! language's own package manager into the folder that every function sees as `/var/runtime`.
//!
//! Proxies, mirrors and certificates are the package managers' own business: their environment and
//! settings are those of whoever calls. No script of a package is run. What is installed appears by
//! rename, whole, and running functions see it at once.

use nix::fcntl::{Flock, FlockArg};
use serde_json::Value;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sdk {
    /// The AWS SDK for JavaScript, version 3.
    JavaScript,
    /// The AWS SDK for Python: `boto3`.
    Python,
    /// `debugpy`, which only functions that are debugged find.
    PythonDebugger,
}

/// AWS brings every client of the JavaScript SDK; these are here unless others are named.
const CLIENTS: [&str; 22] = [
    "@aws-sdk/client-api-gateway",
    "@aws-sdk/client-cloudwatch",
    "@aws-sdk/client-cloudwatch-logs",
    "@aws-sdk/client-cognito-identity-provider",
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/client-eventbridge",
    "@aws-sdk/client-iam",
    "@aws-sdk/client-kinesis",
    "@aws-sdk/client-kms",
    "@aws-sdk/client-lambda",
    "@aws-sdk/client-organizations",
    "@aws-sdk/client-s3",
    "@aws-sdk/client-secrets-manager",
    "@aws-sdk/client-ses",
    "@aws-sdk/client-sfn",
    "@aws-sdk/client-sns",
    "@aws-sdk/client-sqs",
    "@aws-sdk/client-ssm",
    "@aws-sdk/client-sts",
    "@aws-sdk/credential-providers",
    "@aws-sdk/lib-dynamodb",
    "@aws-sdk/s3-request-presigner",
];

/// An SDK that functions find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledSdk {
    /// Which one.
    pub sdk: Sdk,
    /// Its packages and their versions, sorted: what was asked for, not what that needs.
    pub packages: Vec<(String, String)>,
}

/// Why an SDK was not installed or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SdkError {
    /// A folder cannot be read or changed.
    #[error("`{}`", .0.display())]
    Folder(PathBuf, #[source] io::Error),
    /// Somebody else is at it.
    #[error("another `crossway runtime` is at work in this data directory")]
    Busy,
    /// The language's package manager is not there.
    #[error("`{0}` was not found: install it on PATH")]
    NoPackageManager(&'static str),
    /// The package manager failed; what it said was shown.
    #[error("`{command}` failed: {status}")]
    Failed {
        /// What was run.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// No package of the SDK.
    #[error("`{0}` is no package of the SDK: their names begin with `{1}`")]
    NotOfSdk(String, &'static str),
    /// It is not installed.
    #[error("{0} is not installed")]
    Absent(&'static str),
}

impl Sdk {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::JavaScript, Self::Python, Self::PythonDebugger];

    /// What it is called on the command line and in health.
    pub fn name(self) -> &'static str {
        match self {
            Self::JavaScript => "javascript-sdk",
            Self::Python => "python-sdk",
            Self::PythonDebugger => "python-debugger",
        }
    }

    /// The folder in `/var/runtime`.
    fn folder(self) -> &'static str {
        match self {
            Self::JavaScript => "node_modules",
            Self::Python => "python",
            Self::PythonDebugger => "python-debugger",
        }
    }

    /// The packages that are installed when none is named.
    fn usual(self) -> &'static [&'static str] {
        match self {
            Self::JavaScript => &CLIENTS,
            Self::Python => &["boto3"],
            Self::PythonDebugger => &["debugpy"],
        }
    }

    /// How names of its packages begin.
    fn prefix(self) -> &'static str {
        match self {
            Self::JavaScript => "@aws-sdk/",
            Self::Python => "boto",
            Self::PythonDebugger => "debugpy",
        }
    }

    /// Whether it is a package's name of this SDK, a version behind it perhaps.
    fn check(self, package: &str) -> Result<(), SdkError> {
        // Nothing that a package manager could take for an option, a path or an address.
        let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"@/._-=^~".contains(&letter);
        match package.starts_with(self.prefix()) && package.bytes().all(is_plain) {
            true => Ok(()),
            false => Err(SdkError::NotOfSdk(package.to_owned(), self.prefix())),
        }
    }
}

/// Installs an SDK into the state folder, in place of what is there of it; `packages` instead of
/// the usual ones, if any. Functions see it at once.
///
/// # Errors
/// The package manager is missing or fails, or the folder cannot be written; then nothing changed.
pub fn install_sdk(data_dir: &Path, sdk: Sdk, packages: &[String]) -> Result<(), SdkError> {
    packages.iter().try_for_each(|package| sdk.check(package))?;
    let runtime = runtime_dir(data_dir)?;
    let _lock = lock(&runtime)?;
    let staging = runtime.join(format!(".{}.new", sdk.folder()));
    remove_tree(&staging)?;
    let wanted = match packages {
        [] => sdk.usual().iter().map(|name| (*name).to_owned()).collect(),
        named => named.to_vec(),
    };
    let made = fetch(sdk, &wanted, &staging);
    let done = made.and_then(|made| replace(&made, &runtime.join(sdk.folder())));
    let cleaned = remove_tree(&staging);
    done.and(cleaned)
}

/// The SDKs that functions find.
///
/// # Errors
/// A folder cannot be read.
pub fn installed_sdks(data_dir: &Path) -> Result<Vec<InstalledSdk>, SdkError> {
    found_in(&data_dir.join("compute").join("runtime"))
}

/// Removes an SDK; functions that have loaded it keep what they have loaded.
///
/// # Errors
/// It is not there, or the folder cannot be changed.
pub fn remove_sdk(data_dir: &Path, sdk: Sdk) -> Result<(), SdkError> {
    let runtime = runtime_dir(data_dir)?;
    let _lock = lock(&runtime)?;
    let folder = runtime.join(sdk.folder());
    if !folder.exists() {
        return Err(SdkError::Absent(sdk.name()));
    }
    let old = runtime.join(format!(".{}.old", sdk.folder()));
    remove_tree(&old)?;
    fs::rename(&folder, &old).map_err(|error| SdkError::Folder(folder, error))?;
    remove_tree(&old)
}

/// What is installed in the folder that functions see as `/var/runtime`.
pub(crate) fn found_in(runtime: &Path) -> Result<Vec<InstalledSdk>, SdkError> {
    let mut all = Vec::new();
    for sdk in Sdk::ALL {
        let folder = runtime.join(sdk.folder());
        let mut packages = match sdk {
            Sdk::JavaScript => javascript_packages(&folder)?,
            Sdk::Python | Sdk::PythonDebugger => python_packages(&folder, sdk)?,
        };
        packages.sort();
        if !packages.is_empty() {
            all.push(InstalledSdk { sdk, packages });
        }
    }
    Ok(all)
}

fn runtime_dir(data_dir: &Path) -> Result<PathBuf, SdkError> {
    let runtime = data_dir.join("compute").join("runtime");
    let at = |error| SdkError::Folder(runtime.clone(), error);
    fs::create_dir_all(&runtime).map_err(at)?;
    runtime.canonicalize().map_err(at)
}

fn lock(runtime: &Path) -> Result<Flock<File>, SdkError> {
    let path = runtime.with_extension("lock");
    let file = File::create(&path).map_err(|error| SdkError::Folder(path, error))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|_| SdkError::Busy)
}

/// Lets the package manager fill `staging`; gives the folder in it that functions are to see.
fn fetch(sdk: Sdk, packages: &[String], staging: &Path) -> Result<PathBuf, SdkError> {
    fs::create_dir(staging).map_err(|error| SdkError::Folder(staging.to_owned(), error))?;
    match sdk {
        Sdk::JavaScript => {
            let mut npm = Command::new("npm");
            npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
            npm.args(["--no-package-lock", "--omit=dev", "--prefix"]);
            run("npm", npm.arg(staging).args(packages).current_dir(staging))?;
        }
        Sdk::Python | Sdk::PythonDebugger => {
            let mut pip = Command::new("python3");
            pip.args([
                "-m",
                "pip",
                "install",
                "--only-binary=:all:",
                "--no-compile",
            ]);
            pip.args(["--disable-pip-version-check", "--target"]);
            run(
                "python3",
                pip.arg(staging.join(sdk.folder())).args(packages),
            )?;
        }
    }
    Ok(staging.join(sdk.folder()))
}

fn run(name: &'static str, command: &mut Command) -> Result<(), SdkError> {
    let status = command.status();
    let status = status.map_err(|_| SdkError::NoPackageManager(name))?;
    match status.success() {
        true => Ok(()),
        false => Err(SdkError::Failed {
            command: format!("{command:?}"),
            status,
        }),
    }
}

/// Puts `made` where `folder` is.
fn replace(made: &Path, folder: &Path) -> Result<(), SdkError> {
    let old = made.with_extension("old");
    let at = |error| SdkError::Folder(folder.to_owned(), error);
    if folder.exists() {
        fs::rename(folder, &old).map_err(at)?;
    }
    fs::rename(made, folder).map_err(at)
}

fn remove_tree(folder: &Path) -> Result<(), SdkError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SdkError::Folder(folder.to_owned(), error))
        }
        _ => Ok(()),
    }
}

/// The clients and libraries; what they share is not listed.
fn javascript_packages(folder: &Path) -> Result<Vec<(String, String)>, SdkError> {
    let mut packages = Vec::new();
    for name in names(&folder.join("@aws-sdk"))? {
        let asked = name.starts_with("client-") || name.starts_with("lib-");
        let asked = asked || CLIENTS.contains(&format!("@aws-sdk/{name}").as_str());
        let about = folder.join("@aws-sdk").join(&name).join("package.json");
        let about = fs::read(about).ok();
        let about: Option<Value> = about.and_then(|text| serde_json::from_slice(&text).ok());
        let version = about.and_then(|about| about.get("version")?.as_str().map(str::to_owned));
        if let (true, Some(version)) = (asked, version) {
            packages.push((format!("@aws-sdk/{name}"), version));
        }
    }
    Ok(packages)
}

/// `boto3-1.44.5.dist-info`
fn python_packages(folder: &Path, sdk: Sdk) -> Result<Vec<(String, String)>, SdkError> {
    let names = names(folder)?.into_iter();
    let of_sdk = names.filter_map(|name| {
        let (name, version) = name.strip_suffix(".dist-info")?.rsplit_once('-')?;
        let is_of_sdk = name.starts_with(sdk.prefix());
        is_of_sdk.then(|| (name.to_owned(), version.to_owned()))
    });
    Ok(of_sdk.collect())
}

/// The names in a folder; none in one that is not there.
fn names(folder: &Path) -> Result<Vec<String>, SdkError> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(SdkError::Folder(folder.to_owned(), error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_installed_is_listed_with_its_version_and_gone_when_removed() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(installed_sdks(home.path()).unwrap(), []);
        let runtime = runtime_dir(home.path()).unwrap();
        let client = runtime.join("node_modules/@aws-sdk/client-sts");
        fs::create_dir_all(&client).unwrap();
        fs::write(client.join("package.json"), r#"{"version":"3.1.0"}"#).unwrap();
        fs::create_dir_all(runtime.join("node_modules/@aws-sdk/types")).unwrap();
        fs::create_dir_all(runtime.join("python/boto3-1.44.5.dist-info")).unwrap();
        fs::create_dir_all(runtime.join("python/six-1.0.dist-info")).unwrap();
        fs::create_dir_all(runtime.join("python-debugger/debugpy-1.8.22.dist-info")).unwrap();
        let listed = installed_sdks(home.path()).unwrap();
        let packages: Vec<_> = listed
            .iter()
            .map(|it| (it.sdk, it.packages.clone()))
            .collect();
        let one = |name: &str, version: &str| vec![(name.to_owned(), version.to_owned())];
        assert_eq!(
            packages,
            [
                (Sdk::JavaScript, one("@aws-sdk/client-sts", "3.1.0")),
                (Sdk::Python, one("boto3", "1.44.5")),
                (Sdk::PythonDebugger, one("debugpy", "1.8.22")),
            ]
        );
        remove_sdk(home.path(), Sdk::JavaScript).unwrap();
        assert_eq!(installed_sdks(home.path()).unwrap().len(), 2);
        assert!(matches!(
            remove_sdk(home.path(), Sdk::JavaScript),
            Err(SdkError::Absent("javascript-sdk"))
        ));
    }

    #[test]
    fn only_packages_of_the_sdk_are_taken() {
        let home = tempfile::tempdir().unwrap();
        for (sdk, package) in [
            (Sdk::JavaScript, "left-pad"),
            (Sdk::JavaScript, "--registry=http://x"),
            (Sdk::JavaScript, "@aws-sdk/client-s3 left-pad"),
            (Sdk::Python, "requests"),
            (Sdk::PythonDebugger, "boto3"),
            (Sdk::Python, "boto3 --index-url=http://x"),
        ] {
            let refused = install_sdk(home.path(), sdk, &[package.to_owned()]);
            assert!(matches!(refused, Err(SdkError::NotOfSdk(..))), "{package}");
        }
        assert!(Sdk::JavaScript.check("@aws-sdk/client-s3@3.700.0").is_ok());
        assert!(Sdk::Python.check("boto3==1.34.0").is_ok());
    }

    #[test]
    fn two_at_once_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let held = lock(&runtime_dir(home.path()).unwrap()).unwrap();
        let refused = install_sdk(home.path(), Sdk::Python, &[]);
        assert!(matches!(refused, Err(SdkError::Busy)));
        drop(held);
    }

    #[test]
    fn new_packages_take_the_place_of_the_old() {
        let home = tempfile::tempdir().unwrap();
        let (made, folder) = (home.path().join("new"), home.path().join("folder"));
        for text in ["1", "2"] {
            fs::create_dir_all(&made).unwrap();
            fs::write(made.join("file"), text).unwrap();
            replace(&made, &folder).unwrap();
            assert_eq!(fs::read_to_string(folder.join("file")).unwrap(), text);
            let _ = fs::remove_dir_all(made.with_extension("old"));
        }
    }
}
