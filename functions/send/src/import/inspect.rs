//! Before the first row: whether there is a file, what it is, and how it is read.

use infra::clock;
use infra::files::key_of_request;
use shared::import::{HEAD_BYTES, Import, ReadFile, StoredFile, upload};
use shared::organization::Organization;
use shared::time::Timestamp;

use super::source::head;
use super::unpack::unpack as unpack_file;
use super::{CHANGED, Step};
use crate::App;

/// Ends an import whose upload was not started in time; `None` if it still may be.
pub(super) async fn expire(app: &App, import: &Import) -> anyhow::Result<Option<Step>> {
    let now = clock::now();
    if now < import.expires_at() {
        return Ok(None);
    }
    let uploads = app.table.open_uploads(import.organization_id).await?;
    let mut step = Step::begin(import, now);
    step.effects.closes_upload = uploads.contains(import.id).then_some(uploads);
    step.after = import.expired(now);
    Ok(Some(step))
}

/// Removes the file of an upload that is not started anymore. A client may still send it until its
/// form expires, so a file that is removed before that is removed again when the import expires.
pub(super) async fn discard(app: &App, import: &Import) -> anyhow::Result<Option<Step>> {
    if let Some(file) = &import.file {
        app.files.remove(&file.key).await?;
    }
    let now = clock::now();
    if now < import.expires_at() {
        return Ok(None);
    }
    let mut step = Step::begin(import, now);
    step.after = step.after.discarded(now);
    Ok(Some(step))
}

pub(super) async fn inspect(
    app: &App,
    organization: &Organization,
    import: &Import,
) -> anyhow::Result<Step> {
    let mut step = Step::begin_reading(import, clock::now());
    let file = match &import.file {
        Some(file) => Some(file.clone()),
        None => app.files.find(key_of_request(organization.id, import.id)).await?,
    };
    let Some(file) = file else {
        return Ok(step.fail(&CHANGED));
    };
    let head = head(&app.files, &file).await?;
    step.after.file = Some(file.clone());
    if upload::is_gzip(&head) {
        step.after.is_packed = true;
        return Ok(step);
    }
    Ok(recognize(step, &head, &file, organization))
}

/// Unpacks an archive, and finds out how what was in it is read.
pub(super) async fn unpack(
    app: &App,
    organization: &Organization,
    import: &Import,
    deadline: Timestamp,
) -> anyhow::Result<Step> {
    let step = Step::begin_reading(import, clock::now());
    let Some(packed) = &import.file else {
        return Ok(step.fail(&CHANGED));
    };
    let key = format!("{}.unpacked", packed.key);
    let file = match unpack_file(app, packed, key, deadline).await? {
        Ok(file) => file,
        Err(reason) => return Ok(step.fail(&reason)),
    };
    let head = head(&app.files, &file).await?;
    let mut step = recognize(step, &head, &file, organization);
    if let Some(reading) = &mut step.after.reading {
        reading.unpacked = Some(file);
    }
    Ok(step)
}

/// Notes how a file is read, or ends the import with the reason why it cannot be.
fn recognize(mut step: Step, head: &[u8], file: &StoredFile, organization: &Organization) -> Step {
    if let Some(kind) = upload::other_kind(head) {
        return step.fail(&format!("the file is {kind}; save it as CSV"));
    }
    let is_whole = file.size <= HEAD_BYTES;
    let options = &step.after.options;
    match ReadFile::of(head, is_whole, options, organization.default_region) {
        Ok((reading, _)) => {
            step.after.reading = Some(reading);
            step
        }
        Err(unreadable) => step.fail(&unreadable),
    }
}
