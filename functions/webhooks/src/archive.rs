//! Keeps what people write, and flags what may revoke consent.

use infra::gateway::Inbound;
use infra::table::InboundKept;
use shared::ids::{CampaignId, InboundId};
use shared::inbound::{self, InboundMessage, MAX_TEXT, due_on};
use shared::keyword::{Keyword, may_be_refusal};
use shared::organization::Organization;
use shared::time::Timestamp;

use crate::App;

/// The facts about a text that are known before it is kept.
pub(crate) struct Filed {
    pub(crate) keyword: Option<Keyword>,
    pub(crate) campaign_id: Option<CampaignId>,
    pub(crate) received_at: Timestamp,
}

/// Keeps a text. If it is delivered again, the first one stays.
pub(crate) async fn keep(
    app: &App,
    organization: &Organization,
    inbound: &Inbound,
    filed: Filed,
) -> anyhow::Result<InboundKept> {
    let Filed { keyword, campaign_id, received_at } = filed;
    let may_refuse = keyword.is_none() && may_be_refusal(&inbound.body);
    // Who has opted out has nothing left to refuse.
    let is_flagged =
        may_refuse && app.table.unsubscribe(organization, &inbound.from).await?.is_none();
    let what = (&inbound.from, inbound.body.as_str(), received_at);
    let name = inbound::name(organization.id, inbound.provider_id.as_deref(), what);
    let message = InboundMessage {
        id: InboundId::of(received_at, name),
        organization_id: organization.id,
        from: inbound.from.clone(),
        to: inbound.to.clone(),
        text: inbound.body.chars().take(MAX_TEXT).collect(),
        received_at,
        campaign_id,
        keyword,
        due_on: is_flagged.then(|| due_on(organization.time_zone.date_of(received_at))),
        decision: None,
    };
    let kept = app.table.keep_inbound(message, name, app.retention.ends_at(received_at)).await?;
    tracing::info!(?keyword, is_flagged, ?kept, "kept a text");
    Ok(kept)
}
