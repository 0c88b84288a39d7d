//! The requests of a chunk's job are those of its program in the model.

use infra::clock;
use model::programs::Program;
use model::protocol::{self, CLAIM};
use model::provider::Mood;
use model::scenario::{Scenario, phone};
use model::sequence::{Case, Item};
use model::world::Kind;
use sequence::compare;
use shared::job::{DispatchJob, Job};
use shared::message::Status;
use shared::phone::Phone;

use crate::{App, chunk};

async fn dispatch(name: &str, scenario: &Scenario, moods: &[Mood]) {
    race(name, scenario, moods, None).await;
}

/// The same, where someone else writes an item before the request of this number.
async fn race(name: &str, scenario: &Scenario, moods: &[Mood], race: Option<(usize, Item)>) {
    let program = scenario.queued(Kind::Chunk).expect("a chunk's job");
    let Program::Job(job) = &program else { panic!("not a job") };
    let Job::Dispatch(DispatchJob::Chunk {
        organization_id,
        campaign_id,
        epoch,
        shard,
        number,
        turn,
    }) = **job
    else {
        panic!("not a chunk's job")
    };
    let place = chunk::Place { organization_id, campaign_id, epoch, shard, number };
    let case = Case { moods, race, ..Case::new(&scenario.world, program.clone()) };
    compare(name, &case, async |stage| {
        Box::pin(chunk::dispatch(&stage.build(App::build), place, turn)).await.expect("dispatched");
    })
    .await;
}

/// The phones of an audience, after the model's clock was set to the real one.
fn phones(count: usize) -> Vec<Phone> {
    protocol::start_at(clock::now());
    (0..count).map(|number| phone(number, 0, 1)).collect()
}

fn fanned_out(count: usize) -> Scenario {
    Scenario::fanned_out(&phones(count), 1)
}

#[tokio::test]
async fn every_response_of_the_provider() {
    for (count, mood) in [
        (3, None),
        (1, Some(Mood::Unheard)),
        (1, Some(Mood::Refuses)),
        (1, Some(Mood::RefusesOptedOut)),
        (1, Some(Mood::Throttles)),
        (1, Some(Mood::Halts)),
        (1, Some(Mood::Unreachable)),
    ] {
        let moods: Vec<Mood> = mood.into_iter().collect();
        dispatch(&format!("{count} {mood:?}"), &fanned_out(count), &moods).await;
    }
}

#[tokio::test]
async fn who_has_unsubscribed_since_is_not_sent_to() {
    let mut scenario = fanned_out(2);
    scenario.world.table.unsubscribed.insert(phone(0, 0, 1));
    dispatch("one of two unsubscribed", &scenario, &[]).await;
}

/// A job that is handed out again finds the claims of the worker before.
#[tokio::test]
async fn claims_of_another_worker_are_left_alone() {
    for (steps, seconds, status) in [
        // Claimed, by a worker that may still live or is gone.
        (5, 10, Status::Pending),
        (5, CLAIM + 1, Status::Pending),
        // Settled, and the chunk's state is not written.
        (7, CLAIM + 1, Status::Sent),
    ] {
        protocol::start_at(clock::now().plus_seconds(-seconds));
        let mut scenario = Scenario::fanned_out(&[phone(0, 0, 1)], 1);
        let program = scenario.queued(Kind::Chunk).expect("a chunk's job");
        scenario = scenario.stopped_after(program.clone(), &[], steps);
        let found = scenario.world.table.messages.values().next().expect("a message");
        assert_eq!(found.status(), status);
        scenario.world.now = protocol::at(seconds);
        dispatch(&format!("{status:?} since {seconds} s"), &scenario.again(program), &[]).await;
    }
}

#[tokio::test]
async fn a_job_that_no_longer_matches_is_dropped() {
    let scenario = fanned_out(1);
    let program = scenario.queued(Kind::Chunk).expect("a chunk's job");
    let done = scenario.clone().once(Kind::Chunk).again(program.clone());
    dispatch("done", &done, &[]).await;
    let paused = scenario.asked(protocol::Control::Pause).again(program);
    dispatch("paused", &paused, &[]).await;
}

#[tokio::test]
async fn the_worker_that_settles_the_last_grant_judges_the_trial() {
    for (trial, moods) in [(2, vec![]), (2, vec![Mood::Refuses]), (1, vec![])] {
        let scenario = Scenario::on_trial(&phones(2), 1, trial).once(Kind::Send);
        dispatch(&format!("{trial} granted, {moods:?}"), &scenario, &moods).await;
    }
}

#[tokio::test]
async fn races_that_a_worker_loses() {
    for (number, item) in [(3, Item::ChunkState), (8, Item::ChunkState)] {
        race(&format!("{item:?} before {number}"), &fanned_out(1), &[], Some((number, item))).await;
    }
    for (mood, number) in [(Mood::Halts, 9), (Mood::Unreachable, 8)] {
        let lost = Some((number, Item::Campaign));
        race(&format!("campaign, {mood:?}"), &fanned_out(1), &[mood], lost).await;
    }
}
