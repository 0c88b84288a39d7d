//! When a sent campaign's messages are counted.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::time::Timestamp;

/// When messages are counted, in seconds after the fan-out's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollSchedule(Vec<u32>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be whole numbers of seconds separated by commas, such as 30,300,600")]
pub struct InvalidSchedule;

/// The interval of counts while a dispatch outlasts the schedule.
const WHILE_DISPATCHING_SECONDS: i64 = 300;
/// A receipt can take 72 hours. Late ones are counted this many hours after the last message was
/// sent.
const LATE_HOURS: [i64; 8] = [1, 2, 4, 8, 16, 32, 64, 72];

impl Default for PollSchedule {
    fn default() -> Self {
        Self(vec![30, 300, 600, 900, 1_200, 1_500, 1_800])
    }
}

impl FromStr for PollSchedule {
    type Err = InvalidSchedule;

    /// Accepts any order and repetitions, which the template's pattern can't check.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds: BTreeSet<u32> = text
            .split(',')
            .map(|part| part.trim().parse().map_err(|_| InvalidSchedule))
            .collect::<Result<_, _>>()?;
        Ok(Self(seconds.into_iter().collect()))
    }
}

impl PollSchedule {
    /// When poll `number` (from 0) is due, for a fan-out that ended at `fanned_out_at`, and a
    /// dispatch that ended at `dispatch_ended_at` if it has ended. `None` if no poll is left.
    #[must_use]
    pub fn time(
        &self,
        number: u32,
        fanned_out_at: Timestamp,
        dispatch_ended_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if let Some(seconds) = self.0.get(number as usize) {
            return Some(fanned_out_at.plus_seconds(i64::from(*seconds)));
        }
        let Some(dispatch_ended_at) = dispatch_ended_at else {
            return Some(now.plus_seconds(WHILE_DISPATCHING_SECONDS));
        };
        LATE_HOURS
            .iter()
            .map(|hours| dispatch_ended_at.plus_seconds(hours * 3_600))
            .find(|moment| *moment > now)
    }

    /// The first number after those of the schedule.
    #[must_use]
    pub fn past_the_end(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    #[test]
    fn the_schedule_runs_from_the_end_of_the_fan_out() {
        let schedule = PollSchedule::default();
        let time = |number, now| schedule.time(number, at(0), Some(at(0)), at(now));
        assert_eq!(time(0, 0), Some(at(30)));
        assert_eq!(time(1, 31), Some(at(300)));
        assert_eq!(time(6, 1_501), Some(at(1_800)));
        assert_eq!(time(7, 1_801), Some(at(3_600)));
        assert_eq!(time(8, 3_601), Some(at(7_200)));
        assert_eq!(time(15, 72 * 3_600), None);
    }

    #[test]
    fn a_long_dispatch_is_counted_every_five_minutes() {
        let schedule = PollSchedule::default();
        assert_eq!(schedule.time(9, at(0), None, at(5_000)), Some(at(5_300)));
    }

    #[test]
    fn late_receipts_are_counted_from_the_last_message_on() {
        let schedule = PollSchedule::default();
        let time = |now| schedule.time(20, at(0), Some(at(90_000)), at(now));
        assert_eq!(time(90_001), Some(at(93_600)));
        assert_eq!(time(90_000 + 71 * 3_600), Some(at(90_000 + 72 * 3_600)));
    }

    proptest! {
        /// Each poll comes after the previous one. There is a last one, which comes when no receipt
        /// can arrive any more.
        #[test]
        fn polls_come_one_after_the_other_and_end(
            seconds in proptest::collection::btree_set(1_u32..20_000, 1..9),
            dispatched in 0_i64..90_000,
        ) {
            let schedule = PollSchedule(seconds.into_iter().collect());
            let (mut now, mut number) = (at(0), 0);
            loop {
                let ended = Some(at(dispatched)).filter(|ended| *ended <= now);
                let Some(next) = schedule.time(number, at(0), ended, now) else { break };
                prop_assert!(next > now, "poll {number} at {next}, after {now}");
                (now, number) = (next, number + 1);
                prop_assert!(number < 400);
            }
            prop_assert!(now >= at(dispatched).plus_seconds(72 * 3_600));
        }
    }

    #[test]
    fn schedules_are_sorted_numbers() {
        for text in ["1, 2,4", "4,1,2", "1,2,2,4"] {
            assert_eq!(text.parse(), Ok(PollSchedule(vec![1, 2, 4])), "{text}");
        }
        for text in ["", "a", "1,,2", "-1"] {
            assert_eq!(text.parse::<PollSchedule>(), Err(InvalidSchedule), "{text}");
        }
    }
}
