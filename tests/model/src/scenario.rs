//! The worlds that explorations start from.

use shared::phone::Phone;
use shared::time::Timestamp;

use crate::explore::{Counterexample, Explored, explore};
use crate::kept::Kept;
use crate::programs::Program;
use crate::protocol::{self, Control, Organization};
use crate::provider::{Mood, Provider, Word};
use crate::queue::{Queue, Queued};
use crate::request::Op;
use crate::table::{FILLING, Rules, Table};
use crate::world::{Act, Action, Bounds, Fate, Faults, Kind, World};

/// A world, and how far to explore from it.
#[derive(Clone)]
pub struct Scenario {
    pub world: World,
    pub bounds: Bounds,
}

/// The `number`th phone of those in audience shard `shard` of `shards`.
#[must_use]
pub fn phone(number: usize, shard: u16, shards: u16) -> Phone {
    let all = (0..).filter_map(|n| Phone::from_e164(&format!("+1415555{n:04}")).ok());
    let mut of_shard = all.filter(|phone| phone.shard(shards.into()) == shard);
    of_shard.nth(number).unwrap_or_else(|| unreachable!("there are enough"))
}

impl Scenario {
    /// A campaign that is scheduled for now, with its send job on the queue, and contacts with
    /// these phones.
    #[must_use]
    pub fn scheduled(phones: &[Phone], shards: u16, max_parts: Option<u64>) -> Self {
        let organization = Organization { shards, rate: protocol::FAST, trial: None };
        Self::of(phones, organization, max_parts)
    }

    /// The same, with a trial of `trial` recipients.
    #[must_use]
    pub fn on_trial(phones: &[Phone], shards: u16, trial: u32) -> Self {
        let organization = Organization { shards, rate: protocol::FAST, trial: Some(trial) };
        Self::of(phones, organization, None)
    }

    /// The same, with a slow sender.
    #[must_use]
    pub fn slow(phones: &[Phone], shards: u16) -> Self {
        Self::of(phones, Organization { shards, rate: protocol::SLOW, trial: None }, None)
    }

    fn of(phones: &[Phone], organization: Organization, max_parts: Option<u64>) -> Self {
        let campaign = protocol::scheduled(organization.rate, max_parts);
        let now = protocol::at(0);
        let mut table = Table { organization, ..Table::default() };
        for (number, phone) in (1..).zip(phones) {
            table.add_contact(number, Some(phone), now.plus_seconds(-60));
        }
        let mut queue = Queue::default();
        if let Some(due) = &campaign.step {
            table.owe(due);
            let job = Kept::new(due.job.clone());
            queue.push(Queued { at: now, program: Program::Job(job) });
        }
        table.campaign = Some(Kept::new(campaign));
        let world = World {
            now,
            table,
            queue,
            processes: Vec::new(),
            provider: Provider::default(),
            faults: Faults::default(),
            agenda: Vec::new(),
            audience: None,
        };
        let bounds = Bounds {
            processes: 2,
            until: now,
            tick: 40,
            only: None,
            left_out: &[],
            rules: Rules::Whole,
            lasting: None,
        };
        Self { world, bounds }
    }

    /// The same, after an undisturbed fan-out.
    #[must_use]
    pub fn fanned_out(phones: &[Phone], shards: u16) -> Self {
        Self::scheduled(phones, shards, None).once(Kind::Send)
    }

    /// The same, once the first job of a kind has run undisturbed.
    #[must_use]
    pub fn once(mut self, kind: Kind) -> Self {
        let (world, bounds) = (&mut self.world, self.bounds);
        let place = world.queue.iter().position(|queued| queued.program.kind() == kind);
        if let Some(place) = place {
            let at = world.queue.iter().nth(place).map(|queued| queued.at);
            world.now = world.now.max(at.unwrap_or(world.now));
            *world = world.after(Action::HandOut { place, is_copy: false }, &bounds);
        }
        while !world.processes.is_empty() {
            *world = world.after(Action::Step(0, Fate::Plain), &bounds);
        }
        self
    }

    /// The first program of a kind on the queue.
    #[must_use]
    pub fn queued(&self, kind: Kind) -> Option<Program> {
        let mut queued = self.world.queue.iter().map(|queued| &queued.program);
        queued.find(|program| program.kind() == kind).cloned()
    }

    /// The same, with this program on the queue once more.
    #[must_use]
    pub fn again(mut self, program: Program) -> Self {
        let at = self.world.now;
        self.world.queue.push(Queued { at, program });
        self
    }

    /// The same, once a program has run to its end. The provider does what `moods` say, one message
    /// after the other, and accepts the others.
    #[must_use]
    pub fn ran(self, program: Program, moods: &[Mood]) -> Self {
        self.stopped_after(program, moods, usize::MAX)
    }

    /// The same, where a program was stopped after `requests` requests.
    #[must_use]
    pub fn stopped_after(mut self, program: Program, moods: &[Mood], requests: usize) -> Self {
        let (world, rules) = (&mut self.world, self.bounds.rules);
        world.start(program, rules);
        let mut moods = moods.iter();
        for _ in 0..requests {
            let Some(process) = world.processes.first() else { break };
            let fate = match *process.pending {
                Op::HandOver { .. } => moods.next().map_or(Fate::Plain, |m| Fate::Provider(*m)),
                _ => Fate::Plain,
            };
            world.step(0, fate, rules);
        }
        world.processes.clear();
        self
    }

    /// The same, once a person has asked for this.
    #[must_use]
    pub fn asked(self, control: Control) -> Self {
        self.ran(Program::Control(control), &[])
    }

    /// The same with contacts that a fan-out reads in one page.
    #[must_use]
    pub fn with_contacts(mut self, phones: &[Phone]) -> Self {
        let at = self.world.now.plus_seconds(-60);
        for (number, phone) in (FILLING..).zip(phones) {
            self.world.table.add_contact(number, Some(phone), at);
        }
        self
    }

    #[must_use]
    pub fn faults(mut self, crashes: u8, lost: u8, copies: u8) -> Self {
        self.world.faults = Faults { crashes, lost, copies };
        self
    }

    #[must_use]
    pub fn at_once(mut self, processes: usize) -> Self {
        self.bounds.processes = processes;
        self
    }

    /// Stops the clock this number of seconds after the start.
    #[must_use]
    pub fn until(mut self, seconds: i64) -> Self {
        self.bounds.until = self.start().plus_seconds(seconds);
        self
    }

    /// Checks only one promise.
    #[must_use]
    pub fn only(mut self, promise: &'static str) -> Self {
        self.bounds.only = Some(promise);
        self
    }

    /// Gives each chunk this number of failed attempts.
    #[must_use]
    pub fn begun_in_vain(mut self, attempts: u32) -> Self {
        for state in self.world.table.states.values_mut() {
            *state = Kept::new(protocol::begun_in_vain(state, attempts));
        }
        self
    }

    /// Runs these kinds of programs only after the faults.
    #[must_use]
    pub fn without(mut self, kinds: &'static [Kind]) -> Self {
        self.bounds.left_out = kinds;
        self
    }

    /// Sets the length of the clock's ticks, in seconds.
    #[must_use]
    pub fn ticks(mut self, seconds: i64) -> Self {
        self.bounds.tick = seconds;
        self
    }

    #[must_use]
    pub fn moods(mut self, moods: &[Mood]) -> Self {
        self.world.provider.moods = moods.to_vec();
        self
    }

    #[must_use]
    pub fn words(mut self, words: &[Word]) -> Self {
        self.world.provider.words = words.to_vec();
        self
    }

    #[must_use]
    pub fn acts(mut self, acts: &[Act]) -> Self {
        self.world.agenda = acts.to_vec();
        self
    }

    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.bounds.rules = rules;
        self
    }

    /// Also checks how it ends if the provider does this from any state on.
    #[must_use]
    pub fn lasting(mut self, mood: Mood) -> Self {
        self.bounds.lasting = Some(mood);
        self
    }

    fn start(&self) -> Timestamp {
        self.world.now
    }

    pub fn explore(&self) -> Result<Explored, Counterexample> {
        explore(&self.world, &self.bounds)
    }
}
