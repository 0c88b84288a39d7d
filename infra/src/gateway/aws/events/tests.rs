use serde_json::json;
use shared::message::{FailureReason, Status};
use uuid::Uuid;

use super::*;

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).expect("in range")
}

fn reference() -> MessageRef {
    MessageRef {
        organization_id: OrganizationId(Uuid::from_u128(1)),
        campaign_id: CampaignId(Uuid::from_u128(2)),
        message_id: MessageId(Uuid::from_u128(3)),
        kind: Kind::Campaign,
    }
}

/// As in the service's user guide, with a context of ours.
fn event(status: &str, is_final: bool) -> Value {
    json!({
        "eventType": format!("TEXT_{status}"),
        "eventVersion": "1.0",
        "eventTimestamp": 1_686_975_103_470_i64,
        "isFinal": is_final,
        "originationPhoneNumber": "+12065550152",
        "destinationPhoneNumber": "+14255550156",
        "isoCountryCode": "US",
        "messageId": "862a8790",
        "messageRequestTimestamp": 1_686_975_103_170_i64,
        "messageEncoding": "GSM",
        "messageType": "PROMOTIONAL",
        "messageStatus": status,
        "context": context(&reference()),
        "totalMessageParts": 1,
        "totalMessagePrice": 0.09582,
        "totalCarrierFee": 0.0,
    })
}

fn receipt(event: &Value) -> Option<Receipt> {
    match Event::read(event, now()) {
        Some(Event::Receipt(delivery)) => {
            assert_eq!(delivery.message, reference());
            Some(delivery.receipt)
        }
        _ => None,
    }
}

#[test]
fn every_status_has_its_fate() {
    use FailureReason as Reason;
    let failed = |reason| (Status::Failed, Some(reason));
    let sent = (Status::Sent, None);
    let delivered = (Status::Delivered, None);
    for (status, in_between, at_last) in [
        ("SENT", sent, sent),
        ("PENDING", sent, sent),
        ("QUEUED", sent, sent),
        ("UNKNOWN", sent, sent),
        ("SUCCESSFUL", sent, delivered),
        ("DELIVERED", delivered, delivered),
        ("INVALID", sent, failed(Reason::InvalidNumber)),
        ("INVALID_MESSAGE", sent, failed(Reason::ProviderError)),
        ("UNREACHABLE", sent, failed(Reason::Unreachable)),
        ("CARRIER_UNREACHABLE", sent, failed(Reason::Unreachable)),
        ("BLOCKED", sent, failed(Reason::Filtered)),
        ("CARRIER_BLOCKED", sent, failed(Reason::Filtered)),
        ("SPAM", sent, failed(Reason::Filtered)),
        ("PROTECT_BLOCKED", sent, failed(Reason::Filtered)),
        ("TTL_EXPIRED", sent, failed(Reason::Expired)),
    ] {
        for (is_final, expected) in [(false, in_between), (true, at_last)] {
            let receipt = receipt(&event(status, is_final)).expect("a receipt");
            assert_eq!((receipt.status, receipt.reason), expected, "{status} {is_final}");
            assert_eq!(receipt.code.is_some(), receipt.status == Status::Failed);
        }
    }
}

/// A message that falls back to SMS has events of both kinds under one id.
#[test]
fn an_rcs_message_has_its_fate() {
    let failed = |reason| (Status::Failed, Some(reason));
    let (sent, delivered) = ((Status::Sent, None), (Status::Delivered, None));
    for (event_type, in_between, at_last) in [
        ("RCS_QUEUED", sent, sent),
        ("RCS_SENT", sent, sent),
        ("RCS_FALLEN_BACK_TO_SMS", sent, sent),
        ("RCS_DELIVERED", delivered, delivered),
        ("RCS_READ", delivered, delivered),
        ("RCS_FAILED", sent, failed(FailureReason::Other)),
        ("RCS_TTL_EXPIRED", sent, failed(FailureReason::Expired)),
        ("RCS_PROTECT_BLOCKED", sent, failed(FailureReason::Filtered)),
        ("MEDIA_DELIVERED", delivered, delivered),
        ("MEDIA_FILE_SIZE_EXCEEDED", sent, failed(FailureReason::ProviderError)),
    ] {
        for (is_final, expected) in [(false, in_between), (true, at_last)] {
            let mut event = event("", is_final);
            event["eventType"] = event_type.into();
            let receipt = receipt(&event).expect("a receipt");
            assert_eq!((receipt.status, receipt.reason), expected, "{event_type} {is_final}");
        }
    }
    let mut call = event("", true);
    call["eventType"] = "VOICE_COMPLETED".into();
    assert_eq!(Event::read(&call, now()), Some(Event::Silent));
}

#[test]
fn an_event_is_the_same_however_it_comes() {
    let raw = event("DELIVERED", true);
    let wrapped = json!({"Type": "Notification", "TopicArn": "arn", "Message": raw.to_string()});
    let bridged = json!({
        "source": "aws.sms-voice",
        "detail-type": "Text Message Delivery Status Updated",
        "detail": raw,
    });
    let expected = Event::read(&raw, now());
    assert!(matches!(&expected, Some(Event::Receipt(_))));
    assert_eq!(Event::read(&wrapped, now()), expected);
    assert_eq!(Event::read(&bridged, now()), expected);
}

#[test]
fn what_is_not_ours_is_silent_and_what_is_no_event_is_nothing() {
    let mut foreign = event("DELIVERED", true);
    foreign["context"] = json!({"account": "bar"});
    assert_eq!(Event::read(&foreign, now()), Some(Event::Silent));
    assert_eq!(Event::read(&event("TELEPORTED", true), now()), Some(Event::Silent));
    for body in [json!({}), json!([]), json!("x"), json!({"Message": "no JSON"})] {
        assert_eq!(Event::read(&body, now()), None, "{body}");
    }
}

#[test]
fn an_inbound_word_names_who_wrote_it_and_to_whom() {
    let body = json!({
        "originationNumber": "+14255550156",
        "destinationNumber": "+12065550152",
        "messageKeyword": "KEYWORD_206555",
        "messageBody": "Stop",
        "inboundMessageId": "cae173d2",
        "previousPublishedMessageId": "862a8790",
    });
    let Some(Event::Inbound(inbound)) = Event::read(&body, now()) else { panic!("no inbound") };
    assert_eq!((inbound.from.as_str(), inbound.to.as_str()), ("+14255550156", "+12065550152"));
    assert_eq!(inbound.body, "Stop");
}
