//! Contacts whose phone has two forms.
//!
//! They are stored by line, so that all contacts of a line are next to each other in one shard.
//! Contacts that were stored before lines existed remain under the form that they were written in,
//! until they change.

use std::collections::HashMap;

use futures::stream::{self, StreamExt, TryStreamExt};
use shared::audience::{Entry, Judge};
use shared::contact::Contact;
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::phone::{Line, Phone};
use shared::shard::Shards;

use super::super::audience::entry;
use super::super::dynamo::{Consistency, Key, Range, SortKey};
use super::super::keys;
use super::super::{Result, Table, TableError};
use super::list::live;
use super::wanted::Wanted;
use super::{ContactSaved, KIND, Pointer};

/// The number of phones with two forms that are looked up concurrently.
const FORMER_AT_ONCE: usize = 16;

/// A contact's key, unless [`Table::place_of`] finds it under its phone's other form.
pub(super) fn place(organization: &Organization, contact: &Contact) -> Key {
    let line = contact.profile.phone.as_ref().map(Phone::line);
    let phone = line.as_ref().map(Line::as_phone);
    keys::contact(organization.id, contact.id, phone, organization.shards)
}

pub(super) fn is_other_form(phone: &Phone) -> bool {
    phone.line().as_phone() != phone
}

impl Table {
    /// An existing contact's key.
    pub(super) async fn place_of(
        &self,
        organization: &Organization,
        contact: &Contact,
    ) -> Result<Key> {
        if !contact.profile.phone.as_ref().is_some_and(is_other_form) {
            return Ok(place(organization, contact));
        }
        let pointer = keys::contact_pointer(organization.id, contact.id);
        let pointer: Option<Pointer> = self.get(KIND, &pointer, Consistency::Strong).await?;
        Ok(match pointer.and_then(|pointer| pointer.phone) {
            Some(phone) => {
                keys::contact(organization.id, contact.id, Some(&phone), organization.shards)
            }
            None => place(organization, contact),
        })
    }

    /// Up to `limit` contacts of a line, under whichever form of it they are stored.
    pub async fn contacts_of_line(
        &self,
        organization: &Organization,
        line: &Line,
        limit: usize,
    ) -> Result<Vec<Contact>> {
        let mut contacts = Vec::new();
        for form in line.as_phone().forms() {
            let mut range = Range::new(
                keys::audience(organization.id, form.shard(organization.shards)),
                SortKey::Prefix(format!("{}{form}#", keys::CONTACT)),
                Consistency::Strong,
            );
            while contacts.len() < limit {
                let page = self.page(&range).await?;
                for item in page.items {
                    contacts.extend(live(organization, item)?);
                }
                range.start = page.next;
                if range.start.is_none() {
                    break;
                }
            }
        }
        contacts.truncate(limit);
        Ok(contacts)
    }

    /// Moves a contact to its line's key if it is stored under another form. Only then may it be
    /// deleted: the two shards are cut at different times, and the tombstone is valid for both.
    /// Returns `None` if the contact changed in between.
    pub(super) async fn at_its_line(
        &self,
        organization: &Organization,
        contact: &Contact,
    ) -> Result<Option<Contact>> {
        if self.place_of(organization, contact).await? == place(organization, contact) {
            return Ok(Some(contact.clone()));
        }
        let updated_at = contact.updated_at.plus_millis(1);
        let moved = Contact { updated_at, ..contact.clone() };
        let saved = self.save_contact(organization, contact, &moved).await?;
        Ok((saved == ContactSaved::Done).then_some(moved))
    }

    /// A page's entries, so that each line is counted in one shard (see [`shared::audience`]): those of
    /// lines that the other form's shard counts are marked, and if this is that shard, the contacts of
    /// the line follow the first one of theirs that is stored here. The page was read from sort key
    /// `from` on.
    pub(in super::super) async fn by_line(
        &self,
        organization: OrganizationId,
        shards: Shards,
        from: &str,
        (entries, judge, wanted): (Vec<Entry>, &Judge, &Wanted),
    ) -> Result<Vec<Entry>> {
        let mut phones: Vec<Phone> = entries.iter().filter_map(|it| it.phone.clone()).collect();
        phones.dedup();
        phones.retain(Phone::has_other_form);
        if phones.is_empty() {
            return Ok(entries);
        }
        let of_forms = stream::iter(phones).map(async |phone: Phone| {
            let others = phone.forms().into_iter().filter(is_other_form);
            let was_here = async |form: Phone| {
                let entries = self.entries_of(organization, shards, &form, wanted).await?;
                Ok::<_, TableError>(entries.iter().any(|it| it.presence.holds_at(judge.sent_at)))
            };
            let mut is_former = false;
            for form in others {
                is_former |= was_here(form).await?;
            }
            // A group that an earlier page began has them already.
            let is_begun = from.starts_with(&format!("{}{phone}#", keys::CONTACT));
            let line = phone.line().into_phone();
            let of_line = if is_former && line != phone && !is_begun {
                self.entries_of(organization, shards, &line, wanted).await?
            } else {
                Vec::new()
            };
            Ok::<_, TableError>((phone, (is_former, of_line)))
        });
        let of_forms: Vec<(Phone, (bool, Vec<Entry>))> =
            of_forms.buffer_unordered(FORMER_AT_ONCE).try_collect().await?;
        let mut of_forms: HashMap<Phone, (bool, Vec<Entry>)> = of_forms.into_iter().collect();
        let mut counted = Vec::with_capacity(entries.len());
        for mut entry in entries {
            let of_form = entry.phone.as_ref().and_then(|phone| of_forms.get_mut(phone));
            let (Some(phone), Some((is_former, of_line))) = (entry.phone.clone(), of_form) else {
                counted.push(entry);
                continue;
            };
            entry.counts_elsewhere = *is_former && !is_other_form(&phone);
            let bound = entry.bound.clone();
            counted.push(entry);
            let of_line = std::mem::take(of_line).into_iter();
            counted.extend(of_line.map(|other| other.counted_under(&phone, &bound)));
        }
        Ok(counted)
    }

    /// All entries that are stored under a form of a phone.
    async fn entries_of(
        &self,
        organization: OrganizationId,
        shards: Shards,
        form: &Phone,
        wanted: &Wanted,
    ) -> Result<Vec<Entry>> {
        let range = Range {
            projection: Some(wanted.projection()),
            ..Range::new(
                keys::audience(organization, form.shard(shards)),
                SortKey::Prefix(format!("{}{form}#", keys::CONTACT)),
                Consistency::Strong,
            )
        };
        let items = self.all(range).await?.into_iter();
        items.map(|item| entry(wanted.read(organization, item)?)).collect()
    }
}
