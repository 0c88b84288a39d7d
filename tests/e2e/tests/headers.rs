//! What responses carry besides their bodies: tags, links, limits, and permission for browsers.

use e2e::{Tenant, text};
use reqwest::{Method, Response};
use serde_json::{Value, json};

const ORIGIN: &str = "https://app.example.com";

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.draft("Hello").await?;
    let one = tenant.path(&format!("campaigns/{id}"));
    for path in [one.clone(), tenant.path("campaigns"), tenant.path("contacts")] {
        let get = async |tag: &str| {
            let request = tenant.api.request(Method::GET, &path).header("if-none-match", tag);
            anyhow::Ok(request.send().await?)
        };
        let first = get("\"other\"").await?;
        assert_eq!(first.status(), 200, "{path}");
        let tag = header(&first, "etag").to_owned();
        for known in [tag.clone(), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = get(&known).await?;
            assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag.as_str()));
            assert!(again.bytes().await?.is_empty(), "{path}");
        }
        if path == one {
            tenant.api.request(Method::PUT, &one).json(&json!({"name": "New"})).send().await?;
            let changed = get(&tag).await?;
            assert_eq!(changed.status(), 200);
            assert_ne!(header(&changed, "etag"), tag);
        }
    }
    // A tag opens nothing: the caller is checked first.
    let other = Tenant::new().await?;
    let request = other.api.request(Method::GET, &one).header("if-none-match", "*");
    assert_eq!(request.send().await?.status(), 404);
    Ok(())
}

#[tokio::test]
async fn links_lead_through_a_list() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let mut created = Vec::new();
    for _ in 0..5 {
        created.push(tenant.draft("Hello").await?);
    }
    let (mut next, mut found) = (Some(tenant.path("campaigns?status=draft&limit=2")), Vec::new());
    while let Some(path) = next {
        let response = tenant.api.request(Method::GET, &path).send().await?;
        let link = header(&response, "link").to_owned();
        let path = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
        next = path.map(str::to_owned);
        let page: Value = response.json().await?;
        assert_eq!(next.is_some(), page["nextCursor"].is_string(), "{link}");
        let items = page["items"].as_array().cloned().unwrap_or_default();
        found.extend(items.iter().map(|item| text(&item["id"]).to_owned()));
    }
    created.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, created);
    Ok(())
}

#[tokio::test]
async fn requests_that_write_say_how_many_are_left() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let draft = json!({"name": "Spring"});
    let path = tenant.path("campaigns");
    let written = tenant.api.request(Method::POST, &path).json(&draft).send().await?;
    assert_eq!(header(&written, "ratelimit-policy"), "\"requests\";q=3000;w=60");
    let state = header(&written, "ratelimit");
    let left = state.strip_prefix("\"requests\";r=").and_then(|rest| rest.split(';').next());
    let left: u32 = left.and_then(|left| left.parse().ok()).unwrap_or_default();
    assert!((2_900..3_000).contains(&left), "{state}");
    let read = tenant.api.request(Method::GET, &path).send().await?;
    assert_eq!(header(&read, "ratelimit"), "", "plain reads are not counted");
    Ok(())
}

/// The emulator responds to preflights itself, so a test of the router has those.
#[tokio::test]
async fn pages_of_named_origins_may_read() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("campaigns");
    let get = tenant.api.request(Method::GET, &path).header("origin", ORIGIN).send().await?;
    assert_eq!(header(&get, "access-control-allow-origin"), ORIGIN);
    assert!(header(&get, "access-control-expose-headers").contains("etag"));
    // A page can read a refusal too.
    let nobody = tenant.api.with_key("");
    let bad = nobody.request(Method::GET, &path).header("origin", ORIGIN).send().await?;
    assert_eq!((bad.status().as_u16(), header(&bad, "access-control-allow-origin")), (401, ORIGIN));
    for response in [&get, &bad] {
        assert_eq!(header(response, "access-control-allow-credentials"), "");
    }
    Ok(())
}
