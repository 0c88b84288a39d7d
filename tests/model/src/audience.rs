//! Who was in the audience when the campaign was sent.

use std::collections::BTreeSet;

use shared::phone::Phone;
use shared::time::Timestamp;

use crate::protocol;
use crate::table::Trace;
use crate::world::World;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    pub contacts: u64,
    pub phones: BTreeSet<Phone>,
    /// Those of the contacts in the target.
    pub wanted: BTreeSet<Phone>,
}

impl World {
    /// Notes that a contact with this phone may be in the target or not, because it changed since the
    /// campaign was sent.
    pub fn touch(&mut self, phone: Option<Phone>) {
        if self.audience.is_some() {
            self.touched.extend(phone);
        }
    }

    #[must_use]
    pub fn audience_now(&self, sent_at: Timestamp) -> Audience {
        let mut audience = Audience::default();
        let target = self.table.target.as_deref();
        let is_wanted = |trace: &Trace| {
            target.is_none_or(|target| protocol::is_in(target, &trace.contact(), sent_at))
        };
        for person in self.table.people() {
            audience.contacts += 1;
            audience.phones.extend(person.phone.clone());
            audience.wanted.extend(person.phone.clone().filter(|_| is_wanted(person)));
        }
        audience
    }
}
