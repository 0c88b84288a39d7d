//! Exports: what an organization has, as one compressed file that it downloads.
//!
//! An export reads its rows page by page and writes them as parts of a multipart upload. Its progress
//! is the place between two pages at which the newest part ended, so a run that is continued, or that
//! replaces a dead one, repeats no row and loses none. Only the run that claimed a part's number writes
//! that part: what a run that was overtaken still uploads is not among the parts of the file.

mod cell;
mod columns;
mod encoder;
mod parts;
mod rows;

pub use cell::{Cell, Row, unmarked};
pub use columns::{ATTRIBUTE_PREFIX, CONTACT_COLUMNS};
pub use encoder::{Encoder, UnknownAttributes};
pub use parts::{Gzip, Part, Parts};
pub use rows::{of_contact, of_message, of_skipped, of_unsubscribe};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::actor::Actor;
use crate::ids::{CampaignId, ExportId, OrganizationId};
use crate::time::Timestamp;

/// How long the file of an export can be downloaded. The bucket then removes it.
pub const DAYS_KEPT: i64 = 7;
/// How long a link to the file is valid.
pub const LINK_SECONDS: i64 = 3_600;
/// Longer than any run of the send function. The sweep leaves an export alone that has saved within
/// this time.
pub const RUN_SECONDS: i64 = 330;
/// The maximum number of different attributes in a CSV file. A file with more columns could not be
/// imported again.
pub const MAX_ATTRIBUTE_COLUMNS: usize = 180;
/// How often an export starts again because a contact got an attribute that has no column yet.
const MAX_RESTARTS: u32 = 3;

const TOO_MANY_ATTRIBUTES: &str =
    "the contacts have more than 180 different attributes; export them as jsonl";
const NEW_ATTRIBUTES: &str =
    "contacts kept getting new attributes during the export; export them as jsonl, or try again";
const TOO_LARGE: &str = "the file would be larger than 20 GB";

/// What an export has rows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A campaign's messages, pending ones included.
    Messages,
    Contacts,
    Unsubscribes,
    /// The contacts that a campaign skipped, except for those that are not in its target.
    Skipped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For spreadsheets.
    Csv,
    /// One JSON object a line, for programs.
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pending,
    Running,
    Done,
    Failed,
}

/// What an export does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Find the attributes that get a column.
    Attributes,
    Rows,
    /// Join the parts.
    Complete,
    Over,
}

/// Where the next page of rows begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub shard: u16,
    /// The number of the chunk, for rows of a campaign.
    #[serde(default)]
    pub chunk: u32,
    /// The sort key that was read last, for rows of an audience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub id: ExportId,
    pub organization_id: OrganizationId,
    pub kind: Kind,
    pub format: Format,
    /// The campaign of messages and of skipped contacts.
    pub campaign_id: Option<CampaignId>,
    pub status: Status,
    pub rows: u64,
    pub position: Position,
    /// Whether every row is in a part.
    pub is_read: bool,
    /// The attributes that have a column in a CSV file of contacts.
    pub attributes: BTreeSet<String>,
    /// Whether all contacts were searched for those.
    pub are_attributes_known: bool,
    pub restarts: u32,
    pub parts: Parts,
    /// The size of the file in bytes, once it is complete.
    pub size: Option<u64>,
    pub failure: Option<String>,
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts its saves, so that a run notices that another one has saved.
    pub version: u64,
}

impl Kind {
    #[must_use]
    pub fn is_of_campaign(self) -> bool {
        match self {
            Self::Messages | Self::Skipped => true,
            Self::Contacts | Self::Unsubscribes => false,
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Contacts => "contacts",
            Self::Unsubscribes => "unsubscribes",
            Self::Skipped => "skipped",
        }
    }
}

impl Format {
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

impl Export {
    #[must_use]
    pub fn new(
        id: ExportId,
        organization_id: OrganizationId,
        (kind, format, campaign_id): (Kind, Format, Option<CampaignId>),
        changed_by: Option<Actor>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            organization_id,
            kind,
            format,
            campaign_id,
            status: Status::Pending,
            rows: 0,
            position: Position::default(),
            is_read: false,
            attributes: BTreeSet::new(),
            are_attributes_known: false,
            restarts: 0,
            parts: Parts::default(),
            size: None,
            failure: None,
            changed_by,
            created_at: now,
            updated_at: now,
            version: 0,
        }
    }

    #[must_use]
    pub fn stage(&self) -> Stage {
        let has_attribute_columns = self.kind == Kind::Contacts && self.format == Format::Csv;
        match self.status {
            Status::Done | Status::Failed => Stage::Over,
            Status::Pending | Status::Running if self.is_read => Stage::Complete,
            Status::Pending | Status::Running => {
                if has_attribute_columns && !self.are_attributes_known {
                    Stage::Attributes
                } else {
                    Stage::Rows
                }
            }
        }
    }

    /// The object with the file.
    #[must_use]
    pub fn key(&self) -> String {
        let Self { organization_id, id, format, .. } = self;
        format!("exports/{organization_id}/{id}.{}.gz", format.extension())
    }

    /// The object with what is left over from the last part, while no run works on the export. Its name
    /// has the number of the part that the run has claimed, so that no other run writes it.
    #[must_use]
    pub fn rest_key(&self) -> String {
        let Self { organization_id, id, parts, .. } = self;
        format!("exports/{organization_id}/{id}/rest-{}", parts.claimed)
    }

    /// The name under which the file is downloaded.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}-{}.{}.gz", self.kind.name(), self.id, self.format.extension())
    }

    /// When the file can no longer be downloaded; `None` while there is none.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        let is_done = self.status == Status::Done;
        is_done.then(|| self.updated_at.plus_seconds(DAYS_KEPT * 86_400))
    }

    /// The export at the start of a run, which alone writes the next part.
    #[must_use]
    pub fn claimed(&self, upload: String, now: Timestamp) -> Self {
        let parts = Parts { upload: Some(upload), ..self.parts.clone() };
        Self { parts: parts.claim(), ..self.saved(now) }
    }

    /// The export after more contacts were searched for attributes, up to `next`.
    #[must_use]
    pub fn searched(
        &self,
        found: impl IntoIterator<Item = String>,
        next: Option<Position>,
        now: Timestamp,
    ) -> Self {
        let mut after = self.saved(now);
        after.attributes.extend(found);
        after.are_attributes_known = next.is_none();
        after.position = next.unwrap_or_default();
        if after.attributes.len() > MAX_ATTRIBUTE_COLUMNS {
            return after.failed(TOO_MANY_ATTRIBUTES, now);
        }
        after
    }

    /// The export from its first row on, because rows have attributes without a column.
    #[must_use]
    pub fn restarted(&self, found: UnknownAttributes, now: Timestamp) -> Self {
        if self.restarts >= MAX_RESTARTS {
            return self.failed(NEW_ATTRIBUTES, now);
        }
        let after = Self {
            rows: 0,
            restarts: self.restarts + 1,
            parts: self.parts.emptied().claim(),
            ..self.searched(found.0, None, now)
        };
        Self { position: Position::default(), ..after }
    }

    /// The export after `part` was written, which ends before `next`.
    #[must_use]
    pub fn wrote(
        &self,
        part: Part,
        (rows, gzip): (u64, Gzip),
        next: Option<Position>,
        now: Timestamp,
    ) -> Self {
        let parts = self.parts.with(part, gzip).claim();
        let is_full = parts.are_full() && next.is_some();
        let after = Self {
            rows,
            is_read: next.is_none(),
            position: next.unwrap_or_default(),
            parts,
            ..self.saved(now)
        };
        if is_full { after.failed(TOO_LARGE, now) } else { after }
    }

    /// The export while no run works on it, with what is left over from the last part.
    #[must_use]
    pub fn paused(&self, parts: Parts, rows: u64, position: Position, now: Timestamp) -> Self {
        Self { rows, position, parts, ..self.saved(now) }
    }

    #[must_use]
    pub fn completed(&self, size: u64, now: Timestamp) -> Self {
        let saved = Self { size: Some(size), parts: Parts::default(), ..self.saved(now) };
        Self { status: Status::Done, ..saved }
    }

    #[must_use]
    pub fn failed(&self, reason: &str, now: Timestamp) -> Self {
        let failure = Some(reason.to_owned());
        Self { status: Status::Failed, failure, ..self.saved(now) }
    }

    fn saved(&self, now: Timestamp) -> Self {
        Self { status: Status::Running, updated_at: now, ..self.clone() }
    }
}

#[cfg(test)]
mod tests;
