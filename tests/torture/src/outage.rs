//! Faults that last: for a while, every request of one kind fails in a run.
//!
//! Other faults hit single requests. An outage outlasts all retries: either the work waits until it
//! is over, or its campaign pauses with a reason and a person resumes it. In production, outages
//! last minutes or hours. Here they last seconds.

use std::time::Duration;

use crate::chance::Chance;
use crate::fault::Fault;
use crate::operation::{Operation, Service};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outage {
    /// The provider responds to every message with an error or not at all, and sends none.
    ProviderFails,
    /// The provider throttles every message.
    ProviderThrottles,
    /// The table is down for inbound texts and receipts.
    TableDown,
    /// The audience can't be read.
    FanOutPoisoned,
}

/// Seeds in a thousand that have an outage of each kind.
const EACH_PER_MILLE: u64 = 70;

impl Outage {
    pub const ALL: [Self; 4] =
        [Self::ProviderFails, Self::ProviderThrottles, Self::TableDown, Self::FanOutPoisoned];

    /// The seed's outage, if it has one.
    #[must_use]
    pub fn of_seed(seed: u64) -> Option<Self> {
        let drawn = Chance::of(seed, "outage").below(1_000) / EACH_PER_MILLE;
        Self::ALL.get(usize::try_from(drawn).ok()?).copied()
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ProviderFails => "provider-fails",
            Self::ProviderThrottles => "provider-throttles",
            Self::TableDown => "table-down",
            Self::FanOutPoisoned => "fan-out-poisoned",
        }
    }

    /// What happens to a request during the outage, if the outage affects it.
    #[must_use]
    pub fn fault(self, function: &str, operation: Operation, chance: &mut Chance) -> Option<Fault> {
        let creates = ["CreateMessage", "SendTextMessage"].contains(&operation.name);
        match self {
            Self::ProviderFails => creates.then(|| {
                *chance.of_these(&[
                    Fault::Error,
                    Fault::Error,
                    Fault::Error,
                    Fault::Reset,
                    Fault::Hold,
                ])
            }),
            Self::ProviderThrottles => creates.then_some(Fault::Throttle),
            Self::TableDown => {
                let is_down = ["Webhooks", "Receipts"].contains(&function)
                    && operation.service == Service::DynamoDb;
                is_down.then(|| *chance.of_these(&[Fault::Throttle, Fault::Error, Fault::Reset]))
            }
            Self::FanOutPoisoned => {
                let reads = function == "Send" && operation.name == "Query";
                reads.then(|| *chance.of_these(&[Fault::Error, Fault::Throttle]))
            }
        }
    }

    /// The reason that a campaign gives if it pauses or stops itself because of this outage.
    #[must_use]
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::ProviderFails => Some("provider_failing"),
            Self::ProviderThrottles => Some("no_progress"),
            Self::FanOutPoisoned => Some("poisoned"),
            Self::TableDown => None,
        }
    }

    /// The maximum duration. The outage ends sooner if its campaign has paused itself.
    #[must_use]
    pub fn lasts(self) -> Duration {
        Duration::from_secs(match self {
            // Equivalent to ten minutes, at the local stack's shortened intervals: see
            // `local::stack`.
            Self::ProviderFails => 40,
            // For two hours, see `hours`.
            Self::ProviderThrottles => 30,
            Self::TableDown => 4,
            // The sweep starts it five times, each time after twice the wait, and later where the
            // machine is busy.
            Self::FanOutPoisoned => 480,
        })
    }
}

/// The reasons that a campaign may give for pausing itself in any run, because faults and the fates
/// of single messages may cluster. A reason that blames the account, the sender, the text or the
/// list is wrong.
pub const REASONS: [&str; 4] =
    ["no_progress", "poisoned", "provider_failing", "provider_unreachable"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outage_has_its_share_of_the_seeds() {
        for outage in Outage::ALL {
            let count = (0..1_000).filter(|seed| Outage::of_seed(*seed) == Some(outage)).count();
            assert!((40..110).contains(&count), "{outage:?}: {count}");
        }
        assert!((0..1_000).filter(|seed| Outage::of_seed(*seed).is_none()).count() > 600);
    }

    #[test]
    fn an_outage_meets_its_own_requests_alone() {
        let operation = |service, name| Operation { service, name };
        let create = operation(Service::Twilio, "CreateMessage");
        let read = operation(Service::Twilio, "ReadMessage");
        let query = operation(Service::DynamoDb, "Query");
        let meets = |outage: Outage, function, operation| {
            outage.fault(function, operation, &mut Chance::of(1, "t")).is_some()
        };
        for outage in [Outage::ProviderFails, Outage::ProviderThrottles] {
            assert!(meets(outage, "Dispatch", create));
            assert!(!meets(outage, "PollStatus", read) && !meets(outage, "Dispatch", query));
        }
        assert!(meets(Outage::TableDown, "Webhooks", query));
        assert!(!meets(Outage::TableDown, "Api", query));
        assert!(meets(Outage::FanOutPoisoned, "Send", query));
        assert!(!meets(Outage::FanOutPoisoned, "Api", query));
    }
}
