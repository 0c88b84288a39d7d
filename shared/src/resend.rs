//! Resends: campaigns for those whom an earlier one did not reach.
//!
//! A resend has an origin, the first campaign of its text. No one is texted by two campaigns of one
//! origin unless the first text certainly failed. So a phone is left out if any earlier campaign of
//! the origin may have reached it. That is decided three times: when the draft is prepared, when the
//! audience is cut, and before each message is claimed, because a late receipt may change it.

mod earlier;

pub use earlier::Earlier;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::audience::NamedPhones;
use crate::campaign::{Campaign, Dispatch, Refusal, State};
use crate::grace::Grace;
use crate::ids::CampaignId;
use crate::job::{Due, JobsJob};
use crate::message::{FailureReason, Message, Status};
use crate::shard::Shards;
use crate::time::Timestamp;

/// The most campaigns of one origin. Each is looked at for each recipient.
pub const MAX_CAMPAIGNS: usize = 10;
/// A draft is sent at most this long after it was requested. Later, too much may have changed.
const DAYS_VALID: i64 = 30;
/// How long its phones are kept: a draft may be scheduled two weeks ahead on its last day.
const DAYS_KEPT: i64 = 60;

/// What a campaign resends, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resend {
    /// The campaign whose messages failed.
    pub of: CampaignId,
    /// The first campaign of this text.
    pub origin: CampaignId,
    /// All campaigns of the origin that were sent before this one.
    pub earlier: BTreeSet<Earlier>,
    pub reasons: BTreeSet<FailureReason>,
    /// Whether also to text those whose message may have been sent.
    pub include_unknown: bool,
    pub requested_at: Timestamp,
    pub prepared: Prepared,
}

/// How far the failed messages have been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    /// The next shard of the messages.
    pub next_shard: u16,
    /// The messages that were chosen so far.
    pub chosen: u64,
    pub is_complete: bool,
}

/// Whether a message keeps its phone from getting the text again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It failed for a chosen reason.
    Chosen,
    /// It certainly was not received, but for another reason.
    NotChosen,
    /// It was received, or may be.
    InTheWay,
}

/// Whether a message with this reason can be sent again. The others were meant not to be sent.
#[must_use]
pub fn can_resend(reason: FailureReason) -> bool {
    match reason {
        FailureReason::Unsubscribed | FailureReason::AlreadyReached | FailureReason::Erased => {
            false
        }
        FailureReason::InvalidNumber
        | FailureReason::Unreachable
        | FailureReason::Filtered
        | FailureReason::Expired
        | FailureReason::Stopped
        | FailureReason::Canceled
        | FailureReason::ProviderError
        | FailureReason::Other => true,
    }
}

impl Resend {
    /// What a message of an earlier campaign says about its phone.
    #[must_use]
    pub fn verdict(&self, message: &Message) -> Verdict {
        match message.status() {
            Status::Failed if message.is_contradicted() => Verdict::InTheWay,
            Status::Unknown if self.include_unknown => Verdict::Chosen,
            Status::Pending | Status::Unknown | Status::Sent | Status::Delivered => {
                Verdict::InTheWay
            }
            Status::Failed => {
                let reason = message.failure().map(|(reason, _)| reason);
                let is_chosen =
                    reason.is_some_and(|it| can_resend(it) && self.reasons.contains(&it));
                if is_chosen { Verdict::Chosen } else { Verdict::NotChosen }
            }
        }
    }

    /// When its phones are forgotten.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.requested_at.plus_seconds(DAYS_KEPT * 86_400)
    }

    /// Whether a draft may be sent now.
    pub fn ensure_ready(&self, now: Timestamp) -> Result<(), Refusal> {
        if !self.prepared.is_complete {
            return Err(Refusal::Preparing);
        }
        if now > self.requested_at.plus_seconds(DAYS_VALID * 86_400) {
            return Err(Refusal::ResendExpired);
        }
        Ok(())
    }
}

impl Campaign {
    /// Whether nothing more of it will be sent, so that it is clear whom it did not reach.
    #[must_use]
    pub fn has_dispatched(&self) -> bool {
        match &self.state {
            State::Draft | State::Scheduled { .. } | State::Cancelled { .. } => false,
            State::Failed { .. } => true,
            State::Sent(broadcast) => match broadcast.dispatch {
                Dispatch::Held | Dispatch::Running | Dispatch::Paused => false,
                Dispatch::Done => true,
                // Until the drain ends, some recipients have no message yet.
                Dispatch::Stopped => self.drain.is_none(),
            },
        }
    }

    /// Whether it may leave out most contacts. Only then does its fan-out write marks.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        self.target.is_some() || self.resend.is_some()
    }

    /// The phones that it is for, if it is a resend.
    #[must_use]
    pub fn named_phones(&self) -> Option<NamedPhones> {
        let resend = self.resend.clone()?;
        Some(NamedPhones { campaign: self.id, resend })
    }

    /// The first campaign of its text.
    #[must_use]
    pub fn origin(&self) -> CampaignId {
        self.resend.as_ref().map_or(self.id, |resend| resend.origin)
    }

    /// A draft of the same text that owes its preparation.
    #[must_use]
    pub fn resent_as(&self, id: CampaignId, name: String, resend: Resend, grace: Grace) -> Self {
        let now = resend.requested_at;
        let draft = Self {
            tags: self.tags.clone(),
            template: self.template,
            resend: Some(resend),
            ..Self::create(id, self.organization_id, name, self.body.clone(), now)
        };
        draft.owing_preparation(now, grace)
    }

    /// The draft once the messages of another shard have been read, or `None` if another run was
    /// faster or it is not a draft any more.
    #[must_use]
    pub fn prepared(
        &self,
        shard: u16,
        chosen: u64,
        shards: Shards,
        now: Timestamp,
        grace: Grace,
    ) -> Option<Self> {
        self.ensure_draft().ok()?;
        let resend = self.resend.as_ref()?;
        let before = resend.prepared;
        if before.is_complete || before.next_shard != shard {
            return None;
        }
        let next_shard = shard + 1;
        let is_complete = next_shard >= shards.count();
        let prepared = Prepared { next_shard, chosen: before.chosen + chosen, is_complete };
        let resend = Some(Resend { prepared, ..resend.clone() });
        let after = Self { resend, step: None, ..self.clone() };
        Some(if is_complete { after } else { after.owing_preparation(now, grace) })
    }

    fn owing_preparation(self, now: Timestamp, grace: Grace) -> Self {
        let (organization_id, campaign_id) = (self.organization_id, self.id);
        let job = JobsJob::Prepare { organization_id, campaign_id };
        Self { step: Some(Due { at: grace.after(now), job: job.into() }), ..self }
    }
}

#[cfg(test)]
mod tests;
