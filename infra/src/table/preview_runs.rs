//! Previews of audiences that are too large for a request: runs of the send function read the rest,
//! shard by shard.
//!
//! As with quotes, nothing is owed to anyone but the client, who asks again.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::audience::Totals;
use shared::estimate::MAX_SAMPLES;
use shared::ids::{ContactId, OrganizationId};
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use super::dynamo::{Consistency, Written, item};
use super::previews::{ANYHOW, FORGOTTEN_SECONDS};
use super::{Result, Saved, Table, TableError, keys};

/// A run reads a shard of 50 million contacts in less time.
const STALLED_SECONDS: i64 = 300;
const KIND: &str = "a running preview";

/// How far a preview is computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRun {
    /// Who has the organization's turn while the run goes on.
    pub holder: String,
    pub begun_at: Timestamp,
    pub saved_at: Timestamp,
    pub target: FrozenTarget,
    /// The number of shards that were read, in the preview's order, and their sum.
    pub shards_read: u16,
    pub totals: Totals,
    pub samples: Vec<ContactId>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    holder: String,
    shards_read: u16,
    /// As JSON, because it is read whole.
    run: String,
    expires_at: i64,
}

impl PreviewRun {
    /// Whether the run has stopped, as its last step was too long ago.
    #[must_use]
    pub fn is_stalled(&self, now: Timestamp) -> bool {
        now >= self.saved_at.plus_seconds(STALLED_SECONDS)
    }

    /// The run after one more shard.
    #[must_use]
    pub fn with(mut self, totals: Totals, samples: Vec<ContactId>, now: Timestamp) -> Self {
        self.shards_read += 1;
        self.totals += totals;
        self.samples.extend(samples);
        self.samples.truncate(MAX_SAMPLES);
        self.saved_at = now;
        self
    }
}

impl Table {
    /// The run that computes the preview of this name, if there is one.
    pub async fn preview_run(
        &self,
        organization: OrganizationId,
        name: &str,
    ) -> Result<Option<PreviewRun>> {
        let key = keys::preview_run(organization, name);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        let run = row.map(|row| serde_json::from_str(&row.run)).transpose();
        run.map_err(|error| TableError::malformed(KIND, error))
    }

    /// Writes a new run in place of an earlier one. Its holder has the organization's turn.
    pub async fn begin_preview_run(
        &self,
        organization: OrganizationId,
        name: &str,
        run: &PreviewRun,
    ) -> Result<()> {
        self.put_preview_run(organization, name, run, ANYHOW, Vec::new()).await.map(|_| ())
    }

    /// Writes what was read further, unless another run has done so.
    pub async fn save_preview_run(
        &self,
        organization: OrganizationId,
        name: &str,
        before: &PreviewRun,
        after: &PreviewRun,
    ) -> Result<Saved> {
        let condition = "holder = :holder AND shardsRead = :read";
        let seen = vec![
            (":holder", AttributeValue::S(before.holder.clone())),
            (":read", AttributeValue::N(before.shards_read.to_string())),
        ];
        let put = self.put_preview_run(organization, name, after, condition, seen).await?;
        Ok(match put {
            Written::Done => Saved::Done,
            Written::Refused(_) => Saved::Stale,
        })
    }

    /// Forgets a run that is complete or was overtaken, unless it is another one's.
    pub async fn end_preview_run(
        &self,
        organization: OrganizationId,
        name: &str,
        holder: &str,
    ) -> Result<()> {
        let key = keys::preview_run(organization, name);
        let values = vec![(":holder", AttributeValue::S(holder.to_owned()))];
        self.remove(&key, "holder = :holder", values).await?;
        Ok(())
    }

    async fn put_preview_run(
        &self,
        organization: OrganizationId,
        name: &str,
        run: &PreviewRun,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Result<Written> {
        let json = serde_json::to_string(run);
        let row = Row {
            holder: run.holder.clone(),
            shards_read: run.shards_read,
            run: json.map_err(|error| TableError::malformed(KIND, error))?,
            expires_at: run.saved_at.plus_seconds(FORGOTTEN_SECONDS).unix_seconds(),
        };
        let key = keys::preview_run(organization, name);
        self.put(item(KIND, &key, row)?, condition, values).await
    }
}
