//! Ends the chunks of a stopped campaign.

use infra::clock;
use infra::table::{Claimed, Claiming};
use shared::campaign::{Broadcast, Campaign};
use shared::chunk_state::{ChunkState, Progress};
use shared::message::{FailureReason, Found, Message};
use shared::recipient::Recipient;

use crate::App;

/// Fails the members that no one has claimed. In a restored table, claims may be missing, so they become
/// unknown instead, which no one sends again. Returns `false` if a claim may still be in use.
pub(crate) async fn fail_rest(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    shard: u16,
    state: &ChunkState,
) -> anyhow::Result<bool> {
    let id = campaign.id;
    let Some(chunk) = app.table.chunk(id, shard, state.number).await? else {
        return Ok(false);
    };
    let now = clock::now();
    let mut is_settled = true;
    let ending = |recipient: &Recipient| match recipient.phone() {
        None => Claiming::Fail { reason: FailureReason::Erased },
        Some(_) if broadcast.is_restored() => Claiming::Unknown,
        Some(_) => Claiming::Fail { reason: FailureReason::Stopped },
    };
    let ended: Vec<(Message, Claiming)> = chunk
        .recipients
        .iter()
        .map(|recipient| (campaign.pending_message(broadcast, recipient), ending(recipient)))
        .collect();
    for ended in app.table.claim_all(&ended, broadcast.shards, now).await? {
        let Claimed::Exists(found) = ended? else {
            continue;
        };
        match (found.found_by("", now, app.claim_seconds), &found.claim) {
            (Found::Busy { .. }, _) => is_settled = false,
            (Found::Abandoned, Some(claim)) => {
                let reference = found.reference();
                let shards = broadcast.shards;
                // If not, the claim's worker is alive after all, and may even have given the claim
                // back.
                is_settled &= app.table.mark_unknown(&reference, shards, &claim.token, now).await?;
            }
            (Found::Abandoned, None) | (Found::Own | Found::Settled, _) => {}
        }
    }
    if !is_settled {
        return Ok(false);
    }
    let done = ChunkState { progress: Progress::Done, updated_at: now, ..state.clone() };
    Ok(app.table.save_chunk_state(id, shard, state, &done).await?)
}
