//! Calls of an endpoint: begun and ended in its health, together with the next state of the delivery.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::ids::{EventId, OrganizationId, WebhookId};
use shared::job::{Due, NotifyJob};
use shared::time::Timestamp;
use shared::webhook::{Begin, DELIVERIES_KEPT_DAYS, Delivery, Health};

use super::super::dynamo::{ABSENT, Transacted, Transaction, item};
use super::super::idempotency::Remember;
use super::super::{Result, Saved, Table, TableError, keys};
use super::{EndpointHealth, HEALTH, delivery_item};
use crate::clock;

/// Whose endpoint it is.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    pub organization_id: OrganizationId,
    pub webhook_id: WebhookId,
}

/// A call that may be made.
#[derive(Clone, Debug)]
pub struct Call {
    lease: Timestamp,
    /// When the delivery is tried again if this worker dies.
    waits_until: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub enum Called {
    Begun(Call),
    /// The endpoint has enough calls.
    Busy,
    Closed {
        until: Timestamp,
    },
    /// Another worker has the delivery.
    Taken,
}

/// How long after a worker has died its delivery is tried again.
const DEAD_AFTER_SECONDS: i64 = 60;
const MAX_RACES: usize = 10;

impl Owner {
    /// What is owed when deliveries are to be tried at `at`, unless the sweep comes earlier anyway.
    fn due(self, before: Option<&Due>, at: Timestamp) -> Due {
        let Self { organization_id, webhook_id } = self;
        let job = NotifyJob::Retries { organization_id, webhook_id };
        match before {
            Some(before) if before.at <= at => before.clone(),
            _ => Due { at, job: job.into() },
        }
    }

    fn write_health(
        self,
        before: &EndpointHealth,
        health: Health,
        due: Option<Due>,
    ) -> Result<Transaction> {
        let row = EndpointHealth { health, due, version: before.version + 1 };
        let due = row.due.clone();
        let row = item(HEALTH, &keys::webhook_health(self.webhook_id), row)?;
        let seen = AttributeValue::N(before.version.to_string());
        let condition = format!("{ABSENT} OR version = :seen");
        Transaction::default()
            .put_if(row, &condition, vec![(":seen", seen)])
            .replace_due(before.due.as_ref(), due.as_ref())
    }

    fn wait(self, transaction: Transaction, id: EventId, at: Timestamp) -> Result<Transaction> {
        let key = keys::retry(self.webhook_id, at, id);
        Ok(transaction.put(item("a retry", &key, Waiting::new(id, at))?))
    }
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Waiting {
    delivery_id: EventId,
    /// Epoch seconds.
    expires_at: i64,
}

impl Waiting {
    fn new(delivery_id: EventId, at: Timestamp) -> Self {
        let expires_at = at.plus_seconds(DELIVERIES_KEPT_DAYS * 86_400).unix_seconds();
        Self { delivery_id, expires_at }
    }
}

impl Table {
    /// Takes one of the endpoint's calls for a delivery. `waited` is the time that the delivery waited
    /// for if it was tried before: then only one worker gets it, and it waits again in case that one
    /// dies.
    pub async fn begin_call(
        &self,
        owner: Owner,
        delivery: EventId,
        waited: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Called> {
        for _ in 0..MAX_RACES {
            let before = self.endpoint_health(owner.webhook_id).await?;
            let (health, lease) = match before.health.begin(now) {
                Begin::Call(health, lease) => (health, lease),
                Begin::Busy => return Ok(Called::Busy),
                Begin::Closed { until } => return Ok(Called::Closed { until }),
            };
            let mut transaction = owner.write_health(&before, health, before.due.clone())?;
            let place = transaction.len();
            let waits_until = waited.map(|_| now.plus_seconds(DEAD_AFTER_SECONDS));
            if let Some((waited, until)) = waited.zip(waits_until) {
                let taken = keys::retry(owner.webhook_id, waited, delivery);
                transaction = transaction.delete_if(taken, "attribute_exists(pk)", Vec::new());
                transaction = owner.wait(transaction, delivery, until)?;
            }
            match self.transact(transaction).await? {
                Transacted::Done => return Ok(Called::Begun(Call { lease, waits_until })),
                refused if refused.is_refused(place) => return Ok(Called::Taken),
                Transacted::Refused(_) | Transacted::Conflict => {}
            }
        }
        Ok(Called::Busy)
    }

    /// Writes the outcome of a call and the next state of its delivery. Returns the endpoint's health.
    pub async fn end_call(
        &self,
        owner: Owner,
        call: &Call,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Health> {
        let is_ok = delivery.attempts.last().is_some_and(|attempt| attempt.outcome.is_ok());
        for _ in 0..MAX_RACES {
            let before = self.endpoint_health(owner.webhook_id).await?;
            let health = before.health.ended(call.lease, is_ok, clock::jitter(), now);
            let due = match delivery.next_at {
                Some(at) => Some(owner.due(before.due.as_ref(), at)),
                None => before.due.clone(),
            };
            let mut transaction = owner
                .write_health(&before, health.clone(), due)?
                .put(delivery_item(owner.webhook_id, delivery)?);
            if let Some(until) = call.waits_until {
                transaction = transaction.delete(keys::retry(owner.webhook_id, until, delivery.id));
            }
            if let Some(at) = delivery.next_at {
                transaction = owner.wait(transaction, delivery.id, at)?;
            }
            if self.transact(transaction).await? == Transacted::Done {
                return Ok(health);
            }
        }
        Err(TableError::Throttled { operation: "write of a delivery" })
    }

    /// Writes a delivery that is to be tried at its time, unless it is pending already.
    pub async fn owe_delivery(
        &self,
        owner: Owner,
        delivery: &Delivery,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let at = delivery.next_at.unwrap_or(delivery.tried_since);
        for _ in 0..MAX_RACES {
            let before = self.endpoint_health(owner.webhook_id).await?;
            let due = owner.due(before.due.as_ref(), at);
            let mut transaction = owner.write_health(&before, before.health.clone(), Some(due))?;
            let place = transaction.len();
            let pending = AttributeValue::S("pending".to_owned());
            let row = delivery_item(owner.webhook_id, delivery)?;
            let condition = format!("{ABSENT} OR deliveryState <> :pending");
            transaction = transaction.put_if(row, &condition, vec![(":pending", pending)]);
            let transaction = owner.wait(transaction, delivery.id, at)?;
            let record = transaction.len();
            match self.transact(transaction.remember(remember)?).await? {
                Transacted::Done => return Ok(Saved::Done),
                refused if remember.is_some() && refused.is_refused(record) => {
                    return Ok(Saved::Answered);
                }
                refused if refused.is_refused(place) => return Ok(Saved::Stale),
                Transacted::Refused(_) | Transacted::Conflict => {}
            }
        }
        Err(TableError::Throttled { operation: "write of a delivery" })
    }

    /// Changes the endpoint's health.
    pub async fn update_health(
        &self,
        owner: Owner,
        change: impl Fn(&EndpointHealth) -> (Health, Option<Due>),
    ) -> Result<()> {
        for _ in 0..MAX_RACES {
            let before = self.endpoint_health(owner.webhook_id).await?;
            let (health, due) = change(&before);
            let transaction = owner.write_health(&before, health, due)?;
            if self.transact(transaction).await? == Transacted::Done {
                return Ok(());
            }
        }
        Err(TableError::Throttled { operation: "update of a webhook's health" })
    }
}
