//! What every worker of this host shares.

use crate::code::CodeCache;
use crate::compiled::{self, Compiled};
use crate::environment;
use crate::network::{self, Network, NetworkReport, Reach};
use crate::runtime::Catalog;
use crate::sandbox::{
    self, Cgroups, Doorways, Isolation, IsolationReport, LimitsReport, Spawner, View,
};
use crate::spare::Spares;
use crate::turns::Turns;
use crate::{ComputeNeeds, Profile, SetupError};
use nix::fcntl::{Flock, FlockArg};
use ports::{CodeSource, LogSink};
use sha2::{Digest, Sha256};
use std::fs::{self, File, Permissions};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use stdx::{Clock, SharedIds};
use tokio::sync::Semaphore;

const NODE_BOOTSTRAP: &str = include_str!("bootstrap/bootstrap.cjs");
const PYTHON_BOOTSTRAP: &str = include_str!("bootstrap/bootstrap.py");
const PYTHON_RUNTIME: &str = include_str!("bootstrap/crossway_runtime.py");
const RUBY_BOOTSTRAP: &str = include_str!("bootstrap/bootstrap.rb");
const JAVA_BOOTSTRAP: &[u8] = include_bytes!("bootstrap/bootstrap.jar");
const NODE_SPARE: &str = include_str!("bootstrap/spare.cjs");
const NODE_REHEARSAL: &str = include_str!("bootstrap/rehearsal.js");
const RUBY_SPARE: &str = include_str!("bootstrap/crossway_spare.rb");
const PYTHON_SPARE: &str = include_str!("bootstrap/crossway_spare.py");
const NODE_DEBUG: &str = include_str!("bootstrap/debug.cjs");
const PYTHON_DEBUG: &str = include_str!("bootstrap/crossway_debug.py");

/// Folders, interpreters, clocks: read-only once made.
pub(crate) struct Host {
    pub(crate) logs: Arc<dyn LogSink>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: SharedIds,
    pub(crate) profile: Profile,
    pub(crate) spawner: Spawner,
    pub(crate) code: CodeCache,
    /// The turn of whoever unpacks code before it is needed.
    pub(crate) unpacks: Semaphore,
    pub(crate) runtime_dir: PathBuf,
    /// What of it is there in another form.
    pub(crate) compiled: Compiled,
    pub(crate) spares: Spares,
    /// Starting costs a core for tens of milliseconds: as many at once as there are cores.
    pub(crate) starts: Turns,
    pub(crate) isolation: IsolationReport,
    pub(crate) limits: LimitsReport,
    pub(crate) network: NetworkReport,
    /// What workers reach from networks of their own; none leaves them the host's.
    pub(crate) reach: Option<Arc<Reach>>,
    /// The host's, for workers with networks of their own.
    pub(crate) resolver: Option<SocketAddr>,
    /// What of the host every function sees.
    pub(crate) view: View,
    workers_dir: PathBuf,
    code_source: OnceLock<Arc<dyn CodeSource>>,
    search_path: Vec<PathBuf>,
    catalog: OnceLock<Catalog>,
    /// Held so that no second Crossway takes our workers for its own leftovers.
    _lock: Flock<File>,
}

impl Host {
    /// Prepares `data_dir` and removes what an earlier run left there, processes included.
    pub(crate) fn open(needs: ComputeNeeds) -> Result<Arc<Self>, SetupError> {
        let directory = |error| SetupError::Directory(needs.data_dir.clone(), error);
        let base = needs.data_dir.join("compute");
        fs::create_dir_all(&base).map_err(directory)?;
        let base = base.canonicalize().map_err(directory)?;
        let lock = File::create(base.join("lock")).map_err(directory)?;
        let lock = Flock::lock(lock, FlockArg::LockExclusiveNonblock)
            .map_err(|_| SetupError::InUse(needs.data_dir.clone()))?;

        let runtime_dir = base.join("runtime");
        let workers_dir = base.join("workers");
        if fs::read_dir(&workers_dir).is_ok_and(|mut left| left.next().is_some()) {
            let left = ["LAMBDA_RUNTIME_DIR", environment::COMPANION_MARKER];
            let left = left.map(|name| format!("{name}={}", runtime_dir.display()));
            sandbox::kill_marked(&left, None);
            fs::remove_dir_all(&workers_dir).map_err(directory)?;
        }
        make_private(&workers_dir).map_err(directory)?;
        fs::create_dir_all(&runtime_dir).map_err(directory)?;
        write_bootstraps(&runtime_dir).map_err(directory)?;

        let users = View::write_users(&base.join("users")).map_err(directory)?;
        let view = View::of_host(&users);
        let isolation = isolation(&needs, &view, &workers_dir)?;

        let (reach, network) = network(&needs, &isolation, &view, &workers_dir)?;
        let (cgroups, limits) = Cgroups::open(&group_name(&base));

        // Elsewhere an interpreter that is up could not be shown its function's files.
        let spares = match isolation.level {
            Isolation::Container => needs.spares,
            Isolation::Hardened | Isolation::Process => 0,
        };
        let starts_max = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .max(2);
        let host = Arc::new(Self {
            logs: needs.logs,
            clock: needs.clock,
            ids: needs.ids,
            profile: needs.profile,
            spawner: Spawner::start(needs.launcher, cgroups).map_err(SetupError::Spawner)?,
            code: CodeCache::open(base.join("code")).map_err(directory)?,
            unpacks: Semaphore::new(1),
            runtime_dir,
            compiled: Compiled::default(),
            spares: Spares::new(spares),
            starts: Turns::new(starts_max),
            isolation,
            limits,
            network,
            reach,
            resolver: network::resolver(),
            view,
            workers_dir,
            code_source: OnceLock::new(),
            search_path: needs.search_path,
            catalog: OnceLock::new(),
            _lock: lock,
        });
        // Asking interpreters for their versions takes longer than Crossway's own start.
        let discovering = Arc::downgrade(&host);
        std::thread::spawn(move || {
            discovering
                .upgrade()
                .map(|host| host.catalog().choose("", host.profile).is_ok())
        });
        Ok(host)
    }

    /// Where bundles come from; only the first call counts.
    pub(crate) fn set_code_source(&self, source: Arc<dyn CodeSource>) {
        if self.code_source.set(source).is_err() {
            tracing::warn!("the code source was set twice; the first one stays");
        }
    }

    /// Where bundles come from, once that is known.
    pub(crate) fn code_source(&self) -> Option<&Arc<dyn CodeSource>> {
        self.code_source.get()
    }

    /// The interpreters of this host. The first call waits until they have been found.
    pub(crate) fn catalog(&self) -> &Catalog {
        self.catalog
            .get_or_init(|| Catalog::discover(&self.search_path))
    }

    /// The same, unless they are still looked for.
    pub(crate) fn catalog_if_known(&self) -> Option<&Catalog> {
        self.catalog.get()
    }

    /// A folder that only this user can enter, for one worker.
    pub(crate) fn make_worker_dir(&self) -> std::io::Result<PathBuf> {
        let path = self
            .workers_dir
            .join(self.ids.text(b"0123456789abcdef", 16));
        make_private(&path)?;
        make_private(&path.join("tmp"))?;
        Ok(path)
    }

    /// Removes the folders of workers whose start was given up half-way. No worker may be left.
    pub(crate) fn clear_worker_dirs(&self) {
        for entry in fs::read_dir(&self.workers_dir)
            .into_iter()
            .flatten()
            .flatten()
        {
            // What stays, the next start removes.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The level in force.
fn isolation(
    needs: &ComputeNeeds,
    view: &View,
    workers_dir: &Path,
) -> Result<IsolationReport, SetupError> {
    let scratch = workers_dir.join("probe");
    make_private(&scratch).map_err(|error| SetupError::Directory(scratch.clone(), error))?;
    let range = (needs.isolation_min, needs.isolation_max);
    let found = sandbox::probe(&needs.launcher, view, &scratch, range);
    let _ = fs::remove_dir_all(&scratch);
    found.map_err(|refused| SetupError::Isolation {
        min: needs.isolation_min,
        refused,
    })
}

/// What workers reach from networks of their own, if they have such.
fn network(
    needs: &ComputeNeeds,
    isolation: &IsolationReport,
    view: &View,
    workers_dir: &Path,
) -> Result<(Option<Arc<Reach>>, NetworkReport), SetupError> {
    let Network::Own(reach) = &needs.network else {
        return Ok((None, NetworkReport::of(&Network::Host, None)));
    };
    let refused = if isolation.level < Isolation::Container {
        let level = isolation.level;
        Some(format!("level `{level}` has no network of its own"))
    } else {
        let scratch = workers_dir.join("probe");
        make_private(&scratch).map_err(|error| SetupError::Directory(scratch.clone(), error))?;
        let doorways = Doorways {
            has_runtime_api: true,
            has_names: reach.has_names(),
            ports: reach.ports(),
        };
        let tried = sandbox::probe_network(&needs.launcher, view, &scratch, doorways);
        let _ = fs::remove_dir_all(&scratch);
        tried.err()
    };
    match refused {
        None => {
            let report = NetworkReport::of(&needs.network, None);
            Ok((Some(Arc::new(reach.clone())), report))
        }
        Some(reason) if needs.is_network_required => Err(SetupError::Network(reason)),
        Some(reason) => Ok((None, NetworkReport::of(&Network::Host, Some(reason)))),
    }
}

/// One data directory has one folder of control groups, whatever process uses it.
fn group_name(base: &Path) -> String {
    let hash = Sha256::digest(base.as_os_str().as_bytes());
    let text = hash.iter().take(8).map(|byte| format!("{byte:02x}"));
    format!("crossway-{}", text.collect::<String>())
}

fn make_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

fn write_bootstraps(directory: &Path) -> std::io::Result<()> {
    // There from the start, so that all workers see the same.
    fs::create_dir_all(directory.join(compiled::FOLDER))?;
    for (name, text) in [
        ("bootstrap.cjs", NODE_BOOTSTRAP),
        ("bootstrap.py", PYTHON_BOOTSTRAP),
        ("bootstrap.rb", RUBY_BOOTSTRAP),
        ("crossway_runtime.py", PYTHON_RUNTIME),
        ("crossway_spare.rb", RUBY_SPARE),
        ("spare.cjs", NODE_SPARE),
        ("rehearsal.js", NODE_REHEARSAL),
        ("crossway_spare.py", PYTHON_SPARE),
        ("debug.cjs", NODE_DEBUG),
        ("crossway_debug.py", PYTHON_DEBUG),
    ] {
        fs::write(directory.join(name), text)?;
    }
    fs::write(directory.join("bootstrap.jar"), JAVA_BOOTSTRAP)
}
