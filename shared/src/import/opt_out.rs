//! What a file says about people who don't want messages.

use super::cell::{clean, is_blank};
use super::header::Header;
use super::names::plain;
use super::row::{LIST_MARK, phone_of, phones_of};
use crate::ids::ContactId;
use crate::phone::{Phone, Region};
use crate::time::Timestamp;

mod values;

use values::{dated, denies, is_plain_yes};
pub(super) use values::{says, says_as_text};

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

/// Whether a row that ends early may have lost a cell before its opt-out: one of its cells contains
/// an opt-out value where the opt-out would then be.
pub(super) fn may_be_short_of_opt_out(header: &Header, cells: &[String]) -> bool {
    let missing = header.names.len().saturating_sub(cells.len());
    let has_plain_yes = |place: &usize| {
        let value = place.checked_sub(missing).map(|place| plain(cell(cells, place)));
        value.is_some_and(|value| is_plain_yes(&value))
    };
    missing > 0 && header.opt_outs.iter().any(has_plain_yes)
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
            let is_opted_out = is_opted_out(header, cells, opt_out_shift);
            let is_opted_out =
                is_opted_out.or_else(|| may_be_short_of_opt_out(header, cells).then_some(true));
            let Some(is_opted_out) = is_opted_out else { continue };
            // Hardly any row opts someone out, and reading a phone takes long.
            if !is_opted_out && shifts.len() == 1 {
                return None;
            }
            let phones = phones(header, cells, phone_shift, region);
            let contact = header.id.and_then(|place| cell(cells, place).parse().ok());
            let contact = contact.filter(|_| !has_phone(header, cells, phone_shift, region));
            if phones.is_empty() && contact.is_none() {
                continue;
            }
            let at = header.opted_out_at;
            let at = at.and_then(|place| cell(cells, place + opt_out_shift).parse().ok());
            return is_opted_out.then_some(Self { phones, contact, at });
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

#[cfg(test)]
mod tests {
    use super::*;

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
