//! Reading items: one by key, a page of a partition, a batch.

use std::borrow::Cow;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use serde::de::DeserializeOwned;

use super::back_off;
use super::key::Key;
use super::marshal::{Item, parse};
use super::{Result, Table, TableError};
use crate::usage::Access;

/// How fresh a read must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::table) enum Consistency {
    Strong,
    /// Half the price, but may miss recent writes.
    Eventual,
}

/// A range of sort keys of one partition, read in pages.
pub(in crate::table) struct Range {
    pub(in crate::table) pk: String,
    pub(in crate::table) index: Option<&'static str>,
    pub(in crate::table) condition: SortKey,
    /// Attributes to read, or all.
    pub(in crate::table) projection: Option<Cow<'static, str>>,
    /// The names for the projection's placeholders.
    pub(in crate::table) names: &'static [(&'static str, &'static str)],
    pub(in crate::table) consistency: Consistency,
    pub(in crate::table) limit: Option<i32>,
    pub(in crate::table) newest_first: bool,
    pub(in crate::table) start: Option<Item>,
}

pub(in crate::table) enum SortKey {
    Prefix(String),
    /// Inclusive at both ends.
    Between(String, String),
    AtMost(String),
}

impl Range {
    pub(in crate::table) fn new(pk: String, condition: SortKey, consistency: Consistency) -> Self {
        Self {
            pk,
            index: None,
            condition,
            projection: None,
            names: &[],
            consistency,
            limit: None,
            newest_first: false,
            start: None,
        }
    }
}

pub(in crate::table) struct Page {
    /// The read units that the table says it took.
    pub(in crate::table) units: f64,
    pub(in crate::table) items: Vec<Item>,
    pub(in crate::table) next: Option<Item>,
}

impl Table {
    pub(in crate::table) async fn get<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        key: &Key,
        consistency: Consistency,
    ) -> Result<Option<T>> {
        self.get_item(key, consistency).await?.map(|item| parse(kind, item)).transpose()
    }

    pub(in crate::table) async fn get_item(
        &self,
        key: &Key,
        consistency: Consistency,
    ) -> Result<Option<Item>> {
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(consistency == Consistency::Strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| TableError::request("GetItem", error))?;
        self.usage.call("dynamodb.GetItem");
        self.usage.capacity(Access::Read, &output.consumed_capacity);
        Ok(output.item)
    }

    pub(in crate::table) async fn page(&self, range: &Range) -> Result<Page> {
        let (pk, sk) = if range.index.is_some() { ("gsi1pk", "gsi1sk") } else { ("pk", "sk") };
        let condition = match range.condition {
            SortKey::Prefix(_) => "#pk = :pk AND begins_with(#sk, :from)",
            SortKey::Between(..) => "#pk = :pk AND #sk BETWEEN :from AND :to",
            SortKey::AtMost(_) => "#pk = :pk AND #sk <= :from",
        };
        let (from, to) = match &range.condition {
            SortKey::Prefix(from) | SortKey::AtMost(from) => (from, None),
            SortKey::Between(from, to) => (from, Some(to)),
        };
        let mut request = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(range.index.map(str::to_owned))
            .key_condition_expression(condition)
            .expression_attribute_names("#pk", pk)
            .expression_attribute_names("#sk", sk)
            .expression_attribute_values(":pk", AttributeValue::S(range.pk.clone()))
            .expression_attribute_values(":from", AttributeValue::S(from.clone()))
            .consistent_read(range.consistency == Consistency::Strong)
            .scan_index_forward(!range.newest_first)
            .set_limit(range.limit)
            .set_projection_expression(range.projection.as_deref().map(str::to_owned))
            .set_exclusive_start_key(range.start.clone())
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        for (placeholder, name) in range.names {
            request = request.expression_attribute_names(*placeholder, *name);
        }
        if let Some(to) = to {
            request = request.expression_attribute_values(":to", AttributeValue::S(to.clone()));
        }
        let output = request.send().await.map_err(|error| TableError::request("Query", error))?;
        self.usage.call("dynamodb.Query");
        let items = output.items.unwrap_or_default();
        let told = output.consumed_capacity.and_then(|used| used.capacity_units);
        let told = told.unwrap_or_default();
        if self.usage.is_on() {
            self.usage.units(Access::Read, told.max(units(&items, range.consistency)));
        }
        Ok(Page { units: told, items, next: output.last_evaluated_key })
    }

    /// Every item of a range, which must be known to be small.
    pub(in crate::table) async fn all(&self, mut range: Range) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        loop {
            let page = self.page(&range).await?;
            items.extend(page.items);
            range.start = page.next;
            if range.start.is_none() {
                return Ok(items);
            }
        }
    }

    /// The items with these keys (at most 100), in any order. Missing ones are left out.
    pub(in crate::table) async fn batch(
        &self,
        keys: &[Key],
        consistency: Consistency,
    ) -> Result<Vec<Item>> {
        let mut found = Vec::with_capacity(keys.len());
        let mut left: Vec<Item> = keys.iter().map(Key::attributes).collect();
        let mut waits = back_off::waits(back_off::Patience::Short);
        while !left.is_empty() {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut left)))
                .consistent_read(consistency == Consistency::Strong)
                .build()
                .map_err(|error| TableError::malformed("a batch of keys", error))?;
            let output = self
                .client
                .batch_get_item()
                .request_items(&self.name, wanted)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| TableError::request("BatchGetItem", error))?;
            self.usage.call("dynamodb.BatchGetItem");
            self.usage.capacity(Access::Read, output.consumed_capacity());
            if let Some(items) = output.responses.and_then(|mut all| all.remove(&self.name)) {
                found.extend(items);
            }
            if let Some(rest) = output.unprocessed_keys.and_then(|mut all| all.remove(&self.name)) {
                // Request again what AWS left unprocessed.
                left = rest.keys;
                let throttled = TableError::Throttled { operation: "BatchGetItem" };
                tokio::time::sleep(waits.next().ok_or(throttled)?).await;
            }
        }
        Ok(found)
    }
}

/// Read units computed from the items' sizes, because some emulators don't report them for queries.
fn units(items: &[Item], consistency: Consistency) -> f64 {
    let bytes: usize = items.iter().flatten().map(|(name, value)| name.len() + size(value)).sum();
    let quarters = u32::try_from(bytes.div_ceil(4_096).max(1)).unwrap_or(u32::MAX);
    f64::from(quarters) * if consistency == Consistency::Strong { 1.0 } else { 0.5 }
}

fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len() / 2 + 1,
        AttributeValue::M(map) => {
            3 + map.iter().map(|(name, value)| name.len() + size(value) + 1).sum::<usize>()
        }
        AttributeValue::L(list) => 3 + list.iter().map(|value| size(value) + 1).sum::<usize>(),
        _ => 1,
    }
}
