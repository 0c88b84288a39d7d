//! Previews: one at a time in each organization, and kept for a while.
//!
//! A preview reads much of an audience, and an editor asks for one at each change. So the newest
//! request takes over, and the one before it gives up at its next page.

use serde::{Deserialize, Serialize};
use shared::audience::Totals;
use shared::ids::{ContactId, OrganizationId};
use shared::time::Timestamp;

use super::dynamo::{Consistency, item};
use super::{Result, Table, TableError, keys};

/// The table removes items late, so this only has to be longer than a preview takes.
pub(super) const FORGOTTEN_SECONDS: i64 = 3_600;
const KIND: &str = "a preview";
/// A condition that always holds.
pub(super) const ANYHOW: &str = "attribute_exists(pk) OR attribute_not_exists(pk)";

/// What was previewed, when its audience was read, and until when it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPreview {
    pub totals: Totals,
    /// How far the number of recipients may be off; `None` if it is exact.
    pub error: Option<u64>,
    /// Some of the recipients.
    pub samples: Vec<ContactId>,
    pub at: Timestamp,
    pub until: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Turn {
    holder: String,
    expires_at: i64,
}

/// What is kept in one attribute, because it is read whole.
#[derive(Serialize, Deserialize)]
struct Numbers {
    totals: Totals,
    error: Option<u64>,
    samples: Vec<ContactId>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// As JSON.
    preview: String,
    previewed_at: Timestamp,
    /// Unknown in a preview that the previous release kept for a minute.
    #[serde(default)]
    kept_until: Option<Timestamp>,
    expires_at: i64,
}

impl Table {
    /// Makes this request the organization's preview, in place of one that is under way.
    pub async fn begin_preview(
        &self,
        organization: OrganizationId,
        holder: &str,
        now: Timestamp,
    ) -> Result<()> {
        let expires_at = now.plus_seconds(FORGOTTEN_SECONDS).unix_seconds();
        let turn = Turn { holder: holder.to_owned(), expires_at };
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

    /// What was previewed with this name and is still kept.
    pub async fn kept_preview(
        &self,
        organization: OrganizationId,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<KeptPreview>> {
        let key = keys::preview(organization, name);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        let Some((row, until)) = row.and_then(|row| row.kept_until.map(|until| (row, until)))
        else {
            return Ok(None);
        };
        if now >= until {
            return Ok(None);
        }
        let Numbers { totals, error, samples } = serde_json::from_str(&row.preview)
            .map_err(|error| TableError::malformed(KIND, error))?;
        Ok(Some(KeptPreview { totals, error, samples, at: row.previewed_at, until }))
    }

    pub async fn keep_preview(
        &self,
        organization: OrganizationId,
        name: &str,
        kept: &KeptPreview,
    ) -> Result<()> {
        let KeptPreview { totals, error, ref samples, at, until } = *kept;
        let numbers = Numbers { totals, error, samples: samples.clone() };
        let row = Row {
            preview: serde_json::to_string(&numbers)
                .map_err(|error| TableError::malformed(KIND, error))?,
            previewed_at: at,
            kept_until: Some(until),
            expires_at: until.unix_seconds(),
        };
        let row = item(KIND, &keys::preview(organization, name), row)?;
        self.put(row, ANYHOW, Vec::new()).await?;
        Ok(())
    }
}
