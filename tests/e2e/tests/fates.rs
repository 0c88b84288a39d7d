//! Each number ends in the state that its fate implies, with one text at most.

use std::collections::BTreeMap;

use e2e::Tenant;
use serde_json::Value;

/// A fate's name in the simulator, the status and reason that it implies, and how many texts the
/// provider took.
const FATES: [(&str, &str, Option<&str>, usize); 21] = [
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
    // What the provider may have, and does not know of, stays unknown; it is not sent again.
    ("error", "unknown", None, 0),
    ("bad-gateway", "unknown", None, 0),
];
const RECIPIENTS: usize = 1_000;

/// So many recipients, with each fate in turn.
async fn scripted(tenant: &Tenant) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut scripted = BTreeMap::new();
    for (place, to) in tenant.contacts(RECIPIENTS).await?.into_iter().enumerate() {
        let fate = place % FATES.len();
        tenant.books.script(&to, FATES[fate].0).await?;
        scripted.insert(to, fate);
    }
    Ok(scripted)
}

#[tokio::test]
async fn every_fate_is_told_truly() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let scripted = scripted(&tenant).await?;
    let with = |wanted: &str| scripted.values().filter(|fate| FATES[**fate].1 == wanted).count();
    let expected = ["delivered", "failed", "unknown"].map(|status| (status, with(status)));
    let id = tenant.send().await?;
    let campaign = tenant
        .until(&id, "every message to have its fate", |campaign| {
            let counts = &campaign["counts"];
            campaign["dispatch"] == "done"
                && expected.iter().all(|(status, count)| counts[*status] == *count)
        })
        .await?;
    let messages = tenant.messages(&id).await?;
    assert_eq!(messages.len(), RECIPIENTS);
    for message in &messages {
        let to = message["to"].as_str().unwrap_or_default();
        let (fate, status, reason, texts) = FATES[scripted[to]];
        assert_eq!(message["status"], status, "{fate}: {message}");
        assert_eq!(message["errorReason"].as_str(), reason, "{fate}: {message}");
        assert_eq!(tenant.books.texts(to).await?, texts, "{fate}");
    }
    assert_opted_out(&tenant, &id, &scripted).await?;
    tenant.assert_balanced(&campaign).await
}

/// Only who opted out is suppressed, with the provider's code as evidence.
async fn assert_opted_out(
    tenant: &Tenant,
    campaign: &str,
    scripted: &BTreeMap<String, usize>,
) -> anyhow::Result<()> {
    let opted_out: Vec<Value> = tenant.api.list(&tenant.path("unsubscribes")).await?;
    let mut phones: Vec<&str> = opted_out.iter().filter_map(|u| u["phone"].as_str()).collect();
    phones.sort_unstable();
    let opts_out = |fate: usize| ["refused-21610", "opted-out"].contains(&FATES[fate].0);
    let expected = scripted.iter().filter(|(_, fate)| opts_out(**fate));
    assert_eq!(phones, expected.map(|(to, _)| to.as_str()).collect::<Vec<_>>());
    for unsubscribe in &opted_out {
        assert_eq!(unsubscribe["source"], "provider");
        assert_eq!(unsubscribe["campaignId"], campaign);
        assert_eq!(unsubscribe["evidence"], "21610");
    }
    Ok(())
}
