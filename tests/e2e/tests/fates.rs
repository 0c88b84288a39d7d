//! Each number ends in the state that its fate leads to, with at most one text.

use std::collections::BTreeMap;

use anyhow::bail;
use e2e::callbacks::call_back;
use e2e::staging::{
    LATER_SECONDS, TOKEN, begun_owing, claim, cut, message, reference, resume, table,
};
use e2e::{PATIENCE, Tenant};
use infra::clock;
use infra::gateway::twilio::callback::address;
use infra::table::{Settlement, ShardItem};
use local::client::wait;
use serde_json::Value;
use shared::message::Outcome;
use shared::organization::SHARDS;

/// A fate's name in the simulator, the status and reason that it leads to, and the number of texts
/// that the provider accepted.
const FATES: [(&str, &str, Option<&str>, usize); 23] = [
    ("delivered", "delivered", None, 1),
    ("undelivered-30003", "failed", Some("unreachable"), 1),
    ("undelivered-30005", "failed", Some("invalid_number"), 1),
    ("undelivered-30006", "failed", Some("unreachable"), 1),
    ("undelivered-30007", "failed", Some("filtered"), 1),
    ("undelivered-30008", "failed", Some("other"), 1),
    ("expired", "failed", Some("expired"), 1),
    ("refused-21610", "failed", Some("unsubscribed"), 0),
    ("refused-21211", "failed", Some("invalid_number"), 0),
    ("refused-21614", "failed", Some("invalid_number"), 0),
    ("opted-out", "failed", Some("unsubscribed"), 1),
    ("throttled", "delivered", None, 1),
    ("queue-full", "delivered", None, 1),
    ("no-receipt", "delivered", None, 1),
    ("early-receipt", "delivered", None, 1),
    ("out-of-order", "delivered", None, 1),
    ("twice", "delivered", None, 1),
    // Ambiguous responses. Many of these pause a campaign.
    ("error-after-accepting", "delivered", None, 1),
    ("answer-lost", "delivered", None, 1),
    ("slow-answer", "delivered", None, 1),
    ("page-after-accepting", "delivered", None, 1),
    // If the provider may have a message but doesn't know it, the message stays unknown and isn't
    // sent again.
    ("error", "unknown", None, 0),
    ("bad-gateway", "unknown", None, 0),
];
const RECIPIENTS: usize = 300;
/// How many of the last fates are ambiguous.
const AMBIGUOUS: usize = 6;

/// Recipients with each clear fate in turn, and one with each ambiguous one.
async fn scripted(tenant: &Tenant) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut scripted = BTreeMap::new();
    for (place, to) in tenant.contacts(RECIPIENTS).await?.into_iter().enumerate() {
        let clear = FATES.len() - AMBIGUOUS;
        let fate = if place < AMBIGUOUS { clear + place } else { place % clear };
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
        .until_with_resumes(&id, "every message to have its fate", |campaign| {
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

/// Only the person who opted out is unsubscribed, with the provider's code as evidence.
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

/// Reports a message's status in a callback signed as the provider's.
pub(crate) async fn tell(
    tenant: &Tenant,
    url: &str,
    sid: &str,
    to: &str,
    status: &str,
) -> anyhow::Result<()> {
    let mut form = vec![("MessageSid", sid), ("MessageStatus", status), ("To", to)];
    if status == "undelivered" {
        form.push(("ErrorCode", "30003"));
    }
    let taken = call_back(&tenant.variables["PROVIDER_AUTH_TOKEN"], url, &form).await?;
    assert_eq!(taken, 204, "{url}");
    Ok(())
}

/// The provider has none of these messages, so no look-up can make up for a receipt. The test plays
/// both the worker that claims them and the provider that accepts them.
#[tokio::test]
async fn receipts_alone_decide_and_no_word_is_taken_back() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(5).await?;
    let [first, early, backwards, twice, strange] = &phones[..] else { bail!("{phones:?}") };
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, SHARDS.all(), None).await?;
    let (table, id) = (table(&tenant).await, campaign.id.to_string());
    let sid = |to: &str| format!("SM{:0>32}", to.trim_start_matches('+'));
    let told = async |to: &str, sid: &str, status: &str| {
        let url = address(&tenant.variables["API_URL"], &reference(&message(&campaign, to)?), None);
        tell(&tenant, &url, sid, to, status).await
    };
    let accepted = async |to: &str| {
        let (message, token) = (reference(&message(&campaign, to)?), TOKEN.to_owned());
        let outcome = Outcome::Accepted { provider_id: sid(to), at: clock::now() };
        let settlement = Settlement { message, token, outcome };
        let settled = table.settle_all(&[settlement], SHARDS).await?.pop().transpose()?;
        assert_eq!(settled, Some(true));
        anyhow::Ok(())
    };
    let until = async |to: &str, status: &str| {
        let path = format!("campaigns/{id}/messages/{}", message(&campaign, to)?.id);
        wait(&format!("{to} to be {status}"), PATIENCE, async || {
            let message = tenant.api.get(&tenant.path(&path)).await?;
            Ok((message["status"] == status).then_some(()))
        })
        .await
    };

    // Before its message is claimed.
    told(first, &sid(first), "delivered").await?;
    let shard = message(&campaign, first)?.id.shard(SHARDS);
    wait("the first receipt to be kept", PATIENCE, async || {
        let mut is_kept = false;
        let look = |item| is_kept |= matches!(item, ShardItem::Parked(_));
        table.each_of_shard(&campaign, shard, look).await?;
        Ok(is_kept.then_some(()))
    })
    .await?;
    for to in &phones {
        claim(&table, &campaign, to, clock::now()).await?;
    }
    for to in [first, backwards, twice, strange] {
        accepted(to).await?;
    }
    // Before the worker has the provider's response; final status first; twice; about another
    // message.
    told(early, &sid(early), "delivered").await?;
    told(backwards, &sid(backwards), "delivered").await?;
    for _ in 0..2 {
        told(twice, &sid(twice), "undelivered").await?;
    }
    told(strange, &sid(twice), "undelivered").await?;
    until(early, "delivered").await?;
    until(backwards, "delivered").await?;
    until(twice, "failed").await?;
    // None of these late reports changes anything except the last. Once that one is applied, the
    // others have been read.
    accepted(early).await?;
    for (to, status) in [(early, "sent"), (backwards, "sent"), (twice, "delivered")] {
        told(to, &sid(to), status).await?;
    }
    told(strange, &sid(strange), "delivered").await?;
    until(strange, "delivered").await?;

    resume(&tenant, &campaign).await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 4, "{campaign}");
    assert_eq!(campaign["counts"]["failed"], 1, "{campaign}");
    for message in tenant.messages(&id).await? {
        let to = message["to"].as_str().unwrap_or_default();
        let status = if to == twice { "failed" } else { "delivered" };
        assert_eq!(message["status"], status, "{message}");
        assert_eq!(message["providerMessageId"], sid(to));
        assert_eq!(tenant.books.texts(to).await?, 0, "it is handed over again");
    }
    tenant.assert_balanced(&campaign).await
}
