//! Delivery receipts: what the provider reports about a message later.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, InboundId, MessageId, OrganizationId};
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

    /// Whether it reports a delivery although `known` has reported a failure.
    #[must_use]
    pub fn contradicts(&self, known: &Receipt) -> bool {
        let is_same = self.provider_id == known.provider_id;
        is_same && known.status == Status::Failed && self.status == Status::Delivered
    }
}

/// How Volley learned of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The provider reported it.
    Callback,
    /// Volley asked the provider.
    LookUp,
}

/// The message that a callback is about. It is part of the callback's address, so that no look-up
/// is needed, even if the callback precedes the provider's response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    pub organization_id: OrganizationId,
    /// The campaign. A reply has none, and the id of the inbound message that it replies to is here
    /// instead, so that callbacks' addresses and queued receipts have one form for every kind.
    pub campaign_id: CampaignId,
    pub message_id: MessageId,
    pub kind: Kind,
}

impl MessageRef {
    /// A reply to an inbound message.
    #[must_use]
    pub fn of_reply(
        organization_id: OrganizationId,
        inbound_id: InboundId,
        message_id: MessageId,
    ) -> Self {
        let campaign_id = CampaignId(inbound_id.0);
        Self { organization_id, campaign_id, message_id, kind: Kind::Reply }
    }

    /// The campaign, unless the message is a reply.
    #[must_use]
    pub fn campaign(&self) -> Option<CampaignId> {
        match self.kind {
            Kind::Campaign | Kind::Test => Some(self.campaign_id),
            Kind::Reply => None,
        }
    }

    /// The inbound message that a reply responds to.
    #[must_use]
    pub fn inbound(&self) -> Option<InboundId> {
        match self.kind {
            Kind::Campaign | Kind::Test => None,
            Kind::Reply => Some(InboundId(self.campaign_id.0)),
        }
    }
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

/// The one candidate that may be a message whose provider's id was lost. `known` has the ids of
/// other messages to the same phone. `None` if there is no such candidate, or several.
#[must_use]
pub fn only_candidate(candidates: Vec<Receipt>, known: &BTreeSet<String>) -> Option<Receipt> {
    let is_other = |candidate: &Receipt| known.contains(&candidate.provider_id);
    let mut left = candidates.into_iter().filter(|candidate| !is_other(candidate));
    let only = left.next()?;
    left.next().is_none().then_some(only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_message_is_the_only_candidate_that_is_no_other_message() {
        let candidate = |id: &str| Receipt {
            provider_id: id.to_owned(),
            status: Status::Sent,
            reason: None,
            code: None,
            at: Timestamp::EPOCH,
        };
        let cases: [(&[&str], &[&str], Option<&str>); 7] = [
            (&[], &[], None),
            (&["SM1"], &[], Some("SM1")),
            (&["SM1"], &["SM9"], Some("SM1")),
            (&["SM1"], &["SM1"], None),
            (&["SM1", "SM2"], &[], None),
            (&["SM1", "SM2"], &["SM1"], Some("SM2")),
            (&["SM1", "SM2", "SM3"], &["SM2"], None),
        ];
        for (candidates, known, expected) in cases {
            let known = known.iter().map(|id| (*id).to_owned()).collect();
            let found = only_candidate(candidates.iter().copied().map(candidate).collect(), &known);
            let found = found.map(|receipt| receipt.provider_id);
            assert_eq!(found.as_deref(), expected, "{candidates:?} {known:?}");
        }
    }
}
