//! API keys: when they expire, and who sees their secrets.

use e2e::{PATIENCE, Tenant, text};
use infra::clock;
use local::client::{Api, wait};
use reqwest::Method;
use serde_json::{Value, json};
use shared::time::Timestamp;

/// The status of the response when the holder of a key lists the organization's contacts.
async fn answered(tenant: &Tenant, holder: &Api) -> anyhow::Result<u16> {
    let request = holder.request(Method::GET, &tenant.path("contacts"));
    Ok(request.send().await?.status().as_u16())
}

#[tokio::test]
async fn a_deleted_key_opens_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let keys = tenant.path("api-keys");
    let (mut holders, mut paths) = (Vec::new(), Vec::new());
    for name in ["till", "office"] {
        let key = tenant.api.post(&keys, &json!({"name": name, "role": "sender"})).await?;
        holders.push(tenant.api.with_key(text(&key["secret"])));
        paths.push(format!("{keys}/{}", text(&key["id"])));
    }
    for holder in &holders {
        assert_eq!(answered(&tenant, holder).await?, 200);
    }
    assert_eq!(tenant.refusal(Method::DELETE, &paths[0], None).await?.0, 204);
    assert_eq!(answered(&tenant, &holders[0]).await?, 401);
    assert_eq!(answered(&tenant, &holders[1]).await?, 200, "the other key is another's");
    let listed = tenant.api.list(&keys).await?;
    let names: Vec<&str> = listed.iter().map(|key| text(&key["name"])).collect();
    assert_eq!(names, ["test", "office"]);
    let again = tenant.refusal(Method::DELETE, &paths[0], None).await?;
    assert_eq!(again, (404, "not_found".to_owned()));
    Ok(())
}

/// The console shows this to the person who signs in.
#[tokio::test]
async fn a_key_shows_its_role_and_organization() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let keys = tenant.path("api-keys");
    let key = tenant.api.post(&keys, &json!({"name": "till", "role": "viewer"})).await?;
    let me = tenant.api.with_key(text(&key["secret"])).get("/v1/me").await?;
    let organization = tenant.api.get(&format!("/v1/organizations/{}", tenant.id)).await?;
    let expected = json!({
        "kind": "key", "id": key["id"], "name": "till", "email": null, "role": "viewer",
        "organizations": [{
            "id": tenant.id, "name": organization["name"], "role": "viewer", "memberId": null,
        }],
    });
    assert_eq!(me, expected);
    Ok(())
}

#[tokio::test]
async fn a_key_ends_when_it_says() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let keys = tenant.path("api-keys");
    let draft = |end: Timestamp| json!({"name": "till", "role": "viewer", "expiresAt": end});
    let past = draft(clock::now().plus_seconds(-1));
    let refusal = tenant.refusal(Method::POST, &keys, Some(&past)).await?;
    assert_eq!(refusal, (422, "validation_failed".to_owned()));

    let end = clock::now().plus_seconds(20);
    let key = tenant.api.post(&keys, &draft(end)).await?;
    assert_eq!(key["expiresAt"], json!(end));
    let holder = tenant.api.with_key(text(&key["secret"]));
    wait("the key to end", PATIENCE, async || {
        let before = clock::now();
        let status = answered(&tenant, &holder).await?;
        // The key was checked at some point between the request and its response.
        match status {
            200 => assert!(before < end, "it was good at {before}, after {end}"),
            401 => assert!(clock::now() >= end, "it ended before {end}"),
            other => anyhow::bail!("{other}"),
        }
        Ok((status == 401).then_some(()))
    })
    .await
}

/// Creates a key with an idempotency key.
async fn ask(tenant: &Tenant, once: &str) -> anyhow::Result<(u16, Value)> {
    let request = tenant.api.request(Method::POST, &tenant.path("api-keys"));
    let request = request.header("idempotency-key", once);
    let answer = request.json(&json!({"name": "till", "role": "viewer"})).send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

#[tokio::test]
async fn a_secret_is_shown_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (status, key) = ask(&tenant, "k1").await?;
    assert_eq!(status, 201);
    let holder = tenant.api.with_key(text(&key["secret"]));
    assert_eq!(answered(&tenant, &holder).await?, 200);

    let mut without = key.clone();
    without["secret"] = Value::Null;
    assert_eq!(ask(&tenant, "k1").await?, (201, without));
    assert_eq!(answered(&tenant, &holder).await?, 200, "it is the same key");
    let listed = tenant.api.list(&tenant.path("api-keys")).await?;
    assert_eq!(listed.len(), 2, "the test's own, and one");
    let shown = listed.iter().find(|key| !key["secret"].is_null());
    assert_eq!(shown, None);
    Ok(())
}

/// Of concurrent requests with the same idempotency key, one creates the key and shows its secret.
/// The others get its response without the secret, or learn that the request is still in progress.
#[tokio::test]
async fn with_one_idempotency_key_at_once_one_key_is_made() -> anyhow::Result<()> {
    const ROUNDS: usize = 5;
    let tenant = Tenant::new().await?;
    for round in 0..ROUNDS {
        let once = format!("round-{round}");
        let asked = || ask(&tenant, &once);
        let answers = tokio::try_join!(asked(), asked(), asked(), asked())?;
        let (mut ids, mut secrets) = (Vec::new(), 0);
        for (status, answer) in <[_; 4]>::from(answers) {
            if status == 201 {
                secrets += usize::from(answer["secret"].is_string());
                ids.push(answer["id"].clone());
            } else {
                let refusal = (status, text(&answer["code"]));
                assert_eq!(refusal, (409, "idempotency_in_progress"));
            }
        }
        assert_eq!(secrets, 1, "one of them made it");
        let (status, later) = ask(&tenant, &once).await?;
        assert_eq!((status, &later["secret"]), (201, &Value::Null));
        assert!(ids.iter().all(|id| *id == later["id"]), "{ids:?} and then {later}");
    }
    let listed = tenant.api.list(&tenant.path("api-keys")).await?;
    assert_eq!(listed.len(), 1 + ROUNDS, "the test's own, and one a round");
    Ok(())
}
