//! A crate imports only crates on a lower floor, and no name of ours is also a registry's.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

pub(crate) fn check(root: &Path) -> Result<Vec<String>, String> {
    let floors = read_floors(root)?;
    let packages = read_packages(root)?;
    let mut broken = Vec::new();
    for (name, imports) in &packages {
        if name == "xtask" {
            continue;
        }
        let Some(floor) = floors.get(name) else {
            broken.push(format!("crate {name} has no floor: add it to floors.tsv"));
            continue;
        };
        for import in imports
            .iter()
            .filter(|import| packages.contains_key(*import))
        {
            let below = floors.get(import).is_some_and(|other| other < floor);
            if !below {
                broken.push(format!(
                    "{name} (floor {floor}) imports {import}: not on a lower floor"
                ));
            }
        }
    }
    for name in floors.keys().filter(|name| !packages.contains_key(*name)) {
        broken.push(format!("floors.tsv names {name}, which is no crate"));
    }
    broken.extend(clashing_names(root, &packages)?);
    Ok(broken)
}

fn read_floors(root: &Path) -> Result<BTreeMap<String, u32>, String> {
    let text = std::fs::read_to_string(root.join("floors.tsv")).map_err(|e| e.to_string())?;
    text.lines()
        .map(|line| {
            let bad = || format!("floors.tsv: `{line}` is not floor<tab>crate");
            let (floor, name) = line.split_once('\t').ok_or_else(bad)?;
            Ok((name.to_owned(), floor.parse().map_err(|_| bad())?))
        })
        .collect()
}

/// Our crates and what each imports outside of tests.
fn read_packages(root: &Path) -> Result<BTreeMap<String, Vec<String>>, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|e| {
        format!(
            "cargo metadata: {e}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })?;
    let packages = metadata["packages"]
        .as_array()
        .ok_or("cargo metadata lists no packages")?;
    Ok(packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            let normal = dependencies.filter(|one| one["kind"].is_null());
            let names = normal
                .filter_map(|one| one["name"].as_str().map(str::to_owned))
                .collect();
            (
                package["name"].as_str().unwrap_or_default().to_owned(),
                names,
            )
        })
        .collect())
}

fn clashing_names(
    root: &Path,
    ours: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<String>, String> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).map_err(|e| e.to_string())?;
    let clashes = lock.split("[[package]]").filter_map(|package| {
        let name = package.split("name = \"").nth(1)?.split('"').next()?;
        let clashes = ours.contains_key(name) && package.contains("source = \"registry");
        clashes.then(|| format!("crate {name} has the name of a registry's crate in Cargo.lock"))
    });
    Ok(clashes.collect())
}
