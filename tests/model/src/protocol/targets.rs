//! A campaign with a target and a merge field.

use std::collections::BTreeMap;

use serde_json::json;
use shared::audience::Judge;
use shared::body::{Body, Format};
use shared::campaign::{Broadcast, Campaign};
use shared::chunk::Sizes;
use shared::contact::{Contact, Profile};
use shared::ids::{ContactId, SegmentId};
use shared::phone::Phone;
use shared::recipient::Recipient;
use shared::segment::Filter;
use shared::target::{Choice, FrozenTarget, Target};
use shared::time::Timestamp;
use shared::zone::Zone;
use uuid::Uuid;

use super::{CAMPAIGN, ORGANIZATION, at};

/// The only segment.
pub const SEGMENT: SegmentId = SegmentId(Uuid::from_u128(3));

/// Chunks and marks as small as they can be.
pub const SMALL: Sizes = Sizes { recipients: 1, scanned: 1, marked_every: 1 };

/// What of a contact targets and merge fields depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Traits {
    pub tag: u8,
    pub name: u8,
}

/// The campaign with a target and a merge field.
#[must_use]
pub fn targeted(campaign: Campaign) -> Campaign {
    let body = Body::parse("Hi {{ firstName }}", Format::Template);
    let target = Target { include: [SEGMENT].into(), exclude: [].into() };
    Campaign { body: body.ok(), target: Some(target), ..campaign }
}

/// The filter of the segment: those with this tag.
#[must_use]
pub fn filter(tag: u8) -> Filter {
    let filter = json!({"field": "tags", "op": "eq", "value": tag.to_string()});
    Filter::parse(&filter).unwrap_or_else(|error| unreachable!("{error:?}"))
}

/// The campaign's target, given the segment's tag.
#[must_use]
pub fn frozen(campaign: &Campaign, tag: u8) -> Option<FrozenTarget> {
    let filters = BTreeMap::from([(SEGMENT, filter(tag))]);
    let frozen = campaign.target.as_ref()?.frozen(Zone::default(), &|id| filters.get(&id));
    Some(frozen.unwrap_or_else(|error| unreachable!("{error}")))
}

#[must_use]
pub fn judge(campaign: &Campaign, broadcast: &Broadcast, target: Option<FrozenTarget>) -> Judge {
    Judge::of(campaign, target, broadcast.sent_at).merging(campaign.body_sent(), &broadcast.sender)
}

#[must_use]
pub fn contact(id: ContactId, phone: Option<&Phone>, traits: Traits) -> Contact {
    let profile = Profile {
        phone: phone.cloned(),
        first_name: Some(traits.name.to_string()),
        tags: [traits.tag.to_string()].into(),
        ..Profile::default()
    };
    let (organization_id, created_at) = (ORGANIZATION, at(-60));
    Contact { id, organization_id, profile, imported: None, created_at, updated_at: created_at }
}

#[must_use]
pub fn is_in(target: &FrozenTarget, contact: &Contact, sent_at: Timestamp) -> bool {
    target.choose(contact, sent_at) == Choice::Included
}

/// The text that was frozen for a recipient.
#[must_use]
pub fn text(campaign: &Campaign, recipient: &Recipient) -> String {
    let text = campaign.body_sent().text_for(recipient);
    text.unwrap_or_else(|| unreachable!("{CAMPAIGN:?} renders another text")).into_owned()
}

/// The text that a contact would get now.
#[must_use]
pub fn text_now(campaign: &Campaign, contact: &Contact) -> Option<String> {
    let body = campaign.body_sent();
    let template = body.template()?.ok()?;
    template.render(&body.fields_of(template, Some(contact))).ok()
}
