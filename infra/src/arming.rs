//! Queues a job for its time.

use shared::grace::Grace;
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

/// Queues the job that is owed next for its time, which is its grace before it is overdue. If this
/// fails, the sweep queues it.
pub async fn arm_owed(
    queues: &JobQueues,
    schedules: &Schedules,
    owed: Option<&Due>,
    now: Timestamp,
    grace: Grace,
) {
    let Some(due) = owed else { return };
    let at = grace.before(due.at);
    if let Err(error) = arm(queues, schedules, &due.job, at, now).await {
        tracing::warn!(error = ?anyhow::Error::from(error), "left a job to the sweep");
    }
}
