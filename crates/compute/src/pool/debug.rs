//! Which function versions are being debugged, and by which worker.

use super::Pool;
use super::group::Key;
use crate::Profile;
use crate::debugging::{DebugSession, Protocol, Seat};
use crate::limits::{DEBUG_LEASE, DEBUG_LISTEN_LOOK_EVERY, DEBUG_SESSIONS_MAX, DEBUG_START_MAX};
use crate::worker::{self, StartError, Worker, interpreter};
use ports::{ComputeError, Debug, DebugError, Debugging, FunctionSpec, SessionCredentials};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The sessions of this host.
#[derive(Default)]
pub(super) struct Sessions {
    /// So that who debugs nothing pays for nothing.
    any: AtomicBool,
    all: Mutex<Vec<Arc<DebugSession>>>,
}

impl Sessions {
    /// The session of the function version.
    pub(super) fn of(&self, function: &FunctionSpec) -> Option<Arc<DebugSession>> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        self.lock().iter().find(|one| one.is_of(function)).cloned()
    }

    fn named(&self, function_arn: &str, id: &str) -> Option<Arc<DebugSession>> {
        let all = self.lock();
        let mut all = all.iter();
        all.find(|one| one.id == id && one.function_arn == function_arn)
            .cloned()
    }

    fn add(&self, session: &Arc<DebugSession>, function: &FunctionSpec) -> Result<(), DebugError> {
        let mut all = self.lock();
        if all.iter().any(|one| one.is_of(function)) {
            let name = &function.name;
            let text = format!("`{name}` ({}) is being debugged already", function.version);
            return Err(DebugError::Taken(text));
        }
        if all.len() >= DEBUG_SESSIONS_MAX {
            let text = format!("{DEBUG_SESSIONS_MAX} functions are being debugged already");
            return Err(DebugError::Taken(text));
        }
        all.push(Arc::clone(session));
        self.any.store(true, Ordering::Release);
        Ok(())
    }

    fn remove(&self, session: &DebugSession) {
        let mut all = self.lock();
        all.retain(|one| one.id != session.id);
        self.any.store(!all.is_empty(), Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<DebugSession>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// Begins to debug a function version; see [`ports::Compute::debug`].
    pub(crate) async fn debug(self: &Arc<Self>, debug: Debug) -> Result<Debugging, DebugError> {
        let protocol = self.debuggable(&debug.function).await?;
        let code_root = worker::code_root(&self.host, &debug.function);
        let code_root = code_root.await.map_err(refused)?;
        let port = free_port(debug.port.unwrap_or(protocol.usual_port))?;
        let id = self.host.ids.uuid();
        let session = DebugSession::new(id, &debug.function, port, debug.waits);
        let session = Arc::new(session);
        self.debugged.add(&session, &debug.function)?;
        let (pool, watched) = (Arc::downgrade(self), Arc::clone(&session));
        self.spawn(async move {
            watched.lapse().await;
            if let Some(pool) = pool.upgrade() {
                pool.end_session(&watched);
            }
        });
        self.end_misfits(&session);
        if !debug.is_cold
            && let Err(refused) = self.start_ahead(&debug, &session).await
        {
            self.end_session(&session);
            return Err(refused);
        }
        Ok(Debugging {
            session: session.id.clone(),
            port,
            language: protocol.name,
            code_root,
            lease_s: u32::try_from(DEBUG_LEASE.as_secs()).unwrap_or(u32::MAX),
        })
    }

    /// Says that a session is wanted still.
    pub(crate) fn keep_debugging(&self, function_arn: &str, id: &str) -> bool {
        let session = self.debugged.named(function_arn, id);
        session.inspect(|session| session.keep()).is_some()
    }

    /// Ends a session.
    pub(crate) fn end_debugging(&self, function_arn: &str, id: &str) -> bool {
        let session = self.debugged.named(function_arn, id);
        session.is_some_and(|session| self.end_session(&session))
    }

    fn end_session(&self, session: &Arc<DebugSession>) -> bool {
        let is_first = session.end();
        self.debugged.remove(session);
        self.end_misfits(session);
        is_first
    }

    /// Whether the worker may serve its function now: while that is debugged, the one that has the
    /// seat, and else none that had one.
    pub(super) fn fits(&self, worker: &Worker) -> bool {
        let session = self.debugged.of(worker.spec());
        let seat = worker.seat().map(|seat| seat.session());
        match (&session, seat) {
            (None, None) => true,
            (Some(session), Some(seat)) => Arc::ptr_eq(session, seat),
            _ => false,
        }
    }

    /// Whether the function version may have one worker more, which is the one that is debugged
    /// where it is.
    pub(super) fn may_start(&self, key: &Key) -> bool {
        self.debugged
            .of(&key.0)
            .is_none_or(|session| session.has_seat())
    }

    /// The seat for one worker more; none in place of it where another worker has it.
    pub(super) fn seat(&self, key: &Key) -> Option<Option<Arc<Seat>>> {
        match self.debugged.of(&key.0) {
            None => Some(None),
            Some(session) => session.take_seat().map(Some),
        }
    }

    /// Ends idle workers that may not serve the session's function any more.
    fn end_misfits(&self, session: &DebugSession) {
        for (key, group) in self.lock().iter_mut() {
            if !session.is_of(&key.0) {
                continue;
            }
            for worker in std::mem::take(&mut group.idle) {
                match self.fits(&worker) {
                    true => group.idle.push(worker),
                    false => self.dispose(worker),
                }
            }
        }
    }

    async fn debuggable(&self, function: &FunctionSpec) -> Result<Protocol, DebugError> {
        if self.host.profile == Profile::Server {
            let text = "functions are debugged with `crossway dev` only: whoever attaches to one \
                        can do whatever it can";
            return Err(DebugError::Forbidden(text.to_owned()));
        }
        if self.host.reach.is_some() {
            let text = "functions that have a network of their own cannot be debugged";
            return Err(DebugError::Refused(text.to_owned()));
        }
        let interpreter = interpreter(&self.host, function).await.map_err(refused)?;
        Protocol::of(interpreter.language).ok_or_else(|| {
            let runtime = &function.runtime;
            let text = format!("there is a debugger for Node.js and Python, not for `{runtime}`");
            DebugError::Refused(text)
        })
    }

    /// Starts the worker that is debugged, and waits until a debugger can be attached.
    async fn start_ahead(
        self: &Arc<Self>,
        debug: &Debug,
        session: &Arc<DebugSession>,
    ) -> Result<(), DebugError> {
        let key = Key(Arc::clone(&debug.function));
        // An invocation may have been quicker: then that one starts it.
        let Some(seat) = session.take_seat() else {
            return Ok(());
        };
        let (tell, told) = oneshot::channel();
        let (pool, credentials) = (Arc::clone(self), Arc::clone(&debug.credentials));
        self.spawn(async move {
            let _ = tell.send(pool.start_debugged(key, &credentials, seat).await);
        });
        let ready = async {
            tokio::select! {
                started = told => started.unwrap_or(Ok(())),
                () = listening(session.port), if session.waits => Ok(()),
            }
        };
        let started = tokio::time::timeout(DEBUG_START_MAX, ready).await;
        started.unwrap_or(Ok(())).map_err(DebugError::Refused)
    }

    async fn start_debugged(
        self: Arc<Self>,
        key: Key,
        credentials: &SessionCredentials,
        seat: Arc<Seat>,
    ) -> Result<(), String> {
        let permit = self.reserve_while(&key, || true).await;
        let permit = permit.ok_or("this host is shutting down")?;
        let mut closing = self.is_closing.subscribe();
        let started = tokio::select! {
            biased;
            _ = closing.wait_for(|is_closing| *is_closing) => return Ok(()),
            started = worker::start(&self.host, &key.0, credentials, permit, Some(seat)) => started,
        };
        match started {
            Ok(worker) => {
                let mut groups = self.lock();
                let group = groups.entry(key).or_default();
                self.take_in(group, worker);
                Ok(())
            }
            Err(StartError::Init(failure)) => Err(format!(
                "its init failed: {}; `--wait` lets a debugger attach before",
                failure.text()
            )),
            Err(StartError::Compute(error)) => Err(text(error)),
        }
    }
}

/// A port of 127.0.0.1 that nobody listens on.
fn free_port(wanted: u16) -> Result<u16, DebugError> {
    // Let go at once: the worker listens on it itself, and says so when another was quicker.
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).and_then(|it| it.local_addr());
    bound.map(|address| address.port()).map_err(|error| {
        let text = format!(
            "port {wanted} of 127.0.0.1 cannot be had: {error}; `--port 0` takes a free one"
        );
        DebugError::Taken(text)
    })
}

/// Waits until somebody listens on the port. To connect would take the one place that some
/// debuggers' servers have for a client.
async fn listening(port: u16) {
    let local = format!(" 0100007F:{port:04X} 00000000:0000 0A ");
    loop {
        let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        if sockets.contains(&local) {
            return;
        }
        tokio::time::sleep(DEBUG_LISTEN_LOOK_EVERY).await;
    }
}

fn refused(error: ComputeError) -> DebugError {
    DebugError::Refused(text(error))
}

fn text(error: ComputeError) -> String {
    match error {
        ComputeError::RuntimeUnavailable(text)
        | ComputeError::Code(text)
        | ComputeError::Host(text) => text,
        ComputeError::Exhausted => "no worker can be had".to_owned(),
    }
}
