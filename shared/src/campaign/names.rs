//! How the ids of a campaign's messages are derived from the phones that it texts.
//!
//! Deriving them makes a second message to the same person impossible: it would be the same item. So
//! a campaign keeps the way in which it was sent until its end. Ids go to providers, webhooks and
//! exports, and all phones can be tried, so an id must depend on something that stays in the table.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::Campaign;
use crate::ids::{CampaignId, MessageId};
use crate::phone::{Line, Phone};

/// Random bytes of one campaign. They are stored with it and go nowhere else: with them, trying all
/// phones finds that of each message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Salt([u8; 16]);

/// How a campaign's ids are derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// From the campaign and the phone as it was stored (version 5). Two forms of a phone have two
    /// messages.
    OfPhone,
    /// From the campaign and the phone's line (version 5).
    OfLine,
    /// From a salt and the phone's line (version 8). All campaigns are sent this way now.
    Salted(Salt),
}

impl Salt {
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    fn message_id(self, line: &Line) -> MessageId {
        let digest = Sha256::new().chain_update(self.0).chain_update(line.as_phone().as_str());
        let digest: [u8; 32] = digest.finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        MessageId(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// Logs must not show the salt.
impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        Uuid::from_bytes(salt.0).simple().to_string()
    }
}

impl TryFrom<String> for Salt {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const ERROR: &str = "a salt must have 32 hexadecimal digits";
        if text.len() != 32 {
            return Err(ERROR);
        }
        Uuid::try_parse(&text).map(|bytes| Self(bytes.into_bytes())).map_err(|_| ERROR)
    }
}

impl Names {
    /// What is stored as `format` and `salt`.
    #[must_use]
    pub const fn stored(self) -> (u32, Option<Salt>) {
        match self {
            Self::OfPhone => (1, None),
            Self::OfLine => (2, None),
            Self::Salted(salt) => (3, Some(salt)),
        }
    }

    /// Reads what [`Self::stored`] returns. A campaign without its salt is never taken for an older one:
    /// with other ids, everyone could be texted again.
    #[must_use]
    pub const fn read(format: u32, salt: Option<Salt>) -> Option<Self> {
        match (format, salt) {
            (1, None) => Some(Self::OfPhone),
            (2, None) => Some(Self::OfLine),
            (3, Some(salt)) => Some(Self::Salted(salt)),
            (_, _) => None,
        }
    }

    /// The id of the only message that the campaign may send to a phone.
    #[must_use]
    pub fn message_id(self, campaign: CampaignId, phone: &Phone) -> MessageId {
        match self {
            Self::OfPhone => unsalted(campaign, phone),
            Self::OfLine => unsalted(campaign, phone.line().as_phone()),
            Self::Salted(salt) => salt.message_id(&phone.line()),
        }
    }

    /// The ids that the campaign's messages to any form of a phone may have.
    #[must_use]
    pub fn message_ids(self, campaign: CampaignId, phone: &Phone) -> BTreeSet<MessageId> {
        match self {
            // The line is one of the forms.
            Self::OfPhone | Self::OfLine => {
                phone.forms().iter().map(|form| unsalted(campaign, form)).collect()
            }
            Self::Salted(_) => BTreeSet::from([self.message_id(campaign, phone)]),
        }
    }
}

fn unsalted(campaign: CampaignId, phone: &Phone) -> MessageId {
    MessageId(Uuid::new_v5(&campaign.0, phone.as_str().as_bytes()))
}

impl Campaign {
    /// The ids that its messages to a person may have, given any form of their phone. There are none
    /// before it is sent.
    #[must_use]
    pub fn message_ids_to(&self, phone: &Phone) -> BTreeSet<MessageId> {
        let names = self.broadcast().map(|broadcast| broadcast.names);
        names.map(|names| names.message_ids(self.id, phone)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
