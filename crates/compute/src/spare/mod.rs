//! Spare workers: interpreters that are up and isolated before any function wants them.
//!
//! Most of a cold start is the interpreter's own. So a few of each [`Class`] that was asked for are
//! kept up, in a sandbox of their own with no function's files, waiting for a word. A function that
//! needs a worker is given one: its files are mounted, its limits set, its environment sent, and from
//! then on it is that function's worker like any other; it never comes back here. What takes their
//! place is started when nothing else is starting. `docs/adr/0007-spare-workers.md` says why.

mod boot;
mod class;

pub(crate) use boot::{Parts, Spare};
pub(crate) use class::Class;

use crate::host::Host;
use crate::host_memory;
use crate::limits::{SPARE_BOOTS_FAILED_MAX, SPARE_CLASSES_MAX, SPARE_PAUSE, SPARES_MAX};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::{Semaphore, watch};

/// The spare workers of this host.
pub(crate) struct Spares {
    /// Kept for each class.
    size: usize,
    shelves: Mutex<Shelves>,
    /// One is started at a time; closed when none is any more.
    turn: Semaphore,
    /// Told when a shelf is full, or cannot be filled.
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Shelves {
    is_closed: bool,
    /// The class that was asked for last at the end.
    all: Vec<Shelf>,
}

struct Shelf {
    class: Class,
    ready: Vec<Spare>,
    is_filling: bool,
    /// Boots that failed in a row.
    failed: u32,
}

impl Spares {
    /// None yet; `size` of each class when it has been asked for. Zero keeps none.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            size: size.min(SPARES_MAX),
            shelves: Mutex::default(),
            turn: Semaphore::new(1),
            changed: watch::Sender::new(()),
        }
    }

    /// How many are kept for each class.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// A spare worker of the class, if one is up; and sees to it that there is one next time.
    pub(crate) fn take(&self, host: &Arc<Host>, class: &Class) -> Option<Spare> {
        self.ask(host, class, |shelf| {
            std::iter::from_fn(|| shelf.ready.pop()).find_map(Spare::if_alive)
        })?
    }

    /// Waits until as many of the class are up as are kept, or no more can be had.
    pub(crate) async fn prepare(&self, host: &Arc<Host>, class: &Class) {
        let mut changed = self.changed.subscribe();
        self.ask(host, class, |_| ());
        let is_done = |_: &()| {
            let shelves = self.lock();
            let mut all = shelves.all.iter();
            all.all(|shelf| shelf.class != *class || !shelf.is_filling)
        };
        let _ = changed.wait_for(is_done).await;
    }

    /// Looks at the shelf of the class, and has it filled.
    fn ask<T>(
        &self,
        host: &Arc<Host>,
        class: &Class,
        look: impl FnOnce(&mut Shelf) -> T,
    ) -> Option<T> {
        if self.size == 0 {
            return None;
        }
        let mut shelves = self.lock();
        let shelf = shelves.shelf(class)?;
        let found = look(shelf);
        let is_filling = std::mem::replace(&mut shelf.is_filling, true);
        let left = shelves.all.len().saturating_sub(SPARE_CLASSES_MAX);
        let forgotten: Vec<Shelf> = shelves.all.drain(..left).collect();
        drop(shelves);
        for spare in forgotten.into_iter().flat_map(|shelf| shelf.ready) {
            tokio::spawn(spare.end());
        }
        if !is_filling {
            tokio::spawn(fill(Arc::downgrade(host), class.clone()));
        }
        Some(found)
    }

    /// Ends those that are up; more come when a class is asked for again.
    pub(crate) fn let_all_go(&self) {
        for shelf in &mut self.lock().all {
            for spare in shelf.ready.drain(..) {
                tokio::spawn(spare.end());
            }
        }
    }

    /// Ends all and starts no more.
    pub(crate) async fn shutdown(&self) {
        let all = {
            let mut shelves = self.lock();
            shelves.is_closed = true;
            std::mem::take(&mut shelves.all)
        };
        for spare in all.into_iter().flat_map(|shelf| shelf.ready) {
            spare.end().await;
        }
        // Who is starting one holds the turn until that one is gone too.
        drop(self.turn.acquire().await);
        self.turn.close();
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more of the class is to be started; if not, nobody is filling its shelf now.
    fn wants(&self, class: &Class) -> bool {
        let mut shelves = self.lock();
        let Some(shelf) = shelves.all.iter_mut().find(|shelf| shelf.class == *class) else {
            return false;
        };
        let wants = shelf.ready.len() < self.size
            && shelf.failed < SPARE_BOOTS_FAILED_MAX
            && host_memory::has_room_for_spare();
        shelf.is_filling = wants;
        drop(shelves);
        if !wants {
            self.changed.send_replace(());
        }
        wants
    }

    /// Puts what was started on its shelf; gives it back when that is gone.
    fn put(&self, class: &Class, booted: std::io::Result<Spare>) -> Option<Spare> {
        let mut shelves = self.lock();
        let shelf = shelves.all.iter_mut().find(|shelf| shelf.class == *class);
        match (shelf, booted) {
            (Some(shelf), Ok(spare)) => {
                shelf.failed = 0;
                shelf.ready.push(spare);
                None
            }
            (Some(shelf), Err(error)) => {
                shelf.failed += 1;
                tracing::warn!(%class, %error, "a spare worker does not start");
                None
            }
            (None, booted) => booted.ok(),
        }
    }
}

impl Shelves {
    /// The shelf of the class, now the one that was asked for last; none when all is over.
    fn shelf(&mut self, class: &Class) -> Option<&mut Shelf> {
        if self.is_closed {
            return None;
        }
        let shelf = match self.all.iter().position(|shelf| shelf.class == *class) {
            Some(place) => self.all.remove(place),
            None => Shelf {
                class: class.clone(),
                ready: Vec::new(),
                is_filling: false,
                failed: 0,
            },
        };
        self.all.push(shelf);
        self.all.last_mut()
    }
}

/// Starts spare workers of the class until there are enough.
async fn fill(host: Weak<Host>, class: Class) {
    loop {
        // A function's own start goes first, whether it began before or while we wait.
        tokio::time::sleep(SPARE_PAUSE).await;
        let Some(host) = host.upgrade() else { return };
        let Ok(_turn) = host.spares.turn.acquire().await else {
            return;
        };
        if !host.starts.is_quiet() {
            continue;
        }
        if !host.spares.wants(&class) {
            return;
        }
        let booted = Spare::boot(&host, &class).await;
        if let Some(spare) = host.spares.put(&class, booted) {
            return spare.end().await;
        }
    }
}
