use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).expect("in range")
}

fn campaign(number: u128) -> CampaignId {
    CampaignId(Uuid::from_u128(number))
}

/// Asks until no turn is left, and returns the number of parts that were granted.
fn drink(pace: &mut Pace, campaign: CampaignId, parts: u64, rate: u32, now: Timestamp) -> u64 {
    let mut granted = 0;
    loop {
        let (next, turn) = std::mem::take(pace).ask(campaign, parts, rate, now);
        *pace = next;
        match turn {
            Turn::At(_) => granted += parts,
            Turn::Later => return granted,
        }
    }
}

#[test]
fn turns_follow_each_other_at_the_rate() {
    let mut pace = Pace::default();
    let mut turns = Vec::new();
    for _ in 0..3 {
        let (next, turn) = pace.ask(campaign(1), 100, 10, at(1_000));
        pace = next;
        turns.push(turn);
    }
    assert_eq!(turns, [Turn::At(at(1_000)), Turn::At(at(1_010)), Turn::At(at(1_020))]);
    // Unused capacity is not saved up.
    let (_, turn) = pace.ask(campaign(1), 1, 10, at(2_000));
    assert_eq!(turn, Turn::At(at(2_000)));
}

#[test]
fn turns_are_granted_two_minutes_ahead() {
    let mut pace = Pace::default();
    // The last turn is the one that begins exactly at the end of the two minutes.
    assert_eq!(drink(&mut pace, campaign(1), 10, 10, at(0)), 1_210);
    assert_eq!(drink(&mut pace, campaign(1), 10, 10, at(60)), 600);
}

#[test]
fn campaigns_of_one_sender_share_its_rate_whoever_asks_first() {
    let mut pace = Pace::default();
    drink(&mut pace, campaign(1), 10, 10, at(0));
    let (mut first, mut second) = (0, 0);
    for minute in 1..=60 {
        first += drink(&mut pace, campaign(1), 10, 10, at(minute * 60));
        second += drink(&mut pace, campaign(2), 10, 10, at(minute * 60 + 1));
    }
    let share = 100 * second / (first + second);
    assert!((40..=60).contains(&share), "{first} and {second}");
    assert!(first + second >= 59 * 600, "the sender was idle: {first} and {second}");
}

#[test]
fn a_sender_that_is_free_serves_whoever_asks() {
    let mut pace = Pace::default();
    for number in 1..=10 {
        pace = pace.ask(campaign(number), 100, 1, at(0)).0;
    }
    // Among ten campaigns that ask, one's share of a hundred seconds takes a thousand.
    let (mut pace, turn) = pace.ask(campaign(3), 100, 1, at(100));
    assert_eq!(turn, Turn::At(at(200)));
    assert_eq!(pace.clone().ask(campaign(3), 100, 1, at(250)).1, Turn::Later);
    pace = pace.ask(campaign(4), 1, 1, at(250)).0;
    assert_eq!(pace.ask(campaign(3), 100, 1, at(310)).1, Turn::At(at(310)));
}

#[test]
fn a_test_goes_ahead_and_a_throttle_holds_back() {
    let pace = Pace::default().ahead_of_all(5, 1, at(100));
    let (pace, turn) = pace.ask(campaign(1), 1, 1, at(100));
    assert_eq!(turn, Turn::At(at(105)));
    let (pace, turn) = pace.not_before(at(160)).ask(campaign(1), 1, 1, at(110));
    assert_eq!(turn, Turn::At(at(160)));
    assert_eq!(pace.not_before(at(300)).ask(campaign(1), 1, 1, at(110)).1, Turn::Later);
}

#[test]
fn tests_move_turns_no_further_than_turns_are_granted() {
    let tests = (0..10_000).fold(Pace::default(), |pace, _| pace.ahead_of_all(10, 1, at(100)));
    let last = at(100 + AHEAD_SECONDS);
    assert_eq!(tests.clone().ask(campaign(1), 1, 1, at(100)).1, Turn::At(last));
    assert_eq!(tests.finish_at(0, 1, at(100)), last);
    // The time that the provider asked to wait is not shortened.
    let held = Pace::default().not_before(at(1_000)).ahead_of_all(10, 1, at(100));
    assert_eq!(held.finish_at(0, 1, at(100)), at(1_000));
    let endless = Pace::default().ahead_of_all(u64::MAX, 1, at(100));
    assert_eq!(endless.finish_at(0, 1, at(100)), last);
}

#[test]
fn the_estimate_is_what_is_left_at_the_campaigns_share() {
    let (pace, _) = Pace::default().ask(campaign(1), 10, 10, at(0));
    assert_eq!(pace.finish_at(100, 10, at(0)), at(11));
    let (pace, _) = pace.ask(campaign(2), 10, 10, at(0));
    assert_eq!(pace.finish_at(100, 10, at(0)), at(22));
    assert_eq!(pace.finish_at(100, 10, at(1_000)), at(1_010));
}

proptest! {
    /// No matter how campaigns ask, turns don't overlap and no grant is too far ahead.
    #[test]
    fn no_more_is_granted_than_the_rate_allows(
        rate in 1_u32..200,
        asks in proptest::collection::vec((0_i64..20_000, 0_u128..4, 1_u64..300), 1..200),
    ) {
        let mut pace = Pace::default();
        let mut now = at(1_000);
        let mut free = now;
        for (wait, number, parts) in asks {
            now = now.plus_millis(wait);
            let (next, turn) = pace.ask(campaign(number), parts, rate, now);
            pace = next;
            let Turn::At(turn) = turn else { continue };
            // Turns are reported in whole milliseconds.
            prop_assert!(turn.plus_millis(1) >= free && turn.plus_millis(1) >= now);
            prop_assert!(turn <= now.plus_seconds(AHEAD_SECONDS));
            free = turn.plus_millis(cost(parts, rate) / 1_000);
        }
    }
}
