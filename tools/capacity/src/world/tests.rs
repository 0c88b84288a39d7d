use proptest::prelude::*;

use super::*;
use crate::account::Account;
use crate::cost::{HANDOVER_WRITES, RECEIPT_WRITES, SHARDS};

fn settings(order: Order) -> Settings {
    Settings { account: Account::as_deployed(), order, callbacks: 2.0, seconds_most: 1_000_000 }
}

fn campaign(key: u32, starts: u32, recipients: u32, rate: u32) -> Campaign {
    Campaign { key, starts, recipients, parts_per_second: f64::from(rate), shards: SHARDS }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// For any campaigns, everything is sent once and gets its receipts, and nothing is sent sooner
    /// than its sender's rate allows.
    #[test]
    fn everything_is_handed_over_and_nothing_too_fast(
        loads in prop::collection::vec((0_u32..300, 1_u32..30_000, 1_u32..3_000), 1..8),
    ) {
        let campaigns: Vec<Campaign> = (0_u32..)
            .zip(&loads)
            .map(|(key, (starts, recipients, rate))| campaign(key, *starts, *recipients, *rate))
            .collect();
        let outcome = run(&campaigns, settings(Order::Fair));
        let recipients: f64 = loads.iter().map(|(_, recipients, _)| f64::from(*recipients)).sum();
        prop_assert!((outcome.handed - recipients).abs() < 1.0, "{}", outcome.handed);
        let least = recipients * (HANDOVER_WRITES + 2.0 * RECEIPT_WRITES);
        prop_assert!(outcome.refused > 0.0 || outcome.usage.writes >= least - 1.0);
        for sending in &outcome.sendings {
            let Campaign { starts, recipients, parts_per_second, .. } = sending.campaign;
            let done_at = f64::from(sending.done_at.expect("it is done"));
            let least = (f64::from(recipients) - sending.size) / parts_per_second;
            prop_assert!(done_at + 1.0 >= f64::from(starts) + least, "{done_at} of {least}");
        }
    }
}

#[test]
fn a_slow_sender_is_held_by_nothing_but_its_rate() {
    let outcome = run(&[campaign(3, 0, 10_000, 10)], settings(Order::Fair));
    let (limit, ..) = outcome.held.longest().expect("it was held");
    assert_eq!(limit, Limit::Sender);
    assert!(outcome.throttled < 1.0);
    // Two minutes of turns, and what the fan-out cuts in a second.
    assert!(outcome.queued_most <= 20, "{}", outcome.queued_most);
}

#[test]
fn a_fast_sender_is_held_by_a_new_table_and_not_by_a_warm_one() {
    let campaigns = [campaign(3, 0, 200_000, 1_000)];
    let held = |account| {
        let outcome = run(&campaigns, Settings { account, ..settings(Order::Fair) });
        outcome.held.longest().map(|(limit, ..)| limit)
    };
    assert_eq!(held(Account::as_deployed()), Some(Limit::Partition));
    assert_eq!(held(Account::tuned()), Some(Limit::Sender));
}

#[test]
fn more_callbacks_than_the_api_takes_are_refused() {
    let account = Account { http_requests: 100.0, ..Account::tuned() };
    let settings = Settings { account, ..settings(Order::Fair) };
    let outcome = run(&[campaign(3, 0, 50_000, 500)], settings);
    assert!(outcome.refused > 80_000.0, "{}", outcome.refused);
    assert!(outcome.usage.http_requests + outcome.refused > 99_999.0);
}

#[test]
fn a_fair_queue_keeps_a_flood_from_others() {
    let mut campaigns: Vec<Campaign> = (10..40).map(|key| campaign(key, 30, 500, 10)).collect();
    campaigns.push(campaign(3, 0, 300_000, 25_000));
    let wait = |order| {
        let account = Account { warm_writes: 40_000.0, ..Account::as_deployed() };
        let outcome = run(&campaigns, Settings { account, ..settings(order) });
        outcome.sendings[..30].iter().map(|sending| sending.longest_wait).max()
    };
    assert!(wait(Order::Arrival) > Some(30), "{:?}", wait(Order::Arrival));
    assert!(wait(Order::Fair) < Some(5), "{:?}", wait(Order::Fair));
}
