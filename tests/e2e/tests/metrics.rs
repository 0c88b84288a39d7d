//! A fault, and the line that its alarm watches.

use e2e::callbacks::call_back;
use e2e::{PATIENCE, Tenant, logs, phone, staging};
use infra::clock;
use local::client::wait;
use serde_json::Value;
use shared::ids::{InboundId, OrganizationId};
use shared::inbound::{self, InboundMessage};
use shared::phone::Phone;
use shared::retention::Retention;

/// Waits for a metric's line of the stack, with this label if there is one.
async fn counted(tenant: &Tenant, metric: &str, label: Option<(&str, &str)>) -> anyhow::Result<()> {
    wait(&format!("{metric} {label:?}"), PATIENCE, async || {
        let text = logs::text(&tenant.variables)?;
        let lines = text.lines().filter(|line| line.contains("\"CloudWatchMetrics\""));
        let mut lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let is_it = |line: &Value| {
            line["Stack"] == "volley"
                && line[metric].as_u64().is_some_and(|count| count > 0)
                && label.is_none_or(|(name, value)| line[name] == value)
        };
        Ok(lines.any(|line| is_it(&line)).then_some(()))
    })
    .await
}

#[tokio::test]
async fn messages_are_counted_by_outcome() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    for fate in ["delivered", "undelivered-30003", "refused-21211", "answer-lost"] {
        let to = phone();
        tenant.books.script(&to, fate).await?;
        tenant.contact(&to).await?;
    }
    let id = tenant.send().await?;
    tenant.repaired(&id).await?;
    for metric in ["Sent", "Delivered", "Unknown"] {
        counted(&tenant, metric, None).await?;
    }
    counted(&tenant, "Failed", Some(("Reason", "invalid_number"))).await?;
    counted(&tenant, "Failed", Some(("Reason", "unreachable"))).await
}

#[tokio::test]
async fn a_campaign_that_volley_halts_is_counted_by_reason() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.books.script(&to, "refused-20005").await?;
    tenant.contact(&to).await?;
    let id = tenant.send().await?;
    tenant.until(&id, "a pause", |campaign| campaign["dispatch"] == "paused").await?;
    counted(&tenant, "HaltedCampaigns", Some(("Reason", "provider_account"))).await
}

#[tokio::test]
async fn a_wrong_signature_is_counted_by_status() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let url = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    let (from, to) = (phone(), tenant.sender.clone());
    let form = [("Body", "STOP"), ("From", from.as_str()), ("To", to.as_str())];
    assert_eq!(call_back("anotherToken", &url, &form).await?, 403);
    counted(&tenant, "RefusedWebhooks", Some(("Status", "403"))).await
}

/// Its alarm rings when this line is missing.
#[tokio::test]
async fn a_sweep_counts_itself() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.functions.sweep().await?;
    counted(&tenant, "Sweeps", None).await
}

/// A text that was flagged ten business days ago and that no one has decided about.
#[tokio::test]
async fn a_refusal_that_is_due_is_counted() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (table, now) = (staging::table(&tenant).await, clock::now());
    let organization_id: OrganizationId = tenant.id.parse()?;
    let (from, text) = (Phone::from_e164(&phone())?, "wrong number");
    let name = inbound::name(organization_id, None, (&from, text, now));
    let message = InboundMessage {
        id: InboundId::of(now, name),
        organization_id,
        from,
        to: vec![tenant.sender.clone()],
        text: text.to_owned(),
        received_at: now,
        campaign_id: None,
        keyword: None,
        due_on: Some(now.datetime().date_naive()),
        decision: None,
    };
    table.keep_inbound(message, name, Retention::default().ends_at(now)).await?;
    tenant.functions.sweep().await?;
    counted(&tenant, "RefusalsDue", None).await
}
