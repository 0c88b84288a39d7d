//! Explores every reachable state, nearest first.

use std::collections::{HashSet, VecDeque};

use crate::liveness::Ways;
use crate::safety;
use crate::world::{Action, Bounds, Fate, World};

/// More states than a test has time for.
const MAX_STATES: usize = 3_000_000;

#[derive(Debug)]
pub struct Explored {
    pub states: usize,
    pub transitions: usize,
    /// States that were visited on the ways to the end.
    pub on_ways: usize,
}

/// A path to a state that must not occur.
#[derive(Debug)]
pub struct Counterexample {
    pub broken: String,
    pub steps: Vec<String>,
    /// The number of states that were found before this one.
    pub states: usize,
}

/// Explores everything that can follow from `start`.
///
/// # Panics
///
/// If there are more states than there is time for.
pub fn explore(start: &World, bounds: &Bounds) -> Result<Explored, Counterexample> {
    let mut seen = HashSet::from([start.print()]);
    let mut came: Vec<(usize, Action)> = vec![(0, Action::Wait)];
    let mut frontier = VecDeque::from([(0, start.clone())]);
    let (mut ways, mut transitions) = (Ways::default(), 0);
    while let Some((place, world)) = frontier.pop_front() {
        if bounds.only.is_none()
            && let Some(wrong) = ways.lead_wrong(&world, bounds)
        {
            return Err(counterexample(start, bounds, wrong, &came, place));
        }
        for action in world.actions(bounds) {
            transitions += 1;
            let next = world.after(action, bounds);
            if !seen.insert(next.print()) {
                continue;
            }
            came.push((place, action));
            let here = came.len() - 1;
            let broken = safety::broken_step(&world, &next, bounds.only)
                .or_else(|| safety::broken(&next, bounds.only));
            if let Some(broken) = broken {
                return Err(counterexample(start, bounds, broken.to_owned(), &came, here));
            }
            assert!(came.len() < MAX_STATES, "more than {MAX_STATES} states");
            frontier.push_back((here, next));
        }
    }
    Ok(Explored { states: came.len(), transitions, on_ways: ways.len() })
}

fn counterexample(
    start: &World,
    bounds: &Bounds,
    broken: String,
    came: &[(usize, Action)],
    mut place: usize,
) -> Counterexample {
    let mut actions = Vec::new();
    while place > 0 {
        let (before, action) = came[place];
        actions.push(action);
        place = before;
    }
    let mut world = start.clone();
    let mut steps = Vec::new();
    for action in actions.into_iter().rev() {
        steps.push(describe(&world, action));
        world = world.after(action, bounds);
    }
    Counterexample { broken, steps, states: came.len() }
}

fn describe(world: &World, action: Action) -> String {
    let second = world.now.since(crate::protocol::at(0)).num_seconds();
    let said = match action {
        Action::Step(place, fate) => {
            let process = &world.processes[place];
            let fate = if fate == Fate::Plain { String::new() } else { format!(" {fate:?}") };
            format!("{}: {:?}{fate}", process.id, process.pending)
        }
        Action::Crash(place) => {
            let process = &world.processes[place];
            format!("{}: dies before {:?}", process.id, process.pending)
        }
        Action::HandOut { place, is_copy } => {
            let queued = world.queue.iter().nth(place);
            let program = queued.map(|queued| &queued.program);
            format!(
                "{} gets {}{program:?}",
                world.free_id(),
                if is_copy { "a copy of " } else { "" }
            )
        }
        Action::Sweep => format!("{} sweeps", world.free_id()),
        Action::Act(place) => format!("{} does {:?}", world.free_id(), world.agenda[place]),
        Action::Wait => "the clock goes on".to_owned(),
    };
    format!("{second} s, {said}")
}
