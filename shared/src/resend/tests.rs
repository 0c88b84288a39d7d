use strum::VariantArray;
use uuid::Uuid;

use super::*;
use crate::ids::{MessageId, OrganizationId};
use crate::message::Outcome;
use crate::phone::Phone;
use crate::receipt::Receipt;

const GRACE: Grace = Grace::of_seconds(120);

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).expect("in range")
}

fn id(n: u128) -> CampaignId {
    CampaignId(Uuid::from_u128(n))
}

fn resend(reasons: &[FailureReason], include_unknown: bool) -> Resend {
    Resend {
        of: id(1),
        origin: id(1),
        earlier: BTreeSet::from([Earlier::Unsalted(id(1))]),
        reasons: reasons.iter().copied().collect(),
        include_unknown,
        requested_at: at(0),
        prepared: Prepared::default(),
    }
}

fn message() -> Message {
    let phone = Phone::from_e164("+14153550123").expect("valid");
    let message = MessageId(Uuid::from_u128(7));
    Message::pending(OrganizationId(Uuid::nil()), id(1), message, phone, at(0))
}

fn failed(reason: FailureReason) -> Message {
    Message { outcome: Some(Outcome::Failed { reason, code: None, at: at(1) }), ..message() }
}

fn received(status: Status, reason: Option<FailureReason>) -> Message {
    let provider_id = "SM1".to_owned();
    let receipt = Receipt { provider_id, status, reason, code: None, at: at(2) };
    Message { receipt: Some(receipt), ..message() }
}

#[test]
fn people_who_may_have_been_reached_are_left_out() {
    use FailureReason::{Expired, Filtered, Unreachable, Unsubscribed};
    use Verdict::{Chosen, InTheWay, NotChosen};
    let unknown = Message { unknown_at: Some(at(1)), ..message() };
    let mut contradicted = received(Status::Failed, Some(Expired));
    contradicted.heard.delivered_at = Some(at(9));
    // The provider refused it, and then sent it all the same.
    let mut sent_after_all = received(Status::Sent, None);
    sent_after_all.outcome = failed(Expired).outcome;
    let cases = [
        (message(), InTheWay),
        (received(Status::Sent, None), InTheWay),
        (received(Status::Delivered, None), InTheWay),
        (unknown.clone(), InTheWay),
        (contradicted, InTheWay),
        (sent_after_all, InTheWay),
        (failed(Expired), Chosen),
        (received(Status::Failed, Some(Expired)), Chosen),
        (received(Status::Failed, Some(Unreachable)), NotChosen),
        (failed(Filtered), NotChosen),
        (failed(Unsubscribed), NotChosen),
    ];
    for (message, expected) in cases {
        assert_eq!(
            resend(&[Expired, Unsubscribed], false).verdict(&message),
            expected,
            "{message:?}"
        );
    }
    assert_eq!(resend(&[Expired], true).verdict(&unknown), Chosen);
}

#[test]
fn what_was_meant_not_to_be_sent_is_never_resent() {
    let never: Vec<FailureReason> =
        FailureReason::VARIANTS.iter().copied().filter(|reason| !can_resend(*reason)).collect();
    assert_eq!(
        never,
        [FailureReason::Unsubscribed, FailureReason::AlreadyReached, FailureReason::Erased]
    );
}

fn original() -> Campaign {
    let body = Some("Hi".to_owned().into());
    Campaign::create(id(1), OrganizationId(Uuid::nil()), "Spring".to_owned(), body, at(0))
}

#[test]
fn a_draft_is_sent_only_once_its_recipients_are_chosen() {
    let draft = original().resent_as(
        id(2),
        "Again".to_owned(),
        resend(&[FailureReason::Expired], false),
        GRACE,
    );
    assert_eq!((draft.origin(), draft.body.clone()), (id(1), original().body));
    assert_eq!(draft.clone().schedule(None, at(1), GRACE), Err(Refusal::Preparing));
    let shards = Shards::from(2);
    assert_eq!(draft.prepared(1, 5, shards, at(1), GRACE), None, "shards are read in order");
    let half = draft.prepared(0, 5, shards, at(1), GRACE).expect("the first shard");
    assert!(half.step.is_some(), "the other shard is owed");
    assert_eq!(half.prepared(0, 5, shards, at(1), GRACE), None, "another run was faster");
    let ready = half.prepared(1, 2, shards, at(2), GRACE).expect("the last shard");
    assert_eq!(
        (ready.step.clone(), ready.resend.as_ref().map(|it| it.prepared.chosen)),
        (None, Some(7))
    );
    assert_eq!(ready.prepared(2, 1, shards, at(3), GRACE), None);
    assert!(ready.clone().schedule(None, at(3), GRACE).is_ok());
    let late = ready.clone().schedule(None, at(31 * 86_400), GRACE);
    assert_eq!(late, Err(Refusal::ResendExpired));
    assert_eq!(ready.duplicate(id(3), "Copy".to_owned(), at(3)), Err(Refusal::IsResend));
}
