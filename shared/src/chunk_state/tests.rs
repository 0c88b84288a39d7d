use super::*;

const GRACE: Grace = Grace::of_seconds(120);
const QUEUED: Progress = Progress::Queued { turn: None };

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).expect("in range")
}

fn state(progress: Progress) -> ChunkState {
    ChunkState { progress, ..ChunkState::cut(0, 3, 0, at(1_000)) }
}

fn whole() -> Slice {
    state(Progress::Working).slice(&[1; 100], 1_000)
}

#[test]
fn a_slow_senders_chunk_goes_out_in_slices() {
    let chunk = ChunkState { recipients: 8, ..state(QUEUED) };
    // Three parts each at one a second: three members take nine seconds.
    let working = chunk.start(None, at(1_001), GRACE).expect("may start");
    let slice = working.slice(&[3; 100], 1);
    assert_eq!(slice, Slice { members: 0..3, parts: 9, millis: 9_000 });
    let next = working.finish(&Tally { settled: 3, ..Tally::default() }, &slice, at(1_003), 0);
    assert_eq!((next.handed, next.progress), (3, Progress::Waiting { until: at(1_010) }));
    let merging = ChunkState { parts: Some(24), ..working.clone() };
    let next = merging.finish(&Tally { settled: 3, ..Tally::default() }, &slice, at(1_003), 0);
    assert_eq!(next.parts, Some(15));
    let held_up = working.finish(&Tally { busy: 1, ..Tally::default() }, &slice, at(1_003), 0);
    assert_eq!(held_up.handed, 0);
    let last = ChunkState { handed: 6, ..working };
    let slice = last.slice(&[3; 100], 1);
    assert_eq!(slice.members, 6..8);
    assert!(last.finish(&Tally::default(), &slice, at(1_003), 0).is_done());
    assert_eq!(chunk.slice(&[3; 100], 100).members, 0..8);
    // A body with more parts than fit into a slice is still sent, one message at a time.
    assert_eq!(chunk.slice(&[11; 100], 1), Slice { members: 0..1, parts: 11, millis: 11_000 });
    // Texts of different lengths: each slice ends before the member that would exceed it.
    let mixed = [4, 4, 4, 11, 1, 1, 1, 1];
    for (handed, members, millis) in
        [(0, 0..2, 8_000), (2, 2..3, 4_000), (3, 3..4, 11_000), (4, 4..8, 4_000)]
    {
        let chunk = ChunkState { handed, ..chunk.clone() };
        let parts = i64::unsigned_abs(millis) / 1_000;
        assert_eq!(chunk.slice(&mixed, 1), Slice { members, parts, millis });
    }
}

#[test]
fn a_chunk_without_a_turn_is_on_no_queue() {
    let cut = state(Progress::Cut);
    assert_eq!(cut.start(None, at(5_000), GRACE), None);
    let Repair::Arm(armed) = cut.repair(0, at(1_000), GRACE) else { panic!("not armed") };
    let later = armed.with_turn(at(1_030));
    assert_eq!((later.arms, later.due_since()), (0, Some(at(1_030))));
    assert_eq!(later.start(None, at(1_028), GRACE), None);
    assert!(later.start(None, at(1_029), GRACE).is_some());
    // Its own job comes when the queue lets it, regardless of the worker's clock.
    assert!(later.start(Some(at(1_030)), at(850), GRACE).is_some());
    assert_eq!(later.start(Some(at(990)), at(1_000), GRACE), None);
    assert_eq!(later.repair(0, at(1_149), GRACE), Repair::Nothing);
    let Repair::Arm(again) = later.repair(0, at(1_150), GRACE) else { panic!("not armed") };
    // To be queued again and again is not progress.
    assert_eq!(again.with_turn(at(1_151)).due_since(), Some(at(1_030)));
}

/// Before turns existed, a queued chunk was written without one, and is matched as it was written.
#[test]
fn a_state_is_written_as_it_was_read() {
    let old = r#"{"state":"queued"}"#;
    let progress: Progress = serde_json::from_str(old).expect("understood");
    assert_eq!(progress, QUEUED);
    assert_eq!(serde_json::to_string(&progress).expect("json"), old);
}

#[test]
fn one_worker_at_a_time() {
    let working = state(QUEUED).start(None, at(1_001), GRACE).expect("may start");
    assert_eq!(working.start(None, at(1_120), GRACE), None);
    assert!(working.start(None, at(1_121), GRACE).is_some());
    assert_eq!(state(Progress::Done).start(None, at(5_000), GRACE), None);
    let waiting = state(Progress::Waiting { until: at(2_000) });
    assert_eq!(waiting.start(None, at(1_900), GRACE), None);
    assert!(waiting.start(None, at(2_000), GRACE).is_some());
    assert!(waiting.start(Some(at(2_000)), at(1_900), GRACE).is_some());
}

#[test]
fn waiting_is_no_attempt() {
    let working = state(QUEUED).start(None, at(1_001), GRACE).expect("may start");
    let finish = |tally: Tally| working.finish(&tally, &whole(), at(1_010), 0);
    let throttled = finish(Tally { throttled: 1, retry_after_seconds: 30, ..Tally::default() });
    assert_eq!(throttled.progress, Progress::Waiting { until: at(1_040) });
    assert_eq!(throttled.attempts, 0);
    let busy = finish(Tally { busy: 1, busy_until: Some(at(1_100)), ..Tally::default() });
    assert_eq!(busy.progress, Progress::Waiting { until: at(1_100) });
    assert_eq!(busy.attempts, 0);
    // The provider is unreachable: the campaign backs off, and the drain re-queues the chunk.
    let outage = finish(Tally { unreachable: 3, ..Tally::default() });
    assert_eq!((outage.attempts, outage.progress), (0, Progress::Cut));
    // A single failed connection among others is retried.
    let unreachable = finish(Tally { unreachable: 3, settled: 1, ..Tally::default() });
    assert_eq!(unreachable.attempts, 0);
    assert_eq!(unreachable.progress, Progress::Waiting { until: at(1_020) });
    let halted = finish(Tally { halted: 1, settled: 1, ..Tally::default() });
    assert_eq!((halted.attempts, halted.progress), (0, Progress::Cut));
    assert_eq!(finish(Tally::default()).progress, Progress::Done);
}

#[test]
fn a_provider_that_throttles_again_and_again_is_asked_less_often() {
    let tally = Tally { throttled: 1, ..Tally::default() };
    let mut chunk = state(Progress::Working);
    let mut waits = Vec::new();
    for _ in 0..8 {
        chunk = chunk.finish(&tally, &whole(), at(0), 0);
        let Progress::Waiting { until } = chunk.progress else { panic!("not waiting") };
        waits.push(until.since(at(0)).num_seconds());
    }
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 160, 160]);
    let jittered = state(Progress::Working).finish(&tally, &whole(), at(0), 500);
    assert_eq!(jittered.progress, Progress::Waiting { until: at(0).plus_millis(7_500) });
    let some = Tally { settled: 1, ..tally };
    assert_eq!(chunk.finish(&some, &whole(), at(0), 0).throttles, 0);
}

#[test]
fn what_stands_still_is_armed_with_growing_patience() {
    let queued = state(QUEUED);
    assert_eq!(queued.repair(0, at(1_119), GRACE), Repair::Nothing);
    let Repair::Arm(armed) = queued.repair(0, at(1_120), GRACE) else { panic!("not armed") };
    assert_eq!(armed.repair(0, at(1_120 + 239), GRACE), Repair::Nothing);
    assert!(matches!(armed.repair(0, at(1_120 + 240), GRACE), Repair::Arm(_)));
    assert_eq!(state(Progress::Done).repair(0, at(9_999), GRACE), Repair::Nothing);
}

#[test]
fn a_chunk_is_poisoned_after_five_crashed_starts() {
    let mut chunk = state(QUEUED);
    let mut now = 1_000;
    for attempt in 1..=MAX_CRASHED_STARTS {
        assert!(!matches!(chunk.repair(0, at(now), GRACE), Repair::Poisoned), "{attempt}");
        chunk = chunk.start(None, at(now), GRACE).expect("may start");
        now += 500;
    }
    assert_eq!(chunk.repair(0, at(now), GRACE), Repair::Poisoned);
    assert_eq!(chunk.start(None, at(now), GRACE), None);
    // A person who resumes the campaign gives it another five.
    let Repair::Arm(resumed) = chunk.repair(1, at(now), GRACE) else { panic!("not armed") };
    assert_eq!(resumed.attempts, 0);
}

/// An outage counts no attempts, no matter how long it takes.
#[test]
fn no_outage_poisons_a_chunk() {
    let mut chunk = state(QUEUED);
    for minute in 0..100 {
        let now = at(1_000 + minute * 60);
        let armed = chunk.repair(0, now, GRACE);
        let queued = if let Repair::Arm(armed) = armed { armed } else { chunk };
        let working = queued.with_turn(now).start(Some(now), now, GRACE).expect("may start");
        chunk = working.finish(&Tally { unreachable: 3, ..Tally::default() }, &whole(), now, 0);
    }
    assert_eq!((chunk.attempts, chunk.handed), (0, 0));
}

#[test]
fn an_attempt_that_gets_on_takes_back_those_before() {
    let chunk = ChunkState { recipients: 8, attempts: MAX_CRASHED_STARTS - 1, ..state(QUEUED) };
    let working = chunk.start(None, at(1_001), GRACE).expect("may start");
    let next = working.finish(&Tally::default(), &working.slice(&[3; 100], 1), at(1_003), 0);
    assert_eq!(next.attempts, 0);
}

#[test]
fn the_window_of_a_slow_senders_chunk_grows_by_slices() {
    let mut heard = Window::default();
    heard.add(None);
    let tally = Tally { settled: 1, heard, ..Tally::default() };
    let chunk = ChunkState { recipients: 8, ..state(Progress::Working) };
    let next = chunk.finish(&tally, &chunk.slice(&[3; 100], 1), at(1_003), 0);
    let next = next.finish(&tally, &next.slice(&[3; 100], 1), at(1_013), 0);
    assert_eq!(next.heard.learnt, 2);
    let Repair::Arm(resumed) = next.repair(1, at(1_014), GRACE) else { panic!("not armed") };
    assert_eq!(resumed.heard, Window::default());
}

#[test]
fn a_worker_has_its_time_for_the_last_attempt_too() {
    let chunk = ChunkState { attempts: MAX_CRASHED_STARTS - 1, ..state(QUEUED) };
    let working = chunk.start(None, at(1_000), GRACE).expect("may start");
    assert_eq!(working.repair(0, at(1_119), GRACE), Repair::Nothing);
    assert_eq!(working.repair(0, at(1_120), GRACE), Repair::Poisoned);
}

/// Only settled messages are progress. Waiting for the provider or for claims is not.
#[test]
fn a_chunk_is_due_since_its_turn_or_since_others_were_settled() {
    let queued = state(Progress::Cut).with_turn(at(1_030));
    let mut chunk = queued;
    for second in [1_030, 2_000, 3_000, 9_000] {
        let now = at(second);
        let working = chunk.start(chunk.turn(), now, GRACE).expect("may start");
        assert_eq!(working.due_since(), Some(at(1_030)));
        let until = Some(now.plus_seconds(60));
        let waiting = if second % 2_000 == 0 {
            Tally { throttled: 3, retry_after_seconds: 900, ..Tally::default() }
        } else {
            Tally { busy: 3, busy_until: until, ..Tally::default() }
        };
        chunk = working.finish(&waiting, &whole(), now, 0);
        assert_eq!((chunk.due_since(), chunk.settled_at), (Some(at(1_030)), None));
        if let Repair::Arm(armed) = chunk.repair(0, now.plus_seconds(1_500), GRACE) {
            chunk = armed.with_turn(now.plus_seconds(1_500));
        }
        assert_eq!(chunk.due_since(), Some(at(1_030)));
    }
    let some = Tally { throttled: 2, settled: 1, ..Tally::default() };
    let settled = chunk.finish(&some, &whole(), at(12_000), 0);
    assert_eq!((settled.due_since(), settled.settled_at), (Some(at(12_000)), Some(at(12_000))));
}

/// The next slice of a slow sender has a separate turn.
#[test]
fn the_next_slice_is_due_at_its_turn() {
    let chunk = ChunkState { recipients: 8, ..state(QUEUED) };
    let working = chunk.start(None, at(1_001), GRACE).expect("may start");
    let tally = Tally { settled: 3, ..Tally::default() };
    let next = working.finish(&tally, &working.slice(&[3; 100], 1), at(1_003), 0);
    assert_eq!((next.due_since(), next.settled_at), (Some(at(1_010)), Some(at(1_003))));
}

#[test]
fn a_granted_chunk_ends_with_its_grant() {
    let chunk = ChunkState { recipients: 100, ..state(Progress::Cut) };
    let working = chunk.clone().granting(50).with_turn(at(1_001)).start(None, at(1_001), GRACE);
    let working = working.expect("may start");
    let slice = working.slice(&[1; 100], 1_000);
    assert_eq!(slice.members, 0..50);
    assert!(!working.has_settled_grant());
    let tally = Tally { settled: 50, ..Tally::default() };
    let tried = working.finish(&tally, &slice, at(1_003), 0);
    assert_eq!((tried.progress, tried.handed), (Progress::Cut, 50));
    assert!(tried.has_settled_grant());
    assert_eq!(tried.trial_grant(0), Some(Grant { from: 0, to: 50 }));
    assert_eq!(tried.trial_grant(1), None);
    // It may be granted more, or all that is left.
    assert_eq!(tried.clone().granting(5).grant, Some(Grant { from: 0, to: 55 }));
    assert_eq!(tried.clone().ungranted().slice(&[1; 100], 1_000).members, 50..100);
    // A slow sender's grant is sent in slices, too.
    let slice = working.slice(&[1; 100], 3);
    assert_eq!(slice.members, 0..30);
    let next = working.finish(&Tally { settled: 30, ..tally }, &slice, at(1_003), 0);
    assert_eq!(next.slice(&[1; 100], 3).members, 30..50);
    // A grant of a campaign that has been paused since counts no more.
    let Repair::Arm(resumed) = next.repair(1, at(1_004), GRACE) else { panic!("not armed") };
    assert_eq!((resumed.grant, resumed.handed), (None, 30));
    let few = ChunkState { recipients: 3, ..chunk }.granting(50);
    assert_eq!(few.grant, Some(Grant { from: 0, to: 3 }));
}

/// A state that was written before grants and progress existed.
#[test]
fn an_old_state_is_read() {
    let old = r#"{"recipients":3,"progress":{"state":"working"},"epoch":1,"attempts":2,"arms":0,
        "throttles":0,"handed":1,"heard":{"learnt":1,"filtered":0,"optedOut":0,"providerFailed":0},
        "updatedAt":"2026-05-01T00:00:00.000Z"}"#;
    let state: ChunkState = serde_json::from_str(old).expect("understood");
    assert_eq!((state.grant, state.settled_at), (None, None));
    assert_eq!(state.due_since(), Some(state.updated_at));
    assert_eq!(state.slice(&[1; 100], 1_000).members, 1..3);
}
