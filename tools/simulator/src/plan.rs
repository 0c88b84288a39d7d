//! Which receipts a message gets, and when.

use std::time::Duration;

use crate::chance::{About, Chance};
use crate::config::Config;
use crate::fates::{Ending, Fate, Receipts};
use crate::message::Status;

/// The error codes of messages that fail at random.
const CODES: [u32; 4] = [30_003, 30_005, 30_006, 30_008];

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// The time since the previous step.
    pub(crate) after: Duration,
    pub(crate) status: Status,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// Whether the callbacks precede the create call's response.
    pub(crate) is_early: bool,
    /// Whether receipts are sent.
    pub(crate) is_reported: bool,
}

/// How a message ends: as its fate says. Without a fate it is delivered, unless chance decides
/// otherwise.
pub(crate) fn ending(fate: Option<Fate>, config: &Config, chance: Chance) -> Ending {
    match fate {
        Some(fate) => fate.ending,
        None if chance.hits(About::Undelivered, config.undelivered_rate) => {
            let share = chance.roll(About::Code);
            let code = (1_u8..).zip(CODES).find(|(n, _)| share < f64::from(*n) / 4.0);
            Ending::Undelivered(code.map_or(CODES[0], |(_, code)| code))
        }
        None => Ending::Delivered,
    }
}

impl Plan {
    /// A plan to report `statuses`, the last of which is final.
    pub(crate) fn new(
        mut statuses: Vec<Status>,
        receipts: Receipts,
        config: &Config,
        chance: Chance,
    ) -> Self {
        // A number that is scripted to misbehave in one way does not misbehave in another as well.
        let is = |wanted, about, rate| {
            receipts == wanted || (receipts == Receipts::InOrder && chance.hits(about, rate))
        };
        let is_early = is(Receipts::Early, About::Early, config.early_rate);
        if is(Receipts::OutOfOrder, About::OutOfOrder, config.out_of_order_rate) {
            statuses.reverse();
        }
        if is(Receipts::Twice, About::Twice, config.twice_rate) {
            statuses.extend_from_within(..);
        }
        let delays = [About::FirstDelay, About::NextDelay]
            .map(|about| config.delay.mul_f64(0.5 + chance.roll(about)));
        let steps = statuses
            .into_iter()
            .enumerate()
            .map(|(place, status)| Step {
                after: if is_early { Duration::ZERO } else { delays[place.min(1)] },
                status,
            })
            .collect();
        Self { steps, is_early, is_reported: receipts != Receipts::Never }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(receipts: Receipts, config: &Config) -> Vec<Status> {
        let chance = Chance::new(1, "+14153550123", 0);
        Plan::new(vec![Status::Sent, Status::Delivered], receipts, config, chance)
            .steps
            .into_iter()
            .map(|step| step.status)
            .collect()
    }

    #[test]
    fn scripted_receipts() {
        let config = Config::default();
        let (sent, delivered) = (Status::Sent, Status::Delivered);
        assert_eq!(statuses(Receipts::InOrder, &config), [sent, delivered]);
        assert_eq!(statuses(Receipts::OutOfOrder, &config), [delivered, sent]);
        assert_eq!(statuses(Receipts::Twice, &config), [sent, delivered, sent, delivered]);
    }

    #[test]
    fn chance_adds_to_the_unscripted_ones_only() {
        let config = Config {
            twice_rate: 1.0,
            out_of_order_rate: 1.0,
            undelivered_rate: 1.0,
            ..Config::default()
        };
        assert_eq!(statuses(Receipts::InOrder, &config).len(), 4);
        assert_eq!(statuses(Receipts::OutOfOrder, &config).len(), 2);
        let chance = Chance::new(1, "+14153550123", 0);
        assert!(matches!(ending(None, &config, chance), Ending::Undelivered(_)));
        let delivered = Some(crate::fates::DELIVERED);
        assert_eq!(ending(delivered, &config, chance), Ending::Delivered);
    }
}
