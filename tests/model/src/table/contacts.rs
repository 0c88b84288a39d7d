//! Like `infra::table::contacts`: a contact is stored with its phone, and leaves a tombstone when
//! it moves.

use std::collections::BTreeSet;
use std::rc::Rc;

use shared::audience::Entry;
use shared::contact::{Contact, Presence, Status, moment_of_move, shard};
use shared::ids::ContactId;
use shared::phone::Phone;
use shared::time::Timestamp;
use uuid::Uuid;

use super::{Rules, Table};
use crate::kept::Kept;
use crate::protocol::{self, Traits};

/// A contact, or the tombstone of one that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub id: ContactId,
    pub phone: Option<Phone>,
    pub presence: Presence,
    /// When the contact was written; `None` for a tombstone.
    pub updated_at: Option<Timestamp>,
    /// A tombstone keeps those that the contact had.
    pub traits: Traits,
}

impl Trace {
    #[must_use]
    pub fn contact(&self) -> Contact {
        protocol::contact(self.id, self.phone.as_ref(), self.traits)
    }
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
        self.add(number, phone, Traits::default(), now);
    }

    pub fn add(&mut self, number: u128, phone: Option<&Phone>, traits: Traits, now: Timestamp) {
        let (id, presence) = (contact_id(number), Presence::default());
        let place = self.place(id, phone);
        let phone = phone.cloned();
        let trace = Trace { id, phone, presence, updated_at: Some(now), traits };
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

    /// The text that the contact with a phone would get now.
    #[must_use]
    pub fn text_now(&self, phone: &Phone) -> Option<String> {
        let trace = self.people().find(|trace| trace.phone.as_ref() == Some(phone))?;
        protocol::text_now(self.campaign.as_deref()?, &trace.contact())
    }

    #[must_use]
    pub fn presence(&self, id: ContactId, phone: Option<&Phone>) -> Presence {
        let trace = self.contacts.get(&self.place(id, phone));
        trace.map(|trace| trace.presence.clone()).unwrap_or_default()
    }

    /// Changes what a contact's target and text depend on. Returns its phone.
    pub fn edit(&mut self, id: ContactId, traits: Traits, now: Timestamp) -> Option<Phone> {
        let phone = self.person(id)?.phone;
        let place = self.place(id, phone.as_ref());
        let trace = Rc::make_mut(&mut self.contacts).get_mut(&place)?;
        *trace = Kept::new(Trace { traits, updated_at: Some(now), ..(**trace).clone() });
        phone
    }

    /// Removes a contact. Returns its phone.
    pub fn delete(&mut self, id: ContactId) -> Option<Phone> {
        let phone = self.person(id)?.phone;
        let place = self.place(id, phone.as_ref());
        Rc::make_mut(&mut self.contacts).remove(&place);
        phone
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
        let traits = self.contacts.get(&from).map(|trace| trace.traits).unwrap_or_default();
        let tombstone = Trace { id, phone, presence: here.leave(moment), updated_at: None, traits };
        let (phone, presence) = (Some(to.clone()), there.arrive(moment));
        let arrived = Trace { id, phone, presence, updated_at: Some(now), traits };
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
            // A campaign for everyone reads no fields.
            let person = self.organization.target.map(|_| Box::new(trace.contact()));
            let entry = Entry {
                bound,
                contact: trace.id,
                phone,
                dialed: None,
                status: Status::Active,
                presence,
                counts_elsewhere: false,
                is_named: true,
                person,
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
