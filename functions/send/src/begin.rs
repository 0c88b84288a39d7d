//! Starts to send a scheduled campaign.
//!
//! One conditional write decides between the send and a cancel: the first one wins.

use infra::clock;
use infra::table::Saved;
use shared::body::Format;
use shared::campaign::{Begin, Campaign, Reason, Status};
use shared::ids::{CampaignId, OrganizationId};
use shared::sender::Sender;
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
        let target = match &campaign.target {
            Some(target) if campaign.status() == Status::Scheduled => {
                Some(app.table.freeze(&organization, target).await?)
            }
            Some(_) | None => None,
        };
        let (target, is_missing) = match target.transpose() {
            Ok(target) => (target, false),
            Err(reason) => {
                tracing::warn!(%reason, "a target cannot be resolved");
                (None, true)
            }
        };
        let sender = organization.sender;
        let shards = organization.shards;
        let missed_seconds = app.missed_seconds;
        let refusal = refusal(&campaign, &sender, is_missing, (scheduled_at, now, missed_seconds));
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
                let saved = app.table.begin_campaign(&campaign, &next, target.as_ref(), sent);
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

/// Why the campaign is canceled instead of sent.
fn refusal(
    campaign: &Campaign,
    sender: &Sender,
    is_target_missing: bool,
    (scheduled_at, now, missed_seconds): (Timestamp, Timestamp, i64),
) -> Option<Reason> {
    if campaign.has_missed(scheduled_at, now, missed_seconds) {
        return Some(Reason::MissedSchedule);
    }
    if is_target_missing {
        return Some(Reason::TargetMissing);
    }
    let body = campaign.body_sent();
    match body.format() {
        Format::Text => {
            sender.provider.check_body(body.as_str()).is_err().then_some(Reason::BodyTooLong)
        }
        // Its texts are checked one by one when the audience is cut.
        Format::Template => None,
    }
}
