//! Lifts unsubscribes on someone's behalf, without undoing what the person said.
//!
//! Each lift is decided by its own write's condition, so a concurrent STOP always wins: either it
//! precedes the write, which is then refused, or it follows the write and is the newer preference.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::event::{Event, preference_event};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::shard::Shards;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use super::dynamo::{Consistency, Transacted, Transaction, Written, item, parse};
use super::idempotency::Remember;
use super::outbox::new_event_id;
use super::unsubscribes::{KIND, NOT_THE_PERSONS_OWN, Row, not_the_persons_own};
use super::{Result, Saved, Table};

/// The outcome of lifting an opt-out that was made for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifted {
    Done,
    /// The phone is not unsubscribed.
    Absent,
    /// The person opted out themselves.
    PersonsOwn,
    /// The opt-out is newer than the lift: decide again.
    Older,
}

/// An unsubscribe as it was read, to be lifted if it doesn't change.
#[derive(Clone, Debug)]
pub struct Standing {
    row: Row,
    pub unsubscribe: Preference,
}

impl Standing {
    /// The time of the phone's newest preference. A lift has to be later.
    #[must_use]
    pub fn last_said_at(&self) -> Timestamp {
        self.row.changed_at
    }
}

impl Table {
    /// Subscribes a phone again, unless the person opted out themselves.
    pub async fn lift_unless_persons_own(
        &self,
        subscription: &Preference,
        shards: Shards,
    ) -> Result<Lifted> {
        let place = self
            .place_of_preference(subscription.organization_id, &subscription.phone, shards)
            .await?;
        let row = item(KIND, &place.key, place.row(Row::of(subscription)))?;
        let condition =
            format!("attribute_exists(optedOut) AND {NOT_THE_PERSONS_OWN} AND changedAt < :now");
        let now = AttributeValue::S(subscription.changed_at.to_string());
        let mut values = not_the_persons_own();
        values.push((":now", now));
        let events = self.events_of_lift(subscription).await?;
        let written = self.put_announced((&place.key, row), &condition, values, &events).await?;
        let Written::Refused(known) = written else {
            return Ok(Lifted::Done);
        };
        let Some(known) = known.filter(|known| known.contains_key("optedOut")) else {
            return Ok(Lifted::Absent);
        };
        let known: Row = parse(KIND, known)?;
        let is_own = known.source.is_the_persons_own();
        Ok(if is_own { Lifted::PersonsOwn } else { Lifted::Older })
    }

    async fn events_of_lift(&self, subscription: &Preference) -> Result<Vec<Event>> {
        let event = || preference_event(subscription, new_event_id()).into_iter().collect();
        self.wanted(subscription.organization_id, event).await
    }

    /// A phone's unsubscribe, for [`Self::lift`].
    pub async fn standing(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Option<Standing>> {
        let place = self.place_of_preference(organization.id, phone, organization.shards).await?;
        let row: Option<Row> = self.get(KIND, &place.key, Consistency::Strong).await?;
        let standing = row.filter(|row| row.opted_out == Some(true)).map(|row| {
            let unsubscribe = row.clone().into_preference(organization.id, phone);
            Standing { row, unsubscribe }
        });
        Ok(standing)
    }

    /// Subscribes a phone again, even if the person opted out themselves, if nothing has changed
    /// since `standing` was read. The record keeps the opt-out beside the lift.
    pub async fn lift(
        &self,
        standing: &Standing,
        subscription: &Preference,
        shards: Shards,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let place = self
            .place_of_preference(subscription.organization_id, &subscription.phone, shards)
            .await?;
        let row = place.row(Row::of_lift(subscription, &standing.row));
        let seen = AttributeValue::S(standing.row.changed_at.to_string());
        let transaction = Transaction::default()
            .put_if(
                item(KIND, &place.key, row)?,
                "attribute_exists(optedOut) AND changedAt = :seen",
                vec![(":seen", seen)],
            )
            .remember(remember)?;
        let events = self.events_of_lift(subscription).await?;
        Ok(match self.transact(transaction.announce(&events)?).await? {
            Transacted::Done => {
                self.queue_events(&events).await;
                Saved::Done
            }
            refused if remember.is_some() && refused.is_refused(1) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }
}
