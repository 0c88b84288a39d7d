//! Queues a job for its time.

use shared::job::{Arming, Due, Job};
use shared::time::Timestamp;

use crate::queues::{JobQueues, QueueError};
use crate::schedules::{ScheduleError, Schedules};

#[derive(Debug, thiserror::Error)]
pub enum ArmingError {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
}

/// Queues `job` for `at`. If this fails, or the process dies first, the sweep queues the job once
/// it is overdue. So this affects only speed, not correctness.
pub async fn arm(
    queues: &JobQueues,
    schedules: &Schedules,
    job: &Job,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), ArmingError> {
    match Arming::at(at, now) {
        Arming::Delay { seconds } => queues.send(job, seconds).await?,
        Arming::Schedule => schedules.create(job, at).await?,
    }
    Ok(())
}

/// Queues the job that is owed next. Its due item is overdue `repair_seconds` after the job's time.
/// If this fails, the sweep queues it.
pub async fn arm_owed(
    queues: &JobQueues,
    schedules: &Schedules,
    owed: Option<&Due>,
    now: Timestamp,
    repair_seconds: i64,
) {
    let Some(due) = owed else { return };
    let at = due.at.plus_seconds(-repair_seconds);
    if let Err(error) = arm(queues, schedules, &due.job, at, now).await {
        tracing::warn!(error = ?anyhow::Error::from(error), "left a job to the sweep");
    }
}
