//! The keys of webhooks and their deliveries.

use shared::ids::{EventId, OrganizationId, WebhookId};
use shared::time::Timestamp;

use super::Key;

pub(crate) const DELIVERY: &str = "DELIVERY#";
pub(crate) const RETRY: &str = "RETRY#";

/// All webhooks of an organization, apart from its other items.
pub(crate) fn webhooks(organization: OrganizationId) -> Key {
    Key::new(format!("WEBHOOKS#{organization}"), "ENDPOINTS")
}

pub(crate) fn webhook_partition(id: WebhookId) -> String {
    format!("WEBHOOK#{id}")
}

pub(crate) fn webhook_health(id: WebhookId) -> Key {
    Key::new(webhook_partition(id), "HEALTH")
}

pub(crate) fn delivery(webhook: WebhookId, id: EventId) -> Key {
    Key::new(webhook_partition(webhook), format!("{DELIVERY}{id}"))
}

/// A delivery that waits until `at`.
pub(crate) fn retry(webhook: WebhookId, at: Timestamp, id: EventId) -> Key {
    Key::new(webhook_partition(webhook), format!("{RETRY}{at}#{id}"))
}

pub(crate) fn read_retry(sk: &str) -> Option<(EventId, Timestamp)> {
    let (at, id) = sk.strip_prefix(RETRY)?.split_once('#')?;
    Some((id.parse().ok()?, at.parse().ok()?))
}
