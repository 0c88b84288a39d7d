//! The runs in progress, and which of them a request belongs to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::chance::Chance;
use crate::operation::Operation;
use crate::outage::Outage;
use crate::plan::{Call, Plan, Planned};

/// A seed's run, as the proxy sees it.
pub struct Run {
    pub seed: Option<u64>,
    plan: Plan,
    is_calm: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    step: String,
    ordinals: HashMap<(&'static str, String), u64>,
    /// The number of faults so far, by function.
    counts: HashMap<&'static str, u32>,
    injected: Vec<String>,
    persisting: HashMap<String, Planned>,
    outage: Option<Outage>,
    /// The number of requests that the outage hit.
    met: u64,
}

/// What is to happen to a request.
pub struct Decided {
    /// How often the function has reached this await point before.
    pub ordinal: u64,
    pub planned: Option<Planned>,
}

impl Run {
    fn new(seed: Option<u64>, plan: Plan) -> Arc<Self> {
        let is_calm = AtomicBool::new(false);
        Arc::new(Self { seed, plan, is_calm, state: Mutex::default() })
    }

    #[must_use]
    pub fn of_seed(seed: u64) -> Arc<Self> {
        Self::new(Some(seed), Plan::of(seed))
    }

    /// Ends the faults, except those that wait for rarely reached points, some of which come last.
    pub fn calm(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }

    /// Lets faults happen again, as many as at first.
    pub fn stir(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).counts.clear();
        self.is_calm.store(false, Ordering::Relaxed);
        self.tell("faults again");
    }

    /// Decides about a request. `invocation` identifies the client's request across retries.
    pub fn decide(
        &self,
        function: &'static str,
        operation: Operation,
        site: &str,
        invocation: Option<&str>,
    ) -> Decided {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let ordinals = state.ordinals.entry((function, site.to_owned())).or_default();
        *ordinals += 1;
        let ordinal = *ordinals - 1;
        let nothing = Decided { ordinal, planned: None };
        let count = state.counts.get(function).copied().unwrap_or_default();
        let call = Call { function, operation, site, ordinal };
        let is_over = self.is_calm() || count >= self.plan.budget;
        if is_over && !self.plan.waits_for(call) {
            return nothing;
        }
        let persisting = invocation.and_then(|invocation| state.persisting.get(invocation));
        let Some(planned) = persisting.cloned().or_else(|| self.plan.at(call)) else {
            return nothing;
        };
        state.counts.insert(function, count + 1);
        if self.seed.is_some() {
            if planned.persists
                && let Some(invocation) = invocation
            {
                state.persisting.insert(invocation.to_owned(), planned.clone());
            }
            let fault = planned.fault.name();
            state.injected.push(format!("{function} {site} #{ordinal} {fault}"));
        }
        Decided { ordinal, planned: Some(planned) }
    }

    /// Begins an outage, which lasts until [`Run::end_outage`].
    pub fn begin_outage(&self, outage: Outage) {
        self.tell(format!("{} begins", outage.name()));
        self.state.lock().unwrap_or_else(PoisonError::into_inner).outage = Some(outage);
    }

    /// Ends the outage. Returns the number of requests that it hit.
    pub fn end_outage(&self) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let met = std::mem::take(&mut state.met);
        if let Some(outage) = state.outage.take() {
            state.injected.push(format!("{} ends, {met} requests met it", outage.name()));
        }
        met
    }

    /// What the outage does to a request, if there is one that affects it.
    pub fn outage(
        &self,
        function: &'static str,
        operation: Operation,
    ) -> Option<(Outage, Planned)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let outage = state.outage?;
        let mut chance = Chance::of(self.seed?, &format!("outage {}", state.met));
        let fault = outage.fault(function, operation, &mut chance)?;
        state.met += 1;
        Some((outage, Planned { fault, persists: false, chance }))
    }

    /// The number of faults that the function has met so far.
    pub fn faults(&self, function: &'static str) -> u32 {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.counts.get(function).copied().unwrap_or_default()
    }

    /// Notes what the run is doing, to show what it waits for.
    pub fn at(&self, step: impl Into<String>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).step = step.into();
    }

    /// Notes a person's action among the injected faults.
    pub fn tell(&self, what: impl Into<String>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.injected.push(what.into());
    }

    #[must_use]
    pub fn step(&self) -> String {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).step.clone()
    }

    /// What people did and what went wrong, in order.
    #[must_use]
    pub fn injected(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).injected.clone()
    }
}

/// Runs by ids that occur only in their requests.
pub struct Runs {
    by_id: RwLock<HashMap<String, Arc<Run>>>,
    unowned: Arc<Run>,
}

impl Runs {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { by_id: RwLock::default(), unowned: Run::new(None, Plan::unowned(seed)) }
    }

    /// Marks an organization's, a campaign's or a key's id as belonging to a run.
    pub fn mark(&self, id: &str, run: &Arc<Run>) {
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        by_id.insert(id.to_owned(), Arc::clone(run));
    }

    /// The current step of each run in progress, oldest first.
    #[must_use]
    pub fn steps(&self) -> Vec<(u64, String)> {
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        let mut steps: Vec<(u64, String)> =
            by_id.values().filter_map(|run| Some((run.seed?, run.step()))).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    pub fn forget(&self, run: &Arc<Run>) {
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        by_id.retain(|_, other| !Arc::ptr_eq(other, run));
    }

    /// The run of the first id that belongs to one.
    #[must_use]
    pub fn of(&self, texts: [&[u8]; 2]) -> Arc<Run> {
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        let mut ids = texts.into_iter().flat_map(ids);
        ids.find_map(|id| by_id.get(id)).unwrap_or(&self.unowned).clone()
    }
}

impl Runs {
    /// The run whose sender a request to the table concerns, if no id identifies it.
    #[must_use]
    pub fn of_sender(&self, body: &[u8]) -> Option<Arc<Run>> {
        let (_, rest) = std::str::from_utf8(body).ok()?.split_once("SENDER#")?;
        let sender = rest.split('"').next()?;
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        by_id.get(sender).cloned()
    }
}

/// Every substring that looks like a UUID.
fn ids(text: &[u8]) -> impl Iterator<Item = &str> {
    text.windows(36)
        .filter(|window| [8, 13, 18, 23].iter().all(|place| window[*place] == b'-'))
        .filter_map(|window| std::str::from_utf8(window).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_find_their_runs() {
        let runs = Runs::new(0);
        let run = Run::of_seed(7);
        runs.mark("0199aaaa-0000-7000-8000-000000000001", &run);
        let body = br#"{"pk":"CAMPAIGN#0199aaaa-0000-7000-8000-000000000001#3"}"#;
        assert_eq!(runs.of([b"/", body]).seed, Some(7));
        assert_eq!(runs.of([b"/", b"{}"]).seed, None);
        runs.mark("+12135550100", &run);
        let body = br#"{"Key":{"pk":{"S":"SENDER#+12135550100"},"sk":{"S":"OWNER"}}}"#;
        assert_eq!(runs.of_sender(body).and_then(|run| run.seed), Some(7));
    }
}
