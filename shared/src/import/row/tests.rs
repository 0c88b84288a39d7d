use std::sync::Arc;

use super::*;
use crate::import::columns::Columns;
use crate::import::header::Header;
use crate::import::opt_out;
use crate::import::parser::Record;

fn reading(names: &[&str], cells: &[&str]) -> Content {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let header = Header::read(&owned(names), &Columns::default(), Region::default());
    let record = Record { cells: owned(cells), line: 8, ..Record::default() };
    let header = Arc::new(header.expect("a header"));
    let entry = Entry { header, record, sheet_row: 8, refusal: None };
    entry.reading(7, Region::default()).content
}

fn opted_out(names: &[&str], cells: &[&str]) -> Vec<String> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let header = Header::read(&owned(names), &Columns::default(), Region::default());
    let header = header.expect("a header");
    let opt_out = opt_out::OptOut::read(&header, &owned(cells), Region::default());
    opt_out.into_iter().flat_map(|it| it.phones).map(|phone| phone.to_string()).collect()
}

fn row(names: &[&str], cells: &[&str]) -> Row {
    match reading(names, cells) {
        Content::Row(row) => row,
        Content::Skipped(_) | Content::Refused(_) => panic!("no row: {cells:?}"),
    }
}

fn refused(names: &[&str], cells: &[&str]) -> RowError {
    match reading(names, cells) {
        Content::Refused(error) => error,
        Content::Skipped(_) | Content::Row(_) => panic!("not refused: {cells:?}"),
    }
}

#[test]
fn columns_are_found_by_name() {
    let names = ["First Name", "PHONE_NUMBER", "e-mail", "city"];
    let cells = ["Zoë", "(415) 355-0123", "zoe@example.com", "Oakland"];
    let profile = row(&names, &cells).profile;
    assert_eq!(profile.phone.expect("a phone").as_str(), "+14153550123");
    assert_eq!(profile.first_name.as_deref(), Some("Zoë"));
    assert_eq!(profile.email.as_deref(), Some("zoe@example.com"));
    assert_eq!(profile.attributes["city"], "Oakland".into());
}

#[test]
fn a_missing_mobile_phone_falls_back() {
    let phone = |mobile, phone| {
        let row = row(&["Phone", "Mobile"], &[phone, mobile]);
        row.profile.phone.expect("a phone").to_string()
    };
    assert_eq!(phone("+14153550101", "+14153550102"), "+14153550101");
    assert_eq!(phone("", "+14153550102"), "+14153550102");
    assert_eq!(phone("n/a", "+14153550102"), "+14153550102");
    let wrong = refused(&["Phone", "Mobile"], &["+14153550102", "12"]);
    assert_eq!(wrong.column.as_deref(), Some("Mobile"));
}

#[test]
fn a_bad_row_names_its_column() {
    let names = ["phone", "email"];
    assert_eq!(refused(&names, &["12", ""]).column.as_deref(), Some("phone"));
    assert_eq!(refused(&names, &["", "nobody"]).column.as_deref(), Some("email"));
    let long = refused(&names, &["+14153550101", "", "x"]);
    assert_eq!((long.row, long.line, long.column), (7, Some(8), None));
}

#[test]
fn a_row_may_end_early_or_late() {
    let names = ["phone", "first name", "city"];
    for cells in [&["+14153550101", "Ana"][..], &["+14153550101", "Ana", "", "", " "]] {
        assert_eq!(row(&names, cells).profile.first_name.as_deref(), Some("Ana"));
    }
    for blank in [&[""][..], &["", "", ""], &[" ", "\u{feff}", "\0", ""], &["\u{1a}"]] {
        assert_eq!(reading(&names, blank), Content::Skipped(SkipReason::Blank), "{blank:?}");
    }
    let without_phone = row(&names, &["", "Ana"]);
    assert_eq!(without_phone.profile.phone, None);
}

#[test]
fn an_opt_out_without_a_phone_is_not_lost_silently() {
    let names = ["phone", "first name", "opt out"];
    assert_eq!(refused(&names, &["", "Ana", "ALL"]).column.as_deref(), Some("phone"));
    assert_eq!(refused(&names, &["+14153550101", "", "maybe"]).column.as_deref(), Some("opt out"));
    assert_eq!(row(&names, &["", "Ana", "NONE"]).profile.phone, None);
}

#[test]
fn a_short_row_does_not_lose_its_opt_out() {
    let names = ["phone", "first name", "city", "opt out"];
    for cells in [&["+14153550101", "ALL"][..], &["+14153550101", "Ana", "yes"]] {
        let names = if cells.len() == 2 { &["phone", "name", "opt out"][..] } else { &names };
        let row = refused(names, cells);
        assert!(row.reason.contains("before the opt-out"), "{}", row.reason);
        assert_eq!(opted_out(names, cells), ["+14153550101"]);
    }
    let taken = row(&names, &["+14153550101", "Ana", "Oakland"]);
    assert_eq!(taken.profile.attributes["city"], "Oakland".into());
}

#[test]
fn a_time_of_an_opt_out_needs_no_other_column() {
    let names = ["phone", "Unsubscribed at"];
    assert_eq!(opted_out(&names, &["+14153550101", "2024-05-01"]), ["+14153550101"]);
    assert!(opted_out(&names, &["+14153550101", ""]).is_empty());
    let both = ["phone", "opt out", "opt-out date"];
    assert!(opted_out(&both, &["+14153550101", "no", "2024-05-01"]).is_empty(), "back again");
    assert_eq!(opted_out(&both, &["+14153550101", "", "2024-05-01"]), ["+14153550101"]);
    let pinpoint = ["phone", "opt out", "EffectiveDate"];
    assert!(
        opted_out(&pinpoint, &["+14153550101", "", "2024-05-01"]).is_empty(),
        "also of opt-ins"
    );
}
