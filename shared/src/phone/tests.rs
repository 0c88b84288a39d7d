use proptest::prelude::*;

use super::*;

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
fn what_has_two_meanings_is_refused_with_both() {
    let phone = |text: &str| Phone::from_e164(text).expect("valid");
    for (written, region, national) in
        [("358467890", "FI", "+358358467890"), ("62863843543", "ID", "+6262863843543")]
    {
        let (international, national) = (phone(&format!("+{written}")), phone(national));
        let error = InvalidPhone::Ambiguous { international, national };
        assert!(error.to_string().contains(&format!("+{written} without its plus, or +")));
        check(written, region, Err(error));
    }
}

/// An open plan takes nearly any digits for a landline, and a mobile number abroad is likelier.
#[test]
fn a_landline_that_may_be_a_foreign_mobile_number_is_refused() {
    let phone = |text: &str| Phone::from_e164(text).expect("valid");
    for (written, region, national) in [
        ("436641234567", "DE", "+49436641234567"),
        ("43 664 1234567", "DE", "+49436641234567"),
        ("41791234567", "DE", "+4941791234567"),
        ("33612345678", "DE", "+4933612345678"),
        ("447911123456", "DE", "+49447911123456"),
        ("393331234567", "DE", "+49393331234567"),
        ("48501234567", "DE", "+4948501234567"),
        ("493411234567", "DE", "+49493411234567"),
        ("33612345678", "IT", "+3933612345678"),
    ] {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let (international, national) = (phone(&format!("+{digits}")), phone(national));
        check(written, region, Err(InvalidPhone::Ambiguous { international, national }));
    }
    for (written, region, expected) in [
        ("030 1234567", "DE", "+49301234567"),
        ("+436641234567", "DE", "+436641234567"),
        ("00436641234567", "DE", "+436641234567"),
        ("0436641234567", "DE", "+49436641234567"),
        ("7911123456", "GB", "+447911123456"),
        ("20 7946 0958", "GB", "+442079460958"),
        ("612345678", "FR", "+33612345678"),
        ("221234567", "PL", "+48221234567"),
        ("3331234567", "IT", "+393331234567"),
        ("912345678", "ES", "+34912345678"),
    ] {
        check(written, region, Ok(expected));
    }
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

/// Germany's numbers have any length, so the digits of an extension could make another valid
/// number.
#[test]
fn an_extension_never_becomes_digits() {
    for rest in
        ["/12", " / 12", "*12", "**12", "(12)", " [12]", "\u{2053}12", "\u{223c}12", "\u{ff5e}12"]
    {
        check(&format!("0160 123456{rest}"), "DE", Err(InvalidPhone::Extension));
        check(&format!("+49 30 123456{rest}"), "DE", Err(InvalidPhone::Extension));
    }
    for (written, region) in [
        ("0664 123456 (1234)", "AT"),
        ("0664 123456 [1234]", "AT"),
        ("(0664) 123456 (1234)", "AT"),
        ("+43 664 123456/1234", "AT"),
        ("+43 (0)664 123456/1234", "AT"),
        ("0664/123456/1234", "AT"),
        ("0664/123456 (12345)", "AT"),
        ("030 123456/1234", "DE"),
        ("030/123456/1234", "DE"),
        ("030 123456 / 123457", "DE"),
    ] {
        check(written, region, Err(InvalidPhone::Extension));
    }
    for (written, region, expected) in [
        ("06/12/34/56/78", "FR", "+33612345678"),
        ("+43 664/123 45 67", "AT", "+436641234567"),
        ("(0664) 123456", "AT", "+43664123456"),
        ("0664/123456", "AT", "+43664123456"),
        ("0664/1234567", "AT", "+436641234567"),
        ("030/123456", "DE", "+4930123456"),
        ("030/12/34/56", "DE", "+4930123456"),
        ("033760/1234", "DE", "+49337601234"),
        ("+49 (33760) 1234", "DE", "+49337601234"),
        ("+49 30 (123456)", "DE", "+4930123456"),
        ("415/355/0123", "US", "+14153550123"),
    ] {
        check(written, region, Ok(expected));
    }
}

#[test]
fn an_extension_is_refused_and_never_cut_off() {
    for rest in [
        "#123",
        ",1234",
        ";1234",
        "x123",
        " x 123",
        " ext. 5",
        " poste 12",
        "p123",
        "w123",
        ";ext=5",
        ",,5",
        " Ext 5",
        "ｘ12",
        "＃12",
        " доб. 12",
        "~12",
        ";phone-context=+1",
        " int 3",
    ] {
        let written = format!("+1 415 355 0123{rest}");
        check(&written, "US", Err(InvalidPhone::Extension));
        let written = format!("tel:415-355-0123{rest}");
        check(&written, "US", Err(InvalidPhone::Extension));
    }
}

#[test]
fn two_phones_in_one_cell_are_refused() {
    for written in [
        "+14153550123/+14153550124",
        "+14153550123 or +14153550124",
        "4153550123, 4153550124",
        "(415) 355-0123 / (415) 355-0124",
        "415-355-0123\n415-355-0124",
        "0151 23456789 und 0151 23456780",
        "+14153550123+14153550124",
    ] {
        check(written, "US", Err(InvalidPhone::Several));
    }
    check("0151/23456789", "DE", Ok("+4915123456789"));
}

#[test]
fn an_opt_out_names_every_number_that_it_may_mean() {
    let (one, other) = ("+14153550123", "+14153550124");
    for (written, expected) in [
        (one, vec![one]),
        ("+14153550123/+14153550124", vec![one, other]),
        ("+14153550123+14153550124", vec![one, other]),
        ("4153550123, 4153550124", vec![one, other]),
        ("415-355-0123\n(415) 355-0124", vec![one, other]),
        ("+1 415 355 0123 x12", vec![one]),
        ("+1 415 355 0123 (cell)", vec![one]),
        ("Mobile: +1 415 355 0123", vec![one]),
        ("4153550123;ext=7", vec![one]),
        ("(415) 355-0123 (1234)", vec![one]),
        ("(415) 355-0123/1234", vec![one]),
        ("n/a", vec![]),
        ("12345", vec![]),
        ("1.41535E+10", vec![]),
        ("call 911", vec![]),
    ] {
        let found = Phone::all_in(written, Region::default());
        let found: Vec<&str> = found.iter().map(Phone::as_str).collect();
        assert_eq!(found, expected, "{written}");
    }
}

/// Digits in brackets behind a number are no part of it.
#[test]
fn an_opt_out_loses_no_number_to_an_extension() {
    let region = "AT".parse().expect("a region");
    for written in ["0664 123456 (1234)", "(0664) 123456 (12)", "0664 123456/1234"] {
        let found = Phone::all_in(written, region);
        assert!(found.iter().any(|it| it.as_str() == "+43664123456"), "{written}: {found:?}");
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
