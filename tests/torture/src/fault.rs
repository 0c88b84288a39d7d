//! What can go wrong with a function's request.

use crate::operation::{Operation, Service};

/// What happens to a request, or to the process that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The service throttles the request and does nothing.
    Throttle,
    /// The service fails and does nothing.
    Error,
    /// The service executes the request but responds with an error.
    ErrorAfter,
    /// The connection is cut, and nothing is done.
    Reset,
    /// The request is executed, but the connection is cut before the response.
    ResetAfter,
    /// No response until the client times out. Nothing is done.
    Hold,
    /// The request is executed, but no response arrives.
    HoldAfter,
    /// The request is executed only after the client has timed out, and perhaps has retried.
    Late,
    /// The transaction conflicts with another one.
    Conflict,
    /// A part of a batch is refused.
    Partial,
    /// The function's process is killed, and nothing is done.
    Kill,
    /// The request is executed, and the process is killed before it gets the response.
    KillAfter,
    /// The process is killed just after it gets the response.
    KillAnswered,
}

impl Fault {
    pub const KILLS: [Self; 3] = [Self::Kill, Self::KillAfter, Self::KillAnswered];

    /// Every fault that an operation can meet. Those that are listed more often are more likely.
    #[must_use]
    pub fn of(operation: Operation) -> Vec<Self> {
        let mut faults = vec![
            Self::Throttle,
            Self::Throttle,
            Self::Error,
            Self::Error,
            Self::ErrorAfter,
            Self::Reset,
            Self::Reset,
            Self::ResetAfter,
            Self::ResetAfter,
            Self::ResetAfter,
            Self::Hold,
            Self::HoldAfter,
            Self::Late,
            Self::Kill,
            Self::KillAfter,
            Self::KillAnswered,
        ];
        if operation.has_conflicts() {
            faults.extend([Self::Conflict; 3]);
        }
        if operation.is_batch() {
            faults.extend([Self::Partial; 4]);
        }
        faults
    }

    /// Whether the client may meet the same fault again when it retries by itself.
    #[must_use]
    pub fn may_persist(self) -> bool {
        !Self::KILLS.contains(&self) && !matches!(self, Self::Hold | Self::HoldAfter | Self::Late)
    }

    #[must_use]
    pub fn is_kill(self) -> bool {
        Self::KILLS.contains(&self)
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::Error => "error",
            Self::ErrorAfter => "error-after",
            Self::Reset => "reset",
            Self::ResetAfter => "reset-after",
            Self::Hold => "hold",
            Self::HoldAfter => "hold-after",
            Self::Late => "late",
            Self::Conflict => "conflict",
            Self::Partial => "partial",
            Self::Kill => "kill",
            Self::KillAfter => "kill-after",
            Self::KillAnswered => "kill-answered",
        }
    }
}

/// How long a client waits for a response, and a little more.
#[must_use]
pub fn patience(service: Service) -> std::time::Duration {
    std::time::Duration::from_millis(match service {
        // GatewayTimeoutSeconds is 3 on the local stack.
        Service::Twilio | Service::Sms => 3_300,
        _ => 5_300,
    })
}
