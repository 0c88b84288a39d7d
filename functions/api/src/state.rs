//! What all requests share, created once at start.

use std::sync::Arc;

use anyhow::Context;
use infra::arming::arm;
use infra::files::Files;
use infra::identity::{IdentityProvider, Issuer};
use infra::queues::JobQueues;
use infra::schedules::Schedules;
use infra::sealing::Sealing;
use infra::table::Table;
use runtime::Start;
use shared::access::SecretHash;
use shared::grace::Grace;
use shared::job::Job;
use shared::poll::PollSchedule;
use shared::rate::RateLimit;
use shared::retention::Retention;
use shared::time::Timestamp;

use crate::cors::Origins;
use crate::identity::Identity;
use crate::page::Cursors;
use crate::rates::Rates;

/// The number of attempts to write after lost races. Then the client is asked to retry.
pub(crate) const MAX_RACES: usize = 3;

pub(crate) type App = Arc<Volley>;

pub(crate) struct Volley {
    pub(crate) table: Table,
    pub(crate) files: Files,
    pub(crate) queues: JobQueues,
    pub(crate) schedules: Schedules,
    /// The hashes of the admin key and, while it is rotated, of the one before it.
    pub(crate) admin_keys: Vec<SecretHash>,
    /// The identity provider that people sign in with, if there is one.
    pub(crate) identity: Option<Identity>,
    pub(crate) cursors: Cursors,
    /// How much each caller may do per minute.
    pub(crate) rates: Rates,
    /// The origins whose pages may call the API.
    pub(crate) origins: Origins,
    /// Encrypts the secrets of webhooks; `None` if webhooks are off.
    pub(crate) sealing: Option<Sealing>,
    pub(crate) polls: PollSchedule,
    /// How long after its time the sweep queues work again that has not started.
    pub(crate) grace: Grace,
    /// The daily limit of test messages for organizations without a separate limit.
    pub(crate) tests_per_day: u32,
    /// How long texts from people and the replies to them are kept.
    pub(crate) retention: Retention,
    /// How long entries of the audit trail are kept.
    pub(crate) audit_retention: Retention,
}

pub(crate) fn build(start: &mut Start<'_>) -> anyhow::Result<Volley> {
    let (table, files) = (start.table()?, start.files());
    let (queues, schedules) = (start.queues(), start.schedules());
    let (admin_key, previous) = admin_keys(start)?;
    Ok(Volley {
        table,
        files,
        queues,
        schedules,
        admin_keys: [Some(admin_key), previous].into_iter().flatten().collect(),
        identity: identity(start),
        cursors: Cursors::new(admin_key),
        rates: Rates::new(start.environment.parsed("REQUESTS_PER_MINUTE", RateLimit::default())),
        origins: start.environment.parsed("CORS_ORIGINS", Origins::default()),
        sealing: start.sealing()?,
        polls: start.environment.parsed("POLL_SCHEDULE_SECONDS", PollSchedule::default()),
        grace: start.environment.parsed("REARM_AFTER_SECONDS", Grace::default()),
        tests_per_day: start.environment.parsed("TESTS_PER_DAY", 100),
        retention: start.environment.parsed("INBOUND_RETENTION_DAYS", Retention::default()),
        audit_retention: start.environment.parsed("AUDIT_RETENTION_DAYS", Retention::default()),
    })
}

/// The hash of the admin key, and that of the one before it if there is one.
fn admin_keys(start: &mut Start<'_>) -> anyhow::Result<(SecretHash, Option<SecretHash>)> {
    let hash = |name: &str, text: &str| {
        SecretHash::from_hex(text).with_context(|| {
            format!("malformed environment variables: {name} is not a SHA-256 in hex")
        })
    };
    let current = hash("ADMIN_KEY_SHA256", &start.environment.text("ADMIN_KEY_SHA256"))?;
    let previous: Option<String> = start.environment.optional("PREVIOUS_ADMIN_KEY_SHA256");
    let previous = previous.map(|text| hash("PREVIOUS_ADMIN_KEY_SHA256", &text)).transpose()?;
    Ok((current, previous))
}

fn identity(start: &mut Start<'_>) -> Option<Identity> {
    let issuer: Issuer = start.environment.optional("OIDC_ISSUER")?;
    let client_id = start.environment.text("OIDC_CLIENT_ID");
    Some(Identity::new(IdentityProvider::new(issuer), client_id))
}

impl Volley {
    /// Queues or schedules a job whose due item is written. The client's request has succeeded by
    /// then, so a failure is only logged: the sweep queues the job.
    pub(crate) async fn arm(&self, job: &Job, at: Timestamp, now: Timestamp) {
        if let Err(error) = arm(&self.queues, &self.schedules, job, at, now).await {
            let error = anyhow::Error::new(error);
            tracing::warn!(owed = job.name(), error = %format!("{error:#}"), "left a job to the sweep");
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use infra::config::Environment;
    use infra::queues::JobQueueUrls;
    use infra::schedules::ScheduleSettings;
    use infra::usage::Usage;

    use super::*;

    /// An app whose clients reach nothing, for requests that need no call to AWS.
    pub(crate) fn offline() -> App {
        let aws = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("us-east-1"))
            .build();
        let lookup = |_: &str| Some("none".to_owned());
        let mut environment = Environment::new(&lookup);
        let usage = Usage::default();
        let admin_key = SecretHash::of("the admin's");
        Arc::new(Volley {
            table: Table::new(&aws, "none".to_owned(), usage.clone()),
            files: Files::new(&aws, "none".to_owned(), usage.clone()),
            queues: JobQueues::new(&aws, JobQueueUrls::read(&mut environment), usage.clone()),
            schedules: Schedules::new(&aws, ScheduleSettings::read(&mut environment), usage),
            admin_keys: vec![admin_key, SecretHash::of("the admin's before")],
            identity: None,
            cursors: Cursors::new(admin_key),
            // A lease would be a call to AWS.
            rates: Rates::default(),
            origins: "https://app.example.com".parse().expect("an origin"),
            sealing: None,
            polls: PollSchedule::default(),
            grace: Grace::default(),
            tests_per_day: 100,
            retention: Retention::default(),
            audit_retention: Retention::default(),
        })
    }
}
