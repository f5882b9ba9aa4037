//! `README.md` beside this file names a test for each promise, and every test that it names is there.

#![allow(clippy::unwrap_used)]

use std::path::Path;

/// The file of a test, as the page names it.
fn text_of(file: &str) -> String {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let place = match file {
        file if file.ends_with(".py") => tests.join("../../../conformance").join(file),
        file if file.contains("/src/") => tests.join("../..").join(file),
        file => tests.join(file),
    };
    std::fs::read_to_string(&place).unwrap_or_else(|error| panic!("{}: {error}", place.display()))
}

/// The tests that a row names: file and function.
fn named(row: &str) -> Vec<(&str, &str)> {
    let marked = row.split('`').skip(1).step_by(2);
    marked.filter_map(|text| text.split_once("::")).collect()
}

#[test]
fn every_promise_names_tests_that_are_there() {
    let page = text_of("README.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() > 40, "{} rows", rows.len());
    for row in rows.into_iter().filter(|row| !row.starts_with("| promise")) {
        let tests = named(row);
        let says_why = ["| not there: ", "| no test: "]
            .iter()
            .any(|why| row.contains(why));
        assert!(says_why || !tests.is_empty(), "{row}");
        for (file, name) in tests {
            let text = text_of(file);
            let is_there = ["fn", "def"]
                .iter()
                .any(|word| text.contains(&format!("{word} {name}(")));
            assert!(is_there, "{file} has no `{name}`");
        }
    }
}
