//! One spare worker: from its start to the word that makes it a function's.

use super::Class;
use crate::environment::{self, Places};
use crate::host::Host;
use crate::limits::{SPARE_BOOT_TIMEOUT, SPARE_MEMORY_MB, SPARE_TEMPORARY_MB};
use crate::log::Capture;
use crate::network::Relay;
use crate::runtime_api::{Door, Link, PairLink};
use crate::sandbox::{
    Assignment, Companions, Isolation, Launch, Limits, Plan, Process, Purpose, Shown, View,
};
use crate::worker::{command, doors};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::TcpListener;
use std::path::Path;

/// Tells our bootstraps that they are to wait for a function.
const WAIT_VARIABLE: &str = "_CROSSWAY_SPARE";

/// An interpreter that is up, isolated, and nobody's. Dropping it kills it.
pub(crate) struct Spare {
    process: Process,
    link: Link,
    capture: Capture,
    relay: Option<Relay>,
    api: Option<TcpListener>,
}

/// What a spare worker is made of, once it is a function's.
pub(crate) struct Parts {
    pub(crate) process: Process,
    pub(crate) link: Link,
    pub(crate) capture: Capture,
    pub(crate) relay: Option<Relay>,
}

/// Where every function of level `container` finds its files.
fn places() -> Places<'static> {
    Places {
        task_root: Path::new("/var/task"),
        runtime_dir: Path::new("/var/runtime"),
        temporary: Path::new("/tmp"),
    }
}

impl Spare {
    /// Starts one and waits until its interpreter is up.
    pub(crate) async fn boot(host: &Host, class: &Class) -> io::Result<Self> {
        let private_directory = host.make_worker_dir()?;
        let (pair, wire) = PairLink::pair(None)?;
        let link = Link::Pair(Box::new(pair));
        let (capture, output) = Capture::pipe()?;
        let launch = Launch {
            plan: plan(host, class, &private_directory),
            limits: Limits {
                memory_mb: class.memory_mb.unwrap_or(SPARE_MEMORY_MB),
                temporary_mb: SPARE_TEMPORARY_MB,
                is_starting: true,
            },
            private_directory,
            // Ends with its namespace: nobody has to look for what it left.
            markers: Vec::new(),
            wire,
            output,
        };
        let doorways = launch.plan.network.clone();
        let mut process = Process::start(&host.spawner, launch).await?;
        let (relay, api) = doors::open(host, doorways, process.take_sockets())?;
        let mut spare = Self {
            process,
            link,
            capture,
            relay,
            api,
        };
        match tokio::time::timeout(SPARE_BOOT_TIMEOUT, spare.link.wait_for_word()).await {
            Ok(Ok(())) => Ok(spare),
            Ok(Err(error)) => spare.fail(error).await,
            Err(_) => spare.fail(io::ErrorKind::TimedOut.into()).await,
        }
    }

    async fn fail(self, error: io::Error) -> io::Result<Self> {
        self.end().await;
        Err(error)
    }

    /// It, unless its process has ended.
    pub(super) fn if_alive(mut self) -> Option<Self> {
        (!self.process.has_exited()).then_some(self)
    }

    /// Gives it a function's limits, `code` as its files and a temporary folder of this size.
    ///
    /// # Errors
    /// The kernel refuses something, or it has ended: a fresh worker is needed.
    pub(crate) async fn equip(
        &mut self,
        host: &Host,
        limits: Limits,
        code: &Path,
    ) -> io::Result<()> {
        let assignment = Assignment {
            shown: vec![Shown {
                source: code.to_owned(),
                target: places().task_root.to_owned(),
            }],
            temporary_bytes: u64::from(limits.temporary_mb) * 1_048_576,
        };
        self.process
            .assign(&host.spawner, limits, &assignment)
            .await
    }

    /// Tells it its function: from now on it runs that function's code. All of its variables are
    /// replaced by these.
    pub(crate) async fn begin(mut self, variables: Vec<(String, String)>) -> Parts {
        // As a fresh process gets them: the last of a name counts, in the order of names.
        let environment: BTreeMap<String, String> = variables.into_iter().collect();
        let text = serde_json::json!({
            "environment": environment,
            "directory": places().task_root,
        });
        // A worker that is gone shows as such to who waits for its init.
        let _ = self.link.say(text.to_string().as_bytes()).await;
        Parts {
            process: self.process,
            link: self.link,
            capture: self.capture,
            relay: self.relay,
        }
    }

    /// Has its processes come through `door`.
    pub(crate) fn show(&mut self, door: &mut Door, markers: Vec<String>) -> io::Result<()> {
        self.process.know_by(markers);
        match self.api.take() {
            Some(listener) => door.open(listener),
            None => {
                door.admit(self.process.owner());
                Ok(())
            }
        }
    }

    /// Kills it.
    pub(crate) async fn end(self) {
        self.process.end().await;
    }
}

fn plan(host: &Host, class: &Class, private_directory: &Path) -> Plan {
    let places = places();
    let interpreter = &class.interpreter;
    let mut view = host.view.clone();
    view.show(&host.runtime_dir, places.runtime_dir);
    view.show_interpreter(&interpreter.path);
    let View { shown, links } = view;
    let memory_mb = class.memory_mb.unwrap_or(SPARE_MEMORY_MB);
    let mut variables: Vec<(OsString, OsString)> = environment::startup(interpreter, places)
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    variables.push((WAIT_VARIABLE.into(), "1".into()));
    Plan {
        level: Isolation::Container,
        purpose: Purpose::Spare,
        scratch: private_directory.to_owned(),
        entrances: Vec::new(),
        temporary: places.temporary.to_owned(),
        temporary_bytes: u64::from(SPARE_TEMPORARY_MB) * 1_048_576,
        shown,
        links,
        network: doors::wanted(host),
        program: interpreter.path.clone(),
        arguments: command::arguments(interpreter.language, memory_mb, places.runtime_dir),
        variables,
        working_directory: "/".into(),
        companions: Companions::default(),
    }
}
