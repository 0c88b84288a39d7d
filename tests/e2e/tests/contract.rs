//! The HTTP contract: bad input, idempotency, lists.

use e2e::{Tenant, phone};
use reqwest::Method;
use serde_json::{Value, json};

/// Checks that a response is a problem document, and returns its status and code.
async fn problem(answer: reqwest::Response) -> anyhow::Result<(u16, String)> {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
    assert_eq!(kind, Some("application/problem+json"));
    let problem: Value = answer.json().await?;
    assert_eq!(problem["status"], status, "{problem}");
    for name in ["type", "title", "detail"] {
        assert!(problem[name].is_string(), "{problem}");
    }
    Ok((status, problem["code"].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn bad_input_gets_a_problem_and_changes_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("campaigns");
    let cases = [
        ("{", "application/json", 400, "malformed_json"),
        ("{\"name\": 5}", "application/json", 422, "validation_failed"),
        ("{\"name\": \"a\", \"colour\": 1}", "application/json", 422, "validation_failed"),
        ("{\"name\": \"   \"}", "application/json", 422, "validation_failed"),
        ("{\"name\": \"a\"}", "text/plain", 415, "unsupported_media_type"),
    ];
    for (body, kind, status, code) in cases {
        let request = tenant.api.request(Method::POST, &path).header("content-type", kind);
        let refusal = problem(request.body(body).send().await?).await?;
        assert_eq!(refusal, (status, code.to_owned()), "{body}");
    }
    let long = json!({"name": "a", "body": "x".repeat(1_601)});
    assert_eq!(tenant.refusal(Method::POST, &path, Some(&long)).await?.0, 422);
    for rest in ["campaigns/not-a-uuid", "contacts/1", "nowhere"] {
        assert_eq!(tenant.refusal(Method::GET, &tenant.path(rest), None).await?.0, 404, "{rest}");
    }
    let contact = json!({"phone": "12"});
    let contacts = tenant.path("contacts");
    assert_eq!(tenant.refusal(Method::POST, &contacts, Some(&contact)).await?.0, 422);
    for (query, code) in [
        ("limit=101", "invalid_query"),
        ("limit=0", "invalid_query"),
        ("limit=many", "invalid_query"),
        ("status=lost", "invalid_query"),
        ("colour=1", "invalid_query"),
        ("cursor=xyz", "invalid_cursor"),
    ] {
        let answer = tenant.api.request(Method::GET, &format!("{path}?{query}")).send().await?;
        assert_eq!(problem(answer).await?, (400, code.to_owned()), "{query}");
    }
    assert_eq!(tenant.refusal(Method::PATCH, &path, Some(&json!({}))).await?.0, 405);
    assert!(tenant.api.list(&path).await?.is_empty());
    assert!(tenant.api.list(&contacts).await?.is_empty());
    Ok(())
}

/// Files are not JSON, but are refused in the same way as other bodies.
#[tokio::test]
async fn a_bad_file_gets_a_problem_and_changes_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let large = vec![b'a'; 4 * 1024 * 1024 + 1];
    let quoted = "\"\u{e9}\"\n".repeat(600_000);
    let cases: [(&str, &str, &[u8], u16, &str); 10] = [
        ("", "text/csv", b"name,city\nAna,Oakland\n", 422, "invalid_csv_header"),
        ("", "text/csv", b"phone\n\xff\xfe\n", 422, "not_utf8"),
        ("?encoding=klingon", "text/csv", b"phone\n", 422, "unknown_encoding"),
        ("?attributes=city", "text/csv", b"phone\n1\n", 422, "invalid_csv_header"),
        ("", "application/octet-stream", b"PK\x03\x04", 422, "not_csv"),
        ("", "text/csv", quoted.as_bytes(), 413, "body_too_large"),
        ("?telephone=Mobile", "text/csv", b"Mobile\n", 422, "invalid_columns"),
        ("", "application/pdf", b"phone\n1\n", 415, "unsupported_media_type"),
        ("", "application/json", b"{\"file\": 1}", 422, "validation_failed"),
        ("", "text/csv", &large, 413, "body_too_large"),
    ];
    for (query, kind, content, status, code) in cases {
        let path = tenant.path(&format!("contacts/imports{query}"));
        let request = tenant.api.request(Method::POST, &path).header("content-type", kind);
        let refusal = problem(request.body(content.to_vec()).send().await?).await?;
        assert_eq!(refusal, (status, code.to_owned()));
    }
    assert!(tenant.api.list(&tenant.path("contacts")).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_idempotency_key_makes_one_effect() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("campaigns");
    let post = async |name: &str| {
        let request = tenant.api.request(Method::POST, &path).header("idempotency-key", "k1");
        let answer = request.json(&json!({"name": name})).send().await?;
        anyhow::Ok((answer.status().as_u16(), answer.json::<Value>().await?))
    };
    let first = post("Spring").await?;
    assert_eq!(first.0, 201);
    assert_eq!(post("Spring").await?, first);
    let (status, problem) = post("Summer").await?;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(tenant.api.list(&path).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_send_repeated_with_its_key_is_one_send() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.draft("Hello").await?;
    let path = tenant.path(&format!("campaigns/{id}/send"));
    let send = || async {
        let request = tenant.api.request(Method::POST, &path).header("idempotency-key", "s1");
        anyhow::Ok(request.json(&json!({})).send().await?.status().as_u16())
    };
    let statuses = tokio::try_join!(send(), send(), send())?;
    for status in [statuses.0, statuses.1, statuses.2] {
        assert!([202, 409].contains(&status), "{status}");
    }
    assert_eq!(send().await?, 202);
    tenant.settled(&id).await?;
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() -> anyhow::Result<()> {
    let (tenant, other) = (Tenant::new().await?, Tenant::new().await?);
    for _ in 0..3 {
        tenant.draft("Hello").await?;
    }
    let page = tenant.api.get(&tenant.path("campaigns?limit=2")).await?;
    let cursor = page["nextCursor"].as_str().unwrap_or_default();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    let rest = tenant.api.get(&tenant.path(&format!("campaigns?limit=2&cursor={cursor}"))).await?;
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest["nextCursor"], Value::Null);
    let invalid = (400, "invalid_cursor".to_owned());
    let path = other.path(&format!("campaigns?cursor={cursor}"));
    assert_eq!(other.refusal(Method::GET, &path, None).await?, invalid);
    let path = tenant.path(&format!("contacts?cursor={cursor}"));
    assert_eq!(tenant.refusal(Method::GET, &path, None).await?, invalid);
    let drafts = tenant.api.list(&tenant.path("campaigns?status=draft")).await?;
    assert_eq!(drafts.len(), 3);
    Ok(())
}

#[tokio::test]
async fn the_document_is_served() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let document = tenant.api.with_key("").get("/openapi.json").await?;
    assert!(document["paths"]["/v1/organizations/{organizationId}/campaigns"].is_object());
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    tenant.api.with_key("").get("/health").await?;
    Ok(())
}
