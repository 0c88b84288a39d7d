//! Test messages. They exist before they are claimed, because they have no chunk.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use shared::body::Body;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::Due;
use shared::message::{Kind, Message};
use shared::sender::Sender;
use shared::time::Timestamp;

use super::dynamo::{
    Change, Consistency, Item, Range, SortKey, Transacted, Transaction, back_off, item, parse,
    start, text,
};
use super::idempotency::Remember;
use super::messages::{Row, id_of, is_of};
use super::{Result, Table, TableError, keys};

/// A test message and what it was sent with, since its campaign may be edited afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestMessage {
    pub message: Message,
    pub from: Sender,
    pub body: Body,
    /// Whether to ask the provider without sending.
    pub is_dry_run: bool,
    /// Whether it may be sent to a person who has opted out.
    pub is_confirmed: bool,
}

/// The number of tests that an organization may send on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestAllowance {
    /// The start of the day. `ends_at` is the start of the next one.
    pub day: Timestamp,
    pub ends_at: Timestamp,
    pub limit: u32,
}

/// The outcome of writing a test message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestSaved {
    Done,
    /// The day's tests are used up.
    LimitReached,
    Stale,
    /// A request with the same idempotency key was served in between.
    Answered,
}

const KIND: &str = "a test message";

fn read(item: Item, organization: OrganizationId, campaign: CampaignId) -> Result<TestMessage> {
    let id = id_of(&item)?;
    let row: Row = parse(KIND, item)?;
    let is_dry_run = row.dry_run == Some(true);
    let is_confirmed = row.confirmed == Some(true);
    let lacks = |what: &str| super::TableError::malformed(KIND, format!("{id} lacks {what}"));
    let from = row.from.clone().ok_or_else(|| lacks("from"))?;
    let body = match (row.body.clone(), row.is_erased()) {
        (Some(body), _) => Body::from(body),
        (None, true) => Body::from(String::new()),
        (None, false) => return Err(lacks("body")),
    };
    Ok(TestMessage {
        message: row.into_message(organization, campaign, id, Kind::Test)?,
        from,
        body,
        is_dry_run,
        is_confirmed,
    })
}

impl Table {
    /// Writes a test message and its due item. Counts it among the day's tests unless it is a dry
    /// run.
    pub async fn create_test_message(
        &self,
        test: &TestMessage,
        due: &Due,
        allowance: &TestAllowance,
        remember: Option<&Remember>,
    ) -> Result<TestSaved> {
        let message = &test.message;
        if allowance.limit == 0 && !test.is_dry_run {
            return Ok(TestSaved::LimitReached);
        }
        let key = keys::test_message(message.campaign_id, message.id);
        let mut waits = back_off::waits(back_off::Patience::Short);
        loop {
            let mut transaction = Transaction::default()
                .put_absent(item(KIND, &key, Row::of_test(test, due))?)
                .replace_due(None, Some(due))?;
            let count = transaction.len();
            if !test.is_dry_run {
                let counted = keys::test_messages_counted(message.organization_id, allowance.day);
                transaction = transaction.change(counted, allowance.one_more());
            }
            let record = transaction.len();
            match self.transact(transaction.remember(remember)?).await? {
                Transacted::Done => return Ok(TestSaved::Done),
                refused if remember.is_some() && refused.is_refused(record) => {
                    return Ok(TestSaved::Answered);
                }
                refused if record > count && refused.is_refused(count) => {
                    return Ok(TestSaved::LimitReached);
                }
                Transacted::Refused(_) => return Ok(TestSaved::Stale),
                // Another test of the organization is being counted.
                Transacted::Conflict => {
                    let lost = TableError::Throttled { operation: "count of a test message" };
                    tokio::time::sleep(waits.next().ok_or(lost)?).await;
                }
            }
        }
    }

    pub async fn test_message(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        id: MessageId,
    ) -> Result<Option<TestMessage>> {
        let key = keys::test_message(campaign, id);
        let item = self.get_item(&key, Consistency::Strong).await?;
        let own = item.filter(|item| is_of(item, organization));
        own.map(|item| read(item, organization, campaign)).transpose()
    }

    /// A campaign's tests, newest first.
    pub async fn test_messages(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        limit: i32,
        after: Option<MessageId>,
    ) -> Result<(Vec<TestMessage>, Option<MessageId>)> {
        let range = Range {
            limit: Some(limit),
            newest_first: true,
            start: after.map(|id| {
                let key = keys::test_message(campaign, id);
                start(&key.pk, &key.sk)
            }),
            ..Range::new(
                keys::test_messages(campaign),
                SortKey::Prefix(keys::MESSAGE.to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let next =
            page.next.and_then(|key| text(&key, "sk")?.strip_prefix(keys::MESSAGE)?.parse().ok());
        let tests = page.items.into_iter().map(|item| read(item, organization, campaign));
        Ok((tests.collect::<Result<_>>()?, next))
    }

    /// Records that a test needs no more work.
    pub async fn finish_test_message(&self, message: &Message) -> Result<()> {
        let key = keys::test_message(message.campaign_id, message.id);
        let owing: Option<Owing> = self.get(KIND, &key, Consistency::Strong).await?;
        if let Some(Owing { due: Some(due) }) = owing {
            self.remove(&keys::due(&due), "attribute_exists(pk)", Vec::new()).await?;
        }
        Ok(())
    }
}

impl TestAllowance {
    fn one_more(&self) -> Change {
        // Kept for an additional day, in case clocks differ.
        let expires_at = self.ends_at.plus_seconds(86_400).millis() / 1_000;
        Change {
            update: "SET testsSent = if_not_exists(testsSent, :none) + :one, expiresAt = :end"
                .to_owned(),
            condition: "attribute_not_exists(testsSent) OR testsSent < :limit".to_owned(),
            ..Change::default()
        }
        .value(":none", 0_u32)
        .value(":one", 1_u32)
        .value(":end", AttributeValue::N(expires_at.to_string()))
        .value(":limit", self.limit)
    }
}

#[derive(Deserialize)]
struct Owing {
    due: Option<Due>,
}
