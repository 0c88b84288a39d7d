//! Imports whose file is uploaded to the bucket.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::files::key_of_upload;
use infra::table::{Saved, Transition};
use shared::ids::ImportId;
use shared::import::limits::{MAX_OPEN_UPLOADS, MAX_UPLOAD_BYTES, UPLOAD_SECONDS};
use shared::import::{Import, Options};
use shared::job::{Due, JobsJob};

use super::find;
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{MaybeJson, Nothing, Reply};
use crate::params::Segment;
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES};
use crate::views::{ImportView, UploadView};

/// Creates an import whose file is still to come, and the form that uploads it.
pub(super) async fn create(
    app: &App,
    access: Access<Sender>,
    once: &Once,
    options: Options,
) -> Result<Reply, Problem> {
    let (now, organization_id) = (clock::now(), access.organization.id);
    let import_id = ImportId::new(now, clock::entropy());
    let key = key_of_upload(organization_id, import_id, &clock::token());
    let import = Import::new(import_id, organization_id, options, Some(access.actor), now);
    let import = import.awaiting(key.clone());
    let job = JobsJob::Import { organization_id, import_id };
    let due = Due { at: import.expires_at(), job: job.into() };
    let expires_at = now.plus_seconds(UPLOAD_SECONDS);
    let form = app.files.presigned_post(&key, MAX_UPLOAD_BYTES, expires_at, now).await?;
    let view = ImportView::new(import.clone(), Vec::new()).with_upload(UploadView::from(form));
    let reply = Reply::new(StatusCode::ACCEPTED, &view)?;
    let remember = once.remember(&reply, now);
    for _ in 0..MAX_RACES {
        let before = app.table.open_uploads(organization_id).await?;
        let Some(after) = before.with(import_id, due.at, now) else {
            let detail = format!(
                "{MAX_OPEN_UPLOADS} uploads of the organization are open; start or cancel one"
            );
            return Err(Problem::new(Code::TooManyUploads, detail));
        };
        let uploads = (&before, after);
        match app.table.create_upload(&import, &due, uploads, remember.as_ref()).await? {
            Saved::Done => return Ok(reply),
            Saved::Stale => {}
            Saved::Answered => return Err(Problem::raced()),
        }
    }
    Err(Problem::raced())
}

/// Start an import whose file was uploaded
///
/// The file must not change from now on.
#[utoipa::path(post,
    path = "/v1/organizations/{organizationId}/contacts/imports/{importId}/start",
    tag = "Contacts",
    responses(
        (status = 202, description = "The import, which starts shortly.", body = ImportView),
        (status = 409, description = "`upload_missing`: no file was uploaded. \
                                      `import_not_uploading`: the import does not wait for one."),
    ))]
pub(crate) async fn start_import(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<ImportId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    for _ in 0..MAX_RACES {
        let now = clock::now();
        let (import, due) = find(&app, access.organization.id, id).await?;
        let file = match &import.file {
            Some(file) => app.files.find(file.key.clone()).await?,
            None => None,
        };
        let started = import.start(file.unwrap_or_default(), access.actor.clone(), now)?;
        if started.file.as_ref().is_none_or(|file| file.etag.is_none()) {
            let detail =
                "the file was not uploaded; send it with the form, or create another import";
            return Err(Problem::new(Code::UploadMissing, detail));
        }
        let job = JobsJob::Import { organization_id: import.organization_id, import_id: id };
        let owed = Due { at: app.grace.after(now), job: job.into() };
        let reply =
            Reply::new(StatusCode::ACCEPTED, &ImportView::new(started.clone(), Vec::new()))?;
        let remember = once.remember(&reply, now);
        let uploads = app.table.open_uploads(import.organization_id).await?;
        let transition = Transition {
            before: (&import, due.as_ref()),
            after: (&started, Some(&owed)),
            uploads: Some((&uploads, uploads.without(id))),
        };
        match app.table.change_import(transition, remember.as_ref()).await? {
            Saved::Done => {
                app.arm(&owed.job, now, now).await;
                return Ok(reply);
            }
            Saved::Stale => {}
            Saved::Answered => return Err(Problem::raced()),
        }
    }
    Err(Problem::raced())
}
