//! From every state, once faults stop, the campaign comes to its end.
//!
//! A state is continued in two ways. In one, every worker continues and every message is delivered.
//! In the other, all workers die at once and every message is lost: only the table is left, and the
//! sweep has to find all owed work in it. Each way runs without faults until nothing is left to do.

use std::collections::HashSet;

use shared::campaign::{Dispatch, Status as CampaignStatus};
use shared::message::{Counts, Status};

use crate::programs::Program;
use crate::protocol::{self, Control};
use crate::safety;
use crate::table::Rules;
use crate::world::{Action, Bounds, Fate, Faults, World};

pub const FAN_OUT_STILL: &str = "its fan-out stands still";
pub const RECEIPT_LOST: &str = "a receipt was lost";
pub const DISPATCH_STILL: &str = "its dispatch stands still";

pub const NEVER_AT_REST: &str = "it never comes to rest";

/// More steps than any way takes.
const MAX_STEPS: usize = 20_000;

/// The ways that were run, so that none is run twice.
#[derive(Default)]
pub struct Ways {
    good: HashSet<u64>,
}

impl Ways {
    #[must_use]
    pub fn len(&self) -> usize {
        self.good.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.good.is_empty()
    }

    /// What is wrong where the ways from this state end, if anything.
    pub fn lead_wrong(&mut self, world: &World, bounds: &Bounds) -> Option<String> {
        let rules = bounds.rules;
        let mut calm = world.clone();
        calm.faults = Faults::default();
        calm.agenda.clear();
        calm.provider.moods.clear();
        let mut wiped = calm.clone();
        wiped.processes.clear();
        wiped.queue.clear();
        let mut stubborn = calm.clone();
        stubborn.provider.lasting = bounds.lasting;
        let wrong = |found: Option<&str>, way| found.map(|found| format!("{way}, {found}"));
        wrong(self.run(calm, false, rules), "when all goes on")
            .or_else(|| {
                wrong(self.run(wiped, true, rules), "when all workers die and jobs are lost")
            })
            .or_else(|| {
                bounds.lasting?;
                wrong(self.run(stubborn, false, rules), "when the provider stays so")
            })
    }

    fn run(&mut self, mut world: World, is_wiped: bool, rules: Rules) -> Option<&'static str> {
        let mut passed = Vec::new();
        let (processes, until, tick, left_out) = (1, world.now, 1, &[]);
        let bounds = Bounds { processes, until, tick, only: None, left_out, rules, lasting: None };
        for _ in 0..MAX_STEPS {
            let print = world.print() ^ u64::from(is_wiped);
            if self.good.contains(&print) {
                self.good.extend(passed);
                return None;
            }
            passed.push(print);
            let Some(next) = next(&world) else {
                let wrong = wrong_at_rest(&world, is_wiped);
                if wrong.is_none() {
                    self.good.extend(passed);
                }
                return wrong;
            };
            let after = match next {
                Next::Action(action) => world.after(action, &bounds),
                Next::Resume => {
                    let mut resuming = world.clone();
                    resuming.start(Program::Control(Control::Resume), rules);
                    resuming
                }
            };
            let broken =
                safety::broken_step(&world, &after, None).or_else(|| safety::broken(&after, None));
            if broken.is_some() {
                return broken;
            }
            world = after;
        }
        Some(NEVER_AT_REST)
    }
}

enum Next {
    Action(Action),
    /// A paused campaign waits for a person.
    Resume,
}

fn dispatch(world: &World) -> Option<Dispatch> {
    Some(world.table.campaign.as_ref()?.broadcast()?.dispatch)
}

fn next(world: &World) -> Option<Next> {
    if !world.processes.is_empty() {
        return Some(Next::Action(Action::Step(0, Fate::Plain)));
    }
    if let Some((place, _)) = world.queue.visible(world.now).next() {
        return Some(Next::Action(Action::HandOut { place, is_copy: false }));
    }
    if !world.table.overdue(world.now).is_empty() {
        return Some(Next::Action(Action::Sweep));
    }
    if !world.queue.is_empty() || !world.table.due.is_empty() {
        return Some(Next::Action(Action::Wait));
    }
    let may_resume = world.provider.lasting.is_none();
    (may_resume && dispatch(world) == Some(Dispatch::Paused)).then_some(Next::Resume)
}

fn wrong_at_rest(world: &World, are_receipts_lost: bool) -> Option<&'static str> {
    let campaign = world.table.campaign.as_ref()?;
    match campaign.status() {
        CampaignStatus::Draft | CampaignStatus::Cancelled => return None,
        CampaignStatus::Scheduled => return Some("it is scheduled for ever"),
        CampaignStatus::Sent | CampaignStatus::Failed => {}
    }
    let Some(broadcast) = campaign.broadcast() else { return Some("it has no sending") };
    if world.provider.lasting.is_some() && broadcast.dispatch == Dispatch::Paused {
        return broadcast.reason.is_none().then_some("it is paused without a reason");
    }
    if broadcast.audience.completed_at.is_none() {
        return Some(FAN_OUT_STILL);
    }
    if !matches!(broadcast.dispatch, Dispatch::Done | Dispatch::Stopped) {
        return Some(DISPATCH_STILL);
    }
    if world.table.states.values().any(|state| !state.is_done()) {
        return Some("a chunk stands still");
    }
    let mut counts = Counts::default();
    for recipient in world.table.chunks.values().flat_map(|chunk| &chunk.recipients) {
        match world.table.messages.get(protocol::dialed(recipient)).map(|message| message.status())
        {
            None | Some(Status::Pending) => return Some("a recipient has no outcome"),
            Some(status) => counts.add(status),
        }
    }
    if broadcast.counted.map(|counted| counted.counts) != Some(counts) {
        return Some("it is not counted to the end");
    }
    if are_receipts_lost || world.provider.words.is_empty() {
        return None;
    }
    let is_open = |status: Status| !status.is_final();
    let final_words = world.provider.words.iter().any(|word| *word != crate::provider::Word::Sent);
    let lost = world.provider.books.keys().any(|phone| {
        world.table.messages.get(phone).is_none_or(|message| is_open(message.status()))
    });
    (final_words && lost).then_some(RECEIPT_LOST)
}
