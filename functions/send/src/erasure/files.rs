//! Deletes the files that hold an erased person's phone.

use infra::clock;
use infra::files::FileError;
use shared::erasure::PhoneSearch;
use shared::export;
use shared::import::{Batch, Import, Stage};
use shared::phone::Phone;
use shared::time::Timestamp;

use super::campaigns::Progress;
use super::{Run, Step, position};
use crate::App;
use crate::import::gunzip::Gunzip;

const IMPORTS_AT_ONCE: i32 = 5;
const EXPORTS_AT_ONCE: i32 = 5;
/// How a gzip archive begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Deletes files of imports that have ended, and rejected rows.
pub(super) async fn imports(run: &Run<'_>) -> anyhow::Result<Step> {
    let Run { app, organization, erasure, .. } = run;
    let phone = run.phone()?;
    let after = position(erasure)?;
    let (imports, next) = app.table.imports(organization.id, IMPORTS_AT_ONCE, after).await?;
    for import in imports.iter().filter(|import| import.stage() == Stage::Over) {
        for group in files_of(import) {
            let mut is_found = false;
            for key in &group {
                is_found |= holds(app, key, phone, run.deadline).await?;
            }
            if is_found {
                for key in &group {
                    app.files.remove(key).await?;
                }
            }
        }
        app.table.erase_rejected_rows(import, phone).await?;
    }
    run.turned(Progress::Done, next.as_ref())
}

/// The files of an import; those that have the same rows are together.
pub(crate) fn files_of(import: &Import) -> [Vec<String>; 2] {
    let unpacked = import.reading.as_ref().and_then(|reading| reading.unpacked.as_ref());
    let rows = import.file.iter().chain(unpacked);
    let report = import.report.iter().map(|report| &report.file);
    [rows.map(|file| file.key.clone()).collect(), report.map(|file| file.key.clone()).collect()]
}

/// Deletes exports that have ended. One that is still written may have the phone in a part.
pub(super) async fn exports(run: &Run<'_>) -> anyhow::Result<Step> {
    let Run { app, organization, erasure, .. } = run;
    let phone = run.phone()?;
    let after = position(erasure)?;
    let (exports, next) = app.table.exports(organization.id, EXPORTS_AT_ONCE, after).await?;
    let mut progress = Progress::Done;
    for export in &exports {
        if export.stage() != export::Stage::Over {
            progress = Progress::Busy;
        } else if holds(app, &export.key(), phone, run.deadline).await? {
            app.files.remove(&export.key()).await?;
            app.table.remove_export(export).await?;
        }
    }
    run.turned(progress, next.as_ref())
}

/// Whether a file holds the phone. One that can't be read to its end counts as if it did.
async fn holds(
    app: &App,
    key: &str,
    phone: &Phone,
    deadline: Timestamp,
) -> Result<bool, FileError> {
    let Some(file) = app.files.find(key.to_owned()).await? else { return Ok(false) };
    let (mut search, mut gunzip, mut offset) = (PhoneSearch::new(phone), None, 0);
    while offset < file.size && !search.is_found() {
        if !Batch::fits(clock::now(), deadline) {
            return Ok(true);
        }
        let block = app.files.read(&file, offset).await?;
        if offset == 0 && block.starts_with(&GZIP) {
            gunzip = Some(Gunzip::new());
        }
        offset += block.len() as u64;
        let Some(gunzip) = &mut gunzip else {
            search.read(&block);
            continue;
        };
        let mut rest = &block[..];
        while !rest.is_empty() {
            let Ok((behind, plain)) = gunzip.unpack(rest) else { return Ok(true) };
            search.read(&plain);
            rest = behind;
        }
    }
    if let Some(gunzip) = gunzip.filter(|_| !search.is_found()) {
        let Ok(last) = gunzip.finish() else { return Ok(true) };
        search.read(&last);
    }
    Ok(search.is_found())
}
