//! What a provider reports, in a form that is the same for all providers.

use shared::phone::Phone;
use shared::receipt::Delivery;
use shared::trace::TraceId;

/// The content of a status callback, an inbound webhook or an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderEvent {
    Receipt(Delivery),
    Inbound(Inbound),
    /// It is genuine but irrelevant: it is not about a message of Volley, comes from a sender that
    /// is not a phone, or is of a kind that did not exist when this was written.
    Ignored,
}

/// An event that a provider put on a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    pub event: ProviderEvent,
    /// The trace in which the message was handed over, if the event says so.
    pub trace: Option<TraceId>,
}

/// A text from a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// What the provider calls the text.
    pub provider_id: Option<String>,
    pub from: Phone,
    /// The addresses that it was sent to, most specific first: a phone, a short code or a sender
    /// ID, then the service or pool that this belongs to.
    pub to: Vec<String>,
    pub body: String,
    /// What the provider classified the text as, such as `STOP`, if it does that.
    pub keyword: Option<String>,
}

/// The longest address that can belong to an organization.
const MAX_ADDRESS_BYTES: usize = 256;

/// The addresses among what a provider names as a text's destination.
pub(super) fn addresses<'a>(named: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let named = named.into_iter().map(str::trim);
    named.filter(|it| (1..=MAX_ADDRESS_BYTES).contains(&it.len())).map(str::to_owned).collect()
}

/// The phone in a channel's address, such as `rcs:+14155550123`.
pub(super) fn phone_of(address: &str) -> Option<Phone> {
    let number = address.rsplit_once(':').map_or(address, |(_channel, number)| number);
    Phone::from_e164(number.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_of_a_sensible_length_is_an_address() {
        let long = "x".repeat(257);
        let named = [" +14155550123", "", "12345", "BANK", &long, " "];
        assert_eq!(addresses(named), ["+14155550123", "12345", "BANK"]);
    }

    #[test]
    fn a_channels_address_has_its_phone() {
        for address in ["+14155550123", "rcs:+14155550123", "whatsapp:+14155550123"] {
            assert_eq!(phone_of(address).as_ref().map(Phone::as_str), Some("+14155550123"));
        }
        for address in ["", "12345", "BANK", "rcs:agent", "messenger:1234567890", "whatsapp:"] {
            assert_eq!(phone_of(address), None, "{address}");
        }
    }
}
