//! Before the first row: what the file is, and how it is read.

use infra::clock;
use infra::files::key_of_request;
use shared::import::{HEAD_BYTES, Import, Layout, ReadFile, StoredFile, upload};
use shared::organization::Organization;

use super::source::head;
use super::{CHANGED, Step};
use crate::App;

pub(super) async fn inspect(
    app: &App,
    organization: &Organization,
    import: &Import,
) -> anyhow::Result<Step> {
    let mut step = Step::begin(import, clock::now());
    let file = match &import.file {
        Some(file) => Some(file.clone()),
        None => app.files.find(key_of_request(organization.id, import.id)).await?,
    };
    let Some(file) = file else {
        return Ok(step.fail(&CHANGED));
    };
    let head = head(&app.files, &file).await?;
    step.after.file = Some(file.clone());
    Ok(match read_file(&head, &file, organization, import) {
        Ok(reading) => {
            step.after.reading = Some(reading);
            step
        }
        Err(reason) => step.fail(&reason),
    })
}

/// How a file is read, or why it cannot be.
fn read_file(
    head: &[u8],
    file: &StoredFile,
    organization: &Organization,
    import: &Import,
) -> Result<ReadFile, String> {
    if let Some(kind) = upload::other_kind(head) {
        return Err(format!("the file is {kind}; save it as CSV"));
    }
    let is_whole = file.size <= HEAD_BYTES;
    // The last line may be cut inside a character.
    let sample = if is_whole { head } else { upload::whole_lines(head) };
    let region = organization.default_region;
    let reading = ReadFile::of(sample, &import.options, None, region);
    let reading = reading.map_err(|unclear| unclear.to_string())?;
    if let Some(description) = reading.description(&import.options) {
        Layout::read(head, is_whole, &description).map_err(|invalid| invalid.to_string())?;
    }
    Ok(reading)
}
