//! The meaning of the service's event types.
//!
//! Source: "Event types for SMS, MMS, and voice" and "RCS event types" of the service's user guide,
//! and the `EventType` enumeration of its API.

use shared::message::{FailureReason, Status};

use crate::gateway::Label;

/// A message's outcome, as far as one event reports it.
pub type Fate = (Status, Option<FailureReason>);

/// What an event of this type means for its message. Until the service calls a failure final, it
/// may still turn into a success.
#[must_use]
pub fn event_label(event_type: &str, is_final: bool) -> Label<Fate> {
    // Groups for subscriptions. No event has these types.
    if ["ALL", "TEXT_ALL", "MEDIA_ALL", "RCS_ALL"].contains(&event_type) {
        return Label::Ignored;
    }
    match event_type.split_once('_') {
        Some(("TEXT" | "MEDIA", state)) => text_or_media(state, is_final),
        Some(("RCS", state)) => rcs(state, is_final),
        // Volley makes no calls.
        Some(("VOICE", _)) => Label::Ignored,
        _ => Label::Unheard,
    }
}

/// The part of an event's type that names the message's state.
pub(super) fn state(event_type: &str) -> &str {
    event_type.split_once('_').map_or(event_type, |(_, state)| state)
}

/// `UNKNOWN` means that no carrier has reported within 72 hours: the message was sent, but nothing
/// more is known.
fn text_or_media(state: &str, is_final: bool) -> Label<Fate> {
    use FailureReason as Reason;
    let reason = match state {
        "DELIVERED" => return Label::Means((Status::Delivered, None)),
        // In some countries this is the last event. In others it is the carrier's, and precedes the
        // phone's.
        "SUCCESSFUL" if is_final => return Label::Means((Status::Delivered, None)),
        "SUCCESSFUL" | "SENT" | "PENDING" | "QUEUED" | "UNKNOWN" => return SENT,
        "INVALID" => Reason::InvalidNumber,
        "INVALID_MESSAGE"
        | "FILE_INACCESSIBLE"
        | "FILE_TYPE_UNSUPPORTED"
        | "FILE_SIZE_EXCEEDED" => Reason::ProviderError,
        "UNREACHABLE" | "CARRIER_UNREACHABLE" => Reason::Unreachable,
        "BLOCKED" | "CARRIER_BLOCKED" | "SPAM" | "PROTECT_BLOCKED" => Reason::Filtered,
        "TTL_EXPIRED" => Reason::Expired,
        _ => return Label::Unheard,
    };
    failed(reason, is_final)
}

/// A pool with an agent sends by RCS first, and by SMS if that fails. The events of the SMS follow
/// with the same message id.
fn rcs(state: &str, is_final: bool) -> Label<Fate> {
    match state {
        "DELIVERED" | "READ" => Label::Means((Status::Delivered, None)),
        "QUEUED" | "SENT" | "FALLEN_BACK_TO_SMS" => SENT,
        "FAILED" => failed(FailureReason::Other, is_final),
        "TTL_EXPIRED" => failed(FailureReason::Expired, is_final),
        "PROTECT_BLOCKED" => failed(FailureReason::Filtered, is_final),
        _ => Label::Unheard,
    }
}

const SENT: Label<Fate> = Label::Means((Status::Sent, None));

fn failed(reason: FailureReason, is_final: bool) -> Label<Fate> {
    if is_final { Label::Means((Status::Failed, Some(reason))) } else { SENT }
}
