//! Sums over the chunks of a campaign, across all its shards.

use futures::stream::{self, StreamExt, TryStreamExt};
use shared::audience::Totals;
use shared::ids::CampaignId;
use shared::shard::Shards;
use shared::trial::TrialLook;

use super::{Result, Table};

/// The number of shards whose chunks are read concurrently, one chunk each.
const MAX_CHUNKS_AT_ONCE: usize = 8;
/// The number of shards whose states are read concurrently. A page takes several times its 1 MB in
/// memory.
const MAX_STATES_AT_ONCE: usize = 4;

impl Table {
    /// The totals of what has been cut so far, and whether all shards have ended.
    pub async fn totals_cut(&self, campaign: CampaignId, shards: Shards) -> Result<(Totals, bool)> {
        let chunks = stream::iter(shards.all())
            .map(|shard| self.last_chunk(campaign, shard))
            .buffer_unordered(MAX_CHUNKS_AT_ONCE);
        let sum = chunks.try_fold((Totals::default(), true), |(mut sum, have_ended), chunk| {
            sum += chunk.as_ref().map(|chunk| chunk.totals).unwrap_or_default();
            let ends = chunk.is_some_and(|chunk| chunk.ends);
            std::future::ready(Ok((sum, have_ended && ends)))
        });
        sum.await
    }

    /// The outcomes so far of a campaign that is on trial in this epoch.
    pub async fn trial_look(
        &self,
        campaign: CampaignId,
        shards: Shards,
        epoch: u32,
    ) -> Result<TrialLook> {
        let states = stream::iter(shards.all())
            .map(|shard| self.chunk_states(campaign, shard))
            .buffer_unordered(MAX_STATES_AT_ONCE);
        let sum = states.try_fold(TrialLook::default(), |look, states| {
            let look = states.iter().fold(look, |look, state| look.with(state, epoch));
            std::future::ready(Ok(look))
        });
        sum.await
    }
}
