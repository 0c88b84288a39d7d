//! The limits of a campaign.
//!
//! A campaign with a limit is held: its audience is cut into chunks, and nothing is sent until the
//! whole audience is known. Then the campaign either runs or is stopped before anything was sent.

use serde::{Deserialize, Serialize};

use super::Reason;
use crate::price::{Amount, Bill, PriceList};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    pub max_parts: Option<u64>,
    pub max_price: Option<MaxPrice>,
}

/// A price limit, with the price list from the time when it was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MaxPrice {
    pub amount: Amount,
    pub prices: PriceList,
}

impl Limits {
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        *self == Self::default()
    }

    /// The limit that `parts` parts with this price exceed, if any. A recipient in a country
    /// without a price may cost any amount.
    #[must_use]
    pub fn exceeded(&self, parts: u64, bill: &Bill) -> Option<Reason> {
        if self.max_parts.is_some_and(|most| parts > most) {
            return Some(Reason::MaxParts);
        }
        let is_over = |most: &MaxPrice| bill.unpriced > 0 || bill.price > most.amount;
        self.max_price.as_ref().is_some_and(is_over).then_some(Reason::MaxPrice)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::{GRACE, SALT, at, draft};
    use super::super::{Begin, Campaign, Dispatch};
    use super::*;
    use crate::actor::Actor;
    use crate::audience::Totals;
    use crate::phone::Phone;
    use crate::poll::PollSchedule;
    use crate::sender::{Provider, Sender};

    fn held(limits: Limits) -> Campaign {
        let scheduled = draft(Some("Hi")).schedule(None, at(0), GRACE).expect("schedulable");
        let phone = Phone::from_e164("+14153550100").expect("valid");
        let sender = Sender::new(phone, Provider::default());
        let scheduled = Campaign { limits, ..scheduled };
        match scheduled.begin(at(0), SALT, sender, 4.into(), at(1), GRACE) {
            Begin::Begun(campaign) => *campaign,
            other => panic!("{other:?}"),
        }
    }

    fn parts(most: u64) -> Limits {
        Limits { max_parts: Some(most), max_price: None }
    }

    fn hold_checked(campaign: &Campaign, second: i64) -> Option<Campaign> {
        let job = campaign.drain.clone().expect("a drain is owed").job;
        campaign.hold_checked(&job, at(second), GRACE)
    }

    fn dispatch(campaign: &Campaign) -> (Dispatch, Option<Reason>) {
        let broadcast = campaign.broadcast().expect("sent");
        (broadcast.dispatch, broadcast.reason)
    }

    #[test]
    fn nothing_is_handed_over_before_the_audience_is_known() {
        let campaign = held(parts(5));
        assert_eq!(dispatch(&campaign), (Dispatch::Held, None));
        assert!(campaign.clone().pause(None, at(2)).is_err());
        assert!(campaign.stop(&PollSchedule::default(), at(2), GRACE).is_ok());
    }

    #[test]
    fn one_that_is_held_for_an_hour_is_stopped() {
        let campaign = held(parts(5));
        let looked = hold_checked(&campaign, 3_600).expect("held");
        assert_eq!(dispatch(&looked), (Dispatch::Held, None));
        let stopped = hold_checked(&campaign, 3_601).expect("held");
        assert_eq!(dispatch(&stopped), (Dispatch::Stopped, Some(Reason::NoProgress)));
        assert_eq!(hold_checked(&stopped, 3_700), None);
        let totals = Totals { recipients: 1, ..Totals::default() };
        let (bill, polls) = (Bill::default(), PollSchedule::default());
        let late = campaign.fanned_out(totals, &bill, &polls, at(3_601), GRACE);
        assert_eq!(dispatch(&late.expect("first to end")).0, Dispatch::Stopped);
    }

    #[test]
    fn within_its_limits_it_runs_and_over_them_it_is_stopped() {
        let totals = |recipients| Totals { recipients, ..Totals::default() };
        let fanned_out = |limits, recipients, bill: &Bill| {
            held(limits)
                .fanned_out(totals(recipients), bill, &PollSchedule::default(), at(3), GRACE)
                .expect("first to end")
        };
        let free = Bill::default();
        let campaign = fanned_out(parts(5), 5, &free);
        assert_eq!(dispatch(&campaign), (Dispatch::Running, None));
        assert!(campaign.drain.is_some() && campaign.broadcast().expect("sent").epoch == 1);
        let over = fanned_out(parts(5), 6, &free);
        assert_eq!(dispatch(&over), (Dispatch::Stopped, Some(Reason::MaxParts)));
        assert!(over.drain.is_some(), "what was cut fails as stopped");
        assert_eq!(over.changed_by, Some(Actor::System));
        assert_eq!(dispatch(&fanned_out(parts(5), 0, &free)).0, Dispatch::Done);

        let prices = BTreeMap::from([("US".to_owned(), "0.01".to_owned())]);
        let prices = PriceList::read("USD", &prices).expect("valid");
        let amount = "0.05".parse().expect("an amount");
        let price = Limits { max_parts: None, max_price: Some(MaxPrice { amount, prices }) };
        let bill = |cents: &str, unpriced| Bill { price: cents.parse().expect("valid"), unpriced };
        for (bill, expected) in [
            (bill("0.05", 0), (Dispatch::Running, None)),
            (bill("0.06", 0), (Dispatch::Stopped, Some(Reason::MaxPrice))),
            (bill("0.01", 1), (Dispatch::Stopped, Some(Reason::MaxPrice))),
        ] {
            assert_eq!(dispatch(&fanned_out(price.clone(), 5, &bill)), expected);
        }
    }
}
