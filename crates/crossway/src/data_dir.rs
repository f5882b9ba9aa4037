//! The data directory: one server at a time.

use crate::Problem;
use std::fs::{File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A data directory that this process alone uses.
pub struct DataDir {
    path: PathBuf,
    /// Locked as long as it is open; the kernel lets go even after `kill -9`.
    _lock: File,
}

impl DataDir {
    /// Creates the directory where needed, for the owner alone, and locks it.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let at = |e| format!("cannot use data directory {}: {e}", path.display());
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(at)?;
        let path = path.canonicalize().map_err(at)?;
        let lock = File::create(path.join("lock")).map_err(at)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another crossway uses {}; stop it or choose another --data-dir",
                path.display()
            )
            .into()),
            Err(TryLockError::Error(e)) => Err(at(e).into()),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_user_of_a_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::open(dir.path()).unwrap();
        let refused = DataDir::open(dir.path()).err().unwrap().to_string();
        assert!(refused.contains("another crossway"), "{refused}");
        drop(first);
        assert!(DataDir::open(dir.path()).is_ok());
    }
}
