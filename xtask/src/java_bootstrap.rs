//! The Java runtime's classes, compiled ahead and checked in: who builds or runs Crossway needs no
//! Java compiler (docs/adr/0008-java-bootstrap.md).

use crate::workspace::{output, root, run as run_command, say};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

const SOURCES: &str = "crates/compute/src/bootstrap/java";
const JAR: &str = "crates/compute/src/bootstrap/bootstrap.jar";
const MANIFEST: &str = "META-INF/MANIFEST.MF";

/// The oldest Java whose functions are run: `java11`.
const RELEASE: &str = "11";

type Files = BTreeMap<String, Vec<u8>>;

/// Compiles the sources into the jar; with `check` fails when the jar is not what they say.
///
/// Without a compiler of the version that made the jar, only the sources' hash is compared, and
/// that is said.
///
/// # Errors
/// The jar is stale, or cannot be made.
pub fn run(check: bool) -> Result<(), String> {
    let sources = read_sources()?;
    let hash = hash(&sources);
    let compiler = compiler();
    if !check {
        let compiler = compiler.ok_or("`javac` was not found: install a JDK, 17 or newer")?;
        let mut files = compile()?;
        files.insert(MANIFEST.to_owned(), manifest(&hash, &compiler).into());
        return write_jar(&files);
    }
    let mut jar = read_jar()?;
    let found = jar.remove(MANIFEST).unwrap_or_default();
    let found = String::from_utf8_lossy(&found).into_owned();
    let stale = format!("{JAR} is stale: run `cargo xtask java-bootstrap`");
    if !found.contains(&hash_line(&hash)) {
        return Err(stale);
    }
    match compiler {
        Some(compiler) if found == manifest(&hash, &compiler) => match compile()? == jar {
            true => Ok(()),
            false => Err(stale),
        },
        _ => {
            say("another `javac` or none: the classes were not compiled again for comparison");
            Ok(())
        }
    }
}

/// `17.0.15`.
fn compiler() -> Option<String> {
    let version = output(Command::new("javac").arg("-version")).ok()?;
    version.trim().strip_prefix("javac ").map(str::to_owned)
}

fn manifest(hash: &str, compiler: &str) -> String {
    let hash = hash_line(hash);
    format!("Manifest-Version: 1.0\r\nCreated-By: javac {compiler}\r\n{hash}\r\n\r\n")
}

fn hash_line(hash: &str) -> String {
    format!("Sources: {hash}")
}

fn hash(sources: &Files) -> String {
    let mut hash = Sha256::new();
    for (name, text) in sources {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    // A line of a manifest holds 72 bytes.
    let digest = hash.finalize();
    digest
        .iter()
        .take(24)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn read_sources() -> Result<Files, String> {
    files_in(&root().join(SOURCES), "java")
}

/// The files below `folder` that end so, by their path in it.
fn files_in(folder: &Path, extension: &str) -> Result<Files, String> {
    let problem = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let mut found = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(&current).map_err(|error| problem(&current, error))? {
            let path = entry.map_err(|error| problem(&current, error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let name = path.strip_prefix(folder).unwrap_or(&path);
                let bytes = std::fs::read(&path).map_err(|error| problem(&path, error))?;
                found.insert(name.to_string_lossy().into_owned(), bytes);
            }
        }
    }
    Ok(found)
}

fn compile() -> Result<Files, String> {
    let classes = root().join("target").join("java-bootstrap");
    let _ = std::fs::remove_dir_all(&classes);
    let folder = root().join(SOURCES);
    let sources: Vec<PathBuf> = read_sources()?
        .keys()
        .map(|name| folder.join(name))
        .collect();
    let mut javac = Command::new("javac");
    // The first use of Java's newer way to join texts costs a cold start tens of milliseconds.
    javac.args(["--release", RELEASE, "-XDstringConcat=inline"]);
    javac.args(["-g:source,lines", "-Xlint:all", "-Werror", "-d"]);
    run_command(javac.arg(&classes).args(sources))?;
    files_in(&classes, "class")
}

fn write_jar(files: &Files) -> Result<(), String> {
    let path = root().join(JAR);
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::create(&path).map_err(|error| problem(&error))?;
    let mut zip = ZipWriter::new(file);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    // The manifest comes first, as the format wants it; its name sorts before the packages'.
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)
            .map_err(|error| problem(&error))?;
        zip.write_all(bytes).map_err(|error| problem(&error))?;
    }
    zip.finish().map_err(|error| problem(&error))?;
    say(&format!("wrote {JAR}"));
    Ok(())
}

fn read_jar() -> Result<Files, String> {
    let path = root().join(JAR);
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(&path).map_err(|error| problem(&error))?;
    let mut zip = ZipArchive::new(file).map_err(|error| problem(&error))?;
    let mut files = Files::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(|error| problem(&error))?;
        let name = entry.name().map_err(|error| problem(&error))?.into_owned();
        let mut bytes = Vec::new();
        entry
            .read_to_end(&mut bytes)
            .map_err(|error| problem(&error))?;
        files.insert(name, bytes);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn jar_was_made_of_the_sources_that_are_here() {
        let manifest = read_jar().unwrap().remove(MANIFEST).unwrap();
        let hash = hash(&read_sources().unwrap());
        let manifest = String::from_utf8(manifest).unwrap();
        assert!(
            manifest.contains(&hash_line(&hash)),
            "run `cargo xtask java-bootstrap`"
        );
    }

    #[test]
    fn every_change_of_a_source_is_another_hash() {
        let mut sources = read_sources().unwrap();
        let before = hash(&sources);
        sources.values_mut().next().unwrap().push(b' ');
        assert_ne!(hash(&sources), before);
    }
}
