//! Each number ends in the state that its fate implies, with one text at most.

use e2e::{Tenant, phone};
use serde_json::Value;

/// A fate's name in the simulator, the status and reason that it implies, and how many texts the
/// provider took.
const FATES: [(&str, &str, Option<&str>, usize); 19] = [
    ("delivered", "delivered", None, 1),
    ("undelivered-30003", "failed", Some("unreachable"), 1),
    ("undelivered-30005", "failed", Some("invalid_number"), 1),
    ("undelivered-30006", "failed", Some("unreachable"), 1),
    ("undelivered-30007", "failed", Some("filtered"), 1),
    ("undelivered-30008", "failed", Some("unknown"), 1),
    ("expired", "failed", Some("expired"), 1),
    ("refused-21610", "failed", Some("unsubscribed"), 0),
    ("refused-21211", "failed", Some("invalid_number"), 0),
    ("refused-21614", "failed", Some("invalid_number"), 0),
    ("opted-out", "failed", Some("unsubscribed"), 1),
    ("throttled", "delivered", None, 1),
    ("queue-full", "delivered", None, 1),
    ("error-after-accepting", "delivered", None, 1),
    ("answer-lost", "delivered", None, 1),
    ("slow-answer", "delivered", None, 1),
    ("no-receipt", "delivered", None, 1),
    ("early-receipt", "delivered", None, 1),
    ("out-of-order", "delivered", None, 1),
];

#[tokio::test]
async fn every_fate_is_told_truly() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let mut scripted = Vec::new();
    for fate in FATES {
        let to = phone();
        tenant.books.script(&to, fate.0).await?;
        tenant.contact(&to).await?;
        scripted.push((to, fate));
    }
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    let messages = tenant.messages(&id).await?;
    for (to, (fate, status, reason, texts)) in &scripted {
        let message = messages.iter().find(|message| message["to"] == **to);
        let message = message.ok_or_else(|| anyhow::anyhow!("no message of fate {fate}"))?;
        assert_eq!(message["status"], *status, "{fate}: {message}");
        assert_eq!(message["errorReason"].as_str(), *reason, "{fate}: {message}");
        assert_eq!(tenant.books.texts(to).await?, *texts, "{fate}");
    }
    let opted_out: Vec<Value> = tenant.api.list(&tenant.path("unsubscribes")).await?;
    let mut phones: Vec<&str> = opted_out.iter().filter_map(|u| u["phone"].as_str()).collect();
    let mut expected: Vec<&str> = scripted
        .iter()
        .filter(|(_, (fate, ..))| ["refused-21610", "opted-out"].contains(fate))
        .map(|(to, _)| to.as_str())
        .collect();
    phones.sort_unstable();
    expected.sort_unstable();
    assert_eq!(phones, expected, "only who opted out is suppressed");
    for unsubscribe in &opted_out {
        assert_eq!(unsubscribe["source"], "provider");
        assert_eq!(unsubscribe["campaignId"], id.as_str());
        assert_eq!(unsubscribe["evidence"], "21610");
    }
    tenant.assert_balanced(&campaign).await
}

/// A message that the provider may have, and does not know of, stays unknown; it is not sent again.
#[tokio::test]
async fn what_nobody_knows_stays_unknown() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    for fate in ["error", "bad-gateway"] {
        let to = phone();
        tenant.books.script(&to, fate).await?;
        tenant.contact(&to).await?;
    }
    let id = tenant.send().await?;
    let campaign = tenant
        .until(&id, "both to be unknown", |campaign| {
            campaign["dispatch"] == "done" && campaign["counts"]["unknown"] == 2
        })
        .await?;
    assert_eq!(campaign["status"], "sent");
    tenant.assert_balanced(&campaign).await
}
