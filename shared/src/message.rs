//! Messages: one to each recipient of a campaign, tests, and replies to inbound messages.
//!
//! Three writers own three attributes. The worker that claimed a message owns its outcome and the
//! provider's id, the receipts consumer owns the receipt, and the repair of a claim without an
//! outcome owns `unknown_at`. None changes another's attribute, and the status shown is the highest
//! of the three, so a late report can't lower it.

mod found;
mod timeline;

pub use crate::status::{FailureReason, Kind, Status};
pub use found::Found;
pub use timeline::{Heard, Source, Step};

use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, MessageId, OrganizationId};
use crate::phone::{Phone, Region};
use crate::receipt::{Delivery, MessageRef, Receipt};
use crate::recipient::Recipient;
use crate::time::Timestamp;

/// The result that the worker with the claim recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted { provider_id: String, at: Timestamp },
    Failed { reason: FailureReason, code: Option<String>, at: Timestamp },
}

impl Outcome {
    /// Why the message failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<FailureReason> {
        match self {
            Self::Accepted { .. } => None,
            Self::Failed { reason, .. } => Some(*reason),
        }
    }
}

/// A worker's sole right to send a message, identified by a random token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub token: String,
    pub at: Timestamp,
}

/// What is known about a message. A plain body is stored with its campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub organization_id: OrganizationId,
    /// For a reply, what [`MessageRef::campaign_id`] says.
    pub campaign_id: CampaignId,
    pub kind: Kind,
    /// The phone. `None` once the person was erased.
    pub to: Option<Phone>,
    /// The country of a person who was erased, so that prices stay as they were.
    pub erased_region: Option<Region>,
    /// The text, if the campaign's body is a template and the text is known.
    pub text: Option<String>,
    pub created_at: Timestamp,
    pub claim: Option<Claim>,
    pub outcome: Option<Outcome>,
    pub receipt: Option<Receipt>,
    pub unknown_at: Option<Timestamp>,
    /// What else is known of its receipts.
    pub heard: Heard,
}

/// What the three writers have reported about a message: all that counting needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// `Sent` or `Failed`.
    pub outcome: Option<(Status, Timestamp)>,
    pub receipt: Option<(Status, Timestamp)>,
    pub receipt_failure: Option<FailureReason>,
    pub unknown_at: Option<Timestamp>,
}

/// What a final receipt reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinalReceipt {
    /// Why the message failed; none if it was delivered.
    pub failure: Option<FailureReason>,
}

impl Words {
    #[must_use]
    pub fn status(&self) -> Status {
        let statuses = self.all().map(|(status, _)| status);
        statuses.max_by_key(|status| status.rank()).unwrap_or(Status::Pending)
    }

    /// When the newest report was made.
    #[must_use]
    pub fn updated_at(&self) -> Option<Timestamp> {
        self.all().map(|(_, at)| at).max()
    }

    /// What a final receipt has reported since `moment`, if one has arrived.
    #[must_use]
    pub fn final_receipt_since(&self, moment: Timestamp) -> Option<FinalReceipt> {
        let (status, at) = self.receipt?;
        let failure = self.receipt_failure;
        (at >= moment && status.is_final()).then_some(FinalReceipt { failure })
    }

    /// The outcome comes last so that it wins over an equally final receipt: `max_by_key` returns
    /// the last of equal elements.
    fn all(&self) -> impl Iterator<Item = (Status, Timestamp)> {
        let unknown = self.unknown_at.map(|at| (Status::Unknown, at));
        [unknown, self.receipt, self.outcome].into_iter().flatten()
    }
}

impl Message {
    #[must_use]
    pub fn reference(&self) -> MessageRef {
        MessageRef {
            organization_id: self.organization_id,
            campaign_id: self.campaign_id,
            message_id: self.id,
            kind: self.kind,
        }
    }

    /// Whom the message is to. A message does not keep which contact that is.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        self.to.clone().map_or_else(|| Recipient::of_erased(self.id), Recipient::of_phone)
    }

    /// The country of the phone, if it has one.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        self.to.as_ref().map_or(self.erased_region, Phone::region)
    }

    /// A chunk's member that no one has claimed yet.
    #[must_use]
    pub fn pending(
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        id: MessageId,
        to: Phone,
        created_at: Timestamp,
    ) -> Self {
        Self { to: Some(to), ..Self::erased(organization_id, campaign_id, id, created_at) }
    }

    /// The same for a person who was erased.
    #[must_use]
    pub fn erased(
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        id: MessageId,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            organization_id,
            campaign_id,
            kind: Kind::Campaign,
            to: None,
            erased_region: None,
            text: None,
            created_at,
            claim: None,
            outcome: None,
            receipt: None,
            unknown_at: None,
            heard: Heard::default(),
        }
    }

    #[must_use]
    pub fn status(&self) -> Status {
        self.words().status()
    }

    #[must_use]
    pub fn words(&self) -> Words {
        Words {
            outcome: self.outcome.as_ref().map(|outcome| match outcome {
                Outcome::Accepted { at, .. } => (Status::Sent, *at),
                Outcome::Failed { at, .. } => (Status::Failed, *at),
            }),
            receipt: self.receipt.as_ref().map(|receipt| (receipt.status, receipt.at)),
            receipt_failure: self.receipt.as_ref().and_then(|receipt| receipt.reason),
            unknown_at: self.unknown_at,
        }
    }

    /// Why the message failed, and the provider's code.
    #[must_use]
    pub fn failure(&self) -> Option<(FailureReason, Option<&str>)> {
        if self.status() != Status::Failed {
            return None;
        }
        match (&self.outcome, &self.receipt) {
            (Some(Outcome::Failed { reason, code, .. }), _) => Some((*reason, code.as_deref())),
            (Some(Outcome::Accepted { .. }) | None, Some(receipt)) => {
                Some((receipt.reason.unwrap_or(FailureReason::Other), receipt.code.as_deref()))
            }
            (Some(Outcome::Accepted { .. }) | None, None) => None,
        }
    }

    /// Whether the provider said that it has delivered the message although it had failed.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        let was_refused = self.outcome.as_ref().is_some_and(|outcome| outcome.failure().is_some());
        let has_it = |receipt: &Receipt| receipt.status != Status::Failed;
        self.heard.delivered_at.is_some()
            || (was_refused && self.receipt.as_ref().is_some_and(has_it))
    }

    /// When the message failed, if it did.
    #[must_use]
    pub fn failed_at(&self) -> Option<Timestamp> {
        if self.status() != Status::Failed {
            return None;
        }
        match (&self.outcome, &self.receipt) {
            (Some(Outcome::Failed { at, .. }), _) => Some(*at),
            (Some(Outcome::Accepted { .. }) | None, receipt) => {
                receipt.as_ref().map(|receipt| receipt.at)
            }
        }
    }

    /// Whether the provider is known to have accepted the message, even if it failed later.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.receipt.is_some()
            || self.outcome.as_ref().is_some_and(|outcome| outcome.failure().is_none())
    }

    #[must_use]
    pub fn provider_id(&self) -> Option<&str> {
        match (&self.outcome, &self.receipt) {
            (Some(Outcome::Accepted { provider_id, .. }), _) => Some(provider_id),
            (Some(Outcome::Failed { .. }) | None, Some(receipt)) => Some(&receipt.provider_id),
            (Some(Outcome::Failed { .. }) | None, None) => None,
        }
    }

    /// When the provider accepted the message, if that was reported.
    #[must_use]
    pub fn sent_at(&self) -> Option<Timestamp> {
        match (&self.outcome, &self.receipt) {
            (Some(Outcome::Accepted { at, .. }), _) => Some(*at),
            (Some(Outcome::Failed { .. }) | None, Some(receipt)) => {
                (receipt.status != Status::Failed).then_some(receipt.at)
            }
            (Some(Outcome::Failed { .. }) | None, None) => None,
        }
    }

    #[must_use]
    pub fn delivered_at(&self) -> Option<Timestamp> {
        let delivered = self.status() == Status::Delivered;
        self.receipt.as_ref().filter(|_| delivered).map(|receipt| receipt.at)
    }

    #[must_use]
    pub fn updated_at(&self) -> Timestamp {
        self.words().updated_at().unwrap_or(self.created_at)
    }
}

impl Delivery {
    /// What a look-up at the provider says about a message.
    #[must_use]
    pub fn looked_up(message: &Message, receipt: Receipt) -> Self {
        Self { message: message.reference(), to: message.to.clone(), receipt }
    }
}

/// How long after its creation an unknown test or reply is looked up.
const MAX_SINGLE_LOOK_UP_SECONDS: i64 = 2 * 3_600;

impl Message {
    /// Whether this test or reply needs more work: it has not been sent, or is unknown and recent
    /// enough for a look-up to find it.
    #[must_use]
    pub fn is_single_owed(&self, now: Timestamp) -> bool {
        match self.status() {
            Status::Pending => true,
            Status::Unknown => now < self.created_at.plus_seconds(MAX_SINGLE_LOOK_UP_SECONDS),
            Status::Sent | Status::Delivered | Status::Failed => false,
        }
    }
}

/// Messages by status. `total` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub pending: u64,
    pub sent: u64,
    pub delivered: u64,
    pub failed: u64,
    pub unknown: u64,
}

impl Counts {
    pub fn add(&mut self, status: Status) {
        *match status {
            Status::Pending => &mut self.pending,
            Status::Unknown => &mut self.unknown,
            Status::Sent => &mut self.sent,
            Status::Delivered => &mut self.delivered,
            Status::Failed => &mut self.failed,
        } += 1;
    }

    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            pending: self.pending + other.pending,
            sent: self.sent + other.sent,
            delivered: self.delivered + other.delivered,
            failed: self.failed + other.failed,
            unknown: self.unknown + other.unknown,
        }
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        let Self { pending, sent, delivered, failed, unknown } = self;
        pending + sent + delivered + failed + unknown
    }

    /// Whether no report can change them any more.
    #[must_use]
    pub fn are_final(&self) -> bool {
        let Self { pending, sent, unknown, delivered: _, failed: _ } = self;
        pending + sent + unknown == 0
    }
}

#[cfg(test)]
mod tests;
