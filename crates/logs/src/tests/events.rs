//! Events put, read from either end, and filtered.

use super::*;

#[tokio::test]
async fn streams_are_filtered_together_in_order_of_time() {
    let fixture = Fixture::new().await;
    fixture
        .put("a", &[(NOW_MS - 30, "one"), (NOW_MS - 10, "three")])
        .await
        .unwrap();
    fixture
        .put("b", &[(NOW_MS - 20, "two"), (NOW_MS, "four ERROR")])
        .await
        .unwrap();
    assert_eq!(fixture.texts(|_| ()).await, "one two three four ERROR");
    assert_eq!(
        fixture
            .texts(|i| i.log_stream_name_prefix = Some("b".into()))
            .await,
        "two four ERROR"
    );
    assert_eq!(
        fixture
            .texts(|i| i.log_stream_names = Some(vec!["a".into()]))
            .await,
        "one three"
    );
    assert_eq!(
        fixture
            .texts(|i| i.filter_pattern = Some("ERROR".into()))
            .await,
        "four ERROR"
    );
    // Both ends count.
    let window = |i: &mut FilterLogEventsRequest| {
        i.start_time = Some(NOW_MS - 20);
        i.end_time = Some(NOW_MS - 10);
    };
    assert_eq!(fixture.texts(window).await, "two three");
    let both = |i: &mut FilterLogEventsRequest| {
        i.log_stream_names = Some(vec!["a".into()]);
        i.log_stream_name_prefix = Some("b".into());
    };
    assert!(failure(fixture.filter(both).await).starts_with("InvalidParameterException"));
    let arn = |i: &mut FilterLogEventsRequest| {
        i.log_group_name = None;
        let arn = "arn:aws:logs:us-east-1:222222222222:log-group:/aws/lambda/hello:*";
        i.log_group_identifier = Some(arn.into());
    };
    assert_eq!(fixture.texts(arn).await, "one two three four ERROR");
}

#[tokio::test]
async fn filtered_pages_follow_each_other_without_gap_or_repetition() {
    let fixture = Fixture::new().await;
    let texts: Vec<String> = (0..25).map(|n| format!("m{n}")).collect();
    // Several events of one millisecond lie on both sides of a page's end.
    let events = texts.iter().zip(0..);
    let events: Vec<_> = events
        .map(|(text, n): (_, i64)| (NOW_MS + n / 10, text.as_str()))
        .collect();
    fixture.put("a", &events).await.unwrap();
    let (mut seen, mut token, mut ids) = (Vec::new(), None, std::collections::BTreeSet::new());
    loop {
        let page = fixture
            .filter(|input| {
                input.limit = Some(4);
                input.next_token = token.clone();
            })
            .await
            .unwrap();
        for event in page.events.iter().flatten() {
            seen.push(event.message.clone().unwrap());
            assert!(ids.insert(event.event_id.clone().unwrap()));
        }
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, texts);
    let bad = fixture
        .filter(|input| input.next_token = Some("x".into()))
        .await;
    assert!(failure(bad).contains("nextToken is invalid"));
}

#[tokio::test]
async fn long_answers_end_at_a_megabyte() {
    let fixture = Fixture::new().await;
    let text = "x".repeat(400_000);
    for at in 0..5 {
        fixture.put("a", &[(NOW_MS + at, &text)]).await.unwrap();
    }
    let page = fixture.filter(|_| ()).await.unwrap();
    assert_eq!(page.events.unwrap().len(), 2);
    assert!(page.next_token.is_some());
    assert_eq!(fixture.get(|_| ()).await.events.unwrap().len(), 2);
    assert_eq!(
        fixture
            .get(|i| i.start_from_head = Some(true))
            .await
            .events
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn events_of_a_stream_are_read_from_either_end() {
    let fixture = Fixture::new().await;
    fixture.put("b", &[(NOW_MS, "other")]).await.unwrap();
    let all = [
        (NOW_MS, "0"),
        (NOW_MS + 1, "1"),
        (NOW_MS + 2, "2"),
        (NOW_MS + 3, "3"),
        (NOW_MS + 4, "4"),
    ];
    fixture.put("a", &all).await.unwrap();
    assert_eq!(got(&fixture.get(|_| ()).await), "0 1 2 3 4");
    let latest = fixture.get(|i| i.limit = Some(2)).await;
    assert_eq!(got(&latest), "3 4");
    let before = fixture.get(|i| {
        i.limit = Some(2);
        i.next_token = latest.next_backward_token.clone();
    });
    let before = before.await;
    assert_eq!(got(&before), "1 2");
    let forward = fixture
        .get(|i| i.next_token = before.next_forward_token.clone())
        .await;
    assert_eq!(got(&forward), "3 4");
    // The end gives the same token again, and what comes later follows it.
    let end = fixture
        .get(|i| i.next_token = forward.next_forward_token.clone())
        .await;
    assert_eq!(
        (got(&end), &end.next_forward_token),
        (String::new(), &forward.next_forward_token)
    );
    fixture.put("a", &[(NOW_MS + 9, "5")]).await.unwrap();
    let later = fixture
        .get(|i| i.next_token = end.next_forward_token.clone())
        .await;
    assert_eq!(got(&later), "5");
    let back = fixture
        .get(|i| i.next_token = end.next_backward_token.clone())
        .await;
    assert_eq!(got(&back), "0 1 2 3 4");
    let head = |i: &mut GetLogEventsRequest| {
        i.start_from_head = Some(true);
        i.limit = Some(2);
    };
    assert_eq!(got(&fixture.get(head).await), "0 1");
    // The end time is not part of the window here.
    let window = |i: &mut GetLogEventsRequest| {
        i.start_time = Some(NOW_MS + 1);
        i.end_time = Some(NOW_MS + 3);
    };
    assert_eq!(got(&fixture.get(window).await), "1 2");
}

#[tokio::test]
async fn batches_are_checked_as_a_whole() {
    let fixture = Fixture::new().await;
    let order = fixture.put("a", &[(NOW_MS, "x"), (NOW_MS - 1, "y")]).await;
    assert!(failure(order).contains("chronological order"));
    let day = limits::BATCH_SPAN_MS_MAX;
    assert!(
        fixture
            .put("a", &[(NOW_MS - day, "x"), (NOW_MS, "y")])
            .await
            .is_ok()
    );
    let span = fixture
        .put("a", &[(NOW_MS - day - 1, "x"), (NOW_MS, "y")])
        .await;
    assert!(failure(span).contains("24 hours"));
    let most = "x".repeat(limits::BATCH_BYTES_MAX - limits::EVENT_OVERHEAD_BYTES);
    assert!(fixture.put("a", &[(NOW_MS, &most)]).await.is_ok());
    let large = fixture.put("a", &[(NOW_MS, &format!("{most}x"))]).await;
    assert_eq!(
        failure(large),
        "InvalidParameterException: Log event too large: 1048577 bytes exceeds limit of 1048576"
    );
    let together = fixture.put("a", &[(NOW_MS, &most), (NOW_MS, "y")]).await;
    assert!(failure(together).contains("Upload too large: 1048603 bytes"));
}

#[tokio::test]
async fn events_out_of_time_are_rejected_alone() {
    let fixture = Fixture::new().await;
    let old = NOW_MS - limits::PAST_MS_MAX;
    let info = fixture
        .put("a", &[(old - 1, "too old"), (old, "old")])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(info.too_old_log_event_end_index, Some(1));
    let far = NOW_MS + limits::FUTURE_MS_MAX;
    let info = fixture
        .put("a", &[(far, "far"), (far + 1, "too far")])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(info.too_new_log_event_start_index, Some(1));
    fixture.retain(1).await.unwrap();
    let day = NOW_MS - limits::DAY_MS;
    let info = fixture
        .put("a", &[(day - 1, "expired"), (day, "kept")])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(info.expired_log_event_end_index, Some(1));
    assert_eq!(fixture.texts(|_| ()).await, "kept far");
}
