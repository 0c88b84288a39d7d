//! Jobs: the work that functions send each other through queues and schedules.

mod kinds;
mod timing;

pub use kinds::{DispatchJob, JobsJob, NotifyJob, PollsJob};
pub use timing::{Arming, retry_seconds};

use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, ExportId, ImportId, InboundId, MessageId, OrganizationId};
use crate::time::Timestamp;
use crate::trace::{self, TraceId};

/// The newest version of payloads that this program reads. What it writes has the version that
/// introduced it, so that after an upgrade is taken back, the earlier program does what it knows.
pub const VERSION: u32 = 5;

/// A job in its serialized form. A function that serves a queue parses only that queue's jobs. Any
/// other is not a valid message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope<J = Job> {
    pub v: u32,
    pub job: J,
    /// The trace that the job belongs to. Jobs from before there were traces have none.
    #[serde(default, deserialize_with = "trace::lenient", skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceId>,
}

impl Envelope {
    #[must_use]
    pub fn new(job: Job) -> Self {
        Self { v: job.since(), job, trace: None }
    }

    /// The same job as part of a trace.
    #[must_use]
    pub fn traced(self, trace: Option<TraceId>) -> Self {
        Self { trace, ..self }
    }
}

/// Work to do, by its queue. A job names the state that it is for, so that an outdated one is
/// dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "not a job of any queue")]
pub enum Job {
    Jobs(JobsJob),
    Dispatch(DispatchJob),
    Polls(PollsJob),
    Notify(NotifyJob),
}

/// What a job is about, as logs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The job's `type`.
    pub kind: &'static str,
    pub campaign_id: Option<CampaignId>,
    pub import_id: Option<ImportId>,
    pub export_id: Option<ExportId>,
    /// The inbound message that a reply responds to.
    pub inbound_id: Option<InboundId>,
    /// A test or a reply; a campaign's messages are handed over by the chunk.
    pub message_id: Option<MessageId>,
}

/// The queue that a job goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    Jobs,
    Dispatch,
    Polls,
    Notify,
}

/// A value for each queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerQueue<T> {
    pub jobs: T,
    pub dispatch: T,
    pub polls: T,
    pub notify: T,
}

impl<T> PerQueue<T> {
    #[must_use]
    pub fn get(&self, queue: Queue) -> &T {
        match queue {
            Queue::Jobs => &self.jobs,
            Queue::Dispatch => &self.dispatch,
            Queue::Polls => &self.polls,
            Queue::Notify => &self.notify,
        }
    }
}

impl Job {
    #[must_use]
    pub fn queue(&self) -> Queue {
        match self {
            Self::Jobs(_) => Queue::Jobs,
            Self::Dispatch(_) => Queue::Dispatch,
            Self::Polls(_) => Queue::Polls,
            Self::Notify(_) => Queue::Notify,
        }
    }

    #[must_use]
    pub fn organization_id(&self) -> OrganizationId {
        match self {
            Self::Jobs(job) => job.organization_id(),
            Self::Dispatch(job) => job.organization_id(),
            Self::Polls(job) => job.organization_id(),
            Self::Notify(job) => job.organization_id(),
        }
    }

    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::Jobs(job) => job.subject(),
            Self::Dispatch(job) => job.subject(),
            Self::Polls(job) => job.subject(),
            Self::Notify(job) => job.subject(),
        }
    }

    /// The job's name, unique among its owner's and usable in a sort key.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Jobs(job) => job.name(),
            Self::Dispatch(job) => job.name(),
            Self::Polls(job) => job.name(),
            Self::Notify(job) => job.name(),
        }
    }
}

/// Work that is owed. If its next step has not replaced it by this time, the sweep queues its job
/// again. It is written and removed in the same transactions as the work's effects, so that no
/// crash can lose a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub at: Timestamp,
    pub job: Job,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::VariantNames;

    use super::*;

    /// What is written now: each kind with the version that introduced it.
    const WRITTEN: [(u32, &str); 4] = [
        (2, include_str!("job/v2.jsonl")),
        (3, include_str!("job/v3.jsonl")),
        (4, include_str!("job/v4.jsonl")),
        (VERSION, include_str!("job/v5.jsonl")),
    ];

    fn written() -> impl Iterator<Item = &'static str> {
        WRITTEN.into_iter().flat_map(|(_, written)| written.lines())
    }

    /// Jobs stay on queues during deployments, so what each version wrote is a contract.
    #[test]
    fn what_every_version_wrote_is_understood() {
        let all =
            [JobsJob::VARIANTS, DispatchJob::VARIANTS, PollsJob::VARIANTS, NotifyJob::VARIANTS]
                .concat()
                .len();
        let mut kinds = BTreeSet::new();
        for (version, written) in [(1, include_str!("job/v1.jsonl"))].into_iter().chain(WRITTEN) {
            let envelopes: Vec<Envelope> = written
                .lines()
                .map(|line| serde_json::from_str(line).expect("understood"))
                .collect();
            assert!(envelopes.iter().all(|envelope| envelope.v == version));
            kinds.extend(envelopes.iter().map(|envelope| envelope.job.subject().kind));
        }
        assert_eq!(kinds.len(), all, "{kinds:?}");
    }

    #[test]
    fn this_version_writes_as_it_is_kept() {
        for line in written() {
            let Envelope { job, trace, .. }: Envelope =
                serde_json::from_str(line).expect("understood");
            assert_eq!(
                serde_json::to_string(&Envelope::new(job).traced(trace)).expect("json"),
                line
            );
        }
    }

    /// The kind that logs name is the type that payloads name.
    #[test]
    fn a_subject_is_named_as_its_job_is_written() {
        for line in written() {
            let Envelope { job, .. }: Envelope = serde_json::from_str(line).expect("understood");
            let Subject { kind, campaign_id, import_id, export_id, inbound_id, .. } = job.subject();
            assert!(line.contains(&format!(r#""type":"{kind}""#)), "{line}");
            let of_others = [import_id.is_some(), export_id.is_some(), inbound_id.is_some()];
            let ids = [&[campaign_id.is_some()], &of_others[..]].concat();
            // An event names what it is about itself, a webhook's retries are about no one thing, and
            // what names an erased person is not in logs. Deletions and reconciliations are about the
            // organization, a preview about its audience.
            let of_all = ["erase", "delete", "preview", "reconcile"];
            let has_none = matches!(job, Job::Notify(_)) || of_all.contains(&kind);
            let expected = usize::from(!has_none);
            assert_eq!(ids.iter().filter(|is_named| **is_named).count(), expected, "{line}");
        }
    }

    /// A trace is for logs only, so it never keeps a job from being done.
    #[test]
    fn a_job_is_read_whatever_its_trace() {
        let line = include_str!("job/v3.jsonl").lines().next().expect("a job");
        let read = |trace: &str| {
            let line = line.replace(r#"{"v":3,"#, &format!(r#"{{"v":3,"trace":{trace},"#));
            serde_json::from_str::<Envelope>(&line).expect("understood").trace
        };
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(read(&format!("\"{id}\"")).map(|trace| trace.to_string()).as_deref(), Some(id));
        for malformed in ["null", "7", "\"\"", "{}", r#""00000000000000000000000000000000""#] {
            assert_eq!(read(malformed), None, "{malformed}");
        }
    }

    /// A function parses only its own queue's jobs.
    #[test]
    fn a_job_is_read_from_its_own_queue_only() {
        for line in written() {
            let Envelope { job, .. }: Envelope = serde_json::from_str(line).expect("understood");
            let by_queue = [
                serde_json::from_str::<Envelope<JobsJob>>(line).map(|e| Job::from(e.job)),
                serde_json::from_str::<Envelope<DispatchJob>>(line).map(|e| Job::from(e.job)),
                serde_json::from_str::<Envelope<PollsJob>>(line).map(|e| Job::from(e.job)),
                serde_json::from_str::<Envelope<NotifyJob>>(line).map(|e| Job::from(e.job)),
            ];
            let read: Vec<Job> = by_queue.into_iter().flatten().collect();
            assert_eq!(read, [job], "{line}");
        }
    }
}
