use proptest::prelude::*;

use super::*;
use crate::quotas::{GROWTH_SECONDS, TABLE_UNITS};

proptest! {
    /// This holds for any requests and keys.
    #[test]
    fn no_partition_and_no_table_serves_over_its_limit(
        asks in prop::collection::vec((0_u32..40, 0_u32..32, 1_u32..5_000), 1..200),
    ) {
        let mut table = Table::new(WRITES_AT_BIRTH, TABLE_UNITS);
        let (mut asked, mut served) = (0.0, 0.0);
        for now in 0..40 {
            for (_, shard, units) in asks.iter().filter(|(at, ..)| *at == now) {
                let units = f64::from(*units);
                table.write(hash::of(1, *shard), Kind::Handover, units);
                table.read(hash::of(2, *shard), units * 2.0);
                asked += units;
            }
            let second = table.serve(now);
            prop_assert!(second.hottest <= PARTITION_WRITES + 1e-6);
            prop_assert!(second.handover.iter().all(|units| *units <= PARTITION_WRITES + 1e-6));
            prop_assert!(second.writes <= WRITES_AT_BIRTH + 1e-6);
            prop_assert!(second.reads <= READS_AT_BIRTH + 1e-6);
            served += second.writes;
        }
        // Nothing is lost or served twice.
        prop_assert!((served + table.waiting(Kind::Handover) - asked).abs() < 1e-3);
    }
}

#[test]
fn one_key_has_one_partition_however_large_the_table_is() {
    let mut table = Table::new(TABLE_UNITS, TABLE_UNITS);
    assert_eq!(table.partitions(), 64);
    table.write(hash::of(7, 3), Kind::Receipts, 10_000.0);
    let served = table.serve(0);
    assert!((served.writes - 1_000.0).abs() < 1e-6);
    assert!((served.throttled - 9_000.0).abs() < 1e-6);
    assert!(!served.is_full);
}

#[test]
fn a_table_that_is_asked_too_much_grows_and_splits() {
    let mut table = Table::new(WRITES_AT_BIRTH, TABLE_UNITS);
    assert_eq!(table.partitions(), 4);
    let mut first = Served::default();
    for now in 0..GROWTH_SECONDS {
        for shard in 0..256 {
            table.write(hash::of(0, shard), Kind::Upkeep, 100.0);
        }
        let served = table.serve(now);
        if now == 0 {
            first = served;
        }
    }
    assert!(first.writes <= 4_000.0 && first.throttled > 21_000.0, "{first:?}");
    assert!(table.capacity() > 7_000.0, "{}", table.capacity());
    assert_eq!(table.partitions(), 8);
}

#[test]
fn a_split_partition_loses_nothing_that_waits() {
    let mut partition = Partition { waiting: [3.0, 4.0, 5.0], ..Partition::default() };
    partition.asked = [1.0, 1.0, 1.0];
    assert!((partition.half().wanted() * 2.0 - partition.wanted()).abs() < f64::EPSILON);
}
