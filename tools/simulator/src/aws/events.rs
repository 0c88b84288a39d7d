//! The events that report a message's progress.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Details;
use crate::fates::Ending;
use crate::message::{Message, Status};
use crate::segments;

/// The price of a message part and its carrier fee, in US dollars.
const PRICE: f64 = 0.005_81;
const CARRIER_FEE: f64 = 0.003;

/// The number that sends if the request names a pool, or no sender at all.
const POOL_NUMBER: &str = "+12065550152";

fn parts(body: &str) -> u32 {
    u32::try_from(segments::count(body)).unwrap_or(u32::MAX)
}

/// A message's price without the carrier fee.
pub(super) fn price(body: &str) -> f64 {
    f64::from(parts(body)) * PRICE
}

/// The event that reports `status`.
pub(crate) fn write(
    message: &Message,
    details: &Details,
    status: Status,
    now: DateTime<Utc>,
) -> Value {
    let order = &message.order;
    let country = country(&order.to);
    let (name, description) = describe(status, message.ending, country);
    let from = order.from.as_deref().filter(|from| from.starts_with('+'));
    let encoding = if segments::septets(&order.body).is_some() { "GSM" } else { "Unicode" };
    let mut event = json!({
        "eventType": format!("TEXT_{name}"),
        "eventVersion": "1.0",
        "eventTimestamp": now.timestamp_millis(),
        "isFinal": status > Status::Sent,
        "originationPhoneNumber": from.unwrap_or(POOL_NUMBER),
        "destinationPhoneNumber": order.to,
        "messageId": message.sid,
        "messageRequestTimestamp": message.created.timestamp_millis(),
        "messageEncoding": encoding,
        "messageType": details.message_type,
        "messageStatus": name,
        "messageStatusDescription": description,
        "totalMessageParts": parts(&order.body),
        "totalMessagePrice": price(&order.body),
        "totalCarrierFee": f64::from(parts(&order.body)) * CARRIER_FEE,
    });
    if !details.context.is_empty() {
        event["context"] = json!(details.context);
    }
    if let Some(country) = country {
        event["isoCountryCode"] = country.into();
    }
    event
}

/// A number's country, for the countries that tests use.
fn country(number: &str) -> Option<&'static str> {
    let known = [("+1", "US"), ("+44", "GB"), ("+33", "FR"), ("+49", "DE")];
    known.into_iter().find(|(prefix, _)| number.starts_with(prefix)).map(|(_, country)| country)
}

/// This service's name for the status, and its description. Some countries report the same status
/// by other names: here, all except the US.
fn describe(status: Status, ending: Ending, country: Option<&str>) -> (&'static str, &'static str) {
    let is_domestic = country == Some("US");
    match (status, ending) {
        (Status::Accepted | Status::Queued, _) if is_domestic => {
            ("QUEUED", "Message is queued for delivery")
        }
        (Status::Accepted | Status::Queued, _) => ("PENDING", "Message is being delivered"),
        (Status::Sent, _) => ("SENT", "Message has been handed to the phone carrier"),
        (Status::Undelivered, Ending::Undelivered(code)) => undelivered(code),
        _ if is_domestic => ("DELIVERED", "Message has been accepted by phone"),
        _ => ("SUCCESSFUL", "Message has been accepted by phone carrier"),
    }
}

/// The service's equivalent of an ending that Twilio reports as `code`.
fn undelivered(code: u32) -> (&'static str, &'static str) {
    match code {
        // Blocked for the recipient, or opted out.
        21_610 | 30_004 => ("BLOCKED", "Phone has blocked SMS"),
        30_003 => ("UNREACHABLE", "Phone is currently unreachable/unavailable"),
        30_005 => ("INVALID", "Invalid phone number"),
        30_006 => ("CARRIER_UNREACHABLE", "Phone carrier is currently unreachable/unavailable"),
        30_007 => ("CARRIER_BLOCKED", "Phone carrier has blocked this message"),
        // The content's size exceeds the carrier's limit.
        30_019 => ("INVALID_MESSAGE", "Message body is invalid"),
        30_036 => ("TTL_EXPIRED", "Message expired before it was delivered"),
        // Filtered because of the body.
        30_038 => ("SPAM", "Blocked as spam by phone carrier"),
        // Protection against SMS pumping.
        30_450 => ("PROTECT_BLOCKED", "Message was blocked by a protect configuration"),
        _ => ("UNKNOWN", "Unknown error attempting to reach phone"),
    }
}
