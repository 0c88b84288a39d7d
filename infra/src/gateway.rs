//! Gateways: handing messages to a provider, and understanding what it says.

mod adapter;
pub mod aws;
mod choice;
mod event;
mod parameters;
pub mod twilio;
pub mod webhook;

pub use adapter::GatewayError;
pub use choice::{GatewaySettings, Gateways, read_queued, sender_of_reply};
pub use event::{Inbound, ProviderEvent};

use std::time::Duration;

use futures::future::BoxFuture;
use shared::message::{FailureReason, Message};
use shared::phone::Phone;
use shared::receipt::{MessageRef, Receipt};
use shared::sender::Sender;
use shared::time::Timestamp;

/// A provider, as one sender uses it.
pub trait Gateway: Send + Sync {
    /// Hands one message over. The provider is asked once: whoever repeats a request whose answer
    /// was lost sends a text twice.
    fn hand_over<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover>;

    /// Asks whether the provider would take a message, and has it send none.
    fn check<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover>;

    /// Asks what became of a message.
    fn look_up<'a>(&'a self, sought: &'a Sought<'a>) -> BoxFuture<'a, Result<Found, LookupError>>;
}

/// A message to hand over.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// What receipts are to name; none for an answer to a person, whose fate nobody follows.
    pub message: Option<MessageRef>,
    pub from: &'a Sender,
    pub to: &'a Phone,
    pub body: &'a str,
}

/// What can come of handing a message over: nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// The provider has it under this id.
    Accepted(String),
    /// The provider will not send it, now or later.
    Refused(Refusal),
    /// The provider has not taken it and asks to wait.
    Throttled { retry_after: Option<Duration> },
    /// The provider has not taken this message, and would take no other of this sender now.
    Halted(Halt),
    /// The provider was not reached, so it has not taken it.
    Unreachable,
    /// The provider may or may not have taken it.
    Ambiguous,
}

/// Why a provider takes nothing at all. A person must mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The account is disabled or unpaid, or its credentials are wrong.
    Account,
    /// The account may not send from this sender.
    Sender,
    SpendLimit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: FailureReason,
    pub code: Option<String>,
}

/// What one of a provider's labels for a message's state means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<T> {
    Means(T),
    /// Volley knows it and has no use for it.
    Ignored,
    /// It did not exist when this was written.
    Unheard,
}

/// A message whose fate the provider may know.
#[derive(Clone, Debug)]
pub struct Sought<'a> {
    pub message: &'a Message,
    pub from: &'a Sender,
    pub body: &'a str,
    pub now: Timestamp,
}

/// What a look-up found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// One message that can only be the one.
    One(Receipt),
    /// None, which proves nothing: the message may be on its way to the list, and not every
    /// provider can be asked.
    None,
    /// Several that could be it, which settles nothing.
    Several,
}

#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    #[error("failed to ask the provider")]
    Request(#[source] reqwest::Error),
    #[error("the provider answered {0}")]
    Answer(reqwest::StatusCode),
}

impl From<reqwest::Error> for LookupError {
    /// The address holds phones, which must not come into a log.
    fn from(error: reqwest::Error) -> Self {
        Self::Request(error.without_url())
    }
}
