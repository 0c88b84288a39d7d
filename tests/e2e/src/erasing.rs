//! Erasures as their requester sees them, and what is left of a person anywhere.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use infra::aws;
use local::client::wait;
use reqwest::Method;
use serde_json::Value;

use crate::{PATIENCE, Tenant};

/// The first erasure of an organization waits until every worker knows of it.
pub const LONG: Duration = Duration::from_secs(2 * PATIENCE.as_secs());

#[must_use]
pub fn path(tenant: &Tenant, phone: &str) -> String {
    tenant.path(&format!("people/{}", phone.replace('+', "%2B")))
}

/// Requests an erasure and waits until it is done.
pub async fn erase(tenant: &Tenant, phone: &str) -> anyhow::Result<Value> {
    let response = tenant.api.request(Method::DELETE, &path(tenant, phone)).send().await?;
    ensure!(response.status() == 202, "{response:?}");
    let requested: Value = response.json().await?;
    ensure!(requested["status"] == "running", "{requested}");
    wait("the erasure", LONG, async || {
        let known = tenant.api.get(&path(tenant, phone)).await?;
        Ok((known["erasure"]["status"] == "done").then_some(known))
    })
    .await
}

/// Waits until no item and no file holds the phone. An event that was announced before the erasure
/// names it until it is sent.
pub async fn leaves_no_traces(tenant: &Tenant, phone: &str) -> anyhow::Result<()> {
    let gone = wait("the traces to go", PATIENCE, async || {
        Ok(traces(tenant, phone).await?.is_empty().then_some(()))
    });
    gone.await
}

/// A client of the stack's bucket.
pub async fn bucket() -> aws_sdk_s3::Client {
    let settings = aws_sdk_s3::config::Builder::from(&aws::load().await).force_path_style(true);
    aws_sdk_s3::Client::from_conf(settings.build())
}

/// The keys of all items and the names of all files that hold the phone.
pub async fn traces(tenant: &Tenant, phone: &str) -> anyhow::Result<Vec<String>> {
    let (config, variables) = (aws::load().await, &tenant.variables);
    let mut found = Vec::new();
    let table = aws_sdk_dynamodb::Client::new(&config);
    let mut start: Option<HashMap<String, AttributeValue>> = None;
    loop {
        let scan = table.scan().table_name(&variables["TABLE_NAME"]).consistent_read(true);
        let page = scan.set_exclusive_start_key(start).send().await?;
        for item in page.items() {
            // Responses to idempotency keys expire within a day.
            if format!("{:?}", item["pk"]).contains("IDEMPOTENCY#") {
                continue;
            }
            let text = format!("{item:?}");
            // In thousands of others' items some digits are the phone's by chance.
            let is_own = text.contains(&tenant.id);
            let holds = if is_own { holds(&text, phone) } else { text.contains(phone) };
            if holds || has_packed(item, phone)? {
                found.push(format!("{:?} {:?}", item["pk"], item["sk"]));
            }
        }
        start = page.last_evaluated_key().cloned();
        if start.is_none() {
            break;
        }
    }
    let bucket = bucket().await;
    let name = &variables["BUCKET_NAME"];
    let mut pages = bucket.list_objects_v2().bucket(name).into_paginator().send();
    while let Some(page) = pages.next().await {
        for object in page?.contents() {
            let key = object.key().context("a key")?;
            // Others' files may be large.
            if !key.contains(&tenant.id) {
                continue;
            }
            let content = bucket.get_object().bucket(name).key(key).send().await?;
            let content = content.body.collect().await?.to_vec();
            let mut plain = Vec::new();
            let mut decoder = flate2::read::MultiGzDecoder::new(&content[..]);
            let is_packed = std::io::Read::read_to_end(&mut decoder, &mut plain).is_ok();
            let content = if is_packed { plain } else { content };
            if holds(&String::from_utf8_lossy(&content), phone) {
                found.push(key.to_owned());
            }
        }
    }
    Ok(found)
}

/// Whether a text has the phone's national digits, with any signs between them.
fn holds(text: &str, phone: &str) -> bool {
    let without_signs = text.replace([' ', '(', ')', '-', '.', '/'], "");
    without_signs.contains(phone.trim_start_matches("+1"))
}

/// Whether a chunk has the phone among its packed ones.
fn has_packed(item: &HashMap<String, AttributeValue>, phone: &str) -> anyhow::Result<bool> {
    let digits: u64 = phone.trim_start_matches('+').parse()?;
    let packed = item.get("phones").and_then(|phones| phones.as_b().ok());
    Ok(packed.is_some_and(|of| of.as_ref().chunks(8).any(|one| one == digits.to_be_bytes())))
}
