use axum::body::Body;
use axum::extract::Request;
use http::header;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::problem::tests::read;
use crate::state::tests::offline;

const ORGANIZATION: &str = "/v1/organizations/019a0000-0000-7000-8000-000000000001";

/// The response to a request that needs no call to AWS.
async fn answer(method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = router(offline()).oneshot(request).await;
    let (status, body) = read(response.expect("an answer")).await;
    (status.as_u16(), body)
}

const ADMIN: (&str, &str) = ("authorization", "Bearer the admin's");

#[tokio::test]
async fn refusals_are_problems() {
    let check = async |method: &str, path: &str, headers: &[(&str, &str)], expected| {
        let (status, body) = answer(method, path, headers).await;
        let code = body["code"].as_str().unwrap_or_default();
        assert_eq!((status, code), expected, "{method} {path}");
        assert_eq!(body["status"], status);
    };
    let contacts = &*format!("{ORGANIZATION}/contacts");
    check("GET", "/", &[], (404, "not_found")).await;
    check("GET", "/v2/organizations", &[], (404, "not_found")).await;
    check("PUT", contacts, &[], (405, "method_not_allowed")).await;
    check("POST", "/health", &[], (405, "method_not_allowed")).await;
    check("GET", contacts, &[], (401, "unauthorized")).await;
    let basic = ("authorization", "Basic abc");
    check("GET", contacts, &[basic], (401, "unauthorized")).await;
    let unknown = ("authorization", "Bearer abc");
    check("POST", contacts, &[unknown], (401, "unauthorized")).await;
    check("GET", contacts, &[ADMIN], (403, "forbidden")).await;
    let bad_id = "/v1/organizations/1";
    check("GET", bad_id, &[], (401, "unauthorized")).await;
    check("GET", bad_id, &[ADMIN], (404, "not_found")).await;
    let limit = "/v1/organizations?limit=0";
    check("GET", limit, &[ADMIN], (400, "invalid_query")).await;
    let unknown = "/v1/organizations?page=1";
    check("GET", unknown, &[ADMIN], (400, "invalid_query")).await;
    let cursor = "/v1/organizations?cursor=AAAA";
    check("GET", cursor, &[ADMIN], (400, "invalid_cursor")).await;
    let organizations = "/v1/organizations";
    let form = ("content-type", "application/x-www-form-urlencoded");
    let refused = (415, "unsupported_media_type");
    check("POST", organizations, &[ADMIN, form], refused).await;
    let key = ("idempotency-key", "with space");
    let refused = (400, "invalid_idempotency_key");
    check("POST", organizations, &[ADMIN, key], refused).await;
}

#[tokio::test]
async fn health_and_the_document_need_no_key() {
    assert_eq!(answer("GET", "/health", &[]).await.1["status"], "ok");
    let (status, document) = answer("GET", "/openapi.json", &[]).await;
    assert_eq!(status, 200);
    assert_eq!(document["info"]["title"], "Volley");
}

/// The deployment's key has no organization to work in, and no role in any.
#[tokio::test]
async fn the_caller_is_shown() {
    let (status, body) = answer("GET", "/v1/me", &[ADMIN]).await;
    let expected = serde_json::json!({
        "kind": "deployment", "id": null, "name": null, "email": null, "role": null,
        "organizations": [],
    });
    assert_eq!((status, body), (200, expected));
    assert_eq!(answer("GET", "/v1/me", &[]).await.0, 401);
}

/// The console shares the origin, and keeps its key there: a response is never read as a page.
#[tokio::test]
async fn responses_are_not_sniffed() {
    for path in ["/health", "/v1/me", "/nowhere"] {
        let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
        let response = router(offline()).oneshot(request).await.expect("a response");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn polls_and_pages_of_other_origins_are_served() {
    let send = async |method: &str, headers: &[(&str, &str)]| {
        let mut request = Request::builder().method(method).uri("/v1/me");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        router(offline()).oneshot(request).await.expect("a response")
    };
    let origin = ("origin", "https://app.example.com");
    let first = send("GET", &[ADMIN, origin]).await;
    assert_eq!(first.headers()["access-control-allow-origin"], origin.1);
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    let again = send("GET", &[ADMIN, ("if-none-match", &tag)]).await;
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["etag"], tag);
    // The key is checked before the tag.
    assert_eq!(send("GET", &[("if-none-match", "*")]).await.status(), 401);
    let preflight = send("OPTIONS", &[origin, ("access-control-request-method", "GET")]).await;
    assert_eq!(preflight.status(), 204);
    let method = ("access-control-request-method", "GET");
    let other = send("OPTIONS", &[("origin", "https://b.example.com"), method]).await;
    assert_eq!(other.status(), 405);
    assert!(!other.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn other_methods_are_told() {
    let request = Request::builder().method("PUT").uri("/health");
    let request = request.body(Body::empty()).expect("a request");
    let response = router(offline()).oneshot(request).await;
    let response = response.expect("an answer");
    assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
}

/// The contract's routes, those of the webhooks left out, which are another function's.
const CONTRACT: [(&str, &str); 68] = [
    ("/v1/organizations/{organizationId}/audit", "get"),
    ("/v1/halt", "get put"),
    ("/v1/restored", "post"),
    ("/v1/organizations/{organizationId}/halt", "get put"),
    ("/v1/organizations", "post get"),
    ("/v1/organizations/{organizationId}", "get patch delete"),
    ("/v1/organizations/{organizationId}/api-keys", "post get"),
    ("/v1/organizations/{organizationId}/api-keys/{keyId}", "delete"),
    ("/v1/organizations/{organizationId}/members", "post get"),
    ("/v1/organizations/{organizationId}/members/{memberId}", "patch delete"),
    ("/v1/organizations/{organizationId}/contacts", "post get delete"),
    ("/v1/organizations/{organizationId}/contacts/{contactId}", "get put patch delete"),
    ("/v1/organizations/{organizationId}/contacts/batch", "post"),
    ("/v1/organizations/{organizationId}/inbound", "get"),
    ("/v1/organizations/{organizationId}/inbound/{inboundId}", "get"),
    ("/v1/organizations/{organizationId}/inbound/{inboundId}/reply", "post"),
    ("/v1/organizations/{organizationId}/inbound/{inboundId}/suppress", "post"),
    ("/v1/organizations/{organizationId}/inbound/{inboundId}/dismiss", "post"),
    ("/v1/organizations/{organizationId}/segments", "post get"),
    ("/v1/organizations/{organizationId}/segments/{segmentId}", "get put delete"),
    ("/v1/organizations/{organizationId}/segments/preview", "post"),
    ("/v1/organizations/{organizationId}/segments/{segmentId}/preview", "post"),
    ("/v1/organizations/{organizationId}/segments/{segmentId}/explain", "get"),
    ("/v1/organizations/{organizationId}/contacts/imports", "post get"),
    ("/v1/organizations/{organizationId}/contacts/imports/{importId}", "get"),
    ("/v1/organizations/{organizationId}/contacts/imports/{importId}/start", "post"),
    ("/v1/organizations/{organizationId}/contacts/imports/{importId}/cancel", "post"),
    ("/v1/organizations/{organizationId}/contacts/imports/{importId}/undo", "post"),
    ("/v1/organizations/{organizationId}/contacts/imports/{importId}/rejected", "get"),
    ("/v1/organizations/{organizationId}/people/{phone}", "delete get"),
    ("/v1/organizations/{organizationId}/webhooks", "post get"),
    ("/v1/organizations/{organizationId}/webhooks/{webhookId}", "get patch delete"),
    ("/v1/organizations/{organizationId}/webhooks/{webhookId}/rotate", "post"),
    ("/v1/organizations/{organizationId}/webhooks/{webhookId}/ping", "post"),
    ("/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries", "get"),
    (
        "/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay",
        "post",
    ),
    ("/v1/organizations/{organizationId}/exports", "post get"),
    ("/v1/organizations/{organizationId}/exports/{exportId}", "get"),
    ("/v1/organizations/{organizationId}/templates", "post get"),
    ("/v1/organizations/{organizationId}/templates/{templateId}", "get put delete"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/duplicate", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/resend", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/archive", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/unarchive", "post"),
    ("/v1/organizations/{organizationId}/unsubscribes", "get"),
    ("/v1/organizations/{organizationId}/unsubscribes/reconciliation", "get post"),
    ("/v1/organizations/{organizationId}/unsubscribes/{phone}", "get put delete"),
    ("/v1/organizations/{organizationId}/unsubscribes/{phone}/lift", "post"),
    ("/v1/organizations/{organizationId}/campaigns", "post get delete"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}", "get put delete"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/send", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/send-test", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/cancel", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/quote", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/preview", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/skipped", "get"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/report", "get"),
    ("/v1/organizations/{organizationId}/reports", "get"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/pause", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/resume", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/stop", "post"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/messages", "get"),
    ("/v1/organizations/{organizationId}/campaigns/{campaignId}/messages/{messageId}", "get"),
    (
        "/v1/organizations/{organizationId}/campaigns/{campaignId}/messages/{messageId}/timeline",
        "get",
    ),
    ("/v1/organizations/{organizationId}/messages", "get"),
    ("/v1/me", "get"),
    ("/health", "get"),
    ("/openapi.json", "get"),
];

#[test]
fn the_document_has_the_whole_contract() {
    let document = serde_json::to_value(documented().1).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), CONTRACT.len());
    for (path, methods) in CONTRACT {
        let item = paths[path].as_object().expect("a path");
        let mut expected: Vec<&str> = methods.split(' ').collect();
        let documented = item.keys().filter(|key| *key != "parameters");
        let mut documented: Vec<&str> = documented.map(String::as_str).collect();
        expected.sort_unstable();
        documented.sort_unstable();
        assert_eq!(documented, expected, "{path}");
        let segments = path.matches('{').count();
        let parameters = item.get("parameters").and_then(Value::as_array);
        assert_eq!(parameters.map_or(0, Vec::len), segments, "{path}");
        for method in expected {
            check_operation(path, method, &item[method]);
        }
    }
}

fn check_operation(path: &str, method: &str, operation: &Value) {
    let responses = operation["responses"].as_object().expect("responses");
    assert!(responses.keys().any(|status| status.starts_with('2')));
    assert!(operation["summary"].is_string(), "{method} {path}");
    if !path.starts_with("/v1/") {
        return;
    }
    assert_eq!(operation["security"][0]["key"], Value::Array(Vec::new()));
    // Without a limit per key, 429 is API Gateway's own answer.
    let refusals =
        responses.iter().filter(|(status, _)| status.as_str() >= "400" && status.as_str() != "429");
    for (status, response) in refusals {
        let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(problem, "#/components/schemas/Problem", "{method} {path} {status}");
    }
    let parameters = operation["parameters"].as_array();
    let has_key =
        parameters.into_iter().flatten().any(|parameter| parameter["name"] == "Idempotency-Key");
    assert_eq!(has_key, method == "post", "{method} {path}");
}

/// Every schema that the document refers to is in it, under the contract's own names.
#[test]
fn references_lead_somewhere() {
    let document = serde_json::to_value(documented().1).expect("JSON");
    let schemas = document["components"]["schemas"].as_object();
    let schemas = schemas.expect("schemas");
    for name in ["Organization", "ApiKey", "Contact", "Campaign", "Message"] {
        assert!(schemas.contains_key(name), "{name}");
    }
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap_or_default();
        assert!(schemas.contains_key(name), "{name}");
    }
}
