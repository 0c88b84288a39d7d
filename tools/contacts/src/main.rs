//! Generates realistic contacts.
//!
//! - `contacts ROWS [SEED] > contacts.csv` writes a CSV file, and with `--numbers` the E.164 number that
//!   should be read from each of its rows.
//! - `contacts ROWS [SEED] --pinpoint > endpoints.json` writes endpoints as Amazon Pinpoint exported them,
//!   and with `--gzip` a gzip file of several members. What an import of them should make is written to
//!   the standard error, as JSON.

use std::io::{self, BufWriter, Write};

use anyhow::{Context, bail};
use contacts::{SEED, pinpoint, write_contacts, write_numbers};

const USAGE: &str = "usage: contacts ROWS [SEED] [--numbers | --pinpoint [--gzip]]";

fn main() -> anyhow::Result<()> {
    let (flags, values): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let number = |place: usize, name| {
        values
            .get(place)
            .map(|value| value.parse::<u64>().with_context(|| format!("{name} must be a number")))
            .transpose()
    };
    let Some(rows) = number(0, "ROWS")? else {
        bail!(USAGE);
    };
    let (rows, seed) = (usize::try_from(rows)?, number(1, "SEED")?.unwrap_or(SEED));
    let out = BufWriter::new(io::stdout().lock());
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    match flags.as_slice() {
        [] => write_contacts(rows, seed, out),
        ["--numbers"] => write_numbers(rows, seed, out),
        ["--pinpoint"] => dump(rows, seed, out),
        ["--pinpoint", "--gzip"] | ["--gzip", "--pinpoint"] => {
            let mut members = pinpoint::Members::new(out);
            dump(rows, seed, &mut members)?;
            members.finish()?.flush().context("the file cannot be written")
        }
        _ => bail!(USAGE),
    }
}

fn dump(rows: usize, seed: u64, mut out: impl Write) -> anyhow::Result<()> {
    let balance = pinpoint::write(rows, seed, &mut out)?;
    out.flush()?;
    writeln!(io::stderr(), "{}", serde_json::to_string_pretty(&balance)?)?;
    Ok(())
}
