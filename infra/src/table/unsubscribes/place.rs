//! Where the register holds a phone's preference: at its line or, once the person was erased, at the
//! hash of it.

use shared::ids::OrganizationId;
use shared::phone::Phone;
use shared::shard::Shards;

use super::super::dynamo::Key;
use super::super::{Result, Table, keys};
use super::Row;

/// The only place where what is said about a phone is compared and written.
pub(in crate::table) struct Place {
    pub(in crate::table) key: Key,
    is_erased: bool,
}

impl Place {
    pub(super) fn of_line(organization: OrganizationId, line: &Phone, shards: Shards) -> Self {
        Self { key: keys::unsubscribe(organization, line, shards), is_erased: false }
    }

    /// The place of an erased person.
    pub(in crate::table) fn of_erased(key: Key) -> Self {
        Self { key, is_erased: true }
    }

    /// What may be stored here of a row.
    pub(in crate::table) fn row(&self, row: Row) -> Row {
        if self.is_erased { row.erased() } else { row }
    }

    pub(super) fn keeps_evidence(&self) -> bool {
        !self.is_erased
    }
}

impl Table {
    /// The place of a phone's preference. First copies what was registered under another form.
    pub(in crate::table) async fn place_of_preference(
        &self,
        organization: OrganizationId,
        phone: &Phone,
        shards: Shards,
    ) -> Result<Place> {
        if let Some(entry) = self.erased_entry(organization, phone, shards).await? {
            return Ok(Place::of_erased(entry.key));
        }
        let line = self.settled_line(organization, phone, shards).await?;
        Ok(Place::of_line(organization, &line, shards))
    }
}
