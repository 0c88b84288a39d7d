//! Rejected rows as a CSV file.

use super::StoredFile;
use super::progress::RowError;

/// The file of an import's rejected rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub file: StoredFile,
    /// The number of rejected rows in it; unknown in files of earlier versions, which have all.
    pub rows: Option<u64>,
}

/// Its first line, after a mark that makes spreadsheets read UTF-8.
pub const HEADER: &str = "\u{feff}row,column,value,reason\r\n";

/// The line of one rejected row, numbered as a spreadsheet numbers the file's rows.
#[must_use]
pub fn line(error: &RowError) -> String {
    let row = error.sheet_row.or(error.line).unwrap_or(error.row);
    let column = error.column.as_deref().unwrap_or_default();
    let value = error.value.as_deref().unwrap_or_default();
    format!("{row},{},{},{}\r\n", cell(column), cell(value), cell(&error.reason))
}

/// The last line of a file that has only the first `rows` of the rejected rows.
#[must_use]
pub fn last_line(rows: u64, rejected: u64) -> String {
    let reason = format!("this file ends here: it has {rows} of {rejected} rejected rows");
    format!(",,,{}\r\n", cell(&reason))
}

/// A cell that no spreadsheet takes for a formula. Source: OWASP, "CSV Injection".
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(value: &str) -> RowError {
        RowError {
            row: 3,
            line: Some(7),
            sheet_row: Some(5),
            column: Some("Phone \"1\"".to_owned()),
            value: Some(value.to_owned()),
            reason: "is not a phone number".to_owned(),
        }
    }

    #[test]
    fn a_rejected_row_is_numbered_as_in_a_spreadsheet() {
        let expected = "5,\"Phone \"\"1\"\"\",\"12, 34\",\"is not a phone number\"\r\n";
        assert_eq!(line(&error("12, 34")), expected);
        let old = RowError { line: None, sheet_row: None, column: None, value: None, ..error("") };
        assert_eq!(line(&old), "3,\"\",\"\",\"is not a phone number\"\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for value in ["=1+1", "+1415", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            let line = line(&error(value));
            assert!(line.contains(&format!(",\"'{value}\",")), "{line}");
        }
        assert!(line(&error("a=1")).contains(",\"a=1\","));
    }
}
