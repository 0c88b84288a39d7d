//! The third phase: writes the outcomes of a batch in one request.

use std::time::Duration;

use infra::clock;
use infra::gateway::Halt;
use infra::metrics;
use infra::table::Settlement;
use shared::breaker::Window;
use shared::chunk_state::Tally;
use shared::shard::Shards;
use shared::time::Timestamp;

use crate::App;
use crate::send::Answered;

/// A member of a chunk after all phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// This worker wrote its outcome.
    ByThisWorker,
    /// It already had an outcome.
    Before,
    /// This worker marked it as `unknown`: the provider's response was ambiguous.
    Unknown,
    /// Its claim was given back, or never written.
    GivenBack(GivenBack),
    /// Another worker may be sending it until this time, or its state is unclear.
    Busy { until: Timestamp },
}

/// Why a message was not sent, though it will be later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GivenBack {
    /// The provider's responses to other messages were ambiguous.
    Silent,
    /// The provider could not be reached.
    Unreachable,
    /// The provider asked to wait.
    Throttled { retry_after: Duration },
    /// The provider currently accepts no message of this campaign.
    Halted(Halt),
}

impl From<GivenBack> for Settled {
    fn from(reason: GivenBack) -> Self {
        Self::GivenBack(reason)
    }
}

impl Settled {
    /// The result of a failed request, which may have been written. Only the claim's age decides.
    pub(crate) fn unclear(app: &App) -> Self {
        Self::Busy { until: clock::now().plus_seconds(app.claim_seconds) }
    }

    pub(crate) fn count_in(self, tally: &mut Tally) {
        match self {
            Self::ByThisWorker | Self::Unknown => tally.settled += 1,
            Self::Before => {}
            Self::GivenBack(GivenBack::Unreachable) => tally.unreachable += 1,
            Self::GivenBack(GivenBack::Halted(_) | GivenBack::Silent) => tally.halted += 1,
            Self::GivenBack(GivenBack::Throttled { retry_after }) => {
                let seconds = u32::try_from(retry_after.as_secs()).unwrap_or(u32::MAX);
                tally.throttled += 1;
                tally.retry_after_seconds = tally.retry_after_seconds.max(seconds.min(900));
            }
            Self::Busy { until } => {
                tally.busy += 1;
                tally.busy_until = tally.busy_until.max(Some(until));
            }
        }
    }
}

/// A batch after this phase.
#[derive(Default)]
pub(crate) struct SettledBatch {
    pub(crate) members: Vec<Settled>,
    /// The outcomes that the provider reported, whether or not they could be written.
    pub(crate) heard: Window,
}

/// Writes the outcomes of a batch.
pub(crate) async fn settle_batch(
    app: &App,
    answered: Vec<Answered>,
    shards: Shards,
) -> SettledBatch {
    let mut batch = SettledBatch::default();
    let mut settlements: Vec<Settlement> = Vec::with_capacity(answered.len());
    for answered in answered {
        match answered {
            Answered::Closed(settled) => {
                if settled == Settled::Unknown {
                    batch.heard.add_unknown();
                }
                batch.members.push(settled);
            }
            Answered::Outcome(settlement) => {
                batch.heard.add(settlement.outcome.failure());
                settlements.push(settlement);
            }
        }
    }
    if settlements.is_empty() {
        return batch;
    }
    let outcomes = settlements.iter().map(|settlement| settlement.outcome.failure());
    metrics::count_outcomes(outcomes, clock::now());
    match app.table.settle_all(&settlements, shards).await {
        Ok(written) => batch.members.extend(written.into_iter().map(|written| match written {
            Ok(_) => Settled::ByThisWorker,
            Err(error) => {
                tracing::error!(error = ?anyhow::Error::from(error), "failed to settle a message");
                Settled::unclear(app)
            }
        })),
        Err(error) => {
            tracing::error!(error = ?anyhow::Error::from(error), "failed to settle a batch");
            batch.members.extend(settlements.iter().map(|_| Settled::unclear(app)));
        }
    }
    batch
}
