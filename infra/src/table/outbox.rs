//! Events, kept as due items until they were sent.

use shared::event::Event;
use shared::ids::{EventId, OrganizationId};

use super::dynamo::{Consistency, Item, Transacted, Transaction, Written};
use super::{Key, Result, Table, TableError, keys};
use crate::clock;
use aws_sdk_dynamodb::types::AttributeValue;

impl Transaction {
    /// Adds the events of what the transaction writes.
    pub(super) fn announce(self, events: &[Event]) -> Result<Self> {
        events
            .iter()
            .try_fold(self, |transaction, event| transaction.replace_due(None, Some(&event.due())))
    }
}

pub(super) fn new_event_id() -> EventId {
    EventId::new(clock::now(), clock::entropy())
}

impl Table {
    /// The events that someone wants. Most writes have none, and then nothing is read.
    pub(super) async fn wanted(
        &self,
        organization: OrganizationId,
        events: impl FnOnce() -> Vec<Event>,
    ) -> Result<Vec<Event>> {
        let Some(outbox) = &self.outbox else {
            return Ok(Vec::new());
        };
        let events = events();
        if events.is_empty() {
            return Ok(events);
        }
        let now = clock::now();
        let wants = match outbox.remembered(organization, now) {
            Some(wants) => wants,
            None => {
                let wants = self.webhooks(organization).await?.any_wants();
                outbox.remember(organization, wants, now);
                wants
            }
        };
        Ok(if wants { events } else { Vec::new() })
    }

    /// Queues events whose transaction was written.
    pub(super) async fn queue_events(&self, events: &[Event]) {
        if let Some(outbox) = &self.outbox {
            for event in events {
                outbox.queue(event).await;
            }
        }
    }

    /// Puts an item if the condition holds, together with its events.
    pub(super) async fn put_announced(
        &self,
        (key, item): (&Key, Item),
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
        events: &[Event],
    ) -> Result<Written> {
        if events.is_empty() {
            return self.put(item, condition, values).await;
        }
        let transaction =
            Transaction::default().put_if(item, condition, values).announce(events)?;
        match self.transact(transaction).await? {
            Transacted::Done => {
                self.queue_events(events).await;
                Ok(Written::Done)
            }
            // A transaction does not return the item that refused it.
            Transacted::Refused(_) => {
                Ok(Written::Refused(self.get_item(key, Consistency::Strong).await?))
            }
            Transacted::Conflict => {
                Err(TableError::Throttled { operation: "write of an item with its events" })
            }
        }
    }

    /// Removes an event that was sent.
    pub async fn forget_event(&self, event: &Event) -> Result<()> {
        self.remove(&keys::due(&event.due()), "attribute_exists(pk)", Vec::new()).await?;
        Ok(())
    }
}
