//! The trial: a campaign's first recipients are sent alone, and the rest waits for their outcomes.
//!
//! A small campaign would be over before a window of its messages could be judged, so the first
//! recipients are a gate. Their chunks carry a grant that says which members may be sent. The
//! worker that settles a granted chunk sums the outcomes where they are stored, on the chunk
//! states, so no counter is shared between workers. After a resume, and after an outage, the same
//! gate lets a few recipients through before all others.

use crate::breaker::Window;
use crate::chunk_state::ChunkState;
use crate::reason::Reason;

/// The number of recipients of a new campaign that are sent alone.
pub const FIRST_RECIPIENTS: u32 = 50;
/// The number after a resume.
pub const RESUMED_RECIPIENTS: u32 = 5;
/// The number while the provider is unreachable: a probe.
pub const PROBED_RECIPIENTS: u32 = 1;

/// What the chunks of a campaign on trial add up to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrialLook {
    granted: u32,
    /// Whether a granted member has no outcome yet.
    is_open: bool,
    /// Whether members without a grant are waiting.
    has_rest: bool,
    heard: Window,
}

/// What to do about a campaign on trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing, until more is known.
    Wait,
    /// Grant this many more recipients.
    Grant(u32),
    /// Pause the campaign.
    Pause(Reason),
    /// End the trial, so that the rest gets its turns.
    Pass,
}

impl TrialLook {
    /// Adds a chunk's state. `epoch` is the campaign's current one.
    #[must_use]
    pub fn with(mut self, state: &ChunkState, epoch: u32) -> Self {
        let Some(grant) = state.trial_grant(epoch) else {
            self.has_rest |= !state.is_done();
            return self;
        };
        self.granted += grant.to.saturating_sub(grant.from);
        self.is_open |= !state.has_settled_grant();
        self.has_rest |= !state.is_done() && grant.to < state.recipients;
        self.heard = self.heard.merged(state.heard);
        self
    }

    /// Judges a trial of `size` recipients. `grants` is whether missing recipients may be granted
    /// now; while a fan-out is cutting, it grants them itself.
    #[must_use]
    pub fn verdict(&self, size: u32, grants: bool) -> Verdict {
        if !self.has_rest && grants {
            return Verdict::Wait;
        }
        if let Some(reason) = self.heard.trips_at_first() {
            return Verdict::Pause(reason);
        }
        if self.is_open {
            return Verdict::Wait;
        }
        if let Some(reason) = self.heard.trips_when_few() {
            return Verdict::Pause(reason);
        }
        // None of them reached the provider, for example because all have opted out.
        let is_unproven = self.heard.messages() == 0;
        match size.saturating_sub(self.granted) {
            0 if !is_unproven => Verdict::Pass,
            0 if grants => Verdict::Grant(size),
            lacking if grants => Verdict::Grant(lacking),
            _ => Verdict::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk_state::Progress;
    use crate::time::Timestamp;

    const EPOCH: u32 = 2;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    fn rest(recipients: usize) -> ChunkState {
        ChunkState::cut(0, recipients, EPOCH, at(0))
    }

    fn granted(recipients: usize, members: u32, settled: u32, heard: Window) -> ChunkState {
        let state = ChunkState { heard, ..rest(recipients).granting(members) };
        let is_done = settled as usize == recipients;
        let progress = if is_done { Progress::Done } else { Progress::Cut };
        ChunkState { handed: settled, progress, ..state }
    }

    fn fine(learnt: u32) -> Window {
        Window { learnt, ..Window::default() }
    }

    fn verdict(chunks: &[ChunkState], size: u32) -> Verdict {
        let none = TrialLook::default();
        chunks.iter().fold(none, |look, state| look.with(state, EPOCH)).verdict(size, true)
    }

    #[test]
    fn the_rest_waits_until_the_first_recipients_have_outcomes() {
        let first = |settled| granted(100, 50, settled, fine(settled));
        assert_eq!(verdict(&[rest(100)], 50), Verdict::Grant(50));
        assert_eq!(verdict(&[first(20), rest(100)], 50), Verdict::Wait);
        assert_eq!(verdict(&[first(50), rest(100)], 50), Verdict::Pass);
        // A chunk of an older epoch belongs to the rest.
        let old = ChunkState { epoch: EPOCH - 1, ..first(50) };
        assert_eq!(verdict(&[old], 5), Verdict::Grant(5));
    }

    #[test]
    fn what_a_fan_out_did_not_grant_is_granted_later() {
        let few = granted(20, 20, 20, fine(20));
        assert_eq!(verdict(&[few.clone(), rest(100)], 50), Verdict::Grant(30));
        let cutting = TrialLook::default().with(&few, EPOCH).with(&rest(100), EPOCH);
        assert_eq!(cutting.verdict(50, false), Verdict::Wait);
        assert_eq!(cutting.verdict(20, false), Verdict::Pass);
        // Nothing is left to wait for.
        assert_eq!(verdict(&[few], 50), Verdict::Wait);
    }

    /// 60 recipients in chunks of 2: no single chunk shows that the sender is wrong, but their sum
    /// does.
    #[test]
    fn a_small_campaign_is_judged_by_the_sum_of_its_chunks() {
        let failed = Window { learnt: 2, provider_failed: 2, ..Window::default() };
        let first = vec![granted(2, 2, 2, failed); 25];
        let all = [first, vec![rest(2); 5]].concat();
        assert_eq!(verdict(&all, 50), Verdict::Pause(Reason::ProviderFailing));
        assert_eq!(verdict(&all[10..], 50), Verdict::Pause(Reason::ProviderFailing));
    }

    /// The few recipients after a resume are enough to see that nothing was mended.
    #[test]
    fn a_resumed_campaign_that_still_fails_pauses_again() {
        let failed = |count| Window { learnt: 5, provider_failed: count, ..Window::default() };
        let first = |count| [granted(5, 5, 5, failed(count)), rest(100)];
        assert_eq!(verdict(&first(5), 5), Verdict::Pause(Reason::ProviderFailing));
        assert_eq!(verdict(&first(4), 5), Verdict::Pause(Reason::ProviderFailing));
        assert_eq!(verdict(&first(3), 5), Verdict::Pass);
        // A probe of one says too little.
        let one = Window { learnt: 1, provider_failed: 1, ..Window::default() };
        assert_eq!(verdict(&[granted(1, 1, 1, one), rest(100)], 1), Verdict::Pass);
    }

    #[test]
    fn opted_out_recipients_prove_nothing() {
        let none = granted(60, 50, 50, Window::default());
        assert_eq!(verdict(&[none], 50), Verdict::Grant(50));
    }
}
