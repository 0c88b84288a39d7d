//! Why Volley paused, stopped or canceled a campaign.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// Why Volley itself stopped a campaign, or what a person should know about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It had not begun an hour after its scheduled time.
    MissedSchedule,
    /// A segment of its target is gone, or can no longer be evaluated.
    TargetMissing,
    /// It was paused for two weeks, or was still being sent after 45 days.
    Outdated,
    /// Work was due, but no message was settled for an hour.
    NoProgress,
    /// The provider could not be reached for an hour.
    ProviderUnreachable,
    /// One of its steps failed repeatedly.
    Poisoned,
    /// The provider does not serve the account: it is disabled, unpaid or unknown.
    ProviderAccount,
    /// The account may not send from the campaign's sender.
    ProviderSender,
    /// The account has reached its spending limit at the provider.
    SpendLimit,
    /// Too many of its newest messages were filtered.
    MessagesFiltered,
    /// Too many of its recipients have opted out at the provider.
    RecipientsOptedOut,
    /// The provider did not clearly say whether it accepted the newest messages, or too many of
    /// them failed there.
    ProviderFailing,
    /// The body is too long for its provider, which was chosen after it was scheduled.
    BodyTooLong,
    /// A text would differ from the one that was frozen when the audience was cut.
    RenderingChanged,
    /// The table was restored to an earlier moment, so it is not known whom it has texted since then.
    Restored,
    /// It has more parts than the limit that it was sent with.
    MaxParts,
    /// Its price is higher than the limit that it was sent with.
    MaxPrice,
}

impl Reason {
    /// Whether the deployment's operator can do something about it, not only the campaign's sender.
    #[must_use]
    pub fn concerns_operator(self) -> bool {
        match self {
            Self::MissedSchedule
            | Self::NoProgress
            | Self::ProviderUnreachable
            | Self::Poisoned
            | Self::ProviderAccount
            | Self::ProviderSender
            | Self::SpendLimit
            | Self::MessagesFiltered
            | Self::RecipientsOptedOut
            | Self::ProviderFailing
            | Self::RenderingChanged => true,
            Self::Outdated
            | Self::TargetMissing
            | Self::BodyTooLong
            | Self::Restored
            | Self::MaxParts
            | Self::MaxPrice => false,
        }
    }
}
