use super::super::DrainLook;
use super::super::tests::{GRACE, at, draft, drain_checked, fanned_out, polled, sent};
use super::*;
use crate::actor::Actor;
use crate::job::{Due, Job, JobsJob, PollsJob};
use crate::message::Counts;

fn polls() -> PollSchedule {
    PollSchedule::default()
}

fn paused() -> Campaign {
    fanned_out(5).pause(None, at(20)).expect("running")
}

fn dispatch(campaign: &Campaign) -> (Dispatch, u32) {
    let broadcast = campaign.broadcast().expect("sent");
    (broadcast.dispatch, broadcast.epoch)
}

#[test]
fn a_pause_ends_in_a_stop_after_two_weeks_unless_it_is_resumed() {
    let two_weeks = 14 * 86_400;
    let due = paused().drain.expect("the end of the pause is owed");
    assert_eq!(due.at, at(20 + two_weeks));
    let check = |campaign: &Campaign, now| campaign.pause_checked(&due.job, &polls(), now, GRACE);
    assert_eq!(check(&paused(), at(19 + two_weeks)), None);
    let stopped = check(&paused(), at(20 + two_weeks)).expect("it is over");
    assert_eq!(dispatch(&stopped), (Dispatch::Stopped, 2));
    assert_eq!(stopped.reason(), Some(Reason::Outdated));
    assert_eq!(stopped.changed_by, Some(Actor::System));
    assert!(stopped.drain.is_some(), "the rest is to fail");
    let resumed = paused().resume(&polls(), at(30), GRACE).expect("paused");
    assert_eq!(check(&resumed, at(20 + two_weeks)), None);
    let again = resumed.pause(None, at(40)).expect("running");
    assert_eq!(check(&again, at(50 + two_weeks)), None, "the job of another pause");
}

#[test]
fn a_resume_owes_a_look_at_chunks() {
    assert_eq!(dispatch(&paused()), (Dispatch::Paused, 1));
    assert!(paused().step.is_some(), "its polls go on");
    let resumed = paused().resume(&polls(), at(30), GRACE).expect("paused");
    assert_eq!(dispatch(&resumed), (Dispatch::Running, 2));
    assert!(matches!(
        &resumed.drain,
        Some(Due { job: Job::Polls(PollsJob::Drain { epoch: 2, .. }), .. })
    ));
}

#[test]
fn a_pause_with_a_reason_is_volleys_own() {
    let sent = fanned_out(5).by(Actor::Deployment);
    let by_person = sent.clone().pause(None, at(20)).expect("running");
    assert_eq!(by_person.changed_by, Some(Actor::Deployment), "the caller says who");
    let by_volley = sent.pause(Some(Reason::SpendLimit), at(20)).expect("running");
    assert_eq!(by_volley.changed_by, Some(Actor::System));
}

#[test]
fn only_what_is_under_way_is_paused_resumed_and_stopped() {
    let done = polled(&fanned_out(5), Counts { delivered: 5, ..Counts::default() }, true);
    let stopped = paused().stop(&polls(), at(30), GRACE).expect("paused");
    for campaign in [draft(Some("Hi")), done, stopped] {
        assert_eq!(campaign.clone().pause(None, at(50)), Err(Refusal::NotRunning));
        assert_eq!(campaign.clone().resume(&polls(), at(50), GRACE), Err(Refusal::NotPaused));
        assert_eq!(campaign.stop(&polls(), at(50), GRACE), Err(Refusal::NotRunning));
    }
    assert_eq!(paused().pause(None, at(50)), Err(Refusal::NotRunning));
    assert_eq!(fanned_out(5).resume(&polls(), at(50), GRACE), Err(Refusal::NotPaused));
}

#[test]
fn a_campaign_that_is_paused_while_it_fans_out_goes_on_reading() {
    let paused = sent().pause(None, at(5)).expect("running");
    assert!(matches!(&paused.step, Some(Due { job: Job::Jobs(JobsJob::FanOut { .. }), .. })));
    let resumed = paused.resume(&polls(), at(9), GRACE).expect("paused");
    assert!(matches!(&resumed.step, Some(Due { job: Job::Jobs(JobsJob::FanOut { .. }), .. })));
}

#[test]
fn a_long_pause_is_no_standstill() {
    let late = at(100_000);
    let resumed = paused().resume(&polls(), late, GRACE).expect("paused");
    assert_eq!(resumed.broadcast().and_then(|broadcast| broadcast.trial), Some(5));
    let (settled_at, due_since) = (Some(at(20)), Some(at(20)));
    let still = DrainLook { settled_at, due_since, ..DrainLook::default() };
    let looked = drain_checked(&resumed, &still, late.plus_seconds(60)).expect("owed");
    assert_eq!(dispatch(&looked).0, Dispatch::Running);
}

#[test]
fn counts_are_owed_again_after_the_last_poll() {
    let over = Campaign { step: None, ..paused() };
    let now = at(400_000);
    let resumed = over.resume(&polls(), now, GRACE).expect("paused");
    let Some(Due { at: due, job: Job::Polls(PollsJob::Poll { number, .. }) }) = resumed.step else {
        panic!("no poll is owed");
    };
    assert_eq!((due, number), (GRACE.after(now.plus_seconds(300)), 7));
}

#[test]
fn a_stopped_campaign_stays_stopped() {
    let stopped = fanned_out(5).stop(&polls(), at(20), GRACE).expect("running");
    let failed = Counts { failed: 2, delivered: 3, ..Counts::default() };
    assert_eq!(dispatch(&polled(&stopped, failed, true)), (Dispatch::Stopped, 1));
    let done = DrainLook { are_chunks_done: true, ..DrainLook::default() };
    let drained = drain_checked(&stopped, &done, at(30)).expect("owed");
    assert_eq!((dispatch(&drained).0, drained.drain), (Dispatch::Stopped, None));
}
