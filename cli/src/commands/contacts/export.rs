//! All contacts as a file, in constant memory.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::Value;

use super::Context;
use crate::api::{Pages, text};
use crate::failure::Failure;
use crate::output::Format;
use crate::progress::Progress;

/// The columns of every contact. The names are those that an import recognizes.
const COLUMNS: [&str; 5] = ["id", "phone", "firstName", "lastName", "email"];

pub(super) async fn run(context: &Context, to: Option<&Path>) -> Result<(), Failure> {
    let is_lines = context.output.format() == Format::Json
        || to.is_some_and(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    let mut out: Box<dyn Write> = match to {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(Failure::file(path))?)),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let count =
        if is_lines { lines(context, &mut out).await? } else { csv(context, &mut out).await? };
    out.flush()?;
    context.output.note(&format!("Exported {count} contacts."));
    Ok(())
}

async fn lines(context: &Context, out: &mut dyn Write) -> Result<u64, Failure> {
    each(context, |contact| Ok(writeln!(out, "{contact}")?)).await
}

/// The contacts are read twice: first for the names of their attributes, which are columns. An attribute
/// that is new in the second reading is refused rather than left out.
async fn csv(context: &Context, out: &mut dyn Write) -> Result<u64, Failure> {
    let mut attributes = BTreeSet::new();
    each(context, |contact| {
        let names = contact["attributes"].as_object().into_iter().flatten();
        attributes.extend(names.map(|(name, _)| name.clone()));
        Ok(())
    })
    .await?;
    let mut writer = csv::Writer::from_writer(out);
    let header = COLUMNS.into_iter().chain(attributes.iter().map(String::as_str));
    writer.write_record(header).map_err(std::io::Error::from)?;
    let count = each(context, |contact| {
        let own = contact["attributes"].as_object();
        if own.into_iter().flatten().any(|(name, _)| !attributes.contains(name)) {
            return Err(Failure::Incomplete(
                "the contacts changed during the export; export them again".to_owned(),
            ));
        }
        let cells = COLUMNS.iter().map(|name| cell(&contact[name]));
        let cells = cells.chain(attributes.iter().map(|name| cell(&contact["attributes"][name])));
        Ok(writer.write_record(cells).map_err(std::io::Error::from)?)
    })
    .await?;
    writer.flush()?;
    Ok(count)
}

/// Lists are joined as an import joins them.
fn cell(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        _ => text(value).to_owned(),
    }
}

async fn each(
    context: &Context,
    mut take: impl FnMut(&Value) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let path = context.api.path(&["contacts"]).await?;
    let mut pages = Pages::new(&context.api, path, &[], None);
    let mut progress = Progress::new(&context.output, "contacts read");
    let mut count = 0;
    while let Some(items) = pages.next().await? {
        items.iter().try_for_each(&mut take)?;
        count += items.len() as u64;
        progress.set(count, None);
    }
    progress.finish();
    Ok(count)
}
