//! Decides which came first: a campaign's send, or a contact's move to another phone.
//!
//! A fan-out reads a moved contact under both phones. It counts the contact under the phone that it
//! had when the campaign was sent, by comparing the times of both. These times must be in the order
//! of the writes, regardless of the clocks and of how long a write takes. Otherwise a move could be
//! written after the fan-out read the old phone, but with a time before the send, and the contact
//! would be texted on both phones.
//!
//! So an organization's last send is an item. A send gets a later time and replaces the item. A
//! move gets the first time after it, which is not later than that of any future send, and is
//! written only if no send has replaced the item since.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::contact;
use shared::ids::OrganizationId;
use shared::time::Timestamp;

use super::dynamo::{ABSENT, Consistency, Transaction, item};
use super::{Result, Table, keys};

/// The time of an organization's last send, as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSend {
    organization: OrganizationId,
    at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    sent_at: Timestamp,
}

const KIND: &str = "a last send";

impl LastSend {
    /// The time for a send that is written after it.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Timestamp {
        contact::moment_of_send(self.at, now)
    }

    /// The time for a move that is written while it is the last.
    #[must_use]
    pub(super) fn moment_of_move(&self) -> Timestamp {
        contact::moment_of_move(self.at)
    }

    fn unchanged(&self) -> (&'static str, Vec<(&'static str, AttributeValue)>) {
        match self.at {
            None => (ABSENT, Vec::new()),
            Some(at) => ("sentAt = :sent", vec![(":sent", AttributeValue::S(at.to_string()))]),
        }
    }
}

impl Transaction {
    /// Requires that no campaign was sent since `last` was read.
    pub(super) fn without_send_since(self, last: &LastSend) -> Self {
        let (condition, values) = last.unchanged();
        self.check(keys::last_send(last.organization), condition, values)
    }

    /// Records a send that is later than `last`.
    pub(super) fn note_send(self, last: &LastSend, sent_at: Timestamp) -> Result<Self> {
        let (condition, values) = last.unchanged();
        let row = item(KIND, &keys::last_send(last.organization), Row { sent_at })?;
        Ok(self.put_if(row, condition, values))
    }
}

impl Table {
    pub async fn last_send(&self, organization: OrganizationId) -> Result<LastSend> {
        let key = keys::last_send(organization);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        Ok(LastSend { organization, at: row.map(|row| row.sent_at) })
    }
}
