//! The files of a spare worker's function, which come when the worker has been up for long.
//!
//! A worker's root shows nothing of the host but what its plan named. So the init of a spare worker
//! keeps, as a descriptor that nobody else has, a second set of mounts in which the host's files
//! are as Crossway sees them, and all its rights inside the namespace. When the function is known,
//! it takes the bundle's folder from there, and gives up both before anything of the function runs.

use super::{Doing, Refused, capabilities, files};
use crate::sandbox::{Assignment, Shown};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, setns, unshare};
use std::ffi::CString;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The host's mounts and the worker's own.
pub(super) struct Mounts {
    host: File,
    own: File,
}

impl Mounts {
    /// Keeps this process's mounts, and moves it to a copy of them, which is to become the worker's.
    pub(super) fn keep() -> Result<Self, Refused> {
        let current = || File::open("/proc/self/ns/mnt").doing("keeping the host's mounts");
        let host = current()?;
        unshare(CloneFlags::CLONE_NEWNS).doing("making a second mount namespace")?;
        let own = current()?;
        Ok(Self { host, own })
    }

    /// Shows the function's files in the worker and gives its temporary folder its size; after
    /// that, this process can do neither again.
    pub(super) fn assign(self, assignment: &Assignment) -> Result<Self, Refused> {
        let enter = |which: &File| setns(which, CloneFlags::CLONE_NEWNS).doing("changing mounts");
        enter(&self.host)?;
        let trees = assignment.shown.iter().map(|shown| take(&shown.source));
        let trees: Result<Vec<OwnedFd>, Refused> = trees.collect();
        enter(&self.own)?;
        for (tree, shown) in trees?.iter().zip(&assignment.shown) {
            place(tree, shown)?;
        }
        mount(
            None::<&str>,
            "/tmp",
            None::<&str>,
            MsFlags::MS_REMOUNT | MsFlags::MS_NOSUID | MsFlags::MS_NODEV,
            Some(files::temporary_size(assignment.temporary_bytes).as_str()),
        )
        .doing("resizing the temporary folder")?;
        capabilities::keep_kill()?;
        Ok(self)
    }
}

/// A copy of the mount of a folder, with all that is mounted in it.
fn take(source: &Path) -> Result<OwnedFd, Refused> {
    const OPEN_TREE_CLONE: libc::c_int = 1;
    let path = name(source)?;
    let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC | libc::AT_RECURSIVE;
    // SAFETY: the path ends with a NUL and lives until the call returns.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) };
    let fd = Errno::result(fd).doing(format!("taking {}", source.display()))?;
    let fd = libc::c_int::try_from(fd).doing("descriptor")?;
    // SAFETY: the kernel has just made this descriptor for us, and told nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn place(tree: &OwnedFd, shown: &Shown) -> Result<(), Refused> {
    const MOVE_MOUNT_F_EMPTY_PATH: libc::c_uint = 4;
    let target = name(&shown.target)?;
    // SAFETY: both paths end with a NUL and live until the call returns.
    let result = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            MOVE_MOUNT_F_EMPTY_PATH,
        )
    };
    Errno::result(result).doing(format!("showing {}", shown.target.display()))?;
    files::protect(&shown.target, true)
}

fn name(path: &Path) -> Result<CString, Refused> {
    CString::new(path.as_os_str().as_bytes()).doing("path")
}
