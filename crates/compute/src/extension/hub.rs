//! All extensions of one worker: who is there, and who waits for what.
//!
//! Connections bring calls in at any time, whoever drives the worker asks and waits. Nothing here
//! does anything by itself.

use super::agent::{Agent, EventKind, Stage, Told};
use super::answer;
use super::subscription::{Category, Subscription};
use super::telemetry::Telemetry;
use crate::limits::EXTENSIONS_MAX;
use crate::runtime_api::{Action, Call};
use bytes::Bytes;
use ports::{FunctionSpec, Work};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use stdx::{SharedIds, TimestampMs};
use tokio::sync::{Notify, oneshot};

/// The answer to a call: at once, or when there is an event.
pub(crate) enum Reply {
    /// The whole answer.
    Now(Bytes),
    /// The answer to who waits; none when the worker ends.
    Later(oneshot::Receiver<Bytes>),
}

/// Why an environment ends: `shutdownReason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Nobody needs it.
    Spindown,
    /// An invocation took too long.
    Timeout,
    /// Something in it failed.
    Failure,
}

impl Reason {
    /// AWS's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Spindown => "spindown",
            Self::Timeout => "timeout",
            Self::Failure => "failure",
        }
    }
}

/// The extensions of one worker.
pub(crate) struct Hub {
    spec: Arc<FunctionSpec>,
    ids: SharedIds,
    /// None where no program was started with the worker.
    telemetry: Option<Arc<Telemetry>>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// No more extensions register: the runtime has asked for its first event.
    is_closed: bool,
    agents: Vec<Agent>,
    /// The event of the end, for those that were busy when it came.
    shutdown: Option<Value>,
    /// The first error that an extension reported.
    fatal: Option<&'static str>,
    /// Who has subscribed to what, until the log has told it.
    subscribed: Vec<(String, Vec<Category>)>,
}

impl Hub {
    /// Without extensions yet.
    pub(crate) fn new(
        spec: Arc<FunctionSpec>,
        ids: SharedIds,
        telemetry: Option<Arc<Telemetry>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            spec,
            ids,
            telemetry,
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// The programs of these file names are started; `number` is their place.
    pub(crate) fn expect(&self, names: &[String]) {
        let mut state = self.lock();
        for name in names {
            let agent = self.agent(name, true, Vec::new(), Stage::Started);
            state.agents.push(agent);
        }
    }

    /// The program of this number could not be started.
    pub(crate) fn note_unlaunched(&self, number: usize, error_type: &str) {
        if let Some(agent) = self.lock().agents.get_mut(number) {
            agent.stage = Stage::LaunchError;
            agent.error_type = Some(error_type.to_owned());
        }
    }

    /// Waits until something may have changed.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Whether every program has registered.
    pub(crate) fn is_registered(&self) -> bool {
        let state = self.lock();
        let mut programs = state.agents.iter().filter(|agent| agent.is_external);
        programs.all(|agent| agent.stage != Stage::Started)
    }

    /// No more extensions from now on; gives how many there are.
    pub(crate) fn close(&self) -> usize {
        let mut state = self.lock();
        state.is_closed = true;
        state.agents.len()
    }

    /// Whether all have asked for their first event.
    pub(crate) fn is_ready(&self) -> bool {
        let state = self.lock();
        let mut agents = state.agents.iter();
        agents.all(|agent| agent.stage == Stage::Ready)
    }

    /// Whether one of them is a part of the runtime's process.
    pub(crate) fn has_internal(&self) -> bool {
        self.lock().agents.iter().any(|agent| !agent.is_external)
    }

    /// Whether the program of this number is told of the end.
    pub(crate) fn is_told_of_end(&self, number: usize) -> bool {
        let state = self.lock();
        let agent = state.agents.get(number);
        agent.is_some_and(|agent| agent.wants(EventKind::Shutdown))
    }

    /// What kind of failure an extension has reported, if one has.
    pub(crate) fn fatal(&self) -> Option<&'static str> {
        self.lock().fatal
    }

    /// What the log tells of them.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.lock().agents.iter().map(Told::from).collect()
    }

    /// Who has subscribed to what since this was asked last.
    pub(crate) fn take_subscribed(&self) -> Vec<(String, Vec<Category>)> {
        std::mem::take(&mut self.lock().subscribed)
    }

    /// What is told of the worker, where extensions may want to know.
    pub(crate) fn telemetry(&self) -> Option<&Arc<Telemetry>> {
        self.telemetry.as_ref()
    }

    /// Gives an invocation to those that want it.
    pub(crate) fn invoke(&self, work: &Work, deadline_ms: TimestampMs) {
        let mut event = json!({
            "eventType": "INVOKE",
            "deadlineMs": deadline_ms,
            "requestId": work.request_id,
            "invokedFunctionArn": work.invoked_arn,
        });
        if let (false, Some(members)) = (work.trace_id.is_empty(), event.as_object_mut()) {
            let tracing = json!({ "type": "X-Amzn-Trace-Id", "value": work.trace_id });
            members.insert("tracing".to_owned(), tracing);
        }
        self.give(EventKind::Invoke, &event);
    }

    /// Tells those that want to know of the end.
    pub(crate) fn shut_down(&self, reason: Reason, deadline_ms: TimestampMs) {
        let event = json!({
            "eventType": "SHUTDOWN",
            "shutdownReason": reason.name(),
            "deadlineMs": deadline_ms,
        });
        self.give(EventKind::Shutdown, &event);
        self.lock().shutdown = Some(event);
    }

    fn give(&self, kind: EventKind, event: &Value) {
        let mut state = self.lock();
        for agent in state.agents.iter_mut().filter(|agent| agent.wants(kind)) {
            agent.give(self.event(event));
        }
    }

    fn event(&self, event: &Value) -> Bytes {
        let id = self.ids.uuid();
        answer::ok(&[("Lambda-Extension-Event-Identifier", &id)], event)
    }

    fn agent(&self, name: &str, is_external: bool, events: Vec<EventKind>, stage: Stage) -> Agent {
        Agent {
            name: name.to_owned(),
            is_external,
            identifier: self.ids.uuid(),
            events,
            stage,
            error_type: None,
            waiting: None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// Answers one call.
    pub(crate) fn take(&self, call: &Call, body: Option<&Bytes>) -> Reply {
        let answered = match call.action {
            Action::Register => self.register(call, body).map(Reply::Now),
            Action::Next => self.next(call),
            Action::InitError => self.error(call, Stage::InitError).map(Reply::Now),
            Action::ExitError => self.error(call, Stage::ExitError).map(Reply::Now),
            Action::Telemetry | Action::Logs => self.subscribe(call, body).map(Reply::Now),
        };
        self.changed.notify_one();
        answered.unwrap_or_else(Reply::Now)
    }

    fn register(&self, call: &Call, body: Option<&Bytes>) -> Result<Bytes, Bytes> {
        let kind = "Extension.InvalidExtensionName";
        let name = call.name.as_deref();
        let name = name.ok_or_else(|| answer::forbidden(kind, "Empty extension name"))?;
        let names = wanted(body)?;
        let mut state = self.lock();
        let is_closed = state.is_closed;
        let count = state.agents.len();
        let known = state.agents.iter_mut().find(|agent| agent.name == name);
        let is_external = known.as_ref().is_some_and(|agent| agent.is_external);
        let events = events(&names, is_external)?;
        let identifier = match known {
            Some(agent) if agent.is_external => {
                if agent.stage != Stage::Started {
                    let stage = agent.stage.name();
                    return Err(answer::out_of_order(stage, "Registered", name));
                }
                agent.stage = Stage::Registered;
                agent.events = events;
                agent.identifier.clone()
            }
            _ if is_closed => {
                let text = "Extension registration closed already";
                return Err(answer::forbidden("Extension.RegistrationClosed", text));
            }
            Some(_) => {
                let text = "Extension with this name already registered";
                return Err(answer::forbidden("Extension.InvalidExtensionState", text));
            }
            None if count >= EXTENSIONS_MAX => {
                let text = format!("Extension limit ({EXTENSIONS_MAX}) reached");
                return Err(answer::forbidden("Extension.TooManyExtensions", &text));
            }
            None => {
                let agent = self.agent(name, false, events, Stage::Registered);
                let identifier = agent.identifier.clone();
                state.agents.push(agent);
                identifier
            }
        };
        let mut about = json!({
            "functionVersion": self.spec.version,
            "functionName": self.spec.name,
            "handler": self.spec.handler,
        });
        if let (true, Some(members)) = (call.wants_account, about.as_object_mut()) {
            members.insert("accountId".to_owned(), json!(self.spec.account.as_str()));
        }
        Ok(answer::ok(
            &[("Lambda-Extension-Identifier", &identifier)],
            &about,
        ))
    }

    fn next(&self, call: &Call) -> Result<Reply, Bytes> {
        let identifier = identifier(call)?;
        let mut state = self.lock();
        let shutdown = state.shutdown.clone();
        let agent = find(&mut state, identifier).ok_or_else(|| {
            let text = format!("Unknown extension {identifier}");
            answer::forbidden("Extension.UnknownExtensionIdentifier", &text)
        })?;
        if !matches!(agent.stage, Stage::Registered | Stage::Running) {
            let stage = agent.stage.name();
            return Err(answer::out_of_order(stage, "Ready", identifier));
        }
        if let Some(event) = shutdown.filter(|_| agent.wants(EventKind::Shutdown)) {
            agent.stage = Stage::Running;
            return Ok(Reply::Now(self.event(&event)));
        }
        let (waiting, answered) = oneshot::channel();
        agent.stage = Stage::Ready;
        agent.waiting = Some(waiting);
        Ok(Reply::Later(answered))
    }

    /// An extension gives up.
    fn error(&self, call: &Call, to: Stage) -> Result<Bytes, Bytes> {
        let identifier = identifier(call)?;
        let error_type = call.error_type.clone().ok_or_else(|| {
            let text = "Lambda-Extension-Function-Error-Type not found";
            answer::forbidden("Extension.MissingHeader", text)
        })?;
        let mut state = self.lock();
        let agent = find(&mut state, identifier).ok_or_else(|| {
            let text = "Unknown Lambda-Extension-Identifier";
            answer::forbidden("Extension.UnknownExtensionIdentifier", text)
        })?;
        let stage = agent.stage;
        let (is_allowed, name, fatal) = match to {
            Stage::InitError => (
                matches!(stage, Stage::Registered | Stage::InitError),
                "InitError",
                "Extension.InitError",
            ),
            _ => (
                !matches!(
                    stage,
                    Stage::Started | Stage::LaunchError | Stage::InitError
                ),
                "Exited",
                "Extension.ExitError",
            ),
        };
        if !is_allowed {
            return Err(answer::out_of_order(stage.name(), name, identifier));
        }
        if stage != to {
            agent.stage = to;
            agent.error_type = Some(error_type);
        }
        state.fatal.get_or_insert(fatal);
        Ok(answer::accepted(&json!({ "status": "OK" })))
    }

    /// Subscribes to telemetry. The Logs API, which it has replaced, is answered as AWS's emulator
    /// answers where there is none, so that extensions go on without it; so is this where only the
    /// runtime's process has extensions.
    fn subscribe(&self, call: &Call, body: Option<&Bytes>) -> Result<Bytes, Bytes> {
        let identifier = identifier(call)?;
        let name = find(&mut self.lock(), identifier).map(|agent| agent.name.clone());
        let name = name.ok_or_else(|| {
            let text = format!("Unknown extension {identifier}");
            answer::forbidden("Extension.UnknownExtensionIdentifier", &text)
        })?;
        let telemetry = match (&self.telemetry, call.action) {
            (Some(telemetry), Action::Telemetry) => telemetry,
            (None, Action::Telemetry) => return Ok(unsupported("Telemetry")),
            _ => return Ok(unsupported("Logs")),
        };
        let subscription = Subscription::read(body.map_or(&[][..], AsRef::as_ref))
            .map_err(|text| answer::invalid("ValidationError", &text))?;
        let categories = subscription.categories.clone();
        if telemetry.subscribe(subscription).is_err() {
            let text = "Telemetry API subscription is closed";
            return Err(answer::forbidden("Telemetry.SubscriptionClosed", text));
        }
        self.lock().subscribed.push((name, categories));
        Ok(answer::ok(&[], &json!("OK")))
    }
}

fn unsupported(api: &str) -> Bytes {
    answer::accepted(&json!({
        "errorMessage": format!("{api} API is not supported"),
        "errorType": format!("{api}.NotSupported"),
    }))
}

fn identifier(call: &Call) -> Result<&str, Bytes> {
    let identifier = call.identifier.as_deref().ok_or_else(|| {
        let text = "Missing Lambda-Extension-Identifier header";
        answer::forbidden("Extension.MissingExtensionIdentifier", text)
    })?;
    let is_uuid = |text: &str| {
        let mut parts = text.split('-').map(str::len);
        text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
            && [8, 4, 4, 4, 12]
                .iter()
                .all(|length| parts.next() == Some(*length))
            && parts.next().is_none()
    };
    if is_uuid(identifier) {
        return Ok(identifier);
    }
    let text = "Invalid Lambda-Extension-Identifier";
    Err(answer::forbidden(
        "Extension.InvalidExtensionIdentifier",
        text,
    ))
}

fn find<'a>(state: &'a mut State, identifier: &str) -> Option<&'a mut Agent> {
    let mut agents = state.agents.iter_mut();
    // A program has registered before anybody knows its identifier.
    agents.find(|agent| agent.identifier.eq_ignore_ascii_case(identifier))
}

/// The events that a registration names.
fn wanted(body: Option<&Bytes>) -> Result<Vec<String>, Bytes> {
    let refused = |text: &str| answer::forbidden("InvalidRequestFormat", text);
    let body: Value = serde_json::from_slice(body.map_or(&[][..], AsRef::as_ref))
        .map_err(|error| refused(&error.to_string()))?;
    let body = body
        .as_object()
        .ok_or_else(|| refused("the body is not a JSON object"))?;
    let texts = |name: &str| -> Result<Vec<String>, Bytes> {
        match body.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(all)) => all
                .iter()
                .map(|one| one.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .ok_or_else(|| refused(&format!("`{name}` is not a list of strings"))),
            Some(_) => Err(refused(&format!("`{name}` is not a list of strings"))),
        }
    };
    if !texts("configurationKeys")?.is_empty() {
        let text = "configurationKeys are deprecated; use environment variables instead";
        return Err(refused(text));
    }
    texts("events")
}

/// The same, each once; a part of the runtime's process cannot have the end's.
fn events(names: &[String], is_external: bool) -> Result<Vec<EventKind>, Bytes> {
    let mut all = Vec::new();
    for name in names {
        let refused =
            |why: &str| answer::forbidden("Extension.InvalidEventType", &format!("{name}: {why}"));
        let kind = EventKind::named(name).ok_or_else(|| refused("ErrorInvalidEventType"))?;
        if kind == EventKind::Shutdown && !is_external {
            return Err(refused("ShutdownEventNotSupportedForInternalExtension"));
        }
        if !all.contains(&kind) {
            all.push(kind);
        }
    }
    Ok(all)
}
