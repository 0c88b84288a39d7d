use super::*;

const PATIENCE: i64 = 120;
const QUEUED: Progress = Progress::Queued { turn: None };

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).expect("in range")
}

fn state(progress: Progress) -> ChunkState {
    ChunkState { progress, ..ChunkState::cut(0, 3, 0, at(1_000)) }
}

fn whole() -> Slice {
    state(Progress::Working).slice(1, 1_000)
}

#[test]
fn a_slow_senders_chunk_goes_out_in_slices() {
    let chunk = ChunkState { recipients: 8, ..state(QUEUED) };
    // Three parts each at one a second: three members take nine seconds.
    let working = chunk.start(None, at(1_001), PATIENCE).expect("may start");
    let slice = working.slice(3, 1);
    assert_eq!(slice, Slice { members: 0..3, millis: 9_000 });
    let next = working.finish(&Tally { settled: 3, ..Tally::default() }, &slice, at(1_003), 0);
    assert_eq!((next.handed, next.progress), (3, Progress::Waiting { until: at(1_010) }));
    let held_up = working.finish(&Tally { busy: 1, ..Tally::default() }, &slice, at(1_003), 0);
    assert_eq!(held_up.handed, 0);
    let last = ChunkState { handed: 6, ..working };
    let slice = last.slice(3, 1);
    assert_eq!(slice.members, 6..8);
    assert!(last.finish(&Tally::default(), &slice, at(1_003), 0).is_done());
    assert_eq!(chunk.slice(3, 100).members, 0..8);
    // A body of more parts than leave in one slice still goes out, one at a time.
    assert_eq!(chunk.slice(11, 1), Slice { members: 0..1, millis: 11_000 });
}

#[test]
fn a_chunk_without_a_turn_is_on_no_queue() {
    let cut = state(Progress::Cut);
    assert_eq!(cut.start(None, at(5_000), PATIENCE), None);
    let Repair::Arm(armed) = cut.repair(0, at(1_000), PATIENCE) else { panic!("not armed") };
    let later = armed.with_turn(at(1_030));
    assert_eq!((later.arms, later.moved_at()), (0, Some(at(1_030))));
    assert_eq!(later.start(None, at(1_028), PATIENCE), None);
    assert!(later.start(None, at(1_029), PATIENCE).is_some());
    // Its own job comes when the queue lets it, whatever the worker's clock says.
    assert!(later.start(Some(at(1_030)), at(850), PATIENCE).is_some());
    assert_eq!(later.start(Some(at(990)), at(1_000), PATIENCE), None);
    assert_eq!(later.repair(0, at(1_149), PATIENCE), Repair::Nothing);
    let Repair::Arm(again) = later.repair(0, at(1_150), PATIENCE) else { panic!("not armed") };
    // To be armed again and again is no progress.
    assert_eq!(again.with_turn(at(1_151)).moved_at(), None);
}

/// Before turns were given a queued chunk was written without one, and is found by what it is.
#[test]
fn a_state_is_written_as_it_was_read() {
    let old = r#"{"state":"queued"}"#;
    let progress: Progress = serde_json::from_str(old).expect("understood");
    assert_eq!(progress, QUEUED);
    assert_eq!(serde_json::to_string(&progress).expect("json"), old);
}

#[test]
fn one_worker_at_a_time() {
    let working = state(QUEUED).start(None, at(1_001), PATIENCE).expect("may start");
    assert_eq!(working.start(None, at(1_120), PATIENCE), None);
    assert!(working.start(None, at(1_121), PATIENCE).is_some());
    assert_eq!(state(Progress::Done).start(None, at(5_000), PATIENCE), None);
    let waiting = state(Progress::Waiting { until: at(2_000) });
    assert_eq!(waiting.start(None, at(1_900), PATIENCE), None);
    assert!(waiting.start(None, at(2_000), PATIENCE).is_some());
    assert!(waiting.start(Some(at(2_000)), at(1_900), PATIENCE).is_some());
}

#[test]
fn waiting_is_no_attempt() {
    let working = state(QUEUED).start(None, at(1_001), PATIENCE).expect("may start");
    let finish = |tally: Tally| working.finish(&tally, &whole(), at(1_010), 0);
    let throttled = finish(Tally { throttled: 1, retry_after_seconds: 30, ..Tally::default() });
    assert_eq!(throttled.progress, Progress::Waiting { until: at(1_040) });
    assert_eq!(throttled.attempts, 0);
    let busy = finish(Tally { busy: 1, busy_until: Some(at(1_100)), ..Tally::default() });
    assert_eq!(busy.progress, Progress::Waiting { until: at(1_100) });
    assert_eq!(busy.attempts, 0);
    let unreachable = finish(Tally { unreachable: 3, ..Tally::default() });
    assert_eq!(unreachable.attempts, 1);
    assert_eq!(unreachable.progress, Progress::Waiting { until: at(1_020) });
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
    assert_eq!(queued.repair(0, at(1_119), PATIENCE), Repair::Nothing);
    let Repair::Arm(armed) = queued.repair(0, at(1_120), PATIENCE) else { panic!("not armed") };
    assert_eq!(armed.repair(0, at(1_120 + 239), PATIENCE), Repair::Nothing);
    assert!(matches!(armed.repair(0, at(1_120 + 240), PATIENCE), Repair::Arm(_)));
    assert_eq!(state(Progress::Done).repair(0, at(9_999), PATIENCE), Repair::Nothing);
}

#[test]
fn a_chunk_is_given_up_after_five_attempts() {
    let mut chunk = state(QUEUED);
    let mut now = 1_000;
    for attempt in 1..=ATTEMPTS_MOST {
        assert!(!matches!(chunk.repair(0, at(now), PATIENCE), Repair::GiveUp), "{attempt}");
        chunk = chunk.start(None, at(now), PATIENCE).expect("may start");
        now += 500;
    }
    assert_eq!(chunk.repair(0, at(now), PATIENCE), Repair::GiveUp);
}

#[test]
fn a_provider_that_stays_out_of_reach_is_given_up_after_minutes() {
    let mut chunk = state(QUEUED);
    let mut now = at(1_000);
    while let Some(working) = chunk.start(chunk.turn(), now, PATIENCE) {
        let tally = Tally { unreachable: 3, ..Tally::default() };
        chunk = working.finish(&tally, &whole(), now, 0);
        let Progress::Waiting { until } = chunk.progress else { panic!("not waiting") };
        now = until;
    }
    assert_eq!(now, at(1_000 + 10 + 20 + 40 + 80 + 160));
    assert_eq!(chunk.repair(0, now, PATIENCE), Repair::GiveUp);
}

#[test]
fn an_attempt_that_gets_on_takes_back_those_before() {
    let chunk = ChunkState { recipients: 8, attempts: ATTEMPTS_MOST - 1, ..state(QUEUED) };
    let working = chunk.start(None, at(1_001), PATIENCE).expect("may start");
    let next = working.finish(&Tally::default(), &working.slice(3, 1), at(1_003), 0);
    assert_eq!(next.attempts, 0);
}

#[test]
fn the_window_of_a_slow_senders_chunk_grows_by_slices() {
    let mut heard = Window::default();
    heard.add(None);
    let tally = Tally { settled: 1, heard, ..Tally::default() };
    let chunk = ChunkState { recipients: 8, ..state(Progress::Working) };
    let next = chunk.finish(&tally, &chunk.slice(3, 1), at(1_003), 0);
    let next = next.finish(&tally, &next.slice(3, 1), at(1_013), 0);
    assert_eq!(next.heard.learnt, 2);
    let Repair::Arm(resumed) = next.repair(1, at(1_014), PATIENCE) else { panic!("not armed") };
    assert_eq!(resumed.heard, Window::default());
}

#[test]
fn a_worker_has_its_time_for_the_last_attempt_too() {
    let chunk = ChunkState { attempts: ATTEMPTS_MOST - 1, ..state(QUEUED) };
    let working = chunk.start(None, at(1_000), PATIENCE).expect("may start");
    assert_eq!(working.repair(0, at(1_119), PATIENCE), Repair::Nothing);
    assert_eq!(working.repair(0, at(1_120), PATIENCE), Repair::GiveUp);
}
