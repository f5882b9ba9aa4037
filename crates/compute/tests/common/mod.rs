//! A `Compute` with real interpreters, and functions made of text.

#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use arn::Arn;
use bytes::Bytes;
use compute::{Compute, ComputeNeeds, Isolation, Network, Profile, Reach, SetupError};
use policy::{Principal, PrincipalKind};
use ports::{
    CodeSource, Compute as _, ComputeError, FunctionSpec, LogBatch, LogSink, Outcome, Secret,
    SessionCredentials, Work,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};
use stdx::{BoxFuture, Clock, Ids, RandomIds, SystemClock};
use tempfile::TempDir;
use tokio::sync::watch;

/// Keeps what is logged, and lets a test wait for it.
pub struct Sink {
    lines: watch::Sender<Vec<String>>,
    streams: Mutex<Vec<String>>,
}

impl LogSink for Sink {
    fn write(&self, batch: LogBatch) {
        let account = batch.target.account.as_str();
        assert!(
            ["111111111111", "222222222222"].contains(&account),
            "{account}"
        );
        assert_eq!(batch.target.group, "/aws/lambda/f");
        self.streams
            .lock()
            .unwrap()
            .push(batch.target.stream.clone());
        self.lines
            .send_modify(|lines| lines.extend(batch.events.into_iter().map(|event| event.message)));
    }
}

/// Bundles by hash.
#[derive(Default)]
struct Bundles(Mutex<HashMap<String, Bytes>>);

impl CodeSource for Bundles {
    fn bundle<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Option<Bytes>> {
        Box::pin(async move { self.0.lock().unwrap().get(hash).cloned() })
    }
}

/// Whether the functions of these tests get workers whose interpreters were started ahead.
pub const HAS_SPARES: bool = matches!(env!("CARGO_CRATE_NAME").as_bytes(), b"spare");

/// A lab at exactly `level`; none, visibly, when this host's kernel refuses it.
pub fn lab(level: Isolation) -> Option<Lab> {
    if HAS_SPARES && level != Isolation::Container {
        return None;
    }
    let lab = Lab::at(level);
    let report = lab.compute.isolation();
    if report.level != level {
        eprintln!("skipped: no level {level} here: {:?}", report.refused);
        return None;
    }
    Some(lab)
}

pub struct Lab {
    pub compute: Arc<Compute>,
    pub directory: TempDir,
    sink: Arc<Sink>,
    bundles: Arc<Bundles>,
}

impl Lab {
    pub fn new() -> Self {
        Self::with(None)
    }

    pub fn with(workers_max: Option<usize>) -> Self {
        Self::in_directory(tempfile::tempdir().unwrap(), workers_max)
    }

    /// At level `process`, where workers tell themselves apart by their process ids.
    pub fn processes(workers_max: Option<usize>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self::build(directory, workers_max, Isolation::Process)
    }

    /// At `level`, whatever stronger one this host gives.
    pub fn at(level: Isolation) -> Self {
        Self::build(tempfile::tempdir().unwrap(), None, level)
    }

    /// With networks of the workers' own, from which only `reach` is reached; none, visibly, when
    /// this host's kernel refuses that.
    pub fn reaching(reach: &[&str]) -> Option<Self> {
        let reach = reach.iter().map(|text| text.parse().unwrap()).collect();
        let network = Network::Own(Reach::of(reach).unwrap());
        let directory = tempfile::tempdir().unwrap();
        let lab = Self::made(directory, |needs| ComputeNeeds { network, ..needs });
        let report = lab.compute.network();
        if report.network != "own" {
            eprintln!("skipped: {:?}", report.refused);
            return None;
        }
        Some(lab)
    }

    /// What comes of a host that gives `max` where `min` is asked for.
    pub fn needing(min: Isolation, max: Isolation) -> Result<Arc<Compute>, SetupError> {
        let directory = tempfile::tempdir().unwrap();
        let sink = Arc::new(Sink {
            lines: watch::Sender::new(Vec::new()),
            streams: Mutex::default(),
        });
        Compute::new(ComputeNeeds {
            isolation_min: min,
            ..needs(&directory, &sink, None, max)
        })
    }

    /// What comes of asking for networks of the workers' own, at most at `max`.
    pub fn needing_network(max: Isolation) -> Result<Arc<Compute>, SetupError> {
        let directory = tempfile::tempdir().unwrap();
        let sink = Arc::new(Sink {
            lines: watch::Sender::new(Vec::new()),
            streams: Mutex::default(),
        });
        Compute::new(ComputeNeeds {
            network: Network::Own(Reach::default()),
            is_network_required: true,
            ..needs(&directory, &sink, None, max)
        })
    }

    pub fn in_directory(directory: TempDir, workers_max: Option<usize>) -> Self {
        Self::build(directory, workers_max, Isolation::Container)
    }

    fn build(directory: TempDir, workers_max: Option<usize>, level: Isolation) -> Self {
        Self::made(directory, |needs| ComputeNeeds {
            workers_max,
            isolation_max: level,
            ..needs
        })
    }

    /// On a host like others, but for this.
    pub fn changed(change: impl FnOnce(ComputeNeeds) -> ComputeNeeds) -> Self {
        Self::made(tempfile::tempdir().unwrap(), change)
    }

    fn made(directory: TempDir, change: impl FnOnce(ComputeNeeds) -> ComputeNeeds) -> Self {
        let sink = Arc::new(Sink {
            lines: watch::Sender::new(Vec::new()),
            streams: Mutex::default(),
        });
        let usual = needs(&directory, &sink, None, Isolation::Container);
        let compute = Compute::new(change(usual)).unwrap();
        let bundles = Arc::new(Bundles::default());
        compute.set_code_source(bundles.clone());
        Self {
            compute,
            directory,
            sink,
            bundles,
        }
    }

    /// With so many interpreters started ahead.
    pub fn with_spares(spares: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self::made(directory, |needs| ComputeNeeds { spares, ..needs })
    }

    /// Another `Compute` in the same folder.
    pub fn second(&self) -> Result<Arc<Compute>, SetupError> {
        Compute::new(needs(
            &self.directory,
            &self.sink,
            None,
            Isolation::Container,
        ))
    }

    /// A function of `runtime` whose bundle holds `files`.
    pub fn function(&self, runtime: &str, handler: &str, files: &[(&str, &str)]) -> FunctionSpec {
        let files = files
            .iter()
            .map(|(name, text)| (name.to_string(), text.as_bytes().to_vec()));
        self.function_of(runtime, handler, &files.collect::<Vec<_>>())
    }

    /// A function of `runtime` whose bundle holds these bytes.
    pub fn function_of(
        &self,
        runtime: &str,
        handler: &str,
        files: &[(String, Vec<u8>)],
    ) -> FunctionSpec {
        let hash = self.bundle_of(files);
        FunctionSpec {
            arn: "arn:aws:lambda:us-east-1:222222222222:function:f".to_owned(),
            name: "f".to_owned(),
            version: "$LATEST".to_owned(),
            revision: RandomIds.uuid(),
            account: "222222222222".parse().unwrap(),
            region: arn::Region::us_east_1(),
            runtime: runtime.to_owned(),
            handler: handler.to_owned(),
            code: hash,
            layers: Vec::new(),
            timeout_s: 30,
            memory_mb: 128,
            ephemeral_mb: 512,
            environment: BTreeMap::new(),
            log_group: "/aws/lambda/f".to_owned(),
            logging: ports::FunctionLogging::default(),
            endpoint_url: Some("http://127.0.0.1:4566".to_owned()),
        }
    }

    /// A bundle that holds `files`; a layer, when no function has it as its code.
    pub fn bundle(&self, files: &[(&str, &str)]) -> String {
        let files = files
            .iter()
            .map(|(name, text)| (name.to_string(), text.as_bytes().to_vec()));
        self.bundle_of(&files.collect::<Vec<_>>())
    }

    fn bundle_of(&self, files: &[(String, Vec<u8>)]) -> String {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let is_program = name.starts_with("extensions/") && !name.ends_with(".plain");
            let mode = if is_program || ["bootstrap", "wrapper"].contains(&name.as_str()) {
                0o755
            } else {
                0o644
            };
            let options = zip::write::SimpleFileOptions::default().unix_permissions(mode);
            zip.start_file(name.as_str(), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        let hash: String = Sha256::digest(&bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        self.bundles
            .0
            .lock()
            .unwrap()
            .insert(hash.clone(), bytes.into());
        hash
    }

    /// A Node.js function of one file.
    pub fn node(&self, file: &str, text: &str) -> FunctionSpec {
        self.function("nodejs20.x", "index.handler", &[(file, text)])
    }

    /// A Python function of one file.
    pub fn python(&self, text: &str) -> FunctionSpec {
        self.function("python3.11", "app.handler", &[("app.py", text)])
    }

    pub fn lines(&self) -> Vec<String> {
        self.sink.lines.borrow().clone()
    }

    /// Distinct log streams so far: one for each worker.
    pub fn streams(&self) -> Vec<String> {
        let mut streams = self.sink.streams.lock().unwrap().clone();
        streams.sort();
        streams.dedup();
        streams
    }

    /// The host's processes that run this lab's functions.
    pub fn pids(&self) -> Vec<i64> {
        let streams = self.streams();
        let is_ours = |environment: &[u8]| {
            let mut variables = environment.split(|byte| *byte == 0);
            variables.any(|variable| {
                let name = variable.strip_prefix(b"AWS_LAMBDA_LOG_STREAM_NAME=");
                name.is_some_and(|name| streams.iter().any(|stream| stream.as_bytes() == name))
            })
        };
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        entries
            .filter(|entry| {
                std::fs::read(entry.path().join("environ")).is_ok_and(|it| is_ours(&it))
            })
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect()
    }

    /// Their states, as one letter each.
    pub fn states(&self) -> Vec<char> {
        let states = self.pids().into_iter().filter_map(|pid| field(pid, 0));
        states.filter_map(|state| state.chars().next()).collect()
    }

    /// Waits until a line satisfies `wanted`, and gives it.
    pub async fn line(&self, wanted: impl Fn(&str) -> bool) -> String {
        let mut lines = self.sink.lines.subscribe();
        let lines = lines
            .wait_for(|lines| lines.iter().any(|line| wanted(line)))
            .await
            .unwrap();
        lines.iter().find(|line| wanted(line)).unwrap().clone()
    }

    /// Waits until so many lines satisfy `wanted`.
    pub async fn line_count(&self, wanted: impl Fn(&str) -> bool, count: usize) {
        let mut lines = self.sink.lines.subscribe();
        let is_enough = |lines: &Vec<String>| lines.iter().filter(|l| wanted(l)).count() >= count;
        lines.wait_for(is_enough).await.unwrap();
    }

    pub async fn run(&self, work: Work) -> Result<Outcome, ComputeError> {
        if HAS_SPARES {
            self.compute.prepare(&work.function).await?;
        }
        self.compute.run(work).await
    }

    /// Runs `event` and gives the answer of a handler that must succeed.
    pub async fn answer(&self, function: &FunctionSpec, event: Value) -> Value {
        let outcome = self.run(work(function, event)).await.unwrap();
        let payload = String::from_utf8_lossy(&outcome.payload).into_owned();
        assert!(outcome.error.is_none(), "{payload}\n{:#?}", self.lines());
        serde_json::from_str(&payload).unwrap()
    }

    /// Runs `event` and gives the error object of a handler that must fail.
    pub async fn error(&self, function: &FunctionSpec, event: Value) -> Value {
        let outcome = self.run(work(function, event)).await.unwrap();
        let payload = String::from_utf8_lossy(&outcome.payload).into_owned();
        assert!(outcome.error.is_some(), "{payload}");
        serde_json::from_str(&payload).unwrap()
    }
}

fn needs(
    directory: &TempDir,
    sink: &Arc<Sink>,
    workers_max: Option<usize>,
    level: Isolation,
) -> ComputeNeeds {
    ComputeNeeds {
        data_dir: directory.path().to_owned(),
        logs: sink.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        profile: Profile::Developer,
        search_path: compute::host_search_path(),
        workers_max,
        spares: usize::from(HAS_SPARES),
        launcher: env!("CARGO_BIN_EXE_compute-launcher").into(),
        isolation_min: Isolation::Process,
        isolation_max: level,
        network: Network::Host,
        is_network_required: false,
    }
}

/// An invocation with everything that a context shows.
pub fn work(function: &FunctionSpec, event: Value) -> Work {
    Work {
        request_id: RandomIds.uuid(),
        function: Arc::new(function.clone()),
        invoked_arn: format!("{}:live", function.arn),
        payload: event.to_string().into(),
        trace_id: "Root=1-5f84c7a9-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0"
            .to_owned(),
        client_context: None,
        wants_log_tail: true,
        credentials: Arc::new(credentials(SystemClock.now_ms() + 3_600_000)),
    }
}

pub fn credentials(expires_ms: i64) -> SessionCredentials {
    let arn: Arn = "arn:aws:sts::222222222222:assumed-role/r/f"
        .parse()
        .unwrap();
    SessionCredentials {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret: Secret("secret".to_owned()),
        session_token: Secret("token".to_owned()),
        expires_ms,
        principal: Arc::new(Principal {
            account: "222222222222".parse().unwrap(),
            kind: PrincipalKind::AssumedRole,
            arn: arn.clone(),
            principal_arn: arn,
            user_id: "AROAEXAMPLE:f".to_owned(),
            session: None,
            access_key_id: "ASIAEXAMPLE".to_owned(),
        }),
    }
}

/// Whether a process of this id is there and not just waiting to be reaped.
pub fn is_alive(pid: i64) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .starts_with(" Z")
    })
}

/// How many processes of the host have exactly this command line.
pub fn count_of_command(line: &[u8]) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|seen| seen == line).count()
}

/// A field of `/proc/PID/stat`, counted from the state on.
pub fn field(pid: i64, place: usize) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields = stat.rsplit(')').next()?;
    fields.split_whitespace().nth(place).map(str::to_owned)
}
