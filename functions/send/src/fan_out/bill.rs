//! The cost of a campaign's recipients, if its price is limited.

use anyhow::Context;
use futures::stream::{self, StreamExt, TryStreamExt};
use shared::price::{Bill, PriceList};

use super::{FanOut, SHARDS_AT_ONCE};

impl FanOut<'_> {
    pub(super) async fn bill(&self) -> anyhow::Result<Bill> {
        let Some(limit) = &self.campaign.limits.max_price else {
            return Ok(Bill::default());
        };
        let shards = stream::iter(self.broadcast.shards.all())
            .map(|shard| self.bill_shard(shard, &limit.prices))
            .buffer_unordered(SHARDS_AT_ONCE);
        shards.try_fold(Bill::default(), |sum, bill| async move { Ok(sum.plus(bill)) }).await
    }

    async fn bill_shard(&self, shard: u16, prices: &PriceList) -> anyhow::Result<Bill> {
        let (mut bill, body) = (Bill::default(), self.campaign.body_sent());
        for number in 0.. {
            let chunk = self.app.table.chunk(self.campaign.id, shard, number).await?;
            let chunk = chunk.context("a shard that has ended lacks a chunk")?;
            for recipient in &chunk.recipients {
                if let Some(phone) = recipient.phone() {
                    bill.add(prices, phone, body.parts_for(recipient));
                }
            }
            if chunk.ends {
                break;
            }
        }
        Ok(bill)
    }
}
