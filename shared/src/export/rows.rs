//! The rows of each kind, in the order of its columns.

use serde::Serialize;
use serde_json::Value;

use super::cell::{Cell, Row};
use crate::actor::Actor;
use crate::audience::SkippedContact;
use crate::body::Body;
use crate::campaign::{Broadcast, Campaign};
use crate::contact::Contact;
use crate::ids::{CampaignId, ContactId};
use crate::message::Message;
use crate::parts::Parts;
use crate::unsubscribe::ListedUnsubscribe;
use crate::zone::Zone;

/// A contact's columns and, as one more cell, its attributes.
#[must_use]
pub fn of_contact(contact: Contact) -> Row {
    let profile = contact.profile;
    vec![
        Cell::value(Some(contact.id)),
        Cell::value(profile.phone),
        Cell::text(profile.first_name),
        Cell::text(profile.last_name),
        Cell::text(profile.email),
        Cell::text(profile.external_id),
        label(profile.status),
        Cell::List(profile.tags.into_iter().collect()),
        Cell::value(profile.time_zone.map(Zone::name)),
        Cell::value(profile.language),
        Cell::value(contact.imported.map(|imported| imported.by)),
        Cell::value(Some(contact.created_at)),
        Cell::value(Some(contact.updated_at)),
        Cell::Attributes(profile.attributes),
    ]
}

/// A message as the API shows it, with the contact that it was for.
#[must_use]
pub fn of_message(
    campaign: &Campaign,
    broadcast: &Broadcast,
    message: Message,
    contact: Option<ContactId>,
) -> Row {
    let message = Message { created_at: broadcast.sent_at, ..message };
    let failure = message.failure();
    let body = campaign.body_sent();
    let text = message.text.as_deref();
    vec![
        Cell::value(Some(message.id)),
        Cell::value(Some(message.campaign_id)),
        Cell::value(contact),
        Cell::value(message.to.as_ref()),
        Cell::value(Some(&broadcast.sender.phone)),
        Cell::Text(text.unwrap_or(body.as_str()).to_owned()),
        Cell::Number(parts(text, body)),
        label(message.status()),
        Cell::text(failure.and_then(|(_, code)| code.map(str::to_owned))),
        failure.map_or(Cell::Null, |(reason, _)| label(reason)),
        Cell::text(message.provider_id().map(str::to_owned)),
        Cell::value(Some(message.created_at)),
        Cell::value(message.sent_at()),
        Cell::value(message.delivered_at()),
        Cell::value(Some(message.updated_at())),
    ]
}

fn parts(text: Option<&str>, body: &Body) -> u64 {
    text.map_or_else(|| body.parts_as_written(), Parts::of).count.into()
}

#[must_use]
pub fn of_unsubscribe(unsubscribe: ListedUnsubscribe) -> Row {
    let actor = unsubscribe.changed_by;
    vec![
        Cell::value(unsubscribe.phone),
        Cell::value(Some(unsubscribe.unsubscribed_at)),
        label(unsubscribe.source),
        Cell::value(unsubscribe.campaign_id),
        Cell::text(unsubscribe.evidence),
        Cell::value(actor.as_ref().map(Actor::kind)),
        Cell::text(actor.as_ref().and_then(Actor::name).map(str::to_owned)),
    ]
}

#[must_use]
pub fn of_skipped(campaign: CampaignId, skipped: &SkippedContact) -> Row {
    let SkippedContact { contact, reason, detail } = *skipped;
    vec![
        Cell::value(Some(campaign)),
        Cell::value(Some(contact)),
        label(reason),
        detail.map_or(Cell::Null, label),
    ]
}

/// An enum's value as the API shows it.
fn label(value: impl Serialize) -> Cell {
    match serde_json::to_value(value) {
        Ok(Value::String(label)) => Cell::Value(label),
        Ok(_) | Err(_) => Cell::Null,
    }
}
