//! Decimal numbers of any length, as people write them, without rounding.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The longest number that is read, in bytes.
const MAX_BYTES: usize = 64;

/// A number such as `-12.50`. Two that are equal are written the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    is_negative: bool,
    /// Digits without leading zeros.
    whole: String,
    /// Digits without trailing zeros.
    fraction: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a decimal number, such as 12.5")]
pub struct InvalidDecimal;

impl FromStr for Decimal {
    type Err = InvalidDecimal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() > MAX_BYTES || !is_number(whole) || !is_number(fraction) {
            return Err(InvalidDecimal);
        }
        Ok(Self::new(is_negative, whole, fraction))
    }
}

impl Decimal {
    fn new(is_negative: bool, whole: &str, fraction: &str) -> Self {
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let is_zero = whole.is_empty() && fraction.is_empty();
        Self { is_negative: is_negative && !is_zero, whole, fraction }
    }

    /// The nearest number with this many decimal places; a half is rounded away from zero.
    #[must_use]
    pub fn rounded(&self, places: usize) -> Self {
        if self.fraction.len() <= places {
            return self.clone();
        }
        let rounds_up = self.fraction.as_bytes()[places] >= b'5';
        let mut digits: Vec<u8> =
            self.whole.bytes().chain(self.fraction.bytes().take(places)).collect();
        let mut carries = rounds_up;
        for digit in digits.iter_mut().rev() {
            if !carries {
                break;
            }
            carries = *digit == b'9';
            *digit = if carries { b'0' } else { *digit + 1 };
        }
        if carries {
            digits.insert(0, b'1');
        }
        let digits: String = digits.into_iter().map(char::from).collect();
        let (whole, fraction) = digits.split_at(digits.len() - places);
        Self::new(self.is_negative, whole, fraction)
    }

    /// The number with this many decimal places, and a separator between groups of three digits.
    #[must_use]
    pub fn grouped(&self, places: usize, thousands: &str, point: &str) -> String {
        let Self { is_negative, whole, fraction } = self.rounded(places);
        let mut text = if is_negative { "-".to_owned() } else { String::new() };
        let whole = if whole.is_empty() { "0" } else { &whole };
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push_str(thousands);
            }
            text.push(digit);
        }
        if places > 0 {
            text.push_str(point);
            text.push_str(&fraction);
            text.extend(std::iter::repeat_n('0', places - fraction.len()));
        }
        text
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        let by_length = self.whole.len().cmp(&other.whole.len());
        by_length
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.grouped(self.fraction.len(), "", "."))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn numbers_are_exact_and_equal_whatever_their_zeros() {
        assert_eq!(decimal("007"), decimal("7.00"));
        assert_eq!(decimal("-0"), decimal("0"));
        assert!(decimal("9007199254740993") > decimal("9007199254740992"));
        assert!(decimal("-2") < decimal("-1.5"));
        assert!(decimal("0.1") > decimal("0.09"));
        for text in ["", "-", "1.", ".5", "1e3", "+1", "1,5", "NaN", &"1".repeat(65)] {
            assert_eq!(text.parse::<Decimal>(), Err(InvalidDecimal), "{text}");
        }
    }

    #[test]
    fn numbers_are_rounded_and_grouped() {
        let shown = |text: &str, places| decimal(text).grouped(places, ",", ".");
        assert_eq!(shown("1234567.005", 2), "1,234,567.01");
        assert_eq!(shown("999.995", 2), "1,000.00");
        assert_eq!(shown("0.5", 0), "1");
        assert_eq!(shown("-0.4", 0), "0");
        assert_eq!(shown("-1234", 1), "-1,234.0");
        assert_eq!(decimal("1234.5").grouped(2, ".", ","), "1.234,50");
    }

    proptest! {
        #[test]
        fn order_and_text_agree_with_integers(a in any::<i64>(), b in any::<i64>()) {
            let (x, y) = (decimal(&a.to_string()), decimal(&b.to_string()));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            prop_assert_eq!(x.to_string(), a.to_string());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}", places in 0_usize..9) {
            if let Ok(number) = text.parse::<Decimal>() {
                prop_assert_eq!(&decimal(&number.to_string()), &number);
                prop_assert!(number.rounded(places).fraction.len() <= places);
            }
        }
    }
}
