//! The shards that audiences and messages are spread over.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Over how many shards an organization's audience and its campaigns' messages are spread: at least
/// one. If it changed, what is stored would no longer be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub struct Shards(u16);

impl Shards {
    /// `count` shards, or one if it is zero.
    #[must_use]
    pub const fn new(count: u16) -> Self {
        Self(if count == 0 { 1 } else { count })
    }

    /// How many they are.
    #[must_use]
    pub const fn count(self) -> u16 {
        self.0
    }

    /// Their numbers.
    #[must_use]
    pub const fn all(self) -> Range<u16> {
        0..self.0
    }

    /// The shard of a hash or a random id. The choice never changes.
    pub(crate) fn of(self, uuid: Uuid) -> u16 {
        // The last eight bytes are a hash or random in each version that is used here. The first
        // bytes of version 7 are a time, which would put all new contacts into one shard.
        let bits = uuid.as_u128() & u128::from(u64::MAX >> 2);
        u16::try_from(bits % u128::from(self.0)).unwrap_or_default()
    }
}

impl From<u16> for Shards {
    fn from(count: u16) -> Self {
        Self::new(count)
    }
}

impl From<Shards> for u16 {
    fn from(shards: Shards) -> Self {
        shards.0
    }
}
