//! Which came first: a campaign's send, or a contact's move to another phone.
//!
//! A fan-out reads a moved contact under both its phones and counts it under the one that it had
//! when the campaign was sent, by the moments of both. They must order as the writes do, whatever
//! the clocks say and however long a write takes: a move that was written after the fan-out read
//! the old phone, under a moment before the send, would have the contact texted on both. So an
//! organisation's last send is an item. A send takes a moment after it and replaces it; a move
//! takes the first moment after it, which is no later than that of any send to come, and is written
//! only if no send has replaced it since.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::contact;
use shared::ids::OrganizationId;
use shared::time::Timestamp;

use super::dynamo::{ABSENT, Consistency, Transaction, item};
use super::{Result, Table, keys};

/// The moment of an organisation's last send, as it was read.
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
    /// The moment of a send that is written after it.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Timestamp {
        contact::moment_of_send(self.at, now)
    }

    /// The moment of a move that is written while it is the last.
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
    /// Holds only if no campaign was sent since `last` was read.
    pub(super) fn without_send_since(self, last: &LastSend) -> Self {
        let (condition, values) = last.unchanged();
        self.check(keys::last_send(last.organization), condition, values)
    }

    /// Notes a send at a moment after `last`.
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
