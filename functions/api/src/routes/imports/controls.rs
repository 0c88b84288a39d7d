//! The list of imports, and what people do with one after it has begun.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{Saved, Transition};
use shared::actor::Actor;
use shared::ids::ImportId;
use shared::import::limits::REPORT_LINK_SECONDS;
use shared::import::{Import, Refusal, RejectedRows, Stage};
use shared::job::{Due, JobsJob};
use shared::time::Timestamp;

use super::{find, first_errors};
use crate::auth::{Access, Sender, Viewer};
use crate::idempotency::Once;
use crate::json::{MaybeJson, Nothing, Reply};
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES};
use crate::views::{ImportView, RejectedView};

/// List imports
///
/// Newest first, without their rejected rows.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/contacts/imports",
    tag = "Contacts", params(Paging),
    responses((status = 200, description = "A page of imports.", body = ListView<ImportView>)))]
pub(crate) async fn list_imports(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(Paging { limit, cursor }): Query<Paging>,
) -> Result<Reply, Problem> {
    let id = access.organization.id;
    let list = app.cursors.list(format!("{id}/imports"), limit)?;
    let after = list.position(cursor.as_deref())?;
    let (imports, next) = app.table.imports(id, list.limit.into(), after).await?;
    list.reply(imports.into_iter().map(|import| ImportView::new(import, Vec::new())), next)
}

/// Get the rejected rows
///
/// A CSV file with the number that a spreadsheet gives the row, the column, the value and the reason.
/// It has at most 1,000,000 rows, and its last line says if rows are missing. The link is valid for
/// five minutes. An import that ended without the file, such as one of an earlier version, has only
/// its `errors`: the response is 404.
#[utoipa::path(get,
    path = "/v1/organizations/{organizationId}/contacts/imports/{importId}/rejected",
    tag = "Contacts",
    responses(
        (status = 200, description = "A link to the file.", body = RejectedView),
        (status = 409, description = "`import_not_ended`: the file is written when the import ends."),
    ))]
pub(crate) async fn get_rejected_rows(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<ImportId>,
) -> Result<Reply, Problem> {
    let (import, _due) = find(&app, access.organization.id, id).await?;
    let report = match import.rejected_rows() {
        RejectedRows::In(report) => report,
        RejectedRows::None => return Reply::ok(&RejectedView::none()),
        RejectedRows::Pending => {
            let detail =
                "the import has not ended; the file of rejected rows is written at its end";
            return Err(Problem::new(Code::ImportNotEnded, detail));
        }
        RejectedRows::Missing => {
            let detail = "the import ended without a file of its rejected rows; see the import's \
                          errors for the first ones";
            return Err(Problem::new(Code::NotFound, detail));
        }
    };
    let expires_at = clock::now().plus_seconds(REPORT_LINK_SECONDS);
    let name = format!("rejected-{id}.csv");
    let url = app.files.presigned_get(&report.file.key, &name, REPORT_LINK_SECONDS).await?;
    Reply::ok(&RejectedView::new(&import, report, url, expires_at))
}

/// Cancel an import
///
/// Rows that were written stay; see undo.
#[utoipa::path(post,
    path = "/v1/organizations/{organizationId}/contacts/imports/{importId}/cancel",
    tag = "Contacts",
    responses(
        (status = 200, description = "The canceled import.", body = ImportView),
        (status = 409, description = "`import_ended`: the import has ended."),
    ))]
pub(crate) async fn cancel_import(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<ImportId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    change(&app, &access, id, &once, StatusCode::OK, Import::cancel).await
}

/// Undo an import
///
/// Removes the contacts that the import created and that neither a person nor a later import has
/// changed or named since. Updates of other contacts and opt-outs stay.
#[utoipa::path(post,
    path = "/v1/organizations/{organizationId}/contacts/imports/{importId}/undo",
    tag = "Contacts",
    responses(
        (status = 202, description = "The import, whose contacts are removed shortly.",
            body = ImportView),
        (status = 409, description = "`import_not_ended`: the import has not ended, or the file of its \
                                      rejected rows is being written. `nothing_to_undo`: it created \
                                      no contacts, is undone, or is of an earlier version, which did \
                                      not record its contacts."),
    ))]
pub(crate) async fn undo_import(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<ImportId>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    change(&app, &access, id, &once, StatusCode::ACCEPTED, Import::undo).await
}

/// Changes an import as a person decides, and queues what is owed then.
async fn change(
    app: &App,
    access: &Access<Sender>,
    id: ImportId,
    once: &Once,
    status: StatusCode,
    decide: impl Fn(&Import, Actor, Timestamp) -> Result<Import, Refusal>,
) -> Result<Reply, Problem> {
    for _ in 0..MAX_RACES {
        let now = clock::now();
        let (before, due) = find(app, access.organization.id, id).await?;
        let after = decide(&before, access.actor.clone(), now)?;
        let job = JobsJob::Import { organization_id: before.organization_id, import_id: id };
        let owed = due_at(&after, app.grace.after(now)).map(|at| Due { at, job: job.into() });
        let errors = first_errors(app, &before).await?;
        let reply = Reply::new(status, &ImportView::new(after.clone(), errors))?;
        let remember = once.remember(&reply, now);
        let uploads = app.table.open_uploads(before.organization_id).await?;
        let is_open = uploads.contains(id);
        let transition = Transition {
            before: (&before, due.as_ref()),
            after: (&after, owed.as_ref()),
            uploads: is_open.then(|| (&uploads, uploads.without(id))),
        };
        match app.table.change_import(transition, remember.as_ref()).await? {
            Saved::Done => {
                if let Some(owed) = owed {
                    app.arm(&owed.job, now, now).await;
                }
                return Ok(reply);
            }
            Saved::Stale => {}
            Saved::Answered => return Err(Problem::raced()),
        }
    }
    Err(Problem::raced())
}

/// When the sweep queues the job of an import again; `None` if nothing is owed.
fn due_at(import: &Import, after_grace: Timestamp) -> Option<Timestamp> {
    match import.stage() {
        Stage::Over => None,
        // Its file is removed twice: now, and once no one can be uploading it.
        Stage::Discard => Some(import.expires_at().max(after_grace)),
        Stage::Expire
        | Stage::Inspect
        | Stage::Unpack
        | Stage::FirstPass
        | Stage::SecondPass
        | Stage::Report
        | Stage::Undo => Some(after_grace),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::NotUploading => Code::ImportNotUploading,
            Refusal::Ended => Code::ImportEnded,
            Refusal::NotEnded | Refusal::Reporting => Code::ImportNotEnded,
            Refusal::NothingToUndo | Refusal::Unmarked => Code::NothingToUndo,
        };
        Self::new(code, refusal.to_string())
    }
}
