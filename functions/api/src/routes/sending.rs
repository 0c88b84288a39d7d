//! Sending campaigns and test messages.

mod test_text;

use std::collections::BTreeSet;

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Saved, SingleMessage, TestAllowance, TestSaved};
use serde::Deserialize;
use shared::campaign::{Campaign, Limits, MaxPrice, State as CampaignState};
use shared::ids::{CampaignId, MessageId, SegmentId};
use shared::job::{DispatchJob, Due};
use shared::message::{Kind, Message};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::price::InvalidPrice;
use shared::target::Target;
use shared::time::Timestamp;
use utoipa::{IntoParams, ToSchema};

use self::test_text::test_text;
use super::bodies::check_body;
use super::campaigns::{find, freeze};
use super::imports::import_warnings;
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{Json, MaybeJson, Reply};
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::{CampaignView, MessageView, Time};

const SECONDS_A_DAY: i64 = 86_400;
/// The most segments that a sent campaign reaches: all of them change in one transaction.
const MAX_USES: usize = 50;

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendRequest {
    /// When to send, at most 14 days ahead. Defaults to now.
    scheduled_at: Option<Time>,
    /// Stops the campaign before anything is sent if it needs more message parts.
    #[schema(minimum = 1)]
    max_parts: Option<u64>,
    /// Stops the campaign before anything is sent if it costs more according to the organization's
    /// prices, or if a recipient's country has no price.
    #[schema(example = "25.00")]
    max_price: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SendQuery {
    /// Refuses with 409 `imports_running` while an import of the organization changes contacts.
    /// Otherwise the campaign only has a warning then: contacts that the import adds or changes after
    /// the audience has been read do not count.
    #[serde(default, rename = "waitForImports")]
    wait_for_imports: bool,
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
            let detail = "maxPrice requires prices; add them to the organization first";
            return Err(Problem::new(Code::PricesRequired, detail));
        };
        let max_price = Some(MaxPrice { amount, prices });
        Ok(Limits { max_parts: self.max_parts, max_price })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TestRequest {
    /// The phone to text, in E.164 or in national format of the organization's default region.
    to: String,
    /// The contact whose fields the text is rendered with. Without one, merge fields have their
    /// defaults.
    #[schema(example = "ext:crm-4711")]
    contact_id: Option<String>,
    /// Only checks whether the provider would accept the text, without sending it; the status `sent`
    /// then means that it would. Only AWS End User Messaging supports this.
    #[serde(default)]
    dry_run: bool,
    /// Sends the text even if the person has opted out. They must have agreed to receive it.
    #[serde(default)]
    confirm_opted_out: bool,
}

/// Send a draft, now or at a given time
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/send",
    tag = "Sending", params(SendQuery), request_body = Option<SendRequest>,
    responses(
        (status = 202, description = "The scheduled campaign.", body = CampaignView),
        (status = 409, description = "`campaign_not_draft`: the campaign is not a draft. \
                                      `resend_preparing`, `resend_expired`: see resends. \
                                      `imports_running`: with `waitForImports`, an import changes \
                                      contacts; retry when it has ended."),
        (status = 422, description = "`campaign_body_required`, `scheduled_at_past`, \
                                      `scheduled_at_too_far`, `prices_required`, \
                                      `target_missing`, or the body is \
                                      invalid."),
    ))]
pub(crate) async fn send_campaign(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<CampaignId>,
    Query(query): Query<SendQuery>,
    once: Once,
    MaybeJson(request): MaybeJson<SendRequest>,
) -> Result<Reply, Problem> {
    let limits = request.limits(&access.organization)?;
    let warnings = import_warnings(&app, access.organization.id).await?;
    if let (true, Some(detail)) = (query.wait_for_imports, warnings.first()) {
        return Err(Problem::new(Code::ImportsRunning, detail.clone()));
    }
    let at = request.scheduled_at.map(|Time(at)| at);
    for _ in 0..MAX_RACES {
        let now = clock::now();
        let before = find(&app, access.organization.id, id).await?;
        let after = before.clone().schedule(at, now, app.grace)?;
        let uses = uses(&app, &access.organization, after.target.as_ref()).await?;
        let after = Campaign { limits: limits.clone(), uses, ..after.by(access.actor.clone()) };
        // The provider may have changed since the body was saved.
        check_body(&access.organization, after.body.as_ref())?;
        let reply = Reply::new(
            StatusCode::ACCEPTED,
            &CampaignView::from(&after).with_warnings(warnings.clone()),
        )?;
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

/// Send a test message
///
/// Sends a draft's body to one phone, which need not belong to a contact. Merge fields are those of
/// `contactId`. The campaign does not change.
/// A person who has opted out receives the text only with `confirmOptedOut`. An organization may send
/// `testsPerDay` tests per day in UTC; dry runs do not count.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/send-test",
    tag = "Sending", request_body = TestRequest,
    responses(
        (status = 202, description = "The test message, which is about to be sent.", body = MessageView),
        (status = 409, description = "`campaign_not_draft`: the campaign is not a draft."),
        (status = 422, description = "`campaign_body_required`, `dry_run_unavailable`, \
                                      `recipient_opted_out`, or the body is invalid."),
        (status = 429, description = "`test_limit_reached`: retry the next day, after `Retry-After`. \
                                      API Gateway also limits requests, in its own format."),
    ))]
pub(crate) async fn send_test(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(campaign_id): Segment<CampaignId>,
    once: Once,
    Json(request): Json<TestRequest>,
) -> Result<Reply, Problem> {
    let organization = access.organization;
    let to = recipient_of_test(&app, &organization, &request).await?;
    let campaign = find(&app, organization.id, campaign_id).await?;
    let body = test_text(&app, &organization, campaign.test_body()?, request.contact_id.as_deref());
    let body = body.await?;
    let now = clock::now();
    let allowance = allowance(&organization, app.tests_per_day, now);
    let id = MessageId::new(now, clock::entropy());
    let test = SingleMessage {
        message: Message {
            kind: Kind::Test,
            ..Message::pending(organization.id, campaign_id, id, to, now)
        },
        from: organization.sender,
        body,
        is_dry_run: request.dry_run,
        is_confirmed: request.confirm_opted_out,
    };
    test.from
        .provider
        .check_body(test.body.as_str())
        .map_err(|error| Problem::field("/body", error.to_string()))?;
    let (organization_id, message_id) = (organization.id, test.message.id);
    let job = DispatchJob::Test { organization_id, campaign_id, message_id }.into();
    let due = Due { at: app.grace.after(now), job };
    let reply = Reply::new(StatusCode::ACCEPTED, &MessageView::from(test.clone()))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_test_message(&test, &due, &allowance, remember.as_ref());
    match saved.await? {
        TestSaved::Done => {}
        TestSaved::LimitReached => return Err(limit_reached(&allowance, now)),
        TestSaved::Stale | TestSaved::Answered => return Err(Problem::raced()),
    }
    app.arm(&due.job, now, now).await;
    Ok(reply)
}

/// The segments that a target reaches, which cannot be deleted while the campaign is scheduled.
async fn uses(
    app: &Volley,
    organization: &Organization,
    target: Option<&Target>,
) -> Result<BTreeSet<SegmentId>, Problem> {
    let Some(target) = target else {
        return Ok(BTreeSet::new());
    };
    freeze(app, organization, target).await?;
    let reached = app.table.segments_reached(organization.id, target.segments()).await?;
    if reached.len() > MAX_USES {
        let detail = format!("the campaign's target reaches more than {MAX_USES} segments");
        return Err(Problem::new(Code::TargetMissing, detail));
    }
    Ok(reached.into_keys().collect())
}

/// The phone to test with, if the organization may send it a test.
async fn recipient_of_test(
    app: &App,
    organization: &Organization,
    request: &TestRequest,
) -> Result<Phone, Problem> {
    let to = Phone::parse(&request.to, organization.default_region)
        .map_err(|error| Problem::field("/to", error.to_string()))?;
    if request.dry_run && !organization.sender.provider.has_dry_runs() {
        let detail =
            "the organization's provider does not support dryRun; send the test without it";
        return Err(Problem::new(Code::DryRunUnavailable, detail));
    }
    let must_agree = !request.dry_run && !request.confirm_opted_out;
    if must_agree && app.table.unsubscribe(organization, &to).await?.is_some() {
        let detail = "the person has opted out; set confirmOptedOut only if they agreed to \
                      receive this test";
        return Err(Problem::new(Code::RecipientOptedOut, detail));
    }
    Ok(to)
}

fn limit_reached(allowance: &TestAllowance, now: Timestamp) -> Problem {
    let TestAllowance { limit, ends_at, .. } = allowance;
    let detail = format!(
        "the organization has reached its limit of {limit} test messages per day; retry after \
         {ends_at}"
    );
    Problem::too_many(Code::TestLimitReached, detail, ends_at.seconds_from(now))
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
