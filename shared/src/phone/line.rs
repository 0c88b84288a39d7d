//! Lines: the identity of a phone whose country writes one mobile number in two forms.
//!
//! Mexico, Argentina and Brazil added or removed a digit, and carriers still report either form. A
//! STOP from one form applies to the other, and contacts with both forms are one recipient. The
//! line decides where contacts and unsubscribes are stored. So for numbers that it knows, this
//! table must never change, even if a newer numbering plan does, and must not depend on
//! libphonenumber.

use super::Phone;

/// A phone's identity: among its equal forms, the one that is dialed today.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(Phone);

impl Line {
    #[must_use]
    pub fn as_phone(&self) -> &Phone {
        &self.0
    }

    #[must_use]
    pub fn into_phone(self) -> Phone {
        self.0
    }
}

impl Phone {
    #[must_use]
    pub fn line(&self) -> Line {
        Line(forms(self).map_or_else(|| self.clone(), |(today, _)| today))
    }

    /// Whether the phone has another form, which costs additional reads. Few countries have such
    /// phones.
    #[must_use]
    pub fn has_other_form(&self) -> bool {
        forms(self).is_some()
    }

    /// The phone without a digit that its country has dropped, or with one that it has added. A
    /// number that is dialed today is unchanged, even if its line has another form.
    #[must_use]
    pub fn current(&self) -> Self {
        if self.0.starts_with("+54") { self.clone() } else { self.line().into_phone() }
    }

    /// Every form of the phone, with its line first. Forms are an equivalence: all forms of a phone
    /// have the same forms.
    #[must_use]
    pub fn forms(&self) -> Vec<Self> {
        forms(self).map_or_else(|| vec![self.clone()], |(today, other)| vec![today, other])
    }
}

/// The form that is dialed today, and the other one.
fn forms(phone: &Phone) -> Option<(Phone, Phone)> {
    let (country, national) = phone.0.split_at_checked(3)?;
    let (today, other) = match country {
        "+52" => mexico(national)?,
        "+54" => argentina(national)?,
        "+55" => brazil(national)?,
        _ => return None,
    };
    Some((Phone(format!("{country}{today}")), Phone(format!("{country}{other}"))))
}

/// Until 2019 callers from abroad dialed a 1 before a mobile number. Numbers without a location
/// (300, 500, 700, 800, 900) never had it. Source: IFT, "Plan Técnico Fundamental de Numeración".
fn mexico(national: &str) -> Option<(String, String)> {
    let number = match national.len() {
        10 => national,
        11 => national.strip_prefix('1')?,
        _ => return None,
    };
    let has_location = number.starts_with(|c| matches!(c, '2'..='9')) && &number[1..3] != "00";
    has_location.then(|| (number.to_owned(), format!("1{number}")))
}

/// Callers from abroad dial a 9 before a mobile number; texts at home and many lists leave it out.
/// The 9 only routes: the plan assigns the ten digits after it, area code and number, to one line,
/// mobile or fixed, so both forms never name two lines. Source: "Plan Fundamental de Numeración
/// Nacional" (Resolución SC 46/97). Areas begin with 1, 2 or 3.
fn argentina(national: &str) -> Option<(String, String)> {
    let number = match national.len() {
        10 => national,
        11 => national.strip_prefix('9')?,
        _ => return None,
    };
    let has_area = number.starts_with(|c| matches!(c, '1'..='3'));
    has_area.then(|| (format!("9{number}"), number.to_owned()))
}

/// From 2012 to 2016 mobile numbers got a 9 before their eight digits, which began with 6 to 9.
/// Those with 70, 77, 78 and 79 were radio networks' (SME) and got none, and 2 to 5 begin a fixed
/// line, which is never equal to a mobile. Source: Anatel, Resolução 553/2010 and its schedule.
fn brazil(national: &str) -> Option<(String, String)> {
    let (area, number) = national.split_at_checked(2)?;
    let number = match number.len() {
        8 => number,
        9 => number.strip_prefix('9')?,
        _ => return None,
    };
    let was_mobile = match number.as_bytes() {
        [b'6' | b'8' | b'9', ..] | [b'7', b'1'..=b'6', ..] => true,
        _ => return None,
    };
    let has_area = area.bytes().all(|digit| (b'1'..=b'9').contains(&digit));
    (was_mobile && has_area).then(|| (format!("{area}9{number}"), format!("{area}{number}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phone(text: &str) -> Phone {
        Phone::from_e164(text).expect("valid")
    }

    fn check(one: &str, other: &str) {
        assert_eq!(phone(one).line(), phone(other).line(), "{one} {other}");
        assert_eq!(phone(one).forms(), phone(other).forms(), "{one} {other}");
        assert_eq!(phone(one).line().as_phone(), &phone(one), "{one} is dialed today");
    }

    fn check_alone(text: &str) {
        assert_eq!(phone(text).forms(), [phone(text)], "{text}");
        assert!(!phone(text).has_other_form(), "{text}");
    }

    #[test]
    fn mexico_has_dropped_a_one() {
        check("+525535423223", "+5215535423223");
        check("+523331234567", "+5213331234567");
        for text in ["+528001234567", "+5218001234567", "+52155354232", "+52553542322"] {
            check_alone(text);
        }
    }

    #[test]
    fn argentina_dials_a_nine_from_abroad_only() {
        check("+5491123456789", "+541123456789");
        check("+5493414123456", "+543414123456");
        for text in ["+548001234567", "+5498001234567", "+54911234567"] {
            check_alone(text);
        }
    }

    #[test]
    fn brazil_has_added_a_nine_to_mobiles_alone() {
        check("+5511987654321", "+551187654321");
        check("+5521967654321", "+552167654321");
        check("+5511971234567", "+551171234567");
        // Fixed lines, radio networks, and mobile numbers that never had eight digits.
        for text in
            ["+551131234567", "+5511931234567", "+551178654321", "+5511978654321", "+5508001234567"]
        {
            check_alone(text);
        }
    }

    #[test]
    fn other_countries_have_one_form() {
        for text in ["+14155550123", "+4915123456789", "+5351234567", "+5691234567"] {
            check_alone(text);
        }
    }

    proptest! {
        #[test]
        fn forms_are_an_equivalence(text in r"\+5[245][0-9]{8,12}") {
            let phone = phone(&text);
            let forms = phone.forms();
            prop_assert!(forms.contains(&phone));
            prop_assert_eq!(phone.has_other_form(), forms.len() > 1);
            for form in &forms {
                prop_assert_eq!(form.forms(), forms.clone());
                prop_assert_eq!(form.line(), phone.line());
            }
            prop_assert_eq!(phone.line().into_phone(), forms[0].clone());
        }
    }
}
