//! A campaign's sending: from the moment it is taken to sent until its last count.

use serde::{Deserialize, Serialize};

use super::{Campaign, MISSED_SECONDS, Reason, State};
use crate::audience::Totals;
use crate::breaker::Window;
use crate::job::{Due, Job};
use crate::message::Counts;
use crate::pace;
use crate::parts::Parts;
use crate::poll::PollSchedule;
use crate::price::Bill;
use crate::sender::Sender;
use crate::time::Timestamp;

/// A dispatch that has not moved for so long while work was owed is paused.
const NO_PROGRESS_SECONDS: i64 = 3_600;
/// So long a receipt may be on its way from its callback to its message.
const RECEIPT_SECONDS: i64 = 60;
/// How often chunks that stand still are looked for.
const DRAIN_SECONDS: i64 = 60;

/// What was frozen when the campaign was sent, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    pub scheduled_at: Timestamp,
    pub sent_at: Timestamp,
    pub sender: Sender,
    pub shards: u16,
    /// Raised by each pause, resume and stop: jobs of another epoch are dropped.
    pub epoch: u32,
    /// Since when messages may be handed over: since the send, or the last resume.
    pub running_since: Timestamp,
    pub dispatch: Dispatch,
    /// When the dispatch ended or was paused; none while messages are handed over.
    pub dispatch_ended_at: Option<Timestamp>,
    /// When the last part leaves, as far as the sender's rate goes; none unless it is running.
    pub estimated_finish_at: Option<Timestamp>,
    pub audience: Audience,
    pub counted: Option<Counted>,
    pub reason: Option<Reason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dispatch {
    /// Nothing is handed over until the whole audience is known to be within the limits.
    Held,
    Running,
    Paused,
    /// For good: what nobody had claimed fails.
    Stopped,
    Done,
}

/// The audience as far as the fan-out has read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    pub totals: Totals,
    /// When the fan-out ended, and so the totals are whole.
    pub completed_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub counts: Counts,
    pub at: Timestamp,
}

/// What a poll found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollLook {
    pub counts: Counts,
    pub are_chunks_done: bool,
    /// What was learnt of messages since the poll before.
    pub learnt: Window,
}

/// What a look at all chunks of a campaign found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrainLook {
    /// Whether all chunks are cut and each member has an outcome.
    pub are_chunks_done: bool,
    /// Whether a chunk was given up.
    pub gave_up: bool,
    /// The newest sign of life among them; waiting for the sender's rate is one.
    pub moved_at: Option<Timestamp>,
    /// When the rest will have been handed over, as far as the sender's rate goes.
    pub finishes_at: Option<Timestamp>,
}

/// What a send job has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Write this, then fan out.
    Begun(Campaign),
    /// The campaign is sent already: go on with its fan-out.
    Underway,
    /// Its time was missed: write this.
    Missed(Campaign),
    /// The job is for another time, or for a campaign that was cancelled.
    Ignored,
}

impl Broadcast {
    /// Since when what is learnt of messages is news: since the last count or the last resume. A
    /// receipt is on its way for a while, so the time of the last count overlaps with this one's.
    #[must_use]
    pub fn learnt_since(&self) -> Timestamp {
        let counted_at = self.counted.map(|counted| counted.at.plus_seconds(-RECEIPT_SECONDS));
        counted_at.max(Some(self.running_since)).unwrap_or(self.running_since)
    }

    /// Why a campaign of which nothing has left for so long is not to leave any more.
    fn is_stale(&self, now: Timestamp) -> Option<Reason> {
        let is_stale = now >= self.running_since.plus_seconds(NO_PROGRESS_SECONDS);
        is_stale.then_some(Reason::NoProgress)
    }
}

impl Campaign {
    /// Decides what a send job for `scheduled_at` does.
    #[must_use]
    pub fn begin(
        &self,
        scheduled_at: Timestamp,
        sender: Sender,
        shards: u16,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Begin {
        match &self.state {
            State::Scheduled { at } if *at == scheduled_at => {
                if now >= at.plus_seconds(MISSED_SECONDS) {
                    let cancelled = self.clone().cancel(now, Some(Reason::MissedSchedule));
                    return cancelled.map_or(Begin::Ignored, Begin::Missed);
                }
                let is_held = !self.limits.is_unlimited();
                let broadcast = Broadcast {
                    scheduled_at,
                    sent_at: now,
                    sender,
                    shards,
                    epoch: 0,
                    running_since: now,
                    dispatch: if is_held { Dispatch::Held } else { Dispatch::Running },
                    dispatch_ended_at: None,
                    estimated_finish_at: None,
                    audience: Audience::default(),
                    counted: None,
                    reason: None,
                };
                let sent = Self { state: State::Sent(broadcast), updated_at: now, ..self.clone() }
                    .owing_fan_out(now, repair_seconds);
                Begin::Begun(sent.owing_drain(now, repair_seconds))
            }
            State::Sent(broadcast) if broadcast.scheduled_at == scheduled_at => Begin::Underway,
            _ => Begin::Ignored,
        }
    }

    /// The campaign with what its fan-out has read so far; `None` if the fan-out has ended. Of two
    /// runs the one that has seen more is shown.
    #[must_use]
    pub fn fanning_out(&self, totals: Totals, now: Timestamp, repair_seconds: i64) -> Option<Self> {
        let mut broadcast = self.running_fan_out()?.clone();
        if totals.contacts() > broadcast.audience.totals.contacts() {
            broadcast.audience.totals = totals;
        }
        Some(self.with(broadcast, now).owing_fan_out(now, repair_seconds))
    }

    /// The campaign once every shard has ended, `bill` being the price of its recipients where the
    /// price is limited; `None` if another run has written that already.
    #[must_use]
    pub fn fanned_out(
        &self,
        totals: Totals,
        bill: &Bill,
        polls: &PollSchedule,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Option<Self> {
        let mut broadcast = self.running_fan_out()?.clone();
        broadcast.audience = Audience { totals, completed_at: Some(now) };
        let parts = Parts::of(self.body.as_deref().unwrap_or_default());
        let parts = totals.recipients * u64::from(parts.count);
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
            let broadcast = match over.or_else(|| broadcast.is_stale(now)) {
                None => broadcast.entering(Dispatch::Running, None),
                reason => broadcast.entering(Dispatch::Stopped, reason),
            };
            let released = Broadcast { running_since: now, ..broadcast };
            let released = self.with(released, now).owing_drain(now, repair_seconds);
            return Some(released.owing_poll(0, polls, now, repair_seconds));
        }
        Some(self.with(broadcast, now).owing_poll(0, polls, now, repair_seconds))
    }

    /// The campaign with the counts that poll `number` found, and the poll after it owed if any
    /// count may still change; paused if what was learnt since the poll before is too bad. `None`
    /// if this is not the poll that is owed.
    #[must_use]
    pub fn polled(
        &self,
        number: u32,
        look: &PollLook,
        polls: &PollSchedule,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Option<Self> {
        if !matches!(&self.step, Some(Due { job: Job::Poll { number: owed, .. }, .. }) if *owed == number)
        {
            return None;
        }
        let PollLook { counts, are_chunks_done, learnt } = *look;
        let mut broadcast = self.broadcast()?.clone();
        broadcast.counted = Some(Counted { counts, at: now });
        let next = if are_chunks_done {
            self.drained(broadcast, now)
        } else {
            self.with(broadcast, now).broken(learnt.trips(), now)
        };
        if counts.are_final() && are_chunks_done {
            return Some(Self { step: None, ..next }.judged(counts, now));
        }
        Some(next.owing_poll(number + 1, polls, now, repair_seconds))
    }

    /// The campaign after a look at all its chunks by this drain. `None` if it is not owed, or not
    /// any more.
    #[must_use]
    pub fn drain_checked(
        &self,
        job: &Job,
        look: &DrainLook,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Option<Self> {
        if !self.owes_drain(job) {
            return None;
        }
        let State::Sent(broadcast) = &self.state else {
            return None;
        };
        let mut broadcast = broadcast.clone();
        if look.gave_up {
            broadcast.reason = Some(Reason::ProviderUnreachable);
        }
        if look.are_chunks_done && broadcast.audience.completed_at.is_some() {
            return Some(self.drained(broadcast, now));
        }
        if broadcast.dispatch == Dispatch::Running {
            broadcast.estimated_finish_at = look.finishes_at.or(broadcast.estimated_finish_at);
        }
        let stands_since = look.moved_at.max(Some(broadcast.running_since));
        let is_still =
            stands_since.is_some_and(|since| now >= since.plus_seconds(NO_PROGRESS_SECONDS));
        let checked = self.with(broadcast, now);
        if is_still && let Ok(paused) = checked.clone().pause(Some(Reason::NoProgress), now) {
            return Some(paused);
        }
        Some(checked.owing_drain(now, repair_seconds))
    }

    /// Whether this drain is the one that is owed: one that was sent twice, or of another epoch, is
    /// not.
    #[must_use]
    pub fn owes_drain(&self, job: &Job) -> bool {
        self.drain.as_ref().is_some_and(|due| due.job == *job)
    }

    /// The campaign, paused if there is a reason to and it is running.
    #[must_use]
    fn broken(self, reason: Option<Reason>, now: Timestamp) -> Self {
        match reason {
            Some(_) => self.clone().pause(reason, now).unwrap_or(self),
            None => self,
        }
    }

    /// The campaign after a look at one that is held: one that stands still is stopped, since to
    /// resume it would pass its limits by. `None` if it is not held any more, or this drain is not
    /// owed.
    #[must_use]
    pub fn hold_checked(&self, job: &Job, now: Timestamp, repair_seconds: i64) -> Option<Self> {
        if !self.owes_drain(job) {
            return None;
        }
        let broadcast = self.broadcast().filter(|b| b.dispatch == Dispatch::Held)?.clone();
        let checked = match broadcast.is_stale(now) {
            None => broadcast,
            reason => broadcast.entering(Dispatch::Stopped, reason),
        };
        Some(self.with(checked, now).owing_drain(now, repair_seconds))
    }

    /// A campaign fails if every message of a whole, wholly dispatched audience failed.
    fn judged(self, counts: Counts, now: Timestamp) -> Self {
        match self.state {
            State::Sent(broadcast) if counts.failed > 0 && counts.failed == counts.total() => {
                Self { state: State::Failed { broadcast, at: now }, ..self }
            }
            state => Self { state, ..self },
        }
    }

    fn drained(&self, mut broadcast: Broadcast, now: Timestamp) -> Self {
        if broadcast.dispatch != Dispatch::Stopped {
            broadcast.dispatch = Dispatch::Done;
        }
        broadcast.dispatch_ended_at.get_or_insert(now);
        broadcast.estimated_finish_at = None;
        Self { drain: None, ..self.with(broadcast, now) }
    }

    fn running_fan_out(&self) -> Option<&Broadcast> {
        match &self.state {
            State::Sent(broadcast) if broadcast.audience.completed_at.is_none() => Some(broadcast),
            _ => None,
        }
    }

    pub(super) fn with(&self, broadcast: Broadcast, now: Timestamp) -> Self {
        let state = match &self.state {
            State::Failed { at, .. } => State::Failed { broadcast, at: *at },
            _ => State::Sent(broadcast),
        };
        Self { state, updated_at: now, ..self.clone() }
    }

    fn owing_fan_out(self, now: Timestamp, repair_seconds: i64) -> Self {
        let job = Job::FanOut {
            organization_id: self.organization_id,
            campaign_id: self.id,
            shard: None,
        };
        Self { step: Some(Due { at: now.plus_seconds(repair_seconds), job }), ..self }
    }

    /// The campaign with its next drain owed in a minute.
    pub(super) fn owing_drain(self, now: Timestamp, repair_seconds: i64) -> Self {
        let number = match &self.drain {
            Some(Due { job: Job::Drain { number, .. }, .. }) => number + 1,
            _ => 0,
        };
        let job = Job::Drain {
            organization_id: self.organization_id,
            campaign_id: self.id,
            epoch: self.epoch(),
            number,
        };
        let at = now.plus_seconds(DRAIN_SECONDS + repair_seconds);
        Self { drain: Some(Due { at, job }), ..self }
    }

    pub(super) fn owing_poll(
        self,
        number: u32,
        polls: &PollSchedule,
        now: Timestamp,
        repair_seconds: i64,
    ) -> Self {
        let step = self
            .broadcast()
            .and_then(|broadcast| {
                let fanned_out_at = broadcast.audience.completed_at?;
                polls.time(number, fanned_out_at, broadcast.dispatch_ended_at, now)
            })
            .map(|at| Due {
                // A poll whose time has passed while the one before it ran is due at once.
                at: at.max(now).plus_seconds(repair_seconds),
                job: Job::Poll {
                    organization_id: self.organization_id,
                    campaign_id: self.id,
                    number,
                },
            });
        Self { step, ..self }
    }

    fn epoch(&self) -> u32 {
        self.broadcast().map_or(0, |broadcast| broadcast.epoch)
    }
}
