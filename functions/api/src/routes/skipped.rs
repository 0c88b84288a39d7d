//! The contacts that a campaign skipped.
//!
//! They are recorded with their reason when the audience is cut. Only those that are not in the target
//! are found again: the contacts as they are now are judged by the target as it was frozen.

use axum::extract::State;
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use shared::audience::{Judge, LeftOut, SkipReason, Skipped, SkippedContact};
use shared::campaign::{Broadcast, Campaign};
use shared::ids::{CampaignId, ContactId};
use shared::organization::Organization;
use utoipa::IntoParams;

use super::campaigns::find;
use crate::auth::{Access, Viewer};
use crate::json::Reply;
use crate::page::List;
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::state::{App, Volley};
use crate::views::{SkippedContactView, SkippedListView, labels};

/// The maximum number of chunks, or of pages of contacts, that one request reads.
const MAX_READS: usize = 64;
const MAX_PAGES: usize = 4;
const READS_AT_ONCE: usize = 10;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SkippedQuery {
    /// The maximum number of items. A page may be shorter, or even empty, without being the last.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// The `nextCursor` of the previous page.
    cursor: Option<String>,
    /// Only contacts that were skipped for this reason. Without one, all but those that are not in
    /// the target.
    #[param(value_type = Option<labels::SkipReason>)]
    reason: Option<SkipReason>,
}

/// Where the list continues.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Position {
    shard: u16,
    chunk: u32,
    /// The sort key after which contacts are read.
    after: Option<String>,
    /// The number of items of this chunk, or of the next phone, that were listed.
    listed: usize,
}

impl Position {
    fn next_shard(&self) -> Self {
        Self { shard: self.shard + 1, ..Self::default() }
    }
}

/// List the contacts that a campaign skipped
///
/// Each with its reason, as recorded when the campaign's audience was read. Only `notInTarget` is found
/// again from the contacts as they are now, so that list may differ from `frozenCount`; its items show
/// whether a contact has changed since.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/skipped",
    tag = "Campaigns", params(SkippedQuery),
    responses((status = 200, description = "A page of skipped contacts.", body = SkippedListView)))]
pub(crate) async fn list_skipped(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
    Query(query): Query<SkippedQuery>,
) -> Result<Reply, Problem> {
    let scope =
        format!("{}/campaigns/{id}/skipped?reason={:?}", access.organization.id, query.reason);
    let list = app.cursors.list(scope, query.limit)?;
    let at: Position = list.position(query.cursor.as_deref())?.unwrap_or_default();
    let campaign = find(&app, access.organization.id, id).await?;
    let Some(broadcast) = campaign.broadcast() else {
        return reply(&list, Vec::new(), None, 0);
    };
    let count = frozen_count(broadcast.audience.totals.skipped, query.reason);
    let (items, next) = if query.reason == Some(SkipReason::NotInTarget) {
        left_out(&app, &access.organization, &campaign, broadcast, at, list.limit.into()).await?
    } else {
        recorded(&app, &campaign, broadcast, at, (query.reason, list.limit.into())).await?
    };
    reply(&list, items, next, count)
}

fn reply(
    list: &List<'_>,
    items: Vec<SkippedContactView>,
    next: Option<Position>,
    frozen_count: u64,
) -> Result<Reply, Problem> {
    let next_cursor = list.cursor(next)?;
    Reply::ok(&SkippedListView { items, next_cursor, frozen_count })
}

/// The number of contacts that were counted for the reason when the audience was cut.
fn frozen_count(skipped: Skipped, reason: Option<SkipReason>) -> u64 {
    match reason {
        None => skipped.total() - skipped.not_in_target,
        Some(SkipReason::NoPhone) => skipped.no_phone,
        Some(SkipReason::Duplicate) => skipped.duplicate,
        Some(SkipReason::Unsubscribed) => skipped.unsubscribed,
        Some(SkipReason::NotInTarget) => skipped.not_in_target,
        Some(SkipReason::Inactive) => skipped.inactive,
        Some(SkipReason::Unrenderable) => skipped.unrenderable,
    }
}

type Page = (Vec<SkippedContactView>, Option<Position>);

async fn recorded(
    app: &Volley,
    campaign: &Campaign,
    broadcast: &Broadcast,
    mut at: Position,
    (reason, limit): (Option<SkipReason>, usize),
) -> Result<Page, Problem> {
    let mut items: Vec<SkippedContactView> = Vec::new();
    for _ in 0..MAX_READS {
        if at.shard >= broadcast.shards.count() || items.len() >= limit {
            break;
        }
        let page = app.table.chunks_from(campaign.id, at.shard, at.chunk, 1).await?;
        let Some(chunk) = page.into_iter().next() else {
            // The fan-out has not come further in this shard.
            at = at.next_shard();
            continue;
        };
        if chunk.number != at.chunk {
            at = Position { chunk: chunk.number, listed: 0, ..at };
        }
        let wanted = |it: &&SkippedContact| reason.is_none_or(|reason| reason == it.reason);
        let rest: Vec<_> = chunk.skipped.iter().filter(wanted).skip(at.listed).collect();
        let room = limit - items.len();
        items.extend(rest.iter().take(room).map(|it| SkippedContactView::recorded(it)));
        at = if rest.len() > room {
            Position { listed: at.listed + room, ..at }
        } else if chunk.ends {
            at.next_shard()
        } else {
            Position { chunk: chunk.number + 1, listed: 0, ..at }
        };
    }
    let next = (at.shard < broadcast.shards.count()).then_some(at);
    Ok((items, next))
}

/// The contacts that the frozen target leaves out, as they are now.
async fn left_out(
    app: &Volley,
    organization: &Organization,
    campaign: &Campaign,
    broadcast: &Broadcast,
    mut at: Position,
    limit: usize,
) -> Result<Page, Problem> {
    let target = app.table.frozen_target(campaign.id).await?;
    let judge = Judge::of(campaign, target, broadcast.sent_at);
    if !judge.is_selective() {
        return Ok((Vec::new(), None));
    }
    let mut ids: Vec<ContactId> = Vec::new();
    let mut pages = 0;
    while at.shard < broadcast.shards.count() && ids.len() < limit && pages < MAX_PAGES {
        let mut found = LeftOut::new(judge.clone());
        let start = at.after.clone();
        let mut begin = start.clone();
        loop {
            pages += 1;
            let place = (at.shard, broadcast.shards);
            let page = app.table.preview_page(organization.id, place, begin.as_deref(), &judge);
            let page = page.await?;
            for (entry, _) in page.entries {
                if ids.len() < limit
                    && let Some(phone) = found.push(entry)
                {
                    take(&mut at, &mut ids, limit, phone.contacts, phone.bound);
                }
            }
            if ids.len() >= limit {
                break;
            }
            begin = page.next;
            if begin.is_none() {
                if let Some(phone) = found.end() {
                    take(&mut at, &mut ids, limit, phone.contacts, phone.bound);
                }
                if at.listed == 0 {
                    at = at.next_shard();
                }
                break;
            }
            // A phone that several pages share is read to its end.
            if pages >= MAX_PAGES && at.after != start {
                break;
            }
        }
    }
    let next = (at.shard < broadcast.shards.count()).then_some(at);
    Ok((views(app, organization, broadcast, &ids).await?, next))
}

/// Lists as many of a phone's contacts as there is room for.
fn take(
    at: &mut Position,
    ids: &mut Vec<ContactId>,
    limit: usize,
    contacts: Vec<ContactId>,
    bound: String,
) {
    let rest = contacts.len().saturating_sub(at.listed);
    let room = limit - ids.len();
    ids.extend(contacts.into_iter().skip(at.listed).take(room));
    if rest > room {
        at.listed += room;
    } else {
        (at.after, at.listed) = (Some(bound), 0);
    }
}

async fn views(
    app: &Volley,
    organization: &Organization,
    broadcast: &Broadcast,
    ids: &[ContactId],
) -> Result<Vec<SkippedContactView>, Problem> {
    let mut views = Vec::with_capacity(ids.len());
    for ids in ids.chunks(READS_AT_ONCE) {
        let read = try_join_all(ids.iter().map(|id| app.table.contact(organization, *id))).await?;
        views.extend(ids.iter().zip(read).map(|(id, contact)| {
            let has_changed = contact.is_none_or(|it| it.updated_at > broadcast.sent_at);
            SkippedContactView::left_out(*id, has_changed)
        }));
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_page_ends_within_a_phone() {
        let contacts: Vec<ContactId> =
            (0..5).map(|number| ContactId(Uuid::from_u128(number))).collect();
        let (mut at, mut listed) = (Position::default(), Vec::new());
        while at.after.is_none() {
            let mut page = Vec::new();
            take(&mut at, &mut page, 2, contacts.clone(), "bound".to_owned());
            listed.extend(page);
        }
        assert_eq!((listed, at.listed), (contacts, 0));
    }

    #[test]
    fn counts_are_those_of_the_reason() {
        let skipped =
            Skipped { no_phone: 1, not_in_target: 5, unrenderable: 3, ..Skipped::default() };
        assert_eq!(frozen_count(skipped, None), 4);
        assert_eq!(frozen_count(skipped, Some(SkipReason::NotInTarget)), 5);
        assert_eq!(frozen_count(skipped, Some(SkipReason::Unrenderable)), 3);
        assert_eq!(frozen_count(skipped, Some(SkipReason::Inactive)), 0);
    }
}
