//! The cells of a row, before they are written in a format.

use std::collections::BTreeMap;

use crate::contact::Attribute;

/// One value for each column of the export's kind.
pub type Row = Vec<Cell>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Null,
    /// What people wrote, which a spreadsheet could take for a formula.
    Text(String),
    /// A value of a fixed form, such as a phone, an ID or a time.
    Value(String),
    Number(u64),
    List(Vec<String>),
    /// A contact's attributes, which are several columns of a CSV file.
    Attributes(BTreeMap<String, Attribute>),
}

impl Cell {
    pub(super) fn text(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }

    pub(super) fn value(value: Option<impl ToString>) -> Self {
        value.map_or(Self::Null, |value| Self::Value(value.to_string()))
    }
}

/// What separates the elements of a list in a cell.
const SEPARATOR: &str = ";";

/// A list as one cell: its elements separated by semicolons, or as JSON if one of them contains what
/// imports separate elements by.
pub(super) fn joined(elements: &[String]) -> String {
    let is_unclear =
        |element: &String| element.contains([',', ';', '"']) || element.starts_with('[');
    if elements.iter().any(is_unclear) { json(elements) } else { elements.join(SEPARATOR) }
}

/// A list as JSON, which distinguishes it from a text.
pub(super) fn json(elements: &[String]) -> String {
    serde_json::json!(elements).to_string()
}

/// A text that no spreadsheet takes for a formula. An apostrophe is put before it, also if it begins
/// with apostrophes that would look like that mark, so that [`unmarked`] returns every text.
///
/// Source: OWASP, "CSV Injection".
pub(super) fn marked(text: String) -> String {
    if is_formula(text.trim_start_matches(MARK)) { format!("{MARK}{text}") } else { text }
}

/// What [`marked`] was given.
#[must_use]
pub fn unmarked(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|text| is_formula(text.trim_start_matches(MARK))).unwrap_or(cell)
}

const MARK: char = '\'';

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_formulas_are_marked() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r", "\n=1", "'=1", "''-"] {
            assert_eq!(marked(formula.to_owned()), format!("'{formula}"));
        }
        for text in ["", "a=1", "'tis", "1-1", "O'Neil"] {
            assert_eq!(marked(text.to_owned()), text);
            assert_eq!(unmarked(text), text);
        }
    }

    #[test]
    fn a_list_is_json_if_its_elements_contain_separators() {
        let joined = |elements: &[&str]| {
            joined(&elements.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(joined(&["gold", "vip"]), "gold;vip");
        assert_eq!(joined(&["a;b", "vip"]), r#"["a;b","vip"]"#);
        assert_eq!(joined(&["[x"]), r#"["[x"]"#);
    }

    proptest! {
        #[test]
        fn every_text_is_found_again(text in "['=+@a\\-\t]{0,6}") {
            let cell = marked(text.clone());
            prop_assert_eq!(unmarked(&cell), &text);
            prop_assert!(!is_formula(&cell));
        }
    }
}
