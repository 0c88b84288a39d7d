//! The sample events for `sam local invoke`: each function accepts its own.

use std::fs;

use e2e::callbacks::signature;
use e2e::{ALIVE, Tenant, text};
use serde_json::{Value, json};

fn event(function: &str) -> anyhow::Result<Value> {
    let path = local::root().join(format!("tests/events/{function}.json"));
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

#[tokio::test]
async fn queue_events_are_accepted() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let _alive = ALIVE.read().await;
    for (file, function) in
        [("send", "SEND"), ("dispatch", "DISPATCH"), ("receipts", "RECEIPTS"), ("notify", "NOTIFY")]
    {
        let answer = tenant.functions.invoke(function, &event(file)?).await?;
        assert_eq!(answer, json!({"batchItemFailures": []}), "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn the_sweep_event_is_accepted() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.functions.invoke("POLL_STATUS", &event("poll-status")?).await?;
    Ok(())
}

#[tokio::test]
async fn the_api_event_is_answered() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let answer = tenant.functions.invoke("API", &event("api")?).await?;
    assert_eq!(answer["statusCode"], 200);
    let document: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default())?;
    assert!(document["openapi"].is_string());
    Ok(())
}

/// The sample's signature is made up, so the event is refused. Signed with the stack's token, the
/// same event is accepted.
#[tokio::test]
async fn the_webhook_event_is_taken_once_it_is_signed() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let mut event = event("webhooks")?;
    let answer = tenant.functions.invoke("WEBHOOKS", &event).await?;
    assert_eq!(answer["statusCode"], 403);

    let form: Vec<(String, String)> =
        form_urlencoded::parse(text(&event["body"]).as_bytes()).into_owned().collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let address = format!(
        "{}{}?{}",
        tenant.variables["API_URL"],
        text(&event["rawPath"]),
        text(&event["rawQueryString"])
    );
    let signature = signature(&tenant.variables["PROVIDER_AUTH_TOKEN"], &address, &form);
    event["headers"]["x-twilio-signature"] = json!(signature);
    let answer = tenant.functions.invoke("WEBHOOKS", &event).await?;
    assert_eq!(answer["statusCode"], 204);
    Ok(())
}

#[tokio::test]
async fn the_console_event_returns_the_page() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let response = tenant.functions.invoke("CONSOLE", &event("console")?).await?;
    assert_eq!(response["statusCode"], 200);
    assert!(text(&response["body"]).starts_with("<!doctype html>"), "{response}");
    Ok(())
}
