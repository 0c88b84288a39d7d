//! The campaigns that were sent before a resend.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::campaign::{Campaign, Names, Salt};
use crate::ids::{CampaignId, MessageId};
use crate::phone::Phone;

/// An earlier campaign, and what finds its messages. That is copied into the resend, because it is
/// asked for each recipient and never changes once a campaign is sent.
///
/// Earlier releases stored the id alone. They can't read what has a salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Earlier {
    Unsalted(CampaignId),
    Salted { id: CampaignId, salt: Salt },
}

impl Earlier {
    /// `None` if the campaign was not sent.
    #[must_use]
    pub fn of(campaign: &Campaign) -> Option<Self> {
        let id = campaign.id;
        Some(match campaign.broadcast()?.names {
            Names::OfPhone | Names::OfLine => Self::Unsalted(id),
            Names::Salted(salt) => Self::Salted { id, salt },
        })
    }

    #[must_use]
    pub const fn campaign(self) -> CampaignId {
        match self {
            Self::Unsalted(id) | Self::Salted { id, .. } => id,
        }
    }

    #[must_use]
    pub const fn is_salted(self) -> bool {
        match self {
            Self::Unsalted(_) => false,
            Self::Salted { .. } => true,
        }
    }

    /// The ids that the campaign's messages to any form of a phone may have.
    #[must_use]
    pub fn message_ids_to(self, phone: &Phone) -> BTreeSet<MessageId> {
        match self {
            // Which form the ids are derived from is unknown, and this covers both.
            Self::Unsalted(id) => Names::OfPhone.message_ids(id, phone),
            Self::Salted { id, salt } => Names::Salted(salt).message_ids(id, phone),
        }
    }
}

impl super::Resend {
    /// Whether any of the earlier campaigns has a salt.
    #[must_use]
    pub fn is_salted(&self) -> bool {
        self.earlier.iter().any(|earlier| earlier.is_salted())
    }
}
