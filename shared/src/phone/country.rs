//! The country of a number.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber};

use super::{Phone, Region};

impl Phone {
    /// The number's country, if it has one.
    ///
    /// The number is in E.164 already, so it is split here. The library's parser does the same with
    /// regular expressions, which take most of the time and memory of counting a campaign.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        let digits = self.0.strip_prefix('+')?;
        let (country_code, national) = (1..=3).find_map(|length| {
            let (code, national) = digits.split_at_checked(length)?;
            let code = code.parse().ok()?;
            PHONE_NUMBER_UTIL.get_region_for_country_code(code).map(|_| (code, national))
        })?;
        let significant = national.trim_start_matches('0');
        let zeros = i32::try_from(national.len() - significant.len()).ok()?;
        let number = PhoneNumber {
            country_code,
            national_number: significant.parse().ok()?,
            italian_leading_zero: (zeros > 0).then_some(true),
            number_of_leading_zeros: (zeros > 1).then_some(zeros),
            ..PhoneNumber::default()
        };
        PHONE_NUMBER_UTIL.get_region_for_number(&number).map(Region)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rlibphonenumber::PhoneNumberFormat;

    use super::*;

    #[test]
    fn a_phone_is_of_its_country() {
        for (phone, region) in [
            ("+14153550123", "US"),
            ("+16135550123", "CA"),
            ("+447400123456", "GB"),
            ("+447911123456", "GG"),
            ("+77011234567", "KZ"),
            ("+390236618300", "IT"),
            ("+390669812345", "VA"),
        ] {
            let phone = Phone::from_e164(phone).expect("valid");
            assert_eq!(phone.region().map(String::from).as_deref(), Some(region));
        }
    }

    proptest! {
        /// The number is split without the library's parser, which must not make a difference.
        #[test]
        fn a_phone_is_of_the_country_that_the_library_finds(
            code in proptest::sample::select(vec![1_u16, 7, 39, 44, 47, 49, 61, 212, 262, 358, 590, 599, 800]),
            national in "[0-9]{5,11}",
        ) {
            let Ok(phone) = Phone::from_e164(&format!("+{code}{national}")) else { return Ok(()) };
            if let Ok(number) = PHONE_NUMBER_UTIL.parse(phone.as_str(), None)
                && PHONE_NUMBER_UTIL.is_valid_number(&number)
                && number.format_as(PhoneNumberFormat::E164) == phone.as_str()
            {
                let found = PHONE_NUMBER_UTIL.get_region_for_number(&number).map(Region);
                prop_assert_eq!(phone.region(), found, "{}", phone);
            }
        }
    }
}
