//! The outcomes of the endpoints of a dump.

use std::collections::BTreeMap;

use serde::Serialize;

use super::endpoint::Channel;

/// `read` is the sum of `made`, `merged`, `skipped`, `without_address` and `rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    pub read: u64,
    /// Contacts, one for each phone.
    pub made: u64,
    /// Endpoints whose phone has a contact already.
    pub merged: u64,
    /// Endpoints of other channels, by channel.
    pub skipped: BTreeMap<&'static str, u64>,
    pub without_address: u64,
    /// Endpoints whose address is not a phone, or that a contact has no room for.
    pub rejected: u64,
    /// Endpoints that opt a phone out.
    pub opt_outs: u64,
    /// The phones that they opt out.
    pub opted_out_people: u64,
}

impl Balance {
    pub(super) fn skip(&mut self, channel: Channel) {
        *self.skipped.entry(channel.name()).or_default() += 1;
    }

    /// The endpoints of other channels.
    #[must_use]
    pub fn skipped_count(&self) -> u64 {
        self.skipped.values().sum()
    }
}
