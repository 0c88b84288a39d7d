//! Gateways: send messages through a provider and interpret its responses.

mod adapter;
pub mod aws;
mod choice;
mod event;
mod opt_outs;
mod parameters;
pub mod twilio;
pub mod webhook;

pub use adapter::GatewayError;
pub use choice::{GatewaySettings, Gateways, explain, read_queued, sender_of_reply};
pub use event::{Inbound, ProviderEvent, Queued};
pub use opt_outs::{OptOutListError, OptOutLists, OptOutPage};

use std::time::Duration;

use futures::future::BoxFuture;
use shared::message::{FailureReason, Message};
use shared::phone::Phone;
use shared::receipt::{MessageRef, Receipt};
use shared::sender::Sender;
use shared::time::Timestamp;

/// A provider, as used by one sender.
pub trait Gateway: Send + Sync {
    /// Sends a message. The provider is called only once: if the response is lost, repeating the
    /// request could send the text twice.
    fn hand_over<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover>;

    /// Asks whether the provider would accept a message, without sending it.
    fn check<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover>;

    /// Looks up a message's status.
    fn look_up<'a>(&'a self, sought: &'a Sought<'a>) -> BoxFuture<'a, Result<Found, LookupError>>;
}

/// A message to send.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// The message that receipts will name. `None` for a reply to a person, whose outcome isn't
    /// tracked.
    pub message: Option<MessageRef>,
    pub from: &'a Sender,
    pub to: &'a Phone,
    pub body: &'a str,
}

/// Every possible result of sending a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// The provider accepted it, with this id.
    Accepted(String),
    /// The provider will not send it, now or later.
    Refused(Refusal),
    /// The provider did not accept it, and asks to wait.
    Throttled { retry_after: Option<Duration> },
    /// The provider did not accept it, and currently accepts no other message from this sender.
    Halted(Halt),
    /// The connection failed, so the provider doesn't have it.
    Unreachable,
    /// The provider may or may not have accepted it.
    Ambiguous,
}

/// Why a provider accepts nothing at all, until a person fixes it.
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

/// What a provider's code means to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub meaning: &'static str,
    pub advice: &'static str,
}

/// The meaning of a provider's label for a message's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<T> {
    Means(T),
    /// Volley knows the label and has no use for it.
    Ignored,
    /// The label did not exist when this was written.
    Unheard,
}

/// A message to look up.
#[derive(Clone, Debug)]
pub struct Sought<'a> {
    pub message: &'a Message,
    pub from: &'a Sender,
    /// The text that its recipient was sent.
    pub text: &'a str,
    pub now: Timestamp,
}

/// The result of asking a provider about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The message itself, found by the provider's id.
    Itself(Receipt),
    /// The provider's messages that match in everything that can be compared, since the provider's
    /// id was lost. [`crate::lookup`] decides whether one of them is the message.
    Candidates(Vec<Receipt>),
    /// Nothing that can be compared, which proves nothing: the message may not be listed yet, there
    /// may be too many, and not every provider can be asked.
    Nothing,
}

#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    #[error("failed to ask the provider")]
    Request(#[source] reqwest::Error),
    #[error("the provider answered {0}")]
    Answer(reqwest::StatusCode),
}

impl From<reqwest::Error> for LookupError {
    /// The URL contains phones, which must not be logged.
    fn from(error: reqwest::Error) -> Self {
        Self::Request(error.without_url())
    }
}
