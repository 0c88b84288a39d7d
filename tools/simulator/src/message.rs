//! A message: what was requested, and its outcome.

use chrono::{DateTime, Utc};

use crate::aws::{self, Details};
use crate::fates::Ending;
use crate::world;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Accepted,
    Queued,
    Sent,
    Undelivered,
    Delivered,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Undelivered => "undelivered",
            Self::Delivered => "delivered",
        }
    }
}

impl From<Ending> for Status {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Delivered => Self::Delivered,
            Ending::Undelivered(_) => Self::Undelivered,
        }
    }
}

/// What a create call requests.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) to: String,
    pub(crate) from: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) body: String,
    pub(crate) provider: Provider,
}

/// The provider that received an order, with the options that only it has.
#[derive(Clone, Debug)]
pub(crate) enum Provider {
    Twilio { callback: Option<String> },
    Aws(Box<Details>),
}

impl Provider {
    /// A new message's id.
    pub(crate) fn id(&self) -> anyhow::Result<String> {
        match self {
            Self::Twilio { .. } => world::sid("SM"),
            Self::Aws(_) => aws::id(),
        }
    }

    /// Whether the order asks for receipts.
    pub(crate) fn wants_receipts(&self) -> bool {
        match self {
            Self::Twilio { callback } => callback.is_some(),
            Self::Aws(details) => details.configuration_set.is_some(),
        }
    }

    /// The statuses that are reported about a message, in order.
    pub(crate) fn statuses(&self, ending: Ending) -> Vec<Status> {
        match self {
            Self::Twilio { .. } => vec![Status::Sent, ending.into()],
            Self::Aws(_) => vec![Status::Queued, Status::Sent, ending.into()],
        }
    }
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) sid: String,
    pub(crate) order: Order,
    pub(crate) status: Status,
    pub(crate) ending: Ending,
    pub(crate) created: DateTime<Utc>,
    pub(crate) sent: Option<DateTime<Utc>>,
    pub(crate) updated: DateTime<Utc>,
}

impl Message {
    /// Why it was not delivered, once that is known.
    pub(crate) fn error(&self) -> Option<u32> {
        match (self.status, self.ending) {
            (Status::Undelivered, Ending::Undelivered(code)) => Some(code),
            _ => None,
        }
    }

    /// What `From` shows: the number, or the service that picks one.
    pub(crate) fn sender(&self) -> &str {
        let Order { from, service, .. } = &self.order;
        from.as_deref().or(service.as_deref()).unwrap_or_default()
    }
}
