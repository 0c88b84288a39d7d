//! Reading an audience for a preview, at a pace that leaves the table to those who send.

use std::time::Duration;

use shared::audience::{Judge, Tally, Totals};
use shared::estimate::MAX_SAMPLES;
use shared::ids::ContactId;
use shared::organization::Organization;
use shared::time::Timestamp;
use tokio::sync::Mutex;

use super::{Result, Table};
use crate::clock;

/// A sixth of the table's capacity, so that a preview does not delay anyone's messages.
const UNITS_PER_SECOND: f64 = 2_000.0;

/// What reading a shard came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShardRead {
    /// Its sums and the contacts of its first recipients.
    Whole(Totals, Vec<ContactId>),
    OutOfTime,
    /// A newer preview of the organization has taken over.
    Superseded,
}

/// One preview's reading of an organization's audience.
pub struct PreviewReading<'a> {
    table: &'a Table,
    organization: &'a Organization,
    judge: Judge,
    holder: &'a str,
    /// Held while the time passes that a page's units are worth.
    pace: Mutex<()>,
}

impl<'a> PreviewReading<'a> {
    /// `holder` has the organization's turn.
    #[must_use]
    pub fn new(
        table: &'a Table,
        organization: &'a Organization,
        judge: Judge,
        holder: &'a str,
    ) -> Self {
        Self { table, organization, judge, holder, pace: Mutex::new(()) }
    }

    /// Reads a shard, or as much of it as fits until `stop_at`.
    pub async fn shard(&self, shard: u16, stop_at: Timestamp) -> Result<ShardRead> {
        let Self { table, organization, judge, holder, .. } = self;
        let place = (shard, organization.shards);
        let mut tally = Tally::new(judge.clone(), MAX_SAMPLES);
        let mut begin: Option<String> = None;
        loop {
            if clock::now() >= stop_at {
                return Ok(ShardRead::OutOfTime);
            }
            if !table.is_previewing(organization.id, holder).await? {
                return Ok(ShardRead::Superseded);
            }
            let page = table.preview_page(organization.id, place, begin.as_deref(), judge).await?;
            self.wait(page.units).await;
            for (entry, is_unsubscribed) in page.entries {
                tally.push(entry, is_unsubscribed);
            }
            begin = page.next;
            if begin.is_none() {
                let (totals, samples) = tally.finish();
                return Ok(ShardRead::Whole(totals, samples));
            }
        }
    }

    /// Keeps the pace of all shards together.
    async fn wait(&self, units: f64) {
        let _turn = self.pace.lock().await;
        tokio::time::sleep(Duration::from_secs_f64(units / UNITS_PER_SECOND)).await;
    }
}
