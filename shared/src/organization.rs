//! Organizations: the tenants, each with a separate sender.

mod settings;

pub use settings::{Authority, Denied, SenderChange, change_sender};

use std::collections::BTreeSet;

use crate::actor::Actor;
use crate::ids::OrganizationId;
use crate::keyword::Keywords;
use crate::phone::{Phone, Region};
use crate::price::PriceList;
use crate::reconciliation::ListName;
use crate::sender::Sender;
use crate::shard::Shards;
use crate::time::Timestamp;
use crate::zone::Zone;

/// The number of shards of a new organization's audience. A partition of the table accepts 1,000
/// writes per second, so this limits how fast an audience can be written.
pub const SHARDS: Shards = Shards::new(32);

/// The maximum length of the name of an organization, a campaign or a key, in characters.
pub const NAME_LONGEST: usize = 200;
/// The maximum number of phones that the deployment may assign to an organization.
pub const MAX_SENDER_PHONES: usize = 20;
/// The highest daily limit of test messages that can be set.
pub const MAX_TESTS_PER_DAY: u32 = 100_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub sender: Sender,
    /// The phones that the deployment assigned, which may or may not include the sender's own.
    pub assigned_phones: BTreeSet<Phone>,
    /// The highest rate that the organization's own admins may set, decided by the deployment.
    pub max_parts_per_second: u32,
    pub default_region: Region,
    /// In which a day of a segment's filter begins and ends.
    pub time_zone: Zone,
    pub prices: Option<PriceList>,
    /// Keywords for opting out and in, besides the usual ones.
    pub keywords: Keywords,
    /// The provider's opt-out list that the deployment chose for reconciliations. `None` means the
    /// provider's default.
    // Not in the provider's settings, which every campaign keeps and an earlier release must be able to
    // read.
    pub opt_out_list: Option<ListName>,
    /// The daily limit of test messages. `None` means the deployment's default.
    pub tests_per_day: Option<u32>,
    /// Fixed when the organization is created, because it decides where contacts are stored.
    pub shards: Shards,
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
            opt_out_list: None,
            tests_per_day: None,
            shards: SHARDS,
            changed_by: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The phones that the organization may send from, including its sender's.
    #[must_use]
    pub fn sender_phones(&self) -> BTreeSet<Phone> {
        self.assigned_phones.iter().chain([&self.sender.phone]).cloned().collect()
    }

    /// Every address that a reply to the organization may name: its phones, and those in its
    /// provider's settings.
    #[must_use]
    pub fn addresses(&self) -> BTreeSet<String> {
        let assigned = self.assigned_phones.iter().map(Phone::to_string);
        assigned.chain(self.sender.addresses()).collect()
    }
}
