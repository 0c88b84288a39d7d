use serde_json::json;
use shared::message::{FailureReason, Status};

use super::*;
use crate::testing::{now, reference};

fn read(body: &Value, now: Timestamp) -> Option<ProviderEvent> {
    super::read(body, now).map(|queued| queued.event)
}

/// As in the service's user guide, but with our context.
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
        "context": context(&reference(), None),
        "totalMessageParts": 1,
        "totalMessagePrice": 0.09582,
        "totalCarrierFee": 0.0,
    })
}

#[test]
fn an_event_says_in_which_trace_its_message_was_handed_over() {
    for trace in [None, Some(TraceId::new([7; 16]))] {
        let mut event = event("DELIVERED", true);
        event["context"] = json!(context(&reference(), trace));
        assert!(event["context"].as_object().is_some_and(|context| context.len() <= 5));
        assert_eq!(super::read(&event, now()).map(|queued| queued.trace), Some(trace));
    }
}

fn receipt(event: &Value) -> Option<Receipt> {
    match read(event, now()) {
        Some(ProviderEvent::Receipt(delivery)) => {
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

/// A message that falls back to SMS has events of both kinds with the same id.
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
    assert_eq!(read(&call, now()), Some(ProviderEvent::Ignored));
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
    let expected = read(&raw, now());
    assert!(matches!(&expected, Some(ProviderEvent::Receipt(_))));
    assert_eq!(read(&wrapped, now()), expected);
    assert_eq!(read(&bridged, now()), expected);
}

#[test]
fn what_is_not_ours_is_ignored_and_what_is_no_event_is_nothing() {
    let mut foreign = event("DELIVERED", true);
    foreign["context"] = json!({"account": "bar"});
    assert_eq!(read(&foreign, now()), Some(ProviderEvent::Ignored));
    assert_eq!(read(&event("TELEPORTED", true), now()), Some(ProviderEvent::Ignored));
    for body in [json!({}), json!([]), json!("x"), json!({"Message": "no JSON"})] {
        assert_eq!(read(&body, now()), None, "{body}");
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
    let Some(ProviderEvent::Inbound(inbound)) = read(&body, now()) else { panic!("no inbound") };
    assert_eq!(inbound.from.as_str(), "+14255550156");
    assert_eq!(inbound.to, ["+12065550152"]);
    assert_eq!(inbound.body, "Stop");
    assert_eq!(inbound.keyword.as_deref(), Some("KEYWORD_206555"));
}

fn written(from: &str, to: &str) -> Option<ProviderEvent> {
    let body = json!({"originationNumber": from, "destinationNumber": to, "messageBody": "STOP"});
    read(&body, now())
}

#[test]
fn a_short_code_hears_what_is_written_to_it() {
    for to in ["12345", "BANK", "+12065550152"] {
        let Some(ProviderEvent::Inbound(inbound)) = written("+14255550156", to) else {
            panic!("{to} hears nothing")
        };
        assert_eq!(inbound.to, [to]);
    }
}

/// Empty fields must not make an opt-out or a receipt unreadable.
#[test]
fn empty_fields_do_no_harm() {
    let opt_out = |destination: Value, body: Value, keyword: Value| {
        let event = json!({
            "originationNumber": "+14255550156",
            "destinationNumber": destination,
            "messageBody": body,
            "messageKeyword": keyword,
            "inboundMessageId": null,
        });
        match read(&event, now()) {
            Some(ProviderEvent::Inbound(inbound)) => inbound,
            other => panic!("{event} is {other:?}"),
        }
    };
    let inbound = opt_out(json!("12345"), json!(null), json!("STOP"));
    assert_eq!((inbound.body.as_str(), inbound.keyword.as_deref()), ("", Some("STOP")));
    assert!(opt_out(json!(null), json!("STOP"), json!(null)).to.is_empty());
    let expected = receipt(&event("DELIVERED", true));
    let mut sparse = event("DELIVERED", true);
    sparse["context"]["note"] = json!(null);
    sparse["isoCountryCode"] = json!(null);
    assert_eq!(receipt(&sparse), expected);
    sparse["isFinal"] = json!(null);
    assert_eq!(receipt(&sparse), expected, "delivered is final");
    sparse["context"] = json!(null);
    assert_eq!(read(&sparse, now()), Some(ProviderEvent::Ignored));
}

#[test]
fn senders_that_are_not_phones_change_nothing() {
    for from in ["12345", "BANK", "", "whatsapp:+14255550156"] {
        assert_eq!(written(from, "+12065550152"), Some(ProviderEvent::Ignored), "{from}");
    }
}

#[test]
fn a_receipt_needs_no_phone() {
    let mut event = event("DELIVERED", true);
    for to in [json!("rcs:agent"), json!(null)] {
        event["destinationPhoneNumber"] = to;
        assert!(receipt(&event).is_some());
    }
}
