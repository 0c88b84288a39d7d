//! The choice of a shard.

use uuid::Uuid;

/// A stable choice of one shard of `shards` by the bits of a hash or of a random id.
pub(crate) fn shard_of(uuid: Uuid, shards: u16) -> u16 {
    // The last eight bytes are hash or randomness in each version that is used here; the first
    // ones of a version 7 are time, which would send all new contacts to one shard.
    let bits = uuid.as_u128() & u128::from(u64::MAX >> 2);
    u16::try_from(bits % u128::from(shards.max(1))).unwrap_or_default()
}
