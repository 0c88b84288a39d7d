//! Previews: one at a time in each organization, and kept for a minute.
//!
//! A preview reads much of an audience, and an editor asks for one at each change. So the newest
//! request takes over, and the one before it gives up at its next page.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::ids::OrganizationId;
use shared::time::Timestamp;

use super::dynamo::{Consistency, item};
use super::{Result, Table, TableError, keys};

const KEPT_SECONDS: i64 = 60;
const KIND: &str = "a preview";
/// A condition that always holds.
const ANYHOW: &str = "attribute_exists(pk) OR attribute_not_exists(pk)";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Turn {
    holder: String,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// As JSON.
    preview: String,
    previewed_at: Timestamp,
    expires_at: i64,
}

fn expiry(now: Timestamp) -> i64 {
    now.plus_seconds(KEPT_SECONDS).millis() / 1_000
}

impl Table {
    /// Makes this request the organization's preview, in place of one that is under way.
    pub async fn begin_preview(
        &self,
        organization: OrganizationId,
        holder: &str,
        now: Timestamp,
    ) -> Result<()> {
        let turn = Turn { holder: holder.to_owned(), expires_at: expiry(now) };
        let row = item(KIND, &keys::previewing(organization), turn)?;
        self.put(row, ANYHOW, Vec::new()).await?;
        Ok(())
    }

    /// Whether no newer request has taken over.
    pub async fn is_previewing(&self, organization: OrganizationId, holder: &str) -> Result<bool> {
        let key = keys::previewing(organization);
        let turn: Option<Turn> = self.get(KIND, &key, Consistency::Strong).await?;
        Ok(turn.is_some_and(|turn| turn.holder == holder))
    }

    /// What was previewed with this name within the last minute.
    pub async fn kept_preview<T: DeserializeOwned>(
        &self,
        organization: OrganizationId,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<T>> {
        let key = keys::preview(organization, name);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Eventual).await?;
        let row = row.filter(|row| now < row.previewed_at.plus_seconds(KEPT_SECONDS));
        let read = row.map(|row| serde_json::from_str(&row.preview)).transpose();
        read.map_err(|error| TableError::malformed(KIND, error))
    }

    pub async fn keep_preview(
        &self,
        organization: OrganizationId,
        name: &str,
        preview: &impl Serialize,
        now: Timestamp,
    ) -> Result<()> {
        let preview = serde_json::to_string(preview);
        let preview = preview.map_err(|error| TableError::malformed(KIND, error))?;
        let row = Row { preview, previewed_at: now, expires_at: expiry(now) };
        let row = item(KIND, &keys::preview(organization, name), row)?;
        self.put(row, ANYHOW, Vec::new()).await?;
        Ok(())
    }
}
