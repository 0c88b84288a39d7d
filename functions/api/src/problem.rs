//! Problem documents (RFC 9457): the one form in which a request is refused.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use infra::files::FileError;
use infra::table::TableError;
use serde::Serialize;
use shared::campaign::Refusal;
use utoipa::ToSchema;

const RETRY_AFTER_SECONDS: u32 = 1;

#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    is_raced: bool,
    retry_after_seconds: Option<u32>,
}

/// Marks the answer of a request that lost a race, perhaps to one with its own idempotency key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raced;

/// A field of the request's body that does not validate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// A JSON Pointer (RFC 6901) into the body.
    pub(crate) pointer: String,
    pub(crate) detail: String,
}

/// Why a request was refused (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemView<'a> {
    #[schema(value_type = String, example = "about:blank")]
    r#type: &'static str,
    #[schema(value_type = String)]
    title: &'static str,
    status: u16,
    #[schema(value_type = String)]
    detail: &'a str,
    /// A stable word for programs. 400: `malformed_json`, `not_utf8`, `duplicate_name`, `invalid_query`, `invalid_cursor`,
    /// `invalid_idempotency_key`; 401: `unauthorized`; 403: `forbidden`, `deployment_only`,
    /// `sender_not_assigned`, `rate_above_limit`, `opted_out_by_person`; 404: `not_found`; 405:
    /// `method_not_allowed`; 409: `campaign_not_draft`, `campaign_not_scheduled`,
    /// `campaign_not_running`, `campaign_not_paused`, `sender_taken`, `unsubscribe_changed`,
    /// `idempotency_in_progress`;
    /// 413: `body_too_large`; 415: `unsupported_media_type`, `unsupported_content_encoding`; 422: `validation_failed`,
    /// `campaign_body_required`, `scheduled_at_past`, `scheduled_at_too_far`, `invalid_phone`,
    /// `not_utf8`, `not_csv`, `unknown_encoding`, `invalid_csv_header`, `invalid_columns`, `prices_required`,
    /// `audience_too_large`, `dry_run_unavailable`, `recipient_opted_out`, `upload_unavailable`,
    /// `idempotency_key_reused`; 429: `test_limit_reached`, `quote_in_progress`; 500: `internal_error`; 503: `try_again`, `throttled`.
    #[schema(value_type = String, example = "validation_failed")]
    code: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (detail, errors) = (detail.into(), Vec::new());
        Self { status, code, detail, errors, is_raced: false, retry_after_seconds: None }
    }

    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub(crate) fn unauthorized() -> Self {
        let detail = "a valid key is needed: Authorization: Bearer <key>";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub(crate) fn forbidden() -> Self {
        let detail = "the key does not allow this";
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// Forbidden to this key by something other than its role.
    pub(crate) fn denied(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// Too many, until so many seconds have passed.
    pub(crate) fn too_many(code: &'static str, detail: impl Into<String>, seconds: u32) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail);
        Self { retry_after_seconds: Some(seconds.max(1)), ..problem }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is no such thing")
    }

    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    pub(crate) fn too_large(most: usize) -> Self {
        Self::body_too_large(format!("the body must be at most {most} bytes"))
    }

    pub(crate) fn body_too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    }

    pub(crate) fn media_type(wanted: &str) -> Self {
        let detail = format!("the content type must be {wanted}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    pub(crate) fn content_encoding() -> Self {
        let detail = "a compressed body is not read: send it without Content-Encoding";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_content_encoding", detail)
    }

    pub(crate) fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::unprocessable("validation_failed", "the body does not validate") }
    }

    /// One field that does not validate.
    pub(crate) fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// Others wrote in between, more often than it is worth to decide again.
    pub(crate) fn raced() -> Self {
        let detail = "others changed the same thing at the same time";
        Self { is_raced: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "try_again", detail) }
    }

    fn throttled() -> Self {
        let detail = "too much is asked for at once";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "throttled", detail)
    }

    /// A fault of ours: logged with its causes, of which the client learns nothing.
    pub(crate) fn internal(error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        tracing::error!(error = %format!("{error:#}"), "failed to answer a request");
        let detail = "something went wrong on the server";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let view = ProblemView {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
        };
        let body = serde_json::to_string(&view).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let unavailable = self.status == StatusCode::SERVICE_UNAVAILABLE;
        let unavailable = unavailable.then_some(RETRY_AFTER_SECONDS);
        if let Some(seconds) = self.retry_after_seconds.or(unavailable) {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.is_raced {
            response.extensions_mut().insert(Raced);
        }
        response
    }
}

impl From<TableError> for Problem {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Throttled { .. } => Self::throttled(),
            error @ (TableError::Request { .. } | TableError::Malformed { .. }) => {
                Self::internal(error)
            }
        }
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        if error.is_throttled { Self::throttled() } else { Self::internal(error) }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        let scheduled_at =
            |code, detail: String| Self { code, ..Self::field("/scheduledAt", detail) };
        match refusal {
            Refusal::NotDraft => Self::conflict("campaign_not_draft", detail),
            Refusal::NotRunning => Self::conflict("campaign_not_running", detail),
            Refusal::NotPaused => Self::conflict("campaign_not_paused", detail),
            Refusal::NotScheduled => Self::conflict("campaign_not_scheduled", detail),
            Refusal::BodyRequired => Self::unprocessable("campaign_body_required", detail),
            Refusal::ScheduledAtPast => scheduled_at("scheduled_at_past", detail),
            Refusal::ScheduledAtTooFar => scheduled_at("scheduled_at_too_far", detail),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
