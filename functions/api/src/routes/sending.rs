//! Sending a campaign, and testing it.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Saved, TestMessage};
use serde::Deserialize;
use shared::campaign::State as CampaignState;
use shared::ids::{CampaignId, MessageId};
use shared::job::{Due, Job};
use shared::message::{Kind, Message};
use shared::phone::Phone;
use utoipa::ToSchema;

use super::campaigns::find;
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{Json, MaybeJson, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, RACES_MOST};
use crate::views::{CampaignView, MessageView, Time};

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendRequest {
    /// When to send, at most 14 days ahead; now if left out.
    scheduled_at: Option<Time>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestRequest {
    /// The phone to text: E.164, or national as dialled in the organisation's default region.
    to: String,
}

/// Schedules a draft, for now or for later.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/send",
    tag = "Sending", request_body = Option<SendRequest>,
    responses(
        (status = 202, description = "The campaign, scheduled.", body = CampaignView),
        (status = 409, description = "`campaign_not_draft`"),
        (status = 422, description = "`campaign_body_required`, `scheduled_at_past`, \
                                      `scheduled_at_too_far`, or the body does not validate."),
    ))]
pub(crate) async fn send_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(request): MaybeJson<SendRequest>,
) -> Result<Reply, Problem> {
    let at = request.scheduled_at.map(|Time(at)| at);
    for _ in 0..RACES_MOST {
        let now = clock::now();
        let before = find(&app, access.organization.id, id).await?;
        let after = before.clone().schedule(at, now, app.repair_seconds)?;
        let reply = Reply::new(StatusCode::ACCEPTED, &CampaignView::from(&after))?;
        let remember = once.remember(&reply, now);
        let saved = app.table.save_campaign(&before, &after, remember.as_ref());
        match saved.await? {
            Saved::Done => {
                if let (CampaignState::Scheduled { at }, Some(due)) = (&after.state, &after.step) {
                    app.arm(&due.job, *at, now).await;
                }
                return Ok(reply);
            }
            Saved::Stale => {}
            Saved::Answered => return Err(Problem::raced()),
        }
    }
    Err(Problem::raced())
}

/// Sends a draft's body to one phone. Neither contacts nor unsubscribes are asked, and the
/// campaign stays as it is.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/send-test",
    tag = "Sending", request_body = TestRequest,
    responses(
        (status = 202, description = "The test message, on its way.", body = MessageView),
        (status = 409, description = "`campaign_not_draft`"),
        (status = 422, description = "`campaign_body_required`, or the body does not validate."),
    ))]
pub(crate) async fn send_test(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(campaign_id): Segment<CampaignId>,
    once: Once,
    Json(request): Json<TestRequest>,
) -> Result<Reply, Problem> {
    let organization = access.organization;
    let to = Phone::parse(&request.to, organization.default_region)
        .map_err(|error| Problem::field("/to", error.to_string()))?;
    let campaign = find(&app, organization.id, campaign_id).await?;
    let now = clock::now();
    let test = TestMessage {
        message: Message {
            id: MessageId::new(now, clock::entropy()),
            kind: Kind::Test,
            ..Message::pending(organization.id, campaign_id, to, now)
        },
        from: organization.sender_phone,
        body: campaign.test_body()?.to_owned(),
    };
    let due = Due {
        at: now.plus_seconds(app.repair_seconds),
        job: Job::Test {
            organization_id: organization.id,
            campaign_id,
            message_id: test.message.id,
        },
    };
    let reply = Reply::new(StatusCode::ACCEPTED, &MessageView::from(test.clone()))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_test(&test, &due, remember.as_ref());
    match saved.await? {
        Saved::Done => {}
        Saved::Stale | Saved::Answered => return Err(Problem::raced()),
    }
    app.arm(&due.job, now, now).await;
    Ok(reply)
}
