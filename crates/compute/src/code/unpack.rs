//! Unpacks zip files into one folder, one over the other, and not a byte elsewhere.
//!
//! `lambda` has checked the bundle when it was uploaded; this checks again, because this is where
//! files are written.

use crate::limits::{BUNDLE_ENTRIES_MAX, BUNDLE_UNZIPPED_BYTES_MAX};
use std::fs::{self, Permissions};
use std::io::{self, Cursor, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use zip::ZipArchive;

/// Why a bundle cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    #[error("the bundle is not a zip file that can be read")]
    Zip(#[from] zip::result::ZipError),
    #[error("the bundle cannot be written: {0}")]
    Write(#[from] io::Error),
    #[error("the bundle's entry `{0}` leads out of the folder")]
    Outside(String),
    #[error("the bundle has more than {BUNDLE_ENTRIES_MAX} entries")]
    Entries,
    #[error("the bundle unzips to more than {BUNDLE_UNZIPPED_BYTES_MAX} bytes")]
    TooLarge,
}

/// Unpacks `bundles` into the new folder `root`; gives the bytes written. What a later bundle holds
/// replaces what an earlier one has put there.
///
/// Files are made readable by all, and writable by nobody, as `/var/task` is; folders stay
/// writable, so that a user can remove the data directory. Symbolic links come last, so that no
/// file is written through one; a link that an earlier bundle has made gives way to a folder.
pub(crate) fn unpack<'a>(
    bundles: impl IntoIterator<Item = &'a [u8]>,
    root: &Path,
) -> Result<u64, UnpackError> {
    make_folder(root)?;
    let mut left = BUNDLE_UNZIPPED_BYTES_MAX;
    for bundle in bundles {
        left = unpack_one(bundle, root, left)?;
    }
    Ok(BUNDLE_UNZIPPED_BYTES_MAX - left)
}

/// Gives how many bytes are left.
fn unpack_one(bundle: &[u8], root: &Path, mut left: u64) -> Result<u64, UnpackError> {
    let mut archive = ZipArchive::new(Cursor::new(bundle))?;
    if archive.len() > BUNDLE_ENTRIES_MAX {
        return Err(UnpackError::Entries);
    }
    let mut links = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        let relative = inside(Path::new(&name)).ok_or(UnpackError::Outside(name))?;
        let path = root.join(&relative);
        if entry.is_dir() {
            make_folders(root, &relative)?;
            continue;
        }
        make_folders(root, relative.parent().unwrap_or(Path::new("")))?;
        if entry.is_symlink() {
            let mut target = String::new();
            entry.by_ref().take(4_096).read_to_string(&mut target)?;
            links.push((relative, target));
            continue;
        }
        let is_executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        // A second entry of one name replaces the first.
        clear(&path)?;
        let mut file = fs::File::create(&path)?;
        let written = io::copy(&mut entry.by_ref().take(left + 1), &mut file)?;
        left = left.checked_sub(written).ok_or(UnpackError::TooLarge)?;
        file.set_permissions(Permissions::from_mode(if is_executable {
            0o555
        } else {
            0o444
        }))?;
    }
    for (relative, target) in links {
        make_link(root, &relative, &target)?;
    }
    Ok(left)
}

/// The path without `.` parts; none when it is absolute or leads out.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut inside = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => inside.push(part),
            Component::CurDir => {}
            Component::ParentDir => inside.pop().then_some(())?,
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(inside)
}

/// Makes every folder of a path below `root`; what is there and is no folder, gives way.
fn make_folders(root: &Path, relative: &Path) -> io::Result<()> {
    let mut path = root.to_owned();
    for part in relative.components() {
        path.push(part);
        if !fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
            clear(&path)?;
            make_folder(&path)?;
        }
    }
    Ok(())
}

/// Removes whatever is at `path`, and never what a link there leads to.
fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    if !path.is_dir() {
        fs::create_dir_all(path)?;
        fs::set_permissions(path, Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn make_link(root: &Path, relative: &Path, target: &str) -> Result<(), UnpackError> {
    let outside = || UnpackError::Outside(relative.display().to_string());
    let from = relative.parent().unwrap_or(Path::new(""));
    inside(&from.join(target)).ok_or_else(outside)?;
    if Path::new(target).is_absolute() {
        return Err(outside());
    }
    let path = root.join(relative);
    make_folders(root, from)?;
    clear(&path)?;
    std::os::unix::fs::symlink(target, &path)?;
    // Through other links a harmless text may still lead out; a target that does not exist cannot.
    match path.canonicalize() {
        Ok(real) if real.starts_with(root.canonicalize()?) => Ok(()),
        Ok(_) => {
            fs::remove_file(&path)?;
            Err(outside())
        }
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn bundle(build: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        build(&mut zip);
        zip.finish().unwrap().into_inner()
    }

    fn file(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, mode: u32) {
        zip.start_file(name, SimpleFileOptions::default().unix_permissions(mode))
            .unwrap();
        zip.write_all(b"x").unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn unpack(bundle: &[u8], root: &Path) -> Result<u64, UnpackError> {
        super::unpack([bundle], root)
    }

    #[test]
    fn files_are_readable_by_all_and_writable_by_nobody() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("c");
        let zip = bundle(|zip| {
            file(zip, "a/b/index.js", 0o600);
            file(zip, "bootstrap", 0o700);
            file(zip, "./dot/x", 0o644);
        });
        assert_eq!(unpack(&zip, &root).unwrap(), 3);
        assert_eq!(mode(&root.join("a/b/index.js")), 0o444);
        assert_eq!(mode(&root.join("bootstrap")), 0o555);
        assert_eq!(mode(&root.join("a")), 0o755);
        assert!(root.join("dot/x").exists());
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../x", "a/../../x", "/etc/x"] {
            let directory = tempfile::tempdir().unwrap();
            let zip = bundle(|zip| file(zip, name, 0o644));
            let error = unpack(&zip, &directory.path().join("c")).unwrap_err();
            assert!(matches!(error, UnpackError::Outside(_)), "{name}: {error}");
            assert!(!directory.path().join("x").exists());
        }
    }

    #[test]
    fn links_inside_work_and_links_out_are_refused() {
        let link = |target: &'static str| {
            bundle(move |zip| {
                file(zip, "d/real", 0o644);
                zip.add_symlink("d/link", target, SimpleFileOptions::default())
                    .unwrap();
            })
        };
        let directory = tempfile::tempdir().unwrap();
        unpack(&link("real"), &directory.path().join("good")).unwrap();
        assert_eq!(
            fs::read(directory.path().join("good/d/link")).unwrap(),
            b"x"
        );
        unpack(&link("missing"), &directory.path().join("dangling")).unwrap();
        for target in ["/etc/passwd", "../../x", "../../../etc/passwd"] {
            let error = unpack(&link(target), &directory.path().join("bad")).unwrap_err();
            assert!(
                matches!(error, UnpackError::Outside(_)),
                "{target}: {error}"
            );
            fs::remove_dir_all(directory.path().join("bad")).unwrap();
        }
    }

    #[test]
    fn chain_of_links_that_leads_out_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let zip = bundle(|zip| {
            zip.add_symlink("here", ".", SimpleFileOptions::default())
                .unwrap();
            zip.add_symlink("out", "here/..", SimpleFileOptions::default())
                .unwrap();
        });
        let error = unpack(&zip, &directory.path().join("c")).unwrap_err();
        assert!(matches!(error, UnpackError::Outside(_)), "{error}");
    }

    #[test]
    fn no_file_is_written_through_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let zip = bundle(|zip| {
            zip.add_symlink("d", "..", SimpleFileOptions::default())
                .unwrap();
            file(zip, "d/x", 0o644);
        });
        assert!(unpack(&zip, &directory.path().join("c")).is_err());
        assert!(!directory.path().join("x").exists());
    }

    #[test]
    fn what_is_not_a_zip_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let error = unpack(b"hello", &directory.path().join("c")).unwrap_err();
        assert!(matches!(error, UnpackError::Zip(_)));
    }

    #[test]
    fn later_bundles_replace_what_earlier_ones_have() {
        let of = |entries: &[(&str, &str)]| {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (name, text) in entries {
                let options = zip::write::SimpleFileOptions::default();
                match text.strip_prefix("-> ") {
                    Some(target) => zip.add_symlink(*name, target, options).unwrap(),
                    None => {
                        zip.start_file(*name, options).unwrap();
                        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
                    }
                }
            }
            zip.finish().unwrap().into_inner()
        };
        let first = of(&[
            ("both", "1"),
            ("folder/file", "1"),
            ("file", "1"),
            ("link", "-> folder"),
        ]);
        let second = of(&[
            ("both", "2"),
            ("folder", "2"),
            ("file/inside", "2"),
            ("link/file", "2"),
        ]);
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("opt");
        let written = super::unpack([first.as_slice(), &second], &root).unwrap();
        assert_eq!(written, 3 + 4);
        let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
        for name in ["both", "folder", "file/inside", "link/file"] {
            assert_eq!(read(name), "2", "{name}");
        }
        assert!(
            !fs::symlink_metadata(root.join("link"))
                .unwrap()
                .is_symlink()
        );
    }

    #[test]
    fn bundles_have_one_limit_together() {
        let zip = |name: &str, bytes: usize| {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(name, options).unwrap();
            std::io::Write::write_all(&mut zip, &vec![0; bytes]).unwrap();
            zip.finish().unwrap().into_inner()
        };
        let directory = tempfile::tempdir().unwrap();
        make_folder(directory.path()).unwrap();
        let left = unpack_one(&zip("a", 3), directory.path(), 5).unwrap();
        let over = unpack_one(&zip("b", 3), directory.path(), left).unwrap_err();
        assert!(matches!(over, UnpackError::TooLarge));
        let left = unpack_one(&zip("b", 2), directory.path(), left).unwrap();
        assert_eq!(left, 0);
    }
}
