//! Which phones contacts have, as far as one run of an import knows it.
//!
//! A row that is matched by phone costs a query, and in the first import of an organization no row finds
//! anything. So a run first reads the keys of all contacts into a Bloom filter, if they are few beside the
//! rows that are left. It may take a new phone for a known one, which costs the query, but never the other
//! way around. Contacts that others create during the run are missing. Where a row creates one, too, two
//! imports create the same, and any other contact stays beside it, as if it had been created later.

use fastbloom::BloomFilter;
use infra::clock;
use infra::table::{ShardPosition, TableError};
use shared::import::{Batch, Import};
use shared::organization::Organization;
use shared::phone::Line;
use shared::time::Timestamp;

use crate::App;

/// 4 MiB. Among a million phones, one new phone in 6,000 is taken for a known one; among five million, one
/// in 25.
const BITS: usize = 1 << 25;
const HASHES: u32 = 4;
/// The smallest rest of a file that makes reading keys worth it: each shard takes a query.
const MIN_BYTES: u64 = 64 * 1024;
/// A key is read for at most this many bytes that are left: a row has more, and reading a key takes much
/// less than a row's query.
const BYTES_PER_KEY: u64 = 16;
/// For this long no progress is saved, so it must be well within a step's grace.
const MAX_SECONDS: i64 = 30;

/// The phones that contacts may have.
pub(super) struct Phones {
    /// `None` if any phone may be one.
    filter: Option<BloomFilter>,
}

impl Phones {
    fn any() -> Self {
        Self { filter: None }
    }

    fn none() -> Self {
        Self { filter: Some(BloomFilter::with_num_bits(BITS).seed(&0).hashes(HASHES)) }
    }

    /// Reads the keys of an organization's contacts.
    pub(super) async fn read(
        app: &App,
        organization: &Organization,
        import: &Import,
        deadline: Timestamp,
    ) -> Result<Self, TableError> {
        let bytes = bytes_left(import);
        if bytes < MIN_BYTES {
            return Ok(Self::any());
        }
        let stop_at = clock::now().plus_seconds(MAX_SECONDS);
        let (mut phones, mut keys) = (Self::none(), 0);
        let mut at = Some(ShardPosition::new(0, None));
        while let Some(position) = at {
            let now = clock::now();
            if now >= stop_at || !Batch::fits(now, deadline) || keys > bytes / BYTES_PER_KEY {
                tracing::info!(keys, "an import asks for the contacts of each row");
                return Ok(Self::any());
            }
            let (lines, next) = app.table.lines_in_bulk(organization, position).await?;
            keys += lines.len() as u64;
            for line in &lines {
                phones.add(line);
            }
            at = next;
        }
        Ok(phones)
    }

    pub(super) fn may_have(&self, line: &Line) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.contains(line))
    }

    pub(super) fn add(&mut self, line: &Line) {
        if let Some(filter) = &mut self.filter {
            filter.insert(line);
        }
    }
}

/// The size of the rows that are still to become contacts.
fn bytes_left(import: &Import) -> u64 {
    let size = import.rows_file().map_or(0, |file| file.size);
    let place = import.progress.second_pass.place;
    size.saturating_sub(place.map_or(0, |place| place.offset))
}

#[cfg(test)]
mod tests {
    use shared::phone::Phone;

    use super::*;

    fn line(number: u64) -> Line {
        let phone = format!("+1415{:07}", 2_000_000 + number);
        Phone::from_e164(&phone).expect("valid").line()
    }

    #[test]
    fn no_known_phone_is_missed_and_few_new_ones_are_taken_for_one() {
        let (known, new) = (0..50_000, 1_000_000..1_050_000);
        let mut phones = Phones::none();
        assert!(!phones.may_have(&line(0)));
        known.clone().for_each(|number| phones.add(&line(number)));
        assert!(known.clone().all(|number| phones.may_have(&line(number))));
        assert!(new.filter(|number| phones.may_have(&line(*number))).count() < 10);
        assert!(Phones::any().may_have(&line(0)));
    }
}
