//! What only some rooms may do.

use super::{Source, Sources};
use std::path::Path;

/// Words that a pure crate (floors 0 to 2, `store` aside) may not hold.
const IMPURE: [&str; 6] = [
    "use tokio",
    "tokio::",
    "use hyper",
    "std::fs",
    "std::net::Tcp",
    "std::process",
];

pub(crate) fn check(sources: &Sources, root: &Path) -> Result<Vec<String>, String> {
    let pure = pure_crates(root)?;
    let mut broken = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test) {
        let room = source.path.split('/').nth(1).unwrap_or_default();
        if source.path.starts_with("crates/") && pure.iter().any(|name| name == room) {
            let found = IMPURE.iter().filter(|word| source.text.contains(*word));
            broken.extend(found.map(|word| format!("{}: `{word}` in a pure crate", source.path)));
        }
        broken.extend(unsafe_outside_sandbox(source));
        broken.extend(serde_outside_records(source));
        broken.extend(unfinished(source));
    }
    Ok(broken)
}

fn pure_crates(root: &Path) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(root.join("floors.tsv")).map_err(|e| e.to_string())?;
    let low = text.lines().filter_map(|line| line.split_once('\t'));
    let low = low.filter(|(floor, name)| matches!(*floor, "0" | "1" | "2") && *name != "store");
    Ok(low.map(|(_, name)| name.to_owned()).collect())
}

fn code_lines(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.text.lines().enumerate();
    lines
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn unsafe_outside_sandbox(source: &Source) -> Option<String> {
    if source.path.starts_with("crates/compute/src/sandbox") || source.path.starts_with("xtask") {
        return None;
    }
    let (n, _) = code_lines(source).find(|(_, line)| {
        line.contains("unsafe {") || line.contains("unsafe fn") || line.contains("unsafe impl")
    })?;
    Some(format!(
        "{}:{n}: unsafe outside compute/src/sandbox",
        source.path
    ))
}

/// Stored records and configuration are serde's; nothing on the wire is.
fn serde_outside_records(source: &Source) -> Option<String> {
    let file = source.path.rsplit('/').next().unwrap_or_default();
    let stored = file.starts_with("record") || source.path.contains("/record/");
    let allowed = stored
        || file.starts_with("config")
        || source.path.starts_with("crates/restapi/")
        || source.path.starts_with("xtask");
    if allowed {
        return None;
    }
    let (n, _) = code_lines(source).find(|(_, line)| {
        line.contains("#[derive") && (line.contains("Serialize") || line.contains("Deserialize"))
    })?;
    Some(format!(
        "{}:{n}: serde derive outside record.rs and config.rs",
        source.path
    ))
}

fn unfinished(source: &Source) -> Vec<String> {
    if source.path.starts_with("xtask") {
        return Vec::new();
    }
    let found = code_lines(source).filter(|(_, line)| {
        ["todo!(", "unimplemented!(", "#[ignore"]
            .iter()
            .any(|word| line.contains(word))
    });
    found
        .map(|(n, line)| format!("{}:{n}: unfinished: {}", source.path, line.trim()))
        .collect()
}
