//! The requests of a fan-out are those of its programs in the model.

use infra::clock;
use model::programs::Program;
use model::protocol::{self, Control};
use model::scenario::{Scenario, phone};
use model::sequence::{Case, Item};
use model::world::Kind;
use sequence::compare;
use shared::chunk::Sizes;
use shared::job::{Job, JobsJob};
use shared::phone::Phone;

use crate::{App, begin, fan_out};

async fn run(name: &str, scenario: &Scenario, program: Program) {
    race(name, scenario, program, None).await;
}

/// The same, where someone else writes an item before the request of this number.
async fn race(name: &str, scenario: &Scenario, program: Program, race: Option<(usize, Item)>) {
    let Program::Job(job) = &program else { panic!("not a job") };
    let Job::Jobs(job) = (**job).clone() else { panic!("not a job of this function") };
    let deadline = clock::now().plus_seconds(300);
    let case = Case { race, ..Case::new(&scenario.world, program.clone()) };
    compare(name, &case, async |stage| {
        let app = stage.build(App::build);
        match job {
            JobsJob::Send { organization_id, campaign_id, scheduled_at } => {
                Box::pin(begin::begin(&app, organization_id, campaign_id, scheduled_at, deadline))
                    .await
            }
            JobsJob::FanOut { organization_id, campaign_id, shard } => {
                Box::pin(fan_out::resume(&app, organization_id, campaign_id, shard, deadline)).await
            }
            JobsJob::Prepare { .. }
            | JobsJob::Import { .. }
            | JobsJob::Export { .. }
            | JobsJob::Quote { .. }
            | JobsJob::Preview { .. }
            | JobsJob::Erase { .. }
            | JobsJob::Delete { .. }
            | JobsJob::Reconcile { .. } => {
                panic!("not modeled")
            }
        }
        .expect("fanned out");
    })
    .await;
}

/// A campaign that is scheduled for now, with `count` contacts.
fn on_trial(count: usize) -> Scenario {
    protocol::start_at(clock::now());
    let phones: Vec<Phone> = (0..count).map(|number| phone(number, 0, 1)).collect();
    Scenario::on_trial(&[], 1, TRIAL).with_contacts(&phones)
}

fn send_job(scenario: &Scenario) -> Program {
    scenario.queued(Kind::Send).expect("a send job")
}

/// As large as real ones, so that all recipients are granted.
const TRIAL: u32 = 50;

#[tokio::test]
async fn a_campaign_that_begins() {
    for count in [0, 1, 3, 101] {
        let mut scenario = on_trial(count);
        let program = send_job(&scenario);
        run(&format!("{count} contacts"), &scenario, program.clone()).await;
        if count > 0 {
            scenario.world.table.unsubscribed.insert(phone(0, 0, 1));
            run(&format!("{count} contacts, one unsubscribed"), &scenario, program).await;
        }
    }
}

#[tokio::test]
async fn a_send_job_that_comes_again() {
    let scenario = on_trial(2);
    let program = send_job(&scenario);
    let cancelled = scenario.clone().asked(Control::Cancel);
    run("cancelled", &cancelled, program.clone()).await;
    run("done", &scenario.clone().once(Kind::Send), program.clone()).await;
    // A worker died on its way: begun, before and after its chunk was written.
    for steps in 3..=6 {
        let left = scenario.clone().stopped_after(program.clone(), &[], steps);
        run(&format!("left after {steps} requests"), &left, program.clone()).await;
    }
}

#[tokio::test]
async fn a_fan_out_that_goes_on() {
    let scenario = on_trial(2);
    let program = send_job(&scenario);
    let job = Program::of(protocol::fan_out_job());
    for steps in 3..=6 {
        let left = scenario.clone().stopped_after(program.clone(), &[], steps);
        run(&format!("left after {steps} requests"), &left, job.clone()).await;
    }
}

/// Two runs cut the same chunk: the later one finds it.
#[tokio::test]
async fn a_chunk_that_another_run_has_cut() {
    let mut scenario = on_trial(2);
    let program = send_job(&scenario);
    let other = scenario.clone().ran(program.clone(), &[]);
    scenario.world.table.chunks = other.world.table.chunks;
    scenario.world.table.states = other.world.table.states;
    run("cut by another", &scenario, program).await;
}

/// With a target, the segments are read when the campaign begins, and the frozen target and a mark are
/// when its fan-out goes on.
#[tokio::test]
async fn a_campaign_with_a_target() {
    protocol::start_at(clock::now());
    for count in [0, 1, 3, 120] {
        let phones: Vec<Phone> = (0..count).map(|number| phone(number, 0, 1)).collect();
        let mut scenario = Scenario::targeted(&[], Sizes::default()).with_contacts(&phones);
        scenario.world.table.organization.trial = Some(TRIAL);
        let program = send_job(&scenario);
        run(&format!("{count} contacts"), &scenario, program.clone()).await;
        for steps in 4..=7 {
            let left = scenario.clone().stopped_after(program.clone(), &[], steps);
            let left_with_mark = left.clone().marked();
            for scenario in [left, left_with_mark] {
                let name = format!("{count} contacts, left after {steps} requests");
                run(&name, &scenario, Program::of(protocol::fan_out_job())).await;
            }
        }
    }
}

#[tokio::test]
async fn races_that_a_fan_out_loses() {
    // When it begins the campaign, and when it writes the totals.
    for number in [2, 8] {
        let scenario = on_trial(2);
        let program = send_job(&scenario);
        let lost = Some((number, Item::Campaign));
        race(&format!("campaign before {number}"), &scenario, program, lost).await;
    }
}
