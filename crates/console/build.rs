//! Embeds `console/dist/site` when it was built; without it the console says how to build it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console/dist");
    println!("cargo::rerun-if-changed=../../console/dist");
    let site = dist.join("site");
    let mut files = Vec::new();
    collect(&site, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let name = file
            .strip_prefix(&site)
            .unwrap_or(&file)
            .display()
            .to_string();
        // The site's build writes texts compressed only; pictures and fonts are compressed already.
        let (name, is_gzip) = match name.strip_suffix(".gz") {
            Some(name) => (name.to_owned(), true),
            None => (name, false),
        };
        let path = file.display().to_string();
        writeln!(
            table,
            "    Asset {{ name: {name:?}, is_gzip: {is_gzip}, bytes: include_bytes!({path:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("assets.rs"), table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
