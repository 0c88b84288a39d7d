use infra::table::SingleMessage;
use serde::Serialize;
use shared::inbound::{Decision, InboundMessage, Verdict};
use shared::keyword::Keyword;
use shared::phone::Phone;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, MessageView, Time, labels};

/// A text from a person, and what was done with it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Inbound)]
pub(crate) struct InboundView {
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = String, example = "+14155550123")]
    from: Phone,
    /// The phone, short code or sender ID that the person wrote to; null if the provider named none.
    #[schema(required = true, example = "+14155550100")]
    to: Option<String>,
    body: String,
    received_at: Time,
    /// The campaign that sent the last message to the phone, among the organization's newest campaigns.
    #[schema(required = true)]
    campaign_id: Option<Uuid>,
    /// The keyword that took effect; null if the text is none.
    #[schema(value_type = Option<labels::Keyword>, required = true)]
    keyword: Option<Keyword>,
    /// Whether the text may revoke consent and no one has decided about it.
    flagged: bool,
    /// The last day on which a text that was flagged must be dealt with, in the organization's time
    /// zone. Null if it was not flagged.
    #[schema(value_type = Option<String>, format = Date, required = true, example = "2026-12-07")]
    due_on: Option<String>,
    #[schema(required = true)]
    decision: Option<DecisionView>,
    /// The replies to it, oldest first. Null in lists.
    #[schema(required = true)]
    replies: Option<Vec<MessageView>>,
}

/// What someone at the organization decided about a text.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InboundDecision)]
pub(crate) struct DecisionView {
    #[schema(value_type = labels::Verdict)]
    verdict: Verdict,
    decided_at: Time,
    decided_by: ChangedByView,
}

impl InboundView {
    pub(crate) fn with_replies(self, mut replies: Vec<SingleMessage>) -> Self {
        replies.sort_by_key(|reply| reply.message.created_at);
        Self { replies: Some(replies.into_iter().map(MessageView::from).collect()), ..self }
    }
}

impl From<InboundMessage> for InboundView {
    fn from(message: InboundMessage) -> Self {
        Self {
            id: message.id.0,
            organization_id: message.organization_id.0,
            flagged: message.is_open(),
            from: message.from,
            to: message.to.into_iter().next(),
            body: message.text,
            received_at: message.received_at.into(),
            campaign_id: message.campaign_id.map(|id| id.0),
            keyword: message.keyword,
            due_on: message.due_on.map(|day| day.to_string()),
            decision: message.decision.as_ref().map(DecisionView::from),
            replies: None,
        }
    }
}

impl From<&Decision> for DecisionView {
    fn from(Decision { verdict, at, by }: &Decision) -> Self {
        Self { verdict: *verdict, decided_at: Time(*at), decided_by: by.into() }
    }
}
