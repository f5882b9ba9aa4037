//! Unpacked code bundles, one folder for each hash, and one for each list of layers.
//!
//! A folder appears whole, by rename, or not at all. The cache is emptied at start: after a power
//! cut a renamed folder may hold empty files, and every bundle can be fetched again.

mod unpack;

use crate::limits::CODE_CACHE_BYTES_MAX;
use bytes::Bytes;
use ports::{CodeSource, ComputeError};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// An unpacked bundle. While somebody holds it, it stays on disk.
#[derive(Debug)]
pub(crate) struct CodeFolder {
    pub(crate) path: PathBuf,
    bytes: u64,
}

#[derive(Debug, Default)]
struct Slot {
    folder: OnceCell<Arc<CodeFolder>>,
    used: AtomicU64,
}

/// The bundles unpacked so far.
#[derive(Debug)]
pub(crate) struct CodeCache {
    root: PathBuf,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    uses: AtomicU64,
    bytes_max: u64,
}

impl CodeCache {
    /// An empty cache in `root`; what an earlier run left there is removed in the background.
    pub(crate) fn open(root: PathBuf) -> std::io::Result<Self> {
        let old = root.with_extension("old");
        let _ = std::fs::remove_dir_all(&old);
        if std::fs::rename(&root, &old).is_ok() {
            std::thread::spawn(move || std::fs::remove_dir_all(old));
        }
        std::fs::create_dir_all(&root)?;
        let root = root.canonicalize()?;
        Ok(Self {
            root,
            slots: Mutex::default(),
            uses: AtomicU64::new(0),
            bytes_max: CODE_CACHE_BYTES_MAX,
        })
    }

    /// The folder of bundle `hash`; fetched and unpacked once, however many ask at once.
    pub(crate) async fn folder(
        &self,
        hash: &str,
        source: &dyn CodeSource,
    ) -> Result<Arc<CodeFolder>, ComputeError> {
        self.unpacked(hash, &[hash.to_owned()], source).await
    }

    /// The folder of these bundles, unpacked one over the other in their order.
    pub(crate) async fn layers(
        &self,
        hashes: &[String],
        source: &dyn CodeSource,
    ) -> Result<Arc<CodeFolder>, ComputeError> {
        let name = hex(&Sha256::digest(hashes.join("\n")));
        self.unpacked(&name, hashes, source).await
    }

    async fn unpacked(
        &self,
        name: &str,
        hashes: &[String],
        source: &dyn CodeSource,
    ) -> Result<Arc<CodeFolder>, ComputeError> {
        // The name becomes a path.
        for hash in hashes {
            if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(ComputeError::Code(format!(
                    "`{hash}` is not a bundle's hash"
                )));
            }
        }
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(name.to_owned()).or_default())
        };
        slot.used
            .store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let folder = slot
            .folder
            .get_or_try_init(|| self.fetch(name, hashes, source))
            .await?;
        Ok(Arc::clone(folder))
    }

    async fn fetch(
        &self,
        name: &str,
        hashes: &[String],
        source: &dyn CodeSource,
    ) -> Result<Arc<CodeFolder>, ComputeError> {
        let mut bundles = Vec::new();
        for hash in hashes {
            let bundle = source.bundle(hash).await;
            let gone = || ComputeError::Code(format!("bundle {hash} is gone"));
            bundles.push((hash.clone(), bundle.ok_or_else(gone)?));
        }
        let (root, name) = (self.root.clone(), name.to_owned());
        let unpacking = tokio::task::spawn_blocking(move || unpack_once(&root, &name, &bundles));
        let folder = unpacking
            .await
            .map_err(|error| ComputeError::Host(error.to_string()))??;
        self.evict(folder.bytes);
        Ok(Arc::new(folder))
    }

    /// Removes folders that nobody holds, the longest unused first, until `incoming` fits.
    fn evict(&self, incoming: u64) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let size = |slot: &Arc<Slot>| slot.folder.get().map_or(0, |folder| folder.bytes);
        let mut total: u64 = slots.values().map(size).sum::<u64>() + incoming;
        while total > self.bytes_max {
            let unused = |slot: &Arc<Slot>| {
                let folder = slot.folder.get();
                // Nobody can take it meanwhile: that needs the lock that we hold.
                Arc::strong_count(slot) == 1
                    && folder.is_some_and(|folder| Arc::strong_count(folder) == 1)
            };
            let oldest = slots
                .iter()
                .filter(|(_, slot)| unused(slot))
                .min_by_key(|(_, slot)| slot.used.load(Ordering::Relaxed))
                .map(|(hash, _)| hash.clone());
            let Some(slot) = oldest.and_then(|hash| slots.remove(&hash)) else {
                return;
            };
            total -= size(&slot);
            if let Some(folder) = slot.folder.get() {
                let _ = std::fs::remove_dir_all(&folder.path);
            }
        }
    }
}

fn unpack_once(
    root: &Path,
    name: &str,
    bundles: &[(String, Bytes)],
) -> Result<CodeFolder, ComputeError> {
    for (hash, bundle) in bundles {
        let found = hex(&Sha256::digest(bundle));
        if !found.eq_ignore_ascii_case(hash) {
            return Err(ComputeError::Code(format!(
                "bundle {hash} has the hash {found}"
            )));
        }
    }
    let path = root.join(name);
    let partial = root.join(format!("{name}.partial"));
    let host = |error: std::io::Error| ComputeError::Host(format!("unpacking {name}: {error}"));
    let _ = std::fs::remove_dir_all(&partial);
    let bundles = bundles.iter().map(|(_, bundle)| bundle.as_ref());
    let unpacked = unpack::unpack(bundles, &partial);
    let moved = match unpacked {
        Ok(bytes) => std::fs::rename(&partial, &path)
            .map_err(host)
            .map(|()| bytes),
        Err(error) => Err(ComputeError::Code(error.to_string())),
    };
    if moved.is_err() {
        let _ = std::fs::remove_dir_all(&partial);
    }
    Ok(CodeFolder {
        path,
        bytes: moved?,
    })
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;
    use std::sync::atomic::AtomicUsize;
    use stdx::BoxFuture;

    #[derive(Default)]
    struct Source {
        bundles: HashMap<String, Bytes>,
        asked: AtomicUsize,
    }

    impl Source {
        fn add(&mut self, text: &str) -> String {
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            zip.start_file("index.js", zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(text.as_bytes()).unwrap();
            let bytes = zip.finish().unwrap().into_inner();
            let hash: String = Sha256::digest(&bytes)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            self.bundles.insert(hash.clone(), bytes.into());
            hash
        }
    }

    impl CodeSource for Source {
        fn bundle<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Option<Bytes>> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move { self.bundles.get(hash).cloned() })
        }
    }

    #[tokio::test]
    async fn many_at_once_unpack_once() {
        let directory = tempfile::tempdir().unwrap();
        let cache = CodeCache::open(directory.path().join("code")).unwrap();
        let mut source = Source::default();
        let hash = source.add("a");
        let (a, b) = tokio::join!(cache.folder(&hash, &source), cache.folder(&hash, &source));
        assert_eq!(a.unwrap().path, b.unwrap().path);
        assert_eq!(source.asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn wrong_missing_and_strange_hashes_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let cache = CodeCache::open(directory.path().join("code")).unwrap();
        let mut source = Source::default();
        let hash = source.add("a");
        let other = "0".repeat(64);
        source
            .bundles
            .insert(other.clone(), source.bundles[&hash].clone());
        for bad in [other.as_str(), &"1".repeat(64), "../../etc", ""] {
            let refused = cache.folder(bad, &source).await.unwrap_err();
            assert!(
                matches!(refused, ComputeError::Code(_)),
                "{bad}: {refused:?}"
            );
        }
        assert_eq!(
            std::fs::read_dir(directory.path().join("code"))
                .unwrap()
                .count(),
            0
        );
    }

    #[tokio::test]
    async fn bundle_that_came_late_is_found_then() {
        let directory = tempfile::tempdir().unwrap();
        let cache = CodeCache::open(directory.path().join("code")).unwrap();
        let mut source = Source::default();
        let hash = source.add("a");
        let bundle = source.bundles.remove(&hash).unwrap();
        assert!(cache.folder(&hash, &source).await.is_err());
        source.bundles.insert(hash.clone(), bundle);
        assert!(cache.folder(&hash, &source).await.is_ok());
    }

    #[tokio::test]
    async fn full_cache_forgets_the_longest_unused_but_not_what_is_held() {
        let directory = tempfile::tempdir().unwrap();
        let mut cache = CodeCache::open(directory.path().join("code")).unwrap();
        cache.bytes_max = 2;
        let mut source = Source::default();
        let hashes = ["a", "b", "c", "d"].map(|text| source.add(text));
        let held = cache.folder(&hashes[0], &source).await.unwrap();
        let old = cache
            .folder(&hashes[1], &source)
            .await
            .unwrap()
            .path
            .clone();
        cache.folder(&hashes[2], &source).await.unwrap();
        assert!(held.path.exists());
        assert!(!old.exists());
    }
}
