//! How Twilio represents a message: as a resource, and as a callback's form.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::errors;
use crate::fates::Ending;
use crate::message::{Message, Status};
use crate::segments;

pub(crate) const API_VERSION: &str = "2010-04-01";

fn written(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// The message resource.
pub(crate) fn message(message: &Message, account: &str) -> Value {
    let Message { sid, order, .. } = message;
    let uri = format!("/{API_VERSION}/Accounts/{account}/Messages/{sid}");
    let error = message.error();
    json!({
        "account_sid": account,
        "api_version": API_VERSION,
        "body": order.body,
        "date_created": written(message.created),
        "date_sent": message.sent.map(written),
        "date_updated": written(message.updated),
        "direction": "outbound-api",
        "error_code": error,
        "error_message": error.map(errors::message),
        "from": order.from,
        "messaging_service_sid": order.service,
        "num_media": "0",
        "num_segments": segments::count(&order.body).to_string(),
        "price": null,
        "price_unit": "USD",
        "sid": sid,
        "status": message.status.name(),
        "subresource_uris": { "media": format!("{uri}/Media.json") },
        "to": order.to,
        "uri": format!("{uri}.json"),
    })
}

/// The resource in the create call's response: the message's initial state, even if receipts have
/// been sent since.
pub(crate) fn created(of: &Message, account: &str) -> Value {
    let mut resource = message(of, account);
    let first = match of.order.from {
        Some(_) => Status::Queued,
        None => Status::Accepted,
    };
    resource["status"] = first.name().into();
    resource["date_updated"] = written(of.created).into();
    for name in ["date_sent", "error_code", "error_message"] {
        resource[name] = Value::Null;
    }
    resource
}

/// The form of the callback that reports `status`.
pub(crate) fn receipt(
    message: &Message,
    status: Status,
    account: &str,
    now: DateTime<Utc>,
) -> Vec<(String, String)> {
    let error = match (status, message.ending) {
        (Status::Undelivered, Ending::Undelivered(code)) => Some(code),
        _ => None,
    };
    let is_final = status > Status::Sent;
    let service = message.order.service.as_ref();
    [
        ("ApiVersion", Some(API_VERSION.to_owned())),
        ("AccountSid", Some(account.to_owned())),
        ("MessageSid", Some(message.sid.clone())),
        ("SmsSid", Some(message.sid.clone())),
        ("MessageStatus", Some(status.name().to_owned())),
        ("SmsStatus", Some(status.name().to_owned())),
        ("To", Some(message.order.to.clone())),
        ("From", Some(message.sender().to_owned())),
        ("MessagingServiceSid", service.cloned()),
        ("ErrorCode", error.map(|code| code.to_string())),
        ("RawDlrDate", is_final.then(|| now.format("%y%m%d%H%M").to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
