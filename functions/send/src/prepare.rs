//! Chooses whom a resend is for: reads the messages of the campaign that it resends, shard by shard.

use infra::clock;
use infra::table::{ShardItem, Table};
use shared::campaign::{Broadcast, Campaign};
use shared::ids::{CampaignId, OrganizationId};
use shared::phone::Phone;
use shared::resend::{Resend, Verdict};
use shared::time::Timestamp;

use crate::App;

/// A shard is begun only if this much time is left.
const RESERVE_SECONDS: i64 = 60;
/// The phones that are looked up and written together.
const PHONES_AT_ONCE: usize = 100;

/// Continues until every shard has been read. A run that dies leaves at most one shard to repeat.
pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let mut draft = app.table.campaign(organization_id, campaign_id).await?;
    let Some(of) = draft.as_ref().and_then(|draft| Some(draft.resend.as_ref()?.of)) else {
        return Ok(());
    };
    let original = app.table.campaign(organization_id, of).await?;
    let Some((original, broadcast)) = original.as_ref().and_then(|it| Some((it, it.broadcast()?)))
    else {
        tracing::warn!("the campaign that is resent is gone");
        return Ok(());
    };
    while let Some(Campaign { resend: Some(resend), step: Some(step), .. }) = &draft {
        if resend.prepared.is_complete {
            break;
        }
        if clock::now() >= deadline.plus_seconds(-RESERVE_SECONDS) {
            return Ok(app.queues.send(&step.job, 0).await?);
        }
        let shard = resend.prepared.next_shard;
        let chosen = choose(&app.table, (original, broadcast), resend, shard).await?;
        for phones in chosen.chunks(PHONES_AT_ONCE) {
            app.table.name_phones(campaign_id, resend, phones, broadcast.shards).await?;
        }
        let count = chosen.len() as u64;
        let (now, shards) = (clock::now(), broadcast.shards);
        draft = app
            .table
            .update_campaign(organization_id, campaign_id, |campaign| {
                campaign.prepared(shard, count, shards, now, app.grace)
            })
            .await?;
    }
    Ok(())
}

/// The phones of a shard's messages that failed for a chosen reason, and that no other campaign of
/// the origin has reached.
async fn choose(
    table: &Table,
    (original, broadcast): (&Campaign, &Broadcast),
    resend: &Resend,
    shard: u16,
) -> anyhow::Result<Vec<Phone>> {
    let mut failed: Vec<Phone> = Vec::new();
    let add = |item| match item {
        ShardItem::Message(message) if resend.verdict(&message) == Verdict::Chosen => {
            // An erased person is left out.
            failed.extend(message.to);
        }
        ShardItem::Message(_) | ShardItem::ChunkState { .. } | ShardItem::Parked(_) => {}
    };
    table.each_of_shard(original, shard, add).await?;
    let mut chosen = Vec::with_capacity(failed.len());
    for phones in failed.chunks(PHONES_AT_ONCE) {
        let (organization, shards) = (original.organization_id, broadcast.shards);
        let reached = table.reached_among(organization, resend, shards, phones).await?;
        chosen.extend(phones.iter().filter(|phone| !reached.contains(*phone)).cloned());
    }
    Ok(chosen)
}
