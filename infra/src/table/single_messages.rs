//! Messages that are sent by themselves: tests and replies. They exist before they are claimed, because
//! they have no chunk.

use serde::Deserialize;
use shared::body::Body;
use shared::job::Due;
use shared::message::Message;
use shared::receipt::MessageRef;
use shared::sender::Sender;
use shared::time::Timestamp;

use super::dynamo::{Change, Consistency, Item, Written, parse};
use super::messages::{Row, id_of, is_of};
use super::{Claimed, Result, Table, TableError, keys};

/// A test or a reply, and what it was sent with, since its organization and its campaign may change
/// afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleMessage {
    pub message: Message,
    pub from: Sender,
    pub body: Body,
    /// Whether to ask the provider without sending.
    pub is_dry_run: bool,
    /// Whether it may be sent to a person who has opted out.
    pub is_confirmed: bool,
}

#[derive(Deserialize)]
struct Owing {
    due: Option<Due>,
}

pub(super) const KIND: &str = "a test or a reply";

/// Reads a message whose id may be any, in the place of `like`.
pub(super) fn read(item: Item, like: &MessageRef) -> Result<SingleMessage> {
    let id = id_of(&item)?;
    let row: Row = parse(KIND, item)?;
    let is_dry_run = row.dry_run == Some(true);
    let is_confirmed = row.confirmed == Some(true);
    let lacks = |what: &str| TableError::malformed(KIND, format!("{id} lacks {what}"));
    let from = row.from.clone().ok_or_else(|| lacks("from"))?;
    let body = match (row.body.clone(), row.is_erased()) {
        (Some(body), _) => Body::from(body),
        (None, true) => Body::from(String::new()),
        (None, false) => return Err(lacks("body")),
    };
    let MessageRef { organization_id, campaign_id, kind, .. } = *like;
    let message = row.into_message(organization_id, campaign_id, id, kind)?;
    Ok(SingleMessage { message, from, body, is_dry_run, is_confirmed })
}

impl Table {
    /// A test or a reply. Another organization's messages and those of campaigns are not found.
    pub async fn single_message(&self, message: &MessageRef) -> Result<Option<SingleMessage>> {
        let Some(key) = keys::single_message(message) else {
            return Ok(None);
        };
        let item = self.get_item(&key, Consistency::Strong).await?;
        let own = item.filter(|item| is_of(item, message.organization_id));
        own.map(|item| read(item, message)).transpose()
    }

    /// Claims a test or a reply, which is created before it is claimed.
    pub async fn claim_single(
        &self,
        message: &Message,
        token: &str,
        now: Timestamp,
    ) -> Result<Claimed> {
        let reference = message.reference();
        let vanished = || TableError::malformed(KIND, "it vanished");
        let key = keys::single_message(&reference).ok_or_else(vanished)?;
        let change = Change {
            update: "SET claimToken = :token, claimedAt = :now".to_owned(),
            condition: "attribute_exists(pk) AND attribute_not_exists(claimToken)".to_owned(),
            ..Change::default()
        }
        .value(":token", token)
        .value(":now", now.to_string());
        if self.change(&key, change).await? == Written::Done {
            return Ok(Claimed::Won);
        }
        let found = self.single_message(&reference).await?.ok_or_else(vanished)?;
        Ok(Claimed::Exists(Box::new(found.message)))
    }

    /// Records that a test or a reply needs no more work.
    pub async fn finish_single_message(&self, message: &Message) -> Result<()> {
        let Some(key) = keys::single_message(&message.reference()) else {
            return Ok(());
        };
        let owing: Option<Owing> = self.get(KIND, &key, Consistency::Strong).await?;
        if let Some(Owing { due: Some(due) }) = owing {
            self.remove(&keys::due(&due), "attribute_exists(pk)", Vec::new()).await?;
        }
        Ok(())
    }

    /// The newest tests of the same campaign, or replies to the same inbound message.
    pub(super) async fn singles_beside(
        &self,
        message: &Message,
        limit: i32,
    ) -> Result<Vec<SingleMessage>> {
        let reference = message.reference();
        if let Some(inbound) = reference.inbound() {
            return self.replies(message.organization_id, inbound).await;
        }
        let (organization, campaign) = (message.organization_id, message.campaign_id);
        let (tests, _) = self.test_messages(organization, campaign, limit, None).await?;
        Ok(tests)
    }
}
