//! `capacity [picture]`: prints the tables of docs/capacity.md, or its picture.

use std::io::Write;

use capacity::{picture, report};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if std::env::args().nth(1).as_deref() == Some("picture") {
        return out.write_all(picture::svg().as_bytes());
    }
    for (name, table) in report::tables() {
        writeln!(out, "<!-- {name} -->\n{table}")?;
    }
    Ok(())
}
