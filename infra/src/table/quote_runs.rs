//! Quotes of audiences that are too large for a request: runs of the send function read them, shard by
//! shard.
//!
//! Nothing is owed to anyone but the client, who asks again. So a run has no due item: what it has read
//! is kept for an hour, and if it stops for good, the next request begins another one.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::campaign::Campaign;
use shared::ids::{CampaignId, OrganizationId};
use shared::organization::Organization;
use shared::quote::Quote;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use super::dynamo::{Consistency, Written, item};
use super::{Result, Saved, Table, TableError, keys};

/// How long a run that stopped is remembered.
const FORGOTTEN_SECONDS: i64 = 3_600;
/// A run reads a shard in far less time.
const STALLED_SECONDS: i64 = 120;
const KIND: &str = "a running quote";

/// How far a quote is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRun {
    /// The holder of the organization's lease.
    pub holder: String,
    pub begun_at: Timestamp,
    pub saved_at: Timestamp,
    pub target: Option<FrozenTarget>,
    /// The number of shards that were read, from the first one on, and their sum.
    pub shards_read: u16,
    pub quote: Quote,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    holder: String,
    begun_at: Timestamp,
    saved_at: Timestamp,
    /// As JSON, because it is read whole.
    target: Option<String>,
    shards_read: u16,
    quote: Quote,
    campaign_version: u64,
    settings_of: Timestamp,
    expires_at: i64,
}

impl QuoteRun {
    /// Whether the run has stopped, as its last step was too long ago.
    #[must_use]
    pub fn is_stalled(&self, now: Timestamp) -> bool {
        now >= self.lease_until()
    }

    /// Until when the run holds the organization's lease, unless it saves again.
    #[must_use]
    pub fn lease_until(&self) -> Timestamp {
        self.saved_at.plus_seconds(STALLED_SECONDS)
    }
}

impl Table {
    /// The run for this version of a campaign, if there is one.
    pub async fn quote_run(
        &self,
        organization: &Organization,
        campaign: &Campaign,
    ) -> Result<Option<QuoteRun>> {
        let key = keys::quote_run(organization.id, campaign.id);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        let is_current = |row: &Row| {
            row.campaign_version == campaign.version && row.settings_of == organization.updated_at
        };
        row.filter(is_current).map(Row::into_run).transpose()
    }

    /// Writes a new run in place of an earlier one. Its holder has the organization's lease.
    pub async fn begin_quote_run(
        &self,
        organization: &Organization,
        campaign: &Campaign,
        run: &QuoteRun,
    ) -> Result<()> {
        let anyhow = "attribute_exists(pk) OR attribute_not_exists(pk)";
        self.put_run(organization, campaign, run, anyhow, Vec::new()).await.map(|_| ())
    }

    /// Writes what was read further, unless another run has done so.
    pub async fn save_quote_run(
        &self,
        organization: &Organization,
        campaign: &Campaign,
        before: &QuoteRun,
        after: &QuoteRun,
    ) -> Result<Saved> {
        let condition = "holder = :holder AND shardsRead = :read";
        let seen = vec![
            (":holder", AttributeValue::S(before.holder.clone())),
            (":read", AttributeValue::N(before.shards_read.to_string())),
        ];
        Ok(match self.put_run(organization, campaign, after, condition, seen).await? {
            Written::Done => Saved::Done,
            Written::Refused(_) => Saved::Stale,
        })
    }

    /// Forgets a run that could not be continued, so that the next request begins another one.
    pub async fn end_quote_run(
        &self,
        organization: OrganizationId,
        campaign: CampaignId,
        holder: &str,
    ) -> Result<()> {
        let key = keys::quote_run(organization, campaign);
        let values = vec![(":holder", AttributeValue::S(holder.to_owned()))];
        self.remove(&key, "holder = :holder", values).await?;
        Ok(())
    }

    async fn put_run(
        &self,
        organization: &Organization,
        campaign: &Campaign,
        run: &QuoteRun,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Result<Written> {
        let json = run.target.as_ref().map(serde_json::to_string).transpose();
        let row = Row {
            holder: run.holder.clone(),
            begun_at: run.begun_at,
            saved_at: run.saved_at,
            target: json.map_err(|error| TableError::malformed(KIND, error))?,
            shards_read: run.shards_read,
            quote: run.quote,
            campaign_version: campaign.version,
            settings_of: organization.updated_at,
            expires_at: run.saved_at.plus_seconds(FORGOTTEN_SECONDS).unix_seconds(),
        };
        let key = keys::quote_run(organization.id, campaign.id);
        self.put(item(KIND, &key, row)?, condition, values).await
    }
}

impl Row {
    fn into_run(self) -> Result<QuoteRun> {
        let target = self.target.as_deref().map(serde_json::from_str).transpose();
        Ok(QuoteRun {
            holder: self.holder,
            begun_at: self.begun_at,
            saved_at: self.saved_at,
            target: target.map_err(|error| TableError::malformed(KIND, error))?,
            shards_read: self.shards_read,
            quote: self.quote,
        })
    }
}
