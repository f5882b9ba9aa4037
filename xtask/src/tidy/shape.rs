//! Files under 500 lines, functions under 70: small enough to read at one sitting.

use super::{Source, Sources};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Paths that may be longer, each with its reason. This list may only shrink.
const LONGER: [(&str, &str); 0] = [];

pub(crate) fn check(sources: &Sources) -> Vec<String> {
    let hand_written = sources.iter().filter(|source| !source.is_test);
    let checked = hand_written.filter(|source| LONGER.iter().all(|(path, _)| *path != source.path));
    checked.flat_map(broken_in).collect()
}

fn broken_in(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let lines: Vec<&str> = source.text.lines().collect();
    if lines.len() > FILE_LINES_MAX {
        broken.push(format!(
            "{}: {} lines, over {FILE_LINES_MAX}",
            source.path,
            lines.len()
        ));
    }
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let close = format!("{}}}", " ".repeat(indent));
        let Some(length) = lines[start..].iter().position(|line| *line == close) else {
            continue;
        };
        if length + 1 > FUNCTION_LINES_MAX {
            let at = format!("{}:{}", source.path, start + 1);
            broken.push(format!(
                "{at}: fn {name} has {} lines, over {FUNCTION_LINES_MAX}",
                length + 1
            ));
        }
    }
    broken
}

/// The name when a line opens a function definition as rustfmt writes it.
fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for word in [
        "pub(crate) ",
        "pub(super) ",
        "pub ",
        "const ",
        "async ",
        "unsafe ",
    ] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(lines: usize) -> Source {
        let body = "    let x = 1;\n".repeat(lines - 2);
        let text = format!("pub async fn long() {{\n{body}}}\n");
        Source {
            path: "a.rs".into(),
            text,
            is_test: false,
        }
    }

    #[test]
    fn function_at_the_bound_passes_and_one_over_does_not() {
        assert!(broken_in(&source(FUNCTION_LINES_MAX)).is_empty());
        assert_eq!(broken_in(&source(FUNCTION_LINES_MAX + 1)).len(), 1);
    }
}
