//! Judging contacts one by one.

use std::collections::BTreeSet;

use super::{Entry, SkipReason, Standing};
use crate::body::{Body, Format, Merge};
use crate::campaign::Campaign;
use crate::contact::{Contact, Status};
use crate::ids::CampaignId;
use crate::recipient::Recipient;
use crate::resend::Resend;
use crate::segment::Field;
use crate::sender::Sender;
use crate::target::{Choice, FrozenTarget};
use crate::template::{Detail, MergeField, Template};
use crate::time::Timestamp;

/// What decides about contacts besides the register, as of the moment when a campaign is sent.
#[derive(Clone, Debug)]
pub struct Judge {
    pub sent_at: Timestamp,
    /// Without one, everyone is included.
    pub target: Option<FrozenTarget>,
    /// With one, only the phones that it names are included.
    pub resend: Option<NamedPhones>,
    /// `None` if everyone gets the same text.
    pub merging: Option<Merging>,
}

/// A body that is rendered for each recipient, and the sender whose provider limits its texts.
#[derive(Clone, Debug)]
pub struct Merging {
    body: Body,
    sender: Sender,
}

/// The phones that a resend names: those written for its campaign, unless an earlier campaign reaches
/// them in the meantime.
#[derive(Clone, Debug)]
pub struct NamedPhones {
    pub campaign: CampaignId,
    pub resend: Resend,
}

/// A judge for everyone.
impl From<Timestamp> for Judge {
    fn from(sent_at: Timestamp) -> Self {
        Self { sent_at, target: None, resend: None, merging: None }
    }
}

impl Judge {
    /// The judge of a campaign that is sent at `sent_at` to a target as its segments are then.
    #[must_use]
    pub fn of(campaign: &Campaign, target: Option<FrozenTarget>, sent_at: Timestamp) -> Self {
        Self { target, resend: campaign.named_phones(), ..Self::from(sent_at) }
    }

    /// The judge of a campaign with this body, sent from this sender.
    #[must_use]
    pub fn merging(self, body: &Body, sender: &Sender) -> Self {
        let merging = match body.format() {
            Format::Text => None,
            Format::Template => Some(Merging { body: body.clone(), sender: sender.clone() }),
        };
        Self { merging, ..self }
    }

    /// The fields that contacts must be read with, besides those that every entry has.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<Field> {
        let target = self.target.iter().flat_map(FrozenTarget::fields).cloned();
        let merged = self.merging.iter().flat_map(Merging::fields).map(Field::from);
        target.chain(merged).collect()
    }

    /// Whether it may leave out most contacts.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        self.target.is_some() || self.resend.is_some()
    }

    /// Whether contacts must be read with their ids and fields.
    #[must_use]
    pub fn needs_persons(&self) -> bool {
        self.target.is_some() || self.merging.is_some()
    }

    /// What an entry is, before the others of its phone are considered. Of several reasons, the first
    /// counts: not in the target, inactive, without a phone, unsubscribed.
    #[must_use]
    pub fn standing(&self, entry: &Entry, unsubscribed: bool) -> Standing<Recipient> {
        if let Some(standing) = self.without_phone(entry) {
            return standing;
        }
        match &entry.phone {
            None => Standing::Skipped(SkipReason::NoPhone),
            Some(_) if unsubscribed => Standing::Skipped(SkipReason::Unsubscribed),
            Some(phone) => {
                let dialed = entry.dialed.as_ref().unwrap_or(phone);
                let recipient = Recipient::new(dialed.clone(), entry.contact);
                match &self.merging {
                    None => Standing::Eligible(recipient),
                    Some(merging) => merging.standing(recipient, entry.person()),
                }
            }
        }
    }

    /// How a contact counts regardless of its phone, if that decides.
    fn without_phone<R>(&self, entry: &Entry) -> Option<Standing<R>> {
        if entry.counts_elsewhere || !entry.presence.holds_at(self.sent_at) {
            return Some(Standing::NotCounted);
        }
        let choice = if entry.is_named { self.choice(entry.person()) } else { Choice::NotIncluded };
        match (choice, entry.status) {
            (Choice::Excluded, Status::Active) => Some(Standing::Excluded),
            (Choice::Excluded | Choice::NotIncluded, Status::Active | Status::Inactive) => {
                Some(Standing::Skipped(SkipReason::NotInTarget))
            }
            (Choice::Included, Status::Inactive) => Some(Standing::Skipped(SkipReason::Inactive)),
            (Choice::Included, Status::Active) => None,
        }
    }

    /// Tombstones of older versions kept no profile. With a target, they are never recipients.
    fn choice(&self, person: Option<&Contact>) -> Choice {
        match (&self.target, person) {
            (None, _) => Choice::Included,
            (Some(target), Some(person)) => target.choose(person, self.sent_at),
            (Some(_), None) => Choice::NotIncluded,
        }
    }
}

impl Merging {
    /// The parts that the sender sends in a second.
    #[must_use]
    pub fn parts_per_second(&self) -> u32 {
        self.sender.parts_per_second
    }

    fn fields(&self) -> impl Iterator<Item = &MergeField> {
        let template = self.body.template().and_then(Result::ok);
        template.into_iter().flat_map(Template::fields)
    }

    /// Whether there is a text for the contact. There is none for a tombstone that was stored
    /// without a profile.
    fn standing(&self, recipient: Recipient, person: Option<&Contact>) -> Standing<Recipient> {
        let template = self.body.template().and_then(Result::ok);
        let Some((template, person)) = template.zip(person) else {
            return Standing::Unrenderable(Detail::Error);
        };
        let fields = self.body.fields_of(template, Some(person));
        match Merge::freeze(template, fields, &self.sender.provider) {
            Ok(merge) => {
                Standing::Eligible(Recipient { merge: Some(Box::new(merge)), ..recipient })
            }
            Err(unrenderable) => Standing::Unrenderable(unrenderable.detail()),
        }
    }
}
