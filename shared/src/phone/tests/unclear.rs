//! Texts that could mean another number, or several.

use super::*;

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
        ("0664/123456/12", "AT"),
        ("0664/123456/1", "AT"),
        ("0664 / 123 456 / 12", "AT"),
        ("+43 (0)664/123456/12", "AT"),
        ("+43/664/123456/12", "AT"),
        ("0664/123456/12/13", "AT"),
        ("0664/123456-12", "AT"),
        ("0664/123456-1234", "AT"),
        ("0664/123456/12-3", "AT"),
        ("030/123456/12", "DE"),
        ("030/123456-0", "DE"),
        ("030/123456-12/13", "DE"),
        ("+49 30/123456-12", "DE"),
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
        ("0664/123/45/67", "AT", "+436641234567"),
        ("0664/123-45-67", "AT", "+436641234567"),
        ("0664/123-4567", "AT", "+436641234567"),
        ("0664/123/4567", "AT", "+436641234567"),
        ("0043/664/1234567", "AT", "+436641234567"),
        ("0151/2345-6789", "DE", "+4915123456789"),
        ("091/123-4567", "HR", "+385911234567"),
        ("22/123-45-67", "PL", "+48221234567"),
        ("06-20/123-45-67", "HU", "+36201234567"),
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

/// Digits in brackets behind a number are not part of it.
#[test]
fn an_opt_out_loses_no_number_to_an_extension() {
    let region = "AT".parse().expect("a region");
    for written in [
        "0664 123456 (1234)",
        "(0664) 123456 (12)",
        "0664 123456/1234",
        "0664/123456/12",
        "0664/123456-12",
    ] {
        let found = Phone::all_in(written, region);
        assert!(found.iter().any(|it| it.as_str() == "+43664123456"), "{written}: {found:?}");
    }
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
