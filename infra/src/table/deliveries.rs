//! The deliveries of a webhook, and the health of its endpoint.
//!
//! They are in the webhook's own partition. A delivery that is to be tried again has a second item,
//! ordered by its time, and the health has one due item for the earliest of them. So a million
//! deliveries that wait for a dead endpoint are one item for the sweep.

mod calls;
mod retries;

pub use calls::{Call, Called, Owner};

use serde::{Deserialize, Serialize};
use shared::ids::{EventId, WebhookId};
use shared::job::Due;
use shared::time::Timestamp;
use shared::webhook::{DELIVERIES_KEPT_DAYS, Delivery, DeliveryStatus, Health};

use super::dynamo::{Consistency, Item, Range, SortKey, item, parse, start, text};
use super::{Result, Table, keys};

/// The health of an endpoint, with when its deliveries are tried again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointHealth {
    pub health: Health,
    pub due: Option<Due>,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    delivery: Delivery,
    /// For conditions.
    delivery_state: DeliveryStatus,
    /// Epoch seconds.
    expires_at: i64,
}

/// Where a list of deliveries goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPosition(EventId);

const HEALTH: &str = "a webhook's health";
const KIND: &str = "a delivery";

fn delivery_item(webhook: WebhookId, delivery: &Delivery) -> Result<Item> {
    let expires_at = delivery.tried_since.plus_seconds(DELIVERIES_KEPT_DAYS * 86_400);
    let row = Row {
        delivery: delivery.clone(),
        delivery_state: delivery.status,
        expires_at: expires_at.unix_seconds(),
    };
    item(KIND, &keys::delivery(webhook, delivery.id), row)
}

fn read(item: Item) -> Result<Delivery> {
    Ok(parse::<Row>(KIND, item)?.delivery)
}

impl Table {
    pub async fn endpoint_health(&self, webhook: WebhookId) -> Result<EndpointHealth> {
        let key = keys::webhook_health(webhook);
        Ok(self.get(HEALTH, &key, Consistency::Strong).await?.unwrap_or_default())
    }

    pub async fn delivery(&self, webhook: WebhookId, id: EventId) -> Result<Option<Delivery>> {
        let key = keys::delivery(webhook, id);
        self.get_item(&key, Consistency::Strong).await?.map(read).transpose()
    }

    /// The deliveries of a webhook, newest first.
    pub async fn deliveries(
        &self,
        webhook: WebhookId,
        limit: i32,
        after: Option<DeliveryPosition>,
    ) -> Result<(Vec<Delivery>, Option<DeliveryPosition>)> {
        let partition = keys::webhook_partition(webhook);
        let position = |DeliveryPosition(id)| start(&partition, &keys::delivery(webhook, id).sk);
        let range = Range {
            limit: Some(limit),
            newest_first: true,
            start: after.map(position),
            ..Range::new(
                partition.clone(),
                SortKey::Prefix(keys::DELIVERY.to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let next = page.next.and_then(|key| {
            let id = text(&key, "sk")?.strip_prefix(keys::DELIVERY)?.parse().ok()?;
            Some(DeliveryPosition(id))
        });
        Ok((page.items.into_iter().map(read).collect::<Result<_>>()?, next))
    }

    /// The deliveries whose time has come, earliest first, each with the time that it waited for.
    pub async fn due_deliveries(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        limit: i32,
    ) -> Result<Vec<(EventId, Timestamp)>> {
        let end = format!("{}{now}$", keys::RETRY);
        let range = Range {
            limit: Some(limit),
            ..Range::new(
                keys::webhook_partition(webhook),
                SortKey::Between(keys::RETRY.to_owned(), end),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        Ok(page.items.iter().filter_map(|item| keys::read_retry(&text(item, "sk")?)).collect())
    }
}
