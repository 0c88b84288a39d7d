//! Messages: one to each recipient of a campaign, and tests.
//!
//! Three writers own three attributes: the worker that claimed a message owns its outcome and the
//! provider's id, the receipts consumer owns the receipt, and the repair of a claim without an
//! answer owns `unknown_at`. None touches another's, and the status shown is the highest of what
//! they say. So no late word can take a status back.

pub use crate::status::{FailureReason, Kind, Status};

use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, MessageId, OrganizationId};
use crate::phone::Phone;
use crate::receipt::{Delivery, MessageRef, Receipt};
use crate::recipient::Recipient;
use crate::time::Timestamp;

/// What the worker that claimed a message learnt.
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

/// A worker's right to hand one message over, told from others by its random token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub token: String,
    pub at: Timestamp,
}

/// What is known of one message; its body is its campaign's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub organization_id: OrganizationId,
    pub campaign_id: CampaignId,
    pub kind: Kind,
    pub to: Phone,
    pub created_at: Timestamp,
    pub claim: Option<Claim>,
    pub outcome: Option<Outcome>,
    pub receipt: Option<Receipt>,
    pub unknown_at: Option<Timestamp>,
}

/// What its three writers have said of a message: all that a count needs to know.
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

    /// When the last of them was said.
    #[must_use]
    pub fn updated_at(&self) -> Option<Timestamp> {
        self.all().map(|(_, at)| at).max()
    }

    /// What a final receipt has reported since `moment`, if there is one.
    #[must_use]
    pub fn final_receipt_since(&self, moment: Timestamp) -> Option<FinalReceipt> {
        let (status, at) = self.receipt?;
        let failure = self.receipt_failure;
        (at >= moment && status.is_final()).then_some(FinalReceipt { failure })
    }

    /// The worker's word comes last: of two final words it stands, and `max_by_key` answers the
    /// last of equals.
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
        Recipient::of_phone(self.to.clone())
    }

    /// A member of a chunk that nobody has claimed yet.
    #[must_use]
    pub fn pending(
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        to: Phone,
        created_at: Timestamp,
    ) -> Self {
        Self {
            // A campaign's own is `Broadcast::message_id`.
            id: MessageId::of(campaign_id, &to),
            organization_id,
            campaign_id,
            kind: Kind::Campaign,
            to,
            created_at,
            claim: None,
            outcome: None,
            receipt: None,
            unknown_at: None,
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

    /// Why and with which of the provider's codes the message failed.
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

    #[must_use]
    pub fn provider_id(&self) -> Option<&str> {
        match (&self.outcome, &self.receipt) {
            (Some(Outcome::Accepted { provider_id, .. }), _) => Some(provider_id),
            (Some(Outcome::Failed { .. }) | None, Some(receipt)) => Some(&receipt.provider_id),
            (Some(Outcome::Failed { .. }) | None, None) => None,
        }
    }

    /// When the provider took the message, as far as anyone said so.
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
        Self { message: message.reference(), to: Some(message.to.clone()), receipt }
    }
}

/// How long after its creation a test message that is unknown is looked up.
const MAX_TEST_LOOK_UP_SECONDS: i64 = 2 * 3_600;

impl Message {
    /// Whether work is left for this test message: it is not handed over yet, or is unknown and
    /// young enough that a look-up may still find it.
    #[must_use]
    pub fn is_test_owed(&self, now: Timestamp) -> bool {
        match self.status() {
            Status::Pending => true,
            Status::Unknown => now < self.created_at.plus_seconds(MAX_TEST_LOOK_UP_SECONDS),
            Status::Sent | Status::Delivered | Status::Failed => false,
        }
    }
}

/// What a worker finds where it wanted to claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Its own earlier claim, whose answer was lost.
    Own,
    /// The message has an outcome, or is known to be unknown: nothing is left to do.
    Settled,
    /// Another worker may be at it until this moment.
    Busy { until: Timestamp },
    /// The worker that claimed it is gone: nobody knows whether the provider has the message.
    Abandoned,
}

impl Message {
    /// Judges an existing message by a worker that wanted to claim it with `token`. A claim is
    /// good for `claim_seconds`, which is longer than any worker can be at it.
    #[must_use]
    pub fn found_by(&self, token: &str, now: Timestamp, claim_seconds: i64) -> Found {
        if self.status() != Status::Pending {
            return Found::Settled;
        }
        match &self.claim {
            Some(claim) if claim.token == token => Found::Own,
            Some(claim) => {
                let until = claim.at.plus_seconds(claim_seconds);
                if now < until { Found::Busy { until } } else { Found::Abandoned }
            }
            None => Found::Settled,
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

    /// Whether no word can change them any more.
    #[must_use]
    pub fn are_final(&self) -> bool {
        let Self { pending, sent, unknown, delivered: _, failed: _ } = self;
        pending + sent + unknown == 0
    }
}

#[cfg(test)]
mod tests;
