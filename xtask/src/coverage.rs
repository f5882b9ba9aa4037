//! `cargo xtask coverage`: COMPATIBILITY.md, written from what the built program says of itself.

use crate::build;
use crate::workspace::{output, root};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

const FILE: &str = "COMPATIBILITY.md";

const HEAD: &str = "\
# Compatibility

Written by `cargo xtask coverage` from the operations tables of the program; do not edit.

- **Answers** are AWS's, in AWS's words, where the operation is listed as working.
- An operation that is not listed as working answers 501 `NotImplemented` and names itself.
- A field in the last table is accepted and has no effect; using it logs one warning.
- Whatever restricts access is enforced or refused, never accepted and ignored.
";

/// Writes the file, or with `check` fails when it differs.
///
/// # Errors
/// When the program cannot be built or run, or the file is stale.
pub fn run(check: bool) -> Result<(), String> {
    build::run(false)?;
    let program = build::program(false);
    let operations = output(Command::new(&program).args(["inspect", "operations"]))?;
    let fields = output(Command::new(&program).args(["inspect", "no-effect"]))?;
    let text = page(&operations, &fields)?;
    let path = root().join(FILE);
    if !check {
        return std::fs::write(&path, text).map_err(|e| format!("{FILE}: {e}"));
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found == text {
        Ok(())
    } else {
        Err(format!("{FILE} is stale: run cargo xtask coverage"))
    }
}

/// `operations`: lines `service<tab>operation<tab>yes|no`; `fields`: lines
/// `service<tab>field<tab>what it would do`.
fn page(operations: &str, fields: &str) -> Result<String, String> {
    let mut services: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for line in operations.lines() {
        let mut cells = line.split('\t');
        let (Some(service), Some(name), Some(works)) = (cells.next(), cells.next(), cells.next())
        else {
            return Err(format!("`{line}` is not service, operation, yes or no"));
        };
        let (working, missing) = services.entry(service).or_default();
        if works == "yes" {
            working.push(name)
        } else {
            missing.push(name)
        }
    }
    let mut text = HEAD.to_owned();
    let _ = writeln!(text, "\n| service | working | of |\n|---|---|---|");
    for (service, (working, missing)) in &services {
        let all = working.len() + missing.len();
        let _ = writeln!(text, "| {service} | {} | {all} |", working.len());
    }
    for (service, (working, missing)) in &services {
        let _ = writeln!(text, "\n## {service}\n\nWorking: {}.", working.join(", "));
        if !missing.is_empty() {
            let _ = writeln!(text, "\nNot implemented (501): {}.", missing.join(", "));
        }
    }
    let _ = writeln!(
        text,
        "\n## Fields without effect\n\n| service | field | note |\n|---|---|---|"
    );
    for line in fields.lines() {
        let _ = writeln!(
            text,
            "| {} |",
            line.replace('|', "\\|").replace('\t', " | ")
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn page_counts_and_names_operations() {
        let page = super::page(
            "sts\tAssumeRole\tyes\nsts\tGetX\tno\n",
            "sts\tfoo\tnothing\n",
        );
        let page = page.unwrap();
        assert!(page.contains("| sts | 1 | 2 |"));
        assert!(page.contains("Not implemented (501): GetX."));
        assert!(page.contains("| sts | foo | nothing |"));
    }
}
