//! One extension, and where it stands.
//!
//! The states and their names are those of AWS's Runtime Interface Emulator; some of them are seen
//! in the `EXTENSION` lines of a function's log.

use bytes::Bytes;
use tokio::sync::oneshot;

/// What an extension may register for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// Every invocation.
    Invoke,
    /// The end of the environment.
    Shutdown,
}

impl EventKind {
    /// The kind of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Invoke, Self::Shutdown]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    /// AWS's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Invoke => "INVOKE",
            Self::Shutdown => "SHUTDOWN",
        }
    }
}

/// Where an extension stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its program was started.
    Started,
    /// Its program could not be started.
    LaunchError,
    /// It has said which events it wants.
    Registered,
    /// It waits for an event.
    Ready,
    /// It has one.
    Running,
    /// It says that it cannot begin.
    InitError,
    /// It says that it cannot go on.
    ExitError,
}

impl Stage {
    /// AWS's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Started => "Started",
            Self::LaunchError => "LaunchError",
            Self::Registered => "Registered",
            Self::Ready => "Ready",
            Self::Running => "Running",
            Self::InitError => "InitError",
            Self::ExitError => "ExitError",
        }
    }
}

/// An extension.
#[derive(Debug)]
pub(super) struct Agent {
    pub(super) name: String,
    /// A program of its own, rather than a part of the runtime's process.
    pub(super) is_external: bool,
    /// `Lambda-Extension-Identifier`.
    pub(super) identifier: String,
    pub(super) events: Vec<EventKind>,
    pub(super) stage: Stage,
    pub(super) error_type: Option<String>,
    /// Answers its request for an event.
    pub(super) waiting: Option<oneshot::Sender<Bytes>>,
}

impl Agent {
    /// Whether it has registered for such events.
    pub(super) fn wants(&self, kind: EventKind) -> bool {
        self.events.contains(&kind)
    }

    /// Gives it an event, where it waits for one.
    pub(super) fn give(&mut self, answer: Bytes) {
        if let Some(waiting) = self.waiting.take() {
            self.stage = Stage::Running;
            // Whoever closed its connection gets nothing, as on AWS.
            let _ = waiting.send(answer);
        }
    }
}

/// What the log tells of an extension when the init is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) state: &'static str,
    pub(crate) events: Vec<&'static str>,
    pub(crate) error_type: Option<String>,
}

impl From<&Agent> for Told {
    fn from(agent: &Agent) -> Self {
        Self {
            name: agent.name.clone(),
            state: agent.stage.name(),
            events: agent.events.iter().map(|event| event.name()).collect(),
            error_type: agent.error_type.clone(),
        }
    }
}
