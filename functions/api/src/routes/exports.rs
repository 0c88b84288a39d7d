//! Exports: files of what an organization has.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::ExportCreated;
use serde::Deserialize;
use shared::export::{Export, Format, Kind, LINK_SECONDS};
use shared::ids::{CampaignId, ExportId};
use shared::job::{Due, JobsJob};
use shared::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::{ExportFileView, ExportView, labels};

/// When a client may ask again whether it can start an export.
const BUSY_SECONDS: u32 = 30;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ExportRequest {
    #[schema(value_type = labels::ExportKind)]
    kind: Kind,
    #[schema(value_type = labels::ExportFormat)]
    format: Format,
    /// The campaign of `messages` and `skipped`. The other kinds have none.
    campaign_id: Option<Uuid>,
}

/// Export to a file
///
/// Writes a campaign's messages, the contacts, the unsubscribes or the contacts that a campaign skipped
/// to a file, compressed with gzip. It can have any number of rows, and 20 GB after compression. Poll
/// the export until its status is `done`: then it has a link. The file is removed after seven days.
///
/// - `messages`: `id`, `campaignId`, `contactId`, `to`, `from`, `body`, `parts`, `status`, `errorCode`,
///   `errorReason`, `providerMessageId`, `createdAt`, `sentAt`, `deliveredAt`, `updatedAt`. Pending
///   messages are included.
/// - `contacts`: `id`, `phone`, `firstName`, `lastName`, `email`, `externalId`, `status`, `tags`,
///   `timeZone`, `language`, `importId`, `createdAt`, `updatedAt` and the attributes: one column
///   `attributes.NAME` for each, or the object `attributes` in JSON.
/// - `unsubscribes`: `phone`, `unsubscribedAt`, `source`, `campaignId`, `evidence`, `changedByKind`,
///   `changedByName`.
/// - `skipped`: `campaignId`, `contactId`, `reason`, `detail`. Contacts that are not in the campaign's
///   target are left out.
///
/// `jsonl` has one JSON object a line. `csv` is for spreadsheets: UTF-8 with a byte order mark, without
/// which Excel garbles accents, and an apostrophe before each text that would be a formula. Tags are
/// separated by semicolons, and an attribute that is a list is JSON. A file of contacts can be imported
/// again in either format, without those marks. To import it into another organization, match by `phone`,
/// `externalId` or `none`.
///
/// Rows are read while the export runs. Those of its last second may be missing, and a contact whose
/// phone changes meanwhile may be in the file twice or not at all. An organization runs one export at a
/// time.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/exports", tag = "Exports",
    request_body = ExportRequest,
    responses(
        (status = 202, description = "The export. It starts shortly.", body = ExportView),
        (status = 429, description = "`export_in_progress`: another export of the organization runs."),
    ))]
pub(crate) async fn create_export(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Json(request): Json<ExportRequest>,
) -> Result<Reply, Problem> {
    let campaign_id = request.campaign_id.map(CampaignId);
    check_campaign(&app, &access, request.kind, campaign_id).await?;
    let (now, organization_id) = (clock::now(), access.organization.id);
    let export_id = ExportId::new(now, clock::entropy());
    let what = (request.kind, request.format, campaign_id);
    let export = Export::new(export_id, organization_id, what, Some(access.actor), now);
    let job = JobsJob::Export { organization_id, export_id };
    let due = Due { at: app.grace.after(now), job: job.into() };
    let reply = Reply::new(StatusCode::ACCEPTED, &ExportView::from(&export))?;
    let remember = once.remember(&reply, now);
    match app.table.create_export(&export, &due, remember.as_ref()).await? {
        ExportCreated::Done => {}
        ExportCreated::Busy => {
            let detail = "another export of the organization has not ended; wait for its end";
            return Err(Problem::too_many(Code::ExportInProgress, detail, BUSY_SECONDS));
        }
        ExportCreated::Answered | ExportCreated::Stale => return Err(Problem::raced()),
    }
    app.arm(&due.job, now, now).await;
    Ok(reply)
}

/// List exports
///
/// Newest first, without links. Exports are listed for seven days after their end.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/exports", tag = "Exports",
    params(Paging),
    responses((status = 200, description = "A page of exports.", body = ListView<ExportView>)))]
pub(crate) async fn list_exports(
    State(app): State<App>,
    access: Access<Sender>,
    Query(Paging { limit, cursor }): Query<Paging>,
) -> Result<Reply, Problem> {
    let id = access.organization.id;
    let list = app.cursors.list(format!("{id}/exports"), limit)?;
    let after = list.position(cursor.as_deref())?;
    let (exports, next) = app.table.exports(id, list.limit.into(), after).await?;
    list.reply(exports.iter().map(ExportView::from), next)
}

/// Get an export, its progress and its link
///
/// Each response has a new link to the file, valid for an hour.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/exports/{exportId}", tag = "Exports",
    responses((status = 200, description = "The export.", body = ExportView)))]
pub(crate) async fn get_export(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<ExportId>,
) -> Result<Reply, Problem> {
    let found = app.table.export(access.organization.id, id).await?;
    let (export, _due) = found.ok_or_else(Problem::not_found)?;
    let file = file(&app, &export, clock::now()).await?;
    Reply::ok(&ExportView::from(&export).with_file(file))
}

/// A new link to the file, as long as there is one.
async fn file(
    app: &Volley,
    export: &Export,
    now: Timestamp,
) -> Result<Option<ExportFileView>, Problem> {
    if export.expires_at().is_none_or(|at| at <= now) {
        return Ok(None);
    }
    let name = export.file_name();
    let url = app.files.presigned_get(&export.key(), &name, LINK_SECONDS).await?;
    Ok(Some(ExportFileView::new(url, name, now.plus_seconds(LINK_SECONDS))))
}

/// Messages and skipped contacts are those of one of the organization's campaigns.
async fn check_campaign(
    app: &Volley,
    access: &Access<Sender>,
    kind: Kind,
    campaign: Option<CampaignId>,
) -> Result<(), Problem> {
    let refuse = |detail: &str| Err(Problem::field("/campaignId", detail.to_owned()));
    match (kind.is_of_campaign(), campaign) {
        (false, None) => Ok(()),
        (false, Some(_)) => refuse("must be absent, because these rows are of no campaign"),
        (true, None) => refuse("is required: name the campaign whose rows to export"),
        (true, Some(id)) => match app.table.campaign(access.organization.id, id).await? {
            Some(_) => Ok(()),
            None => refuse("there is no campaign with this ID"),
        },
    }
}
