use infra::table::SingleMessage;
use serde::Serialize;
use shared::body::Body;
use shared::campaign::{Broadcast, Campaign};
use shared::message::{FailureReason, Kind, Message, Status};
use shared::phone::Phone;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Message)]
pub(crate) struct MessageView {
    id: Uuid,
    organization_id: Uuid,
    /// The campaign; null for a reply to an inbound message.
    #[schema(required = true)]
    campaign_id: Option<Uuid>,
    #[schema(value_type = labels::MessageKind)]
    kind: Kind,
    /// Null once the person was erased.
    #[schema(value_type = Option<String>, required = true, example = "+14155550123")]
    to: Option<Phone>,
    #[schema(value_type = String, example = "+14155550100")]
    from: Phone,
    /// The text as it was sent. The campaign's body, if it has merge fields and the text is not known.
    body: String,
    /// The number of parts in which the body is sent and billed.
    parts: u32,
    #[schema(value_type = labels::MessageStatus)]
    status: Status,
    /// The provider's error code.
    #[schema(required = true)]
    error_code: Option<String>,
    #[schema(value_type = Option<labels::ErrorReason>, required = true)]
    error_reason: Option<FailureReason>,
    #[schema(required = true)]
    provider_message_id: Option<String>,
    /// Whether the provider only checked the message without sending it. Always false for messages of
    /// campaigns.
    #[serde(rename = "dryRun")]
    is_dry_run: bool,
    created_at: Time,
    #[schema(required = true)]
    sent_at: Option<Time>,
    #[schema(required = true)]
    delivered_at: Option<Time>,
    updated_at: Time,
}

impl MessageView {
    /// A campaign's message. Clients see it as created when the campaign was sent, not when it was
    /// claimed, so `createdAt` never changes.
    pub(crate) fn of_campaign(
        campaign: &Campaign,
        broadcast: &Broadcast,
        message: Message,
    ) -> Self {
        let message = Message { created_at: broadcast.sent_at, ..message };
        Self::new(message, broadcast.sender.phone.clone(), campaign.body_sent())
    }

    fn new(message: Message, from: Phone, body: &Body) -> Self {
        let text = message.text.clone();
        let failure = message.failure();
        Self {
            id: message.id.0,
            organization_id: message.organization_id.0,
            campaign_id: message.reference().campaign().map(|id| id.0),
            kind: message.kind,
            from,
            parts: body.parts_of(&message),
            body: text.unwrap_or_else(|| body.as_str().to_owned()),
            status: message.status(),
            error_code: failure.and_then(|(_, code)| code.map(str::to_owned)),
            error_reason: failure.map(|(reason, _)| reason),
            provider_message_id: message.provider_id().map(str::to_owned),
            is_dry_run: false,
            created_at: message.created_at.into(),
            sent_at: message.sent_at().map(Time),
            delivered_at: message.delivered_at().map(Time),
            updated_at: message.updated_at().into(),
            to: message.to,
        }
    }
}

impl From<SingleMessage> for MessageView {
    fn from(single: SingleMessage) -> Self {
        let view = Self::new(single.message, single.from.phone, &single.body);
        Self { is_dry_run: single.is_dry_run, ..view }
    }
}
