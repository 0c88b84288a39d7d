//! Contacts whose phone has two forms.
//!
//! They are stored by line, so that all contacts of a line are next to each other in one shard.
//! Contacts that were stored before lines existed remain under the form that they were written in,
//! until they change.

use std::collections::HashMap;

use futures::stream::{self, StreamExt, TryStreamExt};
use shared::audience::Former;
use shared::contact::Contact;
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::phone::{Line, Phone};

use super::super::dynamo::{Consistency, Key, Range, SortKey, parse};
use super::super::keys;
use super::super::{Result, Table, TableError};
use super::wanted::{Read, Wanted};
use super::{ContactSaved, KIND, Pointer, Row, is_tombstone};

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
                for item in page.items.into_iter().filter(|item| !is_tombstone(item)) {
                    contacts.push(parse::<Row>(KIND, item)?.into_contact(organization.id));
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

    /// The contacts that were stored under the other form of each of these lines, if any were.
    pub(in super::super) async fn former(
        &self,
        organization: OrganizationId,
        shards: u16,
        lines: &[Phone],
        wanted: &Wanted,
    ) -> Result<HashMap<Phone, Vec<Former>>> {
        let mut pairs: Vec<(Phone, Phone)> = Vec::new();
        for line in lines {
            let others = line.forms().into_iter().filter(|form| form != line);
            pairs.extend(others.map(|other| (line.clone(), other)));
        }
        let found = stream::iter(pairs).map(async |(line, other): (Phone, Phone)| {
            let range = Range {
                projection: Some(wanted.projection()),
                ..Range::new(
                    keys::audience(organization, other.shard(shards)),
                    SortKey::Prefix(format!("{}{other}#", keys::CONTACT)),
                    Consistency::Strong,
                )
            };
            let items = self.all(range).await?.into_iter();
            let former = items.map(|item| {
                let Read { status, presence, person, .. } = wanted.read(organization, item)?;
                Ok(Former { status, presence, person })
            });
            Ok::<_, TableError>((line, former.collect::<Result<Vec<Former>>>()?))
        });
        let found: Vec<(Phone, Vec<Former>)> =
            found.buffer_unordered(FORMER_AT_ONCE).try_collect().await?;
        Ok(found.into_iter().filter(|(_, former)| !former.is_empty()).collect())
    }
}
