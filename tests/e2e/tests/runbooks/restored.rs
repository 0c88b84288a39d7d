//! The backup drill: the table is restored to a moment in the middle of a campaign.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use e2e::staging::at_rest;
use e2e::{PATIENCE, Tenant, text};
use infra::{aws, clock};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{STACK, halt};

/// At this rate the campaign takes two minutes, and two halts are in its middle on a slow machine, too.
const RECIPIENTS: usize = 120;
const PARTS_PER_SECOND: u32 = 1;
/// Longer than a worker remembers that it may send.
const HALTED: Duration = Duration::from_secs(8);

type Item = HashMap<String, AttributeValue>;

/// The table's items of one organization, as an export to another table would have them.
struct Copy<'a> {
    client: Client,
    table: &'a str,
    /// What names the organization: its id, its sender, and its campaigns.
    names: Vec<String>,
}

impl<'a> Copy<'a> {
    async fn of(tenant: &'a Tenant, campaigns: &[&String]) -> anyhow::Result<Self> {
        let names = [&tenant.id, &tenant.sender].into_iter().chain(campaigns.iter().copied());
        Ok(Self {
            client: Client::new(&aws::load().await),
            table: &tenant.variables["TABLE_NAME"],
            names: names.cloned().collect(),
        })
    }

    async fn items(&self) -> anyhow::Result<Vec<Item>> {
        let scan = self.client.scan().table_name(self.table).consistent_read(true);
        let mut pages = scan.into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            let is_of = |item: &Item| {
                let keys = format!("{:?} {:?}", item["pk"], item["sk"]);
                self.names.iter().any(|name| keys.contains(name))
            };
            items.extend(page?.items.unwrap_or_default().into_iter().filter(is_of));
        }
        Ok(items)
    }

    /// Puts these items in place of all that there are.
    async fn restore(&self, items: Vec<Item>) -> anyhow::Result<()> {
        for mut item in self.items().await? {
            item.retain(|name, _| name == "pk" || name == "sk");
            let delete = self.client.delete_item().table_name(self.table);
            delete.set_key(Some(item)).send().await?;
        }
        for item in items {
            self.client.put_item().table_name(self.table).set_item(Some(item)).send().await?;
        }
        Ok(())
    }
}

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

/// Takes the operator's step, and returns what was ended.
async fn end_restored(tenant: &Tenant) -> anyhow::Result<Vec<Value>> {
    let (mut ended, mut query) = (Vec::new(), String::new());
    loop {
        let page = tenant.admin.post(&format!("/v1/restored{query}"), &json!({})).await?;
        ended.extend(page["items"].as_array().context("items")?.iter().cloned());
        match page["nextCursor"].as_str() {
            Some(cursor) => query = format!("?cursor={cursor}"),
            None => return Ok(ended),
        }
    }
}

#[tokio::test]
async fn no_one_is_texted_twice_after_a_restore() -> anyhow::Result<()> {
    let _alone = STACK.lock().await;
    let tenant = Tenant::new().await?;
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
    let ended = end_restored(&tenant).await?;
    for (id, status, dispatch) in
        [(&id, "sent", json!("stopped")), (&later, "cancelled", Value::Null)]
    {
        let campaign = ended.iter().find(|campaign| campaign["id"] == **id);
        let campaign = campaign.context("it was ended")?;
        let found = (&campaign["status"], &campaign["dispatch"], &campaign["reason"]);
        assert_eq!(found, (&json!(status), &dispatch, &json!("restored")), "{campaign}");
    }
    assert_eq!(end_restored(&tenant).await?, Vec::<Value>::new(), "once is enough");
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
    let _alone = STACK.lock().await;
    let tenant = Tenant::new().await?;
    let refusal = |api: &local::client::Api| api.request(Method::POST, "/v1/restored").send();
    let refused = refusal(&tenant.admin).await?;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.json::<Value>().await?["code"], "not_halted");
    assert_eq!(refusal(&tenant.api).await?.status(), 403, "it is the operator's");
    Ok(())
}
