//! Code bundles: a zip file is checked to the last byte before it is accepted.
//!
//! `compute` unpacks what passed here; so nothing passes that could be written outside the
//! function's directory, or that two readers could take for different things.

use crate::error::LambdaError;
use crate::limits::{
    BUNDLE_ENTRIES_MAX, BUNDLE_PATH_BYTES_MAX, UNZIPPED_BYTES_MAX, ZIPPED_BYTES_MAX,
};
use crate::record::CodeRecord;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Checks a zip file and says what it is.
///
/// Reads every entry, so that a broken one is refused now and not when the function starts.
///
/// # Errors
/// Too large (zipped or unzipped), no zip file, empty, encrypted, or with an entry that has no
/// place in a function's directory.
pub fn check(zip: &Bytes) -> Result<CodeRecord, LambdaError> {
    if zip.len() as u64 > ZIPPED_BYTES_MAX {
        return Err(LambdaError::TooLarge(format!(
            "Zipped size must be smaller than {ZIPPED_BYTES_MAX} bytes"
        )));
    }
    let unzipped = check_entries(zip)?;
    Ok(describe(zip, unzipped))
}

fn describe(zip: &Bytes, unzipped: u64) -> CodeRecord {
    let digest = Sha256::digest(zip);
    CodeRecord {
        hash: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        sha256: STANDARD.encode(digest),
        size: zip.len() as u64,
        unzipped,
    }
}

/// Gives the bytes of all entries together.
fn check_entries(zip: &Bytes) -> Result<u64, LambdaError> {
    let mut archive = ZipArchive::new(Cursor::new(zip.as_ref())).map_err(|_| broken())?;
    if archive.is_empty() {
        return Err(LambdaError::Invalid(
            "Uploaded file must be a non-empty zip".to_owned(),
        ));
    }
    if archive.len() > BUNDLE_ENTRIES_MAX || archive.has_duplicate_names() {
        return Err(broken());
    }
    let mut tree = Tree::default();
    let mut unzipped = 0u64;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|_| broken())?;
        if entry.encrypted() {
            return Err(broken());
        }
        // What the header promises is refused before it is unpacked.
        unzipped = unzipped.saturating_add(entry.size());
        if unzipped > UNZIPPED_BYTES_MAX {
            return Err(too_large_unzipped());
        }
        let name = String::from_utf8(entry.name_raw().to_vec()).map_err(|_| broken())?;
        let path = safe_path(&name).ok_or_else(broken)?;
        let kind = kind_of(entry.unix_mode(), entry.is_dir()).ok_or_else(broken)?;
        let promised = entry.size();
        if !content_is_good(&mut entry, promised, kind, &path) || !tree.add(&path, kind) {
            return Err(broken());
        }
    }
    Ok(unzipped)
}

/// Reads an entry: it gives as many bytes as its header promised, and a link stays inside.
fn content_is_good(entry: &mut impl Read, promised: u64, kind: Kind, path: &[&str]) -> bool {
    let mut content = entry.take(promised.saturating_add(1));
    if kind != Kind::Link {
        let read = std::io::copy(&mut content, &mut std::io::sink());
        return read.is_ok_and(|read| read == promised);
    }
    let mut target = String::new();
    promised <= BUNDLE_PATH_BYTES_MAX as u64
        && content.read_to_string(&mut target).is_ok()
        && target.len() as u64 == promised
        && stays_inside(path, &target)
}

/// What an entry becomes on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
    Link,
}

/// Devices, pipes and sockets have no place in a bundle.
fn kind_of(unix_mode: Option<u32>, is_directory: bool) -> Option<Kind> {
    const TYPE_BITS: u32 = 0o170_000;
    match (unix_mode.map(|mode| mode & TYPE_BITS), is_directory) {
        (Some(0o120_000), _) => Some(Kind::Link),
        (None | Some(0 | 0o040_000), true) => Some(Kind::Directory),
        (None | Some(0 | 0o100_000), false) => Some(Kind::File),
        _ => None,
    }
}

/// The parts of a relative path that stays below its root; none for any other.
fn safe_path(name: &str) -> Option<Vec<&str>> {
    // A backslash is a separator to some unpackers and a letter to others.
    let fits = name.len() <= BUNDLE_PATH_BYTES_MAX
        && !name.starts_with('/')
        && !name.contains(['\\', '\0', '\n', '\r']);
    if !fits {
        return None;
    }
    let parts: Vec<&str> = name
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let is_safe = !parts.is_empty() && parts.iter().all(|part| *part != "..");
    is_safe.then_some(parts)
}

/// Whether a link at `path` to `target` leads to a place below the root.
fn stays_inside(path: &[&str], target: &str) -> bool {
    let fits = !target.is_empty()
        && target.len() <= BUNDLE_PATH_BYTES_MAX
        && !target.starts_with('/')
        && !target.contains(['\\', '\0']);
    if !fits {
        return false;
    }
    let mut depth = path.len() - 1;
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return false,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    true
}

/// Every path seen so far, so that no entry is written twice, through a file or through a link.
#[derive(Default)]
struct Tree(BTreeMap<String, Kind>);

impl Tree {
    fn add(&mut self, path: &[&str], kind: Kind) -> bool {
        let mut above = String::new();
        let (last, parents) = match path.split_last() {
            Some(split) => split,
            None => return false,
        };
        for part in parents {
            above.push_str(part);
            match self.0.get(&above) {
                Some(Kind::Directory) => {}
                Some(Kind::File | Kind::Link) => return false,
                None => {
                    self.0.insert(above.clone(), Kind::Directory);
                }
            }
            above.push('/');
        }
        above.push_str(last);
        match self.0.insert(above, kind) {
            None => true,
            // A directory may be named after the files in it.
            Some(Kind::Directory) => kind == Kind::Directory,
            Some(Kind::File | Kind::Link) => false,
        }
    }
}

fn broken() -> LambdaError {
    LambdaError::Invalid(
        "Could not unzip uploaded file. Please check your file, then try to upload again."
            .to_owned(),
    )
}

fn too_large_unzipped() -> LambdaError {
    LambdaError::Invalid(format!(
        "Unzipped size must be smaller than {UNZIPPED_BYTES_MAX} bytes"
    ))
}

#[cfg(test)]
mod tests;
