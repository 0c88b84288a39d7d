//! Reconciliations: an organization's unsubscribes, compared with the opt-out list that its provider
//! keeps.
//!
//! A provider may know of an opt-out that Volley never heard of: its own handling of keywords swallowed
//! the text, or it came while no webhook was set up. Such phones are unsubscribed here. The other
//! direction is only counted, because Volley does not text those phones.
//!
//! A list may belong to an account that several organizations share. Then an organization learns of a
//! phone only if it has that phone as a contact or in its register.

mod list;
mod verdict;

pub use list::{InvalidListName, ListName, is_exclusive};
pub use verdict::{Known, ListedOptOut, Newest, Verdict, judge};

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::actor::Actor;
use crate::ids::OrganizationId;
use crate::organization::Organization;
use crate::time::Timestamp;

/// Longer than any run of the send function. The sweep leaves a reconciliation alone that has saved
/// within this time.
pub const RUN_SECONDS: i64 = 330;
/// How often the list of an organization that names one is read.
const EVERY_SECONDS: i64 = 86_400;

pub const NOT_OFFERED: &str = "the provider no longer offers an opt-out list";
pub const NOT_ALLOWED: &str = "Volley may not read the opt-out list; ask the deployment's operator to \
                               allow it in the AWS account";
pub const NOT_FOUND: &str =
    "the provider has no opt-out list with this name; ask the deployment's operator to correct it";
pub const NOT_CONTINUED: &str =
    "the provider did not continue the list where the last page had ended; start again";
pub const GIVEN_UP: &str = "the reconciliation failed repeatedly; start it again later";

/// How far a reconciliation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Stage {
    /// Find out which list to read, and whose it is.
    Begin,
    /// Read a page of the list.
    List {
        /// The provider's name for the place at which the page begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// Whether the counts include the page. A run that died after counting it writes its
        /// opt-outs, but must not count it again.
        is_counted: bool,
    },
    /// Count the register from this place on.
    Register {
        shard: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Running,
    Done,
    Failed,
}

/// What a reconciliation found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// The phones of the list.
    pub listed: u64,
    /// Those that it unsubscribed.
    pub suppressed: u64,
    /// Those that were unsubscribed already.
    pub known: u64,
    /// Those that have subscribed here since they opted out there.
    pub resubscribed: u64,
    /// Those that the organization does not have, and must not learn of.
    pub foreign: u64,
    /// The unsubscribed phones of the register.
    pub registered: u64,
}

/// The newest reconciliation of an organization, of which one runs at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reconciliation {
    pub organization_id: OrganizationId,
    pub stage: Stage,
    /// The list that is read, once that is known.
    pub list: Option<ListName>,
    /// Whether every phone of the list is the organization's.
    pub is_exclusive: bool,
    pub counts: Counts,
    pub failure: Option<String>,
    pub changed_by: Option<Actor>,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
    /// When a reconciliation was last done, maybe an earlier one.
    pub last_done_at: Option<Timestamp>,
}

impl Counts {
    /// The unsubscribed phones that are not on the list. The register is counted after the list was
    /// read, so opt-outs of those moments may count too many or too few.
    #[must_use]
    pub fn only_here(&self) -> u64 {
        self.registered.saturating_sub(self.suppressed + self.known)
    }

    #[must_use]
    pub fn plus(self, verdict: Option<Verdict>) -> Self {
        let mut after = Self { listed: self.listed + 1, ..self };
        let count = match verdict {
            Some(Verdict::Suppress) => &mut after.suppressed,
            Some(Verdict::Known | Verdict::Confirm) => &mut after.known,
            Some(Verdict::Resubscribed) => &mut after.resubscribed,
            // What can't be read as a phone is not a phone that the organization has.
            Some(Verdict::Foreign) | None => &mut after.foreign,
        };
        *count += 1;
        after
    }
}

impl Reconciliation {
    /// One that begins now. `before` is the organization's last one.
    #[must_use]
    pub fn begin(
        organization_id: OrganizationId,
        before: Option<&Self>,
        changed_by: Actor,
        now: Timestamp,
    ) -> Self {
        Self {
            organization_id,
            stage: Stage::Begin,
            list: None,
            is_exclusive: false,
            counts: Counts::default(),
            failure: None,
            changed_by: Some(changed_by),
            started_at: now,
            updated_at: now,
            last_done_at: before.and_then(|before| before.last_done_at),
        }
    }

    #[must_use]
    pub fn status(&self) -> Status {
        match self.stage {
            Stage::Begin | Stage::List { .. } | Stage::Register { .. } => Status::Running,
            Stage::Over if self.failure.is_some() => Status::Failed,
            Stage::Over => Status::Done,
        }
    }

    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        (self.stage == Stage::Over).then_some(self.updated_at)
    }

    /// At the first page of this list.
    #[must_use]
    pub fn reading(&self, list: ListName, is_exclusive: bool, now: Timestamp) -> Self {
        let stage = Stage::List { after: None, is_counted: false };
        Self { stage, list: Some(list), is_exclusive, updated_at: now, ..self.clone() }
    }

    /// With the page counted that begins `after` a place.
    #[must_use]
    pub fn counted(&self, after: Option<String>, counts: Counts, now: Timestamp) -> Self {
        let stage = Stage::List { after, is_counted: true };
        Self { stage, counts, updated_at: now, ..self.clone() }
    }

    /// At the beginning of the register, once the list was read to its end.
    #[must_use]
    pub fn listed(&self, now: Timestamp) -> Self {
        let stage = Stage::Register { shard: 0, after: None };
        Self { stage, updated_at: now, ..self.clone() }
    }

    /// With more of the register counted, up to `next`.
    #[must_use]
    pub fn walked(&self, found: u64, next: Option<(u16, Option<String>)>, now: Timestamp) -> Self {
        let registered = self.counts.registered + found;
        let counts = Counts { registered, ..self.counts };
        let after = Self { counts, updated_at: now, ..self.clone() };
        match next {
            Some((shard, place)) => {
                Self { stage: Stage::Register { shard, after: place }, ..after }
            }
            None => Self { stage: Stage::Over, last_done_at: Some(now), ..after },
        }
    }

    #[must_use]
    pub fn failed(&self, reason: &str, now: Timestamp) -> Self {
        let failure = Some(reason.to_owned());
        Self { stage: Stage::Over, failure, updated_at: now, ..self.clone() }
    }

    /// When the job of it is owed: while it runs, by when another run takes over; then, when the next
    /// one begins. Only a list that the deployment has named is read every day.
    #[must_use]
    pub fn owed_at(&self, organization: &Organization) -> Option<Timestamp> {
        match self.stage {
            Stage::Begin | Stage::List { .. } | Stage::Register { .. } => {
                Some(self.updated_at.plus_seconds(RUN_SECONDS))
            }
            Stage::Over => organization
                .has_daily_reconciliation()
                .then(|| self.updated_at.plus_seconds(EVERY_SECONDS)),
        }
    }
}

impl Organization {
    /// The list that reconciliations read; `None` if the provider offers none.
    #[must_use]
    pub fn list_of_opt_outs(&self) -> Option<ListName> {
        let default = self.sender.provider.default_opt_out_list()?;
        self.opt_out_list.clone().or_else(|| default.parse().ok())
    }

    #[must_use]
    pub fn has_daily_reconciliation(&self) -> bool {
        self.opt_out_list.is_some() && self.list_of_opt_outs().is_some()
    }
}

#[cfg(test)]
mod tests;
