//! The state of everything, and what can happen next.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use shared::phone::Phone;
use shared::time::Timestamp;

use crate::ask::Op;
use crate::kept::Kept;
use crate::process::Process;
use crate::programs::Program;
use crate::protocol;
use crate::provider::{Mood, Provider};
use crate::queue::Queue;
use crate::table::{Rules, Table};

#[derive(Clone, Hash)]
pub struct World {
    pub now: Timestamp,
    pub table: Table,
    pub queue: Queue,
    pub processes: Vec<Process>,
    pub provider: Provider,
    pub faults: Faults,
    /// What people may still do once each, in any order and at any time.
    pub agenda: Vec<Act>,
    /// Who was in the audience when the campaign was sent.
    pub audience: Option<Kept<Audience>>,
}

/// Faults that may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    pub crashes: u8,
    /// Writes whose answer is lost, or that fail.
    pub lost: u8,
    /// Messages that are handed out twice.
    pub copies: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    Ask(Program),
    Unsubscribe(Phone),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    pub contacts: u64,
    pub phones: BTreeSet<Phone>,
}

/// How far a scenario goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Programs that run at the same time.
    pub processes: usize,
    /// The clock stops here.
    pub until: Timestamp,
    pub rules: Rules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A process's request is made and answered.
    Step(usize, Fate),
    Crash(usize),
    /// A message is handed out, and stays on the queue if `is_copy`.
    HandOut { place: usize, is_copy: bool },
    Sweep,
    Act(usize),
    /// The clock jumps to the next moment at which a decision may change.
    Wait,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Plain,
    /// It fails, and nothing was written.
    Fails,
    /// It seems to fail, but was written.
    SeemsToFail,
    /// It was written, its answer was lost, and the client makes it again.
    IsRepeated,
    /// The provider does something else than to accept.
    Provider(Mood),
}

impl World {
    #[must_use]
    pub fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    /// All that can happen next.
    #[must_use]
    pub fn actions(&self, bounds: &Bounds) -> Vec<Action> {
        let mut actions = Vec::new();
        for (place, process) in self.processes.iter().enumerate() {
            let fates = self.fates(&process.pending);
            actions.extend(fates.into_iter().map(|fate| Action::Step(place, fate)));
            if self.faults.crashes > 0 {
                actions.push(Action::Crash(place));
            }
        }
        if self.processes.len() < bounds.processes {
            for (place, _) in self.queue.visible(self.now) {
                actions.push(Action::HandOut { place, is_copy: false });
                if self.faults.copies > 0 {
                    actions.push(Action::HandOut { place, is_copy: true });
                }
            }
            let is_sweeping = self.processes.iter().any(|p| p.program == Program::Sweep);
            if !is_sweeping && !self.table.overdue(self.now).is_empty() {
                actions.push(Action::Sweep);
            }
            actions.extend((0..self.agenda.len()).map(Action::Act));
        }
        if self.next_moment().is_some_and(|moment| moment <= bounds.until && self.may_be(moment)) {
            actions.push(Action::Wait);
        }
        actions
    }

    fn fates(&self, op: &Op) -> Vec<Fate> {
        let mut fates = vec![Fate::Plain];
        if let Op::HandOver { .. } = op {
            let moods: BTreeSet<Mood> = self.provider.moods.iter().copied().collect();
            fates.extend(moods.into_iter().map(Fate::Provider));
        }
        if self.faults.lost > 0 && op.is_write() {
            fates.extend([Fate::Fails, Fate::SeemsToFail, Fate::IsRepeated]);
        }
        fates
    }

    /// Whether it can become so late: a request to the provider ends in its time.
    fn may_be(&self, moment: Timestamp) -> bool {
        self.processes.iter().all(|process| match *process.pending {
            Op::HandOver { until, .. } => moment <= until,
            _ => true,
        })
    }

    /// The next moment at which something may happen that cannot happen now.
    #[must_use]
    pub fn next_moment(&self) -> Option<Timestamp> {
        let table = &self.table;
        let queued = self.queue.iter().map(|queued| queued.at);
        let due = table.due.values().map(|owed| owed.not_before);
        let chunks = table.states.values().flat_map(|state| protocol::moments_of_chunk(state));
        let campaign = table.campaign.iter().flat_map(|c| protocol::moments_of_campaign(c));
        let claims = table.messages.values().filter_map(|m| protocol::moment_of_claim(m));
        // A worker that stalls in its claims loses its right to hand over.
        let rights = self.processes.iter().filter_map(|process| match *process.pending {
            Op::Claim { at, .. } => Some(at.plus_seconds(protocol::HANDOVER_WITHIN + 1)),
            _ => None,
        });
        let moments = queued.chain(due).chain(chunks).chain(campaign).chain(claims).chain(rights);
        moments.filter(|moment| *moment > self.now).min()
    }

    /// An id that no other worker has, nor had when it wrote a claim that is still there.
    #[must_use]
    pub fn free_id(&self) -> u32 {
        let is_taken = |id: &u32| {
            let token = id.to_string();
            let claims = self.table.messages.values().filter_map(|message| message.claim.as_ref());
            self.processes.iter().any(|process| process.id == *id)
                || claims.into_iter().any(|claim| claim.token == token)
        };
        (0..).find(|id| !is_taken(id)).unwrap_or_default()
    }
}
