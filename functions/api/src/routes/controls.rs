//! Calling a scheduled campaign off, and pausing, resuming and stopping one that is under way.

use axum::extract::State;
use infra::clock;
use infra::table::Saved;
use shared::campaign::{Campaign, Refusal};
use shared::ids::CampaignId;
use shared::job::{Job, PollsJob};
use shared::time::Timestamp;

use super::campaigns::find;
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{MaybeJson, Nothing, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, RACES_MOST, Volley};
use crate::views::CampaignView;

/// Calls a scheduled campaign off: either no message leaves, or this answers 409.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/cancel",
    tag = "Sending",
    responses(
        (status = 200, description = "The campaign, cancelled.", body = CampaignView),
        (status = 409, description = "`campaign_not_scheduled`"),
    ))]
pub(crate) async fn cancel_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let change =
        change(&app, &access, id, &once, |campaign, now| campaign.cancel(now, None)).await?;
    if let Some(due) = &change.before.step {
        disarm(&app, &due.job).await;
    }
    Ok(change.reply)
}

/// Hands nothing more of a campaign over until it is resumed: each worker finishes the chunk of
/// up to 100 messages that it is at.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/pause",
    tag = "Sending",
    responses(
        (status = 200, description = "The campaign, paused.", body = CampaignView),
        (status = 409, description = "`campaign_not_running`"),
    ))]
pub(crate) async fn pause_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    Ok(change(&app, &access, id, &once, |campaign, now| campaign.pause(None, now)).await?.reply)
}

/// Goes on with a paused campaign.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/resume",
    tag = "Sending",
    responses(
        (status = 200, description = "The campaign, under way again.", body = CampaignView),
        (status = 409, description = "`campaign_not_paused`"),
    ))]
pub(crate) async fn resume_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let resume = |campaign: Campaign, now| campaign.resume(&app.polls, now, app.repair_seconds);
    let change = change(&app, &access, id, &once, resume).await?;
    change.arm(&app).await;
    Ok(change.reply)
}

/// Ends a campaign under way for good: the messages that nobody has begun fail as `stopped`.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/stop",
    tag = "Sending",
    responses(
        (status = 200, description = "The campaign, stopped.", body = CampaignView),
        (status = 409, description = "`campaign_not_running`"),
    ))]
pub(crate) async fn stop_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let stop = |campaign: Campaign, now| campaign.stop(&app.polls, now, app.repair_seconds);
    let change = change(&app, &access, id, &once, stop).await?;
    change.arm(&app).await;
    Ok(change.reply)
}

/// A change that is written.
struct Changed {
    before: Campaign,
    after: Campaign,
    reply: Reply,
}

impl Changed {
    /// Queues what the campaign newly owes: the next poll at its time, and all else at once.
    async fn arm(&self, app: &Volley) {
        let now = self.after.updated_at;
        let before = self.before.owed();
        for due in self.after.owed().into_iter().flatten() {
            if before.contains(&Some(due)) {
                continue;
            }
            let at = match &due.job {
                Job::Polls(PollsJob::Poll { .. }) => due.at.plus_seconds(-app.repair_seconds),
                Job::Polls(PollsJob::Drain { .. }) | Job::Jobs(_) | Job::Dispatch(_) => now,
            };
            app.arm(&due.job, at, now).await;
        }
    }
}

/// Writes what `decide` makes of a campaign, and decides again where somebody else wrote first.
async fn change(
    app: &Volley,
    access: &Access<Sender>,
    id: CampaignId,
    once: &Once,
    decide: impl Fn(Campaign, Timestamp) -> Result<Campaign, Refusal>,
) -> Result<Changed, Problem> {
    for _ in 0..RACES_MOST {
        let now = clock::now();
        let before = find(app, access.organization.id, id).await?;
        let after = decide(before.clone(), now)?.by(access.actor.clone());
        let reply = Reply::ok(&CampaignView::from(&after))?;
        let remember = once.remember(&reply, now);
        match app.table.save_campaign(&before, &after, remember.as_ref()).await? {
            Saved::Done => return Ok(Changed { before, after, reply }),
            Saved::Stale => {}
            Saved::Answered => break,
        }
    }
    Err(Problem::raced())
}

/// Deletes the schedule of a job that is not owed any more. Left behind it does no harm: the job
/// finds the campaign cancelled and is dropped.
async fn disarm(app: &Volley, job: &Job) {
    if let Err(error) = app.schedules.delete(job).await {
        let error = anyhow::Error::new(error);
        tracing::warn!(job = job.name(), error = %format!("{error:#}"), "left a schedule behind");
    }
}
