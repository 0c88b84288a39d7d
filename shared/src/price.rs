//! Prices: what an organization pays for a message part, by the recipient's country.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::phone::{Phone, Region};

const MICROS: u64 = 1_000_000;
/// The maximum number of decimal places of a price.
const PLACES: usize = 6;

/// An amount of money, in millionths of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Amount(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPrice {
    #[error("must be a decimal amount with at most 6 decimal places, such as 0.0079")]
    Amount,
    #[error("must be a three-letter currency code, such as USD")]
    Currency,
    #[error("must have two-letter country codes as names, such as US")]
    Region,
}

impl Amount {
    /// The price of `parts` parts.
    #[must_use]
    pub fn times(self, parts: u64) -> Self {
        Self(self.0.saturating_mul(parts))
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl FromStr for Amount {
    type Err = InvalidPrice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_number =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || fraction.len() > PLACES {
            return Err(InvalidPrice::Amount);
        }
        let whole: u64 = whole.parse().map_err(|_| InvalidPrice::Amount)?;
        let fraction: u64 =
            format!("{fraction:0<PLACES$}").parse().map_err(|_| InvalidPrice::Amount)?;
        whole
            .checked_mul(MICROS)
            .and_then(|micros| micros.checked_add(fraction))
            .map(Self)
            .ok_or(InvalidPrice::Amount)
    }
}

/// Formats the amount with at least two decimal places, as is usual for money.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:0PLACES$}", self.0 % MICROS);
        let (cents, rest) = fraction.split_at(2);
        write!(f, "{}.{cents}{}", self.0 / MICROS, rest.trim_end_matches('0'))
    }
}

/// An organization's prices per part, by country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceList {
    currency: String,
    per_part: BTreeMap<String, Amount>,
}

impl PriceList {
    /// Reads a price list that a person wrote: a currency, and amounts by country.
    pub fn read(currency: &str, per_part: &BTreeMap<String, String>) -> Result<Self, InvalidPrice> {
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(InvalidPrice::Currency);
        }
        let per_part = per_part
            .iter()
            .map(|(region, amount)| {
                let region: Region = region.parse().map_err(|_| InvalidPrice::Region)?;
                Ok((String::from(region), amount.parse()?))
            })
            .collect::<Result<_, InvalidPrice>>()?;
        Ok(Self { currency: currency.to_owned(), per_part })
    }

    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    pub fn per_part(&self) -> impl Iterator<Item = (&str, Amount)> {
        self.per_part.iter().map(|(region, amount)| (region.as_str(), *amount))
    }

    /// The price of a part to this phone, if its country has one.
    #[must_use]
    pub fn part(&self, to: &Phone) -> Option<Amount> {
        self.part_in(&String::from(to.region()?))
    }

    /// The price of a part to this country, if it has one.
    #[must_use]
    pub fn part_in(&self, country: &str) -> Option<Amount> {
        self.per_part.get(country).copied()
    }
}

/// The price of a campaign's messages that have been added so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    pub price: Amount,
    /// Recipients whose country has no price.
    pub unpriced: u64,
}

impl Bill {
    /// Adds a message with `parts` parts.
    pub fn add(&mut self, prices: &PriceList, to: &Phone, parts: u32) {
        match prices.part(to) {
            Some(part) => self.price = self.price.plus(part.times(parts.into())),
            None => self.unpriced += 1,
        }
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { price: self.price.plus(other.price), unpriced: self.unpriced + other.unpriced }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prices(regions: &[(&str, &str)]) -> Result<PriceList, InvalidPrice> {
        let written = regions.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        PriceList::read("USD", &written)
    }

    #[test]
    fn amounts_are_exact() {
        for (written, shown) in
            [("0.0079", "0.0079"), ("12", "12.00"), ("0.5", "0.50"), ("1.000001", "1.000001")]
        {
            let amount: Amount = written.parse().expect("an amount");
            assert_eq!(amount.to_string(), shown);
        }
        for written in ["", ".", "1.", ".5", "-1", "1e3", "0.0000001", "1,5", "99999999999999999"] {
            assert_eq!(written.parse::<Amount>(), Err(InvalidPrice::Amount), "{written}");
        }
    }

    #[test]
    fn a_part_costs_what_its_country_does() {
        let prices = prices(&[("US", "0.0079"), ("ca", "0.0075")]).expect("valid");
        let part = |phone: &str| prices.part(&Phone::from_e164(phone).expect("a phone"));
        assert_eq!(part("+14155550123"), Some(Amount(7_900)));
        assert_eq!(part("+14165550123"), Some(Amount(7_500)));
        assert_eq!(part("+447911123456"), None);
    }

    #[test]
    fn a_bill_says_what_it_leaves_out() {
        let prices = prices(&[("US", "0.01")]).expect("valid");
        let mut bill = Bill::default();
        for phone in ["+14155550123", "+447911123456", "+12025550123"] {
            bill.add(&prices, &Phone::from_e164(phone).expect("a phone"), 3);
        }
        assert_eq!((bill.price.to_string(), bill.unpriced), ("0.06".to_owned(), 1));
    }

    #[test]
    fn a_price_list_names_countries_and_a_currency() {
        assert_eq!(prices(&[("Utopia", "1")]), Err(InvalidPrice::Region));
        assert_eq!(PriceList::read("usd", &BTreeMap::new()), Err(InvalidPrice::Currency));
    }

    proptest! {
        #[test]
        fn an_amount_is_read_as_it_is_shown(micros in 0_u64..u64::MAX / 2) {
            prop_assert_eq!(Amount(micros).to_string().parse(), Ok(Amount(micros)));
        }
    }
}
