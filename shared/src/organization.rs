//! Organisations: the tenants, each with a sender of its own.

use crate::ids::OrganizationId;
use crate::keyword::Keywords;
use crate::phone::Region;
use crate::price::PriceList;
use crate::sender::Sender;
use crate::time::Timestamp;

/// How many shards a new organisation's audience is spread over. A partition of the table takes
/// 1,000 writes a second, so this bounds how fast one audience can be written.
pub const SHARDS: u16 = 32;

/// The longest name of an organisation, a campaign or a key.
pub const NAME_LONGEST: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub sender: Sender,
    pub default_region: Region,
    pub prices: Option<PriceList>,
    /// Words for opting out and in besides the usual ones.
    pub keywords: Keywords,
    /// Fixed when the organisation is made: it decides where its contacts lie.
    pub shards: u16,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
