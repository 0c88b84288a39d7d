//! What the cells of columns about opt-outs and consents mean.

use super::super::cell::{clean, is_blank};
use super::super::names::plain;
use super::super::row::LIST_MARK;

// As written by Amazon Pinpoint, by spreadsheets, and by people in the languages of the known
// column names. `plain` has removed case and accents.
const YES: &str =
    "all yes y true t 1 x on out ja j wahr oui o vrai si s verdadero verdadeiro sim vero";
const NO: &str = "none no n false f 0 off nein falsch non faux falso nao";
const OPTED_IN: &str = "optin optedin in subscribed angemeldet abonne suscrito";
/// Opt-outs that mean the same in a column of opt-outs and in one of consents.
const OPTED_OUT: &str = "optout optedout unsubscribed unsubscribe unsub unsubbed stop stopped stopall \
    dnd dnc donotcontact donottext donotsms donotcall donotmessage donotsend donotdisturb nosms \
    blocked blacklisted blacklist blocklisted suppressed \
    abgemeldet abbestellt ausgetragen gesperrt widersprochen widerspruch keinesms werbesperre \
    desabonne desabonnee desinscrit desinscrite nepascontacter pasdesms bloque \
    baja debaja dadodebaja nocontactar bloqueado descadastrado naocontatar naocontactar \
    disiscritto disiscritta noncontattare bloccato";
/// Longer cells are texts. In bytes.
const MAX_TEXT: usize = 200;
/// What turns such a value into its opposite.
const NOT: [&str; 6] = ["not", "nicht", "non", "nao", "pas", "never"];

fn is_one_of(words: &str, value: &str) -> bool {
    words.split_whitespace().any(|word| word == value)
}

/// Whether a value, as normalized by `plain`, is one of those, or the opposite of one.
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
pub(in super::super) fn says(cell: &str) -> Result<bool, ()> {
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

/// Whether a cell of any column says as a text that the person opted out. A yes or a mark there is
/// about something else.
pub(in super::super) fn says_as_text(cell: &str) -> bool {
    let says = |cell: &str| in_words(&plain(clean(cell))) == Some(true);
    cell.len() <= MAX_TEXT && cell.split(LIST_MARK).any(says)
}

/// Values of a consent column that deny it, besides those above.
const DENIED: &str = "out neversubscribed revoked withdrawn declined denied refused rejected \
    nichtangemeldet widerrufen abgelehnt refuse rechazado revocado recusado revogado negado \
    rifiutato revocato";

/// Whether a cell of a consent column denies it. Anything unclear, such as a date, does not.
pub(super) fn denies(cell: &str) -> bool {
    cell.split(LIST_MARK).any(|cell| {
        let cell = clean(cell);
        let value = plain(cell);
        let is_no = is_one_of(NO, &value) || cell == "☐" || is_zero(cell);
        let is_denied = is_no || is_one_of(DENIED, &value) || in_words(&value) == Some(true);
        !is_blank(cell) && is_denied
    })
}

/// Values that hardly ever occur outside an opt-out column, besides those above.
const PLAIN_YES: &str = "all yes true ja oui wahr vrai verdadero verdadeiro vero";

/// Whether a value, as normalized by `plain`, is an opt-out even where that is not sure to be the
/// column.
pub(super) fn is_plain_yes(value: &str) -> bool {
    is_one_of(PLAIN_YES, value) || in_words(value) == Some(true)
}

/// What a column of times means: a date or a time means that the person opted out then. A note such
/// as `never` or `n/a` means that they did not. Some databases write a missing date as zeros.
pub(super) fn dated(cell: &str) -> Option<bool> {
    let cell = clean(cell);
    if is_blank(cell) {
        return None;
    }
    let is_date =
        cell.starts_with(|c: char| c.is_numeric()) && cell.contains(|c| matches!(c, '1'..='9'));
    (is_date || says(cell) == Ok(true)).then_some(true)
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
}
