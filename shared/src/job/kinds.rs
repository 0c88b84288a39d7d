//! The jobs of each queue.

use serde::{Deserialize, Serialize};
use strum::VariantNames;

use super::{Job, Subject};
use crate::erasure::ErasedHash;
use crate::event::{Event, MessageChange};
use crate::ids::{CampaignId, ExportId, ImportId, InboundId, MessageId, OrganizationId, WebhookId};
use crate::receipt::MessageRef;
use crate::status::Kind;
use crate::time::Timestamp;

/// A job of the send function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum JobsJob {
    /// Start to send a scheduled campaign and fan it out.
    Send { organization_id: OrganizationId, campaign_id: CampaignId, scheduled_at: Timestamp },
    /// Continue to cut a sent campaign's audience: all of it, or one shard.
    FanOut {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shard: Option<u16>,
    },
    /// Read the next rows of a file of contacts.
    Import { organization_id: OrganizationId, import_id: ImportId },
    /// Read an audience further for a quote that takes longer than a request.
    Quote { organization_id: OrganizationId, campaign_id: CampaignId },
    /// Read an audience further for a preview that takes longer than a request.
    Preview { organization_id: OrganizationId, name: String },
    /// Choose whom a resend is for.
    Prepare { organization_id: OrganizationId, campaign_id: CampaignId },
    /// Write the next rows of an export.
    Export { organization_id: OrganizationId, export_id: ExportId },
    /// Erase a person further. Their phone is not in the job.
    Erase { organization_id: OrganizationId, hash: ErasedHash },
    /// Remove the organization, which is gone for everyone already.
    Delete { organization_id: OrganizationId },
    /// Compare the unsubscribes further with the provider's opt-out list.
    Reconcile { organization_id: OrganizationId },
}

/// A job of the dispatch function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum DispatchJob {
    /// Send a chunk's messages.
    Chunk {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        epoch: u32,
        shard: u16,
        number: u32,
        /// The turn that the job was sent for, by the clock of the function that assigned it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<Timestamp>,
    },
    /// Send a test message.
    Test { organization_id: OrganizationId, campaign_id: CampaignId, message_id: MessageId },
    /// Send a reply to an inbound message.
    Reply { organization_id: OrganizationId, inbound_id: InboundId, message_id: MessageId },
}

impl DispatchJob {
    /// The job that sends a message which is not part of a campaign's audience.
    #[must_use]
    pub fn of_single(message: &MessageRef) -> Self {
        let MessageRef { organization_id, campaign_id, message_id, .. } = *message;
        match message.inbound() {
            Some(inbound_id) => Self::Reply { organization_id, inbound_id, message_id },
            None => Self::Test { organization_id, campaign_id, message_id },
        }
    }

    /// The message that such a job sends; `None` for a chunk.
    #[must_use]
    pub fn single(&self) -> Option<MessageRef> {
        match *self {
            Self::Chunk { .. } => None,
            Self::Test { organization_id, campaign_id, message_id } => {
                Some(MessageRef { organization_id, campaign_id, message_id, kind: Kind::Test })
            }
            Self::Reply { organization_id, inbound_id, message_id } => {
                Some(MessageRef::of_reply(organization_id, inbound_id, message_id))
            }
        }
    }
}

/// A job of the poll-status function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PollsJob {
    /// Count a campaign's messages; `number` counts its polls from 0.
    Poll { organization_id: OrganizationId, campaign_id: CampaignId, number: u32 },
    /// Assign turns to a campaign's chunks, and re-queue those that are stalled.
    Drain {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        epoch: u32,
        /// Counts a campaign's drains, so that one that is sent twice runs once.
        #[serde(default)]
        number: u32,
    },
}

/// A job of the notify function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum NotifyJob {
    /// Send an event to the receivers that want it.
    Event { organization_id: OrganizationId, event: Box<Event> },
    /// Send what has changed about an organization's messages.
    Messages { organization_id: OrganizationId, changes: Vec<MessageChange> },
    /// Put it on the event bus. Webhooks and the bus have a job each, so that one is not done again
    /// because of the other.
    BusMessages { organization_id: OrganizationId, changes: Vec<MessageChange> },
    /// Try a webhook's deliveries again whose time has come.
    Retries { organization_id: OrganizationId, webhook_id: WebhookId },
}

impl Job {
    /// The version of payloads that introduced this kind of job in its present form.
    #[must_use]
    pub(super) fn since(&self) -> u32 {
        match self {
            Self::Jobs(
                JobsJob::Send { .. }
                | JobsJob::FanOut { .. }
                | JobsJob::Import { .. }
                | JobsJob::Export { .. },
            )
            | Self::Dispatch(DispatchJob::Chunk { .. } | DispatchJob::Test { .. })
            | Self::Polls(PollsJob::Poll { .. } | PollsJob::Drain { .. }) => 2,
            Self::Jobs(JobsJob::Prepare { .. } | JobsJob::Erase { .. })
            | Self::Dispatch(DispatchJob::Reply { .. })
            | Self::Notify(NotifyJob::Messages { .. } | NotifyJob::Retries { .. }) => 3,
            Self::Notify(NotifyJob::Event { event, .. }) => event.kind.since(),
            Self::Jobs(
                JobsJob::Quote { .. } | JobsJob::Preview { .. } | JobsJob::Delete { .. },
            )
            | Self::Notify(NotifyJob::BusMessages { .. }) => 4,
            Self::Jobs(JobsJob::Reconcile { .. }) => 5,
        }
    }
}

impl From<JobsJob> for Job {
    fn from(job: JobsJob) -> Self {
        Self::Jobs(job)
    }
}

impl From<DispatchJob> for Job {
    fn from(job: DispatchJob) -> Self {
        Self::Dispatch(job)
    }
}

impl From<PollsJob> for Job {
    fn from(job: PollsJob) -> Self {
        Self::Polls(job)
    }
}

impl From<NotifyJob> for Job {
    fn from(job: NotifyJob) -> Self {
        Self::Notify(job)
    }
}

impl Subject {
    fn campaign(kind: &'static str, campaign_id: CampaignId) -> Self {
        Self { campaign_id: Some(campaign_id), ..Self::of(kind) }
    }

    fn of(kind: &'static str) -> Self {
        Self {
            kind,
            campaign_id: None,
            import_id: None,
            export_id: None,
            inbound_id: None,
            message_id: None,
        }
    }
}

impl JobsJob {
    pub(super) fn organization_id(&self) -> OrganizationId {
        match self {
            Self::Send { organization_id, .. }
            | Self::FanOut { organization_id, .. }
            | Self::Prepare { organization_id, .. }
            | Self::Import { organization_id, .. }
            | Self::Export { organization_id, .. }
            | Self::Quote { organization_id, .. }
            | Self::Preview { organization_id, .. }
            | Self::Erase { organization_id, .. }
            | Self::Delete { organization_id }
            | Self::Reconcile { organization_id } => *organization_id,
        }
    }

    pub(super) fn subject(&self) -> Subject {
        match self {
            Self::Delete { .. } => Subject::of("delete"),
            Self::Preview { .. } => Subject::of("preview"),
            Self::Reconcile { .. } => Subject::of("reconcile"),
            Self::Send { campaign_id, .. } => Subject::campaign("send", *campaign_id),
            Self::FanOut { campaign_id, .. } => Subject::campaign("fan_out", *campaign_id),
            Self::Prepare { campaign_id, .. } => Subject::campaign("prepare", *campaign_id),
            Self::Quote { campaign_id, .. } => Subject::campaign("quote", *campaign_id),
            Self::Import { import_id, .. } => {
                Subject { import_id: Some(*import_id), ..Subject::of("import") }
            }
            Self::Export { export_id, .. } => {
                Subject { export_id: Some(*export_id), ..Subject::of("export") }
            }
            Self::Erase { .. } => Subject::of("erase"),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Send { campaign_id, .. } => format!("send#{campaign_id}"),
            Self::FanOut { campaign_id, .. } => format!("fan_out#{campaign_id}"),
            Self::Prepare { campaign_id, .. } => format!("prepare#{campaign_id}"),
            Self::Quote { campaign_id, .. } => format!("quote#{campaign_id}"),
            Self::Preview { organization_id, name } => format!("preview#{organization_id}#{name}"),
            Self::Import { import_id, .. } => format!("import#{import_id}"),
            Self::Export { export_id, .. } => format!("export#{export_id}"),
            Self::Erase { organization_id, hash } => format!("erase#{organization_id}#{hash}"),
            Self::Delete { organization_id } => format!("delete#{organization_id}"),
            Self::Reconcile { organization_id } => format!("reconcile#{organization_id}"),
        }
    }
}

impl DispatchJob {
    pub(super) fn organization_id(&self) -> OrganizationId {
        match self {
            Self::Chunk { organization_id, .. }
            | Self::Test { organization_id, .. }
            | Self::Reply { organization_id, .. } => *organization_id,
        }
    }

    pub(super) fn subject(&self) -> Subject {
        match *self {
            Self::Chunk { campaign_id, .. } => Subject::campaign("chunk", campaign_id),
            Self::Test { campaign_id, message_id, .. } => {
                Subject { message_id: Some(message_id), ..Subject::campaign("test", campaign_id) }
            }
            Self::Reply { inbound_id, message_id, .. } => Subject {
                inbound_id: Some(inbound_id),
                message_id: Some(message_id),
                ..Subject::of("reply")
            },
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Chunk { campaign_id, shard, number, .. } => {
                format!("chunk#{campaign_id}#{shard}#{number}")
            }
            Self::Test { message_id, .. } => format!("test#{message_id}"),
            Self::Reply { message_id, .. } => format!("reply#{message_id}"),
        }
    }
}

impl PollsJob {
    pub(super) fn organization_id(&self) -> OrganizationId {
        match self {
            Self::Poll { organization_id, .. } | Self::Drain { organization_id, .. } => {
                *organization_id
            }
        }
    }

    pub(super) fn subject(&self) -> Subject {
        match *self {
            Self::Poll { campaign_id, .. } => Subject::campaign("poll", campaign_id),
            Self::Drain { campaign_id, .. } => Subject::campaign("drain", campaign_id),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Poll { campaign_id, .. } => format!("poll#{campaign_id}"),
            Self::Drain { campaign_id, .. } => format!("drain#{campaign_id}"),
        }
    }
}

impl NotifyJob {
    #[must_use]
    pub fn organization_id(&self) -> OrganizationId {
        match self {
            Self::Event { organization_id, .. }
            | Self::Messages { organization_id, .. }
            | Self::BusMessages { organization_id, .. }
            | Self::Retries { organization_id, .. } => *organization_id,
        }
    }

    pub(super) fn subject(&self) -> Subject {
        match self {
            Self::Event { .. } => Subject::of("event"),
            Self::Messages { .. } => Subject::of("messages"),
            Self::BusMessages { .. } => Subject::of("bus_messages"),
            Self::Retries { .. } => Subject::of("retries"),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Event { event, .. } => format!("event#{}", event.id),
            // Neither is ever owed: the writer of the changes repeats it until it is queued.
            Self::Messages { .. } => "messages".to_owned(),
            Self::BusMessages { .. } => "bus_messages".to_owned(),
            Self::Retries { webhook_id, .. } => format!("retries#{webhook_id}"),
        }
    }
}
