//! Texts in their stored form.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::ids::{CampaignId, OrganizationId};
use shared::inbound::{Decision, InboundMessage};
use shared::keyword::Keyword;
use shared::phone::Phone;
use shared::time::Timestamp;

use super::super::dynamo::{Item, parse, text};
use super::super::{Result, TableError, keys};
use super::KIND;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    from: Phone,
    to: Vec<String>,
    text: String,
    received_at: Timestamp,
    campaign_id: Option<CampaignId>,
    keyword: Option<Keyword>,
    due_on: Option<NaiveDate>,
    decision: Option<Decision>,
    expires_at: i64,
}

impl Row {
    pub(super) fn of(message: &InboundMessage, expires_at: i64) -> Self {
        Self {
            from: message.from.clone(),
            to: message.to.clone(),
            text: message.text.clone(),
            received_at: message.received_at,
            campaign_id: message.campaign_id,
            keyword: message.keyword,
            due_on: message.due_on,
            decision: message.decision.clone(),
            expires_at,
        }
    }
}

pub(in crate::table) fn read(
    item: Item,
    organization_id: OrganizationId,
) -> Result<InboundMessage> {
    let id = text(&item, "sk").and_then(|sk| keys::read_inbound(&sk));
    let id = id.ok_or_else(|| TableError::malformed(KIND, "its sort key has no id"))?;
    let Row { from, to, text, received_at, campaign_id, keyword, due_on, decision, .. } =
        parse(KIND, item)?;
    Ok(InboundMessage {
        id,
        organization_id,
        from,
        to,
        text,
        received_at,
        campaign_id,
        keyword,
        due_on,
        decision,
    })
}
