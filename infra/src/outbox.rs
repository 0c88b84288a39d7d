//! Whether anyone wants an organization's events, and the queue that they go to.
//!
//! An event is written in the transaction of what it is about, so that no crash can lose it, and queued
//! right after. If that fails, the sweep queues it. A deployment without receivers has no such queue:
//! then nothing is written and nothing is read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use shared::event::{Event, MAX_CHANGES, MessageChange};
use shared::ids::OrganizationId;
use shared::job::{Job, NotifyJob};
use shared::time::Timestamp;

use crate::queues;
use crate::usage::Usage;

/// How long a process may miss that an organization has its first webhook.
const REMEMBERED_SECONDS: i64 = 10;

#[derive(Clone)]
pub struct Outbox {
    client: Client,
    url: String,
    /// Whether every event goes to the deployment's event bus, too.
    has_bus: bool,
    usage: Usage,
    /// What each organization wanted when that was read.
    known: Arc<Mutex<HashMap<OrganizationId, (Timestamp, Wants)>>>,
}

/// Which events an organization's webhooks want.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    pub(crate) any: bool,
    /// The changes of messages, which are by far the most.
    pub(crate) messages: bool,
}

impl Outbox {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, url: String, has_bus: bool, usage: Usage) -> Self {
        Self { client: Client::new(config), url, has_bus, usage, known: Arc::default() }
    }

    pub(crate) fn has_bus(&self) -> bool {
        self.has_bus
    }

    /// What the organization wants, if that was read recently.
    pub(crate) fn remembered(&self, organization: OrganizationId, now: Timestamp) -> Option<Wants> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, wants) = known.get(&organization)?;
        (now < read_at.plus_seconds(REMEMBERED_SECONDS)).then_some(*wants)
    }

    pub(crate) fn remember(&self, organization: OrganizationId, wants: Wants, now: Timestamp) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(organization, (now, wants));
    }

    /// Queues an event that was written. A failure is only logged: the sweep queues it.
    pub(crate) async fn queue(&self, event: &Event) {
        let due = event.due();
        if let Err(error) = self.send(&due.job).await {
            let error = DisplayErrorContext(&*error).to_string();
            tracing::warn!(error, event.id = %event.id, "left an event to the sweep");
        }
    }

    /// Queues changes of messages for the bus, and for the organization's webhooks if they want them.
    pub(crate) async fn queue_changes(
        &self,
        organization_id: OrganizationId,
        changes: &[MessageChange],
        wants: Wants,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        for changes in changes.chunks(MAX_CHANGES) {
            let changes = || changes.to_vec();
            if wants.messages {
                let job = NotifyJob::Messages { organization_id, changes: changes() };
                self.send(&job.into()).await?;
            }
            if self.has_bus {
                let job = NotifyJob::BusMessages { organization_id, changes: changes() };
                self.send(&job.into()).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, job: &Job) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(queues::body(job))
            .message_group_id(job.organization_id().to_string())
            .send()
            .await;
        self.usage.call("sqs.SendMessage");
        sent?;
        Ok(())
    }
}
