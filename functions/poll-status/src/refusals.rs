//! Counts the flagged texts that must be dealt with soon, once with each sweep.

use infra::{clock, metrics};
use shared::inbound::plus_business_days;

use crate::App;

/// The business days before its deadline within which a flagged text is counted.
const DUE_SOON_DAYS: u32 = 2;
/// The highest count, so that a sweep reads little even if no one ever decides.
const MAX_COUNTED: i32 = 1_000;

/// Counts the flagged texts of all organizations. Days are those in UTC here, so a text may be counted
/// some hours early or late.
pub(crate) async fn count(app: &App) -> anyhow::Result<()> {
    let now = clock::now();
    let day = plus_business_days(now.datetime().date_naive(), DUE_SOON_DAYS);
    let due = app.table.count_flags_due(day, MAX_COUNTED).await?;
    metrics::record_refusals_due(due.try_into()?, now);
    Ok(())
}
