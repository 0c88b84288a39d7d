use proptest::prelude::*;

use super::*;

mod unclear;

#[expect(clippy::needless_pass_by_value, reason = "a table of expectations reads best by value")]
fn check(written: &str, region: &str, expected: Result<&str, InvalidPhone>) {
    let parsed = Phone::parse(written, region.parse().expect("a region"));
    let parsed = parsed.as_ref().map(Phone::as_str).map_err(Clone::clone);
    assert_eq!(parsed, expected, "{written:?} in {region}");
}

#[test]
fn national_and_international_forms_are_one_number() {
    for written in ["(415) 355-0123", "415.355.0123", "+1 415 355 0123", "1-415-355-0123"] {
        check(written, "US", Ok("+14153550123"));
    }
    check("07911 123456", "GB", Ok("+447911123456"));
    check("06 12 34 56 78", "FR", Ok("+33612345678"));
    check("011 44 7911 123456", "US", Ok("+447911123456"));
    check("8~10 44 7911 123456", "RU", Ok("+447911123456"));
}

/// None of these may lose a digit to the home region's trunk prefix.
#[test]
fn foreign_numbers_are_read_as_they_are_written() {
    check("+4915123456789", "US", Ok("+4915123456789"));
    check("+49 160 5123456", "US", Ok("+491605123456"));
    check("+5511912345678", "US", Ok("+5511912345678"));
    check("+33 (0)6 12 34 56 78", "US", Ok("+33612345678"));
    check("00 49 1512 3456789", "GB", Ok("+4915123456789"));
    check("011 49 1512 3456789", "US", Ok("+4915123456789"));
}

#[test]
fn a_region_has_phones() {
    assert_eq!(" gb ".parse::<Region>().map(String::from), Ok("GB".to_owned()));
    for text in ["", "U", "USA", "001", "XX", "1A"] {
        assert_eq!(text.parse::<Region>(), Err(InvalidRegion), "{text}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    check("", "US", Err(InvalidPhone::NotANumber));
    check("call me", "US", Err(InvalidPhone::NotANumber));
    check("1-800-FLOWERS", "US", Err(InvalidPhone::NotANumber));
    check("12345", "US", Err(InvalidPhone::NotAssignable));
    // Only a number of a former plan may be reinterpreted, and zeros are not part of one.
    check("+49 (00) 160 1234567", "DE", Err(InvalidPhone::NotAssignable));
    check("+1 000 000 0000", "US", Err(InvalidPhone::NotAssignable));
    // Longer than E.164 allows, though Germany's plan includes it.
    check("0800 12345678903", "DE", Err(InvalidPhone::NotAssignable));
}

#[test]
fn e164_is_checked_by_form() {
    for text in ["14155550123", "+", "+123456", "+1234567890123456", "+1415555012a", "+0123456789"]
    {
        assert_eq!(Phone::from_e164(text), Err(InvalidPhone::NotE164), "{text}");
    }
}

/// Shards decide where items are stored, so they must never change.
#[test]
fn shards_are_stable() {
    let shards: Vec<u16> = ["+14155550123", "+447911123456", "+33612345678"]
        .iter()
        .map(|text| Phone::from_e164(text).expect("valid").shard(32.into()))
        .collect();
    assert_eq!(shards, [21, 20, 20]);
}

/// A spreadsheet's decimal zero is removed or refused, and is never a digit.
#[test]
fn a_decimal_zero_is_no_digit() {
    for written in ["1601234567.0", "1601234567,0", "1601234567.00", "+491601234567.0"] {
        check(written, "DE", Ok("+491601234567"));
    }
    check("1.601.234.567,0", "DE", Ok("+491601234567"));
    check("4153550123.0", "US", Ok("+14153550123"));
    check("４１５３５５０１２３．０", "US", Ok("+14153550123"));
    check("415.355.0", "US", Err(InvalidPhone::Fraction));
    check("(415) 355-012.0", "US", Err(InvalidPhone::Fraction));
    check("221-434.00", "BO", Ok("+59122143400"));
    check("1601234567.5", "DE", Err(InvalidPhone::Fraction));
    // People write numbers in groups of two digits.
    check("06.12.34.56.00", "FR", Ok("+33612345600"));
}

/// This also holds inside a formula, quotes, brackets or the delimiters of a list.
#[test]
fn a_decimal_zero_is_no_digit_inside_other_marks() {
    for written in [
        "=\"1601234567.0\"",
        "'1601234567.0'",
        "(1601234567.0)",
        "[1601234567,0]",
        "1601234567.0,",
        "1601234567.0;",
        "\u{201c}1601234567.0\u{201d}",
        "1601234567.0-",
        "tel:1601234567.0",
        "1601234567.0\u{3164}",
    ] {
        check(written, "DE", Ok("+491601234567"));
    }
    // Both the number and the number with the zeros are valid.
    check("(030) 1234567.00", "DE", Err(InvalidPhone::Fraction));
    check("301234567.25", "DE", Err(InvalidPhone::Fraction));
    check("4153550123.10", "US", Err(InvalidPhone::Fraction));
    check("415.355.0000", "US", Ok("+14153550000"));
    check("415355.0123", "US", Ok("+14153550123"));
}

#[test]
fn scientific_notation_has_lost_digits() {
    for written in
        ["=\"1.60123E+09\"", "1.60123E+09", "1,60123E+09", "4.15355e9", "+1.6E+09", "1E10"]
    {
        check(written, "DE", Err(InvalidPhone::Scientific));
    }
}

#[test]
fn a_lost_plus_is_found() {
    for written in [
        "4915123456789",
        "49 151 23456789",
        "0049 151 23456789",
        "(49)15123456789",
        "49-151-23456789",
    ] {
        check(written, "DE", Ok("+4915123456789"));
    }
    check("49 (0) 151 23456789", "DE", Ok("+4915123456789"));
    check("4915123456789.0", "DE", Ok("+4915123456789"));
    check("43 664 1234567", "AT", Ok("+436641234567"));
    check("14153550123", "US", Ok("+14153550123"));
    check("393331234567", "IT", Ok("+393331234567"));
    check("5215535423223", "MX", Ok("+525535423223"));
    // A national mobile number may begin with its country's code.
    check("3933312345", "IT", Ok("+393933312345"));
    check("9198123456", "IN", Ok("+919198123456"));
}

#[test]
fn what_is_invisible_in_a_phone_is_dropped() {
    for written in [
        "\u{202a}+1 415\u{2011}355\u{2011}0123\u{202c}",
        "+1\u{a0}415\u{202f}355\u{3000}0123",
        "+1415\u{200b}355\u{ad}0123\u{feff}",
        "\u{2066}+1\t415\u{2060}355\n0123\u{2069}",
        "\u{200e}tel:+1-415-355-0123",
        "TEL:+14153550123",
        "tel: (415) 355-0123",
        "＋１ ４１５ ３５５ ０１２３",
        "+١٤١٥٣٥٥٠١٢٣",
        "'+14153550123",
    ] {
        check(written, "US", Ok("+14153550123"));
    }
}

/// Unicode has more default-ignorable characters than format characters.
#[test]
fn what_is_invisible_by_any_property_is_dropped() {
    for c in [
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{1160}',
        '\u{17b4}',
        '\u{180b}',
        '\u{180e}',
        '\u{2028}',
        '\u{2065}',
        '\u{2800}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{ffa0}',
        '\u{fffc}',
        '\u{1d159}',
        '\u{e0020}',
        '\u{e0100}',
        '\u{85}',
        '\t',
    ] {
        check(&format!("{c}+1415{c}355{c}0123{c}"), "US", Ok("+14153550123"));
        check(&format!("415{c}355{c}0123"), "US", Ok("+14153550123"));
    }
    for damage in ['\0', '\u{1a}', '\u{fffd}', '\u{2460}', '\u{b2}', '\u{bd}'] {
        check(&format!("+1415{damage}3550123"), "US", Err(InvalidPhone::NotANumber));
    }
    for damaged in ["\u{fffd}+14153550123", "+14153550123\u{fffd}", "\u{2460}4153550123"] {
        check(damaged, "US", Err(InvalidPhone::NotANumber));
    }
}

#[test]
fn what_surrounds_a_phone_is_dropped() {
    for written in [
        "+14153550123,",
        "+14153550123;",
        ",+14153550123",
        "<+14153550123>",
        "\u{ab}+14153550123\u{bb}",
        "=+14153550123",
        "*4153550123",
    ] {
        check(written, "US", Ok("+14153550123"));
    }
}

/// Former mobile numbers, which libphonenumber no longer knows, are converted to their current
/// form.
#[test]
fn a_former_form_is_accepted() {
    check("+5215535423223", "US", Ok("+525535423223"));
    check("+52 1 55 3542 3223", "MX", Ok("+525535423223"));
    check("+551187654321", "US", Ok("+5511987654321"));
    check("(11) 8765-4321", "BR", Ok("+5511987654321"));
    // A landline is unchanged.
    check("+541123456789", "US", Ok("+541123456789"));
    check("+551131234567", "US", Ok("+551131234567"));
}

proptest! {
    #[test]
    fn parsing_never_panics_and_answers_e164(written in "\\PC{0,40}") {
        if let Ok(phone) = Phone::parse(&written, Region::default()) {
            prop_assert_eq!(Phone::from_e164(phone.as_str()), Ok(phone.clone()));
            prop_assert_eq!(Phone::parse(phone.as_str(), Region::default()), Ok(phone.clone()));
            prop_assert_eq!(Phone::all_in(&written, Region::default()), vec![phone]);
        }
    }
}
