use super::*;
use crate::worker::Reply;
use bytes::Bytes;
use policy::{Principal, PrincipalKind};
use ports::{Secret, SessionCredentials, Work};

type Queue = Vec<(u64, oneshot::Receiver<Lease>)>;

fn group(mean_ms: Option<u64>, busy: usize, waiting: usize) -> (Group, Queue) {
    let mut group = Group {
        mean: mean_ms.map(Duration::from_millis),
        busy,
        ..Group::default()
    };
    let queue = (0..waiting)
        .filter_map(|_| group.enqueue(job(1)).ok())
        .collect();
    (group, queue)
}

#[test]
fn start_is_wanted_unless_the_queue_is_over_sooner() {
    for (mean_ms, busy, waiting, expect) in [
        (None, 0, 1, true),
        (None, 2, 1, true),
        (Some(1), 0, 1, true),
        // A processor has nothing to do.
        (Some(1), 1, 1, true),
        (Some(1), 2, 30, false),
        (Some(10), 2, 30, true),
        (Some(1_000), 5, 1, true),
    ] {
        let (group, _queue) = group(mean_ms, busy, waiting);
        let wanted = group.wants_start(Urgency::Usual, 2);
        assert_eq!(
            wanted, expect,
            "{mean_ms:?} ms, {busy} busy, {waiting} waiting"
        );
        assert!(group.wants_start(Urgency::Overdue, 2));
    }
}

#[test]
fn computing_workers_are_not_joined_by_one_that_could_not_run() {
    let wanted = |mean_ms, is_computing| {
        let (mut group, _queue) = group(Some(mean_ms), 2, 30);
        group.is_computing = is_computing;
        group.wants_start(Urgency::Usual, 2)
    };
    assert!(!wanted(4, true));
    assert!(wanted(4, false), "it may be waiting for others");
    // Long ones share the processors rather than wait for each other.
    assert!(wanted(5, true));
}

#[test]
fn no_more_start_at_once_than_can_run_where_a_crowd_is_useless() {
    let (mut group, _queue) = group(Some(1), 2, 30);
    group.starting = 2;
    assert!(group.wants_start(Urgency::Overdue, 2));
    group.is_computing = true;
    assert!(!group.wants_start(Urgency::Overdue, 2));
    group.starting = 1;
    assert!(group.wants_start(Urgency::Overdue, 2));
}

#[test]
fn brief_events_wait_for_busy_workers_while_the_queue_is_short() {
    let has_enough = |mean: Duration, waiting| {
        let (mut group, _queue) = group(None, 2, waiting);
        group.mean = Some(mean);
        (group.has_enough_busy(2), group.take_early(2).is_some())
    };
    let brief = BRIEF_MEAN_MAX - Duration::from_micros(1);
    assert_eq!(has_enough(brief, 6), (true, true));
    // At 2 ms for the last of them another worker joins; there is none, so it goes on as before.
    assert_eq!(has_enough(brief, 8), (false, true));
    assert_eq!(has_enough(BRIEF_MEAN_MAX, 6), (false, false));
}

#[test]
fn who_waits_sees_whether_its_queue_moves() {
    let (mut group, _queue) = group(None, 2, 1);
    let before = group.served();
    group.learn(Duration::from_millis(1), None);
    assert_ne!(group.served(), before);
}

#[test]
fn there_are_no_more_starts_than_waiters() {
    let (mut group, _queue) = group(None, 0, 2);
    group.starting = 2;
    assert!(!group.wants_start(Urgency::Overdue, 2));
}

#[test]
fn who_went_away_wants_nothing() {
    let (mut group, queue) = group(None, 0, 2);
    drop(queue);
    assert!(!group.is_waited_for(Urgency::Overdue, 2));
}

#[test]
fn queue_has_an_end() {
    let (mut group, _queue) = group(None, 0, WAITING_MAX);
    assert!(group.enqueue(job(1)).is_err());
}

#[test]
fn early_goes_a_short_computing_event_that_no_other_worker_will_take() {
    let taken = |change: fn(&mut Group)| {
        let (mut group, _queue) = group(Some(1), 2, 3);
        group.is_computing = true;
        change(&mut group);
        group.take_early(2).is_some()
    };
    assert!(taken(|_| ()));
    assert!(!taken(|group| group.is_computing = false));
    assert!(!taken(|group| group.busy = 1));
    assert!(!taken(|group| group.mean = Some(EARLY_MEAN_MAX)));
    assert!(!taken(|group| group.waiting.clear()));
    let sized = |bytes: usize| {
        let (mut group, _) = group(Some(1), 2, 0);
        group.is_computing = true;
        let _place = group.enqueue(job(bytes)).ok();
        group.take_early(2).is_some()
    };
    assert!(sized(EARLY_BYTES_MAX));
    assert!(!sized(EARLY_BYTES_MAX + 1));
}

#[test]
fn who_was_taken_early_is_not_in_the_queue_and_goes_back_to_its_front() {
    let (mut group, queue) = group(Some(1), 2, 2);
    group.is_computing = true;
    let (first, second) = (queue[0].0, queue[1].0);
    let waiter = group.take_early(2).expect("taken");
    assert!(!group.holds(first) && group.holds(second));
    assert!(group.remove(first).is_none());
    group.put_back(waiter);
    assert_eq!(group.pop().map(|waiter| waiter.id), Some(first));
}

#[test]
fn computing_workers_are_as_many_as_processors_while_the_queue_is_short() {
    let (mut group, _queue) = group(Some(1), 2, 5);
    assert!(!group.has_enough_busy(2), "it may be waiting for others");
    group.learn(Duration::from_millis(1), Some(COMPUTING_SHARE_MIN));
    assert!(group.has_enough_busy(2));
    assert!(!group.has_enough_busy(3));
    group.learn(Duration::from_millis(1), Some(COMPUTING_SHARE_MIN - 0.1));
    assert!(!group.has_enough_busy(2));
}

/// A job with an event of so many bytes; nobody waits for its answer.
fn job(bytes: usize) -> Job {
    let arn: arn::Arn = "arn:aws:sts::222222222222:assumed-role/r/f"
        .parse()
        .expect("an ARN");
    let principal = Principal {
        account: "222222222222".parse().expect("an account"),
        kind: PrincipalKind::AssumedRole,
        arn: arn.clone(),
        principal_arn: arn,
        user_id: String::new(),
        session: None,
        access_key_id: String::new(),
    };
    let credentials = SessionCredentials {
        access_key_id: String::new(),
        secret: Secret(String::new()),
        session_token: Secret(String::new()),
        expires_ms: 0,
        principal: Arc::new(principal),
    };
    let function = FunctionSpec {
        arn: String::new(),
        name: String::new(),
        version: String::new(),
        revision: String::new(),
        account: "222222222222".parse().expect("an account"),
        region: arn::Region::us_east_1(),
        runtime: String::new(),
        handler: String::new(),
        code: String::new(),
        layers: Vec::new(),
        timeout_s: 1,
        memory_mb: 128,
        ephemeral_mb: 512,
        environment: std::collections::BTreeMap::new(),
        log_group: String::new(),
        logging: ports::FunctionLogging::default(),
        endpoint_url: None,
    };
    let work = Work {
        request_id: String::new(),
        function: Arc::new(function),
        invoked_arn: String::new(),
        payload: Bytes::from(vec![b'0'; bytes]),
        trace_id: String::new(),
        client_context: None,
        wants_log_tail: false,
        credentials: Arc::new(credentials),
    };
    let (reply, _) = oneshot::channel();
    Job {
        work,
        sink: None,
        reply: Reply::to(reply),
    }
}
