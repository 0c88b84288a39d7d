//! The file of an export, which is compressed with gzip.

use std::io::{BufWriter, Write};
use std::path::Path;

use flate2::write::GzDecoder;
use serde_json::Value;
use tempfile::NamedTempFile;

use super::Context;
use crate::api::{count, text};
use crate::failure::Failure;
use crate::progress::Progress;

/// Saves the file, or prints it. A file appears under its name only once it is whole.
pub(super) async fn download(
    context: &Context,
    export: &Value,
    to: Option<&Path>,
) -> Result<(), Failure> {
    let Some(path) = to.filter(|path| *path != Path::new("-")) else {
        return unpacked(context, export, BufWriter::new(std::io::stdout())).await;
    };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let failed = Failure::file(path);
    let file = NamedTempFile::new_in(folder).map_err(&failed)?;
    let out = BufWriter::new(file.as_file());
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut out = out;
        fetch(context, export, &mut out).await?;
        out.flush().map_err(&failed)?;
    } else {
        unpacked(context, export, out).await?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    let rows = count(&export["rows"]);
    context.output.note(&format!("Wrote {rows} rows to {}.", path.display()));
    Ok(())
}

/// The end of the file says how long it is and what its content sums up to, so a part is never taken for all
/// of it.
async fn unpacked(context: &Context, export: &Value, out: impl Write) -> Result<(), Failure> {
    let mut out = GzDecoder::new(out);
    fetch(context, export, &mut out).await?;
    Ok(out.finish()?.flush()?)
}

async fn fetch(context: &Context, export: &Value, out: &mut dyn Write) -> Result<(), Failure> {
    let url = text(&export["file"]["url"]);
    if url.is_empty() {
        return Err(Failure::Incomplete(
            "the export has no file any more; export again".to_owned(),
        ));
    }
    let mut progress = Progress::new(&context.output, "bytes downloaded");
    let size = export["size"].as_u64();
    context.api.download(url, out, |bytes| progress.set(bytes, size)).await?;
    progress.finish();
    Ok(())
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_part_is_not_taken_for_the_whole_file() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(b"id,phone\n").unwrap();
        let whole = packer.finish().unwrap();
        let unpack = |bytes: &[u8]| {
            let mut out = GzDecoder::new(Vec::new());
            out.write_all(bytes).and_then(|()| out.finish())
        };
        assert_eq!(unpack(&whole).unwrap(), b"id,phone\n");
        for end in [0, 12, whole.len() - 8, whole.len() - 1] {
            assert!(unpack(&whole[..end]).is_err(), "{end}");
        }
    }
}
