use serde_json::{Value, json};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::Message;
use shared::phone::Phone;
use shared::sender::twilio::TwilioSender;
use shared::sender::{Provider, Sender};
use uuid::Uuid;

use super::*;

const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";

fn phone(text: &str) -> Phone {
    Phone::from_e164(text).expect("valid")
}

fn claimed_at() -> Timestamp {
    // Thu, 01 Jan 2026 00:00:00 +0000
    Timestamp::from_millis(1_767_225_600_000).expect("in range")
}

fn sender() -> Sender {
    Sender::new(phone("+14155550100"), Provider::Twilio(TwilioSender::default()))
}

/// Whether a resource with these differences may be the message that was sent.
fn may_be(service: Option<&str>, differences: &[(&str, Value)]) -> bool {
    let mut resource = json!({
        "sid": "SM1", "status": "sent", "error_code": null, "body": "Hello",
        "from": service.is_none().then_some("+14155550100"), "to": "+14155550123",
        "messaging_service_sid": service, "direction": "outbound-api",
        "date_created": "Thu, 01 Jan 2026 00:00:30 +0000",
    });
    for (name, value) in differences {
        resource[name] = value.clone();
    }
    let resource: Resource = serde_json::from_value(resource).expect("a resource");
    let (organization, campaign) =
        (OrganizationId(Uuid::from_u128(1)), CampaignId(Uuid::from_u128(2)));
    let (id, to) = (MessageId(Uuid::from_u128(3)), phone("+14155550123"));
    let message = Message::pending(organization, campaign, id, to, claimed_at());
    let (from, now) = (sender(), claimed_at().plus_seconds(3_600));
    let sought = Sought { message: &message, from: &from, text: "Hello", now };
    resource.may_be(&sought, service, claimed_at())
}

#[test]
fn a_message_is_recognized_by_everything_that_can_be_compared() {
    let at = |text: &str| ("date_created", json!(text));
    for (name, value, expected) in [
        ("sid", json!("SM2"), true),
        ("status", json!("delivered"), true),
        ("body", json!("Hello!"), false),
        ("body", Value::Null, false),
        ("to", json!("+14155550124"), false),
        ("to", Value::Null, false),
        ("from", json!("+14155550101"), false),
        ("from", Value::Null, false),
        ("messaging_service_sid", json!(SERVICE), false),
        ("direction", json!("inbound"), false),
        ("direction", json!("outbound-reply"), false),
        ("date_created", Value::Null, false),
    ] {
        assert_eq!(may_be(None, &[(name, value.clone())]), expected, "{name} {value}");
    }
    for (created, expected) in [
        ("Wed, 31 Dec 2025 23:58:59 +0000", false),
        ("Wed, 31 Dec 2025 23:59:00 +0000", true),
        ("Thu, 01 Jan 2026 00:01:00 +0000", true),
        ("Thu, 01 Jan 2026 00:01:01 +0000", false),
    ] {
        assert_eq!(may_be(None, &[at(created)]), expected, "{created}");
    }
}

#[test]
fn a_services_message_is_recognized_by_the_service() {
    let other = "MG00000000000000000000000000000000";
    for (name, value, expected) in [
        ("from", json!("+14155550199"), true),
        ("messaging_service_sid", json!(other), false),
        ("messaging_service_sid", Value::Null, false),
    ] {
        assert_eq!(may_be(Some(SERVICE), &[(name, value.clone())]), expected, "{name} {value}");
    }
}
