//! The service's responses: its results, and the exceptions of its model.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::authorization::Problem;
use super::reader::Invalid;
use crate::errors::PAGE;

pub(super) const JSON: &str = "application/x-amz-json-1.0";

/// The namespaces of the model's shapes, and of those that all AWS services share.
const MODEL: &str = "com.amazonaws.pinpointsmsvoicev2";
const FRAMEWORK: &str = "com.amazon.coral.service";

fn answer(status: StatusCode, request: &str, body: &Value) -> Response {
    let headers = [(CONTENT_TYPE.as_str(), JSON), ("x-amzn-requestid", request)];
    (status, headers, body.to_string()).into_response()
}

fn request() -> String {
    // Better a response without an id than none at all.
    super::id().unwrap_or_default()
}

/// The protocol puts the name of the exception's shape into the body.
fn exception(space: &str, shape: &str, mut members: Value) -> Response {
    members["__type"] = format!("{space}#{shape}").into();
    answer(StatusCode::BAD_REQUEST, &request(), &members)
}

pub(super) fn done(result: &Value) -> Response {
    answer(StatusCode::OK, &request(), result)
}

pub(super) fn sent(id: &str) -> Response {
    done(&json!({ "MessageId": id }))
}

pub(super) fn missing(kind: &str, name: &str) -> Response {
    let message = format!("There is no {kind} {name}");
    let members = json!({ "Message": message, "ResourceType": kind, "ResourceId": name });
    exception(MODEL, "ResourceNotFoundException", members)
}

/// What IAM refuses, which the service passes on.
pub(super) fn denied(action: &str) -> Response {
    let message = format!(
        "User: arn:aws:iam::123456789012:role/volley is not authorized to perform: {action}"
    );
    exception(MODEL, "AccessDeniedException", json!({ "Message": message }))
}

pub(super) fn throttled() -> Response {
    exception(MODEL, "ThrottlingException", json!({ "Message": "Rate exceeded" }))
}

pub(super) fn page(status: StatusCode) -> Response {
    (status, PAGE).into_response()
}

/// The model's only server fault. Its status differs from that of the exceptions.
pub(super) fn failed() -> Response {
    let request = request();
    let body = json!({
        "__type": format!("{MODEL}#InternalServerException"),
        "Message": "Internal server error",
        "RequestId": request,
    });
    answer(StatusCode::INTERNAL_SERVER_ERROR, &request, &body)
}

pub(super) fn unknown_operation() -> Response {
    exception(FRAMEWORK, "UnknownOperationException", json!({}))
}

pub(super) fn unauthorized(problem: Problem) -> Response {
    let (shape, message) = match problem {
        Problem::Missing => ("MissingAuthenticationTokenException", "Missing Authentication Token"),
        Problem::Incomplete => (
            "IncompleteSignatureException",
            "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' \
             parameters, and existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
        Problem::Misdirected => (
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'sms-voice'.",
        ),
    };
    exception(FRAMEWORK, shape, json!({ "message": message }))
}

pub(super) fn invalid(invalid: &Invalid) -> Response {
    let fields: Vec<Value> = invalid
        .fields
        .iter()
        .map(|(name, message)| json!({ "Name": name, "Message": message }))
        .collect();
    let members = json!({ "Message": invalid.message, "Reason": invalid.reason, "Fields": fields });
    exception(MODEL, "ValidationException", members)
}

/// The service's equivalent of Twilio's refusal of a message to `to` with `code`.
pub(super) fn refused(code: u32, to: &str) -> Response {
    let (shape, members) = match code {
        20_005 => (
            "AccessDeniedException",
            json!({ "Message": "The account is disabled", "Reason": "ACCOUNT_DISABLED" }),
        ),
        20_429 | 21_611 => return throttled(),
        20_500 => return failed(),
        21_211 | 21_614 => {
            let message = "Invalid destination phone number";
            let fields = vec![("DestinationPhoneNumber".to_owned(), message.to_owned())];
            return invalid(&Invalid { reason: "INVALID_PARAMETER", message, fields });
        }
        21_610 => (
            "ConflictException",
            json!({
                "Message": "Destination phone number opted out",
                "Reason": "DESTINATION_PHONE_NUMBER_OPTED_OUT",
                "ResourceType": "opted-out-number",
                "ResourceId": to,
            }),
        ),
        63_038 => (
            "ServiceQuotaExceededException",
            json!({
                "Message": "The monthly spend limit is reached",
                "Reason": "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
            }),
        ),
        _ => {
            let message = "The message was refused";
            return invalid(&Invalid { reason: "OTHER", message, fields: Vec::new() });
        }
    };
    exception(MODEL, shape, members)
}
