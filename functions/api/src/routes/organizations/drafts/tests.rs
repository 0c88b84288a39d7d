use serde_json::{Value, json};
use shared::ids::OrganizationId;
use shared::sender::Sender;
use shared::time::Timestamp;
use uuid::Uuid;

use super::*;
use crate::json::parse;
use crate::problem::tests::read;

fn draft(body: &Value) -> OrganizationDraft {
    parse(body.to_string().as_bytes()).map_err(|_| ()).expect("a draft")
}

fn organization() -> Organization {
    let phone = Phone::from_e164("+14153550100").expect("valid");
    let sender = Sender::new(phone, Provider::default());
    let id = OrganizationId(Uuid::nil());
    Organization::new(id, "Ferry".to_owned(), sender, Timestamp::EPOCH)
}

fn patch(body: &Value) -> OrganizationPatch {
    parse(body.to_string().as_bytes()).map_err(|_| ()).expect("a patch")
}

fn pointers(body: &Value) -> Vec<Value> {
    let errors = body["errors"].as_array().expect("errors").iter();
    errors.map(|error| error["pointer"].clone()).collect()
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let draft = draft(&json!({
        "name": "\u{3164}", "senderPhone": "call me", "defaultRegion": "Utopia",
        "senderPhones": ["+14153550101", "5"], "partsPerSecond": 9, "maxPartsPerSecond": 8,
        "testsPerDay": 100_001,
    }));
    let (_, body) = read(draft.checked().expect_err("refused")).await;
    let expected = [
        "/defaultRegion",
        "/name",
        "/senderPhone",
        "/partsPerSecond",
        "/senderPhones/1",
        "/testsPerDay",
    ];
    let mut named = pointers(&body);
    named.sort_by_key(ToString::to_string);
    let mut expected: Vec<Value> = expected.iter().map(|pointer| json!(pointer)).collect();
    expected.sort_by_key(ToString::to_string);
    assert_eq!(named, expected);
}

#[test]
fn a_sender_is_read_in_its_region() {
    let body = json!({"name": "Ferry", "senderPhone": "07911 123456", "defaultRegion": "gb"});
    let checked = draft(&body).checked().map_err(|_| ()).expect("valid");
    assert_eq!(checked.phone.as_str(), "+447911123456");
}

#[tokio::test]
async fn what_an_admin_may_not_change_is_denied_with_what_to_do() {
    for (body, code, advice) in [
        (json!({"senderPhone": "+14153550199"}), "sender_not_assigned", "senderPhones"),
        (json!({"senderPhones": []}), "deployment_only", "senderPhones"),
        (json!({"provider": {"kind": "aws"}}), "deployment_only", "provider"),
        (json!({"partsPerSecond": 2}), "rate_above_limit", "at most 1"),
        (json!({"maxPartsPerSecond": 1}), "deployment_only", "maxPartsPerSecond"),
        (json!({"testsPerDay": 1}), "deployment_only", "testsPerDay"),
    ] {
        let denied = patch(&body).applied(&organization(), Authority::Admin);
        let (status, problem) = read(denied.expect_err("denied")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (403, &json!(code)), "{body}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(advice) && detail.contains("operator"), "{detail}");
        assert!(patch(&body).applied(&organization(), Authority::Deployment).is_ok(), "{body}");
    }
    // Invalid fields are reported before missing permissions.
    let denied = patch(&json!({"partsPerSecond": 0})).applied(&organization(), Authority::Admin);
    assert_eq!(read(denied.expect_err("refused")).await.0, 422);
}

#[tokio::test]
async fn numbers_are_bounded() {
    let phones: Vec<String> =
        (0..=MAX_SENDER_PHONES).map(|n| format!("+141535501{n:02}")).collect();
    let refused =
        patch(&json!({"senderPhones": phones})).applied(&organization(), Authority::Deployment);
    let (status, body) = read(refused.expect_err("refused")).await;
    assert_eq!((status.as_u16(), pointers(&body)), (422, vec![json!("/senderPhones")]));
}
