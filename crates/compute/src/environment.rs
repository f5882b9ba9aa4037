//! The environment variables that a function sees: AWS's names, nothing of the host's.

use crate::runtime::{Interpreter, Language};
use ports::{FunctionSpec, SessionCredentials};
use std::path::Path;

/// Where a worker finds its files: AWS's paths at isolation level `container`, the host's below.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places<'a> {
    pub(crate) task_root: &'a Path,
    pub(crate) runtime_dir: &'a Path,
    pub(crate) temporary: &'a Path,
}

/// For what a worker is started: the values of `AWS_LAMBDA_INITIALIZATION_TYPE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Initialization {
    /// For an event that waits.
    OnDemand,
    /// Ahead of any event.
    Provisioned,
}

impl Initialization {
    /// AWS's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Provisioned => "provisioned-concurrency",
        }
    }
}

/// All variables of a worker. The function's own may replace AWS's defaults, never its reserved
/// ones (Lambda guide, "Defined runtime environment variables").
pub(crate) fn variables(
    spec: &FunctionSpec,
    credentials: &SessionCredentials,
    interpreter: &Interpreter,
    places: Places<'_>,
    log_stream: &str,
    initialization: Initialization,
) -> Vec<(String, String)> {
    let mut all = startup(interpreter, places);
    all.extend(
        spec.endpoint_url
            .iter()
            .map(|url| ("AWS_ENDPOINT_URL".to_owned(), url.clone())),
    );
    all.extend(
        spec.environment
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    all.extend(reserved(spec, credentials, places, log_stream));
    let kind = initialization.name().to_owned();
    all.push(("AWS_LAMBDA_INITIALIZATION_TYPE".to_owned(), kind));
    if interpreter.language != Language::Provided {
        // Not defined for OS-only runtimes, says the same page.
        all.push((
            "AWS_EXECUTION_ENV".to_owned(),
            format!("AWS_Lambda_{}", spec.runtime),
        ));
    }
    all
}

pub(crate) type Variables = Vec<(String, String)>;

/// By which the processes of a worker's extensions are known; ours.
pub(crate) const COMPANION_MARKER: &str = "_CROSSWAY_WORKER";

/// Specific to the runtime's process, so extensions do not see them (Lambda guide, "Using the
/// Lambda Extensions API", environment variables). The last two are the shell's.
const RUNTIME_ONLY: [&str; 12] = [
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT",
    "_HANDLER",
    "PWD",
    "SHLVL",
];

/// What an extension sees of its function's `variables`.
pub(crate) fn of_extensions(variables: &Variables) -> Variables {
    let seen = variables.iter();
    seen.filter(|(name, _)| !RUNTIME_ONLY.contains(&name.as_str()))
        .cloned()
        .collect()
}

/// The names that [`startup`] gives.
pub(crate) const STARTUP: [&str; 9] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "LANG",
    "TZ",
    "TMPDIR",
    "NODE_PATH",
    "PYTHONPATH",
    "GEM_PATH",
    "RUBYLIB",
];

/// What an interpreter reads at its start, where the function says nothing of it.
pub(crate) fn startup(interpreter: &Interpreter, places: Places<'_>) -> Variables {
    let task = places.task_root.display();
    let runtime = places.runtime_dir.display();
    // AWS's folder, for runtimes that bring all they need.
    let bin = match interpreter.language {
        Language::Provided => Path::new("/var/lang/bin"),
        _ => interpreter.path.parent().unwrap_or(Path::new("/usr/bin")),
    };
    let bin = bin.display();
    let mut all = vec![
        // AWS's paths, with the interpreter's folder where AWS has /var/lang/bin.
        (
            "PATH".to_owned(),
            format!("{bin}:/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
        ),
        (
            "LD_LIBRARY_PATH".to_owned(),
            format!("{task}:{task}/lib:/opt/lib"),
        ),
        ("LANG".to_owned(), "en_US.UTF-8".to_owned()),
        ("TZ".to_owned(), ":UTC".to_owned()),
    ];
    if places.temporary != Path::new("/tmp") {
        // `/tmp` itself is the host's below level `container`.
        all.push(("TMPDIR".to_owned(), places.temporary.display().to_string()));
    }
    match interpreter.language {
        Language::Node => {
            let major = interpreter.version.split('.').next().unwrap_or_default();
            let path = format!(
                "/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:\
                 {runtime}/node_modules:{runtime}:{task}"
            );
            all.push(("NODE_PATH".to_owned(), path));
        }
        Language::Python => all.push(("PYTHONPATH".to_owned(), runtime.to_string())),
        Language::Ruby => all.extend(ruby(interpreter, places)),
        Language::Java | Language::Provided => {}
    }
    all
}

/// Where Ruby finds gems and files of the function and of its layers (Lambda guide, "Packaging
/// layer content"). Where another version runs than was asked for, the gems of both are looked at.
fn ruby(interpreter: &Interpreter, places: Places<'_>) -> Variables {
    let task = places.task_root.display();
    let runtime = places.runtime_dir.display();
    let asked = interpreter.asked.strip_prefix("ruby").map(str::to_owned);
    let mut versions = vec![format!("{}.0", asked.unwrap_or_default())];
    let (major_minor, _) = interpreter.version.rsplit_once('.').unwrap_or_default();
    let running = format!("{major_minor}.0");
    if !versions.contains(&running) {
        versions.push(running);
    }
    let bundled = versions
        .iter()
        .map(|version| format!("{task}/vendor/bundle/ruby/{version}"));
    let layers = versions
        .iter()
        .map(|version| format!("/opt/ruby/gems/{version}"));
    let gems: Vec<String> = bundled.chain(layers).collect();
    let library = format!("{runtime}:{task}:/opt/ruby/lib");
    vec![
        ("GEM_PATH".to_owned(), gems.join(":")),
        ("RUBYLIB".to_owned(), library),
    ]
}

/// How the function's runtime writes records; AWS's clients read the same names.
fn logging(spec: &FunctionSpec) -> Variables {
    if !spec.logging.is_json {
        return Vec::new();
    }
    let format = ("AWS_LAMBDA_LOG_FORMAT".to_owned(), "JSON".to_owned());
    let level = spec.logging.application_level.clone();
    let level = level.map(|level| ("AWS_LAMBDA_LOG_LEVEL".to_owned(), level));
    std::iter::once(format).chain(level).collect()
}

/// Names the folder of the layers where AWS has `/opt`, in the variables that lead there.
pub(crate) fn move_opt(variables: &mut Variables, opt: &Path) {
    if opt == Path::new("/opt") {
        return;
    }
    let opt = opt.display().to_string();
    let moved = |value: &str| {
        let parts = value
            .split(':')
            .map(|part| match part.strip_prefix("/opt/") {
                Some(inside) => format!("{opt}/{inside}"),
                None => part.to_owned(),
            });
        parts.collect::<Vec<_>>().join(":")
    };
    for (name, value) in variables.iter_mut() {
        match name.as_str() {
            "PATH" | "LD_LIBRARY_PATH" | "NODE_PATH" | "GEM_PATH" | "RUBYLIB" => {
                *value = moved(value)
            }
            "PYTHONPATH" => *value = format!("{opt}/python:{value}"),
            _ => {}
        }
    }
}

fn reserved(
    spec: &FunctionSpec,
    credentials: &SessionCredentials,
    places: Places<'_>,
    log_stream: &str,
) -> Variables {
    let pairs = [
        ("_HANDLER", spec.handler.as_str()),
        ("AWS_REGION", spec.region.as_str()),
        ("AWS_DEFAULT_REGION", spec.region.as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", &spec.name),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            &spec.memory_mb.to_string(),
        ),
        ("AWS_LAMBDA_FUNCTION_VERSION", &spec.version),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &spec.log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", log_stream),
        ("AWS_ACCESS_KEY_ID", &credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &credentials.secret.0),
        ("AWS_SESSION_TOKEN", &credentials.session_token.0),
        ("LAMBDA_TASK_ROOT", &places.task_root.display().to_string()),
        (
            "LAMBDA_RUNTIME_DIR",
            &places.runtime_dir.display().to_string(),
        ),
        ("PWD", &places.task_root.display().to_string()),
        ("SHLVL", "0"),
    ];
    let mut all: Variables = pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    all.extend(logging(spec));
    all
}
