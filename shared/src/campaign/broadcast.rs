//! A campaign's sending, from its start until its last count.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::{Campaign, Names, Pauses, Reason, Salt, State};
use crate::audience::Totals;
use crate::body::Format;
use crate::grace::Grace;
use crate::job::{Due, JobsJob};
use crate::message::{Counts, Message};
use crate::pace;
use crate::poll::PollSchedule;
use crate::price::Bill;
use crate::recipient::{Addressee, Recipient};
use crate::sender::Sender;
use crate::shard::Shards;
use crate::time::Timestamp;
use crate::trial;

/// A campaign pauses if work is due but no message was settled for this time.
pub(super) const NO_PROGRESS_SECONDS: i64 = 3_600;
/// How long a receipt may take from its callback to its message.
const RECEIPT_SECONDS: i64 = 60;

/// What was frozen when the campaign was sent, and the progress since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// How its messages' ids are derived, until its end.
    pub names: Names,
    pub scheduled_at: Timestamp,
    pub sent_at: Timestamp,
    pub sender: Sender,
    pub shards: Shards,
    /// Increased by each pause, resume and stop. Jobs of another epoch are dropped.
    pub epoch: u32,
    /// Since when messages may be sent: the send or the last resume.
    pub running_since: Timestamp,
    pub dispatch: Dispatch,
    /// When the dispatch ended or was paused; `None` while it is running.
    pub dispatch_ended_at: Option<Timestamp>,
    /// When the last part will be sent, as far as the sender's rate allows; `None` unless it is
    /// running.
    pub estimated_finish_at: Option<Timestamp>,
    /// The number of recipients that are sent alone while the campaign is on trial; `None` once the
    /// rest may get turns.
    pub trial: Option<u32>,
    /// Since when the provider has been unreachable.
    pub unreachable_since: Option<Timestamp>,
    pub audience: Audience,
    pub counted: Option<Counted>,
    pub reason: Option<Reason>,
    pub pauses: Pauses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Dispatch {
    /// Nothing is sent until the whole audience is known to be within the limits.
    Held,
    Running,
    Paused,
    /// Permanently: unclaimed messages fail.
    Stopped,
    Done,
}

/// The part of the audience that the fan-out has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    pub totals: Totals,
    /// When the fan-out ended and the totals became complete.
    pub completed_at: Option<Timestamp>,
    /// When the fan-out was given up because it always failed. A resume starts it again.
    pub abandoned_at: Option<Timestamp>,
}

/// A run of a fan-out that was given up may continue for less than this time.
const FAN_OUT_RUN_SECONDS: i64 = 600;

impl Audience {
    /// Whether no more chunks will be cut.
    #[must_use]
    pub fn is_cut(&self, now: Timestamp) -> bool {
        let is_over = |at: Timestamp| now >= at.plus_seconds(FAN_OUT_RUN_SECONDS);
        self.completed_at.is_some() || self.abandoned_at.is_some_and(is_over)
    }

    /// Whether the fan-out is still cutting chunks.
    #[must_use]
    pub fn is_cutting(&self) -> bool {
        self.completed_at.is_none() && self.abandoned_at.is_none()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub counts: Counts,
    pub at: Timestamp,
}

/// What a send job has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Write this campaign, then fan out.
    Begun(Box<Campaign>),
    /// The campaign is already sent: continue its fan-out.
    Underway,
    /// The job is for another time, or for a cancelled campaign.
    Ignored,
}

impl Broadcast {
    /// From when on receipts are news: the last count or the last resume. A receipt takes a while
    /// to be written, so this overlaps with the previous count.
    #[must_use]
    pub fn learnt_since(&self) -> Timestamp {
        let counted_at = self.counted.map(|counted| counted.at.plus_seconds(-RECEIPT_SECONDS));
        counted_at.max(Some(self.running_since)).unwrap_or(self.running_since)
    }

    /// The reason to end a campaign that has sent nothing for an hour, if it is that old.
    pub(super) fn reason_to_end(&self, now: Timestamp) -> Option<Reason> {
        let is_stale = now >= self.running_since.plus_seconds(NO_PROGRESS_SECONDS);
        is_stale.then_some(Reason::NoProgress)
    }
}

impl Campaign {
    /// The message of its broadcast to a recipient before a worker has claimed it.
    #[must_use]
    pub fn pending_message(&self, broadcast: &Broadcast, recipient: &Recipient) -> Message {
        let text = match (self.body_sent().format(), &recipient.to) {
            (Format::Text, _) | (Format::Template, Addressee::Erased(_)) => None,
            (Format::Template, Addressee::Phone(_)) => {
                self.body_sent().text_for(recipient).map(Cow::into_owned)
            }
        };
        let (organization, at) = (self.organization_id, broadcast.sent_at);
        let message = match &recipient.to {
            Addressee::Erased(id) => Message::erased(organization, self.id, *id, at),
            Addressee::Phone(to) => {
                let id = broadcast.names.message_id(self.id, to);
                Message::pending(organization, self.id, id, to.clone(), at)
            }
        };
        Message { text, ..message }
    }

    /// Whether a campaign that is scheduled for this time has missed it by so much that its text
    /// may be out of date.
    #[must_use]
    pub fn has_missed(&self, scheduled_at: Timestamp, now: Timestamp, missed_seconds: i64) -> bool {
        matches!(self.state, State::Scheduled { at } if at == scheduled_at)
            && now >= scheduled_at.plus_seconds(missed_seconds)
    }

    /// Decides what a send job for `scheduled_at` does. `salt` is new, and kept if the campaign begins.
    #[must_use]
    pub fn begin(
        &self,
        scheduled_at: Timestamp,
        salt: Salt,
        sender: Sender,
        shards: Shards,
        now: Timestamp,
        grace: Grace,
    ) -> Begin {
        match &self.state {
            State::Scheduled { at } if *at == scheduled_at => {
                let is_held = !self.limits.is_unlimited();
                let broadcast = Broadcast {
                    names: Names::Salted(salt),
                    scheduled_at,
                    sent_at: now,
                    sender,
                    shards,
                    epoch: 0,
                    running_since: now,
                    dispatch: if is_held { Dispatch::Held } else { Dispatch::Running },
                    dispatch_ended_at: None,
                    estimated_finish_at: None,
                    trial: Some(trial::FIRST_RECIPIENTS),
                    unreachable_since: None,
                    audience: Audience::default(),
                    counted: None,
                    reason: None,
                    pauses: Pauses::default(),
                };
                let sent = Self {
                    state: State::Sent(broadcast),
                    uses: BTreeSet::new(),
                    updated_at: now,
                    ..self.clone()
                }
                .owing_fan_out(now, grace);
                Begin::Begun(Box::new(sent.owing_drain(now, grace)))
            }
            State::Sent(broadcast) if broadcast.scheduled_at == scheduled_at => Begin::Underway,
            State::Draft
            | State::Scheduled { .. }
            | State::Cancelled { .. }
            | State::Sent(_)
            | State::Failed { .. } => Begin::Ignored,
        }
    }

    /// The campaign with the progress of its fan-out, or `None` if the fan-out has ended. Keeps the
    /// progress of the run that has read more.
    #[must_use]
    pub fn fanning_out(&self, totals: Totals, now: Timestamp, grace: Grace) -> Option<Self> {
        let mut broadcast = self.running_fan_out()?.clone();
        if totals.contacts() > broadcast.audience.totals.contacts() {
            broadcast.audience.totals = totals;
        }
        Some(self.with(broadcast, now).owing_fan_out(now, grace))
    }

    /// The campaign once every shard has ended, or `None` if another run has written that. `bill`
    /// is the price of its recipients if the price is limited.
    #[must_use]
    pub fn fanned_out(
        &self,
        totals: Totals,
        bill: &Bill,
        polls: &PollSchedule,
        now: Timestamp,
        grace: Grace,
    ) -> Option<Self> {
        let mut broadcast = self.running_fan_out()?.clone();
        broadcast.audience = Audience { totals, completed_at: Some(now), abandoned_at: None };
        let parts = self.body_sent().parts_of_totals(&totals);
        let rate = broadcast.sender.parts_per_second;
        let finishes_at = broadcast.running_since.plus_millis(pace::cost(parts, rate) / 1_000);
        broadcast.estimated_finish_at =
            (broadcast.dispatch == Dispatch::Running).then_some(finishes_at.max(now));
        if totals.recipients == 0 {
            broadcast.counted = Some(Counted { counts: Counts::default(), at: now });
            return Some(Self { step: None, ..self.drained(broadcast, now) });
        }
        if broadcast.dispatch == Dispatch::Held {
            let over = self.limits.exceeded(parts, bill);
            let broadcast = match over.or_else(|| broadcast.reason_to_end(now)) {
                None => broadcast.entering(Dispatch::Running, None),
                reason => broadcast.entering(Dispatch::Stopped, reason),
            };
            let trial = Some(trial::FIRST_RECIPIENTS);
            let released = Broadcast { running_since: now, trial, ..broadcast };
            let released = self.with(released, now).owing_drain(now, grace);
            return Some(released.owing_poll(0, polls, now, grace));
        }
        Some(self.with(broadcast, now).owing_poll(0, polls, now, grace))
    }

    fn running_fan_out(&self) -> Option<&Broadcast> {
        self.open_broadcast().filter(|broadcast| broadcast.audience.is_cutting())
    }

    /// The campaign in the same state, with its broadcast replaced.
    pub(super) fn with(&self, broadcast: Broadcast, now: Timestamp) -> Self {
        let state = match &self.state {
            State::Sent(_) => State::Sent(broadcast),
            State::Failed { at, .. } => State::Failed { broadcast, at: *at },
            unsent @ (State::Draft | State::Scheduled { .. } | State::Cancelled { .. }) => {
                unsent.clone()
            }
        };
        let after = Self { state, updated_at: now, ..self.clone() };
        // Volley has set a reason that is new.
        let reason = after.reason().filter(|reason| self.reason() != Some(*reason));
        after.by_volley_for(reason)
    }

    pub(super) fn owing_fan_out(self, now: Timestamp, grace: Grace) -> Self {
        let job = JobsJob::FanOut {
            organization_id: self.organization_id,
            campaign_id: self.id,
            shard: None,
        };
        let due = Due { at: grace.after(now), job: job.into() };
        Self { step: Some(due), ..self }
    }
}
