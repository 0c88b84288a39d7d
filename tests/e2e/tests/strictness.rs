//! Bodies and texts that are refused before they are stored.

use e2e::{Tenant, phone};
use reqwest::Method;
use serde_json::{Value, json};

async fn post(
    tenant: &Tenant,
    rest: &str,
    headers: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> anyhow::Result<(u16, String, String)> {
    let mut request = tenant.api.request(Method::POST, &tenant.path(rest)).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let problem: Value = answer.json().await?;
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    Ok((status, text("code"), text("detail")))
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_body_is_utf8_json_with_each_name_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let deep = format!("{{\"name\": {}1{}}}", "[".repeat(3_000), "]".repeat(3_000));
    let cases: [(&[u8], u16, &str); 9] = [
        (b"{\"name\": \"Caf\xe9\"}", 400, "not_utf8"),
        (b"\xff\xfe{\0}\0", 400, "not_utf8"),
        (br#"{"name": "a", "name": "b"}"#, 400, "duplicate_name"),
        (br#"{"name": "a", "\u006eame": "a"}"#, 400, "duplicate_name"),
        (br#"{"name": "a", "body": {"x": [{"y": 1, "y": 1}]}}"#, 400, "duplicate_name"),
        (br#"{"name": "\ud800"}"#, 400, "malformed_json"),
        (br#"{"name": 1e999}"#, 400, "malformed_json"),
        (br#"{"name": 1e300}"#, 422, "validation_failed"),
        (deep.as_bytes(), 400, "malformed_json"),
    ];
    for (body, status, code) in cases {
        let (got, found, detail) = post(&tenant, "campaigns", &[JSON], body.to_vec()).await?;
        assert_eq!((got, found.as_str()), (status, code), "{}", String::from_utf8_lossy(body));
        assert!(
            code != "duplicate_name" || detail.contains("\"name\"") || detail.contains("\"y\"")
        );
        // Binary content reaches the function in another form, but gets the same response.
        let kind = ("content-type", "application/octet-stream");
        let (got, ..) = post(&tenant, "campaigns", &[kind], body.to_vec()).await?;
        assert_eq!(got, 415);
    }
    assert!(tenant.api.list(&tenant.path("campaigns")).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn compressed_bodies_and_other_media_types_are_refused() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let draft = r#"{"name": "a"}"#;
    for coding in ["gzip", "br", "deflate", "zstd", "identity, gzip", "x"] {
        let headers = [JSON, ("content-encoding", coding)];
        let (status, code, _) = post(&tenant, "campaigns", &headers, draft).await?;
        assert_eq!((status, code.as_str()), (415, "unsupported_content_encoding"), "{coding}");
        let headers = [("content-type", "text/csv"), ("content-encoding", coding)];
        let (status, ..) = post(&tenant, "contacts/imports", &headers, "phone\n").await?;
        assert_eq!(status, 415, "{coding}");
    }
    let headers = [JSON, ("content-encoding", "identity")];
    assert_eq!(post(&tenant, "campaigns", &headers, draft).await?.0, 201);
    for kind in ["text/plain", "application/xml", "application/json; charset=utf-16", "json"] {
        let (status, ..) = post(&tenant, "campaigns", &[("content-type", kind)], draft).await?;
        assert_eq!(status, 415, "{kind}");
    }
    Ok(())
}

#[tokio::test]
async fn emails_hold_one_address() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let contacts = tenant.path("contacts");
    for email in [
        "a@b@c.com",
        "a@b.com, c@d.com",
        "a@b.com;c@d.com",
        "a@b.com c@d.com",
        "Ana <a@b.com>",
        "a b@c.com",
        "a@b..com",
        "a\u{200b}@b.com",
        &format!("{}@b.com", "a".repeat(65)),
    ] {
        let refusal =
            tenant.refusal(Method::POST, &contacts, Some(&json!({"email": email}))).await?;
        assert_eq!(refusal, (422, "validation_failed".to_owned()), "{email}");
    }
    for email in ["ana+spring@example.com", "zoë@bücher.example", "用户@例子.公司"] {
        let contact = tenant.api.post(&contacts, &json!({"email": format!(" {email} ")})).await?;
        assert_eq!(contact["email"], email);
    }
    Ok(())
}

#[tokio::test]
async fn texts_show_something_and_names_read_in_one_direction() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let hidden = ["\u{3164}", "\u{2800}", "\u{115f}\u{1160}", "\u{200b} \u{feff}", "\u{e0020}"];
    let turned = ["a\u{202e}b", "a\u{2066}b", "a\u{2028}b", "a\u{85}b", "a\u{0}b"];
    let organization = format!("/v1/organizations/{}", tenant.id);
    for name in hidden.iter().chain(&turned) {
        let cases = [
            (Method::POST, tenant.path("campaigns"), json!({"name": name})),
            (Method::POST, tenant.path("api-keys"), json!({"name": name, "role": "viewer"})),
            (Method::PATCH, organization.clone(), json!({"name": name})),
            (Method::POST, tenant.path("contacts"), json!({"firstName": name})),
            (Method::POST, tenant.path("contacts"), json!({"lastName": name})),
            (Method::POST, tenant.path("contacts"), json!({"attributes": {*name: "x"}})),
        ];
        for (method, path, body) in cases {
            let (status, _) = tenant.refusal(method, &path, Some(&body)).await?;
            assert_eq!(status, 422, "{path} {body}");
        }
    }
    for body in hidden {
        let draft = json!({"name": "Spring", "body": body});
        let refusal = tenant.refusal(Method::POST, &tenant.path("campaigns"), Some(&draft)).await?;
        assert_eq!(refusal.0, 422, "{body:?}");
    }
    let named =
        json!({"phone": phone(), "firstName": "علی\u{200c}رضا", "lastName": "👩\u{200d}🚒"});
    let contact = tenant.api.post(&tenant.path("contacts"), &named).await?;
    assert_eq!(contact["firstName"], named["firstName"]);
    Ok(())
}
