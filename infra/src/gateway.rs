//! Gateways: handing messages to a provider, and understanding what it says.

pub mod callback;
pub mod signature;
pub mod twilio;

use std::time::Duration;

use shared::message::FailureReason;
use shared::phone::Phone;
use shared::receipt::MessageRef;

/// A message to hand over.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    pub message: MessageRef,
    pub from: &'a Phone,
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
    /// The provider serves the account no more for now: it has not taken this message, and would
    /// take no other.
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
    SpendLimit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: FailureReason,
    pub code: Option<String>,
}
