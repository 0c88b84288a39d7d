//! An organization's webhooks: one item, because there are few and each event needs all of them.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::event::EventType;
use shared::ids::{OrganizationId, WebhookId};
use shared::webhook::Webhook;

use super::dynamo::{ABSENT, Consistency, Transacted, Transaction, item};
use super::idempotency::Remember;
use super::{Result, Saved, Table, keys};
use crate::outbox::Wants;

/// The webhooks of an organization, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Webhooks {
    pub all: Vec<Webhook>,
    version: u64,
}

const KIND: &str = "webhooks";

impl Webhooks {
    #[must_use]
    pub fn get(&self, id: WebhookId) -> Option<&Webhook> {
        self.all.iter().find(|webhook| webhook.id == id)
    }

    /// These with one of them changed.
    #[must_use]
    pub fn with(&self, changed: &Webhook) -> Vec<Webhook> {
        let replace =
            |webhook: &Webhook| if webhook.id == changed.id { changed } else { webhook }.clone();
        self.all.iter().map(replace).collect()
    }

    #[must_use]
    pub fn without(&self, id: WebhookId) -> Vec<Webhook> {
        self.all.iter().filter(|webhook| webhook.id != id).cloned().collect()
    }

    /// Which events need to be written. Those of a disabled webhook are counted when they are
    /// dropped, so they count here, too.
    pub(super) fn wants(&self) -> Wants {
        let is_for = |webhook: &Webhook| webhook.selects(EventType::MessagesUpdated);
        Wants { any: !self.all.is_empty(), messages: self.all.iter().any(is_for) }
    }
}

impl Table {
    pub async fn webhooks(&self, organization: OrganizationId) -> Result<Webhooks> {
        let key = keys::webhooks(organization);
        Ok(self.get(KIND, &key, Consistency::Strong).await?.unwrap_or_default())
    }

    /// Writes an organization's webhooks if they have not changed since `before` was read.
    pub async fn save_webhooks(
        &self,
        organization: OrganizationId,
        before: &Webhooks,
        all: Vec<Webhook>,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let row = Webhooks { all, version: before.version + 1 };
        let row = item(KIND, &keys::webhooks(organization), row)?;
        let seen = AttributeValue::N(before.version.to_string());
        let condition = format!("{ABSENT} OR version = :seen");
        let transaction = Transaction::default()
            .put_if(row, &condition, vec![(":seen", seen)])
            .remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(1) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Changes one webhook. Returns `false` if it doesn't exist.
    pub async fn update_webhook(
        &self,
        organization: OrganizationId,
        id: WebhookId,
        change: impl Fn(Webhook) -> Webhook,
    ) -> Result<bool> {
        for _ in 0..MAX_RACES {
            let before = self.webhooks(organization).await?;
            let Some(webhook) = before.get(id) else { return Ok(false) };
            let all = before.with(&change(webhook.clone()));
            if self.save_webhooks(organization, &before, all, None).await? == Saved::Done {
                return Ok(true);
            }
        }
        Err(super::TableError::Throttled { operation: "update of a webhook" })
    }
}

const MAX_RACES: usize = 5;
