use infra::table::KeptReconciliation;
use serde::Serialize;
use shared::organization::Organization;
use shared::reconciliation::{Counts, ListName, Reconciliation, Stage, Status};
use shared::sender::ProviderKind;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

/// The organization's unsubscribes, compared with the provider's opt-out list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reconciliation)]
pub(crate) struct ReconciliationView {
    organization_id: Uuid,
    #[schema(value_type = labels::ProviderKind)]
    provider: &'static str,
    /// The list that is read; null if the provider offers none.
    #[schema(value_type = Option<String>, required = true, example = "Default")]
    list: Option<ListName>,
    /// Whether the list may have other organizations' phones. Only phones that are contacts or in the
    /// register are settled then. Null before the list is read.
    #[schema(required = true)]
    shared: Option<bool>,
    /// Whether the list is read every day, because the deployment named it.
    daily: bool,
    /// Null if none has begun.
    #[schema(value_type = Option<labels::ReconciliationStatus>, required = true)]
    status: Option<Status>,
    /// The number of phones that had opted out at the provider only, and are unsubscribed now. The
    /// evidence of each names the list.
    suppressed: u64,
    /// The number of phones on the list that were unsubscribed already.
    known: u64,
    /// The number of phones on the list that have subscribed here since. The provider still refuses them.
    resubscribed: u64,
    /// The number of unsubscribed phones that are not on the list; null until they are counted. They are
    /// not texted, so nothing is to be done about them.
    #[schema(required = true)]
    only_here: Option<u64>,
    /// The number of phones on the list. Null if the list is shared, unless the deployment's admin key asks.
    #[schema(required = true)]
    listed: Option<u64>,
    /// The number of phones on the list that the organization does not have. Null like `listed`.
    #[schema(required = true)]
    foreign: Option<u64>,
    /// Why it failed, and what to do.
    #[schema(required = true)]
    reason: Option<String>,
    /// Who started it; `system` for one of every day.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    #[schema(required = true)]
    started_at: Option<Time>,
    #[schema(required = true)]
    ended_at: Option<Time>,
    /// When one was last done, maybe before this one.
    #[schema(required = true)]
    last_done_at: Option<Time>,
    /// When the next daily one begins; null while one runs.
    #[schema(required = true)]
    next_at: Option<Time>,
}

impl ReconciliationView {
    /// `sees_all` is for the deployment, which may know the size of a list that organizations share.
    pub(crate) fn new(
        organization: &Organization,
        kept: Option<&KeptReconciliation>,
        sees_all: bool,
    ) -> Self {
        let run = kept.map(|kept| &kept.reconciliation);
        let counts = run.map(|run| run.counts).unwrap_or_default();
        let Counts { suppressed, known, resubscribed, listed, foreign, .. } = counts;
        let is_done = run.is_some_and(|run| run.status() == Status::Done);
        let is_seen = run.is_some_and(|run| run.list.is_some() && (run.is_exclusive || sees_all));
        let due = kept.filter(|kept| kept.reconciliation.stage == Stage::Over);
        Self {
            organization_id: organization.id.0,
            provider: ProviderKind::from(&organization.sender.provider).as_str(),
            list: organization.list_of_opt_outs(),
            shared: run.filter(|run| run.list.is_some()).map(|run| !run.is_exclusive),
            daily: organization.has_daily_reconciliation(),
            status: run.map(Reconciliation::status),
            suppressed,
            known,
            resubscribed,
            only_here: is_done.then(|| counts.only_here()),
            listed: is_seen.then_some(listed),
            foreign: is_seen.then_some(foreign),
            reason: run.and_then(|run| run.failure.clone()),
            changed_by: run.and_then(|run| run.changed_by.as_ref()).map(ChangedByView::from),
            started_at: run.map(|run| run.started_at.into()),
            ended_at: run.and_then(Reconciliation::ended_at).map(Time),
            last_done_at: run.and_then(|run| run.last_done_at).map(Time),
            next_at: due.and_then(|kept| kept.due.as_ref()).map(|due| due.at.into()),
        }
    }
}
