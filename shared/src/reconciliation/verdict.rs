//! What a phone on a provider's opt-out list means for an organization.

use super::ListName;
use crate::actor::Actor;
use crate::ids::OrganizationId;
use crate::phone::Phone;
use crate::time::Timestamp;
use crate::unsubscribe::{Preference, Source};

/// An entry of a provider's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedOptOut {
    pub phone: Phone,
    /// When the provider put it on the list.
    pub at: Timestamp,
    /// Whether the person opted out, rather than someone with access to the account.
    pub by_person: bool,
}

/// What an organization has of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub has_contact: bool,
    /// The newest preference of the register, which is asked for erased people's hashes first.
    pub newest: Option<Newest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newest {
    pub subscribed: bool,
    pub changed_at: Timestamp,
    pub source: Source,
    /// Whether an admin subscribed the phone, knowing of the person's opt-out.
    pub is_lift: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Opted out there and not here.
    Suppress,
    /// The organization opted the person out, and the person did so, too.
    Confirm,
    Known,
    /// The phone was subscribed here after that. The provider still refuses it.
    Resubscribed,
    /// Not a phone that the organization has.
    Foreign,
}

impl Verdict {
    /// Whether the opt-out is to be registered.
    #[must_use]
    pub fn is_written(self) -> bool {
        match self {
            Self::Suppress | Self::Confirm => true,
            Self::Known | Self::Resubscribed | Self::Foreign => false,
        }
    }
}

/// Decides about an entry of a list. The newest preference counts, as everywhere: what a key did
/// without knowing of the opt-out does not override it, but a lift and the person's own START do.
#[must_use]
pub fn judge(listed: &ListedOptOut, known: Known, is_exclusive: bool) -> Verdict {
    let Some(newest) = known.newest else {
        let is_theirs = known.has_contact || is_exclusive;
        return if is_theirs { Verdict::Suppress } else { Verdict::Foreign };
    };
    let is_own = newest.source.is_the_persons_own();
    if !newest.subscribed {
        return if listed.by_person && !is_own { Verdict::Confirm } else { Verdict::Known };
    }
    let is_newer = newest.changed_at > listed.at;
    if is_newer && (is_own || newest.is_lift) { Verdict::Resubscribed } else { Verdict::Suppress }
}

impl ListedOptOut {
    /// The opt-out as the register keeps it, with the list as evidence.
    #[must_use]
    pub fn preference(&self, organization_id: OrganizationId, list: &ListName) -> Preference {
        let by = if self.by_person { "" } else { ", added by the account" };
        Preference {
            organization_id,
            phone: self.phone.clone(),
            subscribed: false,
            changed_at: self.at,
            source: Source::Provider,
            campaign_id: None,
            evidence: Some(format!("opt-out list {list}{by}")),
            changed_by: Some(Actor::System),
        }
    }
}
