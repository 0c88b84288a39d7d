//! Replies to inbound messages, which are stored under the message that they answer.

use shared::ids::{InboundId, MessageId, OrganizationId};
use shared::job::Due;
use shared::receipt::MessageRef;

use super::dynamo::{Consistency, Range, SortKey, Transacted, Transaction, item};
use super::idempotency::Remember;
use super::messages::{Row, is_of};
use super::single_messages::{KIND, read};
use super::{Result, SingleMessage, Table, keys};

/// The outcome of writing a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplySaved {
    Done,
    /// There is a reply with this id.
    Exists,
    /// A request with the same idempotency key was served in between.
    Answered,
    Stale,
}

/// The most replies to one inbound message: a conversation, but no way to send one person thousands of texts.
pub const MAX_REPLIES: usize = 10;
/// As many as the previous release allowed to be there.
const MAX_READ: i32 = 100;

impl Table {
    /// Writes a reply and its due item. It is kept until `expires_at`, in seconds since 1970.
    pub async fn create_reply(
        &self,
        reply: &SingleMessage,
        due: &Due,
        expires_at: i64,
        remember: Option<&Remember>,
    ) -> Result<ReplySaved> {
        let MessageRef { campaign_id, message_id, .. } = reply.message.reference();
        let key = keys::reply(InboundId(campaign_id.0), message_id);
        let row = Row::of_single(reply, due, expires_at);
        let transaction = Transaction::default()
            .put_absent(item(KIND, &key, row)?)
            .replace_due(None, Some(due))?;
        let record = transaction.len();
        Ok(match self.transact(transaction.remember(remember)?).await? {
            Transacted::Done => ReplySaved::Done,
            refused if remember.is_some() && refused.is_refused(record) => ReplySaved::Answered,
            refused if refused.is_refused(0) => ReplySaved::Exists,
            Transacted::Refused(_) | Transacted::Conflict => ReplySaved::Stale,
        })
    }

    /// The replies to an inbound message, in no order.
    pub async fn replies(
        &self,
        organization: OrganizationId,
        inbound: InboundId,
    ) -> Result<Vec<SingleMessage>> {
        let range = Range {
            limit: Some(MAX_READ),
            ..Range::new(
                keys::replies(inbound),
                SortKey::Prefix(keys::MESSAGE.to_owned()),
                Consistency::Strong,
            )
        };
        let like = MessageRef::of_reply(organization, inbound, MessageId(inbound.0));
        let items = self.page(&range).await?.items.into_iter();
        items.filter(|item| is_of(item, organization)).map(|item| read(item, &like)).collect()
    }
}
