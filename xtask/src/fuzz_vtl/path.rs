//! Random JSON documents and paths over them.

use super::generate::Random;
use serde_json::{Value as Json, json};

const NAMES: [&str; 8] = ["a", "b", "c", "key", "length", "a.b", "ä", "0"];

/// A document: mostly one with the names that paths use, sometimes a text that is nearly JSON.
///
/// Where the path has a filter there are no `null`s and truths, on which Jayway's versions differ.
pub(super) fn document(random: &mut Random, path: &[String]) -> String {
    let has_filter = path.iter().any(|piece| piece.contains('?'));
    if !has_filter && random.number(12) == 0 {
        let count = 1 + random.number(9);
        return (0..count).map(|_| random.of(&SCRAPS)).collect();
    }
    value(random, 4, has_filter).to_string()
}

const SCRAPS: [&str; 33] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "'",
    "a",
    "1",
    "-",
    ".",
    "e",
    "\\",
    "\\u00e9",
    "null",
    "true",
    " ",
    "é",
    "\n",
    "\"b\"",
    "\"a\":1",
    "12",
    "0",
    "007",
    "1.5",
    "1e5",
    "{\"a\":[1,{\"b\":2}]}",
    "\\n",
    "\\q",
    "x y",
    "// c\n",
    "/* c */",
];

fn value(random: &mut Random, depth: usize, is_plain: bool) -> Json {
    match random.number(if depth == 0 { 8 } else { 16 }) {
        0 if !is_plain => json!(null),
        1 if !is_plain => json!(random.number(2) == 0),
        0..=2 => json!(random.number(5)),
        3 => json!(random.of(&["", "a", "b", "abc", "é/x", "2", "a b", "it's"])),
        4 => json!([0.5, -1.5, 1e10, 2.0, 1e-7][random.number(5)]),
        5 => json!([-1, 2_147_483_648_i64, -9_007_199_254_740_993_i64][random.number(3)]),
        6 => json!([]),
        7 => json!({}),
        8..=11 => (0..=random.number(4))
            .map(|_| value(random, depth - 1, is_plain))
            .collect(),
        _ => {
            let count = random.number(4);
            let members = (0..=count).map(|_| {
                (
                    random.of(&NAMES).to_owned(),
                    value(random, depth - 1, is_plain),
                )
            });
            Json::Object(members.collect())
        }
    }
}

/// A path, as pieces that may be left out; of the grammar that all of Jayway's versions share.
pub(super) fn pieces(random: &mut Random) -> Vec<String> {
    let mut pieces = vec!["$".to_owned()];
    let mut is_definite = true;
    for _ in 0..random.number(5) {
        let step = step(random, is_definite);
        is_definite &= !step.contains("..") && !step.contains('*') && !step.contains(['?', ':']);
        pieces.push(step);
    }
    if random.number(6) == 0 {
        pieces.push(
            random
                .of(&["['a','b']", "['key','nope']", "['c','a','b']"])
                .to_owned(),
        );
    }
    pieces
}

fn step(random: &mut Random, is_definite: bool) -> String {
    match random.number(if is_definite { 16 } else { 9 }) {
        0..=4 => format!(
            ".{}",
            random.of(&["a", "b", "c", "key", "length", "ä", "0"])
        ),
        5 | 6 => format!("['{}']", random.of(&NAMES)),
        7 | 8 => format!("[{}]", random.of(&["0", "1", "2"])),
        9 => format!("[{}]", random.of(&["0:2", "1:", ":2", "0:1", "1:3"])),
        10 => random.of(&[".*", "[*]"]).to_owned(),
        11 => format!("..{}", random.of(&["a", "b", "key"])),
        12 => random.of(&["..*", "..['a']"]).to_owned(),
        _ => format!("[?({})]", condition(random)),
    }
}

fn condition(random: &mut Random) -> String {
    let name = random.of(&["a", "b", "c", "key"]);
    match random.number(5) {
        0 => format!("@.{name}"),
        1 => format!("@['{name}']"),
        2 => format!("@.{name} == {}", random.of(&["'a'", "'abc'", "'b'"])),
        3 => format!("@.{name} && @.{}", random.of(&["a", "b"])),
        _ => format!("@.{name} == 'b' || @.{} == 'a'", random.of(&["a", "b"])),
    }
}
