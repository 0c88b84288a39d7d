//! What goes wrong in a run, as planned by its seed.
//!
//! A decision depends only on the seed, the function, the await point and how often the function
//! has reached it in the run. So a seed has the same plan each time, though concurrent events may
//! happen in a different order.
//!
//! Even seeds plan a storm: any fault at any request. Odd seeds plan scalpels: some of each
//! function's await points are chosen, and the process is killed before, during or after one of the
//! first times that it reaches them. Each function has a separate budget of faults, so that the
//! first one to work does not use up the last one's. Every scalpel chooses the await points that
//! few runs reach, even if the budget is spent or the faults have ended. One of those loses its
//! response now and then instead, because that leads to another.

use crate::chance::Chance;
use crate::fault::Fault;
use crate::operation::Operation;

/// The functions.
pub const FUNCTIONS: [&str; 7] =
    ["Api", "Send", "Dispatch", "PollStatus", "Webhooks", "Receipts", "Notify"];

/// How many seeds in a thousand choose an await point for a scalpel.
const CHOSEN: u64 = 200;
/// A scalpel strikes one of the first `TIMES` visits.
const TIMES: u64 = 3;

/// Await points that few runs reach, or reach late: repairs, tests, an opt-out that only a look-up
/// finds, the end of a trial, a message that is given up.
const RARE: [(&str, &str); 21] = [
    ("Api", "DynamoDb.GetItem UNSUBSCRIBED"),
    ("Api", "DynamoDb.UpdateItem UNSUBSCRIBED"),
    ("Api", "DynamoDb.TransactWriteItems CONTACT"),
    ("Send", "DynamoDb.GetItem CHUNK"),
    ("Dispatch", "DynamoDb.GetItem SENDER"),
    ("Dispatch", "DynamoDb.PutItem UNSUBSCRIBED"),
    ("Dispatch", "DynamoDb.Query CHUNKSTATE"),
    ("Dispatch", "DynamoDb.UpdateItem UNSUBSCRIBED"),
    ("Dispatch", "Sqs.SendMessage test"),
    ("PollStatus", "DynamoDb.GetItem CHUNK"),
    ("PollStatus", "DynamoDb.GetItem MESSAGE"),
    ("PollStatus", "DynamoDb.UpdateItem MESSAGE"),
    ("PollStatus", "DynamoDb.PutItem UNSUBSCRIBED"),
    ("PollStatus", "DynamoDb.UpdateItem UNSUBSCRIBED"),
    ("PollStatus", "Sqs.SendMessage send"),
    ("PollStatus", "Sqs.SendMessage test"),
    ("PollStatus", "Sqs.SendMessage fan_out"),
    ("Webhooks", "DynamoDb.PutItem OPTOUT"),
    ("Webhooks", "DynamoDb.UpdateItem UNSUBSCRIBED"),
    ("Receipts", "DynamoDb.PutItem OPTOUT"),
    ("Receipts", "DynamoDb.PutItem UNSUBSCRIBED"),
];
/// An await point whose lost response is almost the only way to another one of these.
const LEADS_ON: (&str, &str) = ("Dispatch", "DynamoDb.PutItem UNSUBSCRIBED");

#[derive(Clone, Debug)]
pub struct Plan {
    seed: u64,
    per_mille: u64,
    has_scalpel: bool,
    /// The maximum number of faults per function.
    pub budget: u32,
}

/// A request, identified by its place in its run.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub function: &'a str,
    pub operation: Operation,
    pub site: &'a str,
    /// Its index among the function's requests at this site.
    pub ordinal: u64,
}

/// A fault, with the randomness that carrying it out takes.
#[derive(Clone, Debug)]
pub struct Planned {
    pub fault: Fault,
    /// Whether the client's retries of this request meet the same fault.
    pub persists: bool,
    pub chance: Chance,
}

impl Plan {
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed, "plan");
        let has_scalpel = seed % 2 == 1;
        let per_mille = if has_scalpel { 0 } else { *chance.of_these(&[20, 60, 120, 250]) };
        let budget = if has_scalpel { 2 } else { 3 + u32::try_from(chance.below(14)).unwrap_or(0) };
        Self { seed, per_mille, has_scalpel, budget }
    }

    /// The plan for requests that belong to no run, such as the sweep's search for overdue work: an
    /// occasional fault.
    #[must_use]
    pub fn unowned(seed: u64) -> Self {
        Self { seed, per_mille: 15, has_scalpel: false, budget: u32::MAX }
    }

    #[must_use]
    pub fn at(&self, call: Call<'_>) -> Option<Planned> {
        let Call { function, operation, site, ordinal } = call;
        let mut chance = Chance::of(self.seed, &format!("{function} {site} {ordinal}"));
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

    /// Whether a scalpel strikes this call even if the budget is spent.
    #[must_use]
    pub fn waits_for(&self, call: Call<'_>) -> bool {
        self.has_scalpel && call.ordinal == 0 && RARE.contains(&(call.function, call.site))
    }

    fn scalpel(&self, call: Call<'_>) -> Option<Fault> {
        if !self.has_scalpel {
            return None;
        }
        let Call { function, site, ordinal, .. } = call;
        let mut chance = Chance::of(self.seed, &format!("scalpel {function} {site}"));
        let is_chosen = chance.hits(CHOSEN) && chance.below(TIMES) == ordinal;
        let leads_on = (function, site) == LEADS_ON && chance.hits(500);
        let faults: &[Fault] = if leads_on { &[Fault::ResetAfter] } else { &Fault::KILLS };
        (is_chosen || self.waits_for(call)).then(|| *chance.of_these(faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Service;

    const GET: Operation = Operation { service: Service::DynamoDb, name: "GetItem" };

    fn call(ordinal: u64) -> Call<'static> {
        Call { function: "Send", operation: GET, site: "DynamoDb.GetItem CHUNK", ordinal }
    }

    #[test]
    fn scalpels_find_every_moment() {
        for ordinal in 0..TIMES {
            let plans = (0..300).map(|seed| Plan::of(seed * 2 + 1));
            let planned = plans.filter_map(|plan| plan.at(call(ordinal)));
            let mut found: Vec<Fault> = planned.map(|planned| planned.fault).collect();
            found.sort_unstable();
            found.dedup();
            assert_eq!(found, Fault::KILLS, "{ordinal}");
        }
    }

    #[test]
    fn a_rare_await_point_is_killed_by_each_scalpel() {
        for (seed, (function, site)) in (0..100).flat_map(|seed| RARE.map(|rare| (seed, rare))) {
            let plan = Plan::of(seed);
            let call = Call { function, operation: GET, site, ordinal: 0 };
            assert_eq!(plan.waits_for(call), seed % 2 == 1);
            assert!(!plan.waits_for(Call { ordinal: 1, ..call }));
            if plan.waits_for(call) {
                let planned = plan.at(call).expect("a fault");
                let leads_on = (function, site) == LEADS_ON && planned.fault == Fault::ResetAfter;
                assert!(planned.fault.is_kill() || leads_on);
            }
        }
    }

    #[test]
    fn a_storm_is_the_same_each_time() {
        let faults = |seed| {
            let plan = Plan::of(seed);
            let planned = (0..500).filter_map(|ordinal| plan.at(call(ordinal)));
            planned.map(|planned| planned.fault).collect::<Vec<_>>()
        };
        assert_eq!(faults(2), faults(2));
        assert_ne!(faults(2), faults(4));
        assert!(!faults(2).is_empty());
    }
}
