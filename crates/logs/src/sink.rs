//! The queue into which functions and APIs write, and the task that empties it.

use crate::limits::{
    BATCH_BYTES_MAX, COMMIT_BATCHES_MAX, EVENT_OVERHEAD_BYTES, GATHER_TIME_MAX, QUEUE_BATCHES_MAX,
    QUEUE_BYTES_MAX, SWEEP_INTERVAL,
};
use crate::name::GroupName;
use crate::record::{GROUPS, GroupRecord, STREAMS, StreamRecord};
use crate::{Room, event, group, key, retention, stream};
use ports::{LogBatch, LogEvent, LogTarget};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use store::StoreError;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::MissedTickBehavior;

enum Job {
    Batch(LogBatch),
    Flush(oneshot::Sender<()>),
    Sweep,
}

/// The near end of the queue.
pub(crate) struct Sink {
    queue: mpsc::Sender<Job>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    queued_bytes: AtomicUsize,
    dropped_events: AtomicU64,
    /// Somebody waits for what is queued.
    hurry: Notify,
}

impl Counts {
    fn dropped(&self, events: usize) {
        let before = self
            .dropped_events
            .fetch_add(u64::try_from(events).unwrap_or(u64::MAX), Ordering::Relaxed);
        // One line when it begins; the count tells the rest.
        if before == 0 {
            tracing::warn!(events, "log events were dropped");
        }
    }
}

/// Starts the task that empties the queue.
pub(crate) fn start(room: Arc<Room>) -> Sink {
    let (queue, jobs) = mpsc::channel(QUEUE_BATCHES_MAX);
    let counts = Arc::new(Counts::default());
    tokio::spawn(run(room, jobs, Arc::clone(&counts)));
    Sink { queue, counts }
}

impl Sink {
    /// Queues a batch, or drops it when there is no room. Never waits.
    pub(crate) fn write(&self, batch: LogBatch) {
        if batch.events.is_empty() {
            return;
        }
        let (events, bytes) = (batch.events.len(), bytes_of(&batch));
        let queued = self.counts.queued_bytes.fetch_add(bytes, Ordering::Relaxed);
        let has_room = queued.saturating_add(bytes) <= QUEUE_BYTES_MAX;
        if !has_room || self.queue.try_send(Job::Batch(batch)).is_err() {
            self.counts.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.counts.dropped(events);
        }
    }

    /// Waits until all that was queued before is stored.
    pub(crate) async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        self.counts.hurry.notify_one();
        if self.queue.send(Job::Flush(done)).await.is_ok() {
            // An error means that the task is gone, and then there is nothing to wait for.
            let _ = flushed.await;
        }
    }

    /// Asks for a sweep soon; when the queue is full, the next regular one will do.
    pub(crate) fn wake_sweeper(&self) {
        let _ = self.queue.try_send(Job::Sweep);
    }

    pub(crate) fn dropped_events(&self) -> u64 {
        self.counts.dropped_events.load(Ordering::Relaxed)
    }
}

fn bytes_of(batch: &LogBatch) -> usize {
    let events = batch.events.iter();
    events
        .map(|event| event.message.len() + EVENT_OVERHEAD_BYTES)
        .sum()
}

async fn run(room: Arc<Room>, mut jobs: mpsc::Receiver<Job>, counts: Arc<Counts>) {
    let mut ticks = tokio::time::interval(SWEEP_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let first = tokio::select! {
            job = jobs.recv() => job,
            _ = ticks.tick() => Some(Job::Sweep),
        };
        let Some(first) = first else {
            return;
        };
        if matches!(first, Job::Batch(_)) {
            // A transaction costs more than the lines of an invocation, so many share one; and a
            // task that does not wait for the queue need not be woken for each of them.
            tokio::select! {
                () = tokio::time::sleep(GATHER_TIME_MAX) => {}
                () = counts.hurry.notified() => {}
            }
        }
        let mut batches = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Batch(batch) => batches.push(batch),
                Job::Flush(done) => {
                    write(&room, std::mem::take(&mut batches), &counts).await;
                    let _ = done.send(());
                }
                Job::Sweep => retention::sweep(&room).await,
            }
            if batches.len() >= COMMIT_BATCHES_MAX {
                write(&room, std::mem::take(&mut batches), &counts).await;
            }
            next = jobs.try_recv().ok();
        }
        write(&room, batches, &counts).await;
    }
}

async fn write(room: &Room, batches: Vec<LogBatch>, counts: &Counts) {
    if batches.is_empty() {
        return;
    }
    let events = batches.iter().map(|batch| batch.events.len()).sum();
    let bytes: usize = batches.iter().map(bytes_of).sum();
    if let Err(error) = store(room, batches).await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "log events could not be stored"
        );
        counts.dropped(events);
    }
    counts.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
}

/// One transaction; groups and streams are made where they do not exist.
async fn store(room: &Room, batches: Vec<LogBatch>) -> Result<(), StoreError> {
    let mut tx = room.store.begin().await;
    let now_ms = room.clock.now_ms();
    let mut groups: BTreeMap<String, GroupRecord> = BTreeMap::new();
    let mut streams: BTreeMap<String, Gathered> = BTreeMap::new();
    for (target, events) in by_target(batches) {
        let name = GroupName {
            account: target.account.clone(),
            region: target.region.clone(),
            name: target.group.clone(),
        };
        let group_key = name.key();
        let group = match groups.entry(group_key.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let found = tx.get(&GROUPS, new.key()).await?;
                new.insert(found.unwrap_or_else(|| group::fresh(room, &name.name, now_ms)))
            }
        };
        let gathered = match streams.entry(key::stream(&group.id, &target.stream)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let found = tx.get(&STREAMS, new.key()).await?;
                new.insert(Gathered {
                    group_key,
                    stream: found.unwrap_or_else(|| stream::fresh(&target.stream, now_ms)),
                    events: Vec::new(),
                })
            }
        };
        gathered.events.extend(events);
    }
    for (key, gathered) in &mut streams {
        if let Some(group) = groups.get_mut(&gathered.group_key) {
            let events = std::mem::take(&mut gathered.events);
            event::append(&mut tx, room, group, &mut gathered.stream, events)?;
        }
        tx.put(&STREAMS, key, &gathered.stream)?;
    }
    for (key, group) in &groups {
        tx.put(&GROUPS, key, group)?;
    }
    tx.commit().await
}

/// Time and text of each.
type Events = Vec<(i64, String)>;

/// What each target is told, in order. Most of a busy second's batches are of few targets, which
/// are told apart by their place in memory first, so that a batch costs no text.
fn by_target(batches: Vec<LogBatch>) -> Vec<(Arc<LogTarget>, Events)> {
    let mut told: Vec<(Arc<LogTarget>, Events)> = Vec::new();
    let mut places: HashMap<*const LogTarget, usize> = HashMap::new();
    for batch in batches {
        let place = *places.entry(Arc::as_ptr(&batch.target)).or_insert_with(|| {
            told.push((Arc::clone(&batch.target), Vec::new()));
            told.len() - 1
        });
        if let Some((_, events)) = told.get_mut(place) {
            events.extend(batch.events.into_iter().map(bounded));
        }
    }
    told
}

/// What the batches of a stream say together: their events share records, of which one for each
/// invocation would be most of the cost of a log.
struct Gathered {
    group_key: String,
    stream: StreamRecord,
    events: Events,
}

/// The event with no more text than AWS keeps of one.
fn bounded(event: LogEvent) -> (i64, String) {
    let mut message = event.message;
    let mut end = message.len().min(BATCH_BYTES_MAX - EVENT_OVERHEAD_BYTES);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    message.truncate(end);
    (event.timestamp_ms, message)
}
