//! Where the kernel's control groups are mounted, and where in them this process is.

use std::io;
use std::path::{Path, PathBuf};

/// The folders of this process's own groups.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Mounts {
    pub(super) v2: Option<PathBuf>,
    /// By controller.
    pub(super) v1: Vec<(String, PathBuf)>,
}

impl Mounts {
    /// # Errors
    /// `/proc` cannot be read.
    pub(super) fn of_this_process() -> io::Result<Self> {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo")?;
        let groups = std::fs::read_to_string("/proc/self/cgroup")?;
        Ok(Self::parse(&mounts, &groups))
    }

    fn parse(mounts: &str, groups: &str) -> Self {
        let mut found = Self::default();
        for mount in mounts.lines().filter_map(Mount::parse) {
            if mount.kind == "cgroup2" {
                found.v2 = found.v2.or_else(|| mount.own(groups, ""));
                continue;
            }
            for controller in super::CONTROLLERS {
                let is_it = mount.options.split(',').any(|option| option == controller);
                let is_known = found.v1.iter().any(|(name, _)| name == controller);
                if is_it && !is_known {
                    let own = mount.own(groups, controller);
                    found.v1.extend(own.map(|own| (controller.to_owned(), own)));
                }
            }
        }
        found
    }
}

struct Mount<'a> {
    /// The part of the hierarchy that is mounted, as a container may see only its own.
    root: &'a str,
    point: &'a str,
    kind: &'a str,
    options: &'a str,
}

impl<'a> Mount<'a> {
    /// `31 23 0:28 ROOT POINT FLAGS OPTIONAL… - KIND SOURCE OPTIONS`.
    fn parse(line: &'a str) -> Option<Self> {
        let (mount, system) = line.split_once(" - ")?;
        let mut mount = mount.split(' ').skip(3);
        let mut system = system.split(' ');
        let (root, point, kind) = (mount.next()?, mount.next()?, system.next()?);
        let options = system.nth(1).unwrap_or_default();
        kind.starts_with("cgroup").then_some(Self {
            root,
            point,
            kind,
            options,
        })
    }

    /// The folder of the group that `groups` names for `controller`.
    fn own(&self, groups: &str, controller: &str) -> Option<PathBuf> {
        let path = groups.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (names, path) = (fields.next()?, fields.next()?);
            names
                .split(',')
                .any(|name| name == controller)
                .then_some(path)
        })?;
        let path = Path::new(path);
        let inside = path.strip_prefix(self.root).or(path.strip_prefix("/"));
        Some(Path::new(self.point).join(inside.ok()?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HYBRID: &str = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n\
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
        33 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
        34 31 0:31 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

    #[test]
    fn hybrid_layout_is_read() {
        let groups = "9:name=systemd:/\n4:memory:/a/b\n1:cpu,cpuacct:/\n0::/c\n";
        let mounts = Mounts::parse(HYBRID, groups);
        assert_eq!(mounts.v2.unwrap(), Path::new("/sys/fs/cgroup/unified/c"));
        let expect = [
            ("cpu", "/sys/fs/cgroup/cpu,cpuacct/"),
            ("memory", "/sys/fs/cgroup/memory/a/b"),
        ];
        let expect = expect.map(|(name, path)| (name.to_owned(), PathBuf::from(path)));
        assert_eq!(mounts.v1, expect);
    }

    #[test]
    fn only_the_mounted_part_of_a_hierarchy_counts() {
        let mounts = "40 30 0:26 /docker/x /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n";
        let found = Mounts::parse(mounts, "0::/docker/x/inner\n");
        assert_eq!(found.v2.unwrap(), Path::new("/sys/fs/cgroup/inner"));
        let own_namespace = Mounts::parse(mounts, "0::/\n");
        assert_eq!(own_namespace.v2.unwrap(), Path::new("/sys/fs/cgroup/"));
    }

    #[test]
    fn nothing_mounted_is_nothing_found() {
        assert_eq!(Mounts::parse("", "0::/\n"), Mounts::default());
        assert_eq!(Mounts::parse("garbage\n - \n", ""), Mounts::default());
    }
}
