//! Starts to send a scheduled campaign.
//!
//! One conditional write decides between the send and a cancel: the first one wins.

use infra::clock;
use infra::table::Saved;
use shared::campaign::{Begin, Campaign, Reason, Status};
use shared::ids::{CampaignId, OrganizationId};
use shared::organization::Organization;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use crate::fan_out::Run;
use crate::{App, fan_out};

pub(crate) async fn begin(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    scheduled_at: Timestamp,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    loop {
        let (last_send, campaign, organization) = futures::try_join!(
            app.table.last_send(organization_id),
            app.table.campaign(organization_id, campaign_id),
            app.table.organization(organization_id),
        )?;
        let now = last_send.next(clock::now());
        let Some((campaign, organization)) = campaign.zip(organization) else {
            tracing::warn!("a send job's campaign is gone");
            return Ok(());
        };
        let target = target(app, &organization, &campaign).await?;
        let sender = organization.sender;
        let shards = organization.shards;
        let body = campaign.body_sent().as_str();
        let refusal = if campaign.has_missed(scheduled_at, now, app.missed_seconds) {
            Some(Reason::MissedSchedule)
        } else if sender.provider.check_body(body).is_err() {
            Some(Reason::BodyTooLong)
        } else {
            target.as_ref().err().copied()
        };
        if let Some(reason) = refusal
            && let Ok(cancelled) = campaign.clone().cancel(now, Some(reason))
        {
            if app.table.save_campaign(&campaign, &cancelled, None).await? == Saved::Done {
                tracing::warn!(?reason, "canceled a campaign");
                return Ok(());
            }
            continue;
        }
        match campaign.begin(scheduled_at, sender, shards, now, app.grace) {
            Begin::Begun(next) => {
                let sent = (&last_send, now);
                let target = target.as_ref().ok().and_then(Option::as_ref);
                let saved = app.table.begin_campaign(&campaign, &next, target, sent);
                if saved.await? == Saved::Done {
                    tracing::info!("began to send a campaign");
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

/// The target as its segments are now, or the reason to cancel: a target that cannot be resolved
/// is never read as everyone.
async fn target(
    app: &App,
    organization: &Organization,
    campaign: &Campaign,
) -> anyhow::Result<Result<Option<FrozenTarget>, Reason>> {
    let Some(target) = &campaign.target else { return Ok(Ok(None)) };
    if campaign.status() != Status::Scheduled {
        return Ok(Ok(None));
    }
    let frozen = app.table.freeze(organization, target).await?;
    Ok(frozen.map(Some).map_err(|error| {
        tracing::warn!(%error, "a target cannot be resolved");
        Reason::TargetMissing
    }))
}
