//! Version 1: a tree for each controller. Root may make groups next to its own.

use super::mounts::Mounts;
use super::{CONTROLLERS, Cgroups, Version, make_folder};

/// The trees that let us make a folder, with reasons for the others; only reasons when there are
/// none.
pub(super) fn open(mounts: &Mounts, name: &str) -> Result<(Cgroups, Vec<String>), Vec<String>> {
    let mut folders = Vec::new();
    let mut refused = Vec::new();
    for controller in CONTROLLERS {
        let mount = mounts.v1.iter().find(|(known, _)| known == controller);
        let Some((_, own)) = mount else {
            refused.push(format!("cgroup v1: {controller} is not mounted"));
            continue;
        };
        let folder = own.join(name);
        match make_folder(&folder) {
            Ok(()) => folders.push((folder, vec![controller])),
            Err(error) => refused.push(format!("cgroup v1: {error}")),
        }
    }
    if folders.is_empty() {
        return Err(refused);
    }
    let version = Version::V1;
    Ok((Cgroups { version, folders }, refused))
}
