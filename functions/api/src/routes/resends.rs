//! Resends: drafts for those whom a campaign did not reach.

use std::collections::BTreeSet;

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Resends, Saved};
use serde::Deserialize;
use shared::campaign::{Campaign, Refusal, Status};
use shared::ids::CampaignId;
use shared::message::FailureReason;
use shared::resend::{self, Earlier, MAX_CAMPAIGNS, Prepared, Resend};
use utoipa::ToSchema;

use super::campaigns::find;
use super::copies::name_of_copy;
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::params::Segment;
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::{CampaignView, labels};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResendRequest {
    /// Why the messages failed that are sent again. `unsubscribed` and `already_reached` are not
    /// possible.
    #[schema(value_type = Vec<labels::ErrorReason>, min_items = 1, example = json!(["unreachable", "expired"]))]
    reasons: BTreeSet<FailureReason>,
    /// Also texts those whose message has the status `unknown`. Some of them may have received it, and
    /// receive it twice then.
    #[serde(default)]
    include_unknown: bool,
    /// The name of the draft. Defaults to `Resend of` and the campaign's name.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
}

/// Resend to those who were not reached
///
/// Creates a draft with the same body for the recipients whose message failed for one of `reasons`. People
/// whom another campaign with this text has reached, or may have reached, are left out, and so are
/// people who have opted out or have been deleted. The recipients are chosen in the background; the draft can
/// be sent once `resend.ready` is true, within 30 days. Each text can have one unsent resend at a time.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/resend",
    tag = "Campaigns", request_body = ResendRequest,
    responses(
        (status = 201, description = "The new draft.", body = CampaignView),
        (status = 409, description = "`campaign_not_dispatched`: the campaign, or another resend of it, \
                                      is still being sent. `resend_open`: another resend is not sent yet. \
                                      `too_many_resends`: the text was resent too often."),
    ))]
pub(crate) async fn resend_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    Json(request): Json<ResendRequest>,
) -> Result<Reply, Problem> {
    request.check()?;
    let original = find(&app, access.organization.id, id).await?;
    let origin = original.origin();
    let before = app.table.resends(origin).await?;
    let (resends, earlier) = family(&app, &original, &before).await?;
    let now = clock::now();
    let resend = Resend {
        of: original.id,
        origin,
        earlier,
        reasons: request.reasons.clone(),
        include_unknown: request.include_unknown,
        requested_at: now,
        prepared: Prepared::default(),
    };
    let new = CampaignId::new(now, clock::entropy());
    let name = name_of_copy(request.name.as_deref(), "Resend of", &original)?;
    let draft = original.resent_as(new, name, resend, app.grace);
    let draft = draft.by(access.actor);
    let reply = Reply::new(StatusCode::CREATED, &CampaignView::from(&draft))?;
    let remember = once.remember(&reply, now);
    let created = app.table.create_resend((&draft, origin), &before, &resends, remember.as_ref());
    match created.await? {
        Saved::Done => {
            if let Some(due) = &draft.step {
                app.arm(&due.job, now, now).await;
            }
            Ok(reply)
        }
        Saved::Stale | Saved::Answered => Err(Problem::raced()),
    }
}

impl ResendRequest {
    fn check(&self) -> Result<(), Problem> {
        if self.reasons.is_empty() {
            return Err(Problem::field("/reasons", "must have at least one reason"));
        }
        if let Some(reason) = self.reasons.iter().find(|reason| !resend::can_resend(**reason)) {
            let label = labels::label(reason);
            let detail = format!("messages that failed with {label} are never sent again");
            return Err(Problem::field("/reasons", detail));
        }
        Ok(())
    }
}

/// The resends of the origin that still exist, and the campaigns of it that were sent. All of these must
/// have been sent to everyone, because only then is it known whom they have not reached.
async fn family(
    app: &Volley,
    original: &Campaign,
    before: &Resends,
) -> Result<(Vec<CampaignId>, BTreeSet<Earlier>), Problem> {
    let origin = original.origin();
    let (mut resends, mut earlier) = (Vec::new(), BTreeSet::from_iter(Earlier::of(original)));
    if !original.has_dispatched() {
        return Err(Refusal::NotDispatched.into());
    }
    for id in before.campaigns.iter().chain([&origin]) {
        let Some(campaign) = app.table.campaign(original.organization_id, *id).await? else {
            // Only drafts are ever deleted.
            continue;
        };
        match campaign.status() {
            Status::Draft | Status::Scheduled => {
                let detail =
                    format!("{id} is another resend of this text; send or delete it first");
                return Err(Problem::new(Code::ResendOpen, detail));
            }
            Status::Cancelled => continue,
            Status::Sent | Status::Failed if !campaign.has_dispatched() => {
                return Err(Refusal::NotDispatched.into());
            }
            Status::Sent | Status::Failed => {}
        }
        earlier.extend(Earlier::of(&campaign));
        if *id != origin {
            resends.push(*id);
        }
    }
    if earlier.len() >= MAX_CAMPAIGNS {
        let detail = format!("a text can be sent by at most {MAX_CAMPAIGNS} campaigns");
        return Err(Problem::new(Code::TooManyResends, detail));
    }
    Ok((resends, earlier))
}
