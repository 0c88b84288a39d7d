use infra::table::EndpointHealth;
use serde::Serialize;
use shared::event::EventType;
use shared::ids::OrganizationId;
use shared::webhook::{
    Attempt, Delivery, DeliveryStatus, DisabledReason, Failure, Outcome, Webhook,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub(crate) struct WebhookView {
    id: Uuid,
    organization_id: Uuid,
    url: String,
    /// The types of events that it gets. If empty, it gets all of them, also types that are added later.
    #[schema(value_type = Vec<labels::EventType>)]
    types: Vec<EventType>,
    /// A webhook that is disabled gets nothing. Its events are dropped.
    enabled: bool,
    #[schema(required = true)]
    disabled_at: Option<Time>,
    /// `by_request`: an admin disabled it. `failing`: every delivery failed for three days. `gone`: the
    /// endpoint responded with 410.
    #[schema(required = true, value_type = Option<labels::WebhookDisabledReason>)]
    disabled_reason: Option<DisabledReason>,
    /// Since when every delivery has failed; null if the newest one succeeded.
    #[schema(required = true)]
    failing_since: Option<Time>,
    /// The number of events that were dropped while it was disabled.
    dropped_events: u64,
    /// Until when the secret before the newest one signs, too; null if there is only one.
    #[schema(required = true)]
    previous_secret_expires_at: Option<Time>,
    /// The signing secret. Only the response that creates the webhook, or that rotates its secret, has
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Who made the last change.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
}

impl WebhookView {
    pub(crate) fn new(
        organization: OrganizationId,
        webhook: &Webhook,
        endpoint: &EndpointHealth,
    ) -> Self {
        let (health, disabled) = (&endpoint.health, webhook.disabled.as_ref());
        Self {
            id: webhook.id.0,
            organization_id: organization.0,
            url: webhook.url.clone(),
            types: webhook.types.iter().copied().collect(),
            enabled: disabled.is_none(),
            disabled_at: disabled.map(|disabled| disabled.at.into()),
            disabled_reason: disabled.map(|disabled| disabled.reason),
            failing_since: health.failing_since.map(Time::from),
            dropped_events: health.dropped,
            previous_secret_expires_at: webhook
                .secrets
                .iter()
                .find_map(|secret| secret.until)
                .map(Time::from),
            secret: None,
            changed_by: webhook.changed_by.as_ref().map(ChangedByView::from),
            created_at: webhook.created_at.into(),
            updated_at: webhook.updated_at.into(),
        }
    }

    pub(crate) fn with_secret(self, secret: Option<String>) -> Self {
        Self { secret, ..self }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Delivery)]
pub(crate) struct DeliveryView {
    /// The event's ID, which the request has as `webhook-id`.
    id: Uuid,
    /// The event's type, or `ping`.
    #[serde(rename = "type")]
    kind: String,
    #[schema(value_type = labels::DeliveryStatus)]
    status: DeliveryStatus,
    /// The newest 20 attempts, oldest first.
    attempts: Vec<AttemptView>,
    /// When it is tried next; null once it was delivered or has failed.
    #[schema(required = true)]
    next_attempt_at: Option<Time>,
    created_at: Time,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveryAttempt)]
pub(crate) struct AttemptView {
    at: Time,
    duration_ms: u32,
    /// The status of the response; null if there was none.
    #[schema(required = true)]
    status_code: Option<u16>,
    /// Why there was no response.
    #[schema(required = true, value_type = Option<labels::DeliveryError>)]
    error: Option<Failure>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.0,
            kind: delivery.kind,
            status: delivery.status,
            attempts: delivery.attempts.into_iter().map(AttemptView::from).collect(),
            next_attempt_at: delivery.next_at.map(Time::from),
            created_at: delivery.created_at.into(),
        }
    }
}

impl From<Attempt> for AttemptView {
    fn from(Attempt { at, millis, outcome }: Attempt) -> Self {
        let (status_code, error) = match outcome {
            Outcome::Response(status) => (Some(status), None),
            Outcome::Failure(failure) => (None, Some(failure)),
        };
        Self { at: at.into(), duration_ms: millis, status_code, error }
    }
}
