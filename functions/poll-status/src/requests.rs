//! The requests of polls, drains and sweeps are those of their programs in the model.

use infra::clock;
use model::kept::Kept;
use model::programs::Program;
use model::protocol::{self, CLAIM, Control};
use model::provider::Mood;
use model::scenario::{Scenario, phone};
use model::sequence::{Case, Item};
use model::world::Kind;
use sequence::compare;
use shared::job::{Job, PollsJob};
use shared::message::Status;
use shared::phone::Phone;

use crate::{App, drain, poll, sweep};

/// Twice [`protocol::GRACE`], in seconds.
const STALLED: i64 = 240;

async fn run(name: &str, scenario: &Scenario, kind: Kind) {
    race(name, scenario, kind, None).await;
}

/// The same, where someone else writes an item before the request of this number.
async fn race(name: &str, scenario: &Scenario, kind: Kind, race: Option<(usize, Item)>) {
    let program = scenario.queued(kind).unwrap_or(Program::Sweep);
    let job = match &program {
        Program::Job(job) => Some((**job).clone()),
        _ => None,
    };
    let case = Case { race, ..Case::new(&scenario.world, program.clone()) };
    compare(name, &case, async |stage| {
        let app = stage.build(App::build);
        let done = match &job {
            None => Box::pin(sweep::sweep(&app, "request")).await,
            Some(Job::Polls(PollsJob::Poll { organization_id, campaign_id, number })) => {
                Box::pin(poll::poll(&app, *organization_id, *campaign_id, *number)).await
            }
            Some(job @ Job::Polls(PollsJob::Drain { organization_id, campaign_id, .. })) => {
                Box::pin(drain::drain(&app, *organization_id, *campaign_id, job)).await
            }
            Some(Job::Jobs(_) | Job::Dispatch(_) | Job::Notify(_)) => {
                panic!("not a job of this function")
            }
        };
        done.expect("done");
    })
    .await;
}

/// Phones of an audience whose campaign began this many seconds ago.
fn phones(count: usize, seconds: i64) -> Vec<Phone> {
    protocol::start_at(clock::now().plus_seconds(-seconds));
    (0..count).map(|number| phone(number, 0, 1)).collect()
}

/// A campaign that was fanned out this many seconds ago. Nothing else has happened since.
fn fanned_out(count: usize, seconds: i64) -> Scenario {
    let mut scenario = Scenario::fanned_out(&phones(count, seconds), 1);
    scenario.world.now = protocol::at(seconds);
    scenario
}

/// The same, and its one chunk was dispatched at once.
fn dispatched(count: usize, seconds: i64, moods: &[Mood]) -> Scenario {
    let scenario = Scenario::fanned_out(&phones(count, seconds), 1);
    let program = scenario.queued(Kind::Chunk).expect("a chunk's job");
    let mut scenario = scenario.ran(program, moods);
    scenario.world.now = protocol::at(seconds);
    scenario
}

#[tokio::test]
async fn a_poll_of_messages_in_every_state() {
    for (case, scenario) in [
        ("pending", fanned_out(2, 60)),
        ("sent", dispatched(2, 60, &[])),
        ("sent long ago", dispatched(1, 700, &[])),
        ("unknown, at the provider", dispatched(1, 60, &[Mood::AcceptsUnheard])),
        ("unknown, not at the provider", dispatched(1, 60, &[Mood::Unheard])),
        ("failed", dispatched(1, 60, &[Mood::Refuses])),
    ] {
        run(case, &scenario, Kind::Poll).await;
    }
}

#[tokio::test]
async fn a_poll_applies_the_receipts_that_wait() {
    for (case, id, status) in [
        ("delivered", "0", Status::Delivered),
        ("of another id", "9", Status::Delivered),
        ("no news", "0", Status::Sent),
    ] {
        let mut scenario = dispatched(1, 60, &[]);
        let to = phone(0, 0, 1);
        let id = format!("{to}-{id}");
        let receipt = protocol::receipt(&to, &id, status, false, protocol::at(1));
        if case == "no news" {
            scenario.world.table.apply_receipt(&receipt, model::table::Rules::Whole);
        }
        scenario.world.table.park(&Kept::new(receipt));
        run(case, &scenario, Kind::Poll).await;
    }
}

#[tokio::test]
async fn a_poll_that_is_not_owed_is_dropped() {
    let scenario = dispatched(1, 60, &[]);
    let program = scenario.queued(Kind::Poll).expect("a poll");
    run("the second time", &scenario.once(Kind::Poll).again(program), Kind::Poll).await;
}

#[tokio::test]
async fn a_drain_of_chunks_in_every_state() {
    for (case, scenario) in [
        ("queued", fanned_out(1, 60)),
        ("queued long ago", fanned_out(1, STALLED)),
        ("done", dispatched(1, 60, &[])),
        ("throttled", dispatched(1, 1, &[Mood::Throttles])),
    ] {
        run(case, &scenario, Kind::Drain).await;
    }
}

#[tokio::test]
async fn a_drain_of_a_campaign_that_was_stopped() {
    let stopped = |scenario: Scenario| scenario.asked(Control::Stop);
    run("no one has claimed", &stopped(fanned_out(2, 60)), Kind::Drain).await;
    for (case, seconds) in [("claimed", 10), ("claimed by a worker that is gone", CLAIM + 1)] {
        let scenario = Scenario::fanned_out(&phones(1, seconds), 1);
        let program = scenario.queued(Kind::Chunk).expect("a chunk's job");
        let mut scenario = scenario.stopped_after(program.clone(), &[], 5);
        scenario.world.now = protocol::at(seconds);
        run(case, &stopped(scenario), Kind::Drain).await;
    }
}

#[tokio::test]
async fn a_drain_of_a_campaign_that_is_held() {
    let scenario = Scenario::scheduled(&phones(2, 60), 1, Some(1)).once(Kind::Send);
    run("above its limit", &scenario, Kind::Drain).await;
}

#[tokio::test]
async fn a_drain_of_a_campaign_on_trial() {
    for (case, moods) in [("passed", vec![]), ("refused", vec![Mood::Refuses])] {
        let scenario = Scenario::on_trial(&phones(2, 60), 1, 1).once(Kind::Send);
        let waits = scenario.clone();
        run("waits", &waits, Kind::Drain).await;
        // Its worker died before it judged.
        let program = scenario.queued(Kind::Chunk).expect("a chunk's job");
        let scenario = scenario.stopped_after(program, &moods, 8);
        run(case, &scenario, Kind::Drain).await;
    }
}

#[tokio::test]
async fn a_sweep_queues_what_is_overdue() {
    let overdue = |seconds: i64| {
        let phones = phones(1, seconds);
        let mut scenario = Scenario::scheduled(&phones, 1, None);
        scenario.world.queue.clear();
        scenario.world.now = protocol::at(seconds);
        scenario
    };
    run("nothing", &overdue(1), Kind::Sweep).await;
    run("a send job", &overdue(STALLED), Kind::Sweep).await;
}

#[tokio::test]
async fn races_that_are_lost() {
    let lost = |number, item| Some((number, item));
    let stalled = || fanned_out(1, STALLED);
    race("poll", &fanned_out(1, 60), Kind::Poll, lost(3, Item::Campaign)).await;
    race("drain", &fanned_out(1, 60), Kind::Drain, lost(3, Item::Campaign)).await;
    race("a stalled chunk", &stalled(), Kind::Drain, lost(2, Item::ChunkState)).await;
    let stopped = fanned_out(1, 60).asked(Control::Stop);
    race("a stopped chunk", &stopped, Kind::Drain, lost(4, Item::ChunkState)).await;
}
