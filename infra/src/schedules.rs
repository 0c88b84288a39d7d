//! One-time schedules of EventBridge Scheduler.

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::error::ProvideErrorMetadata;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use shared::job::{Job, PerQueue, PollsJob};
use shared::time::Timestamp;

use crate::config::Environment;
use crate::queues;
use crate::usage::Usage;

#[derive(Debug, thiserror::Error)]
#[error("failed to {operation} a schedule")]
pub struct ScheduleError {
    operation: &'static str,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

#[derive(Clone, Debug)]
pub struct ScheduleSettings {
    group: String,
    role_arn: String,
    queue_arns: PerQueue<String>,
}

impl ScheduleSettings {
    pub fn read(environment: &mut Environment<'_>) -> Self {
        Self {
            group: environment.text("SCHEDULE_GROUP"),
            role_arn: environment.text("SCHEDULE_ROLE_ARN"),
            queue_arns: PerQueue {
                jobs: environment.text("JOBS_QUEUE_ARN"),
                dispatch: environment.text("DISPATCH_QUEUE_ARN"),
                polls: environment.text("POLLS_QUEUE_ARN"),
                // What is sent later to receivers of events waits in the table, not in a schedule.
                notify: String::new(),
            },
        }
    }
}

#[derive(Clone, Debug)]
pub struct Schedules {
    client: Client,
    settings: ScheduleSettings,
    usage: Usage,
}

impl Schedules {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, settings: ScheduleSettings, usage: Usage) -> Self {
        Self { client: Client::new(config), settings, usage }
    }

    /// Schedules `job` to be sent to its queue at `at`. If the schedule exists, it is the same one.
    pub async fn create(&self, job: &Job, at: Timestamp) -> Result<(), ScheduleError> {
        let fail = |source: Box<dyn std::error::Error + Send + Sync>| ScheduleError {
            operation: "create",
            source,
        };
        let target = Target::builder()
            .arn(self.settings.queue_arns.get(job.queue()))
            .role_arn(&self.settings.role_arn)
            .input(queues::body(job))
            .build()
            .map_err(|error| fail(Box::new(error)))?;
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(|error| fail(Box::new(error)))?;
        // Schedules have whole seconds. Round up, so that the job is never sent early.
        let at = at.to_whole_seconds().datetime().format("%Y-%m-%dT%H:%M:%S");
        let name = name(job);
        let created = self
            .client
            .create_schedule()
            .name(&name)
            .group_name(&self.settings.group)
            .client_token(&name)
            .schedule_expression(format!("at({at})"))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .send()
            .await;
        self.usage.call("scheduler.CreateSchedule");
        match created {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ConflictException") => Ok(()),
            Err(error) => Err(fail(Box::new(error))),
        }
    }

    /// Deletes a job's schedule, if it still exists.
    pub async fn delete(&self, job: &Job) -> Result<(), ScheduleError> {
        let deleted = self
            .client
            .delete_schedule()
            .name(name(job))
            .group_name(&self.settings.group)
            .send()
            .await;
        self.usage.call("scheduler.DeleteSchedule");
        match deleted {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(()),
            Err(error) => Err(ScheduleError { operation: "delete", source: Box::new(error) }),
        }
    }
}

/// A schedule's name: at most 64 letters, digits, dots, dashes and underscores.
fn name(job: &Job) -> String {
    match job {
        Job::Polls(PollsJob::Poll { campaign_id, number, .. }) => {
            format!("poll-{campaign_id}-{number}")
        }
        Job::Polls(PollsJob::Drain { .. }) | Job::Jobs(_) | Job::Dispatch(_) | Job::Notify(_) => {
            job.name().replace('#', "-")
        }
    }
}
