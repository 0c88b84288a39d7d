//! Contacts: the people of an organization's audience.

mod attribute;
mod presence;
mod profile;

pub use attribute::Attribute;
pub use presence::{Presence, moment_of_move, moment_of_send};
pub use profile::{
    InvalidProfile, MAX_ATTRIBUTE_BYTES, MAX_ATTRIBUTES, MAX_EXTERNAL_ID, MAX_PROFILE_BYTES,
    MAX_TAG_BYTES, MAX_TAGS, Profile, check_tags,
};

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::ids::{ContactId, OrganizationId};
use crate::import::Imported;
use crate::phone::Phone;
use crate::shard::Shards;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    pub organization_id: OrganizationId,
    pub profile: Profile,
    /// Present if an import created it.
    pub imported: Option<Imported>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Whether campaigns may text a contact. An inactive contact is kept and counted, but skipped.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray,
)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    #[default]
    Active,
    Inactive,
}

impl Status {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    #[must_use]
    pub fn is_active(&self) -> bool {
        match self {
            Self::Active => true,
            Self::Inactive => false,
        }
    }
}

/// The audience shard, out of `shards`, of a contact: its phone's, or its ID's without one.
#[must_use]
pub fn shard(id: ContactId, phone: Option<&Phone>, shards: Shards) -> u16 {
    phone.map_or_else(|| shards.of(id.0), |phone| phone.shard(shards))
}
