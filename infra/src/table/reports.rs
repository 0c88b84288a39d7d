//! Reports on campaigns: one item per campaign, replaced by each poll.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use shared::campaign::Campaign;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::phone::Phone;
use shared::report::{Report, Summary};
use shared::time::Timestamp;

use super::dynamo::{ABSENT, Consistency, Item, Key, Range, SortKey, Transaction, item, parse};
use super::{Result, Table, TableError, keys};

/// A report, and when its messages were counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedReport {
    pub report: Report,
    pub at: Timestamp,
}

/// The part of a campaign's report that an organization's report needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignSummary {
    pub campaign_id: CampaignId,
    pub name: String,
    pub sender: Phone,
    pub sent_at: Timestamp,
    pub counted_at: Timestamp,
    pub summary: Summary,
}

/// The report and its summary are stored as JSON, which takes half of the space.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    campaign_id: CampaignId,
    /// As its sender saw it. Only drafts can be renamed.
    campaign_name: Cow<'a, str>,
    sender: Phone,
    sent_at: Timestamp,
    counted_at: Timestamp,
    summary: String,
    /// Left out where only the summary is read.
    report: Option<String>,
}

/// Opt-outs and replies are only counted.
#[derive(Serialize)]
struct NoAttributes {}

const KIND: &str = "a report";
const SUMMARY: &str = "campaignId, campaignName, sender, sentAt, countedAt, summary";

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| TableError::malformed(KIND, error))
}

fn summary(item: Item) -> Result<CampaignSummary> {
    let row: Row<'_> = parse(KIND, item)?;
    let summary = serde_json::from_str(&row.summary);
    Ok(CampaignSummary {
        campaign_id: row.campaign_id,
        name: row.campaign_name.into_owned(),
        sender: row.sender,
        sent_at: row.sent_at,
        counted_at: row.counted_at,
        summary: summary.map_err(|error| TableError::malformed(KIND, error))?,
    })
}

impl Transaction {
    /// Replaces a campaign's report.
    fn put_report(self, campaign: &Campaign, counted: &CountedReport) -> Result<Self> {
        let CountedReport { report, at } = counted;
        let Some(broadcast) = campaign.broadcast() else {
            return Ok(self);
        };
        let key = keys::report(campaign.organization_id, broadcast.sent_at, campaign.id);
        let row = Row {
            campaign_id: campaign.id,
            campaign_name: Cow::Borrowed(&campaign.name),
            sender: broadcast.sender.phone.clone(),
            sent_at: broadcast.sent_at,
            counted_at: *at,
            summary: json(&report.summary())?,
            report: Some(json(report)?),
        };
        Ok(self.put(item(KIND, &key, row)?))
    }
}

impl Table {
    /// Like [`Table::update_campaign`], and replaces the campaign's report in the same transaction: counts
    /// that are final would never get theirs later.
    pub async fn save_count(
        &self,
        organization: OrganizationId,
        id: CampaignId,
        counted: &CountedReport,
        decide: impl FnMut(&Campaign) -> Option<Campaign>,
    ) -> Result<Option<Campaign>> {
        self.update_with(organization, id, decide, |transaction, campaign| {
            transaction.put_report(campaign, counted)
        })
        .await
    }

    /// The newest report on a campaign, once a poll has counted its messages.
    pub async fn report(&self, campaign: &Campaign) -> Result<Option<CountedReport>> {
        let Some(broadcast) = campaign.broadcast() else {
            return Ok(None);
        };
        let key = keys::report(campaign.organization_id, broadcast.sent_at, campaign.id);
        let row: Option<Row<'_>> = self.get(KIND, &key, Consistency::Eventual).await?;
        let Some((report, at)) = row.and_then(|row| Some((row.report?, row.counted_at))) else {
            return Ok(None);
        };
        let report = serde_json::from_str(&report);
        let report = report.map_err(|error| TableError::malformed(KIND, error))?;
        Ok(Some(CountedReport { report, at }))
    }

    /// Records that a person opted out in reply to a campaign.
    pub async fn note_opt_out(&self, campaign: &Campaign, phone: &Phone) -> Result<()> {
        self.note_heard(campaign, phone, keys::opt_out).await
    }

    /// Records that a person replied to a campaign with anything but an opt-out.
    pub async fn note_reply(&self, campaign: &Campaign, phone: &Phone) -> Result<()> {
        self.note_heard(campaign, phone, keys::replied).await
    }

    /// Names a person by the id of a message to their line, so that they count once.
    async fn note_heard(
        &self,
        campaign: &Campaign,
        phone: &Phone,
        key: impl FnOnce(CampaignId, MessageId) -> Key,
    ) -> Result<()> {
        let Some(broadcast) = campaign.broadcast() else { return Ok(()) };
        let id = broadcast.names.message_id(campaign.id, phone.line().as_phone());
        let row = item(KIND, &key(campaign.id, id), NoAttributes {})?;
        self.put(row, ABSENT, Vec::new()).await?;
        Ok(())
    }

    /// The number of people who opted out in reply to a campaign.
    pub async fn opt_outs(&self, campaign: CampaignId) -> Result<u64> {
        self.count_heard(campaign, keys::OPT_OUT).await
    }

    /// The number of people who replied to a campaign with anything but an opt-out.
    pub async fn replies_to(&self, campaign: CampaignId) -> Result<u64> {
        self.count_heard(campaign, keys::REPLIED).await
    }

    async fn count_heard(&self, campaign: CampaignId, prefix: &str) -> Result<u64> {
        let mut range = Range {
            projection: Some("sk".into()),
            ..Range::new(
                keys::campaign_partition(campaign),
                SortKey::Prefix(prefix.to_owned()),
                Consistency::Eventual,
            )
        };
        let mut count = 0;
        loop {
            let page = self.page(&range).await?;
            count += page.items.len() as u64;
            range.start = page.next;
            if range.start.is_none() {
                return Ok(count);
            }
        }
    }

    /// The campaigns that were sent from `from` until just before `to`, oldest first, unless there
    /// are more than `max`.
    pub async fn summaries(
        &self,
        organization: OrganizationId,
        (from, to): (Timestamp, Timestamp),
        max: usize,
    ) -> Result<Option<Vec<CampaignSummary>>> {
        let end = |at: Timestamp| format!("{}{at}", keys::REPORT);
        let mut range = Range {
            projection: Some(SUMMARY.into()),
            ..Range::new(
                keys::reports(organization),
                // A report's key continues after its time, so the end is not included.
                SortKey::Between(end(from), end(to)),
                Consistency::Eventual,
            )
        };
        let mut summaries = Vec::new();
        loop {
            let page = self.page(&range).await?;
            for item in page.items {
                summaries.push(summary(item)?);
            }
            if summaries.len() > max {
                return Ok(None);
            }
            range.start = page.next;
            if range.start.is_none() {
                return Ok(Some(summaries));
            }
        }
    }
}
