use serde_json::{Value, json};

use super::*;

/// A response's status and body.
pub(crate) async fn read(response: impl IntoResponse) -> (StatusCode, Value) {
    let response = response.into_response();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    let body = serde_json::from_slice(&body.expect("a body")).expect("JSON");
    (status, body)
}

/// A response's status and the problem's code.
pub(crate) async fn code(refused: Problem) -> (u16, String) {
    let (status, body) = read(refused).await;
    (status.as_u16(), body["code"].as_str().expect("a code").to_owned())
}

#[tokio::test]
async fn a_problem_is_a_document() {
    let (status, body) = read(Problem::field("/name", "must not be blank")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let expected = json!({
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "the body is invalid; see errors",
        "code": "validation_failed",
        "errors": [{"pointer": "/name", "detail": "must not be blank"}],
    });
    assert_eq!(body, expected);
}

#[test]
fn headers_tell_what_to_do() {
    let response = Problem::unauthorized().into_response();
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    let throttled = TableError::Throttled { operation: "Query" };
    let response = Problem::from(throttled).into_response();
    assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn faults_tell_nothing() {
    let error = TableError::Request { operation: "PutItem", source: "table secret-name".into() };
    let (status, body) = read(Problem::from(error)).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(body["code"], "internal_error");
    assert!(!body.to_string().contains("PutItem"));
    assert!(!body.to_string().contains("secret-name"));
}

#[tokio::test]
async fn refusals_have_their_codes() {
    let (status, body) = read(Problem::from(Refusal::ScheduledAtPast)).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("scheduled_at_past")));
    assert_eq!(body["errors"][0]["pointer"], "/scheduledAt");
    let (status, body) = read(Problem::from(Refusal::NotDraft)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("campaign_not_draft")));
}
