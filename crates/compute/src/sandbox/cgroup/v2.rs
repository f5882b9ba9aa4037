//! Version 2: one tree. A part of it can be given to an ordinary user (systemd's `Delegate=`).
//!
//! A group that hands controllers on may hold no process itself, so Crossway moves into a group of
//! its own beside its workers'. The root of the tree is exempt.

use super::mounts::Mounts;
use super::{CONTROLLERS, Cgroups, Version, at, make_folder, write};
use std::path::{Path, PathBuf};

/// Crossway's own group.
const SELF: &str = "crossway-main";

/// The folder in which groups can be made, with reasons for controllers that are not in force
/// there; only reasons when none is.
pub(super) fn open(mounts: &Mounts, name: &str) -> Result<(Cgroups, Vec<String>), Vec<String>> {
    let refuse = |text: String| vec![format!("cgroup v2: {text}")];
    let own = mounts.v2.as_deref();
    let own = own.ok_or_else(|| refuse("not mounted".to_owned()))?;
    // A second Crossway started by the first, or this one again.
    let tree = match own.file_name().is_some_and(|last| last == SELF) {
        true => own.parent().unwrap_or(own),
        false => own,
    };
    let given = list(&tree.join("cgroup.controllers")).map_err(refuse)?;
    let (usable, missing): (Vec<_>, Vec<_>) = CONTROLLERS
        .into_iter()
        .partition(|controller| given.iter().any(|given| given == controller));
    if usable.is_empty() {
        return Err(refuse(format!(
            "no controller is delegated to {}",
            tree.display()
        )));
    }
    let folder = hand_on(tree, own, name, &usable).map_err(|error| refuse(error.to_string()))?;
    let missing = missing
        .iter()
        .map(|controller| format!("cgroup v2: {controller} is not delegated"));
    let cgroups = Cgroups {
        version: Version::V2,
        folders: vec![(folder, usable)],
    };
    Ok((cgroups, missing.collect()))
}

/// Makes `controllers` available to groups in the folder that it gives.
fn hand_on(tree: &Path, own: &Path, name: &str, controllers: &[&str]) -> std::io::Result<PathBuf> {
    let folder = tree.join(name);
    make_folder(&folder)?;
    // Only the root of the whole tree has no type.
    if own == tree && tree.join("cgroup.type").exists() {
        let home = tree.join(SELF);
        make_folder(&home)?;
        write(&home.join("cgroup.procs"), &std::process::id().to_string())?;
    }
    let words: Vec<String> = controllers.iter().map(|name| format!("+{name}")).collect();
    for group in [tree, folder.as_path()] {
        write(&group.join("cgroup.subtree_control"), &words.join(" "))?;
    }
    Ok(folder)
}

fn list(path: &Path) -> Result<Vec<String>, String> {
    let text = at(path, std::fs::read_to_string(path)).map_err(|error| error.to_string())?;
    Ok(text.split_whitespace().map(str::to_owned).collect())
}
