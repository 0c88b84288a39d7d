//! Creating and changing many contacts in one request.

mod item;

use std::collections::BTreeMap;

use axum::extract::State;
use futures::stream::{self, StreamExt};
use infra::clock;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use self::item::{Batch, Naming};
use super::drafts::ContactDraft;
use crate::auth::{Access, Sender};
use crate::idempotency::{Once, reused};
use crate::json::{BatchJson, Reply};
use crate::problem::{Problem, ProblemView};
use crate::state::App;

const MAX_ITEMS: usize = 1_000;
/// The number of contacts written concurrently.
const AT_ONCE: usize = 16;
/// Items that have not begun by then fail. The function times out a few seconds later.
const MAX_SECONDS: i64 = 20;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BatchRequest {
    /// Contacts as in `POST /contacts`. With `match: id`, each also has an `id`.
    #[schema(value_type = Vec<ContactDraft>, min_items = 1, max_items = 1000)]
    items: Vec<Value>,
    #[serde(default)]
    r#match: Match,
    #[serde(default)]
    on_match: OnMatch,
}

/// How the contact of an item is found: `none` creates a contact for every item. A phone that several
/// contacts have matches none of them, so the item is rejected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BatchMatch)]
pub(crate) enum Match {
    #[default]
    None,
    Id,
    ExternalId,
    Phone,
}

/// What to do with an item whose contact exists: replace the contact as PUT does, or skip the item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum OnMatch {
    #[default]
    Update,
    Skip,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BatchResults)]
pub(crate) struct ResultsView {
    /// One result for each item, in their order.
    results: Vec<ResultView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BatchResult)]
struct ResultView {
    status: Outcome,
    /// The contact's ID; null if the item was rejected or failed.
    #[schema(required = true)]
    id: Option<Uuid>,
    /// Why the item was rejected or failed.
    #[schema(value_type = Option<ProblemView<'static>>, required = true)]
    problem: Option<Value>,
}

/// `rejected` items need a change; `failed` items can be sent again as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BatchOutcome)]
enum Outcome {
    Created,
    Updated,
    Unchanged,
    Skipped,
    Rejected,
    Failed,
}

/// Create or change up to 1,000 contacts
///
/// The items are independent, and each has its result. Items that match the same contact are applied in
/// their order. Repeating the request with the same `Idempotency-Key` creates nothing twice; the results
/// then describe the repetition. Without a key, only items that are matched by external ID or phone can
/// be repeated safely.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/contacts/batch", tag = "Contacts",
    request_body = BatchRequest,
    responses((status = 200, description = "The results.", body = ResultsView)))]
pub(crate) async fn batch_contacts(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    BatchJson(request): BatchJson<BatchRequest>,
) -> Result<Reply, Problem> {
    let BatchRequest { items, r#match, on_match } = request;
    if !(1..=MAX_ITEMS).contains(&items.len()) {
        let detail = format!("must contain between 1 and {MAX_ITEMS} contacts");
        return Err(Problem::field("/items", detail));
    }
    let now = clock::now();
    let mut fingerprint = None;
    if let Some((given, body_hash)) = once.fingerprint() {
        if !app.table.note_request(given, body_hash, now).await? {
            return Err(reused());
        }
        fingerprint = Some(given);
    }
    let batch = Batch {
        app: &app,
        organization: &access.organization,
        fingerprint,
        r#match,
        naming: Naming::of(r#match, &app, access.organization.id).await?,
        on_match,
        ends_at: now.plus_seconds(MAX_SECONDS),
    };
    let count = items.len();
    let results: Vec<Vec<(usize, ResultView)>> = stream::iter(groups(&batch, items))
        .map(|group| batch.run(group))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut results: Vec<(usize, ResultView)> = results.into_iter().flatten().collect();
    results.sort_by_key(|(place, _)| *place);
    debug_assert_eq!(results.len(), count);
    Reply::ok(&ResultsView { results: results.into_iter().map(|(_, result)| result).collect() })
}

/// Items by what they match. Each group is applied in order.
fn groups(batch: &Batch<'_>, items: Vec<Value>) -> Vec<Vec<(usize, Value)>> {
    let mut groups: BTreeMap<String, Vec<(usize, Value)>> = BTreeMap::new();
    for (place, item) in items.into_iter().enumerate() {
        let name = batch.name(&item).unwrap_or_else(|| format!("{place}"));
        groups.entry(name).or_default().push((place, item));
    }
    groups.into_values().collect()
}

impl ResultView {
    fn done(status: Outcome, id: shared::ids::ContactId) -> Self {
        Self { status, id: Some(id.0), problem: None }
    }

    fn refused(problem: &Problem) -> Self {
        let status = if problem.is_clients() { Outcome::Rejected } else { Outcome::Failed };
        Self { status, id: None, problem: Some(problem.to_json()) }
    }
}
