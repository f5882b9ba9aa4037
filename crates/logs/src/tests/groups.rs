//! Groups, streams, tags and retention.

use super::*;

#[tokio::test]
async fn groups_and_streams_exist_once() {
    let fixture = Fixture::new().await;
    assert_eq!(
        failure(fixture.group(GROUP).await),
        "ResourceAlreadyExistsException: The specified log group already exists"
    );
    assert_eq!(
        failure(fixture.stream("a").await),
        "ResourceAlreadyExistsException: The specified log stream already exists"
    );
    assert!(failure(fixture.group("aws/x").await).starts_with("InvalidParameterException"));
    let missing = "ResourceNotFoundException: The specified log group does not exist.";
    let other = |input: &mut FilterLogEventsRequest| input.log_group_name = Some("other".into());
    assert_eq!(failure(fixture.filter(other).await), missing);
    let delete = DeleteLogGroupRequest {
        log_group_name: "other".into(),
    };
    assert_eq!(
        failure(group::delete(fixture.logs(), fixture.call(), delete).await),
        missing
    );
    assert_eq!(
        failure(fixture.put("c", &[(NOW_MS, "x")]).await),
        "ResourceNotFoundException: The specified log stream does not exist."
    );
}

#[tokio::test]
async fn what_would_have_no_effect_is_refused() {
    let fixture = Fixture::empty();
    let encrypted = CreateLogGroupRequest {
        log_group_name: "x".into(),
        kms_key_id: Some("arn:aws:kms:us-east-1:222222222222:key/1".into()),
        ..Default::default()
    };
    let refused = group::create(fixture.logs(), fixture.call(), encrypted).await;
    assert!(failure(refused).starts_with("NotImplemented"));
}

#[tokio::test]
async fn groups_are_described_in_pages() {
    let fixture = Fixture::empty();
    for n in 0..7 {
        fixture.group(&format!("/app/{n}")).await.unwrap();
    }
    fixture.group("/other").await.unwrap();
    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let input = DescribeLogGroupsRequest {
            log_group_name_prefix: Some("/app/".into()),
            limit: Some(3),
            next_token: token,
            ..Default::default()
        };
        let page = group::describe(fixture.logs(), fixture.call(), input)
            .await
            .unwrap();
        seen.extend(
            page.log_groups
                .unwrap()
                .into_iter()
                .map(|group| group.arn.unwrap()),
        );
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(
        seen[6],
        "arn:aws:logs:us-east-1:222222222222:log-group:/app/6:*"
    );
    let by_pattern = DescribeLogGroupsRequest {
        log_group_name_pattern: Some("OTHER".into()),
        ..Default::default()
    };
    let page = group::describe(fixture.logs(), fixture.call(), by_pattern)
        .await
        .unwrap();
    assert_eq!(page.log_groups.unwrap().len(), 1);
    // Another account sees none of them.
    let call = Call {
        account: "111111111111".parse().unwrap(),
        ..fixture.call()
    };
    let page = group::describe(fixture.logs(), call, DescribeLogGroupsRequest::default()).await;
    assert_eq!(page.unwrap().log_groups.unwrap(), []);
}

#[tokio::test]
async fn streams_are_described_by_name_or_by_last_event() {
    let fixture = Fixture::new().await;
    fixture.put("b", &[(NOW_MS - 5, "old")]).await.unwrap();
    fixture
        .put("a", &[(NOW_MS - 9, "older"), (NOW_MS - 1, "new")])
        .await
        .unwrap();
    let describe = async |by: &str, descending, limit, token: Option<&str>| {
        let input = DescribeLogStreamsRequest {
            log_group_name: Some(GROUP.into()),
            order_by: Some(by.into()),
            descending: Some(descending),
            limit: Some(limit),
            next_token: token.map(str::to_owned),
            ..Default::default()
        };
        let page = stream::describe(fixture.logs(), fixture.call(), input)
            .await
            .unwrap();
        let streams = page.log_streams.unwrap();
        let names: Vec<_> = streams
            .iter()
            .map(|s| s.log_stream_name.clone().unwrap())
            .collect();
        (names.join(","), page.next_token)
    };
    assert_eq!(describe("LogStreamName", false, 50, None).await.0, "a,b");
    assert_eq!(describe("LogStreamName", true, 50, None).await.0, "b,a");
    assert_eq!(describe("LastEventTime", true, 50, None).await.0, "a,b");
    assert_eq!(describe("LastEventTime", false, 50, None).await.0, "b,a");
    let (first, token) = describe("LastEventTime", true, 1, None).await;
    assert_eq!((first.as_str(), token.as_deref()), ("a", Some("a")));
    assert_eq!(
        describe("LastEventTime", true, 1, token.as_deref()).await,
        ("b".into(), None)
    );
}

#[tokio::test]
async fn retention_hides_at_once_and_deletes_behind() {
    let fixture = Fixture::new().await;
    assert!(failure(fixture.retain(2).await).contains("'retentionInDays' failed to satisfy"));
    fixture.put("a", &[(NOW_MS, "old")]).await.unwrap();
    fixture.retain(1).await.unwrap();
    fixture.clock.advance_ms(limits::DAY_MS);
    assert_eq!(fixture.texts(|_| ()).await, "old");
    fixture.clock.advance_ms(1);
    fixture.put("a", &[(NOW_MS + 1, "young")]).await.unwrap();
    assert_eq!(fixture.texts(|_| ()).await, "young");
    assert_eq!(got(&fixture.get(|_| ()).await), "young");
    fixture.logs.sweep().await;
    assert_eq!(fixture.stored().await, (2, 1));
    let groups = DescribeLogGroupsRequest::default();
    let groups = group::describe(fixture.logs(), fixture.call(), groups)
        .await
        .unwrap();
    let described = groups.log_groups.unwrap().remove(0);
    assert_eq!(described.retention_in_days, Some(1));
    assert_eq!(described.stored_bytes, Some(26 + 5));
}

#[tokio::test]
async fn deleted_groups_and_streams_take_their_events_along() {
    let fixture = Fixture::new().await;
    fixture.put("a", &[(NOW_MS, "gone")]).await.unwrap();
    fixture.put("b", &[(NOW_MS, "stays")]).await.unwrap();
    let input = DeleteLogStreamRequest {
        log_group_name: GROUP.into(),
        log_stream_name: "a".into(),
    };
    stream::delete(fixture.logs(), fixture.call(), input)
        .await
        .unwrap();
    assert_eq!(fixture.stored().await, (1, 1));
    fixture.stream("a").await.unwrap();
    assert_eq!(got(&fixture.get(|_| ()).await), "");
    let input = DeleteLogGroupRequest {
        log_group_name: GROUP.into(),
    };
    group::delete(fixture.logs(), fixture.call(), input)
        .await
        .unwrap();
    assert!(fixture.filter(|_| ()).await.is_err());
    fixture.group(GROUP).await.unwrap();
    assert_eq!(fixture.texts(|_| ()).await, "");
    fixture.logs.sweep().await;
    assert_eq!(fixture.stored().await, (0, 0));
    let left = fixture
        .logs
        .room
        .store
        .scan(&DELETED_GROUPS, "", None, 10)
        .await
        .unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn protected_groups_are_not_deleted() {
    let fixture = Fixture::new().await;
    let protect = async |is_on| {
        let input = PutLogGroupDeletionProtectionRequest {
            log_group_identifier: GROUP.into(),
            deletion_protection_enabled: is_on,
        };
        group::put_protection(fixture.logs(), fixture.call(), input)
            .await
            .unwrap();
        let input = DeleteLogGroupRequest {
            log_group_name: GROUP.into(),
        };
        group::delete(fixture.logs(), fixture.call(), input).await
    };
    assert!(failure(protect(true).await).starts_with("ValidationException"));
    assert!(protect(false).await.is_ok());
}

#[tokio::test]
async fn tags_are_put_listed_and_removed() {
    let fixture = Fixture::new().await;
    let arn = "arn:aws:logs:us-east-1:222222222222:log-group:/aws/lambda/hello";
    let put = async |count: usize| {
        let input = TagResourceRequest {
            resource_arn: arn.into(),
            tags: (0..count)
                .map(|n| (format!("k{n}"), "v".to_owned()))
                .collect(),
        };
        tag::tag(fixture.logs(), fixture.call(), input).await
    };
    assert!(put(50).await.is_ok());
    assert!(failure(put(51).await).starts_with("TooManyTagsException"));
    let input = UntagResourceRequest {
        resource_arn: format!("{arn}:*"),
        tag_keys: (1..50).map(|n| format!("k{n}")).collect(),
    };
    tag::untag(fixture.logs(), fixture.call(), input)
        .await
        .unwrap();
    let list = async |arn: &str| {
        let input = ListTagsForResourceRequest {
            resource_arn: arn.into(),
        };
        tag::list(fixture.logs(), fixture.call(), input).await
    };
    assert_eq!(list(arn).await.unwrap().tags.unwrap().len(), 1);
    for bad in [
        "hello",
        "arn:aws:logs:us-east-1:222222222222:destination:x",
        "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/hello",
        "arn:aws:sqs:us-east-1:222222222222:log-group:x",
    ] {
        assert!(
            failure(list(bad).await).starts_with("InvalidParameterException"),
            "{bad}"
        );
    }
}
