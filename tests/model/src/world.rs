//! The state of everything, and what can happen next.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use shared::ids::ContactId;
use shared::job::{Job, JobsJob, PollsJob};
use shared::phone::Phone;
use shared::time::Timestamp;

use crate::audience::Audience;
use crate::kept::Kept;
use crate::process::Process;
use crate::programs::Program;
use crate::protocol::{self, Traits};
use crate::provider::{Mood, Provider, Word};
use crate::queue::Queue;
use crate::request::Op;
use crate::table::{Owed, Rules, Table};

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
    /// The phones of contacts that were edited or deleted since.
    pub touched: BTreeSet<Phone>,
}

/// Faults that may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    pub crashes: u8,
    /// Writes that fail or whose response is lost.
    pub lost: u8,
    /// Messages that are delivered twice.
    pub copies: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    Ask(Program),
    Unsubscribe(Phone),
    Edit(ContactId, Traits),
    Delete(ContactId),
    /// Changes the tag of those in the segment.
    EditSegment(u8),
}

/// How far a scenario goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The maximum number of concurrent functions. People are limited only by the agenda.
    pub processes: usize,
    /// When the clock stops.
    pub until: Timestamp,
    /// The clock jumps to multiples of this number of seconds.
    pub tick: i64,
    /// The only promise to check, or `None` to check all promises and the ways to the end from each
    /// state.
    pub only: Option<&'static str>,
    /// Programs that don't run until faults have stopped, so that a scenario is about the others.
    pub left_out: &'static [Kind],
    pub rules: Rules,
    /// What the provider does from any state on, permanently, on a third way to the end.
    pub lasting: Option<Mood>,
}

impl Bounds {
    /// For a program that runs to its end alone.
    #[must_use]
    pub fn undisturbed(now: Timestamp) -> Self {
        Self {
            processes: 1,
            until: now,
            tick: 1,
            only: None,
            left_out: &[],
            rules: Rules::Whole,
            lasting: None,
        }
    }
}

/// What a program is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Send,
    FanOut,
    Chunk,
    Poll,
    Drain,
    Receipt,
    Person,
    Sweep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A process's request is executed and gets its response.
    Step(usize, Fate),
    Crash(usize),
    /// A message is delivered, and stays on the queue if `is_copy`.
    HandOut {
        place: usize,
        is_copy: bool,
    },
    Sweep,
    Act(usize),
    /// The clock jumps to the next time at which a decision may change.
    Wait,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Plain,
    /// It fails, and nothing is written.
    Fails,
    /// It seems to fail, but is written.
    SeemsToFail,
    /// It is written, its response is lost, and the client repeats it.
    IsRepeated,
    /// The provider does something other than accept.
    Provider(Mood),
}

impl Kind {
    #[must_use]
    pub fn of(job: &Job) -> Self {
        match job {
            Job::Jobs(JobsJob::Send { .. }) => Self::Send,
            Job::Jobs(JobsJob::FanOut { .. }) => Self::FanOut,
            Job::Polls(PollsJob::Poll { .. }) => Self::Poll,
            Job::Polls(PollsJob::Drain { .. }) => Self::Drain,
            Job::Dispatch(_)
            | Job::Notify(_)
            | Job::Jobs(
                JobsJob::Prepare { .. }
                | JobsJob::Import { .. }
                | JobsJob::Export { .. }
                | JobsJob::Quote { .. }
                | JobsJob::Preview { .. }
                | JobsJob::Erase { .. }
                | JobsJob::Delete { .. }
                | JobsJob::Reconcile { .. },
            ) => Self::Chunk,
        }
    }
}

impl Program {
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Job(job) => Kind::of(job),
            Self::Receipt(_) => Kind::Receipt,
            Self::Sweep => Kind::Sweep,
            Self::Control(_) | Self::Move { .. } => Kind::Person,
        }
    }
}

impl World {
    #[must_use]
    pub fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    /// Everything that can happen next.
    #[must_use]
    pub fn actions(&self, bounds: &Bounds) -> Vec<Action> {
        // The order of this process's request doesn't matter, so no other order is tried.
        let is_free = |process: &Process| self.is_independent(&process.pending);
        if let Some(place) = self.processes.iter().position(is_free) {
            return self.actions_of(place);
        }
        let mut actions: Vec<Action> =
            (0..self.processes.len()).flat_map(|place| self.actions_of(place)).collect();
        let is_function = |process: &&Process| process.program.kind() != Kind::Person;
        if self.processes.iter().filter(is_function).count() < bounds.processes {
            actions.extend(self.beginnings(bounds));
        }
        actions.extend((0..self.agenda.len()).map(Action::Act));
        let moment = self.next_tick(bounds);
        if moment.is_some_and(|moment| moment <= bounds.until && self.may_be(moment)) {
            actions.push(Action::Wait);
        }
        actions
    }

    fn actions_of(&self, place: usize) -> Vec<Action> {
        let fates = self.fates(&self.processes[place].pending);
        let steps = fates.into_iter().map(|fate| Action::Step(place, fate));
        steps.chain((self.faults.crashes > 0).then_some(Action::Crash(place))).collect()
    }

    fn beginnings(&self, bounds: &Bounds) -> Vec<Action> {
        let mut actions = Vec::new();
        for (place, queued) in self.queue.visible(self.now) {
            if bounds.left_out.contains(&queued.program.kind()) {
                continue;
            }
            actions.push(Action::HandOut { place, is_copy: false });
            if self.faults.copies > 0 {
                actions.push(Action::HandOut { place, is_copy: true });
            }
        }
        let is_sweeping = self.processes.iter().any(|p| p.program == Program::Sweep);
        let mut overdue = self.table.overdue(self.now).into_iter();
        let is_swept = |owed: &Owed| !bounds.left_out.contains(&Kind::of(&owed.job));
        let sweeps = !bounds.left_out.contains(&Kind::Sweep) && !is_sweeping;
        if sweeps && overdue.any(|owed| is_swept(&owed)) {
            actions.push(Action::Sweep);
        }
        actions
    }

    /// Whether a request changes nothing that others read or write at the same time, and reads
    /// nothing that they change. A message that is sent late is equivalent to one that is delivered
    /// late, and only look-ups read the provider's records.
    fn is_independent(&self, op: &Op) -> bool {
        match op {
            Op::Send { .. } => true,
            Op::HandOver { .. } => {
                let looks = |process: &Process| matches!(*process.pending, Op::LookUp { .. });
                !self.processes.iter().any(looks)
            }
            Op::ReadUnsubscribed { .. } => !self.may_opt_out(),
            _ => false,
        }
    }

    fn may_opt_out(&self) -> bool {
        self.agenda.iter().any(|act| matches!(act, Act::Unsubscribe(_)))
            || self.provider.moods.contains(&Mood::RefusesOptedOut)
            || self.provider.words.contains(&Word::FailedOptedOut)
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

    /// Whether the clock can reach `moment`: a request to the provider must end within its timeout.
    fn may_be(&self, moment: Timestamp) -> bool {
        self.processes.iter().all(|process| match *process.pending {
            Op::HandOver { until, .. } => moment <= until,
            _ => true,
        })
    }

    /// The clock's next tick at which something may happen that can't happen now. Coarse ticks lose
    /// only the order of times that are close together.
    #[must_use]
    pub fn next_tick(&self, bounds: &Bounds) -> Option<Timestamp> {
        let moment = self.next_moment(bounds.left_out)?;
        let start = protocol::at(0);
        let seconds = moment.since(start).num_milliseconds().div_euclid(1_000) + 1;
        let whole = moment.since(start).num_milliseconds() % 1_000 == 0;
        let seconds = if whole { seconds - 1 } else { seconds };
        Some(start.plus_seconds((seconds + bounds.tick - 1) / bounds.tick * bounds.tick))
    }

    /// The next time at which something may happen that can't happen now.
    #[must_use]
    pub fn next_moment(&self, left_out: &[Kind]) -> Option<Timestamp> {
        let table = &self.table;
        let is_in = |kind: Kind| !left_out.contains(&kind);
        let queued = self.queue.iter().filter(|queued| is_in(queued.program.kind()));
        let queued = queued.map(|queued| queued.at);
        let due =
            table.due.values().filter(|owed| is_in(Kind::Sweep) && is_in(Kind::of(&owed.job)));
        let due = due.map(|owed| owed.not_before);
        let chunks = table.states.values().flat_map(|state| protocol::moments_of_chunk(state));
        let campaign = table.campaign.iter().flat_map(|c| protocol::moments_of_campaign(c));
        let claims = table.messages.values().filter_map(|m| protocol::moment_of_claim(m));
        // A worker that stalls after it claims may no longer send.
        let rights = self.processes.iter().filter_map(|process| match *process.pending {
            Op::Claim { at, .. } => Some(at.plus_seconds(protocol::HANDOVER_WITHIN + 1)),
            _ => None,
        });
        let moments = queued.chain(due).chain(chunks).chain(campaign).chain(claims).chain(rights);
        moments.filter(|moment| *moment > self.now).min()
    }

    /// An id that no other worker has, or had when it wrote a claim that still exists.
    #[must_use]
    pub fn free_id(&self) -> u32 {
        let is_taken = |id: &u32| {
            let token = id.to_string();
            let claims = self.table.messages.values().filter_map(|message| message.claim.as_ref());
            self.processes.iter().any(|process| process.id == *id)
                || claims.into_iter().any(|claim| claim.token == token)
        };
        (0..u32::MAX).find(|id| !is_taken(id)).unwrap_or_default()
    }
}
