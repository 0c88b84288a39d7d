//! Test messages: they exist before they are claimed, since no chunk stands for them.

use serde::Deserialize;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::Due;
use shared::message::{Kind, Message};
use shared::sender::Sender;

use super::idempotency::Remember;
use super::keys;
use super::messages::{Row, id_of};
use super::read::{Consistency, Item, Range, SortKey, parse, start, text};
use super::transaction::{Transacted, Transaction};
use super::write::item;
use super::{Result, Saved, Table};

/// A test message with what it was sent with: its campaign may be edited afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestMessage {
    pub message: Message,
    pub from: Sender,
    pub body: String,
    /// Whether the provider is only asked if it would send it.
    pub is_dry_run: bool,
}

const KIND: &str = "a test message";

fn read(item: Item, organization: OrganizationId, campaign: CampaignId) -> Result<TestMessage> {
    let id = id_of(&item)?;
    let row: Row = parse(KIND, item)?;
    let is_dry_run = row.dry_run == Some(true);
    let lacks = |what: &str| super::TableError::malformed(KIND, format!("{id} lacks {what}"));
    let from = row.from.clone().ok_or_else(|| lacks("from"))?;
    let body = row.body.clone().ok_or_else(|| lacks("body"))?;
    Ok(TestMessage {
        message: row.into_message(organization, campaign, id, Kind::Test)?,
        from,
        body,
        is_dry_run,
    })
}

impl Table {
    /// Writes a test message together with the work that is owed for it.
    pub async fn create_test(
        &self,
        test: &TestMessage,
        due: &Due,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let message = &test.message;
        let key = keys::test_message(message.campaign_id, message.id);
        let row = Row::of_test(test, due);
        let transaction = Transaction::default()
            .put_absent(item(KIND, &key, row)?)
            .replace_due(None, Some(due))?
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(2) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    pub async fn test(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        id: MessageId,
    ) -> Result<Option<TestMessage>> {
        let key = keys::test_message(campaign, id);
        let item = self.get_item(&key, Consistency::Strong).await?;
        item.map(|item| read(item, organization, campaign)).transpose()
    }

    /// Tests of a campaign, newest first.
    pub async fn tests(
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
                keys::tests(campaign),
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

    /// Notes that nothing is owed any more for a test.
    pub async fn finish_test(&self, message: &Message) -> Result<()> {
        let key = keys::test_message(message.campaign_id, message.id);
        let owing: Option<Owing> = self.get(KIND, &key, Consistency::Strong).await?;
        if let Some(Owing { due: Some(due) }) = owing {
            self.remove(&keys::due(&due), "attribute_exists(pk)", Vec::new()).await?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Owing {
    due: Option<Due>,
}
