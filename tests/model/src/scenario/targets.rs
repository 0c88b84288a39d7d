//! Campaigns with a target and a merge field.

use shared::chunk::{ChainEnd, Chunk, Mark, Sizes};
use shared::phone::Phone;

use super::Scenario;
use crate::protocol::{self, Organization, Traits};

impl Scenario {
    /// A campaign with a target and a merge field, and contacts with these phones and tags. The segment
    /// has those with tag 1.
    #[must_use]
    pub fn targeted(contacts: &[(Phone, u8)], sizes: Sizes) -> Self {
        let target = Some(sizes);
        let organization =
            Organization { shards: 1, rate: protocol::FAST, target, ..Organization::default() };
        let mut scenario = Self::of(&[], organization, None);
        let table = &mut scenario.world.table;
        table.segment = 1;
        let at = protocol::at(-60);
        for (number, (phone, tag)) in (1..).zip(contacts) {
            table.add(number, Some(phone), Traits { tag: *tag, name: 0 }, at);
        }
        scenario
    }

    /// The same with a mark of the next chunk of the first shard, as far as its run has come.
    #[must_use]
    pub fn marked(mut self) -> Self {
        let table = &mut self.world.table;
        let end = table.last_chunk(0).map(|chunk| ChainEnd::after(&chunk)).unwrap_or_default();
        let mark = Mark(Chunk {
            number: end.next_number,
            recipients: Vec::new(),
            skipped: Vec::new(),
            through: end.through,
            totals: end.totals,
            ends: false,
        });
        table.put_mark(0, &mark);
        self
    }
}
