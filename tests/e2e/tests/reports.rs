//! Reports: each number agrees with the list of messages.

use std::collections::BTreeMap;

use anyhow::Context;
use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};

/// A campaign with every kind of result, whose messages have their final statuses.
async fn settled(tenant: &Tenant) -> anyhow::Result<String> {
    let fates =
        ["delivered", "delivered", "undelivered-30003", "refused-21211", "undelivered-30007"];
    for fate in fates {
        let to = phone();
        tenant.books.script(&to, fate).await?;
        tenant.contact(&to).await?;
    }
    // A mobile number in Germany, which has no price.
    let abroad = format!("+491511{}", &phone()[5..]);
    tenant.books.script(&abroad, "undelivered-30003").await?;
    tenant.contact(&abroad).await?;
    let id = tenant.send().await?;
    tenant.settled(&id).await?;
    Ok(id)
}

/// The number of messages by one of their fields.
fn by(messages: &[&Value], field: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for message in messages {
        *counts.entry(text(&message[field]).to_owned()).or_default() += 1;
    }
    counts
}

/// The numbers of a list of the report, by one of their fields.
fn listed(list: &Value, field: &str, number: &str) -> BTreeMap<String, u64> {
    let items = list.as_array().into_iter().flatten();
    items.map(|it| (text(&it[field]).to_owned(), it[number].as_u64().unwrap_or_default())).collect()
}

fn sum(list: &Value, number: &str) -> u64 {
    let items = list.as_array().into_iter().flatten();
    items.map(|it| it[number].as_u64().unwrap_or_default()).sum()
}

#[tokio::test]
async fn a_report_agrees_with_the_messages() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.configure(&json!({"prices": {"currency": "USD", "perPart": {"US": "0.01"}}})).await?;
    let id = settled(&tenant).await?;
    let report = tenant.api.get(&tenant.path(&format!("campaigns/{id}/report"))).await?;
    let messages = tenant.messages(&id).await?;
    let all: Vec<&Value> = messages.iter().collect();
    assert!(report["countedAt"].is_string(), "{report}");
    let statuses = by(&all, "status");
    for status in ["pending", "sent", "delivered", "failed", "unknown"] {
        let expected = statuses.get(status).copied().unwrap_or_default();
        assert_eq!(report["counts"][status], expected, "{report}");
    }
    assert_eq!(report["counts"]["total"], messages.len());
    let campaign = tenant.campaign(&id).await?;
    assert_eq!(report["audience"], campaign["audience"]);

    let failed: Vec<&Value> = all.iter().filter(|it| it["status"] == "failed").copied().collect();
    assert_eq!(listed(&report["reasons"], "reason", "messages"), by(&failed, "errorReason"));
    assert_eq!(listed(&report["codes"], "code", "messages"), by(&failed, "errorCode"));
    assert_eq!(report["otherCodes"], 0);
    for code in report["codes"].as_array().context("codes")? {
        assert!(code["meaning"].is_string() && code["advice"].is_string(), "{code}");
    }

    // The provider refused one number, and took all others.
    let accepted: Vec<&Value> =
        all.iter().filter(|it| it["providerMessageId"].is_string()).copied().collect();
    assert_eq!(report["delivery"]["accepted"], accepted.len());
    let delivered = statuses["delivered"];
    assert_eq!(report["delivery"]["delivered"], delivered);
    let parts: u64 = accepted.iter().filter_map(|it| it["parts"].as_u64()).sum();
    assert_eq!(report["parts"], parts);
    assert_eq!(sum(&report["countries"], "parts"), parts);
    assert_eq!(sum(&report["partCounts"], "messages"), accepted.len() as u64);
    let is_abroad = |it: &&&Value| !text(&it["to"]).starts_with("+1");
    let abroad = accepted.iter().filter(is_abroad).count();
    assert_eq!(report["price"]["unpricedMessages"], abroad);
    let amount: f64 = text(&report["price"]["amount"]).parse()?;
    let priced = u32::try_from(accepted.len() - abroad)?;
    assert!((amount - f64::from(priced) * 0.01).abs() < 1e-9, "{report}");

    assert_eq!(sum(&report["series"]["points"], "delivered"), delivered);
    assert_eq!(sum(&report["series"]["points"], "failed"), failed.len() as u64);
    assert_eq!(sum(&report["series"]["points"], "sent"), accepted.len() as u64);
    assert_eq!(report["timeToDelivery"]["messages"], delivered);
    assert_eq!(report["senders"][0]["sender"], tenant.sender);
    assert_eq!(report["optOuts"], 0);
    // A STOP after the last count is in the report, too.
    tenant.hear(text(&messages[0]["to"]), "STOP").await?;
    let after = tenant.api.get(&tenant.path(&format!("campaigns/{id}/report"))).await?;
    assert_eq!((&after["optOuts"], &after["counts"]), (&json!(1), &report["counts"]));
    agrees_with_the_organizations(&tenant, &report).await
}

/// The organization's report has this campaign alone.
async fn agrees_with_the_organizations(tenant: &Tenant, report: &Value) -> anyhow::Result<()> {
    let whole = tenant.api.get(&tenant.path("reports")).await?;
    let campaigns = whole["campaigns"].as_array().context("campaigns")?;
    assert_eq!(campaigns.len(), 1);
    assert_eq!(campaigns[0]["campaignId"], report["campaignId"]);
    assert_eq!(whole["days"].as_array().map(Vec::len), Some(1));
    for sums in [&whole["total"], &whole["days"][0], &campaigns[0]] {
        for field in ["counts", "delivery", "parts", "price"] {
            assert_eq!(sums[field], report[field], "{field}");
        }
    }
    assert_eq!(whole["senders"], report["senders"]);
    let before = tenant.path("reports?to=2026-01-01T00:00:00Z&from=2025-12-01T00:00:00Z");
    let empty = tenant.api.get(&before).await?;
    assert_eq!(empty["total"]["campaigns"], 0);
    assert_eq!(empty["total"]["delivery"]["rate"], Value::Null);
    let backwards = tenant.path("reports?to=2026-01-01T00:00:00Z&from=2026-02-01T00:00:00Z");
    assert_eq!(tenant.refusal(Method::GET, &backwards, None).await?.0, 400);
    Ok(())
}

#[tokio::test]
async fn a_draft_has_no_report() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path(&format!("campaigns/{}/report", tenant.draft("Hello").await?));
    let refusal = tenant.refusal(Method::GET, &path, None).await?;
    assert_eq!(refusal, (409, "campaign_not_sent".to_owned()));
    Ok(())
}
