//! An organization's report over a period, summed from the reports of its campaigns.

use std::collections::BTreeMap;

use infra::table::CampaignSummary;
use serde::Serialize;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::report::Summary;
use shared::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use super::lists::SenderView;
use super::{CostView, DeliveryView, MessageCountsView};
use crate::views::Time;

/// A period: from its beginning until just before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReportPeriod {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// The results of the campaigns that an organization sent in a period, as the newest poll of each
/// counted them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrganizationReport)]
pub(crate) struct OrganizationReportView {
    from: Time,
    /// The period ends just before this time.
    to: Time,
    total: TotalView,
    /// By the day on which a campaign was sent, in the organization's time zone. Days without a
    /// campaign are left out.
    days: Vec<DayView>,
    senders: Vec<SenderView>,
    /// Oldest first.
    campaigns: Vec<CampaignSumView>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sum)]
struct SumView {
    counts: MessageCountsView,
    delivery: DeliveryView,
    /// The parts of accepted messages.
    parts: u64,
    /// The price of accepted messages by the organization's current price list; null if it has none.
    #[schema(required = true)]
    price: Option<CostView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TotalSum)]
struct TotalView {
    /// The number of campaigns.
    campaigns: u64,
    #[serde(flatten)]
    sum: SumView,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DaySum)]
struct DayView {
    #[schema(example = "2026-11-23")]
    day: String,
    #[serde(flatten)]
    sum: TotalView,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CampaignSum)]
struct CampaignSumView {
    campaign_id: Uuid,
    name: String,
    #[schema(value_type = String, example = "+14155550100")]
    sender: Phone,
    sent_at: Time,
    counted_at: Time,
    #[serde(flatten)]
    sum: SumView,
}

/// A sum over campaigns.
#[derive(Default)]
struct Sum {
    campaigns: u64,
    summary: Summary,
}

impl Sum {
    fn add(&mut self, campaign: &CampaignSummary) {
        self.campaigns += 1;
        self.summary.add(&campaign.summary);
    }
}

impl SumView {
    fn new(summary: &Summary, organization: &Organization) -> Self {
        Self {
            counts: summary.counts.into(),
            delivery: DeliveryView::new(summary.counts, summary.accepted),
            parts: summary.parts(),
            price: CostView::of(organization, |prices| summary.cost(prices)),
        }
    }
}

impl OrganizationReportView {
    pub(crate) fn new(
        organization: &Organization,
        ReportPeriod { from, to }: ReportPeriod,
        campaigns: Vec<CampaignSummary>,
    ) -> Self {
        let mut total = Sum::default();
        let mut days: BTreeMap<String, Sum> = BTreeMap::new();
        let mut senders: BTreeMap<Phone, Sum> = BTreeMap::new();
        for campaign in &campaigns {
            let day = organization.time_zone.date_of(campaign.sent_at).to_string();
            total.add(campaign);
            days.entry(day).or_default().add(campaign);
            senders.entry(campaign.sender.clone()).or_default().add(campaign);
        }
        let view = |sum: &Sum| TotalView {
            campaigns: sum.campaigns,
            sum: SumView::new(&sum.summary, organization),
        };
        let of_campaign = |campaign: CampaignSummary| CampaignSumView {
            sum: SumView::new(&campaign.summary, organization),
            campaign_id: campaign.campaign_id.0,
            name: campaign.name,
            sender: campaign.sender,
            sent_at: Time(campaign.sent_at),
            counted_at: Time(campaign.counted_at),
        };
        Self {
            from: Time(from),
            to: Time(to),
            total: view(&total),
            days: days.into_iter().map(|(day, sum)| DayView { day, sum: view(&sum) }).collect(),
            senders: senders.iter().map(|(it, sum)| SenderView::new(it, &sum.summary)).collect(),
            campaigns: campaigns.into_iter().map(of_campaign).collect(),
        }
    }
}
