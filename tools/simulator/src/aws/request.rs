//! What `SendTextMessage` is asked.

use super::Details;
use super::events;
use super::limits;
use super::reader::{Invalid, Limits, Reader};
use crate::message::{Order, Provider};
use crate::segments;

/// The longest bodies: ten parts, in the network's own alphabet and in others.
const MAX_SEPTETS: usize = 1_530;
const MAX_UNITS: usize = 630;

pub(super) struct Request {
    pub(super) order: Order,
    /// Checked, but not sent.
    pub(super) is_dry: bool,
}

/// Reads a request, or says why the service refuses it.
pub(super) fn read(body: &[u8]) -> Result<Request, Invalid> {
    let names: Limits = (1..=256, limits::name);
    let mut reader = Reader::new(body)?;
    let to = reader.required("DestinationPhoneNumber", &(1..=20, limits::phone));
    let from = reader.text("OriginationIdentity", &(1..=256, limits::identity));
    // The model does not require it, but there is nothing to send without it.
    let body = reader.required("MessageBody", &(1..=1_600, limits::body));
    let message_type = reader.text(
        "MessageType",
        &(0..=usize::MAX, |text| matches!(text, "TRANSACTIONAL" | "PROMOTIONAL")),
    );
    reader.text("Keyword", &(1..=30, limits::keyword));
    let configuration_set = reader.text("ConfigurationSetName", &names);
    let price_most = reader.text("MaxPrice", &(2..=8, limits::price));
    reader.number("TimeToLive", &(5..=259_200));
    let context = reader.map("Context", 5, &(1..=100, limits::word), &(1..=800, limits::trimmed));
    let countries: Limits =
        (0..=usize::MAX, |key| matches!(key, "IN_TEMPLATE_ID" | "IN_ENTITY_ID"));
    reader.map("DestinationCountryParameters", 10, &countries, &(1..=64, limits::word));
    let is_dry = reader.flag("DryRun");
    reader.text("ProtectConfigurationId", &names);
    reader.flag("MessageFeedbackEnabled");
    reader.end()?;
    // The books know a number by one name, however it is written.
    let to = format!("+{}", to.trim_start_matches('+'));
    if !(8..=16).contains(&to.len()) {
        let message = "Invalid destination phone number";
        return Err(refuse("INVALID_PARAMETER", message, "DestinationPhoneNumber"));
    }
    fit(&body)?;
    afford(&body, price_most.as_deref())?;
    let details = Details {
        configuration_set,
        message_type: message_type.unwrap_or_else(|| "TRANSACTIONAL".to_owned()),
        context,
    };
    let order = Order { to, from, service: None, body, provider: Provider::Aws(Box::new(details)) };
    Ok(Request { order, is_dry })
}

fn refuse(reason: &'static str, message: &'static str, field: &str) -> Invalid {
    Invalid { reason, message, fields: vec![(field.to_owned(), message.to_owned())] }
}

fn fit(body: &str) -> Result<(), Invalid> {
    let fits = match segments::septets(body) {
        Some(septets) => septets.iter().sum::<usize>() <= MAX_SEPTETS,
        None => body.encode_utf16().count() <= MAX_UNITS,
    };
    let message = "The message body is too long for its encoding";
    fits.then_some(()).ok_or_else(|| refuse("MAXIMUM_SIZE_EXCEEDED", message, "MessageBody"))
}

fn afford(body: &str, most: Option<&str>) -> Result<(), Invalid> {
    let most = most.and_then(|most| most.parse::<f64>().ok());
    let is_over = most.is_some_and(|most| events::price(body) > most);
    let message = "The message costs more than the maximum price";
    if is_over { Err(refuse("PRICE_OVER_THRESHOLD", message, "MaxPrice")) } else { Ok(()) }
}
