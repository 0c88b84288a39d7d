//! Dispatching one chunk.
//!
//! The order matters: the chunk is taken and the unsubscribes are read once more, then each
//! recipient of the slice whose turn it is is claimed and handed over. Whatever is redelivered, runs
//! twice or dies in between, a claim is made once, so nobody is texted twice; and a chunk is done
//! only when each member has an outcome, so nobody is left out.

use infra::clock;
use infra::gateway::Halt;
use shared::campaign::{Broadcast, Campaign, Dispatch, Reason};
use shared::chunk_state::Progress;
use shared::ids::{CampaignId, OrganizationId};
use shared::pace::Pace;
use shared::parts::Parts;
use shared::time::Timestamp;

use crate::App;
use crate::handover::Text;
use crate::members::{self, HandedOver};

/// Where a chunk lies.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) organization_id: OrganizationId,
    pub(crate) campaign_id: CampaignId,
    pub(crate) epoch: u32,
    pub(crate) shard: u16,
    pub(crate) number: u32,
}

pub(crate) async fn dispatch(
    app: &App,
    place: Place,
    turn: Option<Timestamp>,
) -> anyhow::Result<()> {
    let Place { organization_id, campaign_id, epoch, shard, number } = place;
    let (campaign, state, chunk) = futures::try_join!(
        app.table.campaign(organization_id, campaign_id),
        app.table.chunk_state(campaign_id, shard, number),
        app.table.chunk(campaign_id, shard, number),
    )?;
    let Some((campaign, (state, chunk))) = campaign.zip(state.zip(chunk)) else {
        tracing::warn!(campaign.id = %campaign_id, shard, number, "a chunk job's chunk is gone");
        return Ok(());
    };
    let Some(broadcast) = running(&campaign, epoch) else {
        tracing::info!(campaign.id = %campaign_id, "dropped a chunk of another epoch");
        return Ok(());
    };
    let gateway = match app.gateways.of(&broadcast.sender).await {
        Ok(gateway) => gateway,
        Err(error) if error.is_permanent() => {
            tracing::error!(campaign.id = %campaign_id, error = ?anyhow::Error::from(error), "no gateway");
            return pause(app, &campaign, epoch, Reason::ProviderAccount, clock::now()).await;
        }
        Err(error) => return Err(error.into()),
    };
    let Some(working) = state.start(turn, clock::now(), app.repair_seconds) else {
        return Ok(());
    };
    let parts = Parts::of(campaign.body.as_deref().unwrap_or_default()).count;
    let slice = working.slice(parts, broadcast.sender.parts_per_second);
    let recipients = chunk.recipients.get(slice.members.clone()).unwrap_or_default();
    let (is_taken, unsubscribed) = futures::try_join!(
        app.table.save_chunk_state(campaign_id, shard, &state, &working),
        app.table.unsubscribed_among(organization_id, (shard, broadcast.shards), recipients),
    )?;
    if !is_taken {
        // Another worker took it in this moment.
        return Ok(());
    }
    let text = Text {
        gateway: gateway.as_ref(),
        from: &broadcast.sender,
        body: campaign.body.as_deref().unwrap_or_default(),
        shards: broadcast.shards,
        is_dry_run: false,
    };
    let HandedOver { tally, halted } =
        members::hand_over(app, &campaign, text, recipients, &unsubscribed).await;
    let now = clock::now();
    let after = working.finish(&tally, &slice, now, clock::jitter());
    let reason = halted.map(reason_of).or_else(|| after.heard.trips());
    if let Some(reason) = reason {
        pause(app, &campaign, epoch, reason, now).await?;
    }
    let saved = app.table.save_chunk_state(campaign_id, shard, &working, &after).await?;
    if let Progress::Waiting { until } = after.progress
        && saved
    {
        if tally.throttled > 0 {
            hold_back(app, broadcast, until).await;
        }
        app.queues.send(&campaign.chunk_job(shard, &after), until.seconds_from(now)).await?;
    }
    Ok(())
}

/// Gives no turns of the sender's before the provider wants more.
async fn hold_back(app: &App, broadcast: &Broadcast, until: Timestamp) {
    let hold = |pace: Pace| (pace.not_before(until), ());
    if let Err(error) = app.table.update_pace(&broadcast.sender.phone, hold).await {
        tracing::warn!(error = ?anyhow::Error::from(error), "did not hold a sender back");
    }
}

fn reason_of(halt: Halt) -> Reason {
    match halt {
        Halt::Account => Reason::ProviderAccount,
        Halt::Sender => Reason::ProviderSender,
        Halt::SpendLimit => Reason::SpendLimit,
    }
}

/// Pauses the campaign for what the provider said, unless it has moved on since.
async fn pause(
    app: &App,
    campaign: &Campaign,
    epoch: u32,
    reason: Reason,
    now: Timestamp,
) -> anyhow::Result<()> {
    let paused = app
        .table
        .update_campaign(campaign.organization_id, campaign.id, |campaign| {
            running(campaign, epoch)?;
            campaign.clone().pause(Some(reason), now).ok()
        })
        .await?;
    if paused.is_some() {
        tracing::error!(campaign.id = %campaign.id, ?reason, "paused a campaign");
    }
    Ok(())
}

fn running(campaign: &Campaign, epoch: u32) -> Option<&Broadcast> {
    campaign
        .broadcast()
        .filter(|broadcast| broadcast.epoch == epoch && broadcast.dispatch == Dispatch::Running)
}
