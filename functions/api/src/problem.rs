//! Problem documents (RFC 9457), the body of every error response.

mod code;

pub(crate) use code::Code;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use infra::erasure_keys::ErasureKeyError;
use infra::files::{FileError, FileFailure};
use infra::sealing::SealError;
use infra::table::TableError;
use serde::Serialize;
use shared::campaign::Refusal;
use utoipa::ToSchema;

const RETRY_AFTER_SECONDS: u32 = 1;

#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    is_raced: bool,
    retry_after_seconds: Option<u32>,
}

/// Marks the response to a request that lost a race, possibly to one with the same idempotency key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raced;

/// A field of the request's body that is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// A JSON Pointer (RFC 6901) into the body.
    pub(crate) pointer: String,
    /// What is wrong with the field and what to do.
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
    /// What is wrong and what to do, for people.
    #[schema(value_type = String)]
    detail: &'a str,
    #[schema(value_type = Code)]
    code: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let (detail, errors) = (detail.into(), Vec::new());
        Self { code, detail, errors, is_raced: false, retry_after_seconds: None }
    }

    pub(crate) fn unauthorized() -> Self {
        let detail =
            "a valid API key or ID token is required; send it as Authorization: Bearer <key>";
        Self::new(Code::Unauthorized, detail)
    }

    /// The caller's token is not accepted.
    pub(crate) fn signed_out(detail: &'static str) -> Self {
        Self::new(Code::Unauthorized, detail)
    }

    pub(crate) fn forbidden() -> Self {
        let detail =
            "the role of this key or member does not allow the request; a higher one is required";
        Self::new(Code::Forbidden, detail)
    }

    /// A limit was reached; the client may retry after `seconds`.
    pub(crate) fn too_many(code: Code, detail: impl Into<String>, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds.max(1)), ..Self::new(code, detail) }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(Code::NotFound, "not found")
    }

    pub(crate) fn too_large(max: usize) -> Self {
        Self::new(Code::BodyTooLarge, format!("the body must be at most {max} bytes"))
    }

    pub(crate) fn media_type(expected: &str) -> Self {
        let detail = format!("the content type must be {expected}");
        Self::new(Code::UnsupportedMediaType, detail)
    }

    pub(crate) fn content_encoding() -> Self {
        let detail = "compressed bodies are not supported; send the body without Content-Encoding";
        Self::new(Code::UnsupportedContentEncoding, detail)
    }

    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = "the body is invalid; see errors";
        Self { errors, ..Self::new(Code::ValidationFailed, detail) }
    }

    /// A single invalid field.
    pub(crate) fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// The request kept losing races against other writers.
    pub(crate) fn raced() -> Self {
        let detail = "the resource changed while the request was processed; retry";
        Self { is_raced: true, ..Self::new(Code::TryAgain, detail) }
    }

    fn throttled() -> Self {
        Self::new(Code::Throttled, "the service is busy; retry after the time in Retry-After")
    }

    /// A server error. Its causes are logged; the client learns nothing about them.
    pub(crate) fn internal(error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        tracing::error!(error = %format!("{error:#}"), "failed to respond to a request");
        Self::new(Code::InternalError, "an unexpected error occurred on the server; retry later")
    }
}

impl Problem {
    fn view(&self) -> ProblemView<'_> {
        let status = self.code.status();
        ProblemView {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: &self.detail,
            code: self.code.as_str(),
            errors: &self.errors,
        }
    }

    /// The problem as a part of a response.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self.view()).unwrap_or_default()
    }

    /// Whether the client has to change something, rather than retry.
    pub(crate) fn is_clients(&self) -> bool {
        self.code.status().is_client_error()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let body = serde_json::to_string(&self.view()).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let is_soon_over =
            status == StatusCode::SERVICE_UNAVAILABLE || self.code == Code::IdempotencyInProgress;
        let soon = is_soon_over.then_some(RETRY_AFTER_SECONDS);
        if let Some(seconds) = self.retry_after_seconds.or(soon) {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self.code);
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
            // No one may be erased, and nothing is sent, without the keys.
            TableError::ErasureKey(ErasureKeyError::NotSet) => Self::new(
                Code::ErasureUnavailable,
                "the deployment has no keys for erasures; set its parameter ErasureKeys",
            ),
            error @ (TableError::Request { .. }
            | TableError::ErasureKey(
                ErasureKeyError::Lost(_) | ErasureKeyError::Secret(_),
            )
            | TableError::NewerFormat { .. }
            | TableError::Malformed { .. }) => Self::internal(error),
        }
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        match error.reason {
            FileFailure::Throttled => Self::throttled(),
            FileFailure::Changed | FileFailure::Other => Self::internal(error),
        }
    }
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        Self::internal(error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        let scheduled_at =
            |code, detail: String| Self { code, ..Self::field("/scheduledAt", detail) };
        match refusal {
            Refusal::NotDraft => Self::new(Code::CampaignNotDraft, detail),
            Refusal::NotRunning => Self::new(Code::CampaignNotRunning, detail),
            Refusal::NotEnded => Self::new(Code::CampaignNotEnded, detail),
            Refusal::NotDispatched => Self::new(Code::CampaignNotDispatched, detail),
            Refusal::IsResend => Self::new(Code::CampaignIsResend, detail),
            Refusal::Preparing => Self::new(Code::ResendPreparing, detail),
            Refusal::ResendExpired => Self::new(Code::ResendExpired, detail),
            Refusal::NotPaused => Self::new(Code::CampaignNotPaused, detail),
            Refusal::NotScheduled => Self::new(Code::CampaignNotScheduled, detail),
            Refusal::BodyRequired => Self::new(Code::CampaignBodyRequired, detail),
            Refusal::ScheduledAtPast => scheduled_at(Code::ScheduledAtPast, detail),
            Refusal::ScheduledAtTooFar => scheduled_at(Code::ScheduledAtTooFar, detail),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
