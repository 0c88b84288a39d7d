//! Volley's functions as programs of the model, each written like its original.
//!
//! Where an original works concurrently, its program works sequentially, since members and shards
//! don't depend on one another. Other programs may run between any two steps.

mod campaigns;
mod chunk;
mod contacts;
mod drain;
mod fan_out;
mod handover;
mod poll;
mod receipts;
mod sweep;

use shared::ids::ContactId;
use shared::job::{DispatchJob, Job, JobsJob, PollsJob};
use shared::phone::Phone;
use shared::receipt::Delivery;

use crate::ask::{Io, Step};
use crate::kept::Kept;
use crate::protocol::Control;

/// What a process runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    Job(Kept<Job>),
    Receipt(Kept<Delivery>),
    Sweep,
    Control(Control),
    Move { contact: ContactId, to: Phone },
}

impl Program {
    #[must_use]
    pub fn of(job: impl Into<Job>) -> Self {
        Self::Job(Kept::new(job.into()))
    }

    pub fn run(&self, io: &mut Io<'_>) -> Step<()> {
        match self {
            Self::Receipt(delivery) => receipts::apply(io, delivery),
            Self::Sweep => sweep::sweep(io),
            Self::Control(control) => campaigns::change(io, *control),
            Self::Move { contact, to } => contacts::relocate(io, *contact, to),
            Self::Job(job) => match **job {
                Job::Jobs(JobsJob::Send { scheduled_at, .. }) => fan_out::begin(io, scheduled_at),
                Job::Jobs(JobsJob::FanOut { .. }) => fan_out::resume(io),
                Job::Dispatch(DispatchJob::Chunk { epoch, shard, number, turn, .. }) => {
                    chunk::dispatch(io, chunk::Place { epoch, shard, number }, turn)
                }
                Job::Polls(PollsJob::Poll { number, .. }) => poll::poll(io, number),
                Job::Polls(PollsJob::Drain { .. }) => drain::drain(io, job),
                Job::Jobs(
                    JobsJob::Prepare { .. }
                    | JobsJob::Import { .. }
                    | JobsJob::Export { .. }
                    | JobsJob::Quote { .. }
                    | JobsJob::Preview { .. }
                    | JobsJob::Erase { .. }
                    | JobsJob::Delete { .. }
                    | JobsJob::Reconcile { .. },
                )
                | Job::Dispatch(DispatchJob::Test { .. } | DispatchJob::Reply { .. })
                | Job::Notify(_) => Ok(()),
            },
        }
    }
}
