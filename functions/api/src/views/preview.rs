use infra::table::PreviewRun;
use serde::Serialize;
use shared::contact::Contact;
use shared::estimate::Estimate;
use shared::shard::Shards;
use shared::time::Timestamp;
use utoipa::ToSchema;

use super::campaign::SkippedView;
use super::{ContactView, Time};

/// Who a campaign for these contacts would reach. `contacts` is the sum of `recipients` and all of
/// `skipped`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Preview)]
pub(crate) struct PreviewView {
    /// Whether the whole audience was read. Otherwise the numbers are estimates.
    exact: bool,
    contacts: u64,
    recipients: u64,
    skipped: SkippedView,
    /// With 95 % probability, the true number of recipients differs by at most this number. Null if the
    /// numbers are exact.
    #[schema(required = true)]
    error: Option<u64>,
    /// Some of the recipients.
    samples: Vec<ContactView>,
    /// When the audience was read. A preview is cached for up to 15 minutes.
    previewed_at: Time,
}

/// How far a preview is that takes longer than a request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PreviewProgress)]
pub(crate) struct PreviewProgressView {
    /// The share of the audience that was read, from 0 to 1.
    #[schema(example = 0.25)]
    progress: f64,
    /// The number of recipients in what was read.
    recipients_so_far: u64,
    begun_at: Time,
}

impl PreviewProgressView {
    pub(crate) fn new(run: &PreviewRun, shards: Shards) -> Self {
        Self {
            progress: f64::from(run.shards_read) / f64::from(shards.count()),
            recipients_so_far: run.totals.recipients,
            begun_at: run.begun_at.into(),
        }
    }
}

impl PreviewView {
    pub(crate) fn new(estimate: Estimate, samples: Vec<Contact>, at: Timestamp) -> Self {
        let Estimate { totals, error } = estimate;
        Self {
            exact: error.is_none(),
            contacts: totals.contacts(),
            recipients: totals.recipients,
            skipped: totals.skipped.into(),
            error,
            samples: samples.into_iter().map(ContactView::from).collect(),
            previewed_at: at.into(),
        }
    }
}
