//! A restore to a point in time, and the operator's step after it.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use e2e::Tenant;
use infra::aws;
use serde_json::{Value, json};

/// Longer than a worker remembers that it may send.
pub(crate) const HALTED: Duration = Duration::from_secs(8);

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The table's items of one organization, as an export to another table would have them.
pub(crate) struct Copy<'a> {
    client: Client,
    table: &'a str,
    /// What names the organization: its id, its sender, and its campaigns.
    names: Vec<String>,
}

impl<'a> Copy<'a> {
    pub(crate) async fn of(tenant: &'a Tenant, campaigns: &[&String]) -> anyhow::Result<Self> {
        let names = [&tenant.id, &tenant.sender].into_iter().chain(campaigns.iter().copied());
        Ok(Self {
            client: Client::new(&aws::load().await),
            table: &tenant.variables["TABLE_NAME"],
            names: names.cloned().collect(),
        })
    }

    pub(crate) async fn items(&self) -> anyhow::Result<Vec<Item>> {
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
    pub(crate) async fn restore(&self, items: Vec<Item>) -> anyhow::Result<()> {
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

/// Takes the operator's step. Returns the campaigns that were ended, and the tenant's erasures that are done
/// again.
pub(crate) async fn end_restored(tenant: &Tenant) -> anyhow::Result<(Vec<Value>, Vec<Value>)> {
    let (mut ended, mut erasures, mut query) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = tenant.admin.post(&format!("/v1/restored{query}"), &json!({})).await?;
        ended.extend(page["items"].as_array().context("items")?.iter().cloned());
        let running = page["erasures"].as_array().context("erasures")?.iter();
        erasures.extend(running.filter(|it| it["organizationId"] == tenant.id).cloned());
        match page["nextCursor"].as_str() {
            Some(cursor) => query = format!("?cursor={cursor}"),
            None => return Ok((ended, erasures)),
        }
    }
}
