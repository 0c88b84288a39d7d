//! When a webhook's deliveries are tried again.

use shared::ids::EventId;
use shared::job::{Due, NotifyJob};
use shared::time::Timestamp;

use super::super::dynamo::{Consistency, Range, SortKey, text};
use super::super::{Result, Table, keys};
use super::Owner;

impl Table {
    /// Leaves the webhook's next run for the earliest delivery that waits, but not before `earliest`.
    pub async fn settle_retries(&self, owner: Owner, earliest: Timestamp) -> Result<()> {
        let next = self.first_retry(owner).await?.map(|at| at.max(earliest));
        self.update_health(owner, |before| {
            // A delivery that was postponed in between may be earlier. Its run only comes a little late.
            (before.health.clone(), next.map(|at| owner.retries_at(at)))
        })
        .await
    }

    /// Tries a webhook's deliveries again at `at`.
    pub async fn retry_at(&self, owner: Owner, at: Timestamp) -> Result<()> {
        self.update_health(owner, |before| (before.health.clone(), Some(owner.retries_at(at))))
            .await
    }

    /// Owes no deliveries of a webhook that is gone or disabled. They stay until they expire.
    pub async fn forget_retries(&self, owner: Owner) -> Result<()> {
        self.update_health(owner, |before| (before.health.clone(), None)).await
    }

    /// Tries deliveries of an endpoint that an admin has enabled again.
    pub async fn pardon(&self, owner: Owner, now: Timestamp) -> Result<()> {
        self.update_health(owner, |before| (before.health.pardoned(), Some(owner.retries_at(now))))
            .await
    }

    /// Counts an event that a disabled endpoint did not get.
    pub async fn count_dropped(&self, owner: Owner) -> Result<()> {
        self.update_health(owner, |before| {
            let mut health = before.health.clone();
            health.dropped += 1;
            (health, before.due.clone())
        })
        .await
    }

    /// Removes a wait for a delivery that has expired.
    pub async fn forget_retry(&self, owner: Owner, id: EventId, at: Timestamp) -> Result<()> {
        let key = keys::retry(owner.webhook_id, at, id);
        self.remove(&key, "attribute_exists(pk)", Vec::new()).await?;
        Ok(())
    }

    async fn first_retry(&self, owner: Owner) -> Result<Option<Timestamp>> {
        let range = Range {
            limit: Some(1),
            ..Range::new(
                keys::webhook_partition(owner.webhook_id),
                SortKey::Prefix(keys::RETRY.to_owned()),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let first = page.items.first().and_then(|item| text(item, "sk"));
        Ok(first.and_then(|sk| keys::read_retry(&sk)).map(|(_, at)| at))
    }
}

impl Owner {
    fn retries_at(self, at: Timestamp) -> Due {
        let Self { organization_id, webhook_id } = self;
        Due { at, job: NotifyJob::Retries { organization_id, webhook_id }.into() }
    }
}
