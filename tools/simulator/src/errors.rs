//! Twilio's error responses.
//!
//! Source: <https://www.twilio.com/docs/api/errors>.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

/// A page that a proxy returns instead of the provider's response.
pub(crate) const PAGE: Html<&str> = Html("<html><body><h1>This is no JSON</h1></body></html>");

/// An error code's HTTP status and message. Codes that are not listed refuse a request.
fn describe(code: u32) -> (StatusCode, &'static str) {
    match code {
        20001 => (StatusCode::BAD_REQUEST, "Invalid parameter"),
        20003 => (StatusCode::UNAUTHORIZED, "Authenticate"),
        20004 => (StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
        20005 => (StatusCode::FORBIDDEN, "Account not active"),
        20404 => (StatusCode::NOT_FOUND, "The requested resource was not found"),
        20429 => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        20500 => (StatusCode::INTERNAL_SERVER_ERROR, "An internal server error has occurred"),
        21211 => (StatusCode::BAD_REQUEST, "The 'To' number is not a valid phone number."),
        21602 => (StatusCode::BAD_REQUEST, "Message body is required."),
        21603 => (StatusCode::BAD_REQUEST, "A 'From' phone number is required."),
        21604 => (StatusCode::BAD_REQUEST, "A 'To' phone number is required."),
        21609 => (StatusCode::BAD_REQUEST, "The 'StatusCallback' URL is not a valid URL."),
        21610 => (StatusCode::BAD_REQUEST, "Attempt to send to unsubscribed recipient"),
        21611 => (
            StatusCode::BAD_REQUEST,
            "This 'From' number has exceeded the maximum number of queued messages",
        ),
        21614 => (StatusCode::BAD_REQUEST, "'To' number is not a valid mobile number"),
        21617 => (
            StatusCode::BAD_REQUEST,
            "The concatenated message body exceeds the 1600 character limit",
        ),
        21624 => (StatusCode::BAD_REQUEST, "Invalid validity period value"),
        63038 => (StatusCode::TOO_MANY_REQUESTS, "Account exceeded the daily messages limit"),
        _ => (StatusCode::BAD_REQUEST, "The message was refused"),
    }
}

/// The error response with `code`.
pub(crate) fn answer(code: u32) -> Response {
    let (status, message) = describe(code);
    let problem = json!({
        "code": code,
        "message": message,
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status.as_u16(),
    });
    (status, Json(problem)).into_response()
}

/// The description of the error that a message ended with.
pub(crate) fn message(code: u32) -> &'static str {
    match code {
        21610 => "Attempt to send to unsubscribed recipient",
        30003 => "Unreachable destination handset",
        30005 => "Unknown destination handset",
        30006 => "Landline or unreachable carrier",
        30007 => "Message filtered",
        30036 => "Validity period expired",
        _ => "Unknown error",
    }
}
