//! Events, kept as due items until they were sent.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::event::{Event, MessageChange};
use shared::ids::{EventId, OrganizationId};

use super::dynamo::{Consistency, Item, Transacted, Transaction, Written};
use super::{Key, Result, Table, TableError, keys};
use crate::clock;
use crate::outbox::{Outbox, Wants};

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
        let is_wanted = outbox.has_bus() || self.wants(outbox, organization).await?.any;
        Ok(if is_wanted { events } else { Vec::new() })
    }

    async fn wants(&self, outbox: &Outbox, organization: OrganizationId) -> Result<Wants> {
        let now = clock::now();
        if let Some(wants) = outbox.remembered(organization, now) {
            return Ok(wants);
        }
        let wants = self.webhooks(organization).await?.wants();
        outbox.remember(organization, wants, now);
        Ok(wants)
    }

    /// Queues changes of one organization's messages, if someone wants them. The caller must not
    /// acknowledge its work before: if this fails, it is done again, and the changes are the same.
    pub(super) async fn queue_changes(
        &self,
        organization: OrganizationId,
        changes: impl FnOnce() -> Vec<MessageChange>,
    ) -> Result<()> {
        let Some(outbox) = &self.outbox else {
            return Ok(());
        };
        let wants = self.wants(outbox, organization).await?;
        if !wants.messages && !outbox.has_bus() {
            return Ok(());
        }
        let queued = outbox.queue_changes(organization, &changes(), wants).await;
        queued.map_err(|source| TableError::Request {
            operation: "queue changes of messages",
            source,
        })
    }

    /// Queues the changes that belong to some of a batch's results, each with its place. If that fails,
    /// those results do: the work is done again.
    pub(super) async fn queue_or_fail<T>(
        &self,
        organization: Option<OrganizationId>,
        results: &mut [Result<T>],
        changes: impl FnOnce(&[Result<T>]) -> Vec<(usize, MessageChange)>,
    ) {
        let Some(organization) = organization.filter(|_| self.outbox.is_some()) else {
            return;
        };
        let changes = changes(results);
        if changes.is_empty() {
            return;
        }
        let all = || changes.iter().map(|(_, change)| change.clone()).collect();
        if let Err(error) = self.queue_changes(organization, all).await {
            let error = anyhow::Error::from(error);
            tracing::error!(error = ?error, "failed to queue changes of messages");
            for (place, _) in changes {
                results[place] = Err(TableError::Throttled { operation: "queue of changes" });
            }
        }
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
