//! Dispatching one chunk.
//!
//! The order matters: the chunk is taken and the unsubscribes are read once more, then each
//! recipient of the slice whose turn it is is claimed and handed over. Whatever is redelivered, runs
//! twice or dies in between, a claim is made once, so nobody is texted twice; and a chunk is done
//! only when each member has an outcome, so nobody is left out.

use infra::clock;
use infra::gateway::Halt;
use shared::campaign::{BACK_OFF_SECONDS, Broadcast, Campaign, Reason};
use shared::chunk_state::Progress;
use shared::ids::{CampaignId, OrganizationId};
use shared::pace::Pace;
use shared::parts::Parts;
use shared::time::Timestamp;

use crate::App;
use crate::handover::Text;
use crate::members::{self, Ended, HandedOver};
use crate::trial;

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
    let Some(broadcast) = campaign.running(epoch) else {
        tracing::info!(campaign.id = %campaign_id, "dropped a chunk of another epoch");
        return Ok(());
    };
    let gateway = match app.gateways.of(&broadcast.sender).await {
        Ok(gateway) => gateway,
        Err(error) if error.is_permanent() => {
            tracing::error!(campaign.id = %campaign_id, error = ?anyhow::Error::from(error), "no gateway");
            let left = Left { campaign: &campaign, broadcast, epoch, now: clock::now() };
            return left.pause(app, Reason::ProviderAccount).await;
        }
        Err(error) => return Err(error.into()),
    };
    let Some(working) = state.start(turn, clock::now(), app.grace) else {
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
    let HandedOver { tally, ended } =
        members::hand_over(app, &campaign, text, recipients, &unsubscribed, working.recent).await;
    let now = clock::now();
    let after = working.finish(&tally, &slice, now, clock::jitter());
    let left = Left { campaign: &campaign, broadcast, epoch, now };
    if let Some(reason) = ended.map(reason_of).or_else(|| after.heard.trips()) {
        if ended == Some(Ended::Silent) {
            left.hold_back(app, now.plus_seconds(BACK_OFF_SECONDS)).await;
        }
        left.pause(app, reason).await?;
    } else if tally.is_outage() {
        left.hold_back(app, now.plus_seconds(BACK_OFF_SECONDS)).await;
        left.back_off(app).await?;
    }
    if !app.table.save_chunk_state(campaign_id, shard, &working, &after).await? {
        return Ok(());
    }
    if let Progress::Waiting { until } = after.progress {
        if tally.throttled > 0 {
            left.hold_back(app, until).await;
        }
        app.queues.send(&campaign.chunk_job(shard, &after), until.seconds_from(now)).await?;
    }
    if after.trial_grant(epoch).is_some() && after.has_settled_grant() {
        trial::judge(app, &campaign, epoch).await?;
    }
    Ok(())
}

/// A campaign of which a worker has handed over what it could.
struct Left<'a> {
    campaign: &'a Campaign,
    broadcast: &'a Broadcast,
    epoch: u32,
    now: Timestamp,
}

impl Left<'_> {
    /// Gives no turns of the sender's before this moment.
    async fn hold_back(&self, app: &App, until: Timestamp) {
        let hold = |pace: Pace| (pace.not_before(until), ());
        if let Err(error) = app.table.update_pace(&self.broadcast.sender.phone, hold).await {
            tracing::warn!(error = ?anyhow::Error::from(error), "did not hold a sender back");
        }
    }

    /// Pauses the campaign for this reason, unless it has moved on since.
    async fn pause(&self, app: &App, reason: Reason) -> anyhow::Result<()> {
        let paused = app
            .table
            .update_campaign(self.campaign.organization_id, self.campaign.id, |campaign| {
                campaign.running(self.epoch)?;
                campaign.clone().pause(Some(reason), self.now).ok()
            })
            .await?;
        if paused.is_some() {
            tracing::error!(campaign.id = %self.campaign.id, ?reason, "paused a campaign");
        }
        Ok(())
    }

    /// Lets the campaign wait for a provider that is out of reach. Its drain probes in a minute.
    async fn back_off(&self, app: &App) -> anyhow::Result<()> {
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let written = app
            .table
            .update_campaign(organization, id, |campaign| {
                campaign.backing_off(self.epoch, self.now, app.grace)
            })
            .await?;
        if let Some(campaign) = written {
            tracing::warn!(campaign.id = %id, "the provider is out of reach");
            trial::arm_drain(app, &campaign, u32::try_from(BACK_OFF_SECONDS)?).await;
        }
        Ok(())
    }
}

fn reason_of(ended: Ended) -> Reason {
    match ended {
        Ended::Halted(Halt::Account) => Reason::ProviderAccount,
        Ended::Halted(Halt::Sender) => Reason::ProviderSender,
        Ended::Halted(Halt::SpendLimit) => Reason::SpendLimit,
        Ended::Silent => Reason::ProviderFailing,
    }
}
