//! Imports of contacts from CSV files.

mod file;

use axum::extract::{FromRequestParts, State};
use http::StatusCode;
use http::request::Parts;
use infra::clock;
use infra::files::key_of_request;
use infra::table::Saved;
use serde::Deserialize;
use shared::ids::ImportId;
use shared::import::{
    Charset, Columns, Import, Layout, MAX_ERRORS, Options, ReadFile, RowError, Rows,
    UnclearCharset, UnknownCharset, upload,
};
use shared::job::{Due, JobsJob};
use shared::phone::Region;

use crate::auth::{Access, Sender, Viewer};
use crate::idempotency::Once;
use crate::json::Reply;
use crate::params::{Segment, query_error};
use crate::problem::{Code, Problem};
use crate::state::App;
use crate::views::ImportView;
use file::CsvFile;

/// Import contacts from a CSV file
///
/// The file may have up to 4 MB. Columns are recognized by name, regardless of case, accents, spaces
/// and punctuation, unless the query specifies them. All other columns with a name become attributes.
/// Cells are separated by comma, semicolon, tab or `|`. The opt-outs of the whole file are stored
/// before its first contact is created, including those of rejected rows.
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
        ("attributes" = Option<String>, Query,
            description = "The columns that become attributes, separated by commas, or `none`."),
        ("encoding" = Option<String>, Query,
            description = "The file's encoding, such as `windows-1252` or `utf-16le`, if it has no \
                           byte order mark. By default it is detected."),
    ),
    request_body(content((String = "text/csv"), (String = "application/octet-stream")),
        description = "A CSV file with a header row: in UTF-8 as `text/csv`, or in any encoding as \
                       `application/octet-stream`."),
    responses((status = 202, description = "The import, which starts shortly.", body = ImportView)))]
pub(crate) async fn create_import(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Described(options): Described,
    file: CsvFile,
) -> Result<Reply, Problem> {
    let (content, options, reading) = check(file, options, access.organization.default_region)?;
    let (now, organization_id) = (clock::now(), access.organization.id);
    let import_id = ImportId::new(now, clock::entropy());
    let import = Import::new(import_id, organization_id, options, Some(access.actor), now);
    let import = Import { reading: Some(reading), ..import };
    let due = Due {
        at: now.plus_seconds(app.repair_seconds),
        job: JobsJob::Import { organization_id, import_id }.into(),
    };
    let view = ImportView::new(import.clone(), Vec::new());
    let reply = Reply::new(StatusCode::ACCEPTED, &view)?;
    let remember = once.remember(&reply, now);
    let key = key_of_request(organization_id, import_id);
    let file = app.files.put(key, "text/csv", content).await?;
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
    let found = app.table.import(access.organization.id, id).await?;
    let (import, _due) = found.ok_or_else(Problem::not_found)?;
    let errors = first_errors(&app, &import).await?;
    Reply::ok(&ImportView::new(import, errors))
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

/// Rejects files that cannot be imported at all before anything is stored.
fn check(
    file: CsvFile,
    options: ImportOptions,
    region: Region,
) -> Result<(Vec<u8>, Options, ReadFile), Problem> {
    let (columns, encoding) = options.split();
    let named = encoding.or_else(|| file.charset.clone());
    let named = named.as_deref().map(Charset::named).transpose();
    let named = named
        .map_err(|error: UnknownCharset| Problem::new(Code::UnknownEncoding, error.to_string()))?;
    if let Some(kind) = upload::other_kind(&file.content) {
        let detail = format!("the file is {kind}; save it as CSV");
        return Err(Problem::new(Code::NotCsv, detail));
    }
    let (content, charset) = decoded_by_gateway(file, named)?;
    let encoding = charset.or(named).map(Charset::name);
    let options = Options { columns, encoding, ..Options::default() };
    let reading = ReadFile::of(&content, &options, None, region)
        .map_err(|error: UnclearCharset| Problem::new(Code::UnclearEncoding, error.to_string()))?;
    let description = reading.description(&options).ok_or_else(not_utf8)?;
    let layout = Layout::read(&content, true, &description)
        .map_err(|error| Problem::new(Code::InvalidCsvHeader, error.to_string()))?;
    if Rows::of(layout, &content).lost_all_phones() {
        return Err(not_utf8());
    }
    Ok((content, options, reading))
}

/// The content of a file, and its encoding if it was sent as text, which is always UTF-8 by then.
/// Characters that were lost on the way are reported with their rows.
fn decoded_by_gateway(
    file: CsvFile,
    named: Option<Charset>,
) -> Result<(Vec<u8>, Option<Charset>), Problem> {
    let CsvFile { content, is_text, charset: _ } = file;
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

/// The query's options for the file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImportOptions {
    id: Option<String>,
    phone: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    opt_out: Option<String>,
    attributes: Option<String>,
    encoding: Option<String>,
}

impl ImportOptions {
    fn split(self) -> (Columns, Option<String>) {
        let Self { id, phone, first_name, last_name, email, opt_out, attributes, encoding } = self;
        let columns = Columns { id, phone, first_name, last_name, email, opt_out, attributes };
        (columns, encoding)
    }
}

pub(crate) struct Described(ImportOptions);

impl<S: Send + Sync> FromRequestParts<S> for Described {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(options)| Self(options))
            .map_err(|rejection| Problem::new(Code::InvalidColumns, query_error(&rejection)))
    }
}

#[cfg(test)]
mod tests;
