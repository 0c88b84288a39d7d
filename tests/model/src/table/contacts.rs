//! Like `infra::table::contacts`: a contact is stored with its phone, and leaves a tombstone when
//! it moves.

use std::collections::BTreeSet;
use std::rc::Rc;

use shared::audience::Entry;
use shared::contact::{Presence, Status, moment_of_move, shard};
use shared::ids::ContactId;
use shared::phone::Phone;
use shared::time::Timestamp;
use uuid::Uuid;

use super::{Rules, Table};
use crate::kept::Kept;

/// A contact, or the tombstone of one that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub id: ContactId,
    pub phone: Option<Phone>,
    pub presence: Presence,
    /// When the contact was written; `None` for a tombstone.
    pub updated_at: Option<Timestamp>,
}

/// A contact as it is read by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: ContactId,
    pub phone: Option<Phone>,
    pub updated_at: Timestamp,
}

/// A page of an audience shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub entries: Vec<(Entry, bool)>,
    pub next: Option<String>,
}

const CONTACT: &str = "CONTACT#";
/// Contacts from this number on only fill chunks: they don't end a page.
pub const FILLING: u128 = 1_000;

#[must_use]
pub fn contact_id(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(number))
}

impl Table {
    fn place(&self, id: ContactId, phone: Option<&Phone>) -> (u16, String) {
        let key = phone.map_or("-", Phone::as_str);
        (shard(id, phone, self.organization.shards.into()), format!("{CONTACT}{key}#{id}"))
    }

    pub fn add_contact(&mut self, number: u128, phone: Option<&Phone>, now: Timestamp) {
        let (id, presence) = (contact_id(number), Presence::default());
        let place = self.place(id, phone);
        let trace = Trace { id, phone: phone.cloned(), presence, updated_at: Some(now) };
        Rc::make_mut(&mut self.contacts).insert(place, Kept::new(trace));
    }

    /// The current contacts, without tombstones.
    pub fn people(&self) -> impl Iterator<Item = &Trace> {
        self.contacts.values().map(|trace| &**trace).filter(|trace| trace.updated_at.is_some())
    }

    #[must_use]
    pub fn person(&self, id: ContactId) -> Option<Person> {
        let trace = self.people().find(|trace| trace.id == id)?;
        Some(Person { id, phone: trace.phone.clone(), updated_at: trace.updated_at? })
    }

    #[must_use]
    pub fn presence(&self, id: ContactId, phone: Option<&Phone>) -> Presence {
        let trace = self.contacts.get(&self.place(id, phone));
        trace.map(|trace| trace.presence.clone()).unwrap_or_default()
    }

    /// Moves a contact. Returns `false` if the contact changed in between, or a campaign was sent.
    pub fn move_contact(
        &mut self,
        (before, to): (&Person, &Phone),
        (here, there): (Presence, Presence),
        last: Option<Timestamp>,
        now: Timestamp,
        rules: Rules,
    ) -> bool {
        let (from, to_place) =
            (self.place(before.id, before.phone.as_ref()), self.place(before.id, Some(to)));
        let is_ordered = self.last_send == last || rules == Rules::MovesUnordered;
        let seen = self.contacts.get(&from).and_then(|trace| trace.updated_at);
        let is_free = self.contacts.get(&to_place).is_none_or(|trace| trace.updated_at.is_none());
        if !is_ordered || seen != Some(before.updated_at) || !is_free {
            return false;
        }
        let moment = if rules == Rules::MovesUnordered { now } else { moment_of_move(last) };
        let (id, phone) = (before.id, before.phone.clone());
        let tombstone = Trace { id, phone, presence: here.leave(moment), updated_at: None };
        let (phone, presence) = (Some(to.clone()), there.arrive(moment));
        let arrived = Trace { id, phone, presence, updated_at: Some(now) };
        let contacts = Rc::make_mut(&mut self.contacts);
        contacts.insert(from, Kept::new(tombstone));
        contacts.insert(to_place, Kept::new(arrived));
        true
    }

    #[must_use]
    pub fn audience_page(&self, shard: u16, from: Option<&str>, rules: Rules) -> Page {
        let from = from.map_or(CONTACT.to_owned(), |bound| format!("{bound}!"));
        let mut page = Page { entries: Vec::new(), next: None };
        let mut rest = self.contacts.range((shard, from)..=(shard, format!("{CONTACT}~")));
        while let Some(((_, sk), trace)) = rest.next() {
            let phone = trace.phone.clone();
            let bound = match &phone {
                Some(phone) => format!("{CONTACT}{phone}$"),
                None => sk.clone(),
            };
            let presence = if rules != Rules::PresenceIgnored {
                trace.presence.clone()
            } else if trace.updated_at.is_some() {
                Presence::default()
            } else {
                continue;
            };
            let is_out = phone.as_ref().is_some_and(|phone| self.unsubscribed.contains(phone));
            let entry = Entry {
                bound,
                contact: trace.id,
                phone,
                dialed: None,
                status: Status::Active,
                presence,
                counts_elsewhere: false,
                person: None,
            };
            page.entries.push((entry, is_out));
            if trace.id.0.as_u128() < FILLING {
                page.next = rest.next().map(|_| sk.clone());
                break;
            }
        }
        page
    }

    #[must_use]
    pub fn unsubscribed_among(&self, phones: &[Phone], rules: Rules) -> BTreeSet<Phone> {
        let is_out =
            |phone: &&Phone| rules != Rules::NoRecheck && self.unsubscribed.contains(*phone);
        phones.iter().filter(is_out).cloned().collect()
    }
}
