//! Jobs: what the functions ask of one another through queues and schedules.

use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, ImportId, MessageId, OrganizationId};
use crate::time::Timestamp;

/// The version of the payloads that this program writes.
pub const VERSION: u32 = 2;

/// A job as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub v: u32,
    pub job: Job,
}

impl From<Job> for Envelope {
    fn from(job: Job) -> Self {
        Self { v: VERSION, job }
    }
}

/// Something to do. It carries what it is for, so that one that no longer matches is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Job {
    /// Take a scheduled campaign to sent and fan it out.
    Send {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        scheduled_at: Timestamp,
    },
    /// Go on cutting a sent campaign's audience: all of it, or one shard.
    FanOut {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shard: Option<u16>,
    },
    Import {
        organization_id: OrganizationId,
        import_id: ImportId,
    },
    /// Hand one chunk's messages to the provider.
    Chunk {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        epoch: u32,
        shard: u16,
        number: u32,
        /// The turn that it was sent for, by the clock of whoever gave it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<Timestamp>,
    },
    Test {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        message_id: MessageId,
    },
    /// Count a campaign's messages; `number` counts its polls from 0.
    Poll {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        number: u32,
    },
    /// Give turns to a campaign's chunks, and arm those that stand still.
    Drain {
        organization_id: OrganizationId,
        campaign_id: CampaignId,
        epoch: u32,
        /// Counts a campaign's drains, so that one that is sent twice runs once.
        #[serde(default)]
        number: u32,
    },
}

/// The queue that a job goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    Jobs,
    Dispatch,
    Polls,
}

impl Job {
    #[must_use]
    pub fn queue(&self) -> Queue {
        match self {
            Self::Send { .. } | Self::FanOut { .. } | Self::Import { .. } => Queue::Jobs,
            Self::Chunk { .. } | Self::Test { .. } => Queue::Dispatch,
            Self::Poll { .. } | Self::Drain { .. } => Queue::Polls,
        }
    }

    #[must_use]
    pub fn organization_id(&self) -> OrganizationId {
        match self {
            Self::Send { organization_id, .. }
            | Self::FanOut { organization_id, .. }
            | Self::Import { organization_id, .. }
            | Self::Chunk { organization_id, .. }
            | Self::Test { organization_id, .. }
            | Self::Poll { organization_id, .. }
            | Self::Drain { organization_id, .. } => *organization_id,
        }
    }

    /// A name for the job among those of its owner, fit for a sort key.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Send { campaign_id, .. } => format!("send#{campaign_id}"),
            Self::FanOut { campaign_id, .. } => format!("fan_out#{campaign_id}"),
            Self::Import { import_id, .. } => format!("import#{import_id}"),
            Self::Chunk { campaign_id, shard, number, .. } => {
                format!("chunk#{campaign_id}#{shard}#{number}")
            }
            Self::Test { message_id, .. } => format!("test#{message_id}"),
            Self::Poll { campaign_id, .. } => format!("poll#{campaign_id}"),
            Self::Drain { campaign_id, .. } => format!("drain#{campaign_id}"),
        }
    }
}

/// Work that is owed: if nobody has replaced it by its next step at this time, the sweep arms its
/// job again. It is written and removed in the transactions of the work's own effects, so no
/// crash can lose a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub at: Timestamp,
    pub job: Job,
}

/// How a job gets to its queue at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arming {
    /// By the queue's own delay.
    Delay { seconds: u32 },
    /// By a one-time schedule, which is precise to the minute and can be deleted.
    Schedule,
}

impl Arming {
    /// Delays up to a minute go through the queue.
    #[must_use]
    pub fn at(moment: Timestamp, now: Timestamp) -> Self {
        match moment.seconds_from(now) {
            seconds if seconds <= 60 => Self::Delay { seconds },
            _ => Self::Schedule,
        }
    }
}

/// The first back-off of a job that failed.
const MIN_RETRY_SECONDS: u32 = 5;
/// The visibility timeout of the queues of jobs: never wait longer than without a back-off.
const MAX_RETRY_SECONDS: u32 = 300;

/// Returns after how many seconds a queue hands a failed job out again, given how often it has
/// handed it out.
#[must_use]
pub fn retry_seconds(receive_count: u32) -> u32 {
    let doublings = receive_count.saturating_sub(1).min(16);
    (MIN_RETRY_SECONDS << doublings).min(MAX_RETRY_SECONDS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn short_delays_go_through_the_queue() {
        let now = Timestamp::from_millis(1_000_000).expect("in range");
        let check = |seconds, expected| {
            assert_eq!(Arming::at(now.plus_seconds(seconds), now), expected, "{seconds}");
        };
        check(-5, Arming::Delay { seconds: 0 });
        check(0, Arming::Delay { seconds: 0 });
        check(60, Arming::Delay { seconds: 60 });
        check(61, Arming::Schedule);
    }

    #[test]
    fn a_failed_job_is_retried_ever_later() {
        let waits: Vec<u32> = (0..10).map(retry_seconds).collect();
        assert_eq!(waits, [5, 5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(retry_seconds(u32::MAX), MAX_RETRY_SECONDS);
    }

    /// Jobs lie on queues while a new version is deployed, so what each version wrote is a
    /// contract: here is one of each kind, as it was written.
    #[test]
    fn what_every_version_wrote_is_understood() {
        for (version, written) in
            [(1, include_str!("job/v1.jsonl")), (2, include_str!("job/v2.jsonl"))]
        {
            let envelopes: Vec<Envelope> = written
                .lines()
                .map(|line| serde_json::from_str(line).expect("understood"))
                .collect();
            assert!(envelopes.iter().all(|envelope| envelope.v == version));
            let kinds: BTreeSet<String> = envelopes
                .iter()
                .map(|envelope| {
                    envelope.job.name().split('#').next().unwrap_or_default().to_owned()
                })
                .collect();
            assert_eq!(kinds.len(), 7, "{kinds:?}");
        }
    }

    #[test]
    fn this_version_writes_as_it_is_kept() {
        for line in include_str!("job/v2.jsonl").lines() {
            let Envelope { job, .. } = serde_json::from_str(line).expect("understood");
            assert_eq!(serde_json::to_string(&Envelope::from(job)).expect("json"), line);
        }
    }
}
