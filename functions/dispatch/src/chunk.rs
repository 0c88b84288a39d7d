//! Dispatches a chunk: loads it, decides what to do, and records the result.
//!
//! The order matters. The worker marks the chunk as taken and reads the unsubscribes again. Then it
//! claims, sends and settles each recipient of the slice whose turn it is ([`crate::slice`]). Even
//! if jobs are redelivered, run twice or die halfway, each claim is made only once, so no one is
//! texted twice. A chunk is done only when each member has an outcome, so no one is left out.

use std::collections::HashSet;

use infra::clock;
use infra::halts::HaltState;
use infra::table::TableError;
use shared::campaign::{BACK_OFF_SECONDS, Campaign, Reason};
use shared::chunk::Chunk;
use shared::chunk_state::{ChunkState, Progress, Slice};
use shared::ids::{CampaignId, OrganizationId};
use shared::phone::Phone;
use shared::recipient::Recipient;
use shared::time::Timestamp;

use crate::App;
use crate::claim::Barred;
use crate::pausing::{Underway, reason_of};
use crate::send::Outbound;
use crate::slice::{self, SliceSent};
use crate::trial;
use crate::watch::Ended;

/// The key of a chunk.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) organization_id: OrganizationId,
    pub(crate) campaign_id: CampaignId,
    pub(crate) epoch: u32,
    pub(crate) shard: u16,
    pub(crate) number: u32,
}

/// A chunk as it was read, with its campaign.
struct Loaded {
    campaign: Campaign,
    state: ChunkState,
    chunk: Chunk,
    halt: HaltState,
}

/// The part of a chunk that this worker has taken.
struct Taken {
    working: ChunkState,
    slice: Slice,
    recipients: Vec<Recipient>,
    barred: Barred,
}

pub(crate) async fn dispatch(
    app: &App,
    place: Place,
    turn: Option<Timestamp>,
) -> anyhow::Result<()> {
    let Some(loaded) = Box::pin(load(app, place)).await? else { return Ok(()) };
    let campaign = &loaded.campaign;
    let Some(broadcast) = campaign.running(place.epoch) else {
        tracing::info!("dropped a chunk of another epoch");
        return Ok(());
    };
    let underway = Underway { campaign, broadcast, epoch: place.epoch };
    if loaded.halt.is_halted {
        // Its drain queues it again.
        tracing::info!("left a chunk, because sending is halted");
        return Ok(());
    }
    let gateway = match app.gateways.of(&broadcast.sender).await {
        Ok(gateway) => gateway,
        Err(error) if error.is_permanent() => {
            tracing::error!(error = ?anyhow::Error::from(error), "no gateway");
            return underway.pause(app, Reason::ProviderAccount).await;
        }
        Err(error) => return Err(error.into()),
    };
    let taken = Box::pin(take(app, place, &loaded, &underway, turn)).await?;
    let Some(taken) = taken else {
        return Ok(());
    };
    let outbound = Outbound {
        gateway: gateway.as_ref(),
        from: &broadcast.sender,
        body: campaign.body_sent(),
        shards: broadcast.shards,
        is_dry_run: false,
    };
    let Taken { recipients, barred, working, .. } = &taken;
    let sent =
        slice::send_slice(app, &underway, outbound, recipients, barred, working.recent).await;
    record(app, place, &underway, &taken, &sent).await
}

async fn load(app: &App, place: Place) -> anyhow::Result<Option<Loaded>> {
    let Place { organization_id, campaign_id, shard, number, .. } = place;
    let (campaign, state, chunk, halt) = futures::try_join!(
        app.table.campaign(organization_id, campaign_id),
        app.table.chunk_state(campaign_id, shard, number),
        app.table.chunk(campaign_id, shard, number),
        app.halts.of(&app.table, organization_id),
    )?;
    let (Some(campaign), Some(state), Some(chunk)) = (campaign, state, chunk) else {
        tracing::warn!(shard, number, "a chunk job's chunk is gone");
        return Ok(None);
    };
    Ok(Some(Loaded { campaign, state, chunk, halt }))
}

/// Takes the chunk, and reads who of its slice must not be texted any more. Returns `None` if there
/// is nothing to do now, or another worker was faster.
async fn take(
    app: &App,
    place: Place,
    Loaded { campaign, state, chunk, halt: _ }: &Loaded,
    underway: &Underway<'_>,
    turn: Option<Timestamp>,
) -> anyhow::Result<Option<Taken>> {
    let Some(working) = state.start(turn, clock::now(), app.grace) else {
        return Ok(None);
    };
    let parts = campaign.body_sent().parts_of_each(&chunk.recipients);
    let slice = working.slice(&parts, underway.broadcast.sender.parts_per_second);
    let recipients = chunk.recipients.get(slice.members.clone()).unwrap_or_default().to_vec();
    // Nothing may be claimed that would not be sent as it was frozen.
    let Some(recipients) = campaign.body_sent().rendered(recipients) else {
        tracing::error!(shard = place.shard, number = place.number, "a text has changed");
        underway.pause(app, Reason::RenderingChanged).await?;
        return Ok(None);
    };
    let phones: Vec<Phone> = recipients.iter().filter_map(Recipient::phone).cloned().collect();
    let shard = (place.shard, underway.broadcast.shards);
    let (is_taken, unsubscribed, reached) = futures::try_join!(
        app.table.save_chunk_state(place.campaign_id, place.shard, state, &working),
        app.table.unsubscribed_among(place.organization_id, shard, &phones),
        reached(app, underway, &phones),
    )?;
    let barred = Barred { unsubscribed, reached };
    Ok(is_taken.then_some(Taken { working, slice, recipients, barred }))
}

/// Whom an earlier campaign has reached since a resend was cut.
async fn reached(
    app: &App,
    underway: &Underway<'_>,
    phones: &[Phone],
) -> Result<HashSet<Phone>, TableError> {
    let Some(resend) = &underway.campaign.resend else { return Ok(HashSet::new()) };
    let (organization, shards) = (underway.campaign.organization_id, underway.broadcast.shards);
    app.table.reached_among(organization, resend, shards, phones).await
}

/// Writes the chunk's state, and acts on the provider's responses.
async fn record(
    app: &App,
    place: Place,
    underway: &Underway<'_>,
    Taken { working, slice, .. }: &Taken,
    SliceSent { tally, ended }: &SliceSent,
) -> anyhow::Result<()> {
    let now = clock::now();
    let after = working.finish(tally, slice, now, clock::jitter());
    if let Some(reason) = ended.map(reason_of).or_else(|| after.heard.trips()) {
        if *ended == Some(Ended::Silent) {
            underway.hold_back(app, now.plus_seconds(BACK_OFF_SECONDS)).await;
        }
        underway.pause(app, reason).await?;
    } else if tally.is_outage() {
        underway.hold_back(app, now.plus_seconds(BACK_OFF_SECONDS)).await;
        underway.back_off(app).await?;
    }
    if !app.table.save_chunk_state(place.campaign_id, place.shard, working, &after).await? {
        return Ok(());
    }
    let Place { shard, number, .. } = place;
    tracing::info!(shard, number, settled = tally.settled, "dispatched a chunk");
    if let Progress::Waiting { until } = after.progress {
        if tally.throttled > 0 {
            underway.hold_back(app, until).await;
        }
        let job = underway.campaign.chunk_job(place.shard, &after);
        app.queues.send(&job, until.seconds_from(now)).await?;
    }
    if after.trial_grant(place.epoch).is_some() && after.has_settled_grant() {
        trial::judge(app, underway.campaign, place.epoch).await?;
    }
    Ok(())
}
