//! A campaign's report.

mod lists;
mod organization;

pub(crate) use organization::{OrganizationReportView, ReportPeriod};

use infra::table::CountedReport;
use serde::Serialize;
use shared::campaign::{Broadcast, Campaign};
use shared::message::Counts;
use shared::organization::Organization;
use shared::price::PriceList;
use shared::report::{Cost, Delays, Report, rate};
use utoipa::ToSchema;
use uuid::Uuid;

use self::lists::{
    CodeView, CountryView, PartCountView, PauseView, ReasonView, SenderView, SeriesView,
};
use super::Time;
use super::campaign::AudienceView;

/// The results of a campaign's messages, as a poll counted them. Each poll replaces the whole report.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Report, example = lists::example)]
pub(crate) struct ReportView {
    campaign_id: Uuid,
    /// When the messages were counted; null if that has not happened yet, or if an earlier version of
    /// Volley counted them, which wrote no report.
    #[schema(required = true)]
    counted_at: Option<Time>,
    audience: AudienceView,
    counts: MessageCountsView,
    delivery: DeliveryView,
    /// Failed messages by reason, most frequent first. Their sum is `counts.failed`.
    reasons: Vec<ReasonView>,
    /// Failed messages by the provider's code, the most frequent 50.
    codes: Vec<CodeView>,
    /// Failed messages with a code that is not listed.
    other_codes: u64,
    /// Messages by country, except for pending ones.
    countries: Vec<CountryView>,
    senders: Vec<SenderView>,
    /// The parts of accepted messages.
    parts: u64,
    /// Accepted messages by their number of parts.
    part_counts: Vec<PartCountView>,
    /// The price of accepted messages by the organization's current price list; null if it has none.
    #[schema(required = true)]
    price: Option<CostView>,
    /// The time from the provider's acceptance to the delivery; null if nothing was delivered.
    #[schema(required = true)]
    time_to_delivery: Option<DelayView>,
    series: SeriesView,
    /// People who opted out by a reply, and whose last message was from this campaign. Unlike the
    /// other numbers, it is counted when the report is read.
    opt_outs: u64,
    /// People who replied with anything but an opt-out, and whose last message was from this campaign.
    /// It is counted when the report is read.
    replies: u64,
    /// The newest 10 pauses, oldest first. Those before this was recorded are missing.
    pauses: Vec<PauseView>,
    /// The number of pauses before those.
    earlier_pauses: u32,
}

/// The number of messages by status. `total` is the sum of the others, and the number of recipients.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageCounts)]
struct MessageCountsView {
    pending: u64,
    sent: u64,
    delivered: u64,
    failed: u64,
    unknown: u64,
    total: u64,
}

/// How many of the accepted messages were delivered.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryRate)]
struct DeliveryView {
    delivered: u64,
    /// The messages that the provider is known to have accepted, even if they failed afterwards.
    accepted: u64,
    /// `delivered` divided by `accepted`; null if nothing was accepted.
    #[schema(required = true)]
    rate: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cost)]
pub(super) struct CostView {
    #[schema(example = "12.64")]
    amount: String,
    currency: String,
    /// The number of messages to countries without a price. They are not part of the amount.
    unpriced_messages: u64,
}

/// Percentiles in seconds. They are at most a sixteenth too high.
#[derive(Serialize, ToSchema)]
#[schema(as = Delay)]
struct DelayView {
    /// The messages whose acceptance and delivery are both known.
    messages: u64,
    p50: f64,
    p90: f64,
    p99: f64,
}

impl ReportView {
    pub(crate) fn new(
        campaign: &Campaign,
        broadcast: &Broadcast,
        organization: &Organization,
        counted: Option<CountedReport>,
    ) -> Self {
        let (report, counted_at) = match counted {
            Some(CountedReport { report, at }) => (report, Some(Time(at))),
            None => (uncounted(broadcast), None),
        };
        let kind = (&broadcast.sender.provider).into();
        let pauses = &broadcast.pauses;
        Self {
            campaign_id: campaign.id.0,
            counted_at,
            audience: broadcast.into(),
            counts: report.counts.into(),
            delivery: DeliveryView::new(report.counts, report.accepted),
            reasons: ReasonView::list(&report),
            codes: CodeView::list(&report, kind),
            other_codes: report.other_codes,
            countries: CountryView::list(&report),
            senders: vec![SenderView::new(&broadcast.sender.phone, &report.summary())],
            parts: report.parts(),
            part_counts: PartCountView::list(&report),
            price: CostView::of(organization, |prices| report.cost(prices)),
            time_to_delivery: DelayView::new(&report.delays),
            series: SeriesView::new(&report.series),
            opt_outs: 0,
            replies: 0,
            pauses: pauses.newest.iter().map(PauseView::from).collect(),
            earlier_pauses: pauses.earlier,
        }
    }
}

impl ReportView {
    pub(crate) fn with_heard(self, opt_outs: u64, replies: u64) -> Self {
        Self { opt_outs, replies, ..self }
    }
}

/// A report without any details. Before the first count, all recipients are pending.
fn uncounted(broadcast: &Broadcast) -> Report {
    let recipients = broadcast.audience.totals.recipients;
    let pending = Counts { pending: recipients, ..Counts::default() };
    let counts = broadcast.counted.map_or(pending, |counted| counted.counts);
    Report { counts, ..Report::default() }
}

impl From<Counts> for MessageCountsView {
    fn from(counts: Counts) -> Self {
        let total = counts.total();
        let Counts { pending, sent, delivered, failed, unknown } = counts;
        Self { pending, sent, delivered, failed, unknown, total }
    }
}

impl DeliveryView {
    fn new(counts: Counts, accepted: u64) -> Self {
        let delivered = counts.delivered;
        Self { delivered, accepted, rate: rate(delivered, accepted) }
    }
}

impl CostView {
    /// The cost by the organization's price list, if it has one.
    fn of(organization: &Organization, cost: impl FnOnce(&PriceList) -> Cost) -> Option<Self> {
        let prices = organization.prices.as_ref()?;
        let Cost { price, unpriced } = cost(prices);
        let currency = prices.currency().to_owned();
        Some(Self { amount: price.to_string(), currency, unpriced_messages: unpriced })
    }
}

impl DelayView {
    fn new(delays: &Delays) -> Option<Self> {
        // Exact for any delay below 285,000 years.
        #[expect(clippy::cast_precision_loss)]
        let seconds = |percent| delays.percentile(percent).map(|millis| millis as f64 / 1_000.0);
        Some(Self {
            messages: delays.count(),
            p50: seconds(50)?,
            p90: seconds(90)?,
            p99: seconds(99)?,
        })
    }
}

#[cfg(test)]
mod tests;
