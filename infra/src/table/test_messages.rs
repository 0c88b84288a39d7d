//! Test messages.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::Due;
use shared::message::Kind;
use shared::receipt::MessageRef;
use shared::time::Timestamp;

use super::dynamo::{
    Change, Consistency, Range, SortKey, Transacted, Transaction, back_off, item, start, text,
};
use super::idempotency::Remember;
use super::messages::Row;
use super::single_messages::{KIND, read};
use super::{Result, SingleMessage, Table, TableError, keys};

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

impl Table {
    /// Writes a test message and its due item. Counts it among the day's tests unless it is a dry
    /// run.
    pub async fn create_test_message(
        &self,
        test: &SingleMessage,
        due: &Due,
        allowance: &TestAllowance,
        remember: Option<&Remember>,
    ) -> Result<TestSaved> {
        let message = &test.message;
        if allowance.limit == 0 && !test.is_dry_run {
            return Ok(TestSaved::LimitReached);
        }
        let key = keys::test_message(message.campaign_id, message.id);
        let expires_at = self.kept.ends_at(message.created_at);
        let mut waits = back_off::waits(back_off::Patience::Short);
        loop {
            let mut transaction = Transaction::default()
                .put_absent(item(KIND, &key, Row::of_single(test, due, expires_at))?)
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
    ) -> Result<Option<SingleMessage>> {
        self.single_message(&reference(organization, campaign, id)).await
    }

    /// A campaign's tests, newest first.
    pub async fn test_messages(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        limit: i32,
        after: Option<MessageId>,
    ) -> Result<(Vec<SingleMessage>, Option<MessageId>)> {
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
        let like = reference(organization, campaign, MessageId(campaign.0));
        let tests = page.items.into_iter().map(|item| read(item, &like));
        Ok((tests.collect::<Result<_>>()?, next))
    }
}

impl TestAllowance {
    fn one_more(&self) -> Change {
        // Kept for an additional day, in case clocks differ.
        let expires_at = self.ends_at.plus_seconds(86_400).unix_seconds();
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

fn reference(
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    message_id: MessageId,
) -> MessageRef {
    MessageRef { organization_id, campaign_id, message_id, kind: Kind::Test }
}
