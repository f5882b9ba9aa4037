//! What extensions are told of their worker: the Telemetry API.
//!
//! Whoever writes the worker's log puts events here and never waits. Each subscription has a task
//! that carries them, in batches, to a port inside of the worker's sandbox; it ends with the worker.
//! Until the init is over, events are kept for those who subscribe late: they miss nothing.

use super::delivery;
use super::subscription::{Category, Subscription};
use crate::limits::{TELEMETRY_EARLY_BYTES_MAX, TELEMETRY_HELD_BYTES_MAX};
use crate::log::time_text;
use crate::sandbox::Dialer;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use stdx::Clock;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// The telemetry of one worker.
pub(crate) struct Telemetry {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// Events of the init so far; none when it is over.
    early: Option<Vec<(Category, String)>>,
    early_bytes: usize,
    /// Where the sandbox is; none until it is there.
    dialer: Option<Arc<Dialer>>,
    subscribers: Vec<Arc<Subscriber>>,
    /// Ended with this.
    tasks: JoinSet<()>,
}

/// One that is told.
pub(super) struct Subscriber {
    clock: Arc<dyn Clock>,
    pub(super) subscription: Subscription,
    held: Mutex<Held>,
    /// Something has come, or all is to go.
    pub(super) moved: Notify,
}

#[derive(Default)]
struct Held {
    events: Vec<String>,
    bytes: usize,
    /// Records and bytes that went nowhere.
    dropped: (usize, usize),
    is_urgent: bool,
}

/// The init is over: nobody subscribes any more.
pub(crate) struct Closed;

impl Telemetry {
    /// Of a worker that is about to start.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            state: Mutex::new(State {
                early: Some(Vec::new()),
                early_bytes: 0,
                dialer: None,
                subscribers: Vec::new(),
                tasks: JoinSet::new(),
            }),
        })
    }

    /// The sandbox is there.
    pub(crate) fn reach(&self, dialer: Dialer) {
        self.lock().dialer = Some(Arc::new(dialer));
    }

    /// The init is over: nobody subscribes any more.
    pub(crate) fn close(&self) {
        self.lock().early = None;
    }

    /// Puts an event for all who want it.
    pub(crate) fn put(&self, category: Category, kind: &str, record: &Value) {
        let event = event(self.clock.as_ref(), kind, record);
        let mut state = self.lock();
        for subscriber in &state.subscribers {
            subscriber.put(category, &event);
        }
        let bytes = state.early_bytes + event.len();
        if let Some(early) = &mut state.early
            && bytes <= TELEMETRY_EARLY_BYTES_MAX
        {
            early.push((category, event));
            state.early_bytes = bytes;
        }
    }

    /// One more that is told, from the worker's first event on.
    pub(crate) fn subscribe(&self, subscription: Subscription) -> Result<(), Closed> {
        let mut state = self.lock();
        let (Some(early), Some(dialer)) = (&state.early, &state.dialer) else {
            return Err(Closed);
        };
        let subscriber = Arc::new(Subscriber {
            clock: Arc::clone(&self.clock),
            subscription,
            held: Mutex::default(),
            moved: Notify::new(),
        });
        for (category, event) in early {
            subscriber.put(*category, event);
        }
        let task = delivery::deliver(Arc::clone(&subscriber), Arc::clone(dialer));
        state.tasks.spawn(task);
        state.subscribers.push(subscriber);
        Ok(())
    }

    /// The worker ends: what is held goes at once.
    pub(crate) fn hurry(&self) {
        for subscriber in &self.lock().subscribers {
            subscriber.hold().is_urgent = true;
            subscriber.moved.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber {
    fn put(&self, category: Category, event: &str) {
        if !self.subscription.categories.contains(&category) {
            return;
        }
        let mut held = self.hold();
        if held.bytes + event.len() > TELEMETRY_HELD_BYTES_MAX {
            held.dropped.0 += 1;
            held.dropped.1 += event.len();
            return;
        }
        held.bytes += event.len();
        held.events.push(event.to_owned());
        drop(held);
        self.moved.notify_one();
    }

    /// Whether something is held.
    pub(super) fn has_some(&self) -> bool {
        !self.hold().events.is_empty()
    }

    /// Whether a batch is to go now.
    pub(super) fn is_due(&self) -> bool {
        let held = self.hold();
        let is_full = held.bytes >= self.subscription.bytes_max
            || held.events.len() >= self.subscription.items_max;
        !held.events.is_empty() && (is_full || held.is_urgent)
    }

    /// The next batch, if something is held.
    pub(super) fn take(&self) -> Option<Vec<String>> {
        let mut held = self.hold();
        let mut bytes = 0;
        let fits = held.events.iter().take(self.subscription.items_max);
        let fits = fits.take_while(|event| {
            bytes += event.len();
            bytes <= self.subscription.bytes_max
        });
        // One that is larger than a batch goes alone.
        let count = fits.count().max(1).min(held.events.len());
        let mut events: Vec<String> = held.events.drain(..count).collect();
        held.bytes = held.events.iter().map(String::len).sum();
        let (records, lost) = held.dropped;
        if !events.is_empty() && records > 0 {
            held.dropped = (0, 0);
            let record = json!({
                "reason": "the subscriber does not take telemetry fast enough",
                "droppedRecords": records,
                "droppedBytes": lost,
            });
            events.push(event(self.clock.as_ref(), "platform.logsDropped", &record));
        }
        (!events.is_empty()).then_some(events)
    }

    /// A batch could not be delivered.
    pub(super) fn lose(&self, batch: &[String]) {
        let mut held = self.hold();
        held.dropped.0 += batch.len();
        held.dropped.1 += batch.iter().map(String::len).sum::<usize>();
    }

    fn hold(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event(clock: &dyn Clock, kind: &str, record: &Value) -> String {
    let time = time_text(clock.now_ms());
    json!({ "time": time, "type": kind, "record": record }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extension::subscription::Destination;
    use std::time::Duration;
    use stdx::SystemClock;

    fn subscriber(items_max: usize) -> Subscriber {
        Subscriber {
            clock: Arc::new(SystemClock),
            subscription: Subscription {
                categories: vec![Category::Function],
                items_max,
                bytes_max: 10,
                timeout: Duration::from_secs(1),
                destination: Destination::Tcp { port: 80 },
            },
            held: Mutex::default(),
            moved: Notify::new(),
        }
    }

    #[test]
    fn batches_are_bounded_by_count_and_by_bytes() {
        let one = subscriber(2);
        for text in ["a", "b", "c"] {
            one.put(Category::Function, text);
            one.put(Category::Extension, "not wanted");
        }
        assert!(one.is_due());
        assert_eq!(one.take(), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert!(one.has_some() && !one.is_due());
        assert_eq!(one.take(), Some(vec!["c".to_owned()]));
        assert_eq!(one.take(), None);

        let one = subscriber(9);
        for text in ["12345", "12345", "1", "larger than a batch"] {
            one.put(Category::Function, text);
        }
        let sizes: Vec<usize> =
            std::iter::from_fn(|| one.take().map(|batch| batch.len())).collect();
        assert_eq!(sizes, [2, 1, 1]);
    }

    #[test]
    fn what_is_too_much_is_counted_and_told() {
        let one = subscriber(9);
        let large = "x".repeat(TELEMETRY_HELD_BYTES_MAX);
        one.put(Category::Function, &large);
        one.put(Category::Function, "more");
        one.lose(&["lost".to_owned()]);
        let batch = one.take().expect("a batch");
        assert_eq!(batch.len(), 2);
        assert!(
            batch
                .iter()
                .any(|event| event.contains("\"droppedRecords\":2,\"droppedBytes\":8"))
        );
        one.put(Category::Function, "again");
        assert_eq!(one.take(), Some(vec!["again".to_owned()]));
    }
}
