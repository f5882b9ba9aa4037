#![allow(clippy::unwrap_used)]

use super::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Pet {
    name: String,
}

impl Record for Pet {}

const PETS: Table<Pet> = Table::new("test.pets");
const OTHERS: Table<Pet> = Table::new("test.others");

fn pet(name: &str) -> Pet {
    Pet {
        name: name.to_owned(),
    }
}

async fn put(store: &Store, key: &str, name: &str) {
    let mut tx = store.begin().await;
    tx.put(&PETS, key, &pet(name)).unwrap();
    tx.commit().await.unwrap();
}

/// Each test runs over both kinds of database.
fn stores() -> Vec<(Store, Option<tempfile::TempDir>)> {
    let dir = tempfile::tempdir().unwrap();
    let file = Store::open(&dir.path().join("test.db"), Durability::Full).unwrap();
    vec![(Store::in_memory().unwrap(), None), (file, Some(dir))]
}

#[tokio::test]
async fn committed_records_are_read_back() {
    for (store, _dir) in stores() {
        put(&store, "1", "rex").await;
        assert_eq!(store.get(&PETS, "1").await.unwrap(), Some(pet("rex")));
        assert_eq!(store.get(&PETS, "2").await.unwrap(), None);
        assert_eq!(store.get(&OTHERS, "1").await.unwrap(), None);
    }
}

#[tokio::test]
async fn dropped_transaction_leaves_nothing() {
    for (store, _dir) in stores() {
        let mut tx = store.begin().await;
        tx.put(&PETS, "1", &pet("rex")).unwrap();
        assert_eq!(tx.get(&PETS, "1").await.unwrap(), Some(pet("rex")));
        assert_eq!(store.get(&PETS, "1").await.unwrap(), None);
        drop(tx);
        assert_eq!(store.get(&PETS, "1").await.unwrap(), None);
    }
}

#[tokio::test]
async fn scans_keep_to_prefix_order_and_limit() {
    for (store, _dir) in stores() {
        for key in ["a/1", "b/1", "b/2", "b/3", "b\u{10ffff}", "c/1"] {
            put(&store, key, key).await;
        }
        let keys = |rows: Vec<(String, Pet)>| rows.into_iter().map(|(k, _)| k).collect::<Vec<_>>();
        let all = keys(store.scan(&PETS, "b", None, 10).await.unwrap());
        assert_eq!(all, ["b/1", "b/2", "b/3", "b\u{10ffff}"]);
        let paged = keys(store.scan(&PETS, "b/", Some("b/1"), 1).await.unwrap());
        assert_eq!(paged, ["b/2"]);
    }
}

#[tokio::test]
async fn a_transaction_scans_its_own_writes() {
    for (store, _dir) in stores() {
        put(&store, "1", "one").await;
        put(&store, "2", "two").await;
        let mut tx = store.begin().await;
        tx.delete(&PETS, "1");
        tx.put(&PETS, "3", &pet("three")).unwrap();
        let names: Vec<_> = tx.scan(&PETS, "", None, 2).await.unwrap();
        assert_eq!(
            names.iter().map(|(k, _)| k.as_str()).collect::<Vec<_>>(),
            ["2", "3"]
        );
    }
}

#[tokio::test]
async fn changes_are_told_after_the_commit() {
    for (store, _dir) in stores() {
        let mut feed = store.changes();
        put(&store, "1", "rex").await;
        let change = feed.try_recv().unwrap();
        assert_eq!(
            change,
            Change {
                table: "test.pets",
                key: "1".into()
            }
        );
    }
}

#[tokio::test]
async fn blobs_are_found_by_their_hash() {
    for (store, _dir) in stores() {
        let mut tx = store.begin().await;
        let hash = tx.put_blob(Bytes::from_static(b"abc")).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            hash,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(store.blob(&hash).await.unwrap().unwrap(), "abc");
        assert_eq!(store.blob("00").await.unwrap(), None);
    }
}

#[tokio::test]
async fn reopened_file_has_everything() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.db");
    let store = Store::open(&path, Durability::Full).unwrap();
    put(&store, "1", "rex").await;
    drop(store);
    let store = Store::open(&path, Durability::Full).unwrap();
    assert_eq!(store.get(&PETS, "1").await.unwrap(), Some(pet("rex")));
    store.clear().await.unwrap();
    assert_eq!(store.get(&PETS, "1").await.unwrap(), None);
}

#[tokio::test]
async fn key_at_its_bound_fits_and_one_over_does_not() {
    let store = Store::in_memory().unwrap();
    let mut tx = store.begin().await;
    assert!(tx.put(&PETS, &"k".repeat(KEY_BYTES_MAX), &pet("x")).is_ok());
    assert!(
        tx.put(&PETS, &"k".repeat(KEY_BYTES_MAX + 1), &pet("x"))
            .is_err()
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Renamed {
    title: String,
}

impl Record for Renamed {
    const VERSION: u32 = 2;

    fn migrate(_version: u32, json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<Pet>(json).map(|old| Self { title: old.name })
    }
}

#[tokio::test]
async fn older_records_migrate_and_newer_are_refused() {
    const NEW: Table<Renamed> = Table::new("test.pets");
    let store = Store::in_memory().unwrap();
    put(&store, "1", "rex").await;
    assert_eq!(
        store.get(&NEW, "1").await.unwrap(),
        Some(Renamed {
            title: "rex".into()
        })
    );
    let mut tx = store.begin().await;
    tx.put(
        &NEW,
        "1",
        &Renamed {
            title: "max".into(),
        },
    )
    .unwrap();
    tx.commit().await.unwrap();
    let refused = store.get(&PETS, "1").await.unwrap_err();
    assert!(matches!(
        refused,
        StoreError::Newer {
            found: 2,
            known: 1,
            ..
        }
    ));
}

#[tokio::test]
async fn writers_take_turns() {
    for (store, _dir) in stores() {
        put(&store, "n", "0").await;
        let adders = (0..20).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin().await;
                let n: u32 = tx
                    .get(&PETS, "n")
                    .await
                    .unwrap()
                    .unwrap()
                    .name
                    .parse()
                    .unwrap();
                tokio::task::yield_now().await;
                tx.put(&PETS, "n", &pet(&(n + 1).to_string())).unwrap();
                tx.commit().await.unwrap();
            })
        });
        for adder in adders.collect::<Vec<_>>() {
            adder.await.unwrap();
        }
        assert_eq!(store.get(&PETS, "n").await.unwrap(), Some(pet("20")));
    }
}
