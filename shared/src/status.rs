//! A message's kind, its status, and why it failed.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// A message's status so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not sent yet, or being sent right now.
    Pending,
    /// The provider may or may not have it.
    Unknown,
    Sent,
    Delivered,
    Failed,
}

impl Status {
    /// Statuses only rise: pending < unknown < sent < delivered = failed.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Unknown => 1,
            Self::Sent => 2,
            Self::Delivered | Self::Failed => 3,
        }
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        self.rank() == 3
    }
}

/// Why a message failed, independent of the provider.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    Unsubscribed,
    /// An earlier campaign of the same text has reached the person, or may have.
    AlreadyReached,
    InvalidNumber,
    Unreachable,
    Filtered,
    Expired,
    Stopped,
    /// The person was erased before anyone had begun to send the message.
    Erased,
    /// A person canceled the message at the provider.
    Canceled,
    ProviderError,
    /// The provider gave no reason, or one that doesn't fit the others. Earlier versions stored
    /// `unknown`.
    #[serde(alias = "unknown")]
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Campaign,
    Test,
    /// It replies to an inbound message.
    Reply,
}

impl Kind {
    /// The version of payloads that introduced it, as of jobs.
    #[must_use]
    pub fn since(self) -> u32 {
        match self {
            Self::Campaign | Self::Test => 2,
            Self::Reply => 3,
        }
    }

    /// The label in callbacks' addresses and contexts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Test => "test",
            Self::Reply => "reply",
        }
    }
}
