//! What the Java virtual machine is told.

use ports::FunctionSpec;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Options of the function's own, which the virtual machine reads from its environment.
const OWN_OPTIONS: [&str; 3] = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"];

/// Since this version AWS stops compiling at the first level (Lambda guide, "Customize Java runtime
/// startup behavior for Lambda functions").
const LEVEL_ONE_FEATURE_MIN: u32 = 17;

/// The class that our bootstrap begins with.
const MAIN: &str = "crossway.runtime.Main";

/// The options: AWS's, where the function's own do not decide otherwise, then ours.
pub(super) fn arguments(
    spec: &FunctionSpec,
    version: &str,
    temporary: &Path,
    class_path: OsString,
) -> Vec<OsString> {
    let own = OWN_OPTIONS.map(|name| spec.environment.get(name).map_or("", String::as_str));
    let mut all: Vec<OsString> = defaults(spec.memory_mb, version, &own)
        .into_iter()
        .map(OsString::from)
        .collect();
    if temporary != Path::new("/tmp") {
        let mut option = OsString::from("-Djava.io.tmpdir=");
        option.push(temporary);
        all.push(option);
    }
    all.extend(["-cp".into(), class_path, MAIN.into()]);
    all
}

fn defaults(memory_mb: u32, version: &str, own: &[&str]) -> Vec<String> {
    let has = |part: &str| own.iter().any(|options| options.contains(part));
    let feature = version.split('.').next().and_then(|it| it.parse().ok());
    let mut all = Vec::new();
    if !["-Xmx", "MaxHeapSize", "MaxRAM"].into_iter().any(has) {
        // UNVERIFIED: 85 %, as was seen in the process list of AWS's java8; printing
        // Runtime.maxMemory() in a function of java21 would settle it.
        let heap_kb = u64::from(memory_mb) * 1_024 * 85 / 100;
        all.push(format!("-XX:MaxHeapSize={heap_kb}k"));
    }
    // Two collectors are refused. "Java 17 and lower use the serial one by default", says the same
    // page; a machine as small as most functions gets it in any case.
    if !["-XX:+Use", "-Xgc"].into_iter().any(has) {
        all.push("-XX:+UseSerialGC".to_owned());
    }
    if feature >= Some(LEVEL_ONE_FEATURE_MIN)
        && !has("TieredStopAtLevel")
        && !has("TieredCompilation")
    {
        all.push("-XX:TieredStopAtLevel=1".to_owned());
    }
    let ours = [
        // Its file would be in a `/tmp` that is not the function's.
        "-XX:-UsePerfData",
        "-Xshare:auto",
        // Not every host has the locale en_US.UTF-8.
        "-Dfile.encoding=UTF-8",
        // Our wire is a descriptor that Java did not open.
        "--add-opens=java.base/java.io=ALL-UNNAMED",
    ];
    all.extend(ours.map(str::to_owned));
    all
}

/// The bundle, its jars and those of the layers, in AWS's order (Lambda guide, "Deploy Java Lambda
/// functions with .zip or JAR file archives"); our bootstrap last, so that the function's own
/// `aws-lambda-java-core` goes before the little that we have of it.
pub(super) fn class_path(code: Seen<'_>, layers: Option<Seen<'_>>, runtime_dir: &Path) -> OsString {
    let mut all = vec![code.shown.to_owned()];
    all.extend(jars(&code.folder.join("lib"), &code.shown.join("lib")));
    if let Some(layers) = layers {
        let inside = Path::new("java/lib");
        all.extend(jars(
            &layers.folder.join(inside),
            &layers.shown.join(inside),
        ));
    }
    all.push(runtime_dir.join("bootstrap.jar"));
    let mut text = OsString::new();
    for (index, path) in all.iter().enumerate() {
        if index > 0 {
            text.push(":");
        }
        text.push(path);
    }
    text
}

/// A folder of the host, and where the function sees it.
pub(super) struct Seen<'a> {
    pub(super) folder: &'a Path,
    pub(super) shown: &'a Path,
}

/// The jars in `folder`, sorted, as they are seen in `shown`.
fn jars(folder: &Path, shown: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.retain(|name| name.to_string_lossy().ends_with(".jar"));
    names.sort();
    names.into_iter().map(|name| shown.join(name)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn defaults_are_aws_ones() {
        let options = defaults(512, "17.0.15", &["", ""]);
        assert!(options.contains(&"-XX:MaxHeapSize=445644k".to_owned()));
        assert!(options.contains(&"-XX:+UseSerialGC".to_owned()));
        assert!(options.contains(&"-XX:TieredStopAtLevel=1".to_owned()));
        let older = defaults(512, "11.0.2", &[]);
        assert!(!older.iter().any(|option| option.contains("Tiered")));
    }

    #[test]
    fn what_the_function_says_itself_is_not_said_twice() {
        for (own, left_out) in [
            ("-XX:+UseParallelGC", "UseSerialGC"),
            ("-XX:+UseZGC -Da=b", "UseSerialGC"),
            ("-Xmx64m", "MaxHeapSize"),
            ("-XX:MaxRAMPercentage=50", "MaxHeapSize"),
            ("-XX:TieredStopAtLevel=4", "TieredStopAtLevel"),
            ("-XX:-TieredCompilation", "TieredStopAtLevel"),
        ] {
            let options = defaults(128, "21.0.1", &[own]);
            assert!(
                !options.iter().any(|option| option.contains(left_out)),
                "{own}: {options:?}"
            );
            assert!(options.len() >= 5, "{own}: {options:?}");
        }
    }

    #[test]
    fn jars_are_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.jar", "a.jar", "readme.txt", "C.jar"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = jars(folder.path(), Path::new("/var/task/lib"));
        let wanted = ["C.jar", "a.jar", "b.jar"].map(|name| Path::new("/var/task/lib").join(name));
        assert_eq!(found, wanted);
        assert!(jars(&folder.path().join("none"), Path::new("/x")).is_empty());
    }
}
