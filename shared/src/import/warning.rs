//! Columns that seem to say who opted out, though the import reads no opt-outs from them.
//!
//! A column is read as opt-outs because of its name. In one that is called `Estado`, `baja` opts no one
//! out, and its people get texts. So the first rows are searched for such cells.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cell::{clean, is_blank};
use super::layout::{HEAD_BYTES, Layout};
use super::opt_out;
use super::place::Position;
use super::rows::{Entry, Rows};

/// The number of rows that are searched.
const MAX_ROWS: usize = 1_000;
/// A column with at most this many different values is a status rather than a text, so that one
/// person's opt-out in it is enough for a warning.
const MAX_KINDS: usize = 10;
/// The maximum number of columns that an import is warned of.
const MAX_WARNINGS: usize = 10;
/// The maximum length of a quoted value in characters.
const MAX_VALUE: usize = 40;

/// A column that opts no one out, although its cells say that people opted out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    pub column: String,
    /// One of the cells that say so.
    value: String,
    /// The number of cells that say so, among the `filled` ones.
    opt_outs: u64,
    filled: u64,
}

impl Warning {
    /// What is wrong with the column and what to do.
    #[must_use]
    pub fn detail(&self) -> String {
        let Self { column, value, opt_outs, filled } = self;
        format!(
            "the column '{column}' says that people opted out, as in '{value}', in {opt_outs} of \
             its first {filled} values, but the import opts no one out by it; if it is about texts, \
             rename it to OptOut or name it as optOut in the request"
        )
    }
}

/// What the cells of a column say.
#[derive(Default)]
struct Tally {
    filled: u64,
    opt_outs: u64,
    value: String,
    /// The different values, up to one more than those of a status.
    kinds: BTreeSet<String>,
}

impl Tally {
    fn add(&mut self, cell: &str) {
        self.filled += 1;
        if self.kinds.len() <= MAX_KINDS && !self.kinds.contains(cell) {
            self.kinds.insert(cell.to_owned());
        }
        if opt_out::says_as_text(cell) {
            self.opt_outs += 1;
            if self.value.is_empty() {
                self.value = cell.chars().take(MAX_VALUE).collect();
            }
        }
    }

    fn is_suspect(&self) -> bool {
        let is_status = self.kinds.len() <= MAX_KINDS;
        self.opt_outs > 0 && (is_status || self.opt_outs * 2 > self.filled)
    }
}

/// The columns to warn of in a file, by its first bytes, of which `is_whole` says whether they are
/// all.
pub(super) fn warnings(layout: &Layout, head: &[u8], is_whole: bool) -> Vec<Warning> {
    // Every row of such a file is an opt-out.
    if layout.is_list_of_opt_outs() {
        return Vec::new();
    }
    let limit = usize::try_from(HEAD_BYTES).unwrap_or(usize::MAX).min(head.len());
    let mut rows = Rows::new(layout.clone(), Position::default());
    let first = usize::try_from(rows.offset()).unwrap_or(usize::MAX);
    rows.feed(head.get(first..limit).unwrap_or_default());
    if is_whole && limit == head.len() {
        rows.end();
    }
    let mut tallies = BTreeMap::new();
    for _ in 0..MAX_ROWS {
        if rows.needs_bytes() {
            break;
        }
        let Some(entry) = rows.peek_entry() else { break };
        count(entry, &mut tallies);
        rows.pass();
    }
    let suspects = tallies.into_iter().filter(|(_, tally)| tally.is_suspect());
    let warnings = suspects.map(|(column, Tally { filled, opt_outs, value, .. })| Warning {
        column,
        value,
        opt_outs,
        filled,
    });
    warnings.take(MAX_WARNINGS).collect()
}

fn count(entry: &Entry, tallies: &mut BTreeMap<String, Tally>) {
    let Entry { header, record, .. } = entry;
    let cells = header.names.iter().zip(&record.cells).enumerate();
    for (place, (name, cell)) in cells {
        let cell = clean(cell);
        if is_blank(cell) || header.opts_out_by(place) {
            continue;
        }
        if let Some(tally) = tallies.get_mut(name).filter(|_| !name.is_empty()) {
            tally.add(cell);
            continue;
        }
        let name =
            if name.is_empty() { format!("{}, without a name", place + 1) } else { name.clone() };
        tallies.entry(name).or_default().add(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Columns, Options, ReadFile};
    use crate::phone::Region;

    fn warned(content: &str, options: &Options) -> Vec<Warning> {
        let file = ReadFile::of(content.as_bytes(), true, options, Region::default());
        file.expect("readable").0.warnings
    }

    fn columns(content: &str) -> Vec<String> {
        let warnings = warned(content, &Options::default());
        warnings.into_iter().map(|warning| warning.column).collect()
    }

    #[test]
    fn a_status_that_says_opt_outs_is_warned_of() {
        for (name, values) in [
            ("Estado", ["baja", "alta", "alta"]),
            ("Status", ["active", "Unsubscribed", "active"]),
            ("Lead status", ["New", "", "Do not contact"]),
            ("Situação", ["descadastrado", "", ""]),
            ("Kundenstatus", ["abgemeldet", "aktiv", "Abgemeldet"]),
            ("Last answer", ["STOP", "STOP", "opted out"]),
            ("tags", ["vip", "unsubscribed", "vip"]),
        ] {
            let rows = values.iter().map(|value| format!("+14153550101,{value}\n"));
            let file = format!("phone,{name}\n{}", rows.collect::<String>());
            assert_eq!(columns(&file), [name], "{file}");
        }
        let line = |status| format!("{{\"phone\":\"+14153550101\",\"status\":\"{status}\"}}\n");
        assert_eq!(columns(&[line("active"), line("unsubscribed")].concat()), ["status"]);
    }

    #[test]
    fn columns_that_opt_out_and_other_values_are_fine() {
        for file in [
            "phone,Opt-out,SMS consent\n+14153550101,unsubscribed,unsubscribed\n",
            "phone,Estado\n+14153550101,alta\n+14153550101,activo\n",
            "phone,Subscribed,City\n+14153550101,no,Baja California\n",
            "phone,Unsubscribed at,Status\n+14153550101,stop,subscribed\n",
            "phone,Status\n",
        ] {
            assert_eq!(columns(file), [""; 0], "{file}");
        }
        let only = Options { opt_outs_only: true, ..Options::default() };
        assert_eq!(warned("phone,Status\n+14153550101,unsubscribed\n", &only), []);
        let columns = Columns { opt_out: Some("Status".to_owned()), ..Columns::default() };
        let named = Options { columns, ..Options::default() };
        assert_eq!(warned("phone,Status\n+14153550101,unsubscribed\n", &named), []);
    }

    #[test]
    fn a_column_of_texts_is_warned_of_if_most_of_it_says_so() {
        let file = |opt_outs: usize| {
            let row = |place| {
                let note =
                    if place < opt_outs { "stop".to_owned() } else { format!("note {place}") };
                format!("+14153550101,{note}\n")
            };
            format!("phone,notes\n{}", (0..30).map(row).collect::<String>())
        };
        assert_eq!(columns(&file(15)), [""; 0]);
        assert_eq!(columns(&file(16)), ["notes"]);
    }

    #[test]
    fn a_column_without_a_name_or_attribute_counts() {
        assert_eq!(columns("phone,\n+14153550101,baja\n"), ["2, without a name"]);
        let columns = Columns { attributes: Some("none".to_owned()), ..Columns::default() };
        let options = Options { columns, ..Options::default() };
        let file = "phone,Estado\n+14153550101,Baja\n+14153550102,alta\n+14153550103,\n";
        let warnings = warned(file, &options);
        let detail = warnings.first().map(Warning::detail).unwrap_or_default();
        assert!(detail.starts_with("the column 'Estado' says that people opted out"), "{detail}");
        assert!(detail.contains("'Baja', in 1 of its first 2 values"), "{detail}");
    }

    #[test]
    fn only_the_first_rows_and_columns_are_searched() {
        let rows = |count: usize| format!("phone,s\n{}", "+14153550101,x\n".repeat(count));
        assert_eq!(columns(&(rows(MAX_ROWS) + "+14153550101,baja\n")), [""; 0]);
        assert_eq!(columns(&(rows(MAX_ROWS - 1) + "+14153550101,baja\n")), ["s"]);
        let names: Vec<String> = (0..12).map(|place| format!("s{place:02}")).collect();
        let file = format!("phone,{}\n+14153550101{}\n", names.join(","), ",baja".repeat(12));
        assert_eq!(columns(&file), names[..MAX_WARNINGS]);
    }
}
