//! `cargo xtask codegen [--check]`: writes `crates/api/src/<service>.rs` from botocore's models.
//!
//! The models come from PyPI, at the version and hash in `models/lock.toml`, into a throw-away
//! directory. Only names, types and constraints are taken; none of AWS's prose is.

mod model;
mod name;
mod render;

use crate::tools;
use flate2::read::GzDecoder;
use model::Model;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Writes the generated files; with `check`, fails instead when one differs.
///
/// # Errors
/// Says what went wrong: no network, a wrong hash, a model trait that codegen does not know, or
/// the files that are not fresh.
pub fn run(check: bool) -> Result<(), String> {
    let root = workspace_root()?;
    let lock = Lock::read(&root.join("models/lock.toml"))?;
    let wheel = download(&lock.botocore)?;
    let patches = Patch::read_all(&root.join("models/patches"))?;
    let mut stale = Vec::new();
    for (service, version) in &lock.services {
        let mut raw = model_of(&wheel, service, version)?;
        for patch in patches.iter().filter(|patch| patch.service == *service) {
            patch.apply(&mut raw)?;
        }
        let model = Model::parse(service, version, raw)?;
        let text = format_rust(&render::file(&model, &lock.botocore.version)?)?;
        let path = root.join(format!("crates/api/src/{service}.rs"));
        if fs::read_to_string(&path).ok().as_deref() == Some(text.as_str()) {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
        } else {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "not fresh, run `cargo xtask codegen`: {}",
        stale.join(", ")
    ))
}

fn workspace_root() -> Result<PathBuf, String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parent = here.parent().ok_or("xtask stands in no workspace")?;
    Ok(parent.to_path_buf())
}

#[derive(Deserialize)]
struct Lock {
    botocore: Botocore,
    services: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Botocore {
    version: String,
    wheel: String,
    sha256: String,
}

impl Lock {
    fn read(path: &Path) -> Result<Self, String> {
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// The wheel's bytes, hash checked.
fn download(botocore: &Botocore) -> Result<Vec<u8>, String> {
    let directory = std::env::temp_dir().join(format!("codegen-{}", std::process::id()));
    let result = download_into(&directory, botocore);
    // The directory is a throw-away one; what is left of it harms nobody.
    let _ = fs::remove_dir_all(&directory);
    result
}

fn download_into(directory: &Path, botocore: &Botocore) -> Result<Vec<u8>, String> {
    let wanted = format!("botocore=={}", botocore.version);
    let status = Command::new(tools::python_environment()?.join("pip"))
        .args(["download", "--quiet", "--no-deps", "--dest"])
        .arg(directory)
        .arg(&wanted)
        .status()
        .map_err(|error| format!("cannot run pip: {error}"))?;
    if !status.success() {
        return Err(format!("pip could not download {wanted}"));
    }
    let path = directory.join(&botocore.wheel);
    let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let digest = Sha256::digest(&bytes);
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if hash != botocore.sha256 {
        return Err(format!(
            "{} has hash {hash}, not the locked one",
            botocore.wheel
        ));
    }
    Ok(bytes)
}

/// The service's model out of the wheel.
fn model_of(wheel: &[u8], service: &str, version: &str) -> Result<Value, String> {
    let say = |error: &dyn std::fmt::Display| format!("model of {service}: {error}");
    let mut archive = zip::ZipArchive::new(Cursor::new(wheel)).map_err(|error| say(&error))?;
    let name = format!("botocore/data/{service}/{version}/service-2.json.gz");
    let file = archive.by_name(&name).map_err(|error| say(&error))?;
    let mut text = String::new();
    GzDecoder::new(file)
        .read_to_string(&mut text)
        .map_err(|error| say(&error))?;
    serde_json::from_str(&text).map_err(|error| say(&error))
}

/// A named correction of a model.
#[derive(Deserialize)]
struct Patch {
    service: String,
    reason: String,
    set: BTreeMap<String, Value>,
}

impl Patch {
    fn read_all(directory: &Path) -> Result<Vec<Self>, String> {
        let say = |error: &dyn std::fmt::Display| format!("models/patches: {error}");
        let mut paths = Vec::new();
        for entry in fs::read_dir(directory).map_err(|error| say(&error))? {
            let path = entry.map_err(|error| say(&error))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                paths.push(path);
            }
        }
        paths.sort();
        let read = |path: &PathBuf| {
            let text = fs::read_to_string(path).map_err(|error| say(&error))?;
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
        };
        paths.iter().map(read).collect()
    }

    fn apply(&self, model: &mut Value) -> Result<(), String> {
        if self.reason.is_empty() {
            return Err(format!("a patch of {} gives no reason", self.service));
        }
        for (pointer, value) in &self.set {
            let missing = || format!("patch of {}: no `{pointer}` in the model", self.service);
            let (parent, key) = pointer.rsplit_once('/').ok_or_else(missing)?;
            let parent = model.pointer_mut(parent).and_then(Value::as_object_mut);
            parent
                .ok_or_else(missing)?
                .insert(key.to_owned(), value.clone());
        }
        Ok(())
    }
}

/// The text as `cargo fmt` leaves it.
fn format_rust(text: &str) -> Result<String, String> {
    let say = |error: &dyn std::fmt::Display| format!("rustfmt: {error}");
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| say(&error))?;
    let mut stdin = child.stdin.take().ok_or("rustfmt: no standard input")?;
    let input = text.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(|error| say(&error))?;
    writer
        .join()
        .map_err(|_| "rustfmt: writer died".to_owned())?
        .map_err(|error| say(&error))?;
    if !output.status.success() {
        return Err("rustfmt refused the generated file".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| say(&error))
}
