//! Properties of campaigns under any sequence of events.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Event {
    Update,
    Schedule,
    Cancel,
    Begin,
    FannedOut,
    Poll(Counts),
    Pause,
    Resume,
    Stop,
    Drain { are_chunks_done: bool },
}

fn events() -> impl Strategy<Value = Event> {
    let counts = (0_u64..3, 0_u64..3).prop_map(|(delivered, failed)| Counts {
        delivered,
        failed,
        ..Counts::default()
    });
    prop_oneof![
        Just(Event::Update),
        Just(Event::Schedule),
        Just(Event::Cancel),
        Just(Event::Begin),
        Just(Event::FannedOut),
        counts.prop_map(Event::Poll),
        Just(Event::Pause),
        Just(Event::Resume),
        Just(Event::Stop),
        any::<bool>().prop_map(|are_chunks_done| Event::Drain { are_chunks_done }),
    ]
}

fn may_follow(from: Status, to: Status) -> bool {
    from == to
        || matches!(
            (from, to),
            (Status::Draft, Status::Scheduled)
                | (Status::Scheduled, Status::Sent | Status::Cancelled)
                | (Status::Sent, Status::Failed)
        )
}

proptest! {
    /// A campaign is a draft, then scheduled, then sent or cancelled, then failed, and never goes
    /// back.
    #[test]
    fn statuses_only_progress(events in proptest::collection::vec(events(), 0..20)) {
        let (mut campaign, polls) = (draft(Some("Hi")), PollSchedule::default());
        for (event, now) in events.into_iter().zip(0..) {
            let now = at(now);
            let before = campaign.clone();
            let after = match event {
                Event::Update => campaign.clone().update("x".to_owned(), None, now).ok(),
                Event::Schedule => campaign.clone().schedule(None, now, GRACE).ok(),
                Event::Cancel => campaign.clone().cancel(now, None).ok(),
                Event::Begin => match &campaign.state {
                    State::Scheduled { at } => {
                        match campaign.begin(*at, SALT, sender(), 4.into(), now, GRACE) {
                            Begin::Begun(next) => Some(*next),
                            Begin::Underway | Begin::Ignored => None,
                        }
                    }
                    _ => None,
                },
                Event::FannedOut => {
                    let totals = Totals { recipients: 2, ..Totals::default() };
                    campaign.fanned_out(totals, &Bill::default(), &polls, now, GRACE)
                }
                Event::Poll(counts) => {
                    campaign.polled(0, &look(counts, true), &polls, now, GRACE)
                }
                Event::Pause => campaign.clone().pause(None, now).ok(),
                Event::Resume => campaign.clone().resume(&polls, now, GRACE).ok(),
                Event::Stop => campaign.clone().stop(&polls, now, GRACE).ok(),
                Event::Drain { are_chunks_done } => campaign.drain.clone().and_then(|due| {
                    let look = DrainLook { are_chunks_done, ..DrainLook::default() };
                    campaign.drain_checked(&due.job, &look, now, GRACE)
                }),
            };
            campaign = after.unwrap_or(campaign);
            let (from, to) = (before.status(), campaign.status());
            prop_assert!(may_follow(from, to), "{:?} to {:?}", from, to);
        }
    }

    /// A campaign fails if and only if each message of a completely dispatched audience failed.
    #[test]
    fn a_campaign_fails_with_all_its_messages(
        pending in 0_u64..2, sent in 0_u64..2, delivered in 0_u64..2, unknown in 0_u64..2,
        failed in 0_u64..4, are_chunks_done: bool,
    ) {
        let counts = Counts { pending, sent, delivered, failed, unknown };
        prop_assume!(counts.total() > 0);
        let campaign = polled(&fanned_out(counts.total()), counts, are_chunks_done);
        let all_failed = are_chunks_done && failed > 0 && failed == counts.total();
        prop_assert_eq!(campaign.status() == Status::Failed, all_failed);
    }
}
