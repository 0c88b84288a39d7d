//! Lifting unsubscribes on someone's behalf, which must not undo what the person said.
//!
//! Each lift decides by its own write's condition, so that a STOP that arrives at the same time
//! stands: it comes before the write, which is then refused, or after it, and is the newer word.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use super::dynamo::{Consistency, Transacted, Transaction, Written, item, parse};
use super::idempotency::Remember;
use super::unsubscribes::{KIND, NOT_THE_PERSONS_OWN, Row, not_the_persons_own};
use super::{Result, Saved, Table, keys};

/// The outcome of lifting an opt-out that was made for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifted {
    Done,
    /// The phone is not unsubscribed.
    Absent,
    /// The person opted out themselves.
    PersonsOwn,
    /// The opt-out has a later moment than the lift: decide again.
    Older,
}

/// An unsubscribe as it was read, to be lifted as long as nothing is said of it.
#[derive(Clone, Debug)]
pub struct Standing {
    row: Row,
    pub unsubscribe: Preference,
}

impl Standing {
    /// When something was last said of the phone: a lift has to come after it.
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
        shards: u16,
    ) -> Result<Lifted> {
        let line =
            self.settled_line(subscription.organization_id, &subscription.phone, shards).await?;
        let key = keys::unsubscribe(subscription.organization_id, &line, shards);
        let row = item(KIND, &key, Row::of(subscription))?;
        let condition =
            format!("attribute_exists(optedOut) AND {NOT_THE_PERSONS_OWN} AND changedAt < :now");
        let now = AttributeValue::S(subscription.changed_at.to_string());
        let mut values = not_the_persons_own();
        values.push((":now", now));
        let Written::Refused(known) = self.put(row, &condition, values).await? else {
            return Ok(Lifted::Done);
        };
        let Some(known) = known.filter(|known| known.contains_key("optedOut")) else {
            return Ok(Lifted::Absent);
        };
        let known: Row = parse(KIND, known)?;
        let is_own = known.source.is_the_persons_own();
        Ok(if is_own { Lifted::PersonsOwn } else { Lifted::Older })
    }

    /// The unsubscribe of a phone, for [`Self::lift`].
    pub async fn standing(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Option<Standing>> {
        let line = self.settled_line(organization.id, phone, organization.shards).await?;
        let key = keys::unsubscribe(organization.id, &line, organization.shards);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        let standing = row.filter(|row| row.opted_out == Some(true)).map(|row| {
            let unsubscribe = row.clone().into_preference(organization.id);
            Standing { row, unsubscribe }
        });
        Ok(standing)
    }

    /// Subscribes a phone again, whoever opted out, if nothing was said of it since `standing` was
    /// read. The opt-out stays on the record beside the lift.
    pub async fn lift(
        &self,
        standing: &Standing,
        subscription: &Preference,
        shards: u16,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let line = subscription.phone.line().into_phone();
        let key = keys::unsubscribe(subscription.organization_id, &line, shards);
        let row = Row::of_lift(subscription, &standing.row);
        let seen = AttributeValue::S(standing.row.changed_at.to_string());
        let transaction = Transaction::default()
            .put_if(
                item(KIND, &key, row)?,
                "attribute_exists(optedOut) AND changedAt = :seen",
                vec![(":seen", seen)],
            )
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(1) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }
}
