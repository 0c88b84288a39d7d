//! Organizations: the tenants, each with a sender of its own.

mod settings;

pub use settings::{Authority, Denied, SenderChange, change_sender};

use std::collections::BTreeSet;

use crate::actor::Actor;
use crate::ids::OrganizationId;
use crate::keyword::Keywords;
use crate::phone::{Phone, Region};
use crate::price::PriceList;
use crate::sender::Sender;
use crate::time::Timestamp;
use crate::zone::Zone;

/// How many shards a new organisation's audience is spread over. A partition of the table takes
/// 1,000 writes a second, so this bounds how fast one audience can be written.
pub const SHARDS: u16 = 32;

/// The longest name of an organisation, a campaign or a key.
pub const NAME_LONGEST: usize = 200;
/// How many numbers the deployment may assign to one organization.
pub const MAX_SENDER_PHONES: usize = 20;
/// The highest daily limit of test messages that can be set.
pub const MAX_TESTS_PER_DAY: u32 = 100_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub sender: Sender,
    /// The numbers that the deployment assigned, which may or may not include the sender's own.
    pub assigned_phones: BTreeSet<Phone>,
    /// The highest rate that the organization's own admins may set, as the deployment said.
    pub max_parts_per_second: u32,
    pub default_region: Region,
    /// In which a day of a segment's filter begins and ends.
    pub time_zone: Zone,
    pub prices: Option<PriceList>,
    /// Words for opting out and in besides the usual ones.
    pub keywords: Keywords,
    /// How many test messages may be sent a day; the deployment's default if there is none.
    pub tests_per_day: Option<u32>,
    /// Fixed when the organisation is made: it decides where its contacts lie.
    pub shards: u16,
    /// Who made the last change, if it was recorded.
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Organization {
    /// An organization with nothing set but its sender.
    #[must_use]
    pub fn new(id: OrganizationId, name: String, sender: Sender, now: Timestamp) -> Self {
        Self {
            id,
            name,
            max_parts_per_second: sender.parts_per_second,
            sender,
            assigned_phones: BTreeSet::new(),
            default_region: Region::default(),
            time_zone: Zone::default(),
            prices: None,
            keywords: Keywords::default(),
            tests_per_day: None,
            shards: SHARDS,
            changed_by: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The numbers that the organization may send from. The sender's own is one of them.
    #[must_use]
    pub fn sender_phones(&self) -> BTreeSet<Phone> {
        self.assigned_phones.iter().chain([&self.sender.phone]).cloned().collect()
    }

    /// Every address that an answer to the organization may name: its numbers, and those that its
    /// provider's settings add.
    #[must_use]
    pub fn addresses(&self) -> BTreeSet<String> {
        let assigned = self.assigned_phones.iter().map(Phone::to_string);
        assigned.chain(self.sender.addresses()).collect()
    }
}
