//! The rules of the house that the compiler does not check (ARCHITECTURE.md, "What must never be").

mod floors;
mod purity;
mod shape;
mod tables;

use crate::workspace;
use std::path::Path;

/// Runs every check.
///
/// # Errors
/// One line a broken rule.
pub fn run() -> Result<(), String> {
    let root = workspace::root();
    let sources = Sources::read(&root)?;
    let broken: Vec<String> = [
        floors::check(&root)?,
        shape::check(&sources),
        purity::check(&sources, &root)?,
        tables::check(&sources),
    ]
    .concat();
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("\n"))
    }
}

/// The hand-written Rust files of the workspace.
pub(crate) struct Sources(Vec<Source>);

/// One file: its path from the root, and its text without the test module at its end.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) is_test: bool,
}

impl Sources {
    fn read(root: &Path) -> Result<Self, String> {
        let mut files = Vec::new();
        for folder in ["crates", "xtask", "benches", "fuzz"] {
            collect(root, &root.join(folder), &mut files)?;
        }
        Ok(Self(files))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<Source>) -> Result<(), String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry
            .map_err(|e| format!("{}: {e}", folder.display()))?
            .path();
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| name != "target" && name != "data")
            {
                collect(root, &path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let is_generated = text
                .lines()
                .take(3)
                .any(|line| line.to_lowercase().contains("do not edit"));
            if !is_generated {
                files.push(source(root, &path, &text));
            }
        }
    }
    Ok(())
}

fn source(root: &Path, path: &Path, text: &str) -> Source {
    let path = path
        .strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string();
    let is_test = path.contains("/tests/") || path.ends_with("tests.rs") || path.contains("_tests");
    let text = text
        .split("#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default()
        .to_owned();
    Source {
        path,
        text,
        is_test,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        if let Err(broken) = super::run() {
            panic!("the house is not tidy:\n{broken}");
        }
    }
}
