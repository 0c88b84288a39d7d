//! Sending a campaign, and testing it.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Saved, TestAllowance, TestMessage, TestSaved};
use serde::Deserialize;
use shared::campaign::{Campaign, Limits, MaxPrice, State as CampaignState};
use shared::ids::{CampaignId, MessageId};
use shared::job::{Due, Job};
use shared::message::{Kind, Message};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::price::InvalidPrice;
use shared::sender::Provider;
use shared::time::Timestamp;
use utoipa::ToSchema;

use super::campaigns::{check_body, find};
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{Json, MaybeJson, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, RACES_MOST};
use crate::views::{CampaignView, MessageView, Time};

const SECONDS_A_DAY: i64 = 86_400;

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendRequest {
    /// When to send, at most 14 days ahead; now if left out.
    scheduled_at: Option<Time>,
    /// Stops the campaign before anything leaves if it comes to more message parts.
    #[schema(minimum = 1)]
    max_parts: Option<u64>,
    /// Stops the campaign before anything leaves if it costs more by the organisation's prices, or
    /// has recipients in countries that have none.
    #[schema(example = "25.00")]
    max_price: Option<String>,
}

impl SendRequest {
    fn limits(&self, organization: &Organization) -> Result<Limits, Problem> {
        if self.max_parts == Some(0) {
            return Err(Problem::field("/maxParts", "must be at least 1"));
        }
        let Some(written) = &self.max_price else {
            return Ok(Limits { max_parts: self.max_parts, max_price: None });
        };
        let amount = written.parse();
        let amount =
            amount.map_err(|error: InvalidPrice| Problem::field("/maxPrice", error.to_string()))?;
        let Some(prices) = organization.prices.clone() else {
            let detail = "maxPrice needs the organisation's prices";
            return Err(Problem::unprocessable("prices_required", detail));
        };
        let max_price = Some(MaxPrice { amount, prices });
        Ok(Limits { max_parts: self.max_parts, max_price })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TestRequest {
    /// The phone to text: E.164, or national as dialled in the organisation's default region.
    to: String,
    /// Only asks the provider whether it would send the text: `sent` then means that it would. AWS
    /// End User Messaging can be asked so.
    #[serde(default)]
    dry_run: bool,
    /// Sends the text although the person has opted out. They must have agreed to get it.
    #[serde(default)]
    confirm_opted_out: bool,
}

/// Schedules a draft, for now or for later.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/send",
    tag = "Sending", request_body = Option<SendRequest>,
    responses(
        (status = 202, description = "The campaign, scheduled.", body = CampaignView),
        (status = 409, description = "`campaign_not_draft`"),
        (status = 422, description = "`campaign_body_required`, `scheduled_at_past`, \
                                      `scheduled_at_too_far`, `prices_required`, or the body does not validate."),
    ))]
pub(crate) async fn send_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    once: Once,
    MaybeJson(request): MaybeJson<SendRequest>,
) -> Result<Reply, Problem> {
    let limits = request.limits(&access.organization)?;
    let at = request.scheduled_at.map(|Time(at)| at);
    for _ in 0..RACES_MOST {
        let now = clock::now();
        let before = find(&app, access.organization.id, id).await?;
        let after = before.clone().schedule(at, now, app.repair_seconds)?;
        let after = Campaign { limits: limits.clone(), ..after.by(access.actor.clone()) };
        // The provider may be another since the body was saved.
        check_body(&access.organization, after.body.as_ref())?;
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

/// Send a draft's body to one phone. It need not be a contact's, and the campaign stays as it is. A
/// person who has opted out gets the text only with `confirmOptedOut`. An organization may send
/// `testsPerDay` tests from midnight to midnight in UTC; dry runs do not count.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/send-test",
    tag = "Sending", request_body = TestRequest,
    responses(
        (status = 202, description = "The test message, on its way.", body = MessageView),
        (status = 409, description = "`campaign_not_draft`"),
        (status = 422, description = "`campaign_body_required`, `dry_run_unavailable`, \
                                      `recipient_opted_out`, or the body does not validate."),
        (status = 429, description = "`test_limit_reached`; `Retry-After` says when the next day \
                                      begins. API Gateway refuses too many requests on its own."),
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
    if request.dry_run && !matches!(organization.sender.provider, Provider::Aws(_)) {
        let detail = "the organisation's provider cannot be asked without sending";
        return Err(Problem::unprocessable("dry_run_unavailable", detail));
    }
    let campaign = find(&app, organization.id, campaign_id).await?;
    let now = clock::now();
    let allowance = allowance(&organization, app.tests_per_day, now);
    let is_asked_about = !request.dry_run && !request.confirm_opted_out;
    if is_asked_about && app.table.unsubscribe(&organization, &to).await?.is_some() {
        let detail = "the person has opted out: send \"confirmOptedOut\": true only if they agreed \
                      to get this test";
        return Err(Problem::unprocessable("recipient_opted_out", detail));
    }
    let test = TestMessage {
        message: Message {
            id: MessageId::new(now, clock::entropy()),
            kind: Kind::Test,
            ..Message::pending(organization.id, campaign_id, to, now)
        },
        from: organization.sender,
        body: campaign.test_body()?.clone(),
        is_dry_run: request.dry_run,
        is_confirmed: request.confirm_opted_out,
    };
    test.from
        .provider
        .check_body(test.body.as_str())
        .map_err(|error| Problem::field("/body", error.to_string()))?;
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
    let saved = app.table.create_test_message(&test, &due, &allowance, remember.as_ref());
    match saved.await? {
        TestSaved::Done => {}
        TestSaved::LimitReached => {
            let TestAllowance { limit, ends_at, .. } = allowance;
            let detail = format!(
                "the organization has sent its {limit} test messages of today: try again after {ends_at}"
            );
            let seconds = ends_at.seconds_from(now);
            return Err(Problem::too_many("test_limit_reached", detail, seconds));
        }
        TestSaved::Stale | TestSaved::Answered => return Err(Problem::raced()),
    }
    app.arm(&due.job, now, now).await;
    Ok(reply)
}

/// The tests that an organization may send on the day of `now`, in UTC.
fn allowance(organization: &Organization, default: u32, now: Timestamp) -> TestAllowance {
    let day = now.start_of_day();
    TestAllowance {
        day,
        ends_at: day.plus_seconds(SECONDS_A_DAY),
        limit: organization.tests_per_day.unwrap_or(default),
    }
}
