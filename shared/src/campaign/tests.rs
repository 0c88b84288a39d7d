use uuid::Uuid;

use super::*;
use crate::audience::Totals;
use crate::body::Body;
use crate::breaker::Window;
use crate::grace::Grace;
use crate::job::{Job, PollsJob};
use crate::message::Counts;
use crate::phone::Phone;
use crate::poll::PollSchedule;
use crate::price::Bill;
use crate::recipient::Recipient;
use crate::sender::{Provider, Sender};

mod properties;

pub(super) const GRACE: Grace = Grace::of_seconds(120);
pub(super) const SALT: Salt = Salt::new([7; 16]);

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).expect("in range")
}

fn sender() -> Sender {
    let phone = Phone::from_e164("+14153550100").expect("valid");
    Sender::new(phone, Provider::default())
}

pub(super) fn draft(body: Option<&str>) -> Campaign {
    let organization = OrganizationId(Uuid::from_u128(1));
    let id = CampaignId(Uuid::from_u128(2));
    Campaign::create(
        id,
        organization,
        "Spring".to_owned(),
        body.map(|text| Body::from(text.to_owned())),
        at(0),
    )
}

fn scheduled() -> Campaign {
    draft(Some("Hi")).schedule(None, at(0), GRACE).expect("schedulable")
}

pub(super) fn sent() -> Campaign {
    match scheduled().begin(at(0), SALT, sender(), 4.into(), at(1), GRACE) {
        Begin::Begun(campaign) => *campaign,
        other => panic!("{other:?}"),
    }
}

pub(super) fn fanned_out(recipients: u64) -> Campaign {
    let totals = Totals { recipients, ..Totals::default() };
    sent()
        .fanned_out(totals, &Bill::default(), &PollSchedule::default(), at(10), GRACE)
        .expect("first to end")
}

fn look(counts: Counts, are_chunks_done: bool) -> PollLook {
    PollLook { counts, are_chunks_done, learnt: Window::default() }
}

pub(super) fn polled(campaign: &Campaign, counts: Counts, are_chunks_done: bool) -> Campaign {
    campaign
        .polled(0, &look(counts, are_chunks_done), &PollSchedule::default(), at(40), GRACE)
        .expect("the poll that is owed")
}

/// The campaign after the drain that it owes.
pub(super) fn drain_checked(
    campaign: &Campaign,
    look: &DrainLook,
    now: Timestamp,
) -> Option<Campaign> {
    let job = campaign.drain.clone().expect("a drain is owed").job;
    campaign.drain_checked(&job, look, now, GRACE)
}

#[test]
fn only_drafts_are_updated_and_scheduled() {
    for campaign in [scheduled(), sent(), scheduled().cancel(at(1), None).expect("scheduled")] {
        let update = campaign.clone().update("x".to_owned(), None, at(2));
        assert_eq!(update, Err(Refusal::NotDraft));
        assert_eq!(campaign.test_body(), Err(Refusal::NotDraft));
        assert_eq!(campaign.schedule(None, at(2), GRACE), Err(Refusal::NotDraft));
    }
}

#[test]
fn only_scheduled_campaigns_are_cancelled() {
    let cancelled = scheduled().cancel(at(5), None).expect("scheduled");
    assert_eq!(cancelled.status(), Status::Cancelled);
    assert_eq!(cancelled.step, None);
    for campaign in [draft(Some("Hi")), sent(), cancelled] {
        assert_eq!(campaign.cancel(at(6), None), Err(Refusal::NotScheduled));
    }
}

#[test]
fn sending_and_testing_need_a_body() {
    assert_eq!(draft(None).test_body(), Err(Refusal::BodyRequired));
    assert_eq!(draft(None).schedule(None, at(0), GRACE), Err(Refusal::BodyRequired));
}

#[test]
fn the_schedule_reaches_from_a_minute_ago_to_14_days_ahead() {
    let check = |second, expected: Result<i64, Refusal>| {
        let result = draft(Some("Hi")).schedule(Some(at(second)), at(1_000), GRACE);
        let state = result.map(|campaign| campaign.state);
        assert_eq!(state, expected.map(|s| State::Scheduled { at: at(s) }), "{second}");
    };
    check(939, Err(Refusal::ScheduledAtPast));
    check(940, Ok(1_000));
    check(1_060, Ok(1_000));
    check(1_061, Ok(1_061));
    check(1_000 + 14 * 86_400, Ok(1_000 + 14 * 86_400));
    check(1_001 + 14 * 86_400, Err(Refusal::ScheduledAtTooFar));
}

#[test]
fn a_send_job_begins_only_the_time_that_it_is_for() {
    let begin =
        |campaign: &Campaign, job| campaign.begin(at(job), SALT, sender(), 4.into(), at(1), GRACE);
    assert!(matches!(begin(&scheduled(), 0), Begin::Begun(_)));
    assert_eq!(begin(&scheduled(), 5), Begin::Ignored);
    assert_eq!(begin(&sent(), 0), Begin::Underway);
    assert_eq!(begin(&draft(Some("Hi")), 0), Begin::Ignored);
    assert_eq!(begin(&scheduled().cancel(at(1), None).expect("scheduled"), 0), Begin::Ignored);
}

#[test]
fn a_scheduled_campaign_misses_its_time() {
    assert!(!scheduled().has_missed(at(0), at(3_599), 3_600));
    assert!(scheduled().has_missed(at(0), at(3_600), 3_600));
    // A job for another time, or of a campaign that has begun, can't miss its time.
    assert!(!scheduled().has_missed(at(5), at(9_000), 3_600));
    assert!(!sent().has_missed(at(0), at(9_000), 3_600));
}

#[test]
fn an_empty_audience_is_done_at_once() {
    let campaign = fanned_out(0);
    assert_eq!(campaign.status(), Status::Sent);
    assert_eq!((campaign.step.as_ref(), campaign.drain.as_ref()), (None, None));
    let broadcast = campaign.broadcast().expect("sent");
    assert_eq!(broadcast.dispatch, Dispatch::Done);
    assert_eq!(broadcast.counted.map(|counted| counted.counts.total()), Some(0));
}

#[test]
fn the_fan_out_ends_once() {
    let totals = Totals::default();
    let polls = PollSchedule::default();
    assert_eq!(fanned_out(5).fanned_out(totals, &Bill::default(), &polls, at(11), GRACE), None);
    assert_eq!(fanned_out(5).fanning_out(totals, at(11), GRACE), None);
}

#[test]
fn a_campaign_fails_only_if_all_messages_failed() {
    let failed = Counts { failed: 5, ..Counts::default() };
    let mixed = Counts { failed: 4, delivered: 1, ..Counts::default() };
    assert_eq!(polled(&fanned_out(5), failed, true).status(), Status::Failed);
    assert_eq!(polled(&fanned_out(5), failed, false).status(), Status::Sent);
    assert_eq!(polled(&fanned_out(5), mixed, true).status(), Status::Sent);
}

#[test]
fn polls_follow_one_another_while_something_may_change() {
    let open = Counts { sent: 1, delivered: 4, ..Counts::default() };
    let campaign = polled(&fanned_out(5), open, true);
    let Some(Due { at: due, job: Job::Polls(PollsJob::Poll { number, .. }) }) = campaign.step
    else {
        panic!("no poll is owed");
    };
    assert_eq!((due, number), (GRACE.after(at(10 + 300)), 1));
    let campaign = polled(&fanned_out(5), Counts { delivered: 5, ..Counts::default() }, true);
    assert_eq!(campaign.step, None);
}

#[test]
fn a_poll_that_is_not_owed_changes_nothing() {
    let polls = PollSchedule::default();
    let counts = Counts::default();
    let look = look(counts, true);
    assert_eq!(fanned_out(5).polled(1, &look, &polls, at(40), GRACE), None);
    assert_eq!(sent().polled(0, &look, &polls, at(40), GRACE), None);
}

#[test]
fn a_campaign_that_settles_nothing_for_an_hour_while_work_is_due_is_paused() {
    let look = |settled_at: Option<i64>, due_since: Option<i64>| DrainLook {
        settled_at: settled_at.map(at),
        due_since: due_since.map(at),
        ..DrainLook::default()
    };
    let after =
        |look: &DrainLook, second| drain_checked(&fanned_out(5), look, at(second)).expect("owed");
    for (moving, second) in [
        (look(Some(3_000), Some(10)), 4_000),
        // A chunk that waits for a turn of its sender is not due, or has not been for long.
        (look(None, None), 90_000),
        (look(Some(100), Some(89_000)), 90_000),
        (look(None, Some(10)), 3_600),
    ] {
        let campaign = after(&moving, second);
        let broadcast = campaign.broadcast().expect("sent");
        assert_eq!(broadcast.dispatch, Dispatch::Running, "{moving:?}");
        assert!(campaign.drain.is_some());
    }
    for still in [look(None, Some(10)), look(Some(5), Some(10))] {
        let stuck = after(&still, 3_610);
        let broadcast = stuck.broadcast().expect("sent");
        assert_eq!((broadcast.dispatch, broadcast.epoch), (Dispatch::Paused, 1));
        assert_eq!(broadcast.reason, Some(Reason::NoProgress));
        assert!(stuck.drain_to_queue().is_none(), "only the end of the pause is owed");
    }
}

#[test]
fn a_campaign_that_is_still_being_sent_after_45_days_is_paused() {
    let last = 1 + 45 * 86_400;
    let look = DrainLook { settled_at: Some(at(last)), ..DrainLook::default() };
    let dispatch = |second| {
        let after = drain_checked(&fanned_out(5), &look, at(second)).expect("owed");
        after.broadcast().map(|broadcast| (broadcast.dispatch, broadcast.reason))
    };
    assert_eq!(dispatch(last - 1), Some((Dispatch::Running, None)));
    assert_eq!(dispatch(last), Some((Dispatch::Paused, Some(Reason::Outdated))));
}

#[test]
fn a_poisoned_chunk_pauses_the_campaign_and_fails_no_one() {
    let look = DrainLook { is_poisoned: true, ..DrainLook::default() };
    let paused = drain_checked(&fanned_out(5), &look, at(60)).expect("owed");
    let broadcast = paused.broadcast().expect("sent");
    assert_eq!((broadcast.dispatch, broadcast.reason), (Dispatch::Paused, Some(Reason::Poisoned)));
}

#[test]
fn a_drain_that_comes_twice_runs_once() {
    let campaign = fanned_out(5);
    let job = campaign.drain.clone().expect("owed").job;
    let next = drain_checked(&campaign, &DrainLook::default(), at(60)).expect("owed");
    assert_eq!(next.drain_checked(&job, &DrainLook::default(), at(61), GRACE), None);
    assert!(drain_checked(&next, &DrainLook::default(), at(120)).is_some());
}

#[test]
fn a_running_campaign_says_when_it_will_have_left() {
    // One part per second, starting with the send at second 1.
    let estimate = |campaign: &Campaign| campaign.broadcast().and_then(|b| b.estimated_finish_at);
    assert_eq!(estimate(&sent()), None);
    assert_eq!(estimate(&fanned_out(500)), Some(at(501)));
    let look = DrainLook { finishes_at: Some(at(700)), ..DrainLook::default() };
    assert_eq!(
        estimate(&drain_checked(&fanned_out(500), &look, at(60)).expect("owed")),
        Some(at(700))
    );
    let paused = fanned_out(500).pause(None, at(20)).expect("running");
    assert_eq!(estimate(&paused), None);
    let delivered = Counts { delivered: 500, ..Counts::default() };
    assert_eq!(estimate(&polled(&fanned_out(500), delivered, true)), None);
}

#[test]
fn a_campaign_whose_messages_fail_for_all_is_paused_with_its_reason() {
    let counts = Counts { pending: 400, failed: 60, delivered: 40, ..Counts::default() };
    let learnt = Window { learnt: 100, filtered: 60, ..Window::default() };
    let poll = |campaign: &Campaign, is_done| {
        let look = PollLook { learnt, ..look(counts, is_done) };
        campaign.polled(0, &look, &PollSchedule::default(), at(40), GRACE).expect("owed")
    };
    let paused = poll(&fanned_out(500), false);
    let broadcast = paused.broadcast().expect("sent");
    assert_eq!(broadcast.dispatch, Dispatch::Paused);
    assert_eq!(broadcast.reason, Some(Reason::MessagesFiltered));
    assert!(paused.step.is_some(), "its polls go on");
    // Nothing is left to hold back.
    let done = poll(&fanned_out(500), true);
    assert_eq!(done.broadcast().map(|b| (b.dispatch, b.reason)), Some((Dispatch::Done, None)));
}

/// The place of a person who was erased keeps its message, and nothing is rendered for it.
#[test]
fn an_erased_member_keeps_its_message() {
    let phone = Phone::from_e164("+14155550123").expect("valid");
    let campaign = sent();
    let broadcast = campaign.broadcast().expect("sent");
    let before = campaign.pending_message(broadcast, &Recipient::of_phone(phone));
    let after = campaign.pending_message(broadcast, &Recipient::of_erased(before.id));
    assert_eq!((after.id, &after.to, &after.text), (before.id, &None, &None));
    assert_eq!(after.created_at, before.created_at);
    assert_eq!(after.recipient(), Recipient::of_erased(before.id));
    assert_eq!((before.region().is_some(), after.region()), (true, None));
}
