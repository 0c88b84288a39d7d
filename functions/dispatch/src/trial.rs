//! Judges a campaign's trial: see [`shared::trial`].
//!
//! The worker that settles the last granted member finds all others settled, because it reads the
//! chunk states strongly consistent after its own write. If it dies before it has judged, the drain
//! does that.

use infra::clock;
use shared::campaign::Campaign;
use shared::trial::Verdict;

use crate::App;

/// Judges the trial. If other members may have turns, sends the drain at once.
pub(crate) async fn judge(app: &App, campaign: &Campaign, epoch: u32) -> anyhow::Result<()> {
    let (organization, id) = (campaign.organization_id, campaign.id);
    let Some(campaign) = app.table.campaign(organization, id).await? else {
        return Ok(());
    };
    let trial = campaign.running(epoch).and_then(|broadcast| Some((broadcast, broadcast.trial?)));
    let Some((broadcast, size)) = trial else {
        return Ok(());
    };
    let look = app.table.trial_look(id, broadcast.shards, epoch).await?;
    let verdict = look.verdict(size, !broadcast.audience.is_cutting());
    let now = clock::now();
    let written = app
        .table
        .update_campaign(organization, id, |campaign| {
            campaign.tried(epoch, verdict, now, app.grace)
        })
        .await?;
    let Some(campaign) = written else { return Ok(()) };
    if let Verdict::Pause(reason) = verdict {
        tracing::error!(?reason, "paused a campaign after its first messages");
    }
    arm_drain(app, &campaign, 0).await;
    Ok(())
}

/// Sends the drain that a campaign owes. If this fails, the sweep does it.
pub(crate) async fn arm_drain(app: &App, campaign: &Campaign, delay_seconds: u32) {
    let Some(due) = campaign.drain_to_queue() else { return };
    if let Err(error) = app.queues.send(&due.job, delay_seconds).await {
        tracing::warn!(error = ?anyhow::Error::from(error), "left a drain to the sweep");
    }
}
