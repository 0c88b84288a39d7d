//! Imports of contacts from CSV files.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use http::StatusCode;
use http::request::Parts;
use infra::clock;
use infra::table::Saved;
use serde::Deserialize;
use shared::ids::ImportId;
use shared::import::{BYTES_MOST, Columns, Import, InvalidHeader, Progress, Rows, Status};
use shared::job::{Due, Job};
use utoipa::ToSchema;

use crate::auth::{Access, Sender, Viewer};
use crate::idempotency::Once;
use crate::json::{self, Json, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::App;
use crate::views::ImportView;

/// Takes a CSV file of up to 4 MB and imports its contacts. Columns are found by their names, or
/// as the query maps them; those that are no field become attributes. Who opted out by the file is
/// unsubscribed before the contact is there.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/contacts/imports",
    tag = "Contacts",
    params(
        ("id" = Option<String>, Query,
            description = "The column of contact ids to update; empty if there is none."),
        ("phone" = Option<String>, Query, description = "The column of phones."),
        ("firstName" = Option<String>, Query, description = "The column of first names."),
        ("lastName" = Option<String>, Query, description = "The column of last names."),
        ("email" = Option<String>, Query, description = "The column of e-mail addresses."),
        ("optOut" = Option<String>, Query,
            description = "The column that says who wants no messages: ALL or NONE, yes or no."),
    ),
    request_body(content = String, content_type = "text/csv", description = "UTF-8, with a header."),
    responses((status = 202, description = "The import, which has not begun.", body = ImportView)))]
pub(crate) async fn create_import(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Mapping(columns): Mapping,
    CsvFile(content): CsvFile,
) -> Result<Reply, Problem> {
    check(&content, &columns)?;
    let now = clock::now();
    let import = Import {
        id: ImportId::new(now, clock::entropy()),
        organization_id: access.organization.id,
        status: Status::Pending,
        columns,
        progress: Progress::default(),
        failure: None,
        changed_by: Some(access.actor),
        created_at: now,
        updated_at: now,
    };
    let (organization_id, import_id) = (import.organization_id, import.id);
    let due = Due {
        at: now.plus_seconds(app.repair_seconds),
        job: Job::Import { organization_id, import_id },
    };
    let reply = Reply::new(StatusCode::ACCEPTED, &ImportView::from(import.clone()))?;
    let remember = once.remember(&reply, now);
    app.files.put(organization_id, import_id, content).await?;
    let saved = app.table.create_import(&import, &due, remember.as_ref());
    match saved.await? {
        Saved::Done => {}
        Saved::Stale | Saved::Answered => return Err(Problem::raced()),
    }
    app.arm(&due.job, now, now).await;
    Ok(reply)
}

/// Tells how far an import is.
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
    Reply::ok(&ImportView::from(import))
}

/// Refuses at once what no row of the file could mend, so that nothing is begun.
fn check(content: &[u8], columns: &Columns) -> Result<(), Problem> {
    // What lies before the function may have put U+FFFD where bytes were no UTF-8.
    if std::str::from_utf8(content).map_or(true, |text| text.contains('\u{FFFD}')) {
        return Err(Problem::unprocessable("not_utf8", "the file must be in UTF-8"));
    }
    let refuse =
        |error: InvalidHeader| Problem::unprocessable("invalid_csv_header", error.to_string());
    Rows::open(content, columns).map(|_| ()).map_err(refuse)
}

/// The columns that the query maps.
pub(crate) struct Mapping(Columns);

impl<S: Send + Sync> FromRequestParts<S> for Mapping {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(columns)| Self(columns))
            .map_err(|rejection| Problem::unprocessable("invalid_columns", rejection.body_text()))
    }
}

/// The file of an import.
pub(crate) struct CsvFile(Vec<u8>);

/// Asks for a place to upload a larger file to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UploadRequest {
    upload: bool,
}

impl<S: Send + Sync> FromRequest<S> for CsvFile {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        json::check_encoding(request.headers())?;
        match json::media_type(request.headers()).as_str() {
            "text/csv" => {
                let body = json::bytes(request.into_body(), BYTES_MOST).await?;
                Ok(Self(body.into()))
            }
            "application/json" => {
                let Json(asked) = Json::<UploadRequest>::from_request(request, state).await?;
                Err(if asked.upload {
                    let detail = "uploads of larger files are not available; send the file in \
                                  parts of at most 4 MB as text/csv";
                    Problem::unprocessable("upload_unavailable", detail)
                } else {
                    Problem::field("/upload", "must be true; a file itself comes as text/csv")
                })
            }
            _ => Err(Problem::media_type("text/csv")),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::header;

    use super::*;
    use crate::problem::tests::read;

    async fn code(refused: Problem) -> (u16, String) {
        let (status, body) = read(refused).await;
        let code = body["code"].as_str().expect("a code").to_owned();
        (status.as_u16(), code)
    }

    #[tokio::test]
    async fn a_bad_header_refuses_the_file() {
        let columns = Columns::default();
        assert!(check("\u{feff}Phone;Name\n+14155550123;Zoë".as_bytes(), &columns).is_ok());
        let check = async |content: &[u8], expected: &str| {
            let refused = check(content, &columns).expect_err("refused");
            assert_eq!(code(refused).await, (422, expected.to_owned()));
        };
        check(b"phone,name\n1,\xff", "not_utf8").await;
        check("phone,name\n1,\u{FFFD}".as_bytes(), "not_utf8").await;
        check(b"name,city\na,b", "invalid_csv_header").await;
        check(b"", "invalid_csv_header").await;
    }

    #[tokio::test]
    async fn a_file_comes_as_csv() {
        let file = async |content_type: &str, body: Vec<u8>| {
            let request = Request::builder()
                .header(header::CONTENT_TYPE, content_type)
                .body(Body::from(body))
                .expect("a request");
            match CsvFile::from_request(request, &()).await {
                Ok(_) => (200, String::new()),
                Err(refused) => code(refused).await,
            }
        };
        assert_eq!(file("text/csv; charset=utf-8", vec![b'a'; BYTES_MOST]).await.0, 200);
        assert_eq!(file("text/csv", vec![b'a'; BYTES_MOST + 1]).await.0, 413);
        assert_eq!(file("text/plain", Vec::new()).await.0, 415);
        let upload = file("application/json", b"{\"upload\": true}".to_vec()).await;
        assert_eq!(upload, (422, "upload_unavailable".to_owned()));
    }

    #[tokio::test]
    async fn the_query_maps_columns() {
        let mapping = async |uri: &str| {
            let request = Request::builder().uri(uri).body(()).expect("a request");
            Mapping::from_request_parts(&mut request.into_parts().0, &()).await
        };
        let Mapping(columns) =
            mapping("/?phone=Mobile%20No&firstName=Name").await.map_err(|_| ()).expect("known");
        assert_eq!(columns.phone.as_deref(), Some("Mobile No"));
        assert_eq!(columns.first_name.as_deref(), Some("Name"));
        let refused = mapping("/?telephone=x").await.err().expect("refused");
        assert_eq!(code(refused).await, (422, "invalid_columns".to_owned()));
    }
}
