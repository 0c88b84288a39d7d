//! Maps keys to partitions. DynamoDB's hash is not public, so any good one takes its place.

/// Mixes a key's number into 64 evenly distributed bits (the finalizer of splitmix64).
#[must_use]
pub fn of(tenant: u32, shard: u32) -> u64 {
    let mut bits = (u64::from(tenant) << 32 | u64::from(shard)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The partition with the hash in its range, among a power of two of them.
#[must_use]
pub fn partition(hash: u64, partitions: usize) -> usize {
    let bits = partitions.trailing_zeros();
    let place = if bits == 0 { 0 } else { hash >> (64 - bits) };
    usize::try_from(place).unwrap_or_default()
}

/// A campaign with median luck: of a thousand draws, its keys put the median load on the hottest
/// partition of a new table, of a warm one, and of a larger one with 128 shards.
pub const MEDIAN: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn on_the_hottest(key: u32, shards: u32, partitions: usize) -> usize {
        let mut keys = vec![0; partitions];
        (0..shards).for_each(|shard| keys[partition(of(key, shard), partitions)] += 1);
        keys.into_iter().max().unwrap_or_default()
    }

    #[test]
    fn the_median_campaign_is_the_median() {
        for (shards, partitions, expected) in [(32, 4, 11), (32, 64, 3), (128, 128, 4)] {
            let mut draws: Vec<usize> =
                (0..1_000).map(|key| on_the_hottest(key, shards, partitions)).collect();
            draws.sort_unstable();
            assert_eq!(draws[500], expected, "{shards} on {partitions}");
            assert_eq!(on_the_hottest(MEDIAN, shards, partitions), expected);
        }
    }

    #[test]
    fn a_split_partition_is_cut_in_two() {
        for shard in 0..1_000 {
            let hash = of(1, shard);
            assert_eq!(partition(hash, 8) / 2, partition(hash, 4));
            assert_eq!(partition(hash, 1), 0);
        }
    }
}
