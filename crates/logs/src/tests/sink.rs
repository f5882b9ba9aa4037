//! The sink: order, bounds, what is dropped.

use super::*;

fn batch(stream: &str, messages: &[&str]) -> LogBatch {
    let event = |message: &&str| LogEvent {
        timestamp_ms: NOW_MS,
        message: (*message).to_owned(),
    };
    LogBatch {
        target: Arc::new(LogTarget {
            account: "222222222222".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            group: GROUP.into(),
            stream: stream.into(),
        }),
        events: messages.iter().map(event).collect(),
    }
}

#[tokio::test]
async fn the_sink_makes_groups_and_streams_and_keeps_each_streams_order() {
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
    assert_eq!(fixture.texts(|_| ()).await, "START hello END other");
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

#[tokio::test]
async fn batches_of_a_stream_share_records() {
    let fixture = Fixture::empty();
    for number in 0..10 {
        fixture.logs.write(batch("a", &["START", "END"]));
        fixture.logs.write(batch("b", &[&number.to_string()]));
    }
    fixture.logs.flush().await;
    let store = &fixture.logs.room.store;
    let records = store.scan(&EVENTS, "", None, store::SCAN_MAX).await;
    assert_eq!(records.unwrap().len(), 2);
    assert_eq!(fixture.stored().await, (2, 30));
    let expect = "START END ".repeat(10) + "0 1 2 3 4 5 6 7 8 9";
    assert_eq!(fixture.texts(|_| ()).await, expect);
}

#[tokio::test]
async fn events_of_one_millisecond_share_a_record_and_are_read_one_by_one() {
    let fixture = Fixture::empty();
    let lines: Vec<String> = (0..=limits::RECORD_EVENTS_MAX)
        .map(|number| number.to_string())
        .collect();
    let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
    fixture.logs.write(batch("s", &texts));
    fixture.logs.flush().await;
    let store = &fixture.logs.room.store;
    let records = store.scan(&EVENTS, "", None, store::SCAN_MAX).await;
    // One more than a record holds.
    assert_eq!(records.unwrap().len(), 2);
    let (mut seen, mut token) = (Vec::new(), None);
    // Pages that begin and end in the middle of a record.
    while seen.len() < lines.len() {
        let page = fixture.get(|input| {
            input.log_stream_name = "s".into();
            input.limit = Some(10);
            input.start_from_head = Some(true);
            input.next_token = token.clone();
        });
        let page = page.await;
        token = page.next_forward_token;
        let events = page.events.unwrap_or_default();
        assert!(!events.is_empty(), "after {seen:?}");
        seen.extend(events.into_iter().filter_map(|event| event.message));
    }
    assert_eq!(seen, lines);
}
