//! The tables of docs/capacity.md.

mod hours;
mod one;
mod steps;
mod words;

use std::fmt::Write;

/// Every table with its name, in the document's order.
#[must_use]
pub fn tables() -> Vec<(&'static str, String)> {
    vec![
        ("steps", steps::steps()),
        ("million", steps::million()),
        ("first", hours::first()),
        ("full", hours::full()),
        ("hours", hours::hours()),
        ("one", one::as_deployed()),
        ("remedies", one::remedies()),
        ("flood", one::flood()),
    ]
}

/// A Markdown table.
fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|", heads.join(" | "));
    for (place, _) in heads.iter().enumerate() {
        text.push_str(if place == 0 { " --- |" } else { " ---: |" });
    }
    text.push('\n');
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}
