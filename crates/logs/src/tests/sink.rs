//! The sink: order, bounds, what is dropped.

use super::*;

fn batch(stream: &str, messages: &[&str]) -> LogBatch {
    let event = |message: &&str| LogEvent {
        timestamp_ms: NOW_MS,
        message: (*message).to_owned(),
    };
    LogBatch {
        account: "222222222222".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        group: GROUP.into(),
        stream: stream.into(),
        events: messages.iter().map(event).collect(),
    }
}

#[tokio::test]
async fn the_sink_makes_groups_and_streams_and_keeps_order() {
    let fixture = Fixture::empty();
    fixture
        .logs
        .write(batch("2026/11/22/[$LATEST]0", &["START", "hello"]));
    fixture
        .logs
        .write(batch("2026/11/22/[$LATEST]1", &["other"]));
    fixture.logs.write(batch("2026/11/22/[$LATEST]0", &["END"]));
    fixture.logs.write(batch("2026/11/22/[$LATEST]2", &[]));
    fixture.logs.flush().await;
    assert_eq!(fixture.texts(|_| ()).await, "START hello other END");
    assert_eq!(fixture.stored().await, (2, 4));
    assert_eq!(fixture.logs.dropped_events(), 0);
}

#[tokio::test]
async fn a_full_sink_drops_and_counts() {
    let fixture = Fixture::empty();
    // The task cannot run while this one does not wait, so the queue only fills.
    for _ in 0..limits::QUEUE_BATCHES_MAX {
        fixture.logs.write(batch("s", &["x"]));
    }
    assert_eq!(fixture.logs.dropped_events(), 0);
    fixture.logs.write(batch("s", &["y", "y"]));
    assert_eq!(fixture.logs.dropped_events(), 2);
    fixture.logs.flush().await;
    fixture.logs.write(batch("s", &["z"]));
    fixture.logs.flush().await;
    assert_eq!(fixture.stored().await.1, limits::QUEUE_BATCHES_MAX + 1);
}

#[tokio::test]
async fn the_sink_is_bounded_in_bytes_and_cuts_long_events() {
    let fixture = Fixture::empty();
    let long = "é".repeat(limits::BATCH_BYTES_MAX);
    let fits = limits::QUEUE_BYTES_MAX / (long.len() + limits::EVENT_OVERHEAD_BYTES);
    for _ in 0..=fits {
        fixture.logs.write(batch("s", &[&long]));
    }
    assert_eq!(fixture.logs.dropped_events(), 1);
    fixture.logs.flush().await;
    let page = fixture.filter(|_| ()).await.unwrap();
    let kept = page.events.unwrap().remove(0).message.unwrap();
    assert_eq!(
        kept.len(),
        limits::BATCH_BYTES_MAX - limits::EVENT_OVERHEAD_BYTES
    );
}
