//! Picks a shard.

use uuid::Uuid;

/// Picks one of `shards` shards by the bits of a hash or a random id. The choice never changes.
pub(crate) fn shard_of(uuid: Uuid, shards: u16) -> u16 {
    // The last eight bytes are a hash or random in each version that is used here. The first bytes
    // of version 7 are a time, which would put all new contacts into one shard.
    let bits = uuid.as_u128() & u128::from(u64::MAX >> 2);
    u16::try_from(bits % u128::from(shards.max(1))).unwrap_or_default()
}
