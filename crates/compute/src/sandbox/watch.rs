//! Looks at all workers from time to time: busy ones for their memory, idle ones to stop them.
//!
//! *Memory.* The kernel's own bound of a control group must leave room for a full `/tmp`, which is
//! memory too; and where there are no control groups it is not bounded at all. So what belongs to
//! no file is counted, from the group's books or process by process, and who has too much is killed.
//!
//! *Stopping.* AWS freezes an environment between two events. Doing so after each event would cost
//! every call two signals; so a worker is stopped only when it has been idle from one look to the
//! next, and a busy function never notices. Stopping is a signal, not the kernel's freezer: what
//! version 1 of that has frozen cannot be killed, and would outlive a Crossway that was.

use super::cgroup::Group;
use super::tree_memory::is_tree_over;
use crate::limits::{LAUNCHER_MEMORY_MB, WATCH_EVERY};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::net::UnixStream;

/// How a worker's processes are stopped and continued.
#[derive(Debug)]
pub(super) enum Brake {
    /// The init of their pid namespace signals them all.
    Init(Arc<UnixStream>),
    /// All that stayed in their group.
    Group(Pid),
}

/// What init is told; its other words are the end of the stream.
pub(super) const STOP: u8 = b'S';
pub(super) const CONTINUE: u8 = b'C';
/// Init answers with a line and a socket of the worker's network.
pub(super) const DIAL: u8 = b'D';
/// An [`Assignment`](super::Assignment) follows, and init answers with a line.
pub(super) const ASSIGN: u8 = b'A';

impl Brake {
    fn apply(&self, is_stopped: bool) {
        let (word, signal) = match is_stopped {
            true => (STOP, Signal::SIGSTOP),
            false => (CONTINUE, Signal::SIGCONT),
        };
        match self {
            // A word every now and then: the stream has room, unless init is gone.
            Self::Init(control) => drop(control.try_write(&[word])),
            Self::Group(group) => drop(killpg(*group, signal)),
        }
    }
}

/// What is looked at.
#[derive(Debug)]
pub(super) struct Subject {
    /// The first of its processes; all others descend from it.
    pub(super) launcher: Pid,
    pub(super) function: Pid,
    pub(super) memory_mb: u32,
    pub(super) group: Option<Arc<Group>>,
    pub(super) brake: Brake,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Busy,
    /// Idle since after the last look.
    Idle,
    /// Idle at the last look.
    IdleStill,
    Stopped,
    /// Killed for its memory.
    Over,
}

#[derive(Debug)]
struct Entry {
    state: State,
    /// None once nobody looks any more: its control socket must be closed by then, and its process
    /// numbers may soon be others'.
    subject: Option<Subject>,
}

type Entries = Mutex<HashMap<u64, Arc<Mutex<Entry>>>>;

/// The thread that looks. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    entries: Arc<Entries>,
    next: AtomicU64,
}

impl Watch {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Self> {
        let entries = Arc::new(Entries::default());
        let watched = Arc::downgrade(&entries);
        std::thread::Builder::new()
            .name("worker-watch".to_owned())
            .spawn(move || watch(&watched))?;
        let next = AtomicU64::new(0);
        Ok(Self { entries, next })
    }

    /// Looks at a worker until the answer is dropped.
    pub(super) fn add(&self, subject: Subject) -> Watched {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let entry = Arc::new(Mutex::new(Entry {
            state: State::Busy,
            subject: Some(subject),
        }));
        let entries = Arc::clone(&self.entries);
        lock(&entries).insert(id, Arc::clone(&entry));
        Watched { entries, id, entry }
    }
}

/// A worker that is looked at.
#[derive(Debug)]
pub(super) struct Watched {
    entries: Arc<Entries>,
    id: u64,
    entry: Arc<Mutex<Entry>>,
}

impl Watched {
    /// An idle worker's memory is not looked at, and it is stopped soon; a busy one goes on.
    pub(super) fn set_idle(&self, is_idle: bool) {
        lock(&self.entry).set_idle(is_idle);
    }

    /// Whether it was killed for its memory.
    pub(super) fn was_over(&self) -> bool {
        lock(&self.entry).state == State::Over
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        lock(&self.entry).subject = None;
        lock(&self.entries).remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch(entries: &Weak<Entries>) {
    loop {
        std::thread::sleep(WATCH_EVERY);
        let Some(entries) = entries.upgrade() else {
            return;
        };
        // Others may come and go meanwhile.
        let all: Vec<_> = lock(&entries).values().cloned().collect();
        all.iter().for_each(|entry| lock(entry).look());
    }
}

impl Entry {
    fn set_idle(&mut self, is_idle: bool) {
        match (self.state, is_idle) {
            (State::Over, _) | (State::Stopped, true) => {}
            (_, true) => self.state = State::Idle,
            (before, false) => {
                self.state = State::Busy;
                if let (State::Stopped, Some(subject)) = (before, &self.subject) {
                    subject.brake.apply(false);
                }
            }
        }
    }

    fn look(&mut self) {
        let Some(subject) = &self.subject else {
            return;
        };
        self.state = match self.state {
            State::Busy if subject.is_over() => {
                let _ = kill(subject.function, Signal::SIGKILL);
                State::Over
            }
            State::Idle => State::IdleStill,
            State::IdleStill => {
                subject.brake.apply(true);
                State::Stopped
            }
            same => same,
        };
    }
}

impl Subject {
    fn is_over(&self) -> bool {
        let limit_bytes = (u64::from(self.memory_mb) + LAUNCHER_MEMORY_MB) * 1_048_576;
        let group = self.group.as_ref();
        match group.and_then(|group| group.anonymous_bytes()) {
            Some(bytes) => bytes > limit_bytes,
            None => is_tree_over(self.launcher, limit_bytes),
        }
    }
}
