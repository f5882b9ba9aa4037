//! Each table of the store has one owner, and its name says who.

use super::Sources;
use std::collections::BTreeMap;

pub(crate) fn check(sources: &Sources) -> Vec<String> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let mut broken = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test) {
        let room = source.path.split('/').nth(1).unwrap_or_default();
        if !source.path.starts_with("crates/") || room == "store" {
            continue;
        }
        for rest in source.text.split("Table::new(").skip(1) {
            let Some(name) = rest
                .trim_start()
                .strip_prefix('"')
                .and_then(|r| r.split('"').next())
            else {
                continue;
            };
            if name.split('.').next() != Some(room) {
                broken.push(format!(
                    "{}: table {name} is not named {room}.…",
                    source.path
                ));
            }
            if let Some(other) = owners.insert(name, &source.path) {
                broken.push(format!(
                    "{}: table {name} is opened in {other} too",
                    source.path
                ));
            }
        }
    }
    broken
}
