//! Capacity units, as DynamoDB counts them.

use std::ops::AddAssign;

use super::item::Item;

#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Units {
    pub write: f64,
    pub read: f64,
}

impl AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        self.write += other.write;
        self.read += other.read;
    }
}

/// A transaction writes each item twice.
pub(super) const TRANSACTION: f64 = 2.0;

fn whole(bytes: usize, unit: usize) -> f64 {
    f64::from(u32::try_from(bytes.div_ceil(unit).max(1)).unwrap_or(u32::MAX))
}

/// The units for reading `bytes` bytes: 4 KB per unit, or 8 KB if the read is eventually
/// consistent.
pub(super) fn read(bytes: usize, is_consistent: bool) -> f64 {
    whole(bytes, 4_096) * if is_consistent { 1.0 } else { 0.5 }
}

/// The units for writing an item, or failing to: 1 KB per unit, of the larger of the old and new
/// item.
pub(super) fn write(before: Option<&Item>, after: Option<&Item>) -> f64 {
    let size = |item: Option<&Item>| item.map_or(0, Item::size);
    write_of(size(before).max(size(after)))
}

pub(super) fn write_of(bytes: usize) -> f64 {
    whole(bytes, 1_024)
}

/// The additional units for the index: one write if an item is added to it or changes there, two if
/// its key changes.
pub(super) fn index(before: Option<&Item>, after: Option<&Item>) -> f64 {
    let key =
        |item: &Item| Some((item.text("gsi1pk")?.to_owned(), item.text("gsi1sk")?.to_owned()));
    let units = |item: Option<&Item>| item.map_or(0.0, |item| whole(item.size(), 1_024));
    let (old, new) = (before.filter(|i| key(i).is_some()), after.filter(|i| key(i).is_some()));
    match (old, new) {
        (Some(one), Some(other)) if one == other => 0.0,
        (Some(one), Some(other)) if key(one) == key(other) => units(old).max(units(new)),
        _ => units(old) + units(new),
    }
}
