//! The backup drill: the table is restored to a moment in the middle of a campaign.

use std::collections::BTreeSet;

use anyhow::Context;
use e2e::staging::at_rest;
use e2e::{PATIENCE, Tenant, text};
use infra::clock;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

use crate::copy::{Copy, HALTED, end_restored};
use crate::{alone, halt};

/// At this rate the campaign takes two minutes, and two halts are in its middle on a slow machine, too.
const RECIPIENTS: usize = 120;
const PARTS_PER_SECOND: u32 = 1;

/// Whom the provider has texted.
async fn texted(tenant: &Tenant, phones: &[String]) -> anyhow::Result<BTreeSet<String>> {
    let mut texted = BTreeSet::new();
    for phone in phones {
        match tenant.books.texts(phone).await? {
            0 => {}
            1 => drop(texted.insert(phone.clone())),
            more => anyhow::bail!("{phone} was texted {more} times"),
        }
    }
    Ok(texted)
}

/// Waits until more than `count` people were texted.
async fn more_than(count: usize, tenant: &Tenant, phones: &[String]) -> anyhow::Result<()> {
    wait("messages to leave", PATIENCE, async || {
        Ok((texted(tenant, phones).await?.len() > count).then_some(()))
    })
    .await
}

#[tokio::test]
async fn no_one_is_texted_twice_after_a_restore() -> anyhow::Result<()> {
    let (_alone, tenant) = alone().await?;
    tenant.configure(&json!({"partsPerSecond": PARTS_PER_SECOND})).await?;
    let phones = tenant.contacts(RECIPIENTS).await?;
    let later = tenant.draft("Our spring sale ends tomorrow.").await?;
    let tomorrow = json!({"scheduledAt": clock::now().plus_seconds(86_400)});
    tenant.send_draft(&later, &tomorrow).await?;
    let id = tenant.send().await?;

    more_than(5, &tenant, &phones).await?;
    halt(&tenant, true).await?;
    tokio::time::sleep(HALTED).await;
    at_rest(&tenant, &id).await?;
    let copy = Copy::of(&tenant, &[&id, &later]).await?;
    let (items, before) = (copy.items().await?, texted(&tenant, &phones).await?);
    halt(&tenant, false).await?;

    // What the backup lacks: more messages, and a cancellation.
    more_than(before.len() + 5, &tenant, &phones).await?;
    tenant.api.post(&tenant.path(&format!("campaigns/{later}/cancel")), &json!({})).await?;
    halt(&tenant, true).await?;
    tokio::time::sleep(HALTED).await;
    at_rest(&tenant, &id).await?;
    let after = texted(&tenant, &phones).await?;
    assert!(before.len() < after.len() && after.len() < RECIPIENTS, "in the middle");

    copy.restore(items).await?;
    let (ended, erasures) = end_restored(&tenant).await?;
    assert_eq!(erasures, Vec::<Value>::new(), "no one was erased");
    for (id, status, dispatch) in
        [(&id, "sent", json!("stopped")), (&later, "cancelled", Value::Null)]
    {
        let campaign = ended.iter().find(|campaign| campaign["id"] == **id);
        let campaign = campaign.context("it was ended")?;
        let found = (&campaign["status"], &campaign["dispatch"], &campaign["reason"]);
        assert_eq!(found, (&json!(status), &dispatch, &json!("restored")), "{campaign}");
    }
    assert_eq!(end_restored(&tenant).await?.0, Vec::<Value>::new(), "once is enough");
    halt(&tenant, false).await?;

    let is_whole = |campaign: &Value| {
        campaign["counts"]["total"] == RECIPIENTS && campaign["counts"]["pending"] == 0
    };
    let campaign = tenant.until(&id, "the campaign to end", is_whole).await?;
    assert_eq!(campaign["dispatch"], "stopped", "{campaign}");
    assert_eq!(texted(&tenant, &phones).await?, after, "no one else was texted");
    tenant.assert_balanced(&campaign).await?;
    // The list of those who cannot be known is that of everyone whom the backup did not know.
    let list = tenant.path(&format!("campaigns/{id}/messages?status=unknown"));
    let unknown = tenant.api.list(&list).await?;
    let unknown: BTreeSet<&str> = unknown.iter().map(|message| text(&message["to"])).collect();
    let unsure = phones.iter().filter(|phone| !before.contains(*phone));
    assert_eq!(unknown, unsure.map(String::as_str).collect());
    Ok(())
}

#[tokio::test]
async fn a_deployment_that_may_send_is_not_restored() -> anyhow::Result<()> {
    let (_alone, tenant) = alone().await?;
    let refusal = |api: &local::client::Api| api.request(Method::POST, "/v1/restored").send();
    let refused = refusal(&tenant.admin).await?;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.json::<Value>().await?["code"], "not_halted");
    assert_eq!(refusal(&tenant.api).await?.status(), 403, "it is the operator's");
    Ok(())
}
