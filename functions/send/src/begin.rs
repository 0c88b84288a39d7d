//! Starts to send a scheduled campaign.
//!
//! One conditional write decides between the send and a cancel: the first one wins.

use infra::table::Saved;
use infra::{clock, metrics};
use shared::body::Format;
use shared::campaign::{Begin, Campaign, Reason, Status};
use shared::ids::{CampaignId, OrganizationId};
use shared::job::JobsJob;
use shared::organization::Organization;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use crate::fan_out::Run;
use crate::{App, fan_out};

/// How long a campaign waits before it looks again whether sending is still halted.
const HALTED_SECONDS: u32 = 60;

pub(crate) async fn begin(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    scheduled_at: Timestamp,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    loop {
        let (last_send, campaign, organization, halt) = futures::try_join!(
            app.table.last_send(organization_id),
            app.table.campaign(organization_id, campaign_id),
            app.table.organization(organization_id),
            app.halts.of(&app.table, organization_id),
        )?;
        let now = last_send.next(clock::now());
        let Some((campaign, organization)) = campaign.zip(organization) else {
            tracing::warn!("a send job's campaign is gone");
            return Ok(());
        };
        let checked = check(app, &organization, &campaign, scheduled_at, now).await?;
        if let Err(reason) = checked
            && let Ok(cancelled) = campaign.clone().cancel(now, Some(reason))
        {
            if app.table.save_campaign(&campaign, &cancelled, None).await? == Saved::Done {
                tracing::warn!(?reason, "canceled a campaign");
                return Ok(());
            }
            continue;
        }
        let Organization { sender, shards, .. } = organization;
        match campaign.begin(scheduled_at, clock::salt(), sender, shards, now, app.grace) {
            Begin::Begun(next) => {
                if halt.is_halted {
                    let job = JobsJob::Send { organization_id, campaign_id, scheduled_at };
                    return Ok(app.queues.send(&job.into(), HALTED_SECONDS).await?);
                }
                let sent = (&last_send, now);
                let target = checked.ok().flatten();
                let saved = app.table.begin_campaign(&campaign, &next, target.as_ref(), sent);
                if saved.await? == Saved::Done {
                    tracing::info!("began to send a campaign");
                    metrics::record_start(now.seconds_from(scheduled_at), now);
                    // The first message does not wait until the drain is armed.
                    let arming = app.arm_next(next.drain.as_ref(), now);
                    let fan_out = fan_out::begin(app, &next, deadline);
                    return futures::join!(arming, fan_out).1;
                }
            }
            Begin::Underway => return fan_out::run(app, &campaign, Run::All, deadline).await,
            Begin::Ignored => {
                tracing::info!("dropped a send job that no longer matches");
                return Ok(());
            }
        }
        // Another writer was faster. The next round reads what it wrote.
    }
}

/// The target as its segments are now, or the reason to cancel the campaign instead of sending it. A
/// target that cannot be resolved is never read as everyone.
async fn check(
    app: &App,
    organization: &Organization,
    campaign: &Campaign,
    scheduled_at: Timestamp,
    now: Timestamp,
) -> anyhow::Result<Result<Option<FrozenTarget>, Reason>> {
    if campaign.has_missed(scheduled_at, now, app.missed_seconds) {
        return Ok(Err(Reason::MissedSchedule));
    }
    let body = campaign.body_sent();
    // A template's texts are checked one by one when the audience is cut.
    if body.format() == Format::Text
        && organization.sender.provider.check_body(body.as_str()).is_err()
    {
        return Ok(Err(Reason::BodyTooLong));
    }
    let target = campaign.target.as_ref().filter(|_| campaign.status() == Status::Scheduled);
    let Some(target) = target else { return Ok(Ok(None)) };
    let frozen = app.table.freeze(organization, target).await?;
    Ok(frozen.map(Some).map_err(|error| {
        tracing::warn!(%error, "a target cannot be resolved");
        Reason::TargetMissing
    }))
}
