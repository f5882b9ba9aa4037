#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::*;
use std::io::Write;
use zip::write::SimpleFileOptions;

fn zip_of(entries: &[(&str, &[u8])]) -> Bytes {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner().into()
}

fn link(path: &str, target: &str) -> Bytes {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink(path, target, SimpleFileOptions::default())
        .unwrap();
    writer.finish().unwrap().into_inner().into()
}

fn text(result: Result<CodeRecord, LambdaError>) -> String {
    result.unwrap_err().to_string()
}

const UNZIP: &str =
    "Could not unzip uploaded file. Please check your file, then try to upload again.";

#[test]
fn a_good_bundle_is_described() {
    let zip = zip_of(&[
        ("index.js", b"exports.handler"),
        ("lib/a.js", b"1"),
        ("./lib/b.js", b"2"),
    ]);
    let code = check(&zip).unwrap();
    assert_eq!(code.size, zip.len() as u64);
    assert_eq!(code.hash.len(), 64);
    assert_eq!(code.sha256.len(), 44);
}

#[test]
fn what_is_no_zip_is_refused() {
    assert_eq!(text(check(&Bytes::from_static(b""))), UNZIP);
    assert_eq!(text(check(&Bytes::from_static(b"not a zip"))), UNZIP);
    let zip = zip_of(&[("index.js", &[7; 1000])]);
    assert_eq!(text(check(&zip.slice(..zip.len() - 30))), UNZIP);
}

#[test]
fn an_empty_zip_is_refused() {
    assert_eq!(
        text(check(&zip_of(&[]))),
        "Uploaded file must be a non-empty zip"
    );
}

#[test]
fn paths_that_lead_outside_are_refused() {
    for name in [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "a/..",
        "..",
        "a\\..\\x",
        "C:\\x",
    ] {
        assert_eq!(text(check(&zip_of(&[(name, b"x")]))), UNZIP, "{name}");
    }
    assert!(check(&zip_of(&[("a/..b/c..", b"x")])).is_ok());
}

#[test]
fn one_path_twice_is_refused() {
    assert_eq!(text(check(&zip_of(&[("a", b"1"), ("./a", b"2")]))), UNZIP);
    assert_eq!(text(check(&zip_of(&[("a", b"1"), ("a/b", b"2")]))), UNZIP);
    assert_eq!(text(check(&zip_of(&[("a/b", b"1"), ("a", b"2")]))), UNZIP);

    // The same name twice, which no writer makes: the second entry is renamed by hand.
    let zip = zip_of(&[("aaaa.js", b"1"), ("bbbb.js", b"2")]);
    let mut bytes = zip.to_vec();
    for at in 0..bytes.len() - 7 {
        if &bytes[at..at + 7] == b"bbbb.js" {
            bytes[at..at + 7].copy_from_slice(b"aaaa.js");
        }
    }
    assert_eq!(text(check(&bytes.into())), UNZIP);
}

#[test]
fn links_may_not_lead_outside() {
    assert!(check(&link("bin/tool", "../lib/tool")).is_ok());
    assert!(check(&link("tool", "lib/tool")).is_ok());
    for (path, target) in [
        ("tool", "../x"),
        ("bin/tool", "../../x"),
        ("tool", "/etc/passwd"),
        ("tool", "a/../../x"),
    ] {
        assert_eq!(
            text(check(&link(path, target))),
            UNZIP,
            "{path} -> {target}"
        );
    }
}

#[test]
fn nothing_is_written_through_a_link() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("d", "lib", SimpleFileOptions::default())
        .unwrap();
    writer
        .start_file("d/x", SimpleFileOptions::default())
        .unwrap();
    let zip = writer.finish().unwrap().into_inner().into();
    assert_eq!(text(check(&zip)), UNZIP);
}

#[test]
fn devices_are_refused() {
    let mut zip = zip_of(&[("dev", b"")]).to_vec();
    // External attributes of the one central header: a character device.
    let at = zip
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    let mode: u32 = 0o020_644 << 16;
    zip[at + 38..at + 42].copy_from_slice(&mode.to_le_bytes());
    assert_eq!(text(check(&zip.into())), UNZIP);
}

#[test]
fn encrypted_entries_are_refused() {
    let mut zip = zip_of(&[("a", b"x")]).to_vec();
    let central = zip
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    zip[6] |= 1;
    zip[central + 8] |= 1;
    assert_eq!(text(check(&zip.into())), UNZIP);
}

#[test]
fn a_header_that_promises_too_little_is_refused() {
    let mut zip = zip_of(&[("a", &[0; 10_000])]).to_vec();
    let central = zip
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    zip[central + 24..central + 28].copy_from_slice(&10u32.to_le_bytes());
    assert_eq!(text(check(&zip.into())), UNZIP);
}

#[test]
fn zipped_size_has_a_bound() {
    let over = Bytes::from(vec![0u8; 52_428_801]);
    let error = check(&over).unwrap_err();
    assert!(matches!(error, LambdaError::TooLarge(_)));
    assert_eq!(
        error.to_string(),
        "Zipped size must be smaller than 52428800 bytes"
    );
    // At the bound the file is read; it is no zip.
    assert_eq!(text(check(&over.slice(1..))), UNZIP);
}

#[test]
fn unzipped_size_has_a_bound() {
    // The promise alone decides, before anything is unpacked.
    let promise = |bytes: u32| {
        let mut zip = zip_of(&[("a", &[0; 10])]).to_vec();
        let central = zip
            .windows(4)
            .position(|window| window == b"PK\x01\x02")
            .unwrap();
        zip[central + 24..central + 28].copy_from_slice(&bytes.to_le_bytes());
        text(check(&zip.into()))
    };
    assert_eq!(
        promise(262_144_001),
        "Unzipped size must be smaller than 262144000 bytes"
    );
    assert_eq!(promise(262_144_000), UNZIP, "a promise that is not kept");
}
