//! What a file says about people who don't want messages.

use super::cell::{clean, is_blank};
use super::header::Header;
use super::names::plain;
use super::row::{LIST_MARK, phone_of, phones_of};
use crate::ids::ContactId;
use crate::phone::{Phone, Region};
use crate::time::Timestamp;

/// The opt-out in a row, which counts even if the rest of the row is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// All of the person's phones that can be read, including those in cells that a contact doesn't
    /// use.
    pub phones: Vec<Phone>,
    /// The contact whose phone is also opted out, if the row has no phone that the contact could
    /// have.
    pub contact: Option<ContactId>,
    /// When the person opted out, if the file says so.
    pub at: Option<Timestamp>,
}

// As written by Amazon Pinpoint, by spreadsheets, and by people in the languages of the known
// column names. `plain` has removed case and accents.
const YES: &str =
    "all yes y true t 1 x on out ja j wahr oui o vrai si s verdadero verdadeiro sim vero";
const NO: &str = "none no n false f 0 off nein falsch non faux falso nao";
const OPTED_IN: &str = "optin optedin in subscribed angemeldet abonne suscrito";
/// Opt-outs in words, which mean the same in a column of opt-outs and in one of consents.
const OPTED_OUT: &str = "optout optedout unsubscribed unsubscribe unsub unsubbed stop stopped stopall \
    dnd dnc donotcontact donottext donotsms donotcall donotmessage donotsend donotdisturb nosms \
    blocked blacklisted blacklist blocklisted suppressed \
    abgemeldet abbestellt ausgetragen gesperrt widersprochen widerspruch keinesms werbesperre \
    desabonne desabonnee desinscrit desinscrite nepascontacter pasdesms bloque \
    baja debaja dadodebaja nocontactar bloqueado descadastrado naocontatar naocontactar \
    disiscritto disiscritta noncontattare bloccato";
/// What turns such a word into its opposite.
const NOT: [&str; 6] = ["not", "nicht", "non", "nao", "pas", "never"];

fn is_one_of(words: &str, value: &str) -> bool {
    words.split_whitespace().any(|word| word == value)
}

/// Whether a value, as normalized by `plain`, is an opt-out in words, or the opposite of one.
fn in_words(value: &str) -> Option<bool> {
    if is_one_of(OPTED_OUT, value) {
        return Some(true);
    }
    // "Unsubscribed from SMS"
    let channels = ["fromsms", "ofsms", "viasms", "sms"];
    let value = channels.into_iter().find_map(|end| value.strip_suffix(end)).unwrap_or(value);
    if is_one_of(OPTED_OUT, value) {
        return Some(true);
    }
    if is_one_of(OPTED_IN, value) {
        return Some(false);
    }
    let negated = NOT.into_iter().find_map(|not| value.strip_prefix(not))?;
    if is_one_of(OPTED_IN, negated) {
        return Some(true);
    }
    is_one_of(OPTED_OUT, negated).then_some(false)
}

/// What a cell of an opt-out column means. `Err` if it is unclear, because opt-outs are never
/// guessed. A list opts a person out if one of its values does.
pub(super) fn says(cell: &str) -> Result<bool, ()> {
    if cell.contains(LIST_MARK) {
        let values: Vec<Result<bool, ()>> = cell.split(LIST_MARK).map(says_one).collect();
        let is_opt_out = values.contains(&Ok(true));
        return if is_opt_out || !values.contains(&Err(())) { Ok(is_opt_out) } else { Err(()) };
    }
    says_one(cell)
}

fn says_one(cell: &str) -> Result<bool, ()> {
    let cell = clean(cell);
    if is_blank(cell) {
        return Ok(false);
    }
    let (value, is_mark) = (plain(cell), matches!(cell, "✓" | "✔" | "☑"));
    let is_yes = is_one_of(YES, &value) || is_mark || is_one(cell);
    if is_yes {
        return Ok(true);
    }
    if is_one_of(NO, &value) || cell == "☐" || is_zero(cell) {
        return Ok(false);
    }
    in_words(&value).ok_or(())
}

/// Values of a consent column that deny it, besides those above.
const DENIED: &str = "out neversubscribed revoked withdrawn declined denied refused rejected \
    nichtangemeldet widerrufen abgelehnt refuse rechazado revocado recusado revogado negado \
    rifiutato revocato";

/// Whether a cell of a consent column denies it. Anything unclear, such as a date, does not.
fn denies(cell: &str) -> bool {
    cell.split(LIST_MARK).any(|cell| {
        let cell = clean(cell);
        let value = plain(cell);
        let is_no = is_one_of(NO, &value) || cell == "☐" || is_zero(cell);
        let is_denied = is_no || is_one_of(DENIED, &value) || in_words(&value) == Some(true);
        !is_blank(cell) && is_denied
    })
}

/// Values that hardly ever occur outside an opt-out column, besides opt-outs in words.
const PLAIN_YES: &str = "all yes true ja oui wahr vrai verdadero verdadeiro vero";

/// What a column of times means: a date or a time means that the person opted out then. A note such
/// as `never` or `n/a` means that they did not. Some databases write a missing date as zeros.
fn dated(cell: &str) -> Option<bool> {
    let cell = clean(cell);
    if is_blank(cell) {
        return None;
    }
    let is_date =
        cell.starts_with(|c: char| c.is_numeric()) && cell.contains(|c| matches!(c, '1'..='9'));
    (is_date || says(cell) == Ok(true)).then_some(true)
}

/// Whether a row that ends early may have lost a cell before its opt-out: one of its cells contains
/// an opt-out value where the opt-out would then be.
pub(super) fn may_be_short_of_opt_out(header: &Header, cells: &[String]) -> bool {
    let missing = header.names.len().saturating_sub(cells.len());
    let is_plain_yes = |place: &usize| {
        let value = place.checked_sub(missing).map(|place| plain(cell(cells, place)));
        value.is_some_and(|value| is_one_of(PLAIN_YES, &value) || in_words(&value) == Some(true))
    };
    missing > 0 && header.opt_outs.iter().any(is_plain_yes)
}

impl OptOut {
    /// Reads the opt-out of a row. In a row with too many cells, an unquoted delimiter may have
    /// shifted cells to the right, so both places are tried. In a row that ends early, a cell
    /// before the opt-out may be missing.
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

    /// When the person opted out, as far as it is known: what the file says, or when it was
    /// imported.
    #[must_use]
    pub fn moment(&self, imported_at: Timestamp) -> Timestamp {
        self.at.map_or(imported_at, |at| at.min(imported_at))
    }
}

/// Whether the cells, shifted by `shift`, opt the person out; `None` if they are blank or unclear.
fn is_opted_out(header: &Header, cells: &[String], shift: usize) -> Option<bool> {
    let said = header.opt_outs.iter().map(|place| cell(cells, place + shift));
    let said: Vec<Result<bool, ()>> = said.filter(|cell| !is_blank(cell)).map(says).collect();
    let mut consents = header.opt_ins.iter().map(|place| cell(cells, place + shift));
    if said.contains(&Ok(true)) || consents.any(denies) {
        return Some(true);
    }
    if said.contains(&Ok(false)) {
        return Some(false);
    }
    let place = header.opted_out_at.filter(|_| header.is_dated_opt_out)?;
    dated(cell(cells, place + shift))
}

fn phones(header: &Header, cells: &[String], shift: usize, region: Region) -> Vec<Phone> {
    let cells = header.phones.iter().map(|place| cell(cells, place + shift));
    let written = cells.flat_map(|cell| cell.split(LIST_MARK));
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

/// Some spreadsheets write a one as `1.0`.
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
        for yes in [
            "Unsubscribed",
            "Opted out",
            "STOP",
            "DND",
            "Do not contact",
            "Blacklisted",
            "Gesperrt",
            "Widersprochen",
            "Désabonné",
            "No contactar",
            "Not subscribed",
            "Opted out of SMS",
            "Unsubscribed from SMS",
            "No SMS",
        ] {
            assert_eq!(says(yes), Ok(true), "{yes}");
        }
        for no in ["NONE", "no", "FALSE", "0", "0.0", "", " ", "☐", "Não", "Opted in", "FALSCH"]
        {
            assert_eq!(says(no), Ok(false), "{no}");
        }
        for no in ["Subscribed", "Not opted out", "Not blocked", "Nicht gesperrt", "no\u{FDD0}NONE"]
        {
            assert_eq!(says(no), Ok(false), "{no}");
        }
        for unclear in ["perhaps", "n/a", "-", "2", "?", "2024-01-01", "A\u{FFFD}L", "fraud", "not"]
        {
            assert_eq!(says(unclear), Err(()), "{unclear}");
        }
    }

    #[test]
    fn consent_is_denied_by_a_clear_no() {
        for no in [
            "no",
            "FALSE",
            "0",
            "0.0",
            "N",
            "Nein",
            "☐",
            "unsubscribed",
            "Not subscribed",
            "Not opted in",
            "STOP",
            "DND",
            "Opted out",
            "Blocked",
            "Out",
        ] {
            assert!(denies(no), "{no}");
        }
        for other in [
            "",
            " ",
            "yes",
            "1",
            "subscribed",
            "opted-in",
            "2024-01-01",
            "n/a",
            "?",
            "pending",
            "active",
            "delivered",
            "not opted out",
        ] {
            assert!(!denies(other), "{other}");
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
