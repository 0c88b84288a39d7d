//! Reading and resolving filters of segments.

use serde_json::Value;
use shared::ids::{OrganizationId, SegmentId};
use shared::organization::Organization;
use shared::segment::{Expanded, Filter, Segment, Unresolved};

use crate::problem::{Code, Problem};
use crate::state::Volley;

/// A segment's filter without references, or 404.
pub(in crate::routes) async fn expanded(
    app: &Volley,
    organization: OrganizationId,
    id: SegmentId,
) -> Result<Expanded, Problem> {
    let segments = app.table.segments_reached(organization, [id]).await?;
    let segment = segments.get(&id).ok_or_else(Problem::not_found)?;
    let find = |id| segments.get(&id).map(|segment| &segment.filter);
    segment.filter.expanded(&find).map_err(|reason| unresolved(&reason))
}

/// Reads a filter of a request's body, and replaces its references. A filter that is saved as a segment
/// must not refer to that segment.
pub(super) async fn read_filter(
    app: &Volley,
    organization: OrganizationId,
    written: &Value,
    saved_as: Option<SegmentId>,
) -> Result<(Filter, Expanded), Problem> {
    let filter = Filter::parse(written)
        .map_err(|error| Problem::field(format!("/filter{}", error.pointer), error.reason))?;
    let segments = app.table.segments_reached(organization, filter.references()).await?;
    let find = |id| {
        if saved_as == Some(id) {
            return Some(&filter);
        }
        segments.get(&id).map(|segment| &segment.filter)
    };
    let expanded = filter.expanded(&find).map_err(|reason| unresolved(&reason))?;
    Ok((filter, expanded))
}

/// Refuses a filter that would keep a scheduled campaign from being sent, or that refers to segments
/// that the campaign does not protect from deletion.
pub(super) async fn check_uses(
    app: &Volley,
    organization: &Organization,
    before: &Segment,
    filter: &Filter,
) -> Result<(), Problem> {
    let known = before.filter.references();
    let has_new = filter.references().iter().any(|id| !known.contains(id));
    for campaign in &before.used_by {
        if has_new {
            let detail = format!(
                "the scheduled campaign {campaign} uses the segment, so its filter cannot refer to more segments than before; cancel the campaign first"
            );
            return Err(Problem::new(Code::SegmentInUse, detail));
        }
        let campaign = app.table.campaign(organization.id, *campaign).await?;
        let Some((id, target)) = campaign.and_then(|it| it.target.map(|target| (it.id, target)))
        else {
            continue;
        };
        let segments = app.table.segments_reached(organization.id, target.segments()).await?;
        let find = |id| {
            if id == before.id {
                return Some(filter);
            }
            segments.get(&id).map(|segment| &segment.filter)
        };
        if let Err(reason) = target.frozen(organization.time_zone, &find) {
            let detail = format!(
                "the scheduled campaign {id} could not use the segment with this filter: {reason}"
            );
            return Err(Problem::new(Code::SegmentInUse, detail));
        }
    }
    Ok(())
}

fn unresolved(reason: &Unresolved) -> Problem {
    Problem::field("/filter", reason.to_string())
}
