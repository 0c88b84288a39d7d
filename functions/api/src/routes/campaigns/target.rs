//! Targets as clients send them.

use serde::Deserialize;
use shared::ids::SegmentId;
use shared::organization::Organization;
use shared::target::{FrozenTarget, Target};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::json::Maybe;
use crate::problem::{Code, Problem};
use crate::state::Volley;

/// The contacts of the included segments, or all contacts if none is included, except for those of the
/// excluded segments. At most 10 each.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Target)]
pub(crate) struct TargetDraft {
    #[serde(default)]
    include: Vec<Uuid>,
    /// No one whose phone belongs to an active contact of these segments is texted.
    #[serde(default)]
    exclude: Vec<Uuid>,
}

/// The target after a change of `before`.
pub(super) fn changed(
    draft: Maybe<TargetDraft>,
    before: Option<Target>,
) -> Result<Option<Target>, Problem> {
    let ids = |ids: &[Uuid]| ids.iter().copied().map(SegmentId).collect();
    let read = |draft: TargetDraft| {
        let target = Target { include: ids(&draft.include), exclude: ids(&draft.exclude) };
        target.checked().map_err(|error| Problem::field("/target", error.to_string()))
    };
    Ok(draft.try_map(read)?.or(before))
}

/// The target as its segments are now, or `target_missing`.
pub(in crate::routes) async fn freeze(
    app: &Volley,
    organization: &Organization,
    target: &Target,
) -> Result<FrozenTarget, Problem> {
    let frozen = app.table.freeze(organization, target).await?;
    frozen.map_err(|reason| {
        let detail = format!("the campaign's target cannot be used: {reason}");
        Problem::new(Code::TargetMissing, detail)
    })
}

pub(super) async fn check_target(
    app: &Volley,
    organization: &Organization,
    target: Option<&Target>,
) -> Result<(), Problem> {
    match target {
        Some(target) => freeze(app, organization, target).await.map(drop),
        None => Ok(()),
    }
}
