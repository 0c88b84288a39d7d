//! Quotes: kept for a while, and computed one at a time per organization.
//!
//! A quote reads a whole audience. So the request or the run that computes one holds a lease. The
//! organization's next quote waits until the lease is given back, or expires because its holder
//! died.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::audience::Judge;
use shared::body::Body;
use shared::campaign::Campaign;
use shared::chunk::{ChainEnd, Chunk, Cutter};
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::quote::Quote;
use shared::time::Timestamp;

use super::dynamo::{Change, Consistency, Written, item, parse};
use super::{Result, Table, keys};

/// How long a quote is kept that a request computed.
pub const KEPT_SECONDS: i64 = 60;
/// The table removes items late, so this only has to be longer than any lease.
const FORGOTTEN_SECONDS: i64 = 3_600;

/// A quote, when its audience was read, and until when it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptQuote {
    pub quote: Quote,
    pub at: Timestamp,
    pub until: Timestamp,
}

/// The outcome of requesting the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    Yours,
    /// Another request holds it until this time at most.
    Taken {
        until: Timestamp,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    quote: Quote,
    quoted_at: Timestamp,
    /// Unknown in a quote that the previous release kept for a minute.
    #[serde(default)]
    kept_until: Option<Timestamp>,
    /// What it was computed from: the campaign's version, and the organization's settings.
    campaign_version: u64,
    settings_of: Timestamp,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lease {
    holder: String,
    held_until: Timestamp,
    expires_at: i64,
}

const KIND: &str = "a quote";

impl Row {
    fn until(&self) -> Timestamp {
        self.kept_until.unwrap_or_else(|| self.quoted_at.plus_seconds(KEPT_SECONDS))
    }
}

impl Table {
    /// The quote for this version of a campaign, if one is kept.
    pub async fn kept_quote(
        &self,
        organization: &Organization,
        campaign: &Campaign,
        now: Timestamp,
    ) -> Result<Option<KeptQuote>> {
        let key = keys::quote(organization.id, campaign.id);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        let is_current = |row: &Row| {
            row.campaign_version == campaign.version
                && row.settings_of == organization.updated_at
                && now < row.until()
        };
        let row = row.filter(is_current);
        Ok(row.map(|row| KeptQuote { until: row.until(), quote: row.quote, at: row.quoted_at }))
    }

    pub async fn keep_quote(
        &self,
        organization: &Organization,
        campaign: &Campaign,
        kept: &KeptQuote,
    ) -> Result<()> {
        let key = keys::quote(organization.id, campaign.id);
        let row = Row {
            quote: kept.quote,
            quoted_at: kept.at,
            kept_until: Some(kept.until),
            campaign_version: campaign.version,
            settings_of: organization.updated_at,
            expires_at: kept.until.unix_seconds(),
        };
        // Of two quotes, the newer one is kept.
        let condition = "attribute_not_exists(pk) OR quotedAt < :at";
        let at = AttributeValue::S(kept.at.to_string());
        self.put(item(KIND, &key, row)?, condition, vec![(":at", at)]).await?;
        Ok(())
    }

    /// Requests the sole right to compute the organization's quotes until `until`.
    pub async fn begin_quoting(
        &self,
        organization: OrganizationId,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Quoting> {
        let key = keys::quoting(organization);
        let lease = Lease {
            holder: holder.to_owned(),
            held_until: until,
            expires_at: until.plus_seconds(FORGOTTEN_SECONDS).unix_seconds(),
        };
        let condition = "attribute_not_exists(pk) OR heldUntil <= :now";
        let now = AttributeValue::S(now.to_string());
        let put = self.put(item(KIND, &key, lease)?, condition, vec![(":now", now)]).await?;
        Ok(match put {
            Written::Done => Quoting::Yours,
            Written::Refused(held) => {
                let held: Option<Lease> = held.map(|held| parse(KIND, held)).transpose()?;
                Quoting::Taken { until: held.map_or(until, |held| held.held_until) }
            }
        })
    }

    /// Keeps the lease until `until`, and returns whether its holder still has it.
    pub async fn hold_quoting(
        &self,
        organization: OrganizationId,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool> {
        let change = Change {
            update: "SET heldUntil = :until".to_owned(),
            condition: "holder = :holder".to_owned(),
            ..Change::default()
        };
        let change = change.value(":until", until.to_string()).value(":holder", holder);
        let changed = self.change(&keys::quoting(organization), change).await?;
        Ok(matches!(changed, Written::Done))
    }

    /// Gives the lease back. The organization's next quote may begin at `free_at`.
    pub async fn end_quoting(
        &self,
        organization: OrganizationId,
        holder: &str,
        free_at: Timestamp,
    ) -> Result<()> {
        self.hold_quoting(organization, holder, free_at).await.map(|_| ())
    }

    /// The quote of a shard, which is cut as the fan-out would cut it.
    pub async fn quote_of_shard(
        &self,
        organization: &Organization,
        shard: u16,
        body: &Body,
        judge: &Judge,
    ) -> Result<Quote> {
        let mut quote = Quote::new(body);
        let mut cutter = Cutter::new(judge.clone(), ChainEnd::default());
        let mut begin = None;
        let prices = organization.prices.as_ref();
        let mut add = |chunk: &Chunk| quote.add(body, prices, chunk);
        let place = (shard, organization.shards);
        loop {
            let page = self.audience_page(organization.id, place, begin.as_deref(), judge).await?;
            for (entry, is_unsubscribed) in page.entries {
                if let Some(chunk) = cutter.push(entry, is_unsubscribed) {
                    add(&chunk);
                }
            }
            begin = page.next;
            if begin.is_none() {
                add(&cutter.finish());
                return Ok(quote);
            }
        }
    }
}
