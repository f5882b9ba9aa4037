//! Path parameters.
#![allow(clippy::unwrap_used)]
use super::*;

fn check(template: &str, path: &str, expect: &[(&str, &str)]) {
    let expect: Vec<(String, String)> = expect
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(parameters(template, path), expect, "{template} {path}");
}

#[test]
fn parameters_are_read_by_the_template() {
    check("/pets/{id}", "/pets/1", &[("id", "1")]);
    check("/{proxy+}", "/a/b/", &[("proxy", "a/b")]);
    check("/a/{b}/{c+}", "/a/1/2/3", &[("b", "1"), ("c", "2/3")]);
    check("/", "/", &[]);
}

#[test]
fn paths_that_do_not_fit_have_none() {
    check("/pets/{id}", "/", &[]);
    check("/pets/{id}", "/dogs/1", &[]);
    check("/pets/{id}", "/pets/1/2", &[]);
    check("/pets/{id}", "/pets/", &[]);
}
