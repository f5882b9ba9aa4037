//! What a worker of a function version is started with.

use super::command::wrapped;
use super::doors;
use crate::code::CodeFolder;
use crate::debugging::Seat;
use crate::environment::{self, Initialization, Places, Variables};
use crate::extension::{Hub, Program, programs};
use crate::host::Host;
use crate::limits::FIRST_EVENT_PATIENCE;
use crate::log::Journal;
use crate::runtime::{Interpreter, Language};
use crate::runtime_api::{Door, Link, PairLink, TcpLink};
use crate::sandbox::{Companions, Isolation, Limits, Plan as Sandbox, Purpose, RUNTIME_API, View};
use ports::{CodeSource, ComputeError, FunctionSpec, SessionCredentials};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Tells a worker where its Runtime API is.
pub(super) const RUNTIME_API_VARIABLE: &str = "AWS_LAMBDA_RUNTIME_API";

/// Everything that is the same however often the start is tried.
pub(super) struct Plan<'a> {
    pub(super) host: &'a Host,
    pub(super) spec: &'a Arc<FunctionSpec>,
    pub(super) credentials: &'a SessionCredentials,
    pub(super) interpreter: Interpreter,
    pub(super) code: Arc<CodeFolder>,
    pub(super) layers: Option<Arc<CodeFolder>>,
    pub(super) initialization: Initialization,
    /// Its seat in a debugging session.
    pub(super) seat: Option<Arc<Seat>>,
}

/// Where the function sees its code.
pub(crate) async fn code_root(
    host: &Arc<Host>,
    spec: &FunctionSpec,
) -> Result<String, ComputeError> {
    if host.isolation.level == Isolation::Container {
        return Ok("/var/task".to_owned());
    }
    let code = host.code.folder(&spec.code, code_source(host)?).await?;
    Ok(code.path.display().to_string())
}

fn code_source(host: &Host) -> Result<&dyn CodeSource, ComputeError> {
    let source = host.code_source().map(AsRef::as_ref);
    source.ok_or_else(|| ComputeError::Code("no code source is set".to_owned()))
}

/// The interpreter that this host has for the function.
pub(crate) async fn interpreter(
    host: &Arc<Host>,
    spec: &FunctionSpec,
) -> Result<Interpreter, ComputeError> {
    if let Some(catalog) = host.catalog_if_known() {
        return catalog.choose(&spec.runtime, host.profile);
    }
    let (asking, runtime) = (Arc::clone(host), spec.runtime.clone());
    // The first question may have to wait for the interpreters to be found.
    let choosing = move || asking.catalog().choose(&runtime, asking.profile);
    tokio::task::spawn_blocking(choosing)
        .await
        .map_err(|error| ComputeError::Host(error.to_string()))?
}

/// Gathers what a start needs: code, layers, interpreter.
pub(super) async fn plan<'a>(
    host: &'a Arc<Host>,
    spec: &'a Arc<FunctionSpec>,
    credentials: &'a SessionCredentials,
    initialization: Initialization,
) -> Result<Plan<'a>, ComputeError> {
    let source = code_source(host)?;
    let code = host.code.folder(&spec.code, source).await?;
    let layers = match spec.layers.as_slice() {
        [] => None,
        hashes => Some(host.code.layers(hashes, source).await?),
    };
    let interpreter = interpreter(host, spec).await?;
    if !host.compiled.is_made(&interpreter) {
        // For the next ones.
        let (host, interpreter) = (Arc::clone(host), interpreter.clone());
        tokio::spawn(async move { host.compiled.make(&interpreter, &host.runtime_dir).await });
    }
    Ok(Plan {
        host,
        spec,
        credentials,
        interpreter,
        code,
        layers,
        initialization,
        seat: None,
    })
}

/// Unpacks the function's code and layers, for which its first invocation then need not wait.
pub(crate) async fn unpack(host: &Host, spec: &FunctionSpec) -> Result<(), ComputeError> {
    let Some(source) = host.code_source() else {
        return Ok(());
    };
    // One at a time: of many functions that are created together few may be called soon.
    let Ok(_turn) = host.unpacks.acquire().await else {
        return Ok(());
    };
    host.code.folder(&spec.code, source.as_ref()).await?;
    if !spec.layers.is_empty() {
        host.code.layers(&spec.layers, source.as_ref()).await?;
    }
    Ok(())
}

impl Plan<'_> {
    pub(super) fn level(&self) -> Isolation {
        self.host.isolation.level
    }

    /// The bundle's folder, as the function sees it.
    pub(super) fn task_root(&self) -> &Path {
        match self.level() {
            Isolation::Container => Path::new("/var/task"),
            Isolation::Hardened | Isolation::Process => &self.code.path,
        }
    }

    /// The folder of our bootstraps, as the function sees it.
    pub(super) fn runtime_dir(&self) -> &Path {
        match self.level() {
            Isolation::Container => Path::new("/var/runtime"),
            Isolation::Hardened | Isolation::Process => &self.host.runtime_dir,
        }
    }

    /// The folder that the function may write to, as it sees it; outside of `container` in
    /// `private_directory`.
    pub(super) fn temporary(&self, private_directory: &Path) -> PathBuf {
        match self.level() {
            Isolation::Container => PathBuf::from("/tmp"),
            Isolation::Hardened | Isolation::Process => private_directory.join("tmp"),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            memory_mb: self.spec.memory_mb,
            // At level `container` the folder is a tmpfs, whose files count as memory.
            temporary_mb: match self.level() {
                Isolation::Container => self.spec.ephemeral_mb,
                Isolation::Hardened | Isolation::Process => 0,
            },
            is_starting: true,
        }
    }

    /// The function's variables, but for the address of its Runtime API.
    pub(super) fn variables(&self, temporary: &Path, stream: &str) -> Vec<(String, String)> {
        let places = Places {
            task_root: self.task_root(),
            runtime_dir: self.runtime_dir(),
            temporary,
        };
        environment::variables(
            self.spec,
            self.credentials,
            &self.interpreter,
            places,
            stream,
            self.initialization,
        )
    }

    /// The layers' folder, as the function sees it.
    pub(super) fn opt(&self) -> &Path {
        match (self.level(), &self.layers) {
            (Isolation::Container, _) | (_, None) => Path::new("/opt"),
            (_, Some(layers)) => &layers.path,
        }
    }

    /// Where its Runtime API is in a network of its own, if it has one.
    pub(super) fn inside(&self) -> Option<SocketAddr> {
        self.host.reach.as_ref().map(|_| RUNTIME_API.into())
    }

    /// The programs of its layers that run beside it.
    pub(super) fn programs(&self) -> Vec<Program> {
        let layers = self.layers.as_ref();
        layers.map_or_else(Vec::new, |layers| programs(&layers.path, self.opt()))
    }

    /// `NAME=value` of the variables by which this worker's processes are known.
    pub(super) fn markers(&self, stream: &str) -> Vec<String> {
        let (name, value) = self.companion_marker(stream);
        vec![
            format!("AWS_LAMBDA_LOG_STREAM_NAME={stream}"),
            format!("{name}={value}"),
        ]
    }

    fn companion_marker(&self, stream: &str) -> (String, String) {
        let value = format!("{}:{stream}", self.runtime_dir().display());
        (environment::COMPANION_MARKER.to_owned(), value)
    }

    /// What the function sees of the host, its own code included.
    fn view(&self) -> View {
        let mut view = self.host.view.clone();
        view.show(&self.code.path, self.task_root());
        view.show(&self.host.runtime_dir, self.runtime_dir());
        if let Some(layers) = &self.layers {
            view.show(&layers.path, self.opt());
        }
        if self.interpreter.language != Language::Provided {
            view.show_interpreter(&self.interpreter.path);
            view.show_settings_of(&self.interpreter);
        }
        view
    }
}

/// What the launcher is told.
pub(super) fn sandbox(
    plan: &Plan<'_>,
    program: &Path,
    private_directory: &Path,
    stream: &str,
    api: String,
    programs: &[Program],
) -> Sandbox {
    let temporary = plan.temporary(private_directory);
    let mut variables = plan.variables(&temporary, stream);
    environment::move_opt(&mut variables, plan.opt());
    variables.extend(plan.seat.as_ref().and_then(|seat| seat.variable()));
    variables.push((RUNTIME_API_VARIABLE.to_owned(), api));
    let companions = companions(plan, &variables, stream, programs);
    let variables = variables.into_iter();
    let (program, arguments) = wrapped(plan, program, &temporary);
    let View { shown, links } = plan.view();
    Sandbox {
        level: plan.level(),
        purpose: Purpose::Run,
        scratch: private_directory.to_owned(),
        entrances: Vec::new(),
        temporary,
        temporary_bytes: u64::from(plan.spec.ephemeral_mb) * 1_048_576,
        shown,
        links,
        network: doors::wanted(plan.host),
        program,
        arguments,
        variables: variables
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        working_directory: plan.task_root().to_owned(),
        companions,
    }
}

fn companions(
    plan: &Plan<'_>,
    variables: &Variables,
    stream: &str,
    programs: &[Program],
) -> Companions {
    if programs.is_empty() {
        return Companions::default();
    }
    let mut seen = environment::of_extensions(variables);
    seen.push(plan.companion_marker(stream));
    let seen = seen.into_iter();
    Companions {
        programs: programs.iter().map(|one| one.path.clone()).collect(),
        variables: seen
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
    }
}

/// Our end of the wire, what the worker gets as descriptor 3, and a door for extensions where the
/// wire has none.
pub(super) async fn connect(
    plan: &Plan<'_>,
    hub: &Arc<Hub>,
) -> std::io::Result<(Link, OwnedFd, Option<Door>)> {
    let inside = plan.inside();
    match plan.interpreter.language {
        language @ (Language::Node | Language::Python | Language::Java | Language::Ruby) => {
            // Only this bootstrap has something else to do then.
            let patience = (language == Language::Node).then_some(FIRST_EVENT_PATIENCE);
            let (pair, wire) = PairLink::pair(patience)?;
            let door = Door::of_extensions(hub, inside).await?;
            Ok((Link::Pair(Box::new(pair)), wire, Some(door)))
        }
        Language::Provided => {
            let nothing = std::fs::File::open("/dev/null")?;
            let link = TcpLink::bind(hub, inside).await?;
            Ok((Link::Tcp(link), nothing.into(), None))
        }
    }
}

/// `INIT_START`, with what is ours to say of the start.
pub(super) fn tell_init_start(
    journal: &mut Journal,
    plan: &Plan<'_>,
    spec: &FunctionSpec,
    is_spare: bool,
) {
    let interpreter = &plan.interpreter;
    let label = interpreter.label();
    let identity = format!("{label} {}", interpreter.path.display());
    let hash: String = Sha256::digest(identity)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let arn = format!("arn:aws:lambda:{}::runtime:{hash}", spec.region.as_str());
    let mut note = format!("isolation {}", plan.level());
    if is_spare {
        note.push_str("; interpreter started ahead");
    }
    if let Some(seat) = &plan.seat {
        let port = seat.session().port;
        note.push_str(&format!("; a debugger may attach on 127.0.0.1:{port}"));
    }
    if let Some(other) = &interpreter.note {
        note = format!("{note}; {other}");
    }
    journal.tell_init_start(&label, &arn, &note);
}
