//! The jobs of an organization in a batch, sorted by receiver.
//!
//! Changes of messages are grouped again, because the queue brings a few of them at a time.

use infra::batch::Parsed;
use infra::clock;
use infra::table::EndpointOwner;
use infra::trace::Scope;
use shared::event::{Event, MessageChange, message_events};
use shared::ids::{EventId, OrganizationId};
use shared::job::{Envelope, NotifyJob};

/// A job with its queue message's ID.
pub(crate) type Queued = Parsed<Envelope<NotifyJob>>;

/// An organization's jobs of a batch, by what they are for.
#[derive(Default)]
pub(crate) struct Sorted<'a> {
    pub(crate) owed: Vec<Owed<'a>>,
    /// The webhooks whose deliveries are to be tried again, with the IDs of the queue messages.
    pub(crate) retries: Vec<(String, Scope<'a>, EndpointOwner)>,
    pub(crate) for_webhooks: Changes,
    pub(crate) for_bus: Changes,
}

/// An event that is in the table until it was sent.
pub(crate) struct Owed<'a> {
    pub(crate) message_id: String,
    pub(crate) scope: Scope<'a>,
    pub(crate) event: Event,
}

/// Changes of messages, with the IDs of the queue messages that brought them.
#[derive(Default)]
pub(crate) struct Changes {
    changes: Vec<MessageChange>,
    pub(crate) message_ids: Vec<String>,
}

impl Changes {
    fn add(&mut self, changes: Vec<MessageChange>, message_id: String) {
        self.changes.extend(changes);
        self.message_ids.push(message_id);
    }

    /// Groups the changes into events.
    pub(crate) fn events(&mut self, organization: OrganizationId) -> Vec<Event> {
        let now = clock::now();
        let id = || EventId::new(now, clock::entropy());
        message_events(organization, std::mem::take(&mut self.changes), now, id)
    }
}

pub(crate) fn sort(jobs: Vec<Queued>, request_id: &str) -> Sorted<'_> {
    let mut sorted = Sorted::default();
    for Parsed { message_id, body, .. } in jobs {
        let Envelope { job, trace, .. } = body;
        let scope = Scope::of_job(request_id, &job.clone().into(), trace);
        match job {
            NotifyJob::Event { event, .. } => {
                sorted.owed.push(Owed { message_id, scope, event: *event });
            }
            NotifyJob::Retries { organization_id, webhook_id } => {
                let owner = EndpointOwner { organization_id, webhook_id };
                sorted.retries.push((message_id, scope, owner));
            }
            NotifyJob::Messages { changes, .. } => sorted.for_webhooks.add(changes, message_id),
            NotifyJob::BusMessages { changes, .. } => sorted.for_bus.add(changes, message_id),
        }
    }
    sorted
}
