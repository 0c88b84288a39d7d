//! Imports of contacts from files.

mod controls;
mod file;
mod options;
mod running;
mod uploads;

pub(crate) use controls::*;
pub(crate) use options::OptOuts;
pub(super) use running::import_warnings;
pub(crate) use uploads::*;

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::files::key_of_request;
use infra::table::Saved;
use shared::ids::{ImportId, OrganizationId};
use shared::import::{
    Charset, Import, MAX_ERRORS, Options, ReadFile, RowError, Rows, UnknownCharset, Unreadable,
    upload,
};
use shared::job::{Due, JobsJob};
use shared::phone::Region;

use crate::auth::{Access, Sender, Viewer};
use crate::idempotency::Once;
use crate::json::Reply;
use crate::params::Segment;
use crate::problem::{Code, Problem};
use crate::state::App;
use crate::views::{ImportView, labels};
use file::{Body, CsvFile};
use options::{FileQuery, UploadRequest};

/// Import contacts from a file
///
/// The body is the file itself, of up to 4 MB, or a JSON document that asks for an upload: then the
/// response has `upload`, a form that sends the file to the bucket, and the import starts with
/// `POST …/imports/{importId}/start`. Files are CSV or JSON lines, plain or in a gzip archive of one or
/// several members. An uploaded file may have 5 GB, an archive 1 GB.
///
/// Columns are recognized by name, regardless of case, accents, spaces and punctuation, unless the
/// request specifies them. All other columns with a name become attributes. Cells are separated by
/// comma, semicolon, tab or `|`. The opt-outs of the whole file are stored before its first contact is
/// created, including those of rejected rows. A row that finds a contact changes only the fields that
/// the file has columns for.
///
/// Send a file that is not in UTF-8 as `application/octet-stream`, because `text/csv` loses bytes that
/// are not UTF-8. UTF-16, Windows-1252 and other encodings are detected, and a file whose encoding is
/// unclear is refused. A file smaller than 4 MB may still be too large as `text/csv`, where quotes,
/// line breaks and non-ASCII characters count several times.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/contacts/imports",
    tag = "Contacts",
    params(
        ("id" = Option<String>, Query,
            description = "The column with the IDs of contacts to update. By default, a column named \
                           `id` if it contains a contact's ID. Pass an empty value for none."),
        ("phone" = Option<String>, Query,
            description = "The column with phones. By default, a mobile phone takes precedence over \
                           other phones of the row."),
        ("firstName" = Option<String>, Query, description = "The column with first names."),
        ("lastName" = Option<String>, Query, description = "The column with last names."),
        ("email" = Option<String>, Query, description = "The column with email addresses."),
        ("optOut" = Option<String>, Query,
            description = "The column that marks people who opted out, with ALL, NONE, yes or no."),
        ("externalId" = Option<String>, Query,
            description = "The column with the contacts' IDs in your other systems."),
        ("status" = Option<String>, Query,
            description = "The column that says whether a contact is `active` or `inactive`. It is \
                           not recognized by name."),
        ("timeZone" = Option<String>, Query,
            description = "The column with time zones, such as America/New_York."),
        ("language" = Option<String>, Query,
            description = "The column with language tags, such as es-419."),
        ("tags" = Option<String>, Query,
            description = "Tags that every row adds to its contact, separated by commas. Tags in a \
                           column named `tags` are added, too."),
        ("attributes" = Option<String>, Query,
            description = "The columns that become attributes, separated by commas, or `none`."),
        ("encoding" = Option<String>, Query,
            description = "The file's encoding, such as `windows-1252` or `utf-16le`, if it has no \
                           byte order mark. By default it is detected."),
        ("delimiter" = Option<String>, Query,
            description = "The character between cells. By default the header shows it."),
        ("format" = Option<labels::ImportFormat>, Query,
            description = "By default, the file's first character shows it."),
        ("match" = Option<labels::ImportMatch>, Query,
            description = "How a row finds the contact to update: `id` by a contact's ID, `phone` by \
                           its phone, `externalId` by its external ID, `none` not at all. Defaults to `phone` for endpoints of Amazon \
                           Pinpoint and to `id` otherwise."),
        ("onMatch" = Option<labels::ImportOnMatch>, Query,
            description = "What happens to a contact that a row finds. Defaults to `update`."),
        ("optOuts" = Option<labels::ImportOptOuts>, Query,
            description = "`only` registers opt-outs and creates no contacts. In a CSV file without \
                           a column of opt-outs, every phone is opted out. A JSON object must say \
                           so itself, as in `\"optOut\": true`, or is rejected."),
        ("dryRun" = Option<bool>, Query,
            description = "Whether to do everything but change contacts and opt-outs."),
    ),
    request_body(content((String = "text/csv"), (String = "application/octet-stream"),
            (String = "application/x-ndjson"), (UploadRequest = "application/json")),
        description = "The file: in UTF-8 as `text/csv`, or in any encoding as \
                       `application/octet-stream`. Or a request for an upload, which the query does \
                       not describe."),
    responses(
        (status = 202, description = "The import. It starts shortly, or once its file is uploaded.",
            body = ImportView),
        (status = 422, description = "`not_csv`, `not_utf8`, `unknown_encoding`, `unclear_encoding`, \
                                      `invalid_csv_header`, `invalid_columns`, or the body is invalid."),
        (status = 429, description = "`too_many_uploads`: 10 uploads are open; start or cancel one."),
    ))]
pub(crate) async fn create_import(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    query: FileQuery,
    body: Body,
) -> Result<Reply, Problem> {
    let (options, file) = match body {
        Body::File(file) => (query.options()?, file),
        Body::Upload(_) if !query.is_empty() => {
            let detail = "an upload is described by the body, so the query must be empty";
            return Err(Problem::new(Code::InvalidColumns, detail));
        }
        Body::Upload(request) => {
            return uploads::create(&app, access, &once, request.options()?).await;
        }
    };
    let checked = check(file, options, access.organization.default_region)?;
    let (now, organization_id) = (clock::now(), access.organization.id);
    let import_id = ImportId::new(now, clock::entropy());
    let import = Import::new(import_id, organization_id, checked.options, Some(access.actor), now);
    let import = Import { reading: checked.reading, ..import };
    let due = Due {
        at: app.grace.after(now),
        job: JobsJob::Import { organization_id, import_id }.into(),
    };
    let view = ImportView::new(import.clone(), Vec::new());
    let reply = Reply::new(StatusCode::ACCEPTED, &view)?;
    let remember = once.remember(&reply, now);
    let key = key_of_request(organization_id, import_id);
    let file = app.files.put(key, "text/csv", checked.content).await?;
    let import = Import { file: Some(file), ..import };
    let saved = app.table.create_import(&import, &due, remember.as_ref());
    match saved.await? {
        Saved::Done => {}
        Saved::Stale | Saved::Answered => return Err(Problem::raced()),
    }
    app.arm(&due.job, now, now).await;
    Ok(reply)
}

/// Get an import and its progress
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/contacts/imports/{importId}",
    tag = "Contacts",
    responses((status = 200, description = "The import.", body = ImportView)))]
pub(crate) async fn get_import(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<ImportId>,
) -> Result<Reply, Problem> {
    let (import, _due) = find(&app, access.organization.id, id).await?;
    let errors = first_errors(&app, &import).await?;
    Reply::ok(&ImportView::new(import, errors))
}

async fn find(
    app: &App,
    organization: OrganizationId,
    id: ImportId,
) -> Result<(Import, Option<Due>), Problem> {
    app.table.import(organization, id).await?.ok_or_else(Problem::not_found)
}

/// The first rejected rows of an import.
async fn first_errors(app: &App, import: &Import) -> Result<Vec<RowError>, Problem> {
    let mut errors = import.former_errors.clone();
    let rejected = usize::try_from(import.progress.rejected).unwrap_or(usize::MAX);
    let wanted = rejected.min(MAX_ERRORS);
    let mut next = None;
    while errors.len() < wanted {
        let batches = i32::try_from(wanted - errors.len()).ok();
        let (rows, after) = app.table.rejected_rows(import, next, batches).await?;
        errors.extend(rows);
        next = after;
        if next.is_none() {
            break;
        }
    }
    errors.truncate(MAX_ERRORS);
    Ok(errors)
}

/// A file that can be read, as far as its beginning shows.
struct Checked {
    content: Vec<u8>,
    options: Options,
    /// Unknown of an archive, which is unpacked later.
    reading: Option<ReadFile>,
}

/// Rejects files that cannot be imported at all before anything is stored.
fn check(file: CsvFile, options: Options, region: Region) -> Result<Checked, Problem> {
    let named = options.encoding.as_deref().or(file.charset.as_deref());
    let named = named.map(Charset::named).transpose();
    let named = named
        .map_err(|error: UnknownCharset| Problem::new(Code::UnknownEncoding, error.to_string()))?;
    let format = options.format.or(file.format);
    if upload::is_gzip(&file.content) {
        let options = Options { encoding: named.map(Charset::name), format, ..options };
        return Ok(Checked { content: file.content, options, reading: None });
    }
    if let Some(kind) = upload::other_kind(&file.content) {
        let detail = format!("the file is {kind}; save it as CSV");
        return Err(Problem::new(Code::NotCsv, detail));
    }
    let (content, charset) = decoded_by_gateway(file, named)?;
    let encoding = charset.or(named).map(Charset::name);
    let options = Options { encoding, format, ..options };
    let (reading, layout) =
        ReadFile::of(&content, true, &options, region).map_err(|unreadable| {
            let code = match unreadable {
                Unreadable::Charset(_) => Code::UnclearEncoding,
                Unreadable::Header(_) => Code::InvalidCsvHeader,
            };
            Problem::new(code, unreadable.to_string())
        })?;
    if Rows::of(layout, &content).lost_all_phones() {
        return Err(not_utf8());
    }
    Ok(Checked { content, options, reading: Some(reading) })
}

/// The content of a file, and its encoding if it was sent as text, which is always UTF-8 by then.
/// Characters that were lost on the way are reported with their rows.
fn decoded_by_gateway(
    file: CsvFile,
    named: Option<Charset>,
) -> Result<(Vec<u8>, Option<Charset>), Problem> {
    let CsvFile { content, is_text, charset: _, format: _ } = file;
    let text = std::str::from_utf8(&content).ok().filter(|_| is_text);
    let Some(text) = text else {
        return Ok((content, None));
    };
    if let Some(restored) = upload::restore_utf_16(text) {
        return Ok((restored.into_bytes(), Some(Charset::UTF_8)));
    }
    let is_other = named.is_some_and(|charset| !charset.is_utf_8());
    if is_other && text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(not_utf8());
    }
    Ok((content, Some(Charset::UTF_8)))
}

fn not_utf8() -> Problem {
    let detail = "the file is not UTF-8, so text/csv loses characters; send it as \
                  application/octet-stream";
    Problem::new(Code::FileNotUtf8, detail)
}

#[cfg(test)]
mod tests;
