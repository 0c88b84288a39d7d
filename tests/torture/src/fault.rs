//! What can go wrong with one request of a function.

use crate::operation::{Operation, Service};

/// What happens to a request, or to who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The service asks to slow down. It did nothing.
    Throttle,
    /// The service fails and did nothing.
    Error,
    /// The service did it and fails.
    ErrorAfter,
    /// The connection ends, and nothing was done.
    Reset,
    /// It was done, and the connection ends without an answer.
    ResetAfter,
    /// No answer until the client has lost its patience; nothing is done.
    Hold,
    /// It was done, and no answer comes.
    HoldAfter,
    /// It is done only when the client has lost its patience, and perhaps has asked again.
    Late,
    /// The transaction met another one.
    Conflict,
    /// A part of a batch is refused.
    Partial,
    /// The function's process is killed, and nothing was done.
    Kill,
    /// It was done, and the process is killed before it learns that.
    KillAfter,
    /// The process is killed once it has the answer.
    KillAnswered,
}

impl Fault {
    pub const KILLS: [Self; 3] = [Self::Kill, Self::KillAfter, Self::KillAnswered];

    /// All that can become of an operation, the likelier the more often it is named.
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

    /// Whether the client may be told the same again when it repeats its request by itself.
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

/// How long a client waits for one answer, and a little more.
#[must_use]
pub fn patience(service: Service) -> std::time::Duration {
    std::time::Duration::from_millis(match service {
        // GatewayTimeoutSeconds is 3 on the local stack.
        Service::Twilio | Service::Sms => 3_300,
        _ => 5_300,
    })
}
