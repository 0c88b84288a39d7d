//! Why Volley stopped a campaign.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// Why a campaign was stopped by Volley itself, or what it wants known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It had not begun an hour after its time.
    MissedSchedule,
    /// Work was due and no message was settled for an hour.
    NoProgress,
    /// The provider could not be reached for an hour.
    ProviderUnreachable,
    /// A step of it failed again and again.
    Poisoned,
    /// The provider does not serve the account: it is disabled, unpaid, or not recognised.
    ProviderAccount,
    /// The account may not send from the campaign's sender.
    ProviderSender,
    /// The account has spent what it may at the provider.
    SpendLimit,
    /// Too many of its newest messages were filtered.
    MessagesFiltered,
    /// Too many of its recipients have opted out at the provider.
    RecipientsOptedOut,
    /// The provider did not say clearly whether it took the newest messages, or too many of them
    /// failed there.
    ProviderFailing,
    /// Its provider, chosen since it was scheduled, does not take so long a body.
    BodyTooLong,
    /// It came to more parts than it was sent with.
    MaxParts,
    /// It came to a higher price than it was sent with.
    MaxPrice,
}
