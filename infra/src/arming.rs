//! Getting a job to its queue at its time.

use shared::job::{Arming, Job};
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

/// Arms `job` for `at`. If this fails, or the process dies before it, the sweep arms the job once
/// its due time has passed: arming is a matter of speed, not of correctness.
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
