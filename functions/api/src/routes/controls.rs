//! Canceling a scheduled campaign, and pausing, resuming and stopping a running one.

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
use crate::state::{App, MAX_RACES, Volley};
use crate::views::CampaignView;

/// Cancel a scheduled campaign
///
/// If it succeeds, no message was or will be sent.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/cancel",
    tag = "Sending",
    responses(
        (status = 200, description = "The canceled campaign.", body = CampaignView),
        (status = 409, description = "`campaign_not_scheduled`: the campaign is not scheduled."),
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

/// Pause a campaign
///
/// Messages already in flight are still sent: each worker finishes its current chunk of up to 100
/// messages.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/pause",
    tag = "Sending",
    responses(
        (status = 200, description = "The paused campaign.", body = CampaignView),
        (status = 409, description = "`campaign_not_running`: the campaign is not running."),
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

/// Resume a paused campaign
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/resume",
    tag = "Sending",
    responses(
        (status = 200, description = "The resumed campaign.", body = CampaignView),
        (status = 409, description = "`campaign_not_paused`: the campaign is not paused."),
    ))]
pub(crate) async fn resume_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let resume = |campaign: Campaign, now| campaign.resume(&app.polls, now, app.grace);
    let change = change(&app, &access, id, &once, resume).await?;
    change.arm(&app).await;
    Ok(change.reply)
}

/// Stop a campaign
///
/// It cannot be resumed. Messages that are not being sent yet fail with `stopped`.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/stop",
    tag = "Sending",
    responses(
        (status = 200, description = "The stopped campaign.", body = CampaignView),
        (status = 409, description = "`campaign_not_running`: the campaign is not running."),
    ))]
pub(crate) async fn stop_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let stop = |campaign: Campaign, now| campaign.stop(&app.polls, now, app.grace);
    let change = change(&app, &access, id, &once, stop).await?;
    change.arm(&app).await;
    Ok(change.reply)
}

/// A change that was written.
pub(super) struct Changed {
    before: Campaign,
    after: Campaign,
    pub(super) reply: Reply,
}

impl Changed {
    async fn arm(&self, app: &Volley) {
        arm_new(app, &self.before, &self.after).await;
    }
}

/// Queues the due work that the campaign did not have before: the next poll at its time, and everything
/// else now.
pub(super) async fn arm_new(app: &Volley, before: &Campaign, after: &Campaign) {
    let now = after.updated_at;
    let before = before.owed();
    for due in after.owed().into_iter().flatten() {
        if before.contains(&Some(due)) {
            continue;
        }
        let at = match &due.job {
            Job::Polls(PollsJob::Poll { .. }) => app.grace.before(due.at),
            Job::Polls(PollsJob::Drain { .. })
            | Job::Jobs(_)
            | Job::Dispatch(_)
            | Job::Notify(_) => now,
        };
        app.arm(&due.job, at, now).await;
    }
}

/// Applies `decide` to a campaign and writes the result. Decides again if another writer was faster.
pub(super) async fn change(
    app: &Volley,
    access: &Access<Sender>,
    id: CampaignId,
    once: &Once,
    decide: impl Fn(Campaign, Timestamp) -> Result<Campaign, Refusal>,
) -> Result<Changed, Problem> {
    for _ in 0..MAX_RACES {
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

/// Deletes the schedule of a job that is no longer due. A leftover schedule is harmless: the job
/// finds the campaign canceled and is dropped.
async fn disarm(app: &Volley, job: &Job) {
    if let Err(error) = app.schedules.delete(job).await {
        let error = anyhow::Error::new(error);
        tracing::warn!(owed = job.name(), error = %format!("{error:#}"), "left a schedule behind");
    }
}
