//! Campaigns and their states.
//!
//! A transition takes the campaign and the time, and returns the campaign afterwards, or why the
//! transition is not possible. The table writes it on the condition that the campaign has not
//! changed in between, and replaces its due items in the same transaction. A caller that loses that
//! race reads and decides again.

mod broadcast;
mod control;
mod copies;
mod drain;
mod given_up;
mod limits;
mod names;
mod outage;
mod owed;
mod pauses;
mod poll;
mod restored;
#[cfg(test)]
mod tests;

pub use broadcast::{Audience, Begin, Broadcast, Counted, Dispatch};
pub use drain::DrainLook;
pub use limits::{Limits, MaxPrice};
pub use names::{Names, Salt};
pub use outage::BACK_OFF_SECONDS;
pub use pauses::{Pause, Pauses};
pub use poll::PollLook;

pub use crate::reason::Reason;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::actor::Actor;
use crate::body::{self, Body};
use crate::grace::Grace;
use crate::ids::{CampaignId, OrganizationId, SegmentId};
use crate::job::{Due, JobsJob};
use crate::library::TemplateVersion;
use crate::resend::Resend;
use crate::target::Target;
use crate::time::Timestamp;

/// How far ahead a campaign may be scheduled.
const SCHEDULE_DAYS: i64 = 14;
/// A scheduled time that is at most this far from now counts as now.
const NOW_SECONDS: i64 = 60;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    pub id: CampaignId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub body: Option<Body>,
    /// Without one, the campaign is for everyone.
    pub target: Option<Target>,
    /// The earlier campaign that it resends, to those whom that one did not reach.
    pub resend: Option<Resend>,
    pub tags: BTreeSet<String>,
    /// The template whose version the body was copied from.
    pub template: Option<TemplateVersion>,
    /// Since when lists leave it out.
    pub archived_at: Option<Timestamp>,
    /// While it is scheduled, the segments that its target reaches. They cannot be deleted.
    pub uses: BTreeSet<SegmentId>,
    pub state: State,
    /// Set when it is sent.
    pub limits: Limits,
    /// The next step that is owed: the send, the fan-out or a poll.
    pub step: Option<Due>,
    /// The next drain, while the campaign sends.
    pub drain: Option<Due>,
    /// Who made the last change, if that was recorded. Progress is not a change.
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// How often the campaign was written. Writes are conditional on it.
    pub version: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Draft,
    Scheduled {
        at: Timestamp,
    },
    Cancelled {
        scheduled_at: Timestamp,
        at: Timestamp,
        reason: Option<Reason>,
    },
    Sent(Broadcast),
    /// Every message of the whole audience failed.
    Failed {
        broadcast: Broadcast,
        at: Timestamp,
    },
}

/// A state's label for clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Draft,
    Scheduled,
    Sent,
    Cancelled,
    Failed,
}

impl Status {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Sent => "sent",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The statuses of campaigns that may have texted someone.
    pub fn texting() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied().filter(|status| status.may_have_texted())
    }

    fn may_have_texted(self) -> bool {
        match self {
            Self::Sent | Self::Failed => true,
            Self::Draft | Self::Scheduled | Self::Cancelled => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the campaign is not a draft")]
    NotDraft,
    #[error("the campaign is not scheduled")]
    NotScheduled,
    #[error("the campaign is not running")]
    NotRunning,
    #[error("the campaign is not paused")]
    NotPaused,
    #[error("only a campaign that has ended can be archived; stop or cancel it first")]
    NotEnded,
    #[error(
        "only what has been sent to everyone can be resent; stop the campaign or wait for its end"
    )]
    NotDispatched,
    #[error(
        "a resend cannot be duplicated, because it is for certain people; resend its campaign again"
    )]
    IsResend,
    #[error("the campaign's recipients are still being chosen; retry in a few seconds")]
    Preparing,
    #[error("a resend must be sent within 30 days; delete it and resend again")]
    ResendExpired,
    #[error("the campaign has no body; add one first")]
    BodyRequired,
    #[error("must not be more than a minute in the past")]
    ScheduledAtPast,
    #[error("must be at most 14 days ahead")]
    ScheduledAtTooFar,
}

impl Campaign {
    #[must_use]
    pub fn create(
        id: CampaignId,
        organization_id: OrganizationId,
        name: String,
        body: Option<Body>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            organization_id,
            name,
            body,
            target: None,
            resend: None,
            tags: BTreeSet::new(),
            template: None,
            archived_at: None,
            uses: BTreeSet::new(),
            state: State::Draft,
            limits: Limits::default(),
            step: None,
            drain: None,
            changed_by: None,
            created_at: now,
            updated_at: now,
            version: 0,
        }
    }

    #[must_use]
    pub fn status(&self) -> Status {
        match &self.state {
            State::Draft => Status::Draft,
            State::Scheduled { .. } => Status::Scheduled,
            State::Cancelled { .. } => Status::Cancelled,
            State::Sent(_) => Status::Sent,
            State::Failed { .. } => Status::Failed,
        }
    }

    /// The time that it is or was scheduled for.
    #[must_use]
    pub fn scheduled_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Draft => None,
            State::Scheduled { at } => Some(*at),
            State::Cancelled { scheduled_at, .. } => Some(*scheduled_at),
            State::Sent(broadcast) | State::Failed { broadcast, .. } => {
                Some(broadcast.scheduled_at)
            }
        }
    }

    /// What a person should know about it.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match &self.state {
            State::Draft | State::Scheduled { .. } => None,
            State::Cancelled { reason, .. } => *reason,
            State::Sent(broadcast) | State::Failed { broadcast, .. } => broadcast.reason,
        }
    }

    /// When it was cancelled, and when it failed.
    #[must_use]
    pub fn ended_at(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        match &self.state {
            State::Cancelled { at, .. } => (Some(*at), None),
            State::Failed { at, .. } => (None, Some(*at)),
            State::Draft | State::Scheduled { .. } | State::Sent(_) => (None, None),
        }
    }

    /// The broadcast of a campaign that was sent, even if it failed.
    #[must_use]
    pub fn broadcast(&self) -> Option<&Broadcast> {
        match &self.state {
            State::Sent(broadcast) | State::Failed { broadcast, .. } => Some(broadcast),
            State::Draft | State::Scheduled { .. } | State::Cancelled { .. } => None,
        }
    }

    /// The broadcast of a campaign that was sent, if its outcome is still open.
    fn open_broadcast(&self) -> Option<&Broadcast> {
        match &self.state {
            State::Sent(broadcast) => Some(broadcast),
            State::Draft
            | State::Scheduled { .. }
            | State::Cancelled { .. }
            | State::Failed { .. } => None,
        }
    }

    pub fn update(self, name: String, body: Option<Body>, now: Timestamp) -> Result<Self, Refusal> {
        self.ensure_draft()?;
        Ok(Self { name, body, updated_at: now, ..self })
    }

    /// Only drafts can be updated, deleted, tested and scheduled.
    pub fn ensure_draft(&self) -> Result<(), Refusal> {
        match self.state {
            State::Draft => Ok(()),
            State::Scheduled { .. }
            | State::Cancelled { .. }
            | State::Sent(_)
            | State::Failed { .. } => Err(Refusal::NotDraft),
        }
    }

    /// The body of a test message.
    pub fn test_body(&self) -> Result<&Body, Refusal> {
        self.ensure_draft()?;
        self.body.as_ref().ok_or(Refusal::BodyRequired)
    }

    /// The body that is sent. No campaign is scheduled without one.
    #[must_use]
    pub fn body_sent(&self) -> &Body {
        self.body.as_ref().unwrap_or(&body::EMPTY)
    }

    /// Schedules the campaign for `at`, or for now. If nothing begins it within its `grace`
    /// of its time, the sweep does.
    pub fn schedule(
        self,
        at: Option<Timestamp>,
        now: Timestamp,
        grace: Grace,
    ) -> Result<Self, Refusal> {
        self.ensure_draft()?;
        if self.body.is_none() {
            return Err(Refusal::BodyRequired);
        }
        if let Some(resend) = &self.resend {
            resend.ensure_ready(now)?;
        }
        let at = at.unwrap_or(now);
        if at.plus_seconds(NOW_SECONDS) < now {
            return Err(Refusal::ScheduledAtPast);
        }
        if at > now.plus_seconds(SCHEDULE_DAYS * 86_400) {
            return Err(Refusal::ScheduledAtTooFar);
        }
        let at = if at <= now.plus_seconds(NOW_SECONDS) { now } else { at };
        let job = JobsJob::Send {
            organization_id: self.organization_id,
            campaign_id: self.id,
            scheduled_at: at,
        };
        Ok(Self {
            state: State::Scheduled { at },
            step: Some(Due { at: grace.after(at), job: job.into() }),
            updated_at: now,
            ..self
        })
    }

    pub fn cancel(self, now: Timestamp, reason: Option<Reason>) -> Result<Self, Refusal> {
        let State::Scheduled { at } = self.state else {
            return Err(Refusal::NotScheduled);
        };
        let state = State::Cancelled { scheduled_at: at, at: now, reason };
        let uses = BTreeSet::new();
        let cancelled = Self { state, uses, step: None, drain: None, updated_at: now, ..self };
        Ok(cancelled.by_volley_for(reason))
    }

    /// A change with a reason was made by Volley.
    fn by_volley_for(self, reason: Option<Reason>) -> Self {
        if reason.is_some() { self.by(Actor::System) } else { self }
    }
}
