use proptest::prelude::*;
use uuid::Uuid;

use super::*;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).expect("in range")
}

pub(super) fn message() -> Message {
    Message::pending(
        OrganizationId(Uuid::from_u128(1)),
        CampaignId(Uuid::from_u128(2)),
        MessageId(Uuid::from_u128(3)),
        Phone::from_e164("+14153550123").expect("valid"),
        at(0),
    )
}

pub(super) fn receipt(status: Status, second: i64) -> Receipt {
    Receipt { provider_id: "SM1".to_owned(), status, reason: None, code: None, at: at(second) }
}

#[test]
fn a_late_sent_does_not_take_delivered_back() {
    let mut message = message();
    message.receipt = Some(receipt(Status::Delivered, 1));
    message.outcome = Some(Outcome::Accepted { provider_id: "SM1".to_owned(), at: at(2) });
    assert_eq!(message.status(), Status::Delivered);
    assert_eq!(message.delivered_at(), Some(at(1)));
    assert_eq!(message.updated_at(), at(2));
}

#[test]
fn a_receipt_settles_an_unknown_message() {
    let mut message = message();
    message.unknown_at = Some(at(5));
    assert_eq!(message.status(), Status::Unknown);
    message.receipt = Some(receipt(Status::Sent, 6));
    assert_eq!(message.status(), Status::Sent);
    assert_eq!(message.provider_id(), Some("SM1"));
}

#[test]
fn a_failure_names_its_reason() {
    let mut message = message();
    assert_eq!(message.failure(), None);
    message.outcome = Some(Outcome::Failed {
        reason: FailureReason::InvalidNumber,
        code: Some("21211".to_owned()),
        at: at(1),
    });
    assert_eq!(message.failure(), Some((FailureReason::InvalidNumber, Some("21211"))));
}

#[test]
fn a_worker_judges_what_it_finds() {
    let mut message = message();
    message.claim = Some(Claim { token: "mine".to_owned(), at: at(0) });
    assert_eq!(message.found_by("mine", at(500), 120), Found::Own);
    assert_eq!(message.found_by("other", at(119), 120), Found::Busy { until: at(120) });
    assert_eq!(message.found_by("other", at(120), 120), Found::Abandoned);
    message.unknown_at = Some(at(121));
    assert_eq!(message.found_by("other", at(122), 120), Found::Settled);
}

fn statuses() -> impl Strategy<Value = Status> {
    prop_oneof![Just(Status::Sent), Just(Status::Delivered), Just(Status::Failed)]
}

proptest! {
    /// No matter what the writers report, or in which order, the status never goes down.
    #[test]
    fn statuses_only_rise(
        steps in proptest::collection::vec((0_u8..3, statuses()), 0..8),
    ) {
        let mut message = message();
        let mut rank = 0;
        for (writer, status) in steps {
            match writer {
                0 if message.outcome.is_none() => {
                    message.outcome = Some(if status == Status::Failed {
                        Outcome::Failed { reason: FailureReason::Other, code: None, at: at(1) }
                    } else {
                        Outcome::Accepted { provider_id: "SM1".to_owned(), at: at(1) }
                    });
                }
                1 => {
                    let next = receipt(status, 1);
                    if next.supersedes(message.receipt.as_ref()) {
                        message.receipt = Some(next);
                    }
                }
                _ => message.unknown_at = Some(at(1)),
            }
            prop_assert!(message.status().rank() >= rank);
            rank = message.status().rank();
        }
    }
}

/// Rows and queued receipts may contain the label that earlier versions wrote.
#[test]
fn the_old_name_of_other_is_still_read() {
    let read = |label: &str| serde_json::from_value::<FailureReason>(label.into());
    assert_eq!(read("unknown").expect("the old label"), FailureReason::Other);
    assert_eq!(read("other").expect("the new label"), FailureReason::Other);
    let written = serde_json::to_value(FailureReason::Other).expect("a label");
    assert_eq!(written, "other");
}

#[test]
fn an_unknown_test_is_owed_until_it_is_old() {
    let mut test = Message { kind: Kind::Test, ..message() };
    assert!(test.is_single_owed(at(1_000_000)), "pending");
    test.unknown_at = Some(at(1));
    assert!(test.is_single_owed(at(MAX_SINGLE_LOOK_UP_SECONDS - 1)));
    assert!(!test.is_single_owed(at(MAX_SINGLE_LOOK_UP_SECONDS)));
    test.receipt = Some(receipt(Status::Sent, 2));
    assert!(!test.is_single_owed(at(3)), "a receipt has settled it");
}
