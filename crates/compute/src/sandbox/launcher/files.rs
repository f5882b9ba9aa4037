//! The function's root: AWS's layout, read-only but for `/tmp`.

use super::{Doing, Refused};
use crate::sandbox::{Plan, Purpose};
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, pivot_root};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

const DEVICE_LINKS: [(&str, &str); 4] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
];

/// Where the bundle of a spare worker's function will be.
const TASK: &str = "/var/task";

/// What `/proc` tells of the host's kernel and of other users' keys.
const MASKED: [&str; 9] = [
    "config.gz",
    "kallsyms",
    "kcore",
    "key-users",
    "keys",
    "modules",
    "sched_debug",
    "sysrq-trigger",
    "timer_list",
];

/// Builds the root on the worker's folder and moves into it. Runs as process 1 of the worker's own
/// pid namespace, which its `/proc` shows.
pub(super) fn enter(plan: &Plan) -> Result<(), Refused> {
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    // Nothing that is mounted from here on shows outside.
    attach(
        None,
        Path::new("/"),
        None,
        MsFlags::MS_REC | MsFlags::MS_PRIVATE,
        "",
    )?;
    let root = plan.scratch.as_path();
    attach(
        Some("tmpfs"),
        root,
        Some("tmpfs"),
        quiet,
        "mode=755,size=1m,nr_inodes=4k",
    )?;
    for shown in &plan.shown {
        show(&shown.source, &inside(root, &shown.target))?;
    }
    for link in &plan.links {
        symlink(&link.text, inside(root, &link.path)).doing(link.path.display())?;
    }
    for folder in ["opt", "tmp", "proc", "dev"] {
        std::fs::create_dir_all(root.join(folder)).doing(folder)?;
    }
    if plan.purpose == Purpose::Spare {
        std::fs::create_dir_all(inside(root, Path::new(TASK))).doing(TASK)?;
    }
    let size = format!("mode=1777,{}", temporary_size(plan.temporary_bytes));
    attach(
        Some("tmpfs"),
        &root.join("tmp"),
        Some("tmpfs"),
        quiet,
        &size,
    )?;
    devices(root)?;
    processes(root, quiet)?;
    pivot(root)
}

/// How many bytes and files the temporary folder holds.
pub(super) fn temporary_size(bytes: u64) -> String {
    let files = bytes / crate::limits::TEMPORARY_BYTES_PER_FILE;
    format!("size={bytes},nr_inodes={files}")
}

fn pivot(root: &Path) -> Result<(), Refused> {
    chdir(root).doing("entering the new root")?;
    // The old root goes on top of the new one, and away.
    pivot_root(".", ".").doing("pivot_root")?;
    umount2(".", MntFlags::MNT_DETACH).doing("leaving the old root")?;
    chdir("/").doing("entering the new root")?;
    protect(Path::new("/"), false)?;
    nix::unistd::sethostname("crossway").doing("sethostname")
}

/// Shows a file or folder of the host, with all that is mounted in it, read-only.
fn show(source: &Path, target: &Path) -> Result<(), Refused> {
    if !source.exists() {
        return Ok(());
    }
    make_place(source.is_dir(), target)?;
    bind(source, target)?;
    protect(target, true)
}

fn make_place(is_folder: bool, target: &Path) -> Result<(), Refused> {
    let at = target.display();
    if is_folder {
        return std::fs::create_dir_all(target).doing(at);
    }
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).doing(&at)?;
    }
    std::fs::File::create(target).doing(at).map(drop)
}

fn bind(source: &Path, target: &Path) -> Result<(), Refused> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(source), target, None::<&str>, flags, None::<&str>)
        .doing(format!("showing {}", source.display()))
}

fn devices(root: &Path) -> Result<(), Refused> {
    let folder = root.join("dev");
    for name in DEVICES {
        make_place(false, &folder.join(name))?;
        bind(&Path::new("/dev").join(name), &folder.join(name))?;
    }
    for (name, text) in DEVICE_LINKS {
        symlink(text, folder.join(name)).doing(name)?;
    }
    Ok(())
}

fn processes(root: &Path, quiet: MsFlags) -> Result<(), Refused> {
    let folder = root.join("proc");
    attach(
        Some("proc"),
        &folder,
        Some("proc"),
        quiet | MsFlags::MS_NOEXEC,
        "",
    )?;
    for name in MASKED {
        let path = folder.join(name);
        if path.exists() {
            bind(Path::new("/dev/null"), &path)?;
        }
    }
    Ok(())
}

fn attach(
    source: Option<&str>,
    target: &Path,
    kind: Option<&str>,
    flags: MsFlags,
    data: &str,
) -> Result<(), Refused> {
    mount(source, target, kind, flags, Some(data))
        .doing(format!("mounting {}", kind.unwrap_or("nothing")))
}

fn inside(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

/// `struct mount_attr` of `linux/mount.h`.
#[repr(C)]
struct Attributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// Makes a mount, and all in it, read-only, without touching what else is set on it: the kernel
/// refuses to take such flags away.
pub(super) fn protect(path: &Path, is_recursive: bool) -> Result<(), Refused> {
    let attributes = Attributes {
        set: libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV,
        clear: 0,
        // Nothing that the host mounts there later shows.
        propagation: libc::MS_PRIVATE,
        user_namespace: 0,
    };
    let name = CString::new(path.as_os_str().as_bytes()).doing("path")?;
    let flags = if is_recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path ends with a NUL, the struct has the layout and the size that are told, and
    // both live until the call returns.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            name.as_ptr(),
            flags,
            &raw const attributes,
            size_of::<Attributes>(),
        )
    };
    Errno::result(result)
        .doing(format!("protecting {}", path.display()))
        .map(drop)
}
