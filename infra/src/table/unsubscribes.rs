//! The register of unsubscribes.

mod lines;
mod list;
mod place;
mod row;

pub(super) use place::Place;
pub(super) use row::{NOT_THE_PERSONS_OWN, Row, not_the_persons_own};

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use shared::event::{Event, preference_event};
use shared::ids::{CampaignId, OrganizationId};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::shard::Shards;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use super::dynamo::{
    Change, Consistency, Item, Range, SortKey, Written, back_off, item, parse, text,
};
use super::outbox::new_event_id;
use super::{Result, Table, TableError, keys};
use row::{confirmation, replaces};

/// The result of registering a person's preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    Done,
    /// The person had opted out before, and the evidence of that is kept.
    Confirmed,
    /// The register holds a preference from this later time.
    Older {
        than: Timestamp,
    },
}

pub(super) const KIND: &str = "an unsubscribe";
const MAX_RACES: usize = 5;

impl Table {
    /// Writes a person's preference unless the register holds a newer one. It is stored by line, so
    /// that it applies to every form of the phone.
    pub async fn register(&self, preference: &Preference, shards: Shards) -> Result<Registered> {
        let organization = preference.organization_id;
        let place = self.place_of_preference(organization, &preference.phone, shards).await?;
        let event = || preference_event(preference, new_event_id()).into_iter().collect();
        let events = self.wanted(organization, event).await?;
        self.register_at(&place, preference, &events).await
    }

    pub(super) async fn register_at(
        &self,
        place: &Place,
        preference: &Preference,
        events: &[Event],
    ) -> Result<Registered> {
        let key = &place.key;
        let row = item(KIND, key, place.row(Row::of(preference)))?;
        let evidence = preference.evidence.clone().filter(|_| place.keeps_evidence());
        let preference = &Preference { evidence, ..preference.clone() };
        let (condition, values) = replaces(preference);
        let mut waits = back_off::waits(back_off::Patience::Short);
        for _ in 0..MAX_RACES {
            let put = (key, row.clone());
            let put = self.put_announced(put, &condition, values.clone(), events);
            let known = match put.await {
                Ok(Written::Done) => return Ok(Registered::Done),
                Ok(Written::Refused(known)) => known,
                // A lift is being written. The person's preference must not be lost to it.
                Err(error @ TableError::Throttled { .. }) => {
                    tokio::time::sleep(waits.next().ok_or(error)?).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let known = known.unwrap_or_default();
            if preference.subscribed || !known.contains_key("optedOut") {
                let than = parse::<Row>(KIND, known)?.changed_at;
                return Ok(Registered::Older { than });
            }
            match self.change(key, confirmation(preference, &parse(KIND, known)?)?).await? {
                Written::Done => return Ok(Registered::Confirmed),
                Written::Refused(Some(item)) if item.contains_key("optedOut") => {
                    return Ok(Registered::Confirmed);
                }
                // A contrary preference was written in between. Try again, since this one may be
                // newer.
                Written::Refused(_) => {}
            }
        }
        Err(TableError::Throttled { operation: "write of an unsubscribe" })
    }

    /// Writes an opt-out that was made just now, and makes it the newest preference: a START that
    /// was timestamped by a clock minutes ahead must not outrank the STOP. If the stored one is
    /// newer, `preference.changed_at` is moved past it. Subscriptions never do this, since they
    /// must not override an opt-out.
    pub async fn opt_out(&self, preference: &mut Preference, shards: Shards) -> Result<Registered> {
        for _ in 0..MAX_RACES {
            match self.register(preference, shards).await? {
                Registered::Older { than } => preference.changed_at = than.plus_millis(1),
                registered @ (Registered::Done | Registered::Confirmed) => return Ok(registered),
            }
        }
        Err(TableError::Throttled { operation: "write of an unsubscribe" })
    }

    /// Records which campaign a new opt-out is a reply to.
    pub async fn attribute(
        &self,
        preference: &Preference,
        campaign: CampaignId,
        shards: Shards,
    ) -> Result<()> {
        let place =
            self.place_of_preference(preference.organization_id, &preference.phone, shards).await?;
        let change = Change {
            update: "SET campaignId = :campaign".to_owned(),
            condition: "optedOutAt = :at".to_owned(),
            ..Change::default()
        }
        .value(":campaign", campaign.to_string())
        .value(":at", preference.changed_at.to_string());
        self.change(&place.key, change).await?;
        Ok(())
    }

    /// A phone's unsubscribe, if it is unsubscribed.
    pub async fn unsubscribe(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Option<Preference>> {
        let newest = self.newest_preference(organization, phone).await?;
        Ok(newest.filter(|preference| !preference.subscribed))
    }

    /// What the register holds of a phone, also if the person has subscribed again.
    pub async fn newest_preference(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Option<Preference>> {
        let newest = self.newest_row(organization, phone).await?;
        Ok(newest.map(|row| row.into_preference(organization.id, phone)))
    }

    /// The newest entry of a phone, under any of its forms or at the hash of an erased person.
    pub(super) async fn newest_row(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Option<Row>> {
        let mut newest: Option<Row> = None;
        for form in phone.forms() {
            let key = keys::unsubscribe(organization.id, &form, organization.shards);
            let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
            newest = newest.into_iter().chain(row).max_by_key(Row::rank);
        }
        // After the entries, which an erasure moves here.
        let erased = self.erased_entry(organization.id, phone, organization.shards).await?;
        let erased = erased.map(|entry| entry.row);
        Ok(newest.into_iter().chain(erased).max_by_key(Row::rank))
    }

    /// Which of `phones`, sorted and all of one shard, are unsubscribed now. Strongly consistent:
    /// returns only after the whole range was read. Phones with two forms are looked up one by one.
    pub async fn unsubscribed_among(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, Shards),
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        let mut found =
            self.unsubscribed_in_register(organization, (shard, shards), phones).await?;
        // An erasure writes the hash and then removes the entry. So a phone whose entry was gone when
        // the register was read has its hash by now, but not the other way round.
        found.extend(self.erased_among(organization, shards, phones).await?);
        Ok(found)
    }

    async fn unsubscribed_in_register(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, Shards),
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        if !phones.iter().any(Phone::has_other_form) {
            return self.unsubscribed_in_range(organization, shard, phones).await;
        }
        let (of_two_forms, others): (Vec<Phone>, Vec<Phone>) =
            phones.iter().cloned().partition(Phone::has_other_form);
        let mut found = self.unsubscribed_in_range(organization, shard, &others).await?;
        let lines = of_two_forms.iter().map(Phone::line).collect();
        let opted_out = self.opted_out_lines(organization, shards, lines).await?;
        found.extend(of_two_forms.into_iter().filter(|phone| opted_out.contains(&phone.line())));
        Ok(found)
    }

    async fn unsubscribed_in_range(
        &self,
        organization: OrganizationId,
        shard: u16,
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        let (Some(first), Some(last)) = (phones.first(), phones.last()) else {
            return Ok(HashSet::new());
        };
        let mut range = Range {
            projection: Some("sk, optedOut".into()),
            ..Range::new(
                keys::audience(organization, shard),
                SortKey::Between(
                    keys::unsubscribe_sort_key(first),
                    keys::unsubscribe_sort_key(last),
                ),
                Consistency::Strong,
            )
        };
        let mut found = HashSet::new();
        loop {
            let page = self.page(&range).await?;
            // Keep only what was asked for, because a register may be far longer than a chunk.
            found.extend(
                page.items
                    .iter()
                    .filter_map(opted_out)
                    .filter(|phone| phones.binary_search(phone).is_ok()),
            );
            range.start = page.next;
            if range.start.is_none() {
                return Ok(found);
            }
        }
    }
}

fn opted_out(item: &Item) -> Option<Phone> {
    if !matches!(item.get("optedOut"), Some(AttributeValue::Bool(true))) {
        return None;
    }
    Phone::from_e164(text(item, "sk")?.strip_prefix(keys::UNSUBSCRIBED)?).ok()
}
