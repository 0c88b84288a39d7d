//! Re-queues stalled chunks, and grants members of chunks on trial.

use super::{ChunkState, Grant, MAX_CRASHED_STARTS, Progress};
use crate::breaker::{Recent, Window};
use crate::grace::Grace;
use crate::time::Timestamp;

/// The grace of a queued chunk doubles each time it is queued, so that a long queue does not fill up with
/// copies.
const GRACE_DOUBLINGS: u32 = 5;

/// What to do about a chunk that may be stalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    Nothing,
    /// Assign a turn, write this state with it, and queue the chunk.
    Arm(ChunkState),
    /// Its workers crash repeatedly: pause the campaign. Members fail only if a person stops it.
    Poisoned,
}

impl ChunkState {
    /// Judges a chunk that may be stalled, in a campaign with this epoch. A pause left a chunk with
    /// an older epoch, which starts anew. If a worker still has it, its claims protect its
    /// recipients.
    #[must_use]
    pub fn repair(&self, epoch: u32, now: Timestamp, grace: Grace) -> Repair {
        if self.epoch != epoch && !self.is_done() {
            let armed = self.armed(now);
            return Repair::Arm(Self {
                epoch,
                attempts: 0,
                arms: 0,
                throttles: 0,
                heard: Window::default(),
                recent: Recent::default(),
                grant: None,
                due_at: None,
                ..armed
            });
        }
        let (turn, overdue_at) = match self.progress {
            Progress::Done => return Repair::Nothing,
            Progress::Cut => return Repair::Arm(self.armed(now)),
            Progress::Queued { turn } => {
                let grace = grace.doubled(self.arms.min(GRACE_DOUBLINGS));
                let turn = turn.map_or(self.updated_at, |turn| turn.max(self.updated_at));
                (turn, grace.after(turn))
            }
            // Until then its worker may live.
            Progress::Working => {
                let lost_at = grace.after(self.updated_at);
                (lost_at, lost_at)
            }
            Progress::Waiting { until } => {
                let turn = until.max(self.updated_at);
                (turn, grace.after(turn))
            }
        };
        if self.attempts >= MAX_CRASHED_STARTS && now >= turn {
            Repair::Poisoned
        } else if now >= overdue_at {
            Repair::Arm(self.armed(now))
        } else {
            Repair::Nothing
        }
    }

    /// A queued chunk with its turn. It is due since its first turn, because being re-queued is not
    /// progress.
    #[must_use]
    pub fn with_turn(self, turn: Timestamp) -> Self {
        let due_at = if self.arms == 0 { Some(turn) } else { self.due_at.or(Some(turn)) };
        Self { progress: Progress::Queued { turn: Some(turn) }, due_at, ..self }
    }

    /// The chunk with up to `members` more of its remaining members granted.
    #[must_use]
    pub fn granting(self, members: u32) -> Self {
        let from = self.grant.map_or(self.handed, |grant| grant.from);
        let to = self.handed.saturating_add(members).min(self.recipients);
        Self { grant: Some(Grant { from, to }), ..self }
    }

    /// The number of granted members that have had no turn.
    #[must_use]
    pub fn granted_left(&self) -> u32 {
        self.grant_end().saturating_sub(self.handed)
    }

    /// The chunk with all remaining members granted.
    #[must_use]
    pub fn ungranted(self) -> Self {
        Self { grant: None, ..self }
    }

    /// Its grant in this epoch, if its campaign is on trial and the chunk is part of that.
    #[must_use]
    pub fn trial_grant(&self, epoch: u32) -> Option<Grant> {
        self.grant.filter(|_| self.epoch == epoch)
    }

    /// Whether all granted members have an outcome.
    #[must_use]
    pub fn has_settled_grant(&self) -> bool {
        self.is_done() || self.grant.is_some_and(|grant| self.handed >= grant.to)
    }

    fn armed(&self, now: Timestamp) -> Self {
        let arms = if self.progress == Progress::Cut { 0 } else { self.arms + 1 };
        Self { progress: Progress::Queued { turn: None }, arms, updated_at: now, ..self.clone() }
    }
}
