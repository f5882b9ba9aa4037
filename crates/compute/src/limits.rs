//! Every bound of this crate, with AWS's value and its source where AWS has one.

use std::ops::RangeInclusive;
use std::time::Duration;

/// A response may be 6 MB and a little: the number in AWS's own message
/// (`maximum allowed payload size (6291556 bytes)`).
pub(crate) const RESPONSE_BYTES_MAX: usize = 6_291_556;

/// A response that is handed on while it comes: 200 MB (Lambda quotas, "Invocation payload":
/// streamed responses, the default).
pub(crate) const STREAMED_BYTES_MAX: usize = 200 * 1024 * 1024;

/// Bytes of a streamed response that are read at once; ours.
pub(crate) const PIECE_BYTES_MAX: usize = 64 * 1024;

/// Init may take 10 s; then it is tried again inside the first invocation (Lambda guide,
/// "Understanding the Lambda execution environment lifecycle").
pub(crate) const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// Init of a worker that is started ahead of any event may take 130 s or the function's timeout,
/// whichever is more (the same page).
pub(crate) const PROVISIONED_INIT_MIN: Duration = Duration::from_secs(130);

/// How often workers that are kept up are looked at, whether they live; ours.
pub(crate) const PROVISIONED_LOOK_EVERY: Duration = Duration::from_secs(2);

/// Starts in a row that may fail before provisioning is said to have failed; ours.
pub(crate) const PROVISIONED_STARTS_FAILED_MAX: u32 = 3;

/// How long after that it is tried again; ours.
pub(crate) const PROVISIONED_RETRY_AFTER: Duration = Duration::from_secs(60);

/// One worker of so many of a host is never kept up without events, so that other functions can
/// have theirs; ours: AWS leaves 100 of an account's 1,000.
pub(crate) const UNPROVISIONED_PARTS: usize = 10;

/// `X-Amz-Log-Result` holds the last 4 KB (Lambda API reference, Invoke).
pub(crate) const LOG_TAIL_BYTES_MAX: usize = 4_096;

/// One log event: 256 KB (CloudWatch Logs quotas before 2025; AWS splits longer lines).
pub(crate) const LOG_EVENT_BYTES_MAX: usize = 262_144;

/// Log text held back before it goes to the sink, so that a chatty function cannot fill memory.
pub(crate) const LOG_PENDING_BYTES_MAX: usize = 1_048_576;

/// How long a line of a running invocation may wait for its batch; ours.
pub(crate) const LOG_PENDING_TIME_MAX: Duration = Duration::from_millis(500);

/// Head of a request that a worker sends; ours, a stock client needs about 300 bytes.
pub(crate) const REQUEST_HEAD_BYTES_MAX: usize = 16_384;

/// Files and folders of one bundle; ours, so that a bomb of empty files ends.
pub(crate) const BUNDLE_ENTRIES_MAX: usize = 200_000;

/// Unzipped code and layers: 250 MB (Lambda quotas).
pub(crate) const BUNDLE_UNZIPPED_BYTES_MAX: u64 = 262_144_000;

/// Unzipped bundles kept on disk; ours. The least recently used one that no worker holds goes.
pub(crate) const CODE_CACHE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;

/// Open files of a worker: 1,024 (Lambda quotas, file descriptors).
pub(crate) const OPEN_FILES_MAX: u32 = 1_024;

/// A worker's share of host memory when workers are counted; ours. An idle Node.js worker was
/// measured at 6 to 15 MiB of its own, a real function needs more.
pub(crate) const WORKER_MEMORY_BYTES: u64 = 64 * 1024 * 1024;

/// Workers of one host, whatever its memory: AWS's default concurrency of an account is 1,000.
pub(crate) const WORKERS_MAX: usize = 1_000;

/// Workers that every host may have, whatever its memory; ours.
pub(crate) const WORKERS_MIN: usize = 4;

/// Invocations that wait for a worker of one function version; ours, ten times AWS's default
/// concurrency of a whole account.
pub(crate) const WAITING_MAX: usize = 10_000;

/// An idle worker is ended after this; ours, AWS promises nothing and keeps minutes.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(600);

/// How often idle workers are looked at.
pub(crate) const REAP_EVERY: Duration = Duration::from_secs(30);

/// A worker is not given an event that could outlive its role session by less than this.
pub(crate) const SESSION_MARGIN_MS: i64 = 30_000;

/// What a process gets to go by itself after it said that it will; ours.
pub(crate) const EXIT_GRACE: Duration = Duration::from_secs(1);

/// Peak memory is read again only when the last reading is older than this; ours.
pub(crate) const MEMORY_SAMPLE_EVERY: Duration = Duration::from_millis(100);

/// A start keeps its turn no longer than this; ours.
pub(crate) const START_TURN_MAX: Duration = Duration::from_secs(1);

/// An invocation may wait so long for a busy worker before a new one is started: less than any
/// interpreter takes to start (15 ms and more, measured); ours.
pub(crate) const WAIT_WORTH: Duration = Duration::from_millis(20);

/// Events that are over sooner than this on average wait for the workers that are at it already,
/// rather than wake another one: a worker that has slept needs that long to begin; ours.
pub(crate) const BRIEF_MEAN_MAX: Duration = Duration::from_micros(500);

/// How long such events may wait for that, by experience; ours.
pub(crate) const BRIEF_WAIT_MAX: Duration = Duration::from_millis(2);

/// The same for short events of workers that want the processor all the time: one worker more than
/// processors would serve nobody sooner; ours.
pub(crate) const COMPUTING_WAIT_WORTH: Duration = Duration::from_millis(100);

/// An invocation whose queue moves waits no longer than this for a worker to come free; ours.
pub(crate) const PATIENCE_MAX: Duration = Duration::from_millis(200);

/// An event is handed to a busy worker early only when such events take less than this on average:
/// it is bound to that worker from then on; ours.
pub(crate) const EARLY_MEAN_MAX: Duration = Duration::from_millis(5);

/// An event that is handed over early fits into what a socket takes at once; ours.
pub(crate) const EARLY_BYTES_MAX: usize = 16_384;

/// A worker computes, rather than waits, when it wanted the processor for so much of its busy time;
/// ours.
pub(crate) const COMPUTING_SHARE_MIN: f64 = 0.2;

/// An invocation that waits for a worker looks after its own cause at least so often; ours.
pub(crate) const LOOK_EVERY_MAX: Duration = Duration::from_secs(1);

/// Processes and threads of a worker: 1,024 (Lambda quotas).
pub(crate) const PROCESSES_MAX: u64 = 1_024;

/// What a launcher is told of one worker; ours. AWS's 4 KB of variables fit many times.
pub(crate) const PLAN_BYTES_MAX: u64 = 4 * 1_048_576;

/// One inode of `/tmp` for so many of its bytes, as ext4 has by default.
pub(crate) const TEMPORARY_BYTES_PER_FILE: u64 = 16_384;

/// How long a launcher may take to say that it has done its part; ours, it takes milliseconds.
pub(crate) const LAUNCH_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a worker's namespace may take to go; ours.
pub(crate) const NAMESPACE_END_TIMEOUT: Duration = Duration::from_secs(5);

/// Memory that buys one CPU: 1,769 MB (Lambda guide, "Configure Lambda function memory").
pub(crate) const CPU_SHARE_MEMORY_MB: u64 = 1_769;

/// What the launcher's two processes of a worker may use beside it; ours, measured below 2.
pub(crate) const LAUNCHER_MEMORY_MB: u64 = 16;

/// The launcher's processes of a worker: a guardian and an init.
pub(crate) const LAUNCHER_PROCESSES: u64 = 2;

/// How often a control group that is not empty yet is looked at again, and how many times; ours.
pub(crate) const GROUP_END_PAUSE: Duration = Duration::from_millis(1);
pub(crate) const GROUP_END_ROUNDS_MAX: usize = 2_000;

/// How often the memory of busy workers is looked at; ours.
pub(crate) const WATCH_EVERY: Duration = Duration::from_millis(100);

/// Processes of a worker that are counted together where no control group counts them; ours.
pub(crate) const WATCHED_PROCESSES_MAX: usize = 2_048;

/// Ports that functions may reach from a network of their own; ours: each is a descriptor for each
/// worker.
pub(crate) const DESTINATION_PORTS_MAX: usize = 32;

/// Connections of one worker out of its network: what its descriptors allow.
pub(crate) const RELAYED_CONNECTIONS_MAX: usize = 1_024;

/// How long a function's connection may wait for its other half; ours.
pub(crate) const DIAL_TIMEOUT: Duration = Duration::from_secs(10);

/// DNS over UDP: the largest packet that IP carries.
pub(crate) const DNS_PACKET_BYTES_MAX: usize = 65_535;

/// Questions of one worker that wait for an answer, and how long; ours.
pub(crate) const DNS_QUESTIONS_MAX: usize = 64;
pub(crate) const DNS_TIMEOUT: Duration = Duration::from_secs(5);

/// Kinds of functions for which spare workers are kept: interpreter and, for Node.js, memory; ours.
pub(crate) const SPARE_CLASSES_MAX: usize = 4;

/// Spare workers of a kind at most, whatever is configured; ours.
pub(crate) const SPARES_MAX: usize = 64;

/// Memory that a spare worker has before it has a function's; AWS's default of a function.
pub(crate) const SPARE_MEMORY_MB: u32 = 128;

/// The temporary folder of a spare worker; AWS's default of a function.
pub(crate) const SPARE_TEMPORARY_MB: u32 = 512;

/// No spare worker is started when less than this part of the host's memory would be left; ours.
pub(crate) const SPARE_MEMORY_LEFT_SHARE: u64 = 10;

/// How long the interpreter of a spare worker may take to come up; ours, it takes 30 ms.
pub(crate) const SPARE_BOOT_TIMEOUT: Duration = Duration::from_secs(10);

/// Boots in a row that may fail before no more are tried; ours.
pub(crate) const SPARE_BOOTS_FAILED_MAX: u32 = 3;

/// How long after a start, and between two looks whether nothing else starts, a spare worker's
/// start waits; ours.
pub(crate) const SPARE_PAUSE: Duration = Duration::from_millis(20);

/// How long a Node.js worker that was started afresh waits for its first event and does nothing
/// else; ours. The event that it was started for comes in a fraction of a millisecond.
pub(crate) const FIRST_EVENT_PATIENCE: Duration = Duration::from_millis(10);

/// How long a Python may take to compile our bootstrap; ours, it takes 30 ms.
pub(crate) const COMPILE_TIMEOUT: Duration = Duration::from_secs(30);

/// How often it is looked whether the host's memory is short; ours.
pub(crate) const MEMORY_LOOK_EVERY: Duration = Duration::from_secs(2);

/// The host's memory is short when less than this part of it is left; ours.
pub(crate) const MEMORY_SHORT_SHARE: u64 = 20;

/// Then one idle worker of so many is ended at each look, those idle longest first; ours.
pub(crate) const MEMORY_RELIEF_PARTS: usize = 4;

/// By how much less than its share of the processors a worker gets while it starts, when others
/// want them; ours.
pub(crate) const STARTING_SHARE_PART: u64 = 8;

/// Function versions that are debugged at the same time; ours: each has a port and a worker.
pub(crate) const DEBUG_SESSIONS_MAX: usize = 16;

/// A debugging session ends when its client has not kept it for so long; ours.
pub(crate) const DEBUG_LEASE: Duration = Duration::from_secs(30);

/// How often a worker that is debugged looks whether its session is over; ours.
pub(crate) const DEBUG_LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long a worker to debug may take before its client is answered all the same; ours.
pub(crate) const DEBUG_START_MAX: Duration = Duration::from_secs(20);

/// How often it is looked whether a worker listens for a debugger; ours.
pub(crate) const DEBUG_LISTEN_LOOK_EVERY: Duration = Duration::from_millis(20);

/// The time that a function which is debugged is told to have left; ours.
pub(crate) const DEBUG_TOLD_LIMIT: Duration = Duration::from_secs(86_400);

/// Extensions of one function: 10 (Lambda guide, "Using the Lambda Extensions API", init phase).
pub(crate) const EXTENSIONS_MAX: usize = 10;

/// How long an environment with an external extension may take to end: 2,000 ms; with an internal
/// one alone 500 ms (the same page, shutdown phase).
pub(crate) const SHUTDOWN_EXTERNAL: Duration = Duration::from_millis(2_000);
pub(crate) const SHUTDOWN_INTERNAL: Duration = Duration::from_millis(500);

/// How much of that is the runtime's: 300 ms, 500 ms with an internal extension (the same page).
pub(crate) const SHUTDOWN_RUNTIME: Duration = Duration::from_millis(300);

/// Events of a batch of telemetry: 1,000 to 10,000, 10,000 unless told (Lambda guide, "Accessing
/// real-time telemetry data for extensions using the Telemetry API", buffering).
// UNVERIFIED: "Lambda Telemetry API reference" has other bounds (25 to 30,000 events, 1,000 to 10,000
// ms); a subscription with 25 events and 25 ms on AWS would settle it.
pub(crate) const TELEMETRY_ITEMS: RangeInclusive<u64> = 1_000..=10_000;
pub(crate) const TELEMETRY_ITEMS_DEFAULT: u64 = 10_000;

/// Bytes of a batch: 262,144 to 1,048,576, the least unless told (the same page).
pub(crate) const TELEMETRY_BYTES: RangeInclusive<u64> = 262_144..=1_048_576;

/// How long a batch may wait: 25 to 30,000 ms, 1,000 unless told (the same page).
pub(crate) const TELEMETRY_TIMEOUT_MS: RangeInclusive<u64> = 25..=30_000;
pub(crate) const TELEMETRY_TIMEOUT_DEFAULT_MS: u64 = 1_000;

/// Telemetry that is held for one subscriber; ours, some batches.
pub(crate) const TELEMETRY_HELD_BYTES_MAX: usize = 4 * 1_048_576;

/// Telemetry of an init that is kept for those who subscribe late; ours.
pub(crate) const TELEMETRY_EARLY_BYTES_MAX: usize = 1_048_576;

/// How often a batch is tried, and how long after a failure; ours.
pub(crate) const TELEMETRY_TRIES_MAX: usize = 20;
pub(crate) const TELEMETRY_RETRY_AFTER: Duration = Duration::from_millis(100);

/// What is read of a subscriber's answer; ours.
pub(crate) const TELEMETRY_ANSWER_BYTES_MAX: usize = 16_384;
