//! Delivery receipts: what the provider reports about a message later.

use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, MessageId, OrganizationId};
use crate::phone::Phone;
use crate::status::{FailureReason, Kind, Status};
use crate::time::Timestamp;

/// The highest status that the provider has reported about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub provider_id: String,
    /// `Sent`, `Delivered` or `Failed`.
    pub status: Status,
    pub reason: Option<FailureReason>,
    pub code: Option<String>,
    pub at: Timestamp,
}

impl Receipt {
    /// Whether this receipt replaces `known`. Only a higher one does, so the first final receipt
    /// stays.
    #[must_use]
    pub fn supersedes(&self, known: Option<&Receipt>) -> bool {
        known.is_none_or(|known| self.status.rank() > known.status.rank())
    }
}

/// The message that a callback is about. It is part of the callback's address, so that no look-up
/// is needed, even if the callback precedes the provider's response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    pub organization_id: OrganizationId,
    pub campaign_id: CampaignId,
    pub message_id: MessageId,
    pub kind: Kind,
}

/// A receipt on its way to its message, as stored on the receipts queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub message: MessageRef,
    /// The recipient's phone, unless the provider reported another kind of address.
    pub to: Option<Phone>,
    pub receipt: Receipt,
}

/// Reduces the receipts of a message to the one that counts.
#[must_use]
pub fn fold(receipts: impl IntoIterator<Item = Receipt>) -> Option<Receipt> {
    receipts.into_iter().fold(
        None,
        |best, next| {
            if next.supersedes(best.as_ref()) { Some(next) } else { best }
        },
    )
}
