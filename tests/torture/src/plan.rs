//! What goes wrong in one run, as its seed has it.
//!
//! A decision depends on the seed, the function, the operation and how many requests of that kind
//! the function has made in the run, and on nothing else: so a seed has the same plan each time,
//! though not the same order of what happens at once.
//!
//! Even seeds have a storm: any fault at any request. Odd seeds have a scalpel: each function is
//! killed once, at its request of one number, and the seeds go through the numbers and through
//! the moments before, during and after the request one by one.

use crate::chance::Chance;
use crate::fault::Fault;
use crate::operation::Operation;

/// The functions, and how many requests of a run each may well make.
pub const FUNCTIONS: [(&str, u64); 6] = [
    ("Api", 90),
    ("Send", 60),
    ("Dispatch", 90),
    ("PollStatus", 90),
    ("Webhooks", 12),
    ("Receipts", 12),
];

#[derive(Clone, Debug)]
pub struct Plan {
    seed: u64,
    per_mille: u64,
    has_scalpel: bool,
    /// At most so many faults.
    pub budget: u32,
}

/// One request, by its place in its run.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub function: &'a str,
    pub operation: Operation,
    /// Among the function's requests of this operation, from 0.
    pub ordinal: u64,
    /// Among all of the function's requests, from 0.
    pub nth: u64,
}

/// A fault, with what chance it takes to carry it out.
#[derive(Clone, Debug)]
pub struct Planned {
    pub fault: Fault,
    /// Whether the client hears the same each time when it repeats the request.
    pub persists: bool,
    pub chance: Chance,
}

impl Plan {
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed, "plan");
        let has_scalpel = seed % 2 == 1;
        let per_mille = if has_scalpel { 0 } else { *chance.of_these(&[20, 60, 120, 250]) };
        let budget = if has_scalpel { 6 } else { 5 + u32::try_from(chance.below(50)).unwrap_or(0) };
        Self { seed, per_mille, has_scalpel, budget }
    }

    /// Of what belongs to no run, such as the sweep's search for what is overdue: a fault now and
    /// then.
    #[must_use]
    pub fn of_nobody(seed: u64) -> Self {
        Self { seed, per_mille: 10, has_scalpel: false, budget: u32::MAX }
    }

    #[must_use]
    pub fn at(&self, call: Call<'_>) -> Option<Planned> {
        let Call { function, operation, ordinal, .. } = call;
        let mut chance =
            Chance::of(self.seed, &format!("{function} {} {ordinal}", operation.title()));
        if let Some(fault) = self.scalpel(call) {
            return Some(Planned { fault, persists: false, chance });
        }
        if !chance.hits(self.per_mille) {
            return None;
        }
        let fault = *chance.of_these(&Fault::of(operation));
        let persists = fault.may_persist() && chance.hits(400);
        Some(Planned { fault, persists, chance })
    }

    fn scalpel(&self, call: Call<'_>) -> Option<Fault> {
        if !self.has_scalpel {
            return None;
        }
        let turn = self.seed / 2;
        let place = FUNCTIONS.iter().position(|(name, _)| *name == call.function)?;
        let moments = Fault::KILLS.len() as u64;
        let nth = (turn / moments) % FUNCTIONS[place].1;
        let moment = usize::try_from((turn + place as u64) % moments).ok()?;
        (call.nth == nth).then_some(Fault::KILLS[moment])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Service;

    const GET: Operation = Operation { service: Service::DynamoDb, name: "GetItem" };

    #[test]
    fn scalpels_go_through_every_request_and_moment() {
        for (function, span) in FUNCTIONS {
            for nth in 0..span {
                let call = Call { function, operation: GET, ordinal: nth, nth };
                let mut found: Vec<Fault> = (0..1_200)
                    .map(|seed| Plan::of(seed * 2 + 1))
                    .filter_map(|plan| plan.at(call))
                    .map(|planned| planned.fault)
                    .collect();
                found.sort_unstable();
                found.dedup();
                assert_eq!(found, Fault::KILLS, "{function} {nth}");
            }
        }
    }

    #[test]
    fn a_storm_is_the_same_each_time() {
        let faults = |seed| {
            let plan = Plan::of(seed);
            let calls = (0..500).map(|ordinal| Call {
                function: "Send",
                operation: GET,
                ordinal,
                nth: ordinal,
            });
            calls.filter_map(|call| plan.at(call)).map(|p| p.fault).collect::<Vec<_>>()
        };
        assert_eq!(faults(2), faults(2));
        assert_ne!(faults(2), faults(4));
        assert!(!faults(2).is_empty());
    }
}
