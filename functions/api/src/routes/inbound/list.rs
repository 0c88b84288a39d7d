//! The lists of inbound messages.

use axum::extract::State;
use infra::clock;
use infra::table::InboundFilter;
use serde::Deserialize;
use shared::ids::{CampaignId, InboundId, OrganizationId};
use shared::inbound::InboundMessage;
use shared::organization::Organization;
use shared::phone::{Line, Phone};
use shared::time::Timestamp;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::messages::read_phone;
use crate::auth::{Access, Viewer};
use crate::json::Reply;
use crate::page::{List, ListView};
use crate::params::Query;
use crate::problem::Problem;
use crate::state::{App, Volley};
use crate::views::InboundView;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InboundQuery {
    /// The maximum number of items. A page of a filtered list may be shorter, or even empty, without
    /// being the last.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// The `nextCursor` of the previous page.
    cursor: Option<String>,
    /// Only messages from this phone, which are found without reading the others.
    phone: Option<String>,
    /// Only messages in reply to this campaign.
    campaign: Option<Uuid>,
    /// `true` lists only flagged messages that no one has decided about, soonest due first.
    #[serde(default)]
    #[param(required = false)]
    flagged: bool,
}

/// What every message is compared with.
struct Wanted {
    line: Option<Line>,
    campaign: Option<CampaignId>,
}

impl Wanted {
    fn matches(&self, message: &InboundMessage) -> bool {
        self.line.as_ref().is_none_or(|line| message.from.line() == *line)
            && (self.campaign.is_none() || message.campaign_id == self.campaign)
    }
}

/// List inbound messages
///
/// Everything that people wrote to the organization, newest first. Messages are removed 400 days after
/// they were received, or after the deployment's `InboundRetentionDays`. A message without a keyword that
/// may revoke consent, such as "wrong number", is flagged until someone suppresses the phone or dismisses
/// the flag, which is due after ten business days (47 CFR 64.1200(a)(10)). Holidays count as business
/// days.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/inbound", tag = "Inbound",
    params(InboundQuery),
    responses((status = 200, description = "A page of messages.", body = ListView<InboundView>)))]
pub(crate) async fn list_inbound(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(query): Query<InboundQuery>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let phone = query.phone.as_deref().map(|written| read_phone(organization, written));
    let phone = phone.transpose()?;
    let campaign = query.campaign.map(CampaignId);
    let filters = (phone.as_ref().map(Phone::line), campaign, query.flagged);
    let list = app.cursors.list(format!("{}/inbound?{filters:?}", organization.id), query.limit)?;
    let cursor = query.cursor.as_deref();
    let wanted = Wanted { line: filters.0, campaign };
    match phone {
        _ if query.flagged => {
            let after = list.position(cursor)?;
            let page = app.table.open_flags(organization.id, list.limit.into(), after);
            let (found, next) = page.await?;
            let found = found.into_iter().filter(|message| wanted.matches(message));
            list.reply(found.map(InboundView::from), next)
        }
        Some(phone) => list_from(&app, organization.id, (&list, cursor), (&phone, &wanted)).await,
        None => list_all(&app, organization, (&list, cursor), campaign).await,
    }
}

/// All texts of a phone are known by their ids, so a page reads only its own texts.
async fn list_from(
    app: &Volley,
    organization: OrganizationId,
    (list, cursor): (&List<'_>, Option<&str>),
    (phone, wanted): (&Phone, &Wanted),
) -> Result<Reply, Problem> {
    let after: Option<InboundId> = list.position(cursor)?;
    let mut ids = app.table.inbound_from(organization, phone).await?;
    ids.retain(|id| after.is_none_or(|after| *id < after));
    let limit = usize::from(list.limit);
    let next = ids.get(limit.saturating_sub(1)).copied().filter(|_| ids.len() > limit);
    ids.truncate(limit);
    let found = app.table.inbound_by_ids(organization, &ids).await?;
    let found = found.into_iter().filter(|message| wanted.matches(message));
    list.reply(found.map(InboundView::from), next)
}

async fn list_all(
    app: &Volley,
    organization: &Organization,
    (list, cursor): (&List<'_>, Option<&str>),
    campaign: Option<CampaignId>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let filter = InboundFilter { since: since(app, organization, campaign, now).await?, campaign };
    let after = list.position(cursor)?;
    let page = app.table.inbound_messages(organization, filter, (list.limit.into(), now), after);
    let (found, next) = page.await?;
    list.reply(found.into_iter().map(InboundView::from), next)
}

/// How far back the list goes. Older messages have been removed, or precede the organization or the
/// campaign.
async fn since(
    app: &Volley,
    organization: &Organization,
    campaign: Option<CampaignId>,
    now: Timestamp,
) -> Result<Timestamp, Problem> {
    let kept = organization.created_at.max(app.retention.since(now));
    let Some(id) = campaign else {
        return Ok(kept);
    };
    let campaign = app.table.campaign(organization.id, id).await?;
    // No message replies to a campaign that does not exist or was not sent.
    let sent_at = campaign.and_then(|campaign| Some(campaign.broadcast()?.sent_at));
    Ok(kept.max(sent_at.unwrap_or(now)))
}
