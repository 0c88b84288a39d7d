//! The file of an import's rejected rows.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::Context;
use crate::api::{count, text};
use crate::failure::Failure;

/// Writes the rejected rows of an import that ended; nothing if there are none.
pub(super) async fn download(context: &Context, id: &str, to: &Path) -> Result<(), Failure> {
    let path = context.api.path(&["contacts", "imports", id, "rejected"]).await?;
    let rejected = context.api.get(&path, &[]).await?;
    let url = text(&rejected["url"]);
    if url.is_empty() {
        return Ok(());
    }
    let failed = Failure::file(to);
    let mut file = BufWriter::new(File::create(to).map_err(&failed)?);
    context.api.download(url, &mut file, |_| ()).await?;
    file.flush().map_err(&failed)?;
    context.output.note(&format!(
        "Wrote {} rejected rows to {}.",
        count(&rejected["rows"]),
        to.display()
    ));
    if rejected["truncated"] == true {
        context.output.note("The import rejected more rows than the file has.");
    }
    Ok(())
}
