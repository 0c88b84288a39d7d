//! What a file says about people who want no messages.

use super::cell::{clean, is_blank};
use super::header::Header;
use super::names::plain;
use super::row::{phone_of, phones_of};
use crate::ids::ContactId;
use crate::phone::{Phone, Region};
use crate::time::Timestamp;

/// The opt-out that a row reports. It holds even if something else is wrong with the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// All of the person's phones that can be read, also from cells that a contact cannot have.
    pub phones: Vec<Phone>,
    /// The contact whose phone it is about as well, if the row has none that a contact can have.
    pub contact: Option<ContactId>,
    /// When the person opted out, if the file says so.
    pub at: Option<Timestamp>,
}

// As Amazon Pinpoint writes them, as spreadsheets do, and as people do in the languages of the known
// column names. `plain` has taken case and accents away.
const YES: &str = "all yes y true t 1 x on optout optedout out unsubscribed unsubscribe stop \
    ja j wahr abgemeldet oui o vrai desabonne desinscrit si s verdadero verdadeiro sim vero baja";
const NO: &str = "none no n false f 0 off optin optedin in subscribed \
    nein falsch non faux falso nao";

/// What a cell of an opt-out column says. `Err` if it is unclear: that is never guessed.
pub(super) fn says(cell: &str) -> Result<bool, ()> {
    let cell = clean(cell);
    if is_blank(cell) {
        return Ok(false);
    }
    let (value, is_mark) = (plain(cell), matches!(cell, "✓" | "✔" | "☑"));
    let is_one_of = |words: &str| words.split_whitespace().any(|word| word == value);
    match (is_one_of(YES) || is_mark, is_one_of(NO) || cell == "☐" || is_zero(cell)) {
        (true, _) => Ok(true),
        (false, true) => Ok(false),
        (false, false) if is_one(cell) => Ok(true),
        (false, false) => Err(()),
    }
}

/// Words that are hardly ever anything but the value of an opt-out column.
const PLAIN_YES: &str = "all yes true optout optedout unsubscribed stop ja oui wahr vrai verdadero \
    verdadeiro vero abgemeldet desabonne desinscrit";

/// What a column of times says: a date or a time means that the person opted out then, and a note
/// such as `never` or `n/a` that the person did not. Zeros are some databases' date for none.
fn dated(cell: &str) -> Option<bool> {
    let cell = clean(cell);
    if is_blank(cell) {
        return None;
    }
    let is_date =
        cell.starts_with(|c: char| c.is_numeric()) && cell.contains(|c| matches!(c, '1'..='9'));
    (is_date || says(cell) == Ok(true)).then_some(true)
}

/// Whether a row that ends early has the word of an opt-out where its opt-out would be if a cell
/// before it were missing.
pub(super) fn may_be_short_of_opt_out(header: &Header, cells: &[String]) -> bool {
    let missing = header.names.len().saturating_sub(cells.len());
    let is_plain_yes = |place: &usize| {
        let value = place.checked_sub(missing).map(|place| plain(cell(cells, place)));
        value.is_some_and(|value| PLAIN_YES.split_whitespace().any(|word| word == value))
    };
    missing > 0 && header.opt_outs.iter().any(is_plain_yes)
}

impl OptOut {
    /// Reads the opt-out of a row. In a row with too many cells, cells behind an unquoted delimiter
    /// are further to the right than their columns, so both places are tried. In a row that ends
    /// early, a cell before the opt-out may be missing.
    pub(super) fn read(header: &Header, cells: &[String], region: Region) -> Option<Self> {
        if !header.has_opt_outs() {
            return None;
        }
        let surplus = cells.len().saturating_sub(header.names.len());
        let shifts = [(0, 0), (0, surplus), (surplus, surplus)];
        let shifts = if surplus == 0 { &shifts[..1] } else { &shifts[..] };
        for (phone_shift, opt_out_shift) in shifts.iter().copied() {
            let phones = phones(header, cells, phone_shift, region);
            let contact = header.id.and_then(|place| cell(cells, place).parse().ok());
            let contact = contact.filter(|_| !has_phone(header, cells, phone_shift, region));
            if phones.is_empty() && contact.is_none() {
                continue;
            }
            let is_opted_out = is_opted_out(header, cells, opt_out_shift);
            match is_opted_out.or_else(|| may_be_short_of_opt_out(header, cells).then_some(true)) {
                Some(true) => {
                    let at = header.opted_out_at;
                    let at = at.and_then(|place| cell(cells, place + opt_out_shift).parse().ok());
                    return Some(Self { phones, contact, at });
                }
                Some(false) => return None,
                None => {}
            }
        }
        None
    }

    /// The opt-out of a row in a list of people who opted out.
    pub(super) fn of_any(header: &Header, cells: &[String], region: Region) -> Option<Self> {
        let phones = phones(header, cells, 0, region);
        let at = header.opted_out_at.and_then(|place| cell(cells, place).parse().ok());
        (!phones.is_empty()).then_some(Self { phones, contact: None, at })
    }

    /// When the person opted out, as far as it is known: as the file says, or when it was imported.
    #[must_use]
    pub fn moment(&self, imported_at: Timestamp) -> Timestamp {
        self.at.map_or(imported_at, |at| at.min(imported_at))
    }
}

/// Whether the cells at this shift say so; `None` if they are blank or unclear.
fn is_opted_out(header: &Header, cells: &[String], shift: usize) -> Option<bool> {
    let said = header.opt_outs.iter().map(|place| cell(cells, place + shift));
    let said: Vec<Result<bool, ()>> = said.filter(|cell| !is_blank(cell)).map(says).collect();
    if said.contains(&Ok(true)) {
        return Some(true);
    }
    if said.contains(&Ok(false)) {
        return Some(false);
    }
    let place = header.opted_out_at.filter(|_| header.is_dated_opt_out)?;
    dated(cell(cells, place + shift))
}

fn phones(header: &Header, cells: &[String], shift: usize, region: Region) -> Vec<Phone> {
    let written = header.phones.iter().map(|place| cell(cells, place + shift));
    let mut phones: Vec<Phone> = written.flat_map(|written| phones_of(written, region)).collect();
    phones.sort();
    phones.dedup();
    phones
}

fn has_phone(header: &Header, cells: &[String], shift: usize, region: Region) -> bool {
    let mut written = header.phones.iter().map(|place| cell(cells, place + shift));
    written.any(|written| phone_of(written, region).is_ok())
}

fn cell(cells: &[String], place: usize) -> &str {
    cells.get(place).map(|cell| clean(cell)).unwrap_or_default()
}

/// `1.0` is how some spreadsheets write a one.
fn is_one(cell: &str) -> bool {
    cell.parse() == Ok(1.0_f64)
}

fn is_zero(cell: &str) -> bool {
    cell.parse() == Ok(0.0_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_and_never_guessed() {
        for yes in ["ALL", "yes", " True", "1", "1.0", "x", "✓", "WAHR", "Sí", "Oui", "Opted-out"]
        {
            assert_eq!(says(yes), Ok(true), "{yes}");
        }
        for no in ["NONE", "no", "FALSE", "0", "0.0", "", " ", "☐", "Não", "Opted in", "FALSCH"]
        {
            assert_eq!(says(no), Ok(false), "{no}");
        }
        for unclear in ["perhaps", "n/a", "-", "2", "?", "2024-01-01", "A\u{FFFD}L"] {
            assert_eq!(says(unclear), Err(()), "{unclear}");
        }
    }

    #[test]
    fn a_time_of_an_opt_out_is_one() {
        for date in ["2024-05-01", "01.05.2024", "2024-05-01T10:00:00Z", "1714557600", "yes"] {
            assert_eq!(dated(date), Some(true), "{date}");
        }
        for none in ["", " ", "never", "n/a", "-", "0000-00-00", "0", "no"] {
            assert_eq!(dated(none), None, "{none}");
        }
    }

    #[test]
    fn the_moment_is_the_files_unless_it_is_to_come() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let said = |at| OptOut { phones: Vec::new(), contact: None, at };
        let imported = at("2026-11-27T09:00:00Z");
        assert_eq!(said(None).moment(imported), imported);
        let earlier = at("2026-01-01T00:00:00Z");
        assert_eq!(said(Some(earlier)).moment(imported), earlier);
        assert_eq!(said(Some(at("2027-01-01T00:00:00Z"))).moment(imported), imported);
    }
}
