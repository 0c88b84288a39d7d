//! The cost of a campaign's recipients, if its price is limited.

use anyhow::Context;
use futures::stream::{self, StreamExt, TryStreamExt};
use shared::parts::Parts;
use shared::price::{Bill, PriceList};

use super::{FanOut, SHARDS_AT_ONCE};

impl FanOut<'_> {
    pub(super) async fn bill(&self) -> anyhow::Result<Bill> {
        let Some(limit) = &self.campaign.limits.max_price else {
            return Ok(Bill::default());
        };
        let parts = Parts::of(self.campaign.body.as_deref().unwrap_or_default()).count;
        let shards = stream::iter(0..self.broadcast.shards)
            .map(|shard| self.bill_shard(shard, &limit.prices, parts))
            .buffer_unordered(SHARDS_AT_ONCE);
        shards.try_fold(Bill::default(), |sum, bill| async move { Ok(sum.plus(bill)) }).await
    }

    async fn bill_shard(&self, shard: u16, prices: &PriceList, parts: u32) -> anyhow::Result<Bill> {
        let mut bill = Bill::default();
        for number in 0.. {
            let chunk = self.app.table.chunk(self.campaign.id, shard, number).await?;
            let chunk = chunk.context("a shard that has ended lacks a chunk")?;
            for phone in &chunk.recipients {
                bill.add(prices, phone, parts);
            }
            if chunk.ends {
                break;
            }
        }
        Ok(bill)
    }
}
